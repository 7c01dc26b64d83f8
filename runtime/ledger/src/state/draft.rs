//! The changes of the block that is being made.
//!
//! In: what transactions write, one after the other. Out: the batch of changes that the block is, its
//! state root included.
//!
//! What always holds: an entry that is changed back is not changed; sizes follow entries.

use std::collections::BTreeMap;
use std::ops::Bound;

use deed_runtime::{Address, Hash};

use super::{Head, Read, Result, entry_key, snapshot, tree};
use crate::hashing::Hasher;
use crate::store::{Batch, Store, Stretch, Table};
use crate::wire::Wire;

#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    entries: BTreeMap<Address, BTreeMap<Vec<u8>, Option<Vec<u8>>>>,
    code: BTreeMap<Hash, Vec<u8>>,
    /// Bytes of all entries of contracts that have changed.
    sizes: BTreeMap<Address, u64>,
}

/// What a block is told when it is closed.
pub(crate) struct Closing<'a> {
    pub(crate) store: &'a dyn Store,
    pub(crate) hasher: Hasher,
    pub(crate) height: u64,
    /// Whether the state at heights before this one stays readable.
    pub(crate) keeps: bool,
}

impl Draft {
    /// The change of an entry, if there is one.
    pub(crate) fn entry(&self, contract: &Address, key: &[u8]) -> Option<&Option<Vec<u8>>> {
        self.entries.get(contract)?.get(key)
    }

    /// The changes in a stretch, in ascending order.
    pub(crate) fn changes(
        &self,
        contract: &Address,
        stretch: Stretch<'_>,
    ) -> Vec<(&Vec<u8>, &Option<Vec<u8>>)> {
        let Some(entries) = self.entries.get(contract).filter(|_| !stretch.is_empty()) else {
            return Vec::new();
        };
        let end = stretch.end.map_or(Bound::Unbounded, Bound::Excluded);
        entries.range::<[u8], _>((Bound::Included(stretch.start), end)).collect()
    }

    pub(crate) fn code(&self, hash: &Hash) -> Option<&[u8]> {
        self.code.get(hash).map(Vec::as_slice)
    }

    /// Changes an entry; `None` removes it.
    pub(crate) fn set(
        &mut self,
        store: &dyn Store,
        contract: Address,
        key: &[u8],
        value: Option<&[u8]>,
    ) -> Result<()> {
        let old = Head { store, draft: self }.get(&contract, key)?;
        let bytes =
            |value: Option<&[u8]>| value.map_or(0, |value| (key.len() + value.len()) as u64);
        let size = self.size(store, &contract)?;
        let size = size.saturating_sub(bytes(old.as_deref())).saturating_add(bytes(value));
        self.sizes.insert(contract, size);
        let entries = self.entries.entry(contract).or_default();
        entries.insert(key.to_vec(), value.map(<[u8]>::to_vec));
        Ok(())
    }

    /// Keeps a module, so that contracts can be made of it.
    pub(crate) fn publish(&mut self, code: Hash, module: &[u8]) {
        self.code.entry(code).or_insert_with(|| module.to_vec());
    }

    /// Bytes of all keys and values of a contract.
    pub(crate) fn size(&self, store: &dyn Store, contract: &Address) -> Result<u64> {
        if let Some(size) = self.sizes.get(contract) {
            return Ok(*size);
        }
        let size = store.get(Table::Sizes, &contract.0)?;
        size.map_or(Ok(0), |bytes| super::parsed(&bytes))
    }

    /// Puts all of it into a batch; gives the root of the state as it will be.
    pub(crate) fn close(self, closing: &Closing<'_>, batch: &mut Batch) -> Result<Hash> {
        for (hash, module) in self.code {
            batch.put(Table::Code, hash.0, module);
        }
        for (contract, size) in self.sizes {
            batch.put(Table::Sizes, contract.0, size.to_bytes());
        }
        let mut changes = Vec::new();
        for (contract, entries) in self.entries {
            for (key, value) in entries {
                let at = entry_key(&contract, &key);
                let old = closing.store.get(Table::Entries, &at)?;
                if old == value {
                    continue;
                }
                if closing.keeps {
                    snapshot::keep(closing.height, &contract, &key, old.as_deref(), batch);
                }
                match &value {
                    Some(value) => batch.put(Table::Entries, at.as_slice(), value.as_slice()),
                    None => batch.remove(Table::Entries, at.as_slice()),
                }
                changes.push((at, value));
            }
        }
        tree::update(closing, changes, batch)
    }
}
