//! `deed init`: a package in a folder that is there already.
//!
//! In: a folder. Out: the files of a template in it, under the folder's name.

use std::path::PathBuf;

use clap::Args;

use super::new::{self, Template};
use crate::exit::{Done, Exit};
use crate::terminal::Terminal;

/// Make a package in this folder.
#[derive(Args)]
#[command(after_help = "\
Examples:
  deed init                 a package in the current folder, with its name
  deed init work/vault      a package in that folder")]
pub(crate) struct Init {
    /// The folder.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// What the package begins as.
    #[arg(long, value_enum, default_value_t)]
    template: Template,
}

impl Init {
    pub(crate) fn run(&self, terminal: &Terminal) -> Done {
        let folder = self.path.canonicalize().map_err(|e| deed_package::missing(&self.path, &e))?;
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned());
        new::make(&self.path, name.unwrap_or_default(), self.template)?;
        terminal.talk("made a package; try `deed test`, and read its README");
        Ok(Exit::Fine)
    }
}
