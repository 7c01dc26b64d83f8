//! The state: entries of contracts, accounts and coins, and how they are read.
//!
//! In: a store, and the changes of the block that is being made. Out: entries as of that block
//! ([`Head`]) or as of a height that is past ([`snapshot::Snapshot`]).
//!
//! Everything is an entry, a value by contract and key. What the chain itself keeps lies under
//! addresses that no contract can have: [`COINS`], [`ACCOUNTS`] and [`CONTRACTS`].
//!
//! What always holds: a reader never sees half of a transaction.

pub(crate) mod draft;
pub(crate) mod snapshot;
pub(crate) mod tree;

use deed_runtime::{Address, COINS, Entry, Hash};

use crate::store::{Store, StoreError, Stretch, Table, after_prefix};
use crate::types::Account;
use crate::wire::{Wire, wire};
use draft::Draft;

/// Under which the records of accounts lie, by their address.
pub const ACCOUNTS: Address = reserved(1);

/// Under which the code hashes of contracts lie, by their address.
pub const CONTRACTS: Address = reserved(2);

const fn reserved(number: u8) -> Address {
    let mut bytes = [0; 32];
    bytes[31] = number;
    Address(bytes)
}

type Result<T> = std::result::Result<T, StoreError>;

/// Entries and code as of some moment.
pub(crate) trait Read {
    fn get(&self, contract: &Address, key: &[u8]) -> Result<Option<Vec<u8>>>;

    /// At most `limit` entries of a stretch of keys of a contract, in its order.
    fn range(&self, contract: &Address, stretch: Stretch<'_>, limit: usize) -> Result<Vec<Entry>>;

    fn code(&self, hash: &Hash) -> Result<Option<Vec<u8>>>;

    /// The hash of a contract's code.
    fn code_hash(&self, contract: &Address) -> Result<Option<Hash>> {
        let bytes = self.get(&CONTRACTS, &contract.0)?;
        bytes.map(|bytes| parsed(&bytes)).transpose()
    }

    /// What is known of an account; the default of one that nothing is known of.
    fn account(&self, address: &Address) -> Result<Account> {
        let record = self.get(&ACCOUNTS, &address.0)?;
        let record = record.map(|bytes| parsed::<Record>(&bytes)).transpose()?;
        let Record { scheme, nonce } = record.unwrap_or_default();
        let coins = self.get(&COINS, &address.0)?.map(|bytes| parsed(&bytes)).transpose()?;
        Ok(Account { scheme, nonce, coins: coins.unwrap_or_default() })
    }
}

/// An account's entry; its coins have one of their own.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Record {
    pub(crate) scheme: Option<crate::keys::Scheme>,
    pub(crate) nonce: u64,
}

wire! {
    Record { scheme, nonce }
}

/// The state with the changes of the block that is being made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head<'a> {
    pub(crate) store: &'a dyn Store,
    pub(crate) draft: &'a Draft,
}

impl Read for Head<'_> {
    fn get(&self, contract: &Address, key: &[u8]) -> Result<Option<Vec<u8>>> {
        match self.draft.entry(contract, key) {
            Some(changed) => Ok(changed.clone()),
            None => self.store.get(Table::Entries, &entry_key(contract, key)),
        }
    }

    fn range(&self, contract: &Address, stretch: Stretch<'_>, limit: usize) -> Result<Vec<Entry>> {
        let changed = self.draft.changes(contract, stretch);
        // As many of the entries kept as may have been removed since are read beyond the limit.
        let kept = entries(self.store, contract, stretch, limit.saturating_add(changed.len()))?;
        Ok(if changed.is_empty() { kept } else { merged(kept, changed, stretch, limit) })
    }

    fn code(&self, hash: &Hash) -> Result<Option<Vec<u8>>> {
        match self.draft.code(hash) {
            Some(module) => Ok(Some(module.to_vec())),
            None => self.store.get(Table::Code, &hash.0),
        }
    }
}

/// Entries with changes made in them.
fn merged(
    kept: Vec<Entry>,
    changed: Vec<(&Vec<u8>, &Option<Vec<u8>>)>,
    stretch: Stretch<'_>,
    limit: usize,
) -> Vec<Entry> {
    let mut all: std::collections::BTreeMap<Vec<u8>, Vec<u8>> = kept.into_iter().collect();
    for (key, value) in changed {
        match value {
            Some(value) => all.insert(key.clone(), value.clone()),
            None => all.remove(key),
        };
    }
    if stretch.backwards {
        all.into_iter().rev().take(limit).collect()
    } else {
        all.into_iter().take(limit).collect()
    }
}

/// Entries of a contract as of the last block.
fn entries(
    store: &dyn Store,
    contract: &Address,
    stretch: Stretch<'_>,
    limit: usize,
) -> Result<Vec<Entry>> {
    let start = entry_key(contract, stretch.start);
    let end = match stretch.end {
        Some(end) => Some(entry_key(contract, end)),
        None => after_prefix(&contract.0),
    };
    let stretch = Stretch { start: &start, end: end.as_deref(), backwards: stretch.backwards };
    let mut entries = store.range(Table::Entries, stretch, limit)?;
    for (key, _) in &mut entries {
        key.drain(..contract.0.len());
    }
    Ok(entries)
}

/// Where an entry lies in [`Table::Entries`], and what the state tree knows it by.
pub(crate) fn entry_key(contract: &Address, key: &[u8]) -> Vec<u8> {
    [&contract.0, key].concat()
}

/// Reads what the chain itself has written.
pub(crate) fn parsed<T: Wire>(bytes: &[u8]) -> Result<T> {
    T::from_bytes(bytes).map_err(|error| StoreError::Inconsistent(error.to_string()))
}
