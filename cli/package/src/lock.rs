//! `deed.lock`: which dependencies a package was last built with.
//!
//! In: the dependencies as found, and the file as it lies there. Out: a [`Lock`], or a problem.
//! Holds always: a vendored package is what it was when it was locked, byte for byte, or nothing is
//! built; a package named by a path is being worked on, so its text may change.

use std::path::{Path, PathBuf};

use deed_base::Diagnostic;
use deed_base::catalogue::{BAD_LOCK, VENDORED_CHANGED};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::graph::{Found, Source};
use crate::manifest::{MANIFEST, Name, Version, document};
use crate::problem::{Document, Problem, Refusal};
use crate::{read, slashed};

/// The file's name.
pub const LOCK: &str = "deed.lock";

const HEAD: &str = "\
# Written by deed: what this package depends on, as last built. Keep it with the sources.
";

/// What `deed.lock` should say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lock {
    /// Where the file is.
    pub path: PathBuf,
    /// All of its text.
    pub text: String,
    /// Whether the file there says something else, or is missing.
    pub stale: bool,
}

/// A dependency as the lock file names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Locked {
    pub(crate) name: Name,
    pub(crate) version: Version,
    pub(crate) origin: Origin,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Origin {
    Path(String),
    /// In `vendor/`, with the digest of its text.
    Vendored(String),
}

/// The file as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    #[serde(default, rename = "package")]
    packages: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
}

/// The form of the file that this version writes and reads.
const FORM: u32 = 1;

impl Lock {
    /// The lock of a package with these dependencies; `None` if it needs none and has none.
    pub(crate) fn of(root: &Path, found: &[Found]) -> Result<Option<Lock>, Problem> {
        let path = root.join(LOCK);
        let there = match path.exists() {
            true => Some(document(&slashed(&path), read(&path)?)?),
            false => None,
        };
        if found.is_empty() && there.is_none() {
            return Ok(None);
        }
        if let Some(there) = &there {
            unchanged(there, found)?;
        }
        let packages = found.iter().map(|found| found.locked.entry()).collect();
        let file = toml::to_string(&File { version: FORM, packages });
        let text = format!("{HEAD}{}", file.unwrap_or_default());
        let stale = there.is_none_or(|there| there.text != text);
        Ok(Some(Lock { path, text, stale }))
    }
}

impl Locked {
    fn entry(&self) -> Entry {
        let (path, sha256) = match self.origin.clone() {
            Origin::Path(path) => (Some(path), None),
            Origin::Vendored(digest) => (None, Some(digest)),
        };
        Entry { name: self.name.0.clone(), version: self.version.0.clone(), path, sha256 }
    }
}

impl Origin {
    /// The origin of a vendored package: SHA-256 over its manifest and sources, each as the length
    /// and bytes of its name and then of its text.
    pub(crate) fn vendored(root: &Path, sources: &[Source]) -> Result<Origin, Refusal> {
        let mut digest = Sha256::new();
        let manifest = Source { name: MANIFEST.to_owned(), path: root.join(MANIFEST) };
        for source in [&manifest].into_iter().chain(sources) {
            let text = read(&source.path)?;
            for part in [source.name.as_bytes(), &text] {
                digest.update((part.len() as u64).to_le_bytes());
                digest.update(part);
            }
        }
        let hex = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Origin::Vendored(hex))
    }
}

/// Whether what was vendored and locked is still the same.
fn unchanged(there: &Document, found: &[Found]) -> Result<(), Problem> {
    let file: File = toml::from_str(&there.text).map_err(|error| {
        there.problem(error.span().unwrap_or(0..0), |span| {
            Diagnostic::new(BAD_LOCK, span, error.message())
                .help("remove the file, and it is written anew")
        })
    })?;
    if file.version != FORM {
        let message = format!("form {} of the lock file is not known here", file.version);
        return Err(there.problem(0..0, |span| {
            Diagnostic::new(BAD_LOCK, span, message).help("use the version of deed that wrote it")
        }));
    }
    for Found { locked, .. } in found {
        let Origin::Vendored(now) = &locked.origin else { continue };
        let entry = file.packages.iter().find(|entry| entry.name == locked.name.0);
        let same_version = entry.filter(|entry| entry.version == locked.version.0);
        let Some(before) = same_version.and_then(|entry| entry.sha256.as_ref()) else { continue };
        if before != now {
            return Err(changed(there, locked, before));
        }
    }
    Ok(())
}

fn changed(there: &Document, locked: &Locked, before: &str) -> Problem {
    let start = there.text.find(before).unwrap_or(0);
    let name = &locked.name.0;
    let message = format!("the vendored package `{name}` is not what it was when it was locked");
    there.problem(start..start + before.len(), |span| {
        Diagnostic::new(VENDORED_CHANGED, span, message)
            .label("locked with this digest")
            .help(format!("restore `vendor/{name}`; if the change is meant, give it a new version"))
    })
}
