//! `deed disasm`: the listing of a module.
//!
//! In: a module file. Out: its tables and its code, with the sources beside it where they are found.

use std::path::PathBuf;

use clap::Args;
use deed_bytecode::disassemble;

use crate::artifact;
use crate::exit::{Done, Exit};
use crate::terminal::Terminal;

/// List a module's code.
#[derive(Args)]
#[command(after_help = "\
Examples:
  deed disasm build/Token.deedc")]
pub(crate) struct Disasm {
    /// A module file.
    file: PathBuf,
}

impl Disasm {
    pub(crate) fn run(&self, terminal: &Terminal) -> Done {
        let module = artifact::read(&self.file)?;
        terminal.data(disassemble(&module, &|_| None))?;
        Ok(Exit::Fine)
    }
}
