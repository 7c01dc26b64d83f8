//! `deed fmt`: sources in the one style.
//!
//! In: a source or a package. Out: the same files, formatted; or with `--check`, the names of those
//! that are not.
//! Holds always: where one source cannot be read, none is changed.

use std::path::PathBuf;

use clap::Args;
use deed_base::{Diagnostics, SourceMap};
use deed_package::RawSource;

use crate::exit::{Done, Exit, Failure};
use crate::files;
use crate::terminal::Terminal;

/// Format sources in place.
#[derive(Args)]
#[command(after_help = "\
Examples:
  deed fmt                  the package in the current folder
  deed fmt one.deed
  deed fmt --check          change nothing; leave with 1 where something would change")]
pub(crate) struct Fmt {
    /// A source, or a package.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Name the files that are not formatted, and change nothing.
    #[arg(long)]
    check: bool,
}

impl Fmt {
    pub(crate) fn run(&self, terminal: &Terminal) -> Done {
        let mut files = deed_package::read_all(&deed_package::find(&self.path)?)?;
        files.retain(|file| !file.dependency);
        let changed = formatted(&files)?;
        for (file, text) in &changed {
            match self.check {
                true => terminal.data(file.path.display())?,
                false => files::write(&file.path, text.as_bytes())?,
            }
        }
        let (done, all) = (changed.len(), files.len());
        terminal.talk(match self.check {
            true => format!("not formatted: {done} of {all}"),
            false => format!("formatted: {done} of {all}"),
        });
        Ok(if self.check && done > 0 { Exit::Failed } else { Exit::Fine })
    }
}

/// The files that the formatter changes, with their new text.
fn formatted(files: &[RawSource]) -> Result<Vec<(&RawSource, String)>, Failure> {
    let (mut sources, mut diagnostics) = (SourceMap::new(), Diagnostics::new());
    let mut changed = Vec::new();
    for file in files {
        let read = (&file.name, &file.bytes);
        let id = deed_syntax::read_source(read.0, read.1, &mut sources, &mut diagnostics);
        let Some(id) = id else { continue };
        match deed_syntax::format(sources.get(id)) {
            Ok(text) if text.as_bytes() != file.bytes => changed.push((file, text)),
            Ok(_) => {}
            Err(found) => diagnostics.extend(found.iter().cloned()),
        }
    }
    match diagnostics.has_errors() {
        true => Err(Failure::Sources { exit: Exit::Failed, sources, diagnostics }),
        false => Ok(changed),
    }
}
