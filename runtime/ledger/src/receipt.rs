//! What a transaction leaves behind.
//!
//! In: a transaction and the engine's outcome. Out: `Execution`, plain data. All of it but the
//! measured times and `outcome.peak_bytes` is the same on every machine.

use std::sync::Arc;
use std::time::Duration;

use deed_runtime::{Address, Hash, LoadedModule, Outcome, Place, Status};

/// The record of one transaction.
#[derive(Clone, Debug)]
pub struct Execution {
    pub tx_hash: Hash,
    /// The block it is in, and that block's time in seconds since 1970 UTC.
    pub height: u64,
    pub time: u64,
    pub from: Address,
    /// What it was for.
    pub target: Target,
    /// The contract called or, if all went well, made.
    pub contract: Address,
    /// The contract's code, where there is any.
    pub module: Option<Arc<LoadedModule>>,
    /// Status, gas used, events, reads and writes.
    pub outcome: Outcome,
    /// Where in the source a trap happened, if the module has debug tables.
    pub place: Option<Place>,
    pub gas_limit: u64,
    /// After this transaction.
    pub state_root: Hash,
    /// Bytes of the arguments.
    pub input_bytes: u64,
    /// Bytes of the contract's keys and values after this transaction.
    pub state_bytes: u64,
    /// Measured: execution alone.
    pub elapsed: Duration,
    /// Measured: decoding, validating and translating the module, if that was needed.
    pub compile: Duration,
}

/// What a transaction asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A new contract.
    Deploy,
    /// A function of a contract.
    Call(String),
}

impl Execution {
    pub fn is_ok(&self) -> bool {
        matches!(self.outcome.status, Status::Ok(_))
    }

    /// The status in one word, as in the JSON form.
    pub fn status_name(&self) -> &'static str {
        match &self.outcome.status {
            Status::Ok(_) => "ok",
            Status::Error(_) => "error",
            Status::Trap(_) | Status::Refused(_) => "trap",
            Status::OutOfGas => "out_of_gas",
            Status::Aborted => "aborted",
            Status::Fatal(_) => "fatal",
        }
    }
}
