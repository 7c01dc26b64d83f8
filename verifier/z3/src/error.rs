//! Why Z3 could not be provided, and what to do about it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::{OVERRIDE, VERSION};

/// Why Z3 could not be provided. The text of each names the remedy.
#[derive(Debug)]
pub enum Error {
    /// Neither `XDG_CACHE_HOME` nor `HOME` names an absolute path.
    NoCacheFolder,
    /// There is no `python3`.
    NoPython,
    /// Python has no module `pip`.
    NoPip,
    /// pip refused or failed; what it said.
    Download(String),
    /// The wheel is not as expected; what Python said.
    Unpack(String),
    /// The folder the user named holds no Z3.
    EmptyOverride(PathBuf),
    /// The operating system refused.
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Its answer.
        error: io::Error,
    },
}

impl Error {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Io { action, path, error }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCacheFolder => write!(
                f,
                "there is no folder to keep Z3 {VERSION} in\n\
                 help: set HOME or XDG_CACHE_HOME to an absolute path"
            ),
            Self::NoPython => missing(f, "python3"),
            Self::NoPip => missing(f, "pip, Python's installer (Debian: python3-pip)"),
            Self::Download(said) => write!(
                f,
                "pip could not download Z3 {VERSION}:\n{said}\n\
                 help: check the network and pip's configuration, or set {OVERRIDE} to a folder \
                 that holds libz3 {VERSION}"
            ),
            Self::Unpack(said) => {
                write!(f, "the package of Z3 {VERSION} could not be unpacked:\n{said}")
            }
            Self::EmptyOverride(folder) => write!(
                f,
                "{OVERRIDE} names {}, which holds no libz3.so\n\
                 help: name the folder that holds it, or unset {OVERRIDE}",
                folder.display()
            ),
            Self::Io { action, path, error } => {
                write!(f, "could not {action} {}: {error}", path.display())
            }
        }
    }
}

impl std::error::Error for Error {}

fn missing(f: &mut fmt::Formatter<'_>, what: &str) -> fmt::Result {
    write!(
        f,
        "Z3 {VERSION} is downloaded with {what}, which this machine lacks\n\
         help: run `cargo xtask setup`, or set {OVERRIDE} to a folder that holds libz3 {VERSION}"
    )
}
