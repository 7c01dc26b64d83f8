//! Keys and signatures, of three schemes.
//!
//! In: bytes. Out: signatures, and whether one is valid.
//!
//! | scheme | what is signed | public key | source |
//! |---|---|---|---|
//! | `sm2` | SM3 over `Z` and the message; `Z` with the user id [`SM2_ID`] | compressed point | GB/T 32918.2-2016 |
//! | `secp256k1` | ECDSA over SHA-256 of the message, nonce by RFC 6979, low `s` alone | compressed point | SEC 1, SEC 2, BIP 62 |
//! | `ed25519` | the message itself, checked strictly: no key or point of small order | as in the RFC | RFC 8032 |
//!
//! All signatures have 64 bytes: `r` and `s`, each 32 bytes, big-endian (of `ed25519` as in the RFC).
//! SM2 derives its nonce as RFC 6979 does, with SM3, so that signing needs no source of randomness.
//!
//! What always holds: bytes that are no key or no signature give `false` or `None`, and nothing panics.

mod ed25519;
#[cfg(feature = "pem")]
mod pem;
#[cfg(feature = "pem")]
mod sealed;
mod secp256k1;
mod sm2;

use std::fmt;

use deed_runtime::Address;
use zeroize::Zeroizing;

use crate::hashing::Hasher;
use crate::wire::{wire, wire_enum};

#[cfg(feature = "pem")]
pub use pem::PemError;
#[cfg(feature = "pem")]
pub use sealed::SealError;

/// The user id that goes into `Z`, as GM/T 0009-2012 has it where none was agreed on.
pub const SM2_ID: &str = "1234567812345678";

/// A way to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scheme {
    Sm2,
    Secp256k1,
    Ed25519,
}

/// What others check signatures with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicKey {
    Sm2([u8; 33]),
    Secp256k1([u8; 33]),
    Ed25519([u8; 32]),
}

/// A signature of any scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    pub bytes: [u8; 64],
}

/// What signs. It is printed nowhere, and wiped when it is dropped.
#[derive(Clone)]
pub struct SecretKey {
    /// A scalar of the curve, big-endian; of `ed25519` the seed.
    bytes: Zeroizing<[u8; 32]>,
    public: PublicKey,
}

impl Scheme {
    pub const ALL: [Scheme; 3] = [Scheme::Sm2, Scheme::Secp256k1, Scheme::Ed25519];

    pub fn name(self) -> &'static str {
        match self {
            Scheme::Sm2 => "sm2",
            Scheme::Secp256k1 => "secp256k1",
            Scheme::Ed25519 => "ed25519",
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl PublicKey {
    pub fn scheme(&self) -> Scheme {
        match self {
            PublicKey::Sm2(_) => Scheme::Sm2,
            PublicKey::Secp256k1(_) => Scheme::Secp256k1,
            PublicKey::Ed25519(_) => Scheme::Ed25519,
        }
    }

    /// The key with these bytes; `None` if there are too many or too few. Whether they are a point of
    /// the curve shows when a signature is checked.
    pub fn from_bytes(scheme: Scheme, bytes: &[u8]) -> Option<PublicKey> {
        Some(match scheme {
            Scheme::Sm2 => PublicKey::Sm2(bytes.try_into().ok()?),
            Scheme::Secp256k1 => PublicKey::Secp256k1(bytes.try_into().ok()?),
            Scheme::Ed25519 => PublicKey::Ed25519(bytes.try_into().ok()?),
        })
    }

    pub fn bytes(&self) -> &[u8] {
        match self {
            PublicKey::Sm2(bytes) | PublicKey::Secp256k1(bytes) => bytes,
            PublicKey::Ed25519(bytes) => bytes,
        }
    }

    /// The account of this key: SM3 over `deed key sm2 ` and the key, and of other schemes
    /// SHA-256 over `deed key NAME ` and the key. It depends on the key alone, not on the chain.
    pub fn address(&self) -> Address {
        let hasher = match self.scheme() {
            Scheme::Sm2 => Hasher::Sm3,
            Scheme::Secp256k1 | Scheme::Ed25519 => Hasher::Sha256,
        };
        let domain = format!("deed key {} ", self.scheme());
        Address(hasher.digest(&[domain.as_bytes(), self.bytes()]).0)
    }

    /// Whether this is a signature of `message` under this key.
    pub fn verifies(&self, message: &[u8], signature: &Signature) -> bool {
        let valid = match self {
            PublicKey::Sm2(key) => sm2::verify(key, message, &signature.bytes),
            PublicKey::Secp256k1(key) => secp256k1::verify(key, message, &signature.bytes),
            PublicKey::Ed25519(key) => ed25519::verify(key, message, &signature.bytes),
        };
        valid.is_some()
    }
}

impl SecretKey {
    /// The key with these bytes, as [`SecretKey::bytes`] gives them; `None` where there is none: of
    /// the curves, zero and what is not below the order.
    pub fn from_bytes(scheme: Scheme, bytes: [u8; 32]) -> Option<SecretKey> {
        let public = match scheme {
            Scheme::Sm2 => PublicKey::Sm2(sm2::public(&bytes)?),
            Scheme::Secp256k1 => PublicKey::Secp256k1(secp256k1::public(&bytes)?),
            Scheme::Ed25519 => PublicKey::Ed25519(ed25519::public(&bytes)),
        };
        Some(SecretKey { bytes: bytes.into(), public })
    }

    /// A key made from a seed: its SHA-256 digest, that one's where it is no key, and so on.
    pub fn from_seed(scheme: Scheme, seed: &[u8]) -> SecretKey {
        let mut bytes = Hasher::Sha256.digest(&[seed]).0;
        loop {
            if let Some(key) = SecretKey::from_bytes(scheme, bytes) {
                return key;
            }
            bytes = Hasher::Sha256.digest(&[&bytes]).0;
        }
    }

    /// The key of an account for trying things out, which everybody knows: that of the seed
    /// `deed development key NAME`.
    pub fn development(scheme: Scheme, name: &str) -> SecretKey {
        SecretKey::from_seed(scheme, format!("deed development key {name}").as_bytes())
    }

    pub fn scheme(&self) -> Scheme {
        self.public.scheme()
    }

    /// The secret itself.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    pub fn public(&self) -> PublicKey {
        self.public
    }

    pub fn sign(&self, message: &[u8]) -> Signature {
        let bytes = match self.scheme() {
            Scheme::Sm2 => sm2::sign(&self.bytes, message),
            Scheme::Secp256k1 => secp256k1::sign(&self.bytes, message),
            Scheme::Ed25519 => Some(ed25519::sign(&self.bytes, message)),
        };
        // None fails but bytes that are no key, of which no `SecretKey` is made; zeros are no signature.
        Signature { bytes: bytes.unwrap_or([0; 64]) }
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({}, {})", self.scheme(), self.public.address())
    }
}

wire! {
    Signature { bytes }
}

wire_enum! {
    Scheme { 0 = Sm2, 1 = Secp256k1, 2 = Ed25519, } else "there is no such scheme"
}

wire_enum! {
    PublicKey { 0 = Sm2(key), 1 = Secp256k1(key), 2 = Ed25519(key), } else "there is no such scheme"
}
