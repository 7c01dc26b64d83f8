//! Running requests on a fresh ledger.
//!
//! In: an artifact and requests. Out: reports.
//! Holds always: nothing runs whose arguments do not fit the interface; each request is one
//! transaction, in the order given, on one instance of the contract.

mod arguments;
mod profile;
mod report;
mod text;

use std::sync::Arc;

use deed_base::Diagnostic;
use deed_ledger::{Genesis, Ledger, Message};
use deed_runtime::{Address, Engine};

use crate::compile::Artifact;
use crate::engine::Choice;
use crate::exit::{Failure, Trouble};
use crate::request::{Request, account};

pub(crate) use arguments::short;
use profile::GasProfile;
pub(crate) use report::Report;
pub(crate) use text::{Book, describe};

/// A ledger with at most one contract on it.
pub(crate) struct Session {
    ledger: Ledger,
    artifact: Artifact,
    choice: Choice,
    contract: Option<Address>,
}

/// A request with its arguments encoded.
pub(crate) struct Prepared<'a> {
    request: &'a Request,
    /// As it was written.
    text: String,
    args: Vec<u8>,
    gas: u64,
}

impl Session {
    pub(crate) fn new(artifact: Artifact, engine: Arc<Engine>, choice: Choice) -> Self {
        let ledger = Ledger::new(engine, Genesis::default());
        Session { ledger, artifact, choice, contract: None }
    }

    /// Compares a call, or the deployment, with the interface.
    pub(crate) fn prepare<'a>(
        &self,
        request: &'a Request,
        text: &str,
        gas: u64,
    ) -> Result<Prepared<'a>, Box<Diagnostic>> {
        let abi = &self.artifact.abi;
        let gas = request.suffixes.gas.unwrap_or(gas);
        if request.deploys {
            let args = arguments::of_init(abi, request)?;
            let gap = if text.trim_start().starts_with('(') { "" } else { " " };
            let text = format!("deploy {}{gap}{}", short(&abi.contract), text.trim());
            return Ok(Prepared { request, text: text.trim_end().to_owned(), args, gas });
        }
        let args = arguments::of_call(abi, request)?;
        Ok(Prepared { request, text: text.trim().to_owned(), args, gas })
    }

    /// Sends one transaction: the first deploys, the others call.
    pub(crate) fn send(&mut self, prepared: &Prepared<'_>) -> Result<Report, Failure> {
        let Prepared { request, text, args, gas } = prepared;
        let from = request.suffixes.from.unwrap_or_else(|| account::address(account::DEFAULT));
        let tx = Message { from, args, value: 0, gas_limit: *gas };
        let receipt = match &self.contract {
            None => self.ledger.deploy(&self.artifact.bytes, &tx),
            Some(contract) => self.ledger.call(contract, &request.function, &tx),
        };
        let receipt = receipt.map_err(|error| Trouble::failed(error.to_string()))?;
        if receipt.is_ok() {
            self.contract = Some(receipt.contract);
        }
        let opt = self.artifact.origin.as_ref().map(|origin| origin.opt);
        let report = report::report(text.clone(), &self.artifact.abi, opt, &receipt);
        let gas_profile = receipt
            .outcome
            .profile
            .as_ref()
            .map(|profile| GasProfile::new(profile, text, |name| self.artifact.source(name)));
        Ok(Report { engine: self.choice.name(), gas_profile, ..report })
    }

    /// The contract, once it is deployed, and its name.
    pub(crate) fn contract(&self) -> Option<(Address, &str)> {
        Some((self.contract?, short(&self.artifact.abi.contract)))
    }
}
