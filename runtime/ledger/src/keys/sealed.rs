//! Texts encrypted for the holder of an SM2 key (GB/T 32918.4), outside of the chain alone.
//!
//! In: keys, and texts. Out: `C1 C3 C2`, that is a point of 65 bytes, the SM3 that checks the text, and the
//! text; or the text again. The form in DER that other tools write (GB/T 35276) is read too.
//! Holds always: what was changed anywhere is refused, without a word on where.

use std::fmt;

use sm2::elliptic_curve::common::getrandom::SysRng;
use sm2::pke::{DecryptingKey, EncryptingKey};

use super::{PublicKey, Scheme, SecretKey};

/// The point, and the digest.
const HEAD: usize = 65 + 32;

/// Why a text is not encrypted or decrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealError {
    /// Keys of the other schemes only sign.
    NoSm2,
    /// The standard has no form of an empty text.
    Empty,
    /// The key is no point of the curve, or the machine has no randomness.
    NotSealed,
    /// It is not what was encrypted for this key.
    NotOpened,
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SealError::NoSm2 => "only keys of the scheme sm2 encrypt",
            SealError::Empty => "there is nothing to encrypt",
            SealError::NotSealed => "the key is no point of the curve, or there is no randomness",
            SealError::NotOpened => "it was not encrypted for this key, or was changed since",
        })
    }
}

impl std::error::Error for SealError {}

impl PublicKey {
    /// Encrypts a text for the holder of this key.
    ///
    /// # Errors
    /// If the key is of another scheme or no point, the text is empty, or the machine has no randomness.
    pub fn seal(&self, text: &[u8]) -> Result<Vec<u8>, SealError> {
        let PublicKey::Sm2(key) = self else { return Err(SealError::NoSm2) };
        if text.is_empty() {
            return Err(SealError::Empty);
        }
        let key = EncryptingKey::from_sec1_bytes(key).map_err(|_| SealError::NotSealed)?;
        key.encrypt(&mut SysRng, text).map_err(|_| SealError::NotSealed)
    }
}

impl SecretKey {
    /// The text that was encrypted for this key.
    ///
    /// # Errors
    /// If the key is of another scheme, or the bytes are not what was encrypted for it.
    pub fn unseal(&self, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        if self.scheme() != Scheme::Sm2 {
            return Err(SealError::NoSm2);
        }
        let key = DecryptingKey::from_slice(self.bytes()).map_err(|_| SealError::NotOpened)?;
        let text = match sealed.first() {
            Some(4) if sealed.len() > HEAD => key.decrypt(sealed),
            Some(0x30) => key.decrypt_der(sealed),
            _ => return Err(SealError::NotOpened),
        };
        text.map_err(|_| SealError::NotOpened)
    }
}
