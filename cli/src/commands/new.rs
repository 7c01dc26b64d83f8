//! `deed new`: a package that checks, builds and runs as it stands.
//!
//! In: a name, or a path that ends in one. Out: a folder with the files of a template.
//! Holds always: no file that exists is changed.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use deed_package::{MANIFEST, Name};

use crate::exit::{Done, Exit, Trouble};
use crate::files;
use crate::terminal::Terminal;

/// Make a new package.
#[derive(Args)]
#[command(after_help = "\
Examples:
  deed new vault            a package in the new folder vault
  deed new work/vault       the same, in the folder work
  deed new coin --template token")]
pub(crate) struct New {
    /// The package's name, or a path whose last part is the name.
    name: PathBuf,
    /// What the package begins as.
    #[arg(long, value_enum, default_value_t)]
    template: Template,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum Template {
    /// A counter with an owner, an error, an event and a promise.
    #[default]
    Counter,
    /// A fungible token: an issuer, holders, allowances, and a proof that none is lost.
    Token,
    /// Coins that wait until the buyer releases them or the seller gives them back.
    Escrow,
    /// Titles as assets: each in one hand, never copied, never lost.
    Registry,
}

/// The files of a template by the name of its folder.
macro_rules! files {
    ($name:literal) => {
        [
            (MANIFEST, include_str!(concat!("../../templates/", $name, "/deed.toml"))),
            ("src/main.deed", include_str!(concat!("../../templates/", $name, "/src/main.deed"))),
            ("README.md", include_str!(concat!("../../templates/", $name, "/README.md"))),
            (".gitignore", include_str!(concat!("../../templates/", $name, "/gitignore"))),
        ]
    };
}

impl New {
    pub(crate) fn run(&self, terminal: &Terminal) -> Done {
        let folder = &self.name;
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned());
        if folder.exists() {
            let message = format!("`{}` exists already", folder.display());
            return Err(Trouble::usage(message)
                .help("choose another name, or use `deed init` inside it")
                .into());
        }
        make(folder, name.unwrap_or_default(), self.template)?;
        terminal.talk(format!(
            "made `{0}`; try `deed test --path {0}`, and read its README",
            folder.display()
        ));
        Ok(Exit::Fine)
    }
}

/// Writes a template's files into `folder`, which has no package yet.
pub(super) fn make(folder: &Path, name: String, template: Template) -> Result<(), Trouble> {
    let Name(name) = Name::try_from(name).map_err(Trouble::usage)?;
    if let Some((path, _)) = template.files().iter().find(|(path, _)| folder.join(path).exists()) {
        let message = format!("`{}` exists already", folder.join(path).display());
        return Err(Trouble::usage(message).help("nothing was written"));
    }
    for (path, text) in template.files() {
        files::write(&folder.join(path), text.replace("NAME", &name).as_bytes())?;
    }
    Ok(())
}

impl Template {
    /// Paths in the package, and texts in which `NAME` stands for the package's name.
    fn files(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Template::Counter => &files!("counter"),
            Template::Token => &files!("token"),
            Template::Escrow => &files!("escrow"),
            Template::Registry => &files!("registry"),
        }
    }
}
