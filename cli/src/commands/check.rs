//! `deed check`: the front end alone.
//!
//! In: a source or a package. Out: its diagnostics.

use std::path::PathBuf;

use clap::Args;

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
        let (files, contracts) = (front.files.len(), package.contracts.ids().count());
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
