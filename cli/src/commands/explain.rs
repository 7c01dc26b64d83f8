//! `deed explain`: what a diagnostic's code means.
//!
//! In: a code. Out: its page, or the list of all codes.

use clap::Args;
use deed_base::catalogue;

use crate::exit::{Done, Exit, Trouble};
use crate::terminal::Terminal;

/// Explain a diagnostic's code, or list all codes.
#[derive(Args)]
#[command(after_help = "\
Examples:
  deed explain              all codes with their titles
  deed explain E0901        one of them, with an example and its mending")]
pub(crate) struct Explain {
    /// A code as messages show it, such as E0901.
    code: Option<String>,
}

impl Explain {
    pub(crate) fn run(&self, terminal: &Terminal) -> Done {
        match &self.code {
            Some(id) => terminal.data(page(id)?)?,
            None => terminal.data(list())?,
        }
        Ok(Exit::Fine)
    }
}

fn page(id: &str) -> Result<&'static str, Trouble> {
    let code = catalogue::find(id.trim()).ok_or_else(|| {
        Trouble::usage(format!("there is no code `{id}`")).help("`deed explain` lists all codes")
    })?;
    Ok(code.page)
}

fn list() -> String {
    catalogue::all().map(|code| format!("{}  {}\n", code.id, code.title)).collect()
}
