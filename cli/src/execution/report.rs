//! What is told of a transaction.
//!
//! In: a receipt and the interface of the contract. Out: [`Report`], whose JSON form scripts
//! rely on.
//! Holds always: a field keeps its name and meaning; new ones may be added.

use std::time::Duration;

use deed_abi::{Abi, Code, Named, ValueError, hex};
use deed_bytecode::{Const, StateField, field_id};
use deed_ledger::{Execution, Target};
use deed_runtime::{Address, COINS, Event, Found, Place, Status};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::arguments::short;
use super::contracts::Contracts;
use super::profile::GasProfile;

/// One transaction, as one JSON object.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    /// The call as it was written; of a deployment, `deploy`, the contract and its arguments.
    pub(crate) call: String,
    pub(crate) from: String,
    pub(crate) contract: String,
    /// `ok`, `error`, `trap` or `out_of_gas`.
    pub(crate) status: &'static str,
    /// `null` where the function returns nothing, and where it failed.
    pub(crate) result: Value,
    pub(crate) error: Option<ErrorReport>,
    pub(crate) trap: Option<TrapReport>,
    pub(crate) gas_used: String,
    pub(crate) gas_limit: String,
    pub(crate) events: Vec<EventReport>,
    /// The entries of the state that were read, by their source names.
    pub(crate) reads: Vec<String>,
    pub(crate) writes: Vec<String>,
    /// The engine that was asked for.
    pub(crate) engine: &'static str,
    pub(crate) opt: Option<u8>,
    /// Execution alone.
    pub(crate) elapsed_ns: u64,
    /// Loading the module: of a deployment only.
    pub(crate) compile_ns: u64,
    pub(crate) peak_bytes: u64,
    pub(crate) input_bytes: u64,
    /// Keys and values of the whole state afterwards.
    pub(crate) state_bytes: u64,
    pub(crate) state_root: String,
    /// Where it stands on a chain that lasts.
    #[serde(flatten)]
    pub(crate) block: Option<Block>,
    /// Where the gas went, under `--gas-profile`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) gas_profile: Option<GasProfile>,
    /// What `--trace` shows: entries with their values.
    #[serde(skip)]
    pub(crate) trace: Vec<String>,
}

/// The block of a transaction.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Block {
    pub(crate) tx: String,
    pub(crate) height: u64,
    /// In seconds since 1970 UTC.
    pub(crate) time: u64,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ErrorReport {
    pub(crate) name: String,
    pub(crate) code: String,
    #[serde(serialize_with = "object")]
    pub(crate) data: Vec<(String, Value)>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct TrapReport {
    pub(crate) kind: String,
    /// `src/main.deed:12:9`, where the module has debug tables.
    pub(crate) at: Option<String>,
    /// The functions that were inlined there, the innermost first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) inlined: Vec<InlinedReport>,
    /// Why nothing ran, where nothing did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
}

/// A function whose code stood in the place of its call.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct InlinedReport {
    pub(crate) function: String,
    /// Where it was called.
    pub(crate) called: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct EventReport {
    pub(crate) name: String,
    #[serde(serialize_with = "object")]
    pub(crate) fields: Vec<(String, Value)>,
}

/// Puts a receipt into words. `call` is the call as it was written, `number` that of its contract.
pub(crate) fn report(
    call: String,
    contracts: &Contracts,
    number: usize,
    receipt: &Execution,
) -> Report {
    let abi = &contracts.all()[number].abi;
    let outcome = &receipt.outcome;
    let events = outcome.events.iter();
    let path = |contract, key| contracts.path(contract, key, &receipt.contract);
    Report {
        call,
        from: receipt.from.to_string(),
        contract: receipt.contract.to_string(),
        status: receipt.status_name(),
        result: result(abi, &outcome.status, &receipt.target),
        error: error(abi, &outcome.status),
        trap: trap(&outcome.status, receipt.place.as_ref()),
        gas_used: outcome.gas_used.to_string(),
        gas_limit: receipt.gas_limit.to_string(),
        events: events.map(|event| self::event(abi, contracts, event)).collect(),
        reads: outcome.reads.iter().map(|read| path(&read.contract, &read.key)).collect(),
        writes: outcome.writes.iter().map(|write| path(&write.contract, &write.key)).collect(),
        engine: "",
        opt: None,
        elapsed_ns: nanoseconds(receipt.elapsed),
        compile_ns: nanoseconds(receipt.compile),
        peak_bytes: outcome.peak_bytes,
        input_bytes: receipt.input_bytes,
        state_bytes: receipt.state_bytes,
        state_root: receipt.state_root.to_string(),
        block: None,
        gas_profile: None,
        trace: trace(contracts, receipt),
    }
}

impl Block {
    pub(crate) fn of(execution: &Execution) -> Block {
        let Execution { tx_hash, height, time, .. } = execution;
        Block { tx: tx_hash.to_string(), height: *height, time: *time }
    }
}

pub(crate) fn result(abi: &Abi, status: &Status, target: &Target) -> Value {
    match (status, target) {
        (Status::Ok(bytes), Target::Call(function)) => {
            abi.result(function, bytes).unwrap_or_else(|_| Value::String(hex(bytes)))
        }
        _ => Value::Null,
    }
}

pub(crate) fn error(abi: &Abi, status: &Status) -> Option<ErrorReport> {
    let Status::Error(thrown) = status else { return None };
    let code = Code(thrown.code);
    let data = fields(abi.error_data(code, &thrown.data), &thrown.data);
    Some(ErrorReport { name: short(&thrown.name).to_owned(), code: code.to_string(), data })
}

pub(crate) fn trap(status: &Status, place: Option<&Place>) -> Option<TrapReport> {
    let at = place.map(ToString::to_string);
    let inlined = place.into_iter().flat_map(Place::calls).map(|(function, called)| {
        InlinedReport { function: function.to_owned(), called: called.to_string() }
    });
    let inlined = inlined.collect();
    match status {
        Status::Trap(trap) => {
            Some(TrapReport { kind: trap.kind.to_string(), at, inlined, message: None })
        }
        Status::Refused(why) => {
            let (kind, message) = (why.trap_kind().to_string(), Some(why.to_string()));
            Some(TrapReport { kind, at, inlined, message })
        }
        _ => None,
    }
}

pub(crate) fn event(abi: &Abi, contracts: &Contracts, event: &Event) -> EventReport {
    // A deployment that failed has left nothing at its address.
    let abi = contracts.abi_at(&event.contract).unwrap_or(abi);
    let fields = fields(abi.event_data(Code(event.code), &event.data), &event.data);
    EventReport { name: short(&event.name).to_owned(), fields }
}

/// Named values; bytes that do not fit the interface are shown as they are.
fn fields(named: Result<Named, ValueError>, bytes: &[u8]) -> Vec<(String, Value)> {
    match named {
        Ok(named) => named.fields,
        Err(_) => vec![("bytes".to_owned(), Value::String(hex(bytes)))],
    }
}

/// Pairs as a JSON object, in their order.
fn object<S: Serializer>(fields: &[(String, Value)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(fields.iter().map(|(name, value)| (name, value)))
}

fn trace(contracts: &Contracts, receipt: &Execution) -> Vec<String> {
    let line = |verb: &str, contract: &Address, key: &[u8], value: Option<&[u8]>| {
        let path = contracts.path(contract, key, &receipt.contract);
        format!("{verb} {path} = {}", entry(contracts, contract, key, value))
    };
    let outcome = &receipt.outcome;
    let reads = outcome.reads.iter().map(|read| {
        let found = match &read.value {
            Some(Found::Digest { sha256, length }) => {
                let path = contracts.path(&read.contract, &read.key, &receipt.contract);
                return format!("read  {path} = {length} bytes of SHA-256 {sha256}");
            }
            Some(Found::Bytes(value)) => Some(value.as_slice()),
            None => None,
        };
        line("read ", &read.contract, &read.key, found)
    });
    let writes = outcome.writes.iter();
    let writes = writes.map(|it| line("write", &it.contract, &it.key, it.value.as_deref()));
    reads.chain(writes).collect()
}

/// The value of an entry, in the terms of its field where there is one.
fn entry(contracts: &Contracts, contract: &Address, key: &[u8], value: Option<&[u8]>) -> String {
    let Some(bytes) = value else { return "absent".to_owned() };
    if let (COINS, Ok(coins)) = (*contract, bytes.try_into()) {
        return u128::from_le_bytes(coins).to_string();
    }
    let known = contracts.at(contract).and_then(|artifact| {
        let module = &artifact.module;
        let of = |field: &&StateField| key.starts_with(&field_id(&module.types, field));
        Const::from_bytes(module.schema.iter().find(of)?.value.scalar()?, bytes)
    });
    known.map_or_else(|| hex(bytes), |value| value.to_string())
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
