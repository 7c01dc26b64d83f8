//! `deed lsp`: the language server.
//!
//! In: an editor's messages on standard input. Out: the server's on standard output.

use clap::Args;

use crate::exit::{Done, Exit, Trouble};

/// Serve an editor: diagnostics, hover, completion, renaming and more.
///
/// Editors start it by themselves; it speaks the Language Server Protocol on its standard streams,
/// and ends when the editor does.
#[derive(Args)]
#[command(after_help = "\
Examples:
  deed lsp                  what an editor's configuration names as the server's command")]
pub(crate) struct Lsp {
    /// Speak on standard input and output; there is no other way, editors just say so.
    #[arg(long)]
    stdio: bool,
}

impl Lsp {
    pub(crate) fn run(&self) -> Done {
        match deed_lsp::serve() {
            Ok(true) => Ok(Exit::Fine),
            // The protocol asks for this code where `exit` comes without `shutdown`.
            Ok(false) => Ok(Exit::Failed),
            Err(error) => {
                Err(Trouble::failed(format!("the editor's messages cannot be read: {error}"))
                    .into())
            }
        }
    }
}
