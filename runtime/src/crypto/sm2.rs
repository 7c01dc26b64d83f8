//! SM2 signatures on the curve sm2p256v1 (GB/T 32918.2 and .5).
//!
//! In: public keys in a form of SEC 1, 33 or 65 bytes; signatures as r and s, 32 bytes each, the
//! highest first. What is refused: points that are not of the curve, infinity, `r` or `s` that is 0 or
//! not below the order, `r + s` that is the order, ids whose length in bits takes more than two bytes.

use sm2::PublicKey;
use sm2::dsa::signature::hazmat::PrehashVerifier;
use sm2::dsa::{Signature, VerifyingKey};
use sm2::elliptic_curve::sec1::ToSec1Point;
use sm3::{Digest, Sm3};

/// The longest id, in bytes.
const ID_BYTES: usize = u16::MAX as usize / 8;

/// `a`, `b`, and the base point's `x` and `y`, which the hash of a signer begins with.
const CURVE: [[u8; 32]; 4] = [
    hex("fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc"),
    hex("28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93"),
    hex("32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"),
    hex("bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0"),
];

/// The uncompressed form of a key.
pub(super) fn key(key: &[u8]) -> Option<Vec<u8>> {
    let key = point(key)?;
    Some(key.to_sec1_point(false).as_bytes().to_vec())
}

/// Whether `signature` is one of `message` by the signer with this key and id.
pub(super) fn verify(key: &[u8], id: &[u8], message: &[u8], signature: &[u8]) -> bool {
    check(key, id, message, signature).is_some()
}

fn check(key: &[u8], id: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = point(key)?;
    let signer = signer(&key, id)?;
    let digest = Sm3::new().chain_update(signer).chain_update(message).finalize();
    let signature = Signature::from_slice(signature).ok()?;
    // The key's own hash of its signer is of an empty id, and is not used.
    let key = VerifyingKey::new("", key).ok()?;
    key.verify_prehash(&digest, &signature).ok()
}

fn point(key: &[u8]) -> Option<PublicKey> {
    // Hybrid forms (06 and 07) say twice what they say.
    matches!(key.first(), Some(2..=4)).then(|| PublicKey::from_sec1_bytes(key).ok())?
}

/// `Z`: the hash of the signer's id, the curve and the key.
fn signer(key: &PublicKey, id: &[u8]) -> Option<[u8; 32]> {
    if id.len() > ID_BYTES {
        return None;
    }
    let bits = (id.len() as u16 * 8).to_be_bytes();
    let point = key.to_sec1_point(false);
    let coordinates = point.as_bytes().get(1..)?;
    let hash = Sm3::new().chain_update(bits).chain_update(id);
    let hash = CURVE.iter().fold(hash, |hash, number| hash.chain_update(number));
    Some(hash.chain_update(coordinates).finalize().into())
}

/// The 32 bytes of a constant.
const fn hex(text: &str) -> [u8; 32] {
    let (text, mut bytes, mut at) = (text.as_bytes(), [0; 32], 0);
    while at < 64 {
        let digit = match text[at] {
            digit @ b'0'..=b'9' => digit - b'0',
            letter => letter - b'a' + 10,
        };
        bytes[at / 2] = bytes[at / 2] << 4 | digit;
        at += 1;
    }
    bytes
}
