//! `deed disasm`: the listing of a module.
//!
//! In: a module file, a source or a package. Out: its tables and its code, with the lines of the
//! source beside it where the source is at hand.

use std::path::PathBuf;

use clap::Args;
use deed_bytecode::disassemble;

use crate::compile::{self, Selection};
use crate::exit::{Done, Exit};
use crate::terminal::Terminal;

/// List a module's code.
#[derive(Args)]
#[command(after_help = "\
Examples:
  deed disasm build/Token.deedc
  deed disasm examples/token --contract Token -O 0")]
pub(crate) struct Disasm {
    /// A module file, a source, or a package.
    path: PathBuf,
    /// The contract, where there are several.
    #[arg(long, value_name = "NAME")]
    contract: Option<String>,
    /// The level of optimisation of a source or package.
    #[arg(short = 'O', value_name = "LEVEL", value_parser = clap::value_parser!(u8).range(0..=3))]
    opt: Option<u8>,
}

impl Disasm {
    pub(crate) fn run(&self, terminal: &Terminal) -> Done {
        let selection =
            Selection { contract: self.contract.as_deref(), opt: self.opt, check_specs: false };
        let artifact = compile::one(&self.path, selection, terminal)?;
        terminal.data(disassemble(&artifact.module, &|name| artifact.source(name)))?;
        Ok(Exit::Fine)
    }
}
