//! Why the ledger does not do what it is asked.
//!
//! In: nothing. Out: errors that name what is wrong; [`LedgerError::remedy`] says what to do. None of them
//! leaves anything on the chain: a transaction that the chain has decided has a receipt instead.

use std::fmt;

use deed_runtime::{Address, Hash, LoadError};

use crate::store::StoreError;

/// Why a transaction has no receipt, or a question no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LedgerError {
    /// The bytes to deploy are no module.
    Load(LoadError),
    /// The module needs something of its host that a chain does not offer.
    Capability(String),
    /// The chain does not take this transaction.
    Rejected(Rejection),
    /// The node is at fault, so the transaction is undecided.
    Fatal(String),
    /// What the chain is kept in is at fault.
    Store(StoreError),
    /// There is no block of this height yet, or its state is kept no more.
    NoHeight { height: u64, oldest: u64, newest: u64 },
}

/// Why a chain does not take a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// It is signed for another chain.
    WrongChain { expected: String, given: String },
    /// The key that signed is not that of the account.
    WrongKey { from: Address, key: Address },
    /// The signature is none of these bytes by this key.
    BadSignature,
    /// The account has had a transaction with this nonce: this is a copy, or was overtaken.
    Replayed { expected: u64, given: u64 },
    /// Transactions of this account are missing before it.
    TooEarly { expected: u64, given: u64 },
    /// The module to deploy did not come along, and the chain does not have it.
    UnknownCode(Hash),
    /// The module that came along is another one.
    WrongCode { expected: Hash, given: Hash },
}

impl LedgerError {
    /// What to do about it, where there is something.
    pub fn remedy(&self) -> Option<&'static str> {
        Some(match self {
            LedgerError::Load(_) => {
                "build it with `deed build`, by the version that runs the chain"
            }
            LedgerError::Capability(_) => "deploy a contract; tests are run by `deed test`",
            LedgerError::Rejected(rejection) => rejection.remedy(),
            LedgerError::Store(error) => error.remedy(),
            LedgerError::NoHeight { .. } => "choose a height in between",
            LedgerError::Fatal(_) => return None,
        })
    }
}

impl Rejection {
    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Rejection::WrongChain { .. } => "sign it for this chain",
            Rejection::WrongKey { .. } => {
                "sign with the key of the sender, or send from the key's address"
            }
            Rejection::BadSignature => "sign the transaction as it is sent",
            Rejection::Replayed { .. } => {
                "see whether it has run already; if not, sign it with the next nonce"
            }
            Rejection::TooEarly { .. } => "send the transactions before it first",
            Rejection::UnknownCode(_) => "send the module along",
            Rejection::WrongCode { .. } => "send the module whose hash was signed",
        }
    }
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LedgerError::Load(error) => write!(f, "{error}"),
            LedgerError::Capability(name) => {
                write!(f, "the module needs the capability `{name}`, which no chain offers")
            }
            LedgerError::Rejected(rejection) => write!(f, "{rejection}"),
            LedgerError::Fatal(reason) => write!(f, "the ledger failed: {reason}"),
            LedgerError::Store(error) => write!(f, "{error}"),
            LedgerError::NoHeight { height, oldest, newest } => write!(
                f,
                "there is no state at height {height}: the ledger has heights {oldest} to {newest}"
            ),
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rejection::WrongChain { expected, given } => {
                write!(f, "it is signed for the chain `{given}`, and this is `{expected}`")
            }
            Rejection::WrongKey { from, key } => {
                write!(f, "it is sent from {from}, and signed with the key of {key}")
            }
            Rejection::BadSignature => f.write_str("its signature is not valid"),
            Rejection::Replayed { expected, given } => {
                write!(f, "its nonce {given} has been used; the account's next one is {expected}")
            }
            Rejection::TooEarly { expected, given } => {
                write!(f, "its nonce {given} comes too early; the account's next one is {expected}")
            }
            Rejection::UnknownCode(hash) => write!(f, "the chain has no code {hash}"),
            Rejection::WrongCode { expected, given } => {
                write!(f, "it deploys the code {expected}, and {given} came along")
            }
        }
    }
}

impl std::error::Error for LedgerError {}

impl std::error::Error for Rejection {}

impl From<StoreError> for LedgerError {
    fn from(error: StoreError) -> LedgerError {
        LedgerError::Store(error)
    }
}

impl From<Rejection> for LedgerError {
    fn from(rejection: Rejection) -> LedgerError {
        LedgerError::Rejected(rejection)
    }
}
