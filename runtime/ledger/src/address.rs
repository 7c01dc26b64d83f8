//! Where addresses come from; those of keys are in `keys`.
//!
//! In: names, creators, nonces. Out: 32 bytes, by SHA-256 over a domain and unambiguous parts:
//! everything but a last part of its own kind has a fixed length or is preceded by its length.

use deed_runtime::{Address, Hash};
use sha2::{Digest, Sha256};

/// The address of the account with this name, for runs and tests: SHA-256 of `deed account NAME`.
pub fn account(name: &str) -> Address {
    Address(Sha256::digest(format!("deed account {name}")).into())
}

/// The address of a contract: its creator's `nonce`-th transaction makes it, from this code.
pub fn contract_address(creator: &Address, nonce: u64, code: &Hash) -> Address {
    let mut digest = Sha256::new_with_prefix(b"deed contract ");
    digest.update(creator.0);
    digest.update(nonce.to_le_bytes());
    digest.update(code.0);
    Address(digest.finalize().into())
}
