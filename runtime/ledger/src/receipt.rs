//! What a transaction leaves behind.
//!
//! In: a transaction and the engine's outcome. Out: a [`Receipt`], which the chain keeps and its
//! blocks commit to, and an [`Execution`], which is what the process that ran it can tell beside.
//!
//! What always holds: a receipt is the same on every machine and every tier.

use std::sync::Arc;
use std::time::Duration;

use deed_runtime::{Address, Created, Event, Hash, LoadedModule, Outcome, Place, Status};

use crate::types::Position;
use crate::wire::{Malformed, Reader, Wire, read_all, wire, wire_enum, write_all};

/// The record of one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub tx_hash: Hash,
    /// The block it is in, and its number there.
    pub height: u64,
    pub index: u32,
    pub from: Address,
    /// What it was for.
    pub target: Target,
    /// The contract called or, if all went well, made.
    pub contract: Address,
    /// The code that ran, where there was any.
    pub code: Option<Hash>,
    pub status: Status,
    pub gas_limit: u64,
    pub gas_used: u64,
    /// None unless it succeeded.
    pub events: Vec<Event>,
    /// Contracts that other contracts made.
    pub created: Vec<Created>,
}

/// What a transaction asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A new contract.
    Deploy,
    /// A function of a contract.
    Call(String),
}

/// An event and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    pub position: Position,
    /// Of its block.
    pub time: u64,
    pub tx_hash: Hash,
    pub event: Event,
}

/// A receipt and the time of its block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionRow {
    pub time: u64,
    pub receipt: Receipt,
}

/// A transaction as the process sees it that has just run it.
#[derive(Clone, Debug)]
pub struct Execution {
    pub tx_hash: Hash,
    /// The block it is in, its number there, and that block's time in seconds since 1970 UTC.
    pub height: u64,
    pub index: u32,
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
    /// After the block; zero while the block is open.
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

impl Execution {
    pub fn is_ok(&self) -> bool {
        matches!(self.outcome.status, Status::Ok(_))
    }

    /// The status in one word, as in the JSON form.
    pub fn status_name(&self) -> &'static str {
        status_name(&self.outcome.status)
    }

    /// What the chain keeps of it.
    pub fn receipt(&self) -> Receipt {
        Receipt {
            tx_hash: self.tx_hash,
            height: self.height,
            index: self.index,
            from: self.from,
            target: self.target.clone(),
            contract: self.contract,
            code: self.module.as_ref().map(|module| module.hash()),
            status: self.outcome.status.clone(),
            gas_limit: self.gas_limit,
            gas_used: self.outcome.gas_used,
            events: self.outcome.events.clone(),
            created: self.outcome.created.clone(),
        }
    }
}

impl Receipt {
    pub fn is_ok(&self) -> bool {
        matches!(self.status, Status::Ok(_))
    }

    /// The status in one word, as in the JSON form.
    pub fn status_name(&self) -> &'static str {
        status_name(&self.status)
    }

    /// The canonical bytes, which the block's receipts root commits to.
    pub fn to_bytes(&self) -> Vec<u8> {
        Wire::to_bytes(self)
    }

    /// # Errors
    /// If the bytes are no canonical form of a receipt.
    pub fn from_bytes(bytes: &[u8]) -> Result<Receipt, Malformed> {
        Wire::from_bytes(bytes)
    }

    pub fn position(&self) -> Position {
        Position { height: self.height, index: self.index, log: 0 }
    }
}

fn status_name(status: &Status) -> &'static str {
    match status {
        Status::Ok(_) => "ok",
        Status::Error(_) => "error",
        Status::Trap(_) | Status::Refused(_) => "trap",
        Status::OutOfGas => "out_of_gas",
        Status::Aborted => "aborted",
        Status::Fatal(_) => "fatal",
    }
}

wire! {
    Receipt {
        tx_hash, height, index, from, target, contract, code, status, gas_limit, gas_used, events,
        created,
    }
}

wire_enum! {
    Target { 0 = Deploy, 1 = Call(function), } else "there is no such target"
}

macro_rules! lists {
    ($($member:ty),*) => {$(
        impl Wire for Vec<$member> {
            fn write(&self, out: &mut Vec<u8>) {
                write_all(self, out);
            }

            fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
                read_all(from)
            }
        }
    )*};
}

lists!(Event, Created);
