//! Keys as text: PKCS#8 (RFC 5958) and X.509 in PEM (RFC 7468), as other tools read and write them.
//!
//! In: keys or texts, and a passphrase or none. Out: texts or keys. With a passphrase the key is
//! encrypted by PBES2 (RFC 8018): scrypt and AES-256-CBC, as the crate `pkcs8` recommends.

use std::fmt;

use pkcs8::{
    DecodePrivateKey, EncodePrivateKey, EncodePublicKey, EncryptedPrivateKeyInfoRef, LineEnding,
    PrivateKeyInfoRef, SecretDocument,
};
use zeroize::Zeroizing;

use super::{PublicKey, Scheme, SecretKey};

/// The labels of RFC 7468, sections 10 and 11.
const PLAIN: &str = "PRIVATE KEY";
const ENCRYPTED: &str = "ENCRYPTED PRIVATE KEY";

/// Why a text is no key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PemError {
    /// It is no PKCS#8 in PEM, or the key in it is of another scheme or no key.
    NoKey(String),
    /// It is encrypted, and no passphrase was given.
    Locked,
    /// The passphrase is another one.
    WrongPassphrase,
}

impl fmt::Display for PemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PemError::NoKey(why) => write!(f, "it holds no key of a known scheme: {why}"),
            PemError::Locked => f.write_str("the key is encrypted"),
            PemError::WrongPassphrase => f.write_str("the passphrase does not open the key"),
        }
    }
}

impl std::error::Error for PemError {}

impl PublicKey {
    /// The key as text: SubjectPublicKeyInfo (RFC 5280) in PEM.
    ///
    /// # Errors
    /// If the bytes are no point of the curve.
    pub fn to_pem(&self) -> Result<String, PemError> {
        match self {
            PublicKey::Sm2(key) => {
                let key = sm2::PublicKey::from_sec1_bytes(key).map_err(no_key)?;
                key.to_public_key_pem(LineEnding::LF).map_err(no_key)
            }
            PublicKey::Secp256k1(key) => {
                let key = k256::PublicKey::from_sec1_bytes(key).map_err(no_key)?;
                key.to_public_key_pem(LineEnding::LF).map_err(no_key)
            }
            PublicKey::Ed25519(key) => {
                let key = ed25519_dalek::VerifyingKey::from_bytes(key).map_err(no_key)?;
                key.to_public_key_pem(LineEnding::LF).map_err(no_key)
            }
        }
    }
}

impl SecretKey {
    /// The key as text, encrypted where there is a passphrase.
    ///
    /// # Errors
    /// If the machine has no randomness to encrypt with.
    pub fn to_pem(&self, passphrase: Option<&str>) -> Result<Zeroizing<String>, PemError> {
        let document = self.document().map_err(no_key)?;
        match passphrase {
            None => document.to_pem(PLAIN, LineEnding::LF).map_err(no_key),
            Some(passphrase) => {
                let info = PrivateKeyInfoRef::try_from(document.as_bytes()).map_err(no_key)?;
                let document = info.encrypt(passphrase).map_err(no_key)?;
                document.to_pem(ENCRYPTED, LineEnding::LF).map_err(no_key)
            }
        }
    }

    /// Reads a key.
    ///
    /// # Errors
    /// If the text is no key, or the passphrase does not open it.
    pub fn from_pem(text: &str, passphrase: Option<&str>) -> Result<SecretKey, PemError> {
        let (label, document) = SecretDocument::from_pem(text).map_err(no_key)?;
        let document = match (label, passphrase) {
            (ENCRYPTED, None) => return Err(PemError::Locked),
            (ENCRYPTED, Some(passphrase)) => {
                let info = EncryptedPrivateKeyInfoRef::try_from(document.as_bytes());
                let opened = info.map_err(no_key)?.decrypt(passphrase);
                opened.map_err(|_| PemError::WrongPassphrase)?
            }
            _ => document,
        };
        let key = Scheme::ALL.into_iter().find_map(|scheme| read(scheme, document.as_bytes()));
        key.ok_or_else(|| no_key("its algorithm is none of sm2, secp256k1, ed25519"))
    }

    fn document(&self) -> pkcs8::Result<SecretDocument> {
        let bytes = self.bytes().as_slice();
        match self.scheme() {
            Scheme::Sm2 => sm2::SecretKey::from_slice(bytes).map_err(|_| bad_key())?.to_pkcs8_der(),
            Scheme::Secp256k1 => {
                k256::SecretKey::from_slice(bytes).map_err(|_| bad_key())?.to_pkcs8_der()
            }
            Scheme::Ed25519 => ed25519_dalek::SigningKey::from_bytes(self.bytes()).to_pkcs8_der(),
        }
    }
}

/// The key in a document, if it is one of this scheme.
fn read(scheme: Scheme, document: &[u8]) -> Option<SecretKey> {
    let bytes: [u8; 32] = match scheme {
        Scheme::Sm2 => sm2::SecretKey::from_pkcs8_der(document).ok()?.to_bytes().into(),
        Scheme::Secp256k1 => k256::SecretKey::from_pkcs8_der(document).ok()?.to_bytes().into(),
        Scheme::Ed25519 => ed25519_dalek::SigningKey::from_pkcs8_der(document).ok()?.to_bytes(),
    };
    SecretKey::from_bytes(scheme, bytes)
}

fn bad_key() -> pkcs8::Error {
    pkcs8::Error::KeyMalformed(pkcs8::KeyError::Invalid)
}

fn no_key(why: impl fmt::Display) -> PemError {
    PemError::NoKey(why.to_string())
}
