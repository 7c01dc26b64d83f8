//! One file a subcommand.
//!
//! In: parsed arguments. Out: [`Done`].

pub(crate) mod disasm;
pub(crate) mod explain;
pub(crate) mod init;
pub(crate) mod new;

use crate::args::Command;
use crate::exit::Done;
use crate::terminal::Terminal;

pub(crate) fn run(command: Command, terminal: &Terminal) -> Done {
    match command {
        Command::New(new) => new.run(terminal),
        Command::Init(init) => init.run(terminal),
        Command::Explain(explain) => explain.run(terminal),
        Command::Disasm(disasm) => disasm.run(terminal),
    }
}
