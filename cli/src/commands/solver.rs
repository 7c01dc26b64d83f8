//! `deed solver`: the process in which `deed verify` lets the solver work.
//!
//! In: questions on standard input. Out: answers on standard output.
//! Holds always: it ends with its input, so none outlives the run that it works for.

use std::io::{stdin, stdout};

use clap::Args;

use crate::exit::{Done, Exit, Trouble};

/// Answer the questions of another `deed`.
///
/// `deed verify` starts this for itself and kills it where it is stuck; nobody else has a use for it.
#[derive(Args)]
#[command(after_help = "\
Examples:
  deed solver               what `deed verify` starts, once for each core")]
pub(crate) struct Solver {}

impl Solver {
    pub(crate) fn run(&self) -> Done {
        match deed_verifier::worker::serve(stdin().lock(), stdout()) {
            Ok(()) => Ok(Exit::Fine),
            Err(error) => {
                Err(Trouble::failed(format!("the questions cannot be read: {error}")).into())
            }
        }
    }
}
