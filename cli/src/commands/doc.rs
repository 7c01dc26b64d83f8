//! `deed doc`: the documentation of a package.
//!
//! In: a source or a package. Out: a page for each module, and with HTML an index.
//! Holds always: a file is written whole or not at all; the same sources give the same pages.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use deed_base::Diagnostics;
use deed_compiler::doc::{Manual, markdown};

use crate::exit::{Done, Exit, Trouble};
use crate::files;
use crate::front::Front;
use crate::html;
use crate::terminal::Terminal;

/// Write the documentation of what a package offers.
#[derive(Args)]
#[command(after_help = "\
Each module becomes a page: comments, signatures, specifications and effects.

Examples:
  deed doc                  HTML into build/doc; begin with index.html
  deed doc examples/token --format markdown -o docs/api")]
pub(crate) struct Doc {
    /// A source, or a package.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// The form of the pages.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Where the pages go; without it, `build/doc` beside the sources.
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
enum Format {
    #[default]
    Html,
    Markdown,
}

impl Doc {
    pub(crate) fn run(&self, terminal: &Terminal) -> Done {
        let front = Front::open(&self.path, terminal)?;
        let mut diagnostics = Diagnostics::new();
        let manual = deed_compiler::document(&front.sources, &front.files, &mut diagnostics);
        front.settle(diagnostics, terminal)?;
        let folder = self.output.clone().unwrap_or_else(|| front.root.join("build/doc"));
        match self.format {
            Format::Html => write_html(&folder, &front.title(), &manual)?,
            Format::Markdown => write_markdown(&folder, &manual)?,
        }
        terminal.talk(format!("wrote {} of {}", folder.display(), front.title()));
        Ok(Exit::Fine)
    }
}

fn write_markdown(folder: &Path, manual: &Manual) -> Result<(), Trouble> {
    for module in &manual.modules {
        let path = folder.join(format!("{}.md", module.path));
        files::write(&path, markdown(module).as_bytes())?;
    }
    Ok(())
}

fn write_html(folder: &Path, title: &str, manual: &Manual) -> Result<(), Trouble> {
    for (name, page) in html::pages(title, manual) {
        files::write(&folder.join(name), page.as_bytes())?;
    }
    Ok(())
}
