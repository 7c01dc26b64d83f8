//! Hashes, and codes of authenticity made of them (RFC 2104).

use blake2::{Blake2b256, Blake2b512};
use hmac::{KeyInit, Mac, SimpleHmac};
use ripemd::Ripemd160;
use sha2::{Digest, Sha256, Sha512};
use sha3::{Keccak256, Sha3_256};
use sm3::Sm3;

pub(super) fn sha256(data: &[u8]) -> [u8; 32] {
    Sha256::digest(data).into()
}

pub(super) fn sha512(data: &[u8]) -> Vec<u8> {
    Sha512::digest(data).to_vec()
}

pub(super) fn sha3_256(data: &[u8]) -> [u8; 32] {
    Sha3_256::digest(data).into()
}

pub(super) fn keccak256(data: &[u8]) -> [u8; 32] {
    Keccak256::digest(data).into()
}

pub(super) fn blake2b_256(data: &[u8]) -> [u8; 32] {
    Blake2b256::digest(data).into()
}

pub(super) fn blake2b_512(data: &[u8]) -> Vec<u8> {
    Blake2b512::digest(data).to_vec()
}

pub(super) fn blake3(data: &[u8]) -> [u8; 32] {
    blake3::hash(data).into()
}

pub(super) fn ripemd160(data: &[u8]) -> Vec<u8> {
    Ripemd160::digest(data).to_vec()
}

pub(super) fn sm3(data: &[u8]) -> [u8; 32] {
    Sm3::digest(data).into()
}

pub(super) fn hmac_sha256(key: &[u8], data: &[u8]) -> [u8; 32] {
    // Keys of any length are taken.
    let mac = SimpleHmac::<Sha256>::new_from_slice(key);
    mac.map(|mac| mac.chain_update(data).finalize().into_bytes().into()).unwrap_or_default()
}

pub(super) fn hmac_sm3(key: &[u8], data: &[u8]) -> [u8; 32] {
    let mac = SimpleHmac::<Sm3>::new_from_slice(key);
    mac.map(|mac| mac.chain_update(data).finalize().into_bytes().into()).unwrap_or_default()
}
