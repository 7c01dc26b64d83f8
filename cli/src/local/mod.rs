//! The ledger in a folder: what the subcommands that work on it share.
//!
//! In: folders, names, requests. Out: an open ledger, accounts with their keys, transactions signed and
//! committed.
//! Holds always: a ledger is made by `deed deploy` and by nothing else; whoever sends has a key here.

mod book;
mod events;
mod keys;
mod pages;
mod send;
mod transactions;

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use deed_abi::Abi;
use deed_base::{Diagnostic, Diagnostics, SourceFile, SourceMap};
use deed_ledger::keys::{Scheme, SecretKey};
use deed_ledger::store::Disk;
use deed_ledger::{Genesis, Ledger, LedgerError};
use deed_runtime::Address;

use crate::compile;
use crate::engine::Choice;
use crate::execution::{Contracts, StandIns, of_call};
use crate::exit::{Exit, Failure, Trouble};
use crate::request::account::{self, Names};
use crate::request::{self, Request};

pub(crate) use events::ShownEvent;
pub(crate) use keys::Keystore;
pub(crate) use pages::Pages;
pub(crate) use send::Signed;
pub(crate) use transactions::{ShownTransaction, addresses};

/// Where the chain and the keys lie.
#[derive(Args)]
pub(crate) struct Place {
    /// The folder of the ledger.
    #[arg(long, value_name = "DIR", default_value = ".deed/ledger")]
    ledger: PathBuf,
    /// The folder of the keys.
    #[arg(long, value_name = "DIR", default_value = ".deed/keys")]
    keys: PathBuf,
}

/// The accounts that a ledger begins with, whose keys everybody knows.
pub(crate) const DEVELOPMENT: [&str; 5] = ["alice", "bob", "carol", "dave", "erin"];

/// The coins that each of them has.
const COINS: u128 = 1_000_000_000;

/// A ledger that is open.
pub(crate) struct Local {
    pub(crate) ledger: Ledger,
    pub(crate) keys: Keystore,
}

/// A contract on the ledger.
pub(crate) struct Contract {
    pub(crate) address: Address,
    pub(crate) abi: Abi,
}

impl Place {
    /// Opens the ledger that is there.
    pub(crate) fn open(&self, engine: Choice) -> Result<Local, Failure> {
        if !Disk::exists(&self.ledger) {
            let message = format!("there is no ledger in `{}`", self.ledger.display());
            let help = "`deed deploy` makes one; `--ledger DIR` names another folder";
            return Err(Trouble::failed(message).help(help).into());
        }
        self.open_or_make(engine)
    }

    /// Opens the ledger, or makes one in which the development accounts have coins.
    pub(crate) fn open_or_make(&self, engine: Choice) -> Result<Local, Failure> {
        let disk = Disk::open(&self.ledger).map_err(LedgerError::from)?;
        let coins = DEVELOPMENT.map(|name| (development(name).public().address(), COINS));
        let genesis = Genesis { coins: coins.to_vec(), ..Genesis::default() };
        let ledger = Ledger::open(engine.engine()?, Box::new(disk), genesis)?;
        Ok(Local { ledger, keys: self.keys()? })
    }

    pub(crate) fn has_ledger(&self) -> bool {
        Disk::exists(&self.ledger)
    }

    /// The keys, which are there without a ledger too.
    pub(crate) fn keys(&self) -> Result<Keystore, Failure> {
        Ok(Keystore::open(&self.keys)?)
    }
}

fn development(name: &str) -> SecretKey {
    SecretKey::development(Scheme::Ed25519, name)
}

impl Local {
    /// The address of the contract with this address or name; of several with one name the last
    /// deployed.
    pub(crate) fn contract(&self, text: &str) -> Result<Contract, Failure> {
        let name = text.strip_prefix('@').unwrap_or(text);
        let help = "`deed history --function init` lists what was deployed";
        let address = match account::parse(name) {
            Some(address) => address,
            None => self.ledger.deployed(name)?.ok_or_else(|| {
                Trouble::usage(format!("no contract is called `{name}` here")).help(help)
            })?,
        };
        let contracts = self.contracts([address]);
        let abi = contracts.abi_at(&address).cloned().ok_or_else(|| {
            Trouble::usage(format!("no contract is deployed at {address}")).help(help)
        })?;
        Ok(Contract { address, abi })
    }

    /// Reads a call and compares it with a contract's interface.
    pub(crate) fn call(
        &self,
        contract: &Contract,
        text: &str,
    ) -> Result<(Request, Vec<u8>), Failure> {
        self.read("CALL", text, |source| {
            let request = request::call(source, self)?;
            let args = of_call(&contract.abi, &request, &StandIns::new())?;
            Ok((request, args))
        })
    }

    /// Reads a text of the command line; what is wrong with it is shown in it.
    pub(crate) fn read<T>(
        &self,
        name: &str,
        text: &str,
        how: impl FnOnce(&SourceFile) -> Result<T, Box<Diagnostic>>,
    ) -> Result<T, Failure> {
        let mut sources = SourceMap::new();
        let id = sources.add(name, text);
        let read = how(sources.get(id));
        read.map_err(|diagnostic| {
            let mut diagnostics = Diagnostics::new();
            diagnostics.push(*diagnostic);
            Failure::Sources { exit: Exit::Usage, sources, diagnostics }
        })
    }

    /// Who is meant: the address that a call names, or else an account by name.
    pub(crate) fn named(&self, from: Option<Address>, name: &str) -> Result<Address, Failure> {
        let name = name.strip_prefix('@').unwrap_or(name);
        let address = from.or_else(|| account::parse(name)).or_else(|| self.address(name));
        Ok(address.ok_or_else(|| {
            Trouble::usage(format!("nobody is called `{name}` here")).help(self.remedy(name))
        })?)
    }

    /// What runs at these addresses, as far as it can be read; an address may come twice.
    pub(crate) fn contracts(&self, at: impl IntoIterator<Item = Address>) -> Contracts {
        let addresses: BTreeSet<Address> = at.into_iter().collect();
        let artifact = |address: Address| {
            let code = self.ledger.code_hash(&address).ok()??;
            let bytes = self.ledger.code(&code).ok()??;
            Some((address, compile::load(bytes).ok()?))
        };
        Contracts::deployed(addresses.into_iter().filter_map(artifact))
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Failure {
        Failure::Plain(error.into())
    }
}

impl From<LedgerError> for Trouble {
    fn from(error: LedgerError) -> Trouble {
        let trouble = Trouble::failed(error.to_string());
        match error.remedy() {
            Some(remedy) => trouble.help(remedy),
            None => trouble,
        }
    }
}
