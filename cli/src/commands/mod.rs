//! One file a subcommand.
//!
//! In: parsed arguments. Out: [`Done`].

pub(crate) mod explain;

use crate::args::Command;
use crate::exit::Done;
use crate::terminal::Terminal;

pub(crate) fn run(command: Command, terminal: &Terminal) -> Done {
    match command {
        Command::Explain(explain) => explain.run(terminal),
    }
}
