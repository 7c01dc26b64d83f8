//! Names on a ledger: of accounts that have keys here, and of contracts.
//!
//! In: names, addresses. Out: addresses, and a book of names for reports.
//! Holds always: an account goes before a contract of the same name.

use deed_runtime::Address;

use super::Local;
use crate::execution::{Book, Contracts};
use crate::request::account::Names;

impl Names for Local {
    fn address(&self, name: &str) -> Option<Address> {
        match self.keys.public(name) {
            Some(key) => Some(key.address()),
            None => self.ledger.deployed(name).ok().flatten(),
        }
    }

    fn remedy(&self, name: &str) -> String {
        format!("`deed accounts list` shows the accounts; `deed accounts new {name}` makes one")
    }
}

impl Local {
    /// The names of all accounts that have keys here, and of these contracts.
    pub(crate) fn book(&self, contracts: &Contracts) -> Book {
        let contracts = contracts.all_names();
        let contracts = contracts.map(|(address, name)| (address.to_string(), name.to_owned()));
        let accounts = self.keys.all();
        let accounts = accounts.map(|(name, key)| (key.address().to_string(), name.to_owned()));
        contracts.chain(accounts).collect()
    }
}
