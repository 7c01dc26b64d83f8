//! ECDSA on secp256k1 and P-256, over digests of 32 bytes (FIPS 186-5, SEC 1).
//!
//! In: public keys in a form of SEC 1, 33 or 65 bytes; signatures as r and s, 32 bytes each, the
//! highest first. On secp256k1 only the lower of the two possible `s` is taken, as chains do it, so a
//! signature cannot be turned into another one; on P-256 both are, since what signs there gives both.

use k256::ecdsa::signature::hazmat::PrehashVerifier;

/// Whether the first byte is one of a form that says everything once.
fn is_plain(key: &[u8]) -> bool {
    matches!(key.first(), Some(2..=4))
}

pub(super) fn secp256k1_key(key: &[u8]) -> Option<Vec<u8>> {
    let key = is_plain(key).then(|| k256::PublicKey::from_sec1_bytes(key).ok())??;
    Some(k256::ecdsa::VerifyingKey::from(key).to_sec1_point(false).as_bytes().to_vec())
}

pub(super) fn secp256k1_verify(key: &[u8], digest: &[u8], signature: &[u8]) -> bool {
    use k256::ecdsa::{Signature, VerifyingKey};
    let key = is_plain(key).then(|| VerifyingKey::from_sec1_bytes(key).ok()).flatten();
    let signature = Signature::from_slice(signature).ok();
    let both = key.zip(signature);
    both.is_some_and(|(key, signature)| key.verify_prehash(digest, &signature).is_ok())
}

/// The key whose signature it is; a 65th byte, 0 to 3, says which of the possible ones.
pub(super) fn secp256k1_recover(digest: &[u8], signature: &[u8]) -> Option<Vec<u8>> {
    use k256::ecdsa::{RecoveryId, Signature, VerifyingKey};
    use k256::elliptic_curve::scalar::IsHigh;
    let (numbers, which) = signature.split_at_checked(64)?;
    let [which] = which else { return None };
    let signature = Signature::from_slice(numbers).ok()?;
    let which = RecoveryId::from_byte(*which)?;
    // What is recovered fits the signature; that it is the only one of its message is to be asked.
    if signature.s().is_high().into() {
        return None;
    }
    let key = VerifyingKey::recover_from_prehash(digest, &signature, which).ok()?;
    Some(key.to_sec1_point(false).as_bytes().to_vec())
}

pub(super) fn p256_key(key: &[u8]) -> Option<Vec<u8>> {
    let key = is_plain(key).then(|| p256::PublicKey::from_sec1_bytes(key).ok())??;
    Some(p256::ecdsa::VerifyingKey::from(key).to_sec1_point(false).as_bytes().to_vec())
}

pub(super) fn p256_verify(key: &[u8], digest: &[u8], signature: &[u8]) -> bool {
    use p256::ecdsa::{Signature, VerifyingKey};
    let key = is_plain(key).then(|| VerifyingKey::from_sec1_bytes(key).ok()).flatten();
    let signature = Signature::from_slice(signature).ok();
    let both = key.zip(signature);
    both.is_some_and(|(key, signature)| key.verify_prehash(digest, &signature).is_ok())
}
