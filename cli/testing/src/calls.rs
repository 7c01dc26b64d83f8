//! Calls of contracts from a test, each a transaction of its own.
//!
//! In: a site's arguments. Out: the encoded result, or why the test stops.

use std::sync::Arc;

use deed_abi::Abi;
use deed_base::Span;
use deed_compiler::arena::ContractId;
use deed_compiler::testing::Given;
use deed_ledger::{Execution, LedgerError, Message, account};
use deed_runtime::{Address, Status};

use crate::host::{Stop, TestHost};
use crate::report::Failing;
use crate::trace::{Made, short};

/// Who calls where a test does not say.
const DEFAULT: &str = "alice";

/// The gas of a call where a test does not say.
const GAS: u64 = 1_000_000_000;

/// What stands before the arguments of a call.
struct Head {
    from: Address,
    value: u128,
    gas: u64,
}

impl TestHost<'_> {
    pub(crate) fn call(
        &mut self,
        function: &str,
        given: Given,
        args: &[u8],
        span: Span,
    ) -> Result<Vec<u8>, Stop> {
        let mut rest = args;
        let target = Address(take(&mut rest));
        let head = head(given, &mut rest);
        // What a test hands over need not be earned first.
        let minted = self.ledger.mint(&head.from, head.value);
        let sent =
            minted.and_then(|()| self.ledger.call(&target, function, &head.transaction(rest)));
        self.settle(sent, function, &head, rest, span)
    }

    pub(crate) fn deploy(
        &mut self,
        contract: ContractId,
        given: Given,
        args: &[u8],
        span: Span,
    ) -> Result<Vec<u8>, Stop> {
        let mut rest = args;
        let head = head(given, &mut rest);
        let world = self.world;
        let module = world.contracts.get(&contract).map(Vec::as_slice).unwrap_or_default();
        let sent = self.ledger.deploy(module, &head.transaction(rest));
        self.settle(sent, "deploy", &head, rest, span)
    }

    /// Compares what came of a call with what was expected.
    fn settle(
        &mut self,
        sent: Result<Execution, LedgerError>,
        function: &str,
        head: &Head,
        args: &[u8],
        span: Span,
    ) -> Result<Vec<u8>, Stop> {
        self.refresh();
        let receipt = sent.map_err(|error| {
            Stop::Failed(Failing::new(format!("the chain failed: {error}"), Some(span)))
        })?;
        let abi = receipt.module.as_ref().and_then(|module| self.world.abi(module));
        let name = abi.as_ref().map_or("", |abi| short(&abi.contract)).to_owned();
        let row = self.gas.entry(format!("{name}.{function}")).or_default();
        row.add(receipt.outcome.gas_used);
        for line in receipt.outcome.profile.iter().flat_map(|profile| profile.lines()) {
            if let Some(at) = line.at {
                self.lines.entry(at.to_string()).or_default().add(line.gas);
            }
        }
        self.names.entry(receipt.contract.to_string()).or_insert(name);
        self.note(abi, function, head, args, &receipt);
        if let Some((expected, values)) = self.expected.take() {
            self.compare(expected, &values, &receipt, function, span)?;
            return Ok(Vec::new());
        }
        match &receipt.outcome.status {
            Status::Ok(_) if function == "deploy" => Ok(receipt.contract.0.to_vec()),
            Status::Ok(result) => Ok(result.clone()),
            _ => {
                let message = format!("`{function}` {}", self.what_came(&receipt));
                Err(Stop::Failed(Failing::new(message, Some(span))))
            }
        }
    }

    fn note(
        &mut self,
        abi: Option<Arc<Abi>>,
        function: &str,
        head: &Head,
        args: &[u8],
        receipt: &Execution,
    ) {
        let came = match &receipt.outcome.status {
            Status::Ok(result) => Ok(result.clone()),
            _ => Err(self.what_came(receipt)),
        };
        let function = if function == "deploy" { "init" } else { function }.to_owned();
        let (from, value, args) = (head.from, head.value, args.to_vec());
        self.trace.add(Made { abi, function, from, args, value, came });
    }
}

impl Head {
    fn transaction<'a>(&self, args: &'a [u8]) -> Message<'a> {
        Message { from: self.from, args, value: self.value, gas_limit: self.gas }
    }
}

fn head(given: Given, rest: &mut &[u8]) -> Head {
    let from = if given.from { Address(take(rest)) } else { account(DEFAULT) };
    let value = if given.value { u128::from_le_bytes(take(rest)) } else { 0 };
    let gas = if given.gas { u64::from_le_bytes(take(rest)) } else { GAS };
    Head { from, value, gas }
}

/// The next bytes; the module's types say that they are there.
fn take<const N: usize>(rest: &mut &[u8]) -> [u8; N] {
    let mut taken = [0; N];
    let length = N.min(rest.len());
    let (head, tail) = rest.split_at(length);
    taken[..length].copy_from_slice(head);
    *rest = tail;
    taken
}
