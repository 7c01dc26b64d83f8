//! SM2 signatures by GB/T 32918.2-2016.
//!
//! In: scalars, compressed points, messages. Out: points and signatures. What is signed is SM3 over
//! `Z` and the message, where `Z` binds the user id, the curve and the public key.

use sm2::dsa::signature::{Signer, Verifier};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};
use sm2::elliptic_curve::sec1::ToSec1Point;

use super::SM2_ID;

pub(super) fn public(secret: &[u8; 32]) -> Option<[u8; 33]> {
    let key = SigningKey::from_slice(SM2_ID, secret).ok()?;
    key.verifying_key().to_sec1_point(true).as_bytes().try_into().ok()
}

pub(super) fn sign(secret: &[u8; 32], message: &[u8]) -> Option<[u8; 64]> {
    let key = SigningKey::from_slice(SM2_ID, secret).ok()?;
    let signature: Signature = key.try_sign(message).ok()?;
    Some(signature.to_bytes().into())
}

pub(super) fn verify(key: &[u8; 33], message: &[u8], signature: &[u8; 64]) -> Option<()> {
    let key = VerifyingKey::from_sec1_bytes(SM2_ID, key).ok()?;
    key.verify(message, &Signature::from_slice(signature).ok()?).ok()
}
