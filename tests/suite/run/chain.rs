//! A script's steps on a fresh chain.
//!
//! In: a module and the steps. Out: how each call ended, in the words of a script.
//! Holds always: what depends on the address of the contract, and so on its code, is written as
//! `@self`, so that runs at different levels of optimisation can be compared.

use super::script::{Action, Call, Step};
use super::text;
use deed_abi::{Abi, Code};
use deed_bytecode::FunctionKind;
use deed_ledger::{Ledger, Query, Receipt, Transaction};
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

/// A contract on its chain.
pub(crate) struct Chain<'a> {
    ledger: Ledger,
    module: &'a [u8],
    abi: &'a Abi,
    contract: Option<Address>,
}

impl<'a> Chain<'a> {
    pub(crate) fn new(module: &'a [u8], abi: &'a Abi) -> Self {
        Chain { ledger: Ledger::default(), module, abi, contract: None }
    }

    /// Runs one step; `None` if it is no call.
    pub(crate) fn step(&mut self, step: &Step) -> Result<Option<Ended>, String> {
        match &step.action {
            Action::Time(time) => {
                self.ledger.warp_to(time.saturating_sub(1));
                Ok(None)
            }
            Action::Call(call) => {
                if call.function != "init" && self.contract.is_none() {
                    self.deploy_plainly()?;
                }
                self.call(call).map(Some)
            }
        }
    }

    fn deploy_plainly(&mut self) -> Result<(), String> {
        let call = Call::to("init");
        let ended = self.call(&call)?;
        if ended.status == "ok" { Ok(()) } else { Err(format!("deployment: {}", ended.status)) }
    }

    fn call(&mut self, call: &Call) -> Result<Ended, String> {
        let args = self.arguments(call)?;
        let from = text::account(&call.from)?;
        let tx = Transaction { from, args: &args, value: 0, gas_limit: call.gas.unwrap_or(PLENTY) };
        if call.function == "init" {
            let receipt = self.ledger.deploy(self.module, &tx).map_err(|e| e.to_string())?;
            if receipt.is_ok() {
                self.contract = Some(receipt.contract);
            }
            return self.ended(&call.function, &receipt);
        }
        let contract = self.contract.ok_or("nothing was deployed")?;
        let asked = self.ask(contract, call, &tx);
        let receipt =
            self.ledger.call(&contract, &call.function, &tx).map_err(|e| e.to_string())?;
        if let Some(asked) = asked.filter(|asked| asked.status != receipt.outcome.status) {
            let told = &receipt.outcome.status;
            return Err(format!("a query says {:?}, and a call {told:?}", asked.status));
        }
        self.ended(&call.function, &receipt)
    }

    /// Asks a view as a query, in the state before the call.
    fn ask(&self, contract: Address, call: &Call, tx: &Transaction<'_>) -> Option<Outcome> {
        let function = self.abi.function(&call.function)?;
        let Transaction { from, args, gas_limit, .. } = *tx;
        let query = Query { contract, function: &call.function, args, from, gas_limit };
        (function.kind == FunctionKind::View).then(|| self.ledger.query(&query))
    }

    fn arguments(&self, call: &Call) -> Result<Vec<u8>, String> {
        let args: Vec<Json> =
            call.args.iter().map(|word| text::argument(word)).collect::<Result<_, _>>()?;
        if call.function == "init" && self.abi.function("init").is_none() && args.is_empty() {
            return Ok(Vec::new());
        }
        self.abi.arguments(&call.function, &args).map_err(|error| error.to_string())
    }

    fn ended(&self, function: &str, receipt: &Receipt) -> Result<Ended, String> {
        let own = receipt.contract.to_string();
        let hide = |text: String| text.replace(&format!("\"{own}\""), "@self");
        let outcome = &receipt.outcome;
        let events = outcome.events.iter().map(|event| {
            let named = self.abi.event_data(Code(event.code), &event.data);
            Ok(hide(text::named(&named.map_err(|error| error.to_string())?)))
        });
        let bare = own.trim_start_matches("0x").to_string();
        let writes = outcome.writes.iter().map(|write| {
            let value = write.value.as_ref().map(|value| deed_abi::hex(value));
            format!("{} {value:?}", deed_abi::hex(&write.key)).replace(&bare, "@self")
        });
        Ok(Ended {
            status: hide(self.status(function, receipt)?),
            events: events.collect::<Result<_, String>>()?,
            writes: writes.collect(),
            gas: outcome.gas_used,
        })
    }

    fn status(&self, function: &str, receipt: &Receipt) -> Result<String, String> {
        match &receipt.outcome.status {
            Status::Ok(bytes) if bytes.is_empty() => Ok("ok".to_string()),
            Status::Ok(bytes) => {
                let json = self.abi.result(function, bytes).map_err(|error| error.to_string())?;
                Ok(format!("ok {}", text::value(&json)))
            }
            Status::Error(thrown) => {
                let named = self.abi.error_data(Code(thrown.code), &thrown.data);
                Ok(format!("error {}", text::named(&named.map_err(|error| error.to_string())?)))
            }
            Status::Trap(trap) => {
                let line = receipt.place.as_ref().map(|place| place.line);
                let line = line.ok_or_else(|| format!("the trap `{}` has no place", trap.kind))?;
                Ok(format!("trap {} at {line}", trap.kind))
            }
            Status::OutOfGas => Ok("out of gas".to_string()),
            other => Err(format!("{other:?}")),
        }
    }
}
