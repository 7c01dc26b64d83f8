//! The ledger from outside.
//!
//! `chain` runs contracts in memory; `signed` asks who may send what; `keys` checks the schemes against
//! published vectors; `disk` opens, reopens and damages files; `proofs` and `search` read what is kept.

mod chain;
mod counter;
mod disk;
mod keys;
mod proofs;
mod sealed;
mod search;
mod signed;
mod support;
