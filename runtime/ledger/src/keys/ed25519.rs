//! Ed25519 by RFC 8032, checked strictly.
//!
//! In: seeds, keys, messages. Out: keys and signatures. Strict means that keys and nonces of
//! small order are refused, as are scalars not below the order, so that all verifiers agree.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

pub(super) fn public(seed: &[u8; 32]) -> [u8; 32] {
    SigningKey::from_bytes(seed).verifying_key().to_bytes()
}

pub(super) fn sign(seed: &[u8; 32], message: &[u8]) -> [u8; 64] {
    SigningKey::from_bytes(seed).sign(message).to_bytes()
}

pub(super) fn verify(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> Option<()> {
    let key = VerifyingKey::from_bytes(key).ok()?;
    key.verify_strict(message, &Signature::from_bytes(signature)).ok()
}
