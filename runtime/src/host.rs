//! What the engine asks of the chain it runs on.
//!
//! In: the chain's answers to reads of committed state, of code and of the running transaction.
//! Out: the `Host` trait, the `Context` of a transaction, and the classes of `HostError`.
//!
//! A host is only ever *read*: the engine keeps every write in its own overlay and hands the
//! whole set back in the `Outcome`, so a failed call cannot leave a trace by construction.

use std::fmt;

use deed_bytecode::TrapKind;

use crate::bytes::Bytes;
use crate::value::{Address, Hash};

/// The transaction and block that a call runs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// Name of the chain, part of every signed statement.
    pub chain_id: String,
    /// Height of the block being built; the first block after genesis has height 1.
    pub height: u64,
    /// Header time of that block, in seconds since 1970-01-01T00:00:00Z, without leap seconds.
    pub time: u64,
    /// Identifier of the transaction; zero for a query.
    pub tx_id: Hash,
    /// The number of the transaction in its block, from 0.
    pub tx_index: u32,
    /// The hash of the block before this one.
    pub parent: Hash,
}

/// The committed state, code and context that a call may see.
///
/// Every answer must be a function of the state before the running transaction: the engine
/// adds what the transaction itself has written. Keys and values are opaque bytes.
pub trait Host {
    /// The value kept under `key` of `contract`, or `None` where there is none.
    fn get(&mut self, contract: &Address, key: &[u8]) -> Result<Option<Bytes>, HostError>;

    /// At most `limit` entries of `contract` with `start <= key` and, where there is an `end`,
    /// `key < end`, in ascending order of keys.
    fn range(
        &mut self,
        contract: &Address,
        start: &[u8],
        end: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Entry>, HostError>;

    /// The greatest entry of `contract` with `start <= key < end`, or `None` where there is none.
    fn last(
        &mut self,
        contract: &Address,
        start: &[u8],
        end: &[u8],
    ) -> Result<Option<Entry>, HostError>;

    /// The hash of the code that `contract` runs, or `None` where nothing is deployed.
    fn code_hash(&mut self, contract: &Address) -> Result<Option<Hash>, HostError>;

    /// The module with this code hash; asked only where the engine has not cached it.
    fn code(&mut self, hash: &Hash) -> Result<Option<Vec<u8>>, HostError>;

    /// What an import of kind `host` asks for, by its name `capability.operation`, with its arguments
    /// in canonical encoding; the answer is encoded so too. A chain offers nothing.
    fn capability(&mut self, _name: &str, _args: &[u8]) -> Result<Vec<u8>, HostError> {
        Err(HostError::Visible(TrapKind::NoCode))
    }

    /// The running transaction.
    fn context(&self) -> &Context;
}

/// A key and its value, as the host keeps them.
pub type Entry = (Vec<u8>, Vec<u8>);

/// Why a host could not answer; the class decides what becomes of the transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostError {
    /// The contract sees it as a trap of this kind, and a `try` around it can catch it.
    Visible(TrapKind),
    /// The host's own work used up the gas; the call ends as out of gas.
    OutOfGas,
    /// A speculative execution lost a race: nothing is decided, the scheduler runs it again.
    Aborted,
    /// The node itself is at fault (a full disk, corrupt state). The transaction has no outcome.
    Fatal(String),
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HostError::Visible(kind) => write!(f, "the host refused: {kind}"),
            HostError::OutOfGas => f.write_str("the host's work used up the gas"),
            HostError::Aborted => f.write_str("the speculative execution was aborted"),
            HostError::Fatal(reason) => write!(f, "the host failed: {reason}"),
        }
    }
}

impl std::error::Error for HostError {}
