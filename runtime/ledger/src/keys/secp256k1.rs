//! ECDSA on secp256k1 over SHA-256, with the nonce of RFC 6979 and low `s`.
//!
//! In: scalars, compressed points, messages. Out: points and signatures. Of the two values of `s`
//! that a signature may have, the one above half the order is refused (BIP 62), so that a
//! signature has one form.

use k256::ecdsa::signature::{Signer, Verifier};
use k256::ecdsa::{Signature, SigningKey, VerifyingKey};

pub(super) fn public(secret: &[u8; 32]) -> Option<[u8; 33]> {
    let key = SigningKey::from_slice(secret).ok()?;
    key.verifying_key().to_sec1_point(true).as_bytes().try_into().ok()
}

pub(super) fn sign(secret: &[u8; 32], message: &[u8]) -> Option<[u8; 64]> {
    let signature: Signature = SigningKey::from_slice(secret).ok()?.sign(message);
    Some(signature.normalize_s().to_bytes().into())
}

pub(super) fn verify(key: &[u8; 33], message: &[u8], signature: &[u8; 64]) -> Option<()> {
    let key = VerifyingKey::from_sec1_bytes(key).ok()?;
    let signature = Signature::from_slice(signature).ok()?;
    let low = signature.normalize_s() == signature;
    low.then(|| key.verify(message, &signature).ok()).flatten()
}
