//! Ed25519 (RFC 8032), strictly: one answer everywhere, one signature for each key and message.
//!
//! What is refused beside a wrong equation: `S` that is not below the order; points whose `y` is not
//! below the prime; keys and points `R` of small order. The equation is the one without the cofactor.

use ed25519_dalek::{Signature, VerifyingKey};

/// The key, if it is one that can have signatures.
pub(super) fn key(key: &[u8]) -> Option<Vec<u8>> {
    read(key).map(|_| key.to_vec())
}

pub(super) fn verify(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    check(key, message, signature).is_some()
}

fn check(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let signature: &[u8; 64] = signature.try_into().ok()?;
    let (point, _) = signature.split_at(32);
    if !is_canonical(point) {
        return None;
    }
    read(key)?.verify_strict(message, &Signature::from_bytes(signature)).ok()
}

fn read(key: &[u8]) -> Option<VerifyingKey> {
    let bytes: &[u8; 32] = key.try_into().ok()?;
    let key = VerifyingKey::from_bytes(bytes).ok()?;
    (is_canonical(bytes) && !key.is_weak()).then_some(key)
}

/// Whether `y`, without the bit of the sign, is below 2^255 - 19.
fn is_canonical(point: &[u8]) -> bool {
    let [first, middle @ .., last] = point else { return false };
    let most = last & 0x7f == 0x7f && middle.iter().all(|byte| *byte == 0xff);
    !(most && *first >= 0xed)
}
