//! Where addresses and transaction hashes come from.
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

/// The hash of a block that holds one transaction.
pub(crate) fn block_hash(height: u64, time: u64, tx: &Hash, state: &Hash) -> Hash {
    let mut digest = Sha256::new_with_prefix(b"deed block ");
    digest.update(height.to_le_bytes());
    digest.update(time.to_le_bytes());
    digest.update(tx.0);
    digest.update(state.0);
    Hash(digest.finalize().into())
}

/// The hash of a transaction: over the chain, its sender and nonce, and what it asks for.
pub(crate) fn transaction_hash(chain: &str, from: &Address, nonce: u64, parts: &[&[u8]]) -> Hash {
    let mut digest = Sha256::new_with_prefix(b"deed transaction ");
    let mut part = |bytes: &[u8]| {
        digest.update((bytes.len() as u64).to_le_bytes());
        digest.update(bytes);
    };
    part(chain.as_bytes());
    part(&from.0);
    part(&nonce.to_le_bytes());
    parts.iter().for_each(|bytes| part(bytes));
    Hash(digest.finalize().into())
}
