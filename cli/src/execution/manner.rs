//! What is common to all commands that execute: with which engine, up to what gas, and what is shown.
//!
//! In: the command line. Out: choices, of which none changes what comes of a call but the gas.

use clap::Args;

use crate::engine::Choice;

#[derive(Args)]
pub(crate) struct Manner {
    /// What executes the code.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) engine: Choice,
    /// The most gas that a transaction may use, unless its call says otherwise.
    #[arg(long, value_name = "GAS", default_value_t = 100_000_000)]
    pub(crate) gas: u64,
    /// Show the entries of the state that were read and written.
    #[arg(long)]
    pub(crate) trace: bool,
    /// One JSON object a transaction, a line each.
    #[arg(long)]
    pub(crate) json: bool,
}
