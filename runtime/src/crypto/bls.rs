//! BLS signatures on BLS12-381, keys in G1 and signatures in G2, in the scheme with proofs of
//! possession (draft-irtf-cfrg-bls-signature): what Ethereum's consensus uses.
//!
//! In: compressed points, keys of 48 bytes and signatures of 96. Every point is checked to be on its
//! curve and in its group, and is not infinity.

use blst::BLST_ERROR::BLST_SUCCESS;
use blst::min_pk::{AggregateSignature, PublicKey, Signature};

const SIGNATURES: &[u8] = b"BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";
const PROOFS: &[u8] = b"BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";

/// Whether a signature is one of all keys, one behind the other, of which there is at least one.
pub(super) fn verify(keys: &[u8], message: &[u8], signature: &[u8]) -> bool {
    all(keys, message, signature).unwrap_or(false)
}

fn all(keys: &[u8], message: &[u8], signature: &[u8]) -> Option<bool> {
    let keys = points(keys, 48, key)?;
    let keys: Vec<&PublicKey> = keys.iter().collect();
    let signature = point(signature)?;
    let outcome = signature.fast_aggregate_verify(false, message, SIGNATURES, &keys);
    Some(outcome == BLST_SUCCESS)
}

/// Whether a proof shows that someone has the secret of a key.
pub(super) fn possesses(public: &[u8], proof: &[u8]) -> bool {
    let both = key(public).zip(point(proof));
    both.is_some_and(|(key, proof)| {
        proof.verify(false, public, PROOFS, &[], &key, false) == BLST_SUCCESS
    })
}

/// One signature of all that are given one behind the other, of which there is at least one.
pub(super) fn aggregate(signatures: &[u8]) -> Option<Vec<u8>> {
    let signatures = points(signatures, 96, point)?;
    let signatures: Vec<&Signature> = signatures.iter().collect();
    let sum = AggregateSignature::aggregate(&signatures, false).ok()?;
    Some(sum.to_signature().compress().to_vec())
}

/// Equal pieces, each a point; `None` where there is none.
fn points<T>(bytes: &[u8], each: usize, read: impl Fn(&[u8]) -> Option<T>) -> Option<Vec<T>> {
    let whole = !bytes.is_empty() && bytes.len().is_multiple_of(each);
    whole.then(|| bytes.chunks(each).map(read).collect())?
}

fn key(bytes: &[u8]) -> Option<PublicKey> {
    (bytes.len() == 48).then(|| PublicKey::key_validate(bytes).ok())?
}

fn point(bytes: &[u8]) -> Option<Signature> {
    (bytes.len() == 96).then(|| Signature::sig_validate(bytes, true).ok())?
}
