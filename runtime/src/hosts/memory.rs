//! A chain in memory: contracts, their code and their entries.
//!
//! In: modules and outcomes. Out: a host that has them. Times and heights are its owner's to set.

use std::collections::BTreeMap;

use crate::bytes::Bytes;
use crate::call::Outcome;
use crate::host::{Context, Entry, Host, HostError};
use crate::value::{Address, Hash};

/// What a chain knows.
#[derive(Clone, Debug)]
pub struct Memory {
    /// The transaction that calls run in.
    pub context: Context,
    /// The code that each contract runs.
    pub contracts: BTreeMap<Address, Hash>,
    /// Modules by their hash.
    pub code: BTreeMap<Hash, Vec<u8>>,
    /// Entries by contract and key.
    pub entries: BTreeMap<Address, BTreeMap<Vec<u8>, Vec<u8>>>,
}

impl Memory {
    /// A chain with nothing on it.
    pub fn new(context: Context) -> Memory {
        let (contracts, code, entries) = Default::default();
        Memory { context, contracts, code, entries }
    }

    /// Puts a module with this hash under an address; its `init` is the caller's to run.
    pub fn deploy(&mut self, contract: Address, hash: Hash, module: Vec<u8>) {
        self.code.insert(hash, module);
        self.contracts.insert(contract, hash);
    }

    /// Makes what a call has changed a part of the chain.
    pub fn apply(&mut self, outcome: &Outcome) {
        for write in &outcome.writes {
            let entries = self.entries.entry(write.contract).or_default();
            match &write.value {
                Some(value) => entries.insert(write.key.to_vec(), value.to_vec()),
                None => entries.remove(&*write.key),
            };
        }
        for created in &outcome.created {
            self.contracts.insert(created.contract, created.code);
        }
    }

    fn between<'a>(
        &'a self,
        contract: &Address,
        start: &'a [u8],
        end: Option<&'a [u8]>,
    ) -> impl DoubleEndedIterator<Item = Entry> + 'a {
        let entries = self.entries.get(contract).into_iter().flatten();
        let inside = move |key: &[u8]| key >= start && end.is_none_or(|end| key < end);
        let entries = entries.filter(move |(key, _)| inside(key));
        entries.map(|(key, value)| (key.clone(), value.clone()))
    }
}

impl Host for Memory {
    fn get(&mut self, contract: &Address, key: &[u8]) -> Result<Option<Bytes>, HostError> {
        let value = self.entries.get(contract).and_then(|entries| entries.get(key));
        Ok(value.map(|value| value.as_slice().into()))
    }

    fn range(
        &mut self,
        contract: &Address,
        start: &[u8],
        end: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Entry>, HostError> {
        Ok(self.between(contract, start, end).take(limit).collect())
    }

    fn last(
        &mut self,
        contract: &Address,
        start: &[u8],
        end: &[u8],
    ) -> Result<Option<Entry>, HostError> {
        Ok(self.between(contract, start, Some(end)).next_back())
    }

    fn code_hash(&mut self, contract: &Address) -> Result<Option<Hash>, HostError> {
        Ok(self.contracts.get(contract).copied())
    }

    fn code(&mut self, hash: &Hash) -> Result<Option<Vec<u8>>, HostError> {
        Ok(self.code.get(hash).cloned())
    }

    fn context(&self) -> &Context {
        &self.context
    }
}
