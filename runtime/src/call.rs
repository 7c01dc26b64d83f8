//! A call and its outcome, as data.
//!
//! In: nothing. Out: `Call` (what to run), `Outcome` (all that came of it) and their parts.
//!
//! An outcome whose status is not `Ok` has no events and no writes. Its reads are kept: a
//! validator must know what a failure depended on as well.

use std::fmt;
use std::sync::Arc;

use deed_bytecode::TrapKind;

use crate::bytes::Bytes;
use crate::profile::Profile;
use crate::value::{Address, Hash, sha256};

/// One call of a contract from outside.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The contract that runs, and whose state it is.
    pub contract: Address,
    /// The function's name; ignored in `Mode::Init`, where there is only one.
    pub function: &'a str,
    /// The parameters' canonical encodings, one after the other.
    pub args: &'a [u8],
    /// What `tx.sender` is.
    pub caller: Address,
    /// The coins that come with it, from the caller.
    pub value: u128,
    /// The most gas that the call may use.
    pub gas_limit: u64,
    /// Which functions may be called, and whether anything may be written.
    pub mode: Mode,
}

/// The occasion of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The first and only run of `init`. The host makes sure that it is the first.
    Init,
    /// A transaction: entries and views.
    Transaction,
    /// A query: views alone, and nothing is written.
    View,
}

/// All that came of a call. Equal on every tier, but for `peak_bytes` and `profile`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub status: Status,
    /// At most the call's limit, and equal to it where the gas ran out.
    pub gas_used: u64,
    /// In the order of emission, of all contracts.
    pub events: Vec<Event>,
    /// What was read of the committed state, in ascending order of keys, each key once.
    pub reads: Vec<Read>,
    /// What walks through the committed state looked at, in ascending order, disjoint.
    pub ranges: Vec<RangeRead>,
    /// What the host must apply, in ascending order of keys, each key once.
    pub writes: Vec<Write>,
    /// The contracts that the host must make, of code that it has; their `init` has run.
    pub created: Vec<Created>,
    /// The most memory that the engine held for this call, in bytes: registers, call stack, heap values,
    /// overlay, events.
    pub peak_bytes: u64,
    /// Where the gas went, if the engine was made to tell.
    pub profile: Option<Box<Profile>>,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It returned; the result in its canonical encoding, empty where there is none.
    Ok(Vec<u8>),
    /// It threw a declared error.
    Error(Thrown),
    /// A check failed at run time.
    Trap(Trap),
    /// The gas did not suffice.
    OutOfGas,
    /// The call was not one that this contract can run: nothing was executed.
    Refused(Refusal),
    /// A speculative execution was aborted: run it again.
    Aborted,
    /// The host failed, so there is no outcome. The text is for the operator.
    Fatal(String),
}

/// A declared error with its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thrown {
    /// Index in the module's table of errors.
    pub index: u16,
    /// The stable code, as the ABI has it.
    pub code: [u8; 4],
    pub name: Arc<str>,
    /// The fields' canonical encodings, one after the other.
    pub data: Vec<u8>,
}

/// A failed check and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trap {
    /// The contract that was running.
    pub contract: Address,
    pub kind: TrapKind,
    /// Index of the function in its module.
    pub function: u16,
    /// Index of the instruction, counted through that function's blocks.
    pub pc: u32,
}

/// An emitted event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub contract: Address,
    /// Index in the module's table of events.
    pub index: u16,
    /// The stable code, as the ABI has it.
    pub code: [u8; 4],
    pub name: Arc<str>,
    /// The fields' canonical encodings, one after the other.
    pub data: Vec<u8>,
}

/// A contract that was made by another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Created {
    pub contract: Address,
    /// The hash of its code.
    pub code: Hash,
}

/// A key of the committed state and what was found there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    pub contract: Address,
    pub key: Bytes,
    pub value: Option<Found>,
}

/// A value that was found, or of a large one what it can be compared by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Bytes(Bytes),
    /// Of a value of more than [`Found::KEPT`] bytes.
    Digest {
        sha256: Hash,
        length: u64,
    },
}

impl Found {
    /// Values up to this length, in bytes, are kept whole.
    pub const KEPT: usize = 4096;

    pub(crate) fn of(value: Bytes) -> Found {
        if value.len() > Found::KEPT { Found::digest(&value) } else { Found::Bytes(value) }
    }

    pub(crate) fn digest(value: &[u8]) -> Found {
        Found::Digest { sha256: Hash(sha256(&[value])), length: value.len() as u64 }
    }
}

/// A stretch of the committed state and every key that was found in it. Whoever validates the
/// call compares the keys: one more or less, and the call saw something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RangeRead {
    pub contract: Address,
    /// The least key that lies in it.
    pub start: Vec<u8>,
    /// The least key that lies behind it.
    pub end: Vec<u8>,
    pub keys: Vec<Vec<u8>>,
}

/// A change of the committed state; `None` removes the entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    pub contract: Address,
    pub key: Bytes,
    pub value: Option<Bytes>,
}

/// Why a call was not run at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing is deployed at this address.
    NoCode(Address),
    /// The code there does not load on this engine.
    BadCode(String),
    /// No function of that name is visible from outside; private functions are not.
    UnknownFunction(String),
    /// `init` runs once, when the contract is deployed.
    InitAgain,
    /// A query asked for a function that may write.
    NotAView(String),
    /// Coins came with a call of a function that takes none.
    NotPayable(String),
    /// An argument is no canonical encoding of its parameter's type, or there are too few or too many bytes.
    BadArgument(String),
}

impl Refusal {
    /// The trap that a calling contract, or a reader of a receipt, sees.
    pub fn trap_kind(&self) -> TrapKind {
        match self {
            Refusal::NoCode(_) | Refusal::BadCode(_) => TrapKind::NoCode,
            Refusal::NotAView(_) => TrapKind::ViewWrite,
            Refusal::NotPayable(_) => TrapKind::NotPayable,
            Refusal::UnknownFunction(_) | Refusal::InitAgain | Refusal::BadArgument(_) => {
                TrapKind::BadArgument
            }
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::NoCode(address) => write!(f, "no contract is deployed at {address}"),
            Refusal::BadCode(reason) => write!(f, "the contract's code does not load: {reason}"),
            Refusal::UnknownFunction(name) => {
                write!(f, "the contract has no entry or view called `{name}`")
            }
            Refusal::InitAgain => f.write_str("`init` runs only once, when a contract is deployed"),
            Refusal::NotAView(name) => {
                write!(f, "`{name}` may write, and a query cannot; send it as a transaction")
            }
            Refusal::NotPayable(name) => write!(f, "`{name}` takes no coins"),
            Refusal::BadArgument(reason) => write!(f, "bad argument: {reason}"),
        }
    }
}

impl std::error::Error for Refusal {}
