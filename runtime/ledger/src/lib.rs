//! The embedded chain, in memory: contracts, state, blocks of one transaction, receipts.
//!
//! In: modules, calls, queries. Out: a [`Execution`] for every transaction, failed ones included,
//! and the answers to queries. The ledger is the engine's host: it answers reads, and applies
//! the writes of successful calls.
//!
//! What always holds: a failed transaction changes nothing but its sender's nonce, the height
//! and the time; the same transactions in the same order give the same receipts and state roots
//! on every machine, but for the measured times in a receipt.

mod address;
mod describe;
mod host;
mod ledger;
mod receipt;
mod state;
mod tree;

pub use address::{account, contract_address};
pub use describe::describe_key;
pub use ledger::{Genesis, Ledger, LedgerError, Message, Query};
pub use receipt::{Execution, Target};
pub use state::State;
