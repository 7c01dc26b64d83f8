//! The contracts of a run: what each runs, and where it is.
//!
//! In: modules, and the addresses at which contracts of them are made. Out: names, interfaces, places.
//! Holds always: a name stands for the last contract that was made of the module with this name.

use std::collections::BTreeMap;

use deed_abi::Abi;
use deed_bytecode::code_hash;
use deed_ledger::{Execution, describe_key};
use deed_runtime::{Address, COINS};

use super::arguments::short;
use crate::compile::Artifact;

pub(crate) struct Contracts {
    /// The main one first.
    modules: Vec<Artifact>,
    /// What runs where, by number.
    running: BTreeMap<Address, usize>,
    /// The last address of each that is deployed.
    last: BTreeMap<usize, Address>,
}

impl Contracts {
    /// Those that are named in a run, and whatever these make.
    pub(crate) fn new(named: Vec<Artifact>) -> Contracts {
        let mut modules: Vec<Artifact> = named;
        let made: Vec<Artifact> =
            modules.iter_mut().flat_map(|module| std::mem::take(&mut module.made)).collect();
        modules.extend(made);
        Contracts { modules, running: BTreeMap::new(), last: BTreeMap::new() }
    }

    /// Those that are on a ledger, each with its address.
    pub(crate) fn deployed(all: impl IntoIterator<Item = (Address, Artifact)>) -> Contracts {
        let mut contracts = Contracts::new(Vec::new());
        for (number, (address, module)) in all.into_iter().enumerate() {
            contracts.modules.push(module);
            contracts.put(address, number);
        }
        contracts
    }

    pub(crate) fn all(&self) -> &[Artifact] {
        &self.modules
    }

    /// The number of a module by the name of its contract; without a name, the main one.
    pub(crate) fn number(&self, name: Option<&str>) -> Option<usize> {
        let Some(name) = name else { return Some(0) };
        self.modules.iter().position(|module| short(&module.abi.contract) == name)
    }

    /// The number of what runs at an address.
    pub(crate) fn number_at(&self, address: &Address) -> Option<usize> {
        self.running.get(address).copied()
    }

    /// Where the contract is that has this number.
    pub(crate) fn address(&self, number: usize) -> Option<Address> {
        self.last.get(&number).copied()
    }

    /// What runs at an address.
    pub(crate) fn at(&self, address: &Address) -> Option<&Artifact> {
        self.modules.get(*self.running.get(address)?)
    }

    pub(crate) fn abi_at(&self, address: &Address) -> Option<&Abi> {
        Some(&self.at(address)?.abi)
    }

    /// The text of a source by its name in the debug tables.
    pub(crate) fn source(&self, name: &str) -> Option<String> {
        self.modules.iter().find_map(|module| module.source(name))
    }

    /// Remembers what a transaction made; `deployed` is the number of what it deployed.
    pub(crate) fn note(&mut self, receipt: &Execution, deployed: Option<usize>) {
        for created in &receipt.outcome.created {
            let runs = |module: &Artifact| code_hash(&module.module) == created.code.0;
            if let Some(number) = self.modules.iter().position(runs) {
                self.put(created.contract, number);
            }
        }
        if let Some(number) = deployed.filter(|_| receipt.is_ok()) {
            self.put(receipt.contract, number);
        }
    }

    fn put(&mut self, address: Address, number: usize) {
        self.running.insert(address, number);
        self.last.insert(number, address);
    }

    /// The addresses of contracts by their names.
    pub(crate) fn names(&self) -> impl Iterator<Item = (Address, &str)> {
        let name = |number: usize| short(&self.modules[number].abi.contract);
        self.last.iter().map(move |(number, address)| (*address, name(*number)))
    }

    /// The names of all that run somewhere.
    pub(crate) fn all_names(&self) -> impl Iterator<Item = (Address, &str)> {
        let name = |number: usize| short(&self.modules[number].abi.contract);
        self.running.iter().map(move |(address, number)| (*address, name(*number)))
    }

    /// An entry of the state by its source name, `balances[0x…]`; of another contract than `own`
    /// with its name before.
    pub(crate) fn path(&self, contract: &Address, key: &[u8], own: &Address) -> String {
        if *contract == COINS {
            return format!("coins[{}]", deed_abi::hex(key));
        }
        let module = self.at(contract);
        let path = match module {
            Some(module) => describe_key(&module.module, key),
            None => deed_abi::hex(key),
        };
        match module.filter(|_| contract != own) {
            Some(module) => format!("{}.{path}", short(&module.abi.contract)),
            None => path,
        }
    }
}
