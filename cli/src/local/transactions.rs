//! Transactions of a ledger as people and scripts are told of them.
//!
//! In: rows of `deed history`. Out: a line, or one JSON object.

use deed_abi::{Abi, AbiFunction, decode_all, to_json};
use deed_ledger::{Action, Receipt, TransactionRow};
use deed_runtime::{Address, Status};
use serde::Serialize;
use serde_json::Value;

use super::Local;
use crate::execution::{self, Contracts, ErrorReport, EventReport, TrapReport, short};
use crate::exit::Failure;

/// One transaction, as one JSON object.
#[derive(Serialize)]
pub(crate) struct ShownTransaction {
    height: u64,
    /// In seconds since 1970 UTC.
    time: u64,
    tx: String,
    index: u32,
    from: String,
    contract: String,
    /// The function with its arguments; `deploy`, the contract and those of `init`.
    call: String,
    status: &'static str,
    result: Value,
    error: Option<ErrorReport>,
    trap: Option<TrapReport>,
    gas_used: String,
    gas_limit: String,
    events: Vec<EventReport>,
}

/// The contracts that a transaction is about.
pub(crate) fn addresses(receipt: &Receipt) -> impl Iterator<Item = Address> {
    receipt.events.iter().map(|event| event.contract).chain([receipt.contract])
}

impl ShownTransaction {
    pub(crate) fn new(
        local: &Local,
        contracts: &Contracts,
        row: &TransactionRow,
    ) -> Result<ShownTransaction, Failure> {
        let receipt = &row.receipt;
        let none = Abi::default();
        let abi = contracts.abi_at(&receipt.contract).unwrap_or(&none);
        let trapped = matches!(receipt.status, Status::Trap(_));
        let place = trapped.then(|| local.ledger.place_of(receipt)).flatten();
        let events = receipt.events.iter();
        Ok(ShownTransaction {
            height: receipt.height,
            time: row.time,
            tx: receipt.tx_hash.to_string(),
            index: receipt.index,
            from: receipt.from.to_string(),
            contract: receipt.contract.to_string(),
            call: call(local, abi, receipt)?,
            status: receipt.status_name(),
            result: execution::result(abi, &receipt.status, &receipt.target),
            error: execution::error(abi, &receipt.status),
            trap: execution::trap(&receipt.status, place.as_ref()),
            gas_used: receipt.gas_used.to_string(),
            gas_limit: receipt.gas_limit.to_string(),
            events: events.map(|event| execution::event(abi, contracts, event)).collect(),
        })
    }

    /// Two lines: what was asked for, and what came of it.
    pub(crate) fn lines(&self) -> String {
        let ShownTransaction { height, from, contract, call, status, result, .. } = self;
        let (error, trap) = (self.error.as_ref(), self.trap.as_ref());
        let (gas_used, gas_limit) = (&self.gas_used, &self.gas_limit);
        let ending = execution::Ending { status, result, error, trap, gas_used, gas_limit };
        let to = if call.starts_with("deploy") { String::new() } else { format!("{contract}.") };
        format!("{height:<6} {to}{call} from {from}\n       {}", execution::ending(&ending))
    }
}

/// What was asked for, as it is written: `transfer(0x…, 7)`.
fn call(local: &Local, abi: &Abi, receipt: &Receipt) -> Result<String, Failure> {
    let transaction = local.ledger.transaction(receipt.position())?;
    let Some((transaction, _)) = transaction else { return Ok(String::new()) };
    let name = match &transaction.action {
        Action::Deploy { .. } => "init",
        Action::Call { function, .. } => function,
    };
    let args = abi.function(name).and_then(|it| arguments(abi, it, transaction.action.args()));
    let args = args.unwrap_or_else(|| deed_abi::hex(transaction.action.args()));
    Ok(match &transaction.action {
        Action::Deploy { .. } if abi.contract.is_empty() => "deploy".to_owned(),
        Action::Deploy { .. } => format!("deploy {}({args})", short(&abi.contract)),
        Action::Call { function, .. } => format!("{function}({args})"),
    })
}

fn arguments(abi: &Abi, function: &AbiFunction, bytes: &[u8]) -> Option<String> {
    let types = || function.params.iter().map(|param| &param.ty);
    let values = decode_all(&abi.types, types(), bytes).ok()?;
    let each = types().zip(&values).map(|(ty, value)| to_json(&abi.types, ty, value).ok());
    let each: Option<Vec<String>> = each.map(|json| Some(execution::plain(&json?))).collect();
    Some(each?.join(", "))
}
