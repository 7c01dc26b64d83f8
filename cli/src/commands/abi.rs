//! `deed abi`: the interface of a contract.
//!
//! In: a module file, a source or a package. Out: the interface as JSON.

use std::path::PathBuf;

use clap::Args;

use crate::compile::{self, Selection};
use crate::exit::{Done, Exit};
use crate::terminal::Terminal;

/// Show a contract's interface as JSON.
#[derive(Args)]
#[command(after_help = "\
Examples:
  deed abi build/Token.deedc
  deed abi examples/token --contract Token")]
pub(crate) struct Abi {
    /// A module file, a source, or a package.
    path: PathBuf,
    /// The contract, where there are several.
    #[arg(long, value_name = "NAME")]
    contract: Option<String>,
}

impl Abi {
    pub(crate) fn run(&self, terminal: &Terminal) -> Done {
        let selection =
            Selection { contract: self.contract.as_deref(), opt: None, check_specs: false };
        let artifact = compile::one(&self.path, selection, terminal)?;
        terminal.data(artifact.interface())?;
        Ok(Exit::Fine)
    }
}
