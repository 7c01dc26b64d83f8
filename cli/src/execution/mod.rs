//! Running requests on a fresh ledger.
//!
//! In: artifacts and requests. Out: reports.
//! Holds always: nothing runs whose arguments do not fit the interface; each request is one
//! transaction, in the order given. Coins that go along are made for their sender.

mod arguments;
mod contracts;
mod manner;
mod profile;
mod report;
mod text;

use std::sync::Arc;

use deed_base::Diagnostic;
use deed_base::catalogue::BAD_CALL;
use deed_ledger::{Genesis, Ledger, LedgerError, Message};
use deed_runtime::Engine;
use serde_json::Value;

use crate::compile::Artifact;
use crate::engine::Choice;
use crate::exit::{Failure, Trouble};
use crate::request::{Request, account};

pub(crate) use arguments::{StandIns, of_call, of_init, short};
pub(crate) use contracts::Contracts;
pub(crate) use manner::Manner;
use profile::GasProfile;
pub(crate) use report::{Block, ErrorReport, EventReport, Report, TrapReport};
pub(crate) use report::{error, event, report, result, trap};
pub(crate) use text::{Book, Ending, describe, ending, list, plain, with_names};

/// A ledger and the contracts on it.
pub(crate) struct Session {
    ledger: Ledger,
    contracts: Contracts,
    choice: Choice,
    opt: Option<u8>,
}

/// A request that fits the interface.
pub(crate) struct Prepared<'a> {
    request: &'a Request,
    /// The contract that it is for.
    number: usize,
    /// As it was written.
    text: String,
    gas: u64,
}

impl Session {
    /// A ledger that knows the modules of contracts, the main one first.
    pub(crate) fn new(
        named: Vec<Artifact>,
        engine: Arc<Engine>,
        choice: Choice,
    ) -> Result<Self, Failure> {
        let mut ledger = Ledger::new(engine, Genesis::default());
        let main = named.first().and_then(|artifact| artifact.origin.as_ref());
        let opt = main.map(|origin| origin.opt);
        let contracts = Contracts::new(named);
        for module in contracts.all() {
            ledger.publish(&module.bytes).map_err(failed)?;
        }
        Ok(Session { ledger, contracts, choice, opt })
    }

    /// Compares a call, or a deployment, with the interface.
    pub(crate) fn prepare<'a>(
        &self,
        request: &'a Request,
        text: &str,
        gas: u64,
    ) -> Result<Prepared<'a>, Box<Diagnostic>> {
        let Some(number) = self.contracts.number(request.contract.as_deref()) else {
            return Err(self.unknown(request));
        };
        self.arguments(request, number, &StandIns::new())?;
        let gas = request.suffixes.gas.unwrap_or(gas);
        let name = short(&self.contracts.all()[number].abi.contract);
        let text = text.trim();
        let text = match (request.deploys, &request.contract) {
            (true, Some(_)) => format!("deploy {text}"),
            (true, None) if text.is_empty() || text.starts_with('(') => {
                format!("deploy {name}{text}")
            }
            (true, None) => format!("deploy {name} {text}"),
            (false, _) => text.to_owned(),
        };
        Ok(Prepared { request, number, text, gas })
    }

    fn unknown(&self, request: &Request) -> Box<Diagnostic> {
        let name = request.contract.as_deref().unwrap_or_default();
        let known = self.contracts.all().iter().map(|module| short(&module.abi.contract));
        let known: Vec<String> = known.map(|name| format!("`{name}`")).collect();
        let message = format!("there is no contract `{name}` here");
        let diagnostic = Diagnostic::new(BAD_CALL, request.place, message).label("here");
        Box::new(diagnostic.help(format!("there are {}", known.join(", "))))
    }

    fn arguments(
        &self,
        request: &Request,
        number: usize,
        stand_ins: &StandIns,
    ) -> Result<Vec<u8>, Box<Diagnostic>> {
        let abi = &self.contracts.all()[number].abi;
        match request.deploys {
            true => of_init(abi, request, stand_ins),
            false => of_call(abi, request, stand_ins),
        }
    }

    /// Sends one transaction; nothing where it deploys and fails, so that nothing can follow.
    pub(crate) fn send(&mut self, prepared: &Prepared<'_>) -> Result<Report, Failure> {
        let Prepared { request, number, text, gas } = prepared;
        let from = request.suffixes.from.unwrap_or_else(|| account::address(account::DEFAULT));
        let value = request.suffixes.value.map_or(0, |(value, _)| value);
        let args = self.arguments(request, *number, &self.stand_ins());
        let args = args.map_err(|why| Trouble::failed(why.message.clone()))?;
        let tx = Message { from, args: &args, value, gas_limit: *gas };
        if value > 0 {
            self.ledger.mint(&from, value).map_err(failed)?;
        }
        let receipt = match self.contracts.address(*number).filter(|_| !request.deploys) {
            Some(contract) => self.ledger.call(&contract, &request.function, &tx),
            None if request.deploys => {
                self.ledger.deploy(&self.contracts.all()[*number].bytes, &tx)
            }
            None => return Err(self.not_there(*number)),
        };
        let receipt = receipt.map_err(failed)?;
        self.contracts.note(&receipt, request.deploys.then_some(*number));
        let report = report(text.clone(), &self.contracts, *number, &receipt);
        let profile = receipt.outcome.profile.as_ref();
        let gas_profile = profile
            .map(|profile| GasProfile::new(profile, text, |name| self.contracts.source(name)));
        Ok(Report { engine: self.choice.name(), opt: self.opt, gas_profile, ..report })
    }

    fn not_there(&self, number: usize) -> Failure {
        let name = short(&self.contracts.all()[number].abi.contract);
        let help = format!("deploy it first: `--deploy '{name}(..)'`");
        Trouble::failed(format!("no `{name}` is deployed yet")).help(help).into()
    }

    /// The next transaction has this time; false where a block has a later one already.
    pub(crate) fn warp_to(&mut self, time: u64) -> bool {
        let interval = self.ledger.genesis().interval;
        self.ledger.warp_to(time.saturating_sub(interval))
    }

    /// A value with the addresses of contracts for their names.
    pub(crate) fn with_contracts(&self, value: &Value) -> Value {
        arguments::with_contracts(value, &self.stand_ins())
    }

    /// The contracts that arguments may name.
    fn stand_ins(&self) -> StandIns {
        let names = self.contracts.names();
        let texts = |(address, name): (deed_runtime::Address, &str)| {
            (account::address(name).to_string(), address.to_string())
        };
        names.map(texts).collect()
    }

    /// Adds the names of the contracts to those of the accounts.
    pub(crate) fn name_contracts(&self, book: &mut Book) {
        book.extend(self.contracts.names().map(|(at, name)| (at.to_string(), name.to_owned())));
    }
}

impl Prepared<'_> {
    /// Whether nothing can follow if it fails.
    pub(crate) fn deploys(&self) -> bool {
        self.request.deploys
    }
}

fn failed(error: LedgerError) -> Failure {
    Trouble::failed(error.to_string()).into()
}
