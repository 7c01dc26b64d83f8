//! `deed check`: whether sources are contracts that can be built.
//!
//! In: a source or a package. Out: its diagnostics.
//! Holds always: what is found fine here compiles, but for what is too large for a module.

use std::path::PathBuf;

use clap::Args;
use deed_base::Diagnostics;
use deed_compiler::lower::lower;
use deed_compiler::own_contracts;

use crate::exit::{Done, Exit};
use crate::front::Front;
use crate::terminal::Terminal;

/// Check names, types and effects, and make nothing.
#[derive(Args)]
#[command(after_help = "\
Examples:
  deed check                the package in the current folder
  deed check examples/token
  deed check one.deed --message-format short")]
pub(crate) struct Check {
    /// A source, or a package.
    #[arg(default_value = ".")]
    path: PathBuf,
}

impl Check {
    pub(crate) fn run(&self, terminal: &Terminal) -> Done {
        let front = Front::open(&self.path, terminal)?;
        let package = front.check(terminal)?;
        let mut diagnostics = Diagnostics::new();
        let own = own_contracts(&package, &front.sources);
        for contract in &own {
            lower(&package, *contract, &mut diagnostics);
        }
        front.settle(diagnostics, terminal)?;
        let (files, contracts) = (front.files.len(), own.len());
        let title = front.title();
        terminal.talk(format!(
            "checked {title}: {}, {}",
            counted(files, "source"),
            counted(contracts, "contract")
        ));
        Ok(Exit::Fine)
    }
}

/// `1 source`, `2 sources`.
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
