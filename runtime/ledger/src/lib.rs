//! The embedded chain: contracts, accounts, state, blocks, receipts, indexes, proofs.
//!
//! In: modules, calls, signed transactions, queries. Out: an [`Execution`] for every transaction, failed
//! ones included, and what the chain keeps of it, a [`Receipt`]; answers to queries; events and
//! transactions by what they are looked for; proofs for clients. The ledger is the engine's host: it
//! answers reads, and applies the writes of successful calls.
//!
//! `types` says what the chain is made of: begin there. It lies in a [`store::Store`], in memory or, with
//! the feature `disk`, in a file; `docs/ledger.md` says how.
//!
//! What always holds: a failed transaction changes nothing but its sender's nonce, the height
//! and the time; the same transactions in the same order give the same receipts and roots
//! on every machine.

mod address;
mod chain;
mod describe;
mod errors;
mod hashing;
mod host;
mod index;
pub mod keys;
pub mod merkle;
mod proof;
mod receipt;
mod state;
pub mod store;
mod types;
mod wire;

pub use address::{account, contract_address};
pub use chain::{EventFilter, FORMAT, Ledger, Message, Page, Query, TransactionFilter};
pub use describe::{describe_key, describe_value};
pub use errors::{LedgerError, Rejection};
pub use hashing::Hasher;
pub use index::Ending;
pub use proof::{EntryProof, ReceiptProof};
pub use receipt::{EventRow, Execution, Receipt, Target, TransactionRow};
pub use state::{ACCOUNTS, CONTRACTS};
pub use types::{
    Account, Action, Genesis, Header, Position, SIGNED_BY, SignedTransaction, Transaction, Witness,
};
pub use wire::Malformed;
