//! `deed.toml`.
//!
//! In: its bytes. Out: [`Manifest`], or a problem with its place.
//! Holds always: a key that is not known is refused, since it is most often a misspelt one.

use std::collections::BTreeMap;

use deed_base::Diagnostic;
use deed_base::catalogue::{BAD_MANIFEST, NOT_UTF8};
use serde::Deserialize;
use toml::Spanned;

use crate::problem::{Document, Problem, Refusal};

/// The file's name.
pub const MANIFEST: &str = "deed.toml";

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub package: About,
    #[serde(default)]
    pub build: Build,
    /// What the package uses of others, by their names.
    #[serde(default)]
    pub dependencies: BTreeMap<Name, Spanned<Dependency>>,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    pub name: Name,
    pub version: Version,
    #[serde(default)]
    pub description: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Build {
    pub opt: Option<Level>,
}

/// Where another package is.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "a version, as in \"1.2.0\", or a path, as in { path = \"../roles\" }"
)]
pub enum Dependency {
    /// In `vendor/NAME` of the package that is built, with this version.
    Vendored(Version),
    /// In a folder, named from the folder of the manifest.
    Path(PathDependency),
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathDependency {
    pub path: String,
}

/// Letters, digits, `-` and `_`, beginning with a letter.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Name(pub String);

/// Three numbers with dots between them.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Version(pub String);

/// A level of optimisation, 0 to 3.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "i64")]
pub struct Level(pub u8);

impl TryFrom<String> for Name {
    type Error = String;

    fn try_from(text: String) -> Result<Name, String> {
        let begins = text.chars().next().is_some_and(char::is_alphabetic);
        if begins && text.chars().all(|c| c.is_alphanumeric() || "-_".contains(c)) {
            return Ok(Name(text));
        }
        Err(format!(
            "`{text}` is no name: use letters, digits, `-` and `_`, and begin with a letter"
        ))
    }
}

impl TryFrom<String> for Version {
    type Error = String;

    fn try_from(text: String) -> Result<Version, String> {
        let numbers = text.split('.').filter(|part| part.parse::<u32>().is_ok()).count();
        if numbers == 3 && text.split('.').count() == 3 {
            return Ok(Version(text));
        }
        Err(format!("`{text}` is no version: write three numbers, as in \"0.1.0\""))
    }
}

impl TryFrom<i64> for Level {
    type Error = String;

    fn try_from(level: i64) -> Result<Level, String> {
        let fits = u8::try_from(level).ok().filter(|level| *level <= 3);
        fits.map(Level).ok_or_else(|| format!("there is no level {level}: `opt` is 0, 1, 2 or 3"))
    }
}

impl Manifest {
    /// Reads the manifest called `name` in messages.
    ///
    /// # Errors
    /// If it is not UTF-8, no TOML, or not what a manifest holds.
    pub fn parse(name: &str, bytes: Vec<u8>) -> Result<Manifest, Problem> {
        Manifest::from_document(&document(name, bytes)?)
    }

    pub(crate) fn from_document(document: &Document) -> Result<Manifest, Problem> {
        toml::from_str(&document.text).map_err(|error| {
            let place = error.span().unwrap_or(0..0);
            document.problem(place, |span| Diagnostic::new(BAD_MANIFEST, span, error.message()))
        })
    }
}

/// A file of TOML as text.
pub(crate) fn document(name: &str, bytes: Vec<u8>) -> Result<Document, Refusal> {
    let text = String::from_utf8(bytes).map_err(|_| {
        Refusal::new(NOT_UTF8, format!("`{name}` is not UTF-8")).help("save it as UTF-8 text")
    })?;
    Ok(Document { name: name.to_owned(), text })
}
