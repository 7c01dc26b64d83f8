//! SM4 (GB/T 32907) in the modes ECB, CBC, CTR, GCM and CCM (SP 800-38A, D and C, RFC 8998).
//!
//! In: keys of 16 bytes. ECB and CBC take whole blocks and pad nothing; CTR counts in all 128 bits;
//! GCM and CCM have nonces of 12 bytes and put their tags of 16 behind the text, which in CCM is shorter
//! than 16 MiB. What has another length is refused.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use sm4::Sm4;
use sm4::cipher::consts::{U12, U16};
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

/// A mode that encrypts and vouches at once.
pub(super) trait Mode: Aead<NonceSize = U12> + From<Sm4> {}

impl<T: Aead<NonceSize = U12> + From<Sm4>> Mode for T {}

pub(super) type Gcm = aes_gcm::AesGcm<Sm4, U12>;
pub(super) type Ccm = ccm::Ccm<Sm4, U16, U12>;

/// The encrypted text and its tag.
pub(super) fn seal<M: Mode>(
    key: &[u8],
    nonce: &[u8],
    beside: &[u8],
    data: &[u8],
) -> Option<Vec<u8>> {
    let nonce: [u8; 12] = nonce.try_into().ok()?;
    M::from(cipher(key)?).encrypt(&nonce.into(), Payload { msg: data, aad: beside }).ok()
}

/// The text, if the tag behind it is right.
pub(super) fn open<M: Mode>(
    key: &[u8],
    nonce: &[u8],
    beside: &[u8],
    data: &[u8],
) -> Option<Vec<u8>> {
    let nonce: [u8; 12] = nonce.try_into().ok()?;
    M::from(cipher(key)?).decrypt(&nonce.into(), Payload { msg: data, aad: beside }).ok()
}
