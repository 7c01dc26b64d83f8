//! Hashes.

use sha2::{Digest, Sha256};
use sha3::Keccak256;
use sm3::Sm3;

pub(super) fn sha256(data: &[u8]) -> [u8; 32] {
    Sha256::digest(data).into()
}

pub(super) fn keccak256(data: &[u8]) -> [u8; 32] {
    Keccak256::digest(data).into()
}

pub(super) fn sm3(data: &[u8]) -> [u8; 32] {
    Sm3::digest(data).into()
}
