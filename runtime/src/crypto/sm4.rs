//! SM4 (GB/T 32907) in the modes ECB, CBC, CTR and GCM (SP 800-38A and D, RFC 8998).
//!
//! In: keys of 16 bytes. ECB and CBC take whole blocks and pad nothing; CTR counts in all 128 bits;
//! GCM has nonces of 12 bytes and puts its tag of 16 behind the text. What has another length is
//! refused.

use aes_gcm::AesGcm;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use sm4::Sm4;
use sm4::cipher::consts::U12;
use sm4::cipher::{BlockCipherDecrypt, BlockCipherEncrypt};

const BLOCK: usize = 16;

type Block = [u8; BLOCK];

fn cipher(key: &[u8]) -> Option<Sm4> {
    Sm4::new_from_slice(key).ok()
}

fn encrypt(cipher: &Sm4, block: &mut Block) {
    cipher.encrypt_block(block.into());
}

fn decrypt(cipher: &Sm4, block: &mut Block) {
    cipher.decrypt_block(block.into());
}

fn xor(block: &mut [u8], other: &[u8]) {
    block.iter_mut().zip(other).for_each(|(byte, other)| *byte ^= other);
}

pub(super) fn ecb(key: &[u8], data: &[u8], decrypts: bool) -> Option<Vec<u8>> {
    let cipher = cipher(key)?;
    let mut text = data.to_vec();
    let (blocks, rest) = text.as_chunks_mut::<BLOCK>();
    if !rest.is_empty() {
        return None;
    }
    let step = if decrypts { decrypt } else { encrypt };
    blocks.iter_mut().for_each(|block| step(&cipher, block));
    Some(text)
}

pub(super) fn cbc(key: &[u8], start: &[u8], data: &[u8], decrypts: bool) -> Option<Vec<u8>> {
    let cipher = cipher(key)?;
    let mut before: Block = start.try_into().ok()?;
    let mut text = data.to_vec();
    let (blocks, rest) = text.as_chunks_mut::<BLOCK>();
    if !rest.is_empty() {
        return None;
    }
    for block in blocks {
        if decrypts {
            let given = *block;
            decrypt(&cipher, block);
            xor(block, &before);
            before = given;
        } else {
            xor(block, &before);
            encrypt(&cipher, block);
            before = *block;
        }
    }
    Some(text)
}

/// Encrypts and decrypts alike.
pub(super) fn ctr(key: &[u8], start: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let cipher = cipher(key)?;
    let mut counter = u128::from_be_bytes(start.try_into().ok()?);
    let mut text = data.to_vec();
    for block in text.chunks_mut(BLOCK) {
        let mut mask = counter.to_be_bytes();
        encrypt(&cipher, &mut mask);
        xor(block, &mask);
        counter = counter.wrapping_add(1);
    }
    Some(text)
}

fn gcm(key: &[u8], nonce: &[u8]) -> Option<(AesGcm<Sm4, U12>, [u8; 12])> {
    Some((cipher(key)?.into(), nonce.try_into().ok()?))
}

/// The encrypted text and its tag.
pub(super) fn gcm_seal(key: &[u8], nonce: &[u8], beside: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let (cipher, nonce) = gcm(key, nonce)?;
    cipher.encrypt(&nonce.into(), Payload { msg: data, aad: beside }).ok()
}

/// The text, if the tag behind it is right.
pub(super) fn gcm_open(key: &[u8], nonce: &[u8], beside: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let (cipher, nonce) = gcm(key, nonce)?;
    cipher.decrypt(&nonce.into(), Payload { msg: data, aad: beside }).ok()
}
