//! A script's steps on a fresh chain.
//!
//! In: a module and the steps. Out: how each call ended, in the words of a script.
//! Holds always: what depends on the address of the contract, and so on its code, is written as
//! `@self`, so that runs at different levels of optimisation can be compared.

use super::script::{Action, Call, Step};
use super::text;
use crate::stages::Compiled;
use crate::twin::Twin;
use deed_abi::Code;
use deed_bytecode::FunctionKind;
use deed_ledger::{Execution, Message, Query};
use deed_runtime::{Address, Outcome, Status};
use serde_json::Value as Json;

/// Enough for every script that does not set a limit.
const PLENTY: u64 = 50_000_000;

/// How a call ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Ended {
    /// `ok 5`, `error Empty()`, `trap overflow at 12` with the line, `out of gas`.
    pub(crate) status: String,
    pub(crate) events: Vec<String>,
    /// Keys and values written, in hexadecimal.
    pub(crate) writes: Vec<String>,
    pub(crate) gas: u64,
}

impl Ended {
    /// Whether it is the same as at the level below, for no more gas if all went well. A failed call
    /// pays for whole blocks, whose size is the optimiser's affair.
    pub(crate) fn improves(&self, lower: &Ended) -> bool {
        let well = self.status.starts_with("ok");
        *self == Ended { gas: self.gas, ..lower.clone() } && (!well || self.gas <= lower.gas)
    }
}

/// The contracts of a source on their chain.
pub(crate) struct Chain<'a> {
    ledger: Twin,
    contracts: &'a [Compiled],
    /// The address of each that is deployed; of one deployed twice the last.
    deployed: Vec<Option<Address>>,
    /// The contracts that others made, with the number of what they run.
    made: Vec<(usize, Address)>,
}

impl<'a> Chain<'a> {
    pub(crate) fn new(contracts: &'a [Compiled]) -> Self {
        let deployed = vec![None; contracts.len()];
        Chain { ledger: Twin::default(), contracts, deployed, made: Vec::new() }
    }

    /// Lets the chain know what a contract makes.
    fn publish(&mut self, number: usize) -> Result<(), String> {
        let made = &self.contracts[number].built.made;
        made.iter().try_for_each(|module| {
            self.ledger.publish(&deed_bytecode::encode(module)).map_err(|error| error.to_string())
        })
    }

    /// Remembers the contracts that a call made.
    fn note_made(&mut self, outcome: &Outcome) {
        for created in &outcome.created {
            let runs =
                |one: &Compiled| deed_bytecode::code_hash(&one.built.module) == created.code.0;
            if let Some(number) = self.contracts.iter().position(runs) {
                self.deployed[number] = Some(created.contract);
                self.made.push((number, created.contract));
            }
        }
    }

    /// The number of the contract that a call names; the first where it names none.
    fn number(&self, call: &Call) -> Result<usize, String> {
        let Some(name) = &call.contract else { return Ok(0) };
        let named = |one: &Compiled| short(&one.abi.contract) == name;
        let found = self.contracts.iter().position(named);
        found.ok_or_else(|| format!("there is no contract `{name}`"))
    }

    /// Runs one step; `None` if it is no call.
    pub(crate) fn step(&mut self, step: &Step) -> Result<Option<Ended>, String> {
        match &step.action {
            Action::Time(time) => match self.ledger.warp_to(time.saturating_sub(1)) {
                true => Ok(None),
                false => Err(format!("the clock has passed {time} already")),
            },
            Action::Call(call) => {
                let number = self.number(call)?;
                if call.function != "init" && self.deployed[number].is_none() {
                    self.deploy_plainly(call.contract.clone())?;
                }
                self.call(call).map(Some)
            }
        }
    }

    fn deploy_plainly(&mut self, contract: Option<String>) -> Result<(), String> {
        let call = Call { contract, ..Call::to("init") };
        let ended = self.call(&call)?;
        if ended.status == "ok" { Ok(()) } else { Err(format!("deployment: {}", ended.status)) }
    }

    fn call(&mut self, call: &Call) -> Result<Ended, String> {
        let number = self.number(call)?;
        let args = self.arguments(number, call)?;
        let from = text::account(&call.from)?;
        let gas_limit = call.gas.unwrap_or(PLENTY);
        let tx = Message { from, args: &args, value: call.value, gas_limit };
        self.ledger.mint(&from, call.value);
        if call.function == "init" {
            self.publish(number)?;
            let module = &self.contracts[number].bytes;
            let receipt = self.ledger.deploy(module, &tx).map_err(|e| e.to_string())?;
            if receipt.is_ok() {
                self.deployed[number] = Some(receipt.contract);
            }
            self.note_made(&receipt.outcome);
            return self.ended(number, &call.function, &receipt);
        }
        let contract = self.deployed[number].ok_or("nothing was deployed")?;
        let asked = self.ask(number, contract, call, &tx);
        let receipt =
            self.ledger.call(&contract, &call.function, &tx).map_err(|e| e.to_string())?;
        if let Some(asked) = asked.filter(|asked| asked.status != receipt.outcome.status) {
            let told = &receipt.outcome.status;
            return Err(format!("a query says {:?}, and a call {told:?}", asked.status));
        }
        self.note_made(&receipt.outcome);
        self.ended(number, &call.function, &receipt)
    }

    /// Asks a view as a query, in the state before the call.
    fn ask(
        &self,
        number: usize,
        contract: Address,
        call: &Call,
        tx: &Message<'_>,
    ) -> Option<Outcome> {
        let function = self.contracts[number].abi.function(&call.function)?;
        let Message { from, args, gas_limit, .. } = *tx;
        let query = Query { contract, function: &call.function, args, from, gas_limit };
        (function.kind == FunctionKind::View).then(|| self.ledger.query(&query))
    }

    fn arguments(&self, number: usize, call: &Call) -> Result<Vec<u8>, String> {
        let abi = &self.contracts[number].abi;
        let args = call.args.iter().map(|word| self.argument(word));
        let args: Vec<Json> = args.collect::<Result<_, _>>()?;
        if call.function == "init" && abi.function("init").is_none() && args.is_empty() {
            return Ok(Vec::new());
        }
        abi.arguments(&call.function, &args).map_err(|error| error.to_string())
    }

    /// An argument; `@Bank` is the address of a contract that is deployed.
    fn argument(&self, word: &str) -> Result<Json, String> {
        let named = |one: &Compiled| word.strip_prefix('@') == Some(short(&one.abi.contract));
        let number = self.contracts.iter().position(named);
        match number.and_then(|number| self.deployed[number]) {
            Some(address) => Ok(Json::String(address.to_string())),
            None => text::argument(word),
        }
    }

    /// The number of what runs at an address.
    fn running_at(&self, address: &Address) -> Option<usize> {
        let made = self.made.iter().find(|(_, made)| made == address).map(|(number, _)| *number);
        made.or_else(|| self.deployed.iter().position(|one| one.as_ref() == Some(address)))
    }

    /// A text without the addresses of contracts.
    fn hide(&self, mut text: String, own: &Address) -> String {
        let own = own.to_string();
        text = text.replace(&format!("\"{own}\""), "@self");
        text = text.replace(own.trim_start_matches("0x"), "@self");
        for (one, address) in self.contracts.iter().zip(&self.deployed) {
            let Some(address) = address.map(|address| address.to_string()) else { continue };
            let name = format!("@{}", short(&one.abi.contract));
            text = text.replace(&format!("\"{address}\""), &name);
            text = text.replace(address.trim_start_matches("0x"), &name);
        }
        for (at, (number, address)) in self.made.iter().enumerate() {
            let name = format!("@{}.{at}", short(&self.contracts[*number].abi.contract));
            text = text.replace(address.to_string().trim_start_matches("0x"), &name);
        }
        text
    }

    fn ended(&self, number: usize, function: &str, receipt: &Execution) -> Result<Ended, String> {
        let own = receipt.contract;
        let outcome = &receipt.outcome;
        let events = outcome.events.iter().map(|event| {
            let abi = &self.contracts[self.running_at(&event.contract).unwrap_or(number)].abi;
            let named = abi.event_data(Code(event.code), &event.data);
            Ok(self.hide(text::named(&named.map_err(|error| error.to_string())?), &own))
        });
        let writes = outcome.writes.iter().map(|write| {
            let value = write.value.as_ref().map(|value| deed_abi::hex(value));
            let of = write.contract.to_string();
            self.hide(format!("{of} {} {value:?}", deed_abi::hex(&write.key)), &own)
        });
        let mut writes: Vec<String> = writes.collect();
        writes.sort();
        Ok(Ended {
            status: self.hide(self.status(number, function, receipt)?, &own),
            events: events.collect::<Result<_, String>>()?,
            writes,
            gas: outcome.gas_used,
        })
    }

    fn status(&self, number: usize, function: &str, receipt: &Execution) -> Result<String, String> {
        let abi = &self.contracts[number].abi;
        match &receipt.outcome.status {
            Status::Ok(bytes) if bytes.is_empty() => Ok("ok".to_string()),
            Status::Ok(bytes) => {
                let json = abi.result(function, bytes).map_err(|error| error.to_string())?;
                Ok(format!("ok {}", text::value(&json)))
            }
            Status::Error(thrown) => {
                let named = abi.error_data(Code(thrown.code), &thrown.data);
                Ok(format!("error {}", text::named(&named.map_err(|error| error.to_string())?)))
            }
            Status::Trap(trap) => {
                let line = receipt.place.as_ref().map(|place| place.line);
                let line = line.ok_or_else(|| format!("the trap `{}` has no place", trap.kind))?;
                Ok(format!("trap {} at {line}", trap.kind))
            }
            Status::OutOfGas => Ok("out of gas".to_string()),
            Status::Refused(refusal) => Ok(format!("refused: {refusal}")),
            other => Err(format!("{other:?}")),
        }
    }
}

/// The name of a contract without that of its module.
fn short(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}
