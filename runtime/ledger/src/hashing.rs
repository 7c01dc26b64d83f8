//! The hash functions that a chain may choose from.
//!
//! In: bytes. Out: 32 bytes. SHA-256 is FIPS 180-4, SM3 is GB/T 32905-2016. A chain chooses one, in its
//! genesis, for its roots, blocks and transactions. Code hashes, state keys and codes of events
//! belong to modules, which run on any chain, and are always SHA-256.

use deed_runtime::Hash;
use jmt::SimpleHasher;
use sha2::Digest;

/// What a chain's roots and hashes are made with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hasher {
    #[default]
    Sha256,
    Sm3,
}

impl Hasher {
    /// The digest of parts, one after the other.
    pub fn digest(self, parts: &[&[u8]]) -> Hash {
        Hash(match self {
            Hasher::Sha256 => digest::<sha2::Sha256>(parts),
            Hasher::Sm3 => digest::<sm3::Sm3>(parts),
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            Hasher::Sha256 => "sha256",
            Hasher::Sm3 => "sm3",
        }
    }
}

fn digest<D: Digest<OutputSize = sha2::digest::typenum::U32>>(parts: &[&[u8]]) -> [u8; 32] {
    let mut digest = D::new();
    parts.iter().for_each(|part| digest.update(part));
    digest.finalize().into()
}

/// A hash function in the form that the state tree wants.
#[derive(Debug)]
pub(crate) struct Sha256(sha2::Sha256);

#[derive(Debug)]
pub(crate) struct Sm3(sm3::Sm3);

macro_rules! simple_hasher {
    ($($name:ident),*) => {$(
        impl SimpleHasher for $name {
            fn new() -> Self {
                $name(Digest::new())
            }

            fn update(&mut self, data: &[u8]) {
                Digest::update(&mut self.0, data);
            }

            fn finalize(self) -> [u8; 32] {
                Digest::finalize(self.0).into()
            }
        }
    )*};
}

simple_hasher!(Sha256, Sm3);
