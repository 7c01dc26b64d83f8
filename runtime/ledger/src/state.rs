//! The committed state: contracts with their code and entries, and its root.
//!
//! In: writes of successful calls. Out: entries, ranges of them, and the state root.
//!
//! The root is SHA-256 over the contracts in order of address, each as its address, its code hash
//! and the root of its entries (see `tree`). It commits to everything and proves nothing cheaply.

use std::collections::BTreeMap;
use std::ops::Bound;

use deed_runtime::{Address, COINS, Created, Entry, Hash, Write};
use sha2::{Digest, Sha256};

use crate::tree::Tree;

/// The code of the entry that holds coins, which is no contract.
const NO_CODE: Hash = Hash([0; 32]);

/// What the chain keeps.
#[derive(Clone, Debug, Default)]
pub struct State {
    contracts: BTreeMap<Address, Contract>,
    code: BTreeMap<Hash, Vec<u8>>,
}

#[derive(Clone, Debug)]
struct Contract {
    code: Hash,
    entries: BTreeMap<Vec<u8>, Vec<u8>>,
    tree: Tree,
    /// Bytes of all keys and values.
    bytes: u64,
}

impl State {
    /// The value of an entry.
    pub fn get(&self, contract: &Address, key: &[u8]) -> Option<&[u8]> {
        self.contracts.get(contract)?.entries.get(key).map(Vec::as_slice)
    }

    /// At most `limit` entries from `start` on and before `end`, in ascending order of keys.
    pub fn range(
        &self,
        contract: &Address,
        start: &[u8],
        end: Option<&[u8]>,
        limit: usize,
    ) -> Vec<Entry> {
        let Some(contract) = self.contracts.get(contract) else { return Vec::new() };
        if end.is_some_and(|end| end <= start) {
            return Vec::new();
        }
        let bounds = (Bound::Included(start), end.map_or(Bound::Unbounded, Bound::Excluded));
        let entries = contract.entries.range::<[u8], _>(bounds);
        entries.take(limit).map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    /// The greatest entry from `start` on and before `end`.
    pub fn last(&self, contract: &Address, start: &[u8], end: &[u8]) -> Option<Entry> {
        let contract = self.contracts.get(contract)?;
        if end <= start {
            return None;
        }
        let bounds = (Bound::Included(start), Bound::Excluded(end));
        let (key, value) = contract.entries.range::<[u8], _>(bounds).next_back()?;
        Some((key.clone(), value.clone()))
    }

    /// The hash of a contract's code.
    pub fn code_hash(&self, contract: &Address) -> Option<Hash> {
        let code = self.contracts.get(contract)?.code;
        (code != NO_CODE).then_some(code)
    }

    /// A module by its code hash.
    pub fn code(&self, hash: &Hash) -> Option<&[u8]> {
        self.code.get(hash).map(Vec::as_slice)
    }

    /// The addresses of all contracts, in ascending order.
    pub fn contracts(&self) -> impl Iterator<Item = &Address> {
        self.contracts.iter().filter(|(_, it)| it.code != NO_CODE).map(|(address, _)| address)
    }

    /// Bytes of all keys and values of a contract.
    pub fn bytes(&self, contract: &Address) -> u64 {
        self.contracts.get(contract).map_or(0, |contract| contract.bytes)
    }

    /// The root of all of it.
    pub fn root(&self) -> Hash {
        let mut digest = Sha256::new_with_prefix(b"deed state ");
        for (address, contract) in &self.contracts {
            digest.update(address.0);
            digest.update(contract.code.0);
            digest.update(contract.tree.root().0);
        }
        Hash(digest.finalize().into())
    }

    /// Adds a contract without entries.
    pub(crate) fn deploy(&mut self, address: Address, code: Hash, module: &[u8]) {
        self.publish(code, module);
        self.add(address, code);
    }

    fn add(&mut self, address: Address, code: Hash) {
        self.contracts.entry(address).or_insert_with(|| {
            let (entries, tree) = (BTreeMap::new(), Tree::default());
            Contract { code, entries, tree, bytes: 0 }
        });
    }

    /// Keeps code, so that contracts can be made of it.
    pub(crate) fn publish(&mut self, code: Hash, module: &[u8]) {
        self.code.entry(code).or_insert_with(|| module.to_vec());
    }

    /// Makes contracts of code that is there, and applies writes to contracts that exist.
    pub(crate) fn apply(&mut self, writes: &[Write], created: &[Created]) {
        for Created { contract, code } in created {
            self.add(*contract, *code);
        }
        if writes.iter().any(|write| write.contract == COINS) {
            self.add(COINS, NO_CODE);
        }
        for write in writes {
            let Some(contract) = self.contracts.get_mut(&write.contract) else { continue };
            let size = |value: &Vec<u8>| (write.key.len() + value.len()) as u64;
            let old = match &write.value {
                Some(value) => {
                    contract.bytes += size(value);
                    contract.entries.insert(write.key.clone(), value.clone())
                }
                None => contract.entries.remove(&write.key),
            };
            contract.bytes -= old.as_ref().map_or(0, size);
        }
        for changes in writes.chunk_by(|one, next| one.contract == next.contract) {
            if let Some(contract) = self.contracts.get_mut(&changes[0].contract) {
                let changes = changes.iter().map(|w| (w.key.as_slice(), w.value.as_deref()));
                contract.tree.update(changes);
            }
        }
    }
}
