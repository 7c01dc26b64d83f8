//! `deed.toml`.
//!
//! In: its bytes. Out: [`Manifest`], or a diagnostic with the place.
//! Holds always: a key that is not known is refused, since it is most often a misspelt one.

use deed_base::catalogue::{BAD_MANIFEST, NOT_UTF8};
use deed_base::{Diagnostic, Diagnostics, SourceMap, Span};
use serde::Deserialize;

use crate::exit::{Exit, Failure, Trouble};

/// The file's name.
pub(crate) const MANIFEST: &str = "deed.toml";

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    pub(crate) package: About,
    #[serde(default)]
    pub(crate) build: Build,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct About {
    pub(crate) name: Name,
    pub(crate) version: Version,
    #[serde(default)]
    pub(crate) description: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Build {
    pub(crate) opt: Option<Level>,
}

/// Letters, digits, `-` and `_`, beginning with a letter.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Name(pub(crate) String);

/// Three numbers with dots between them.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Version(pub(crate) String);

/// A level of optimisation, 0 to 3.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "i64")]
pub(crate) struct Level(pub(crate) u8);

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
    pub(crate) fn parse(name: &str, bytes: Vec<u8>) -> Result<Manifest, Failure> {
        let text = String::from_utf8(bytes).map_err(|_| {
            Trouble::failed(format!("`{name}` is not UTF-8"))
                .code(NOT_UTF8)
                .help("save it as UTF-8 text")
        })?;
        toml::from_str(&text).map_err(|error| complaint(name, text, &error))
    }
}

fn complaint(name: &str, text: String, error: &toml::de::Error) -> Failure {
    let mut sources = SourceMap::new();
    let place = error.span().unwrap_or(0..0);
    let id = sources.add(name, text);
    let span = Span::new(id, place.start as u32, place.end as u32);
    let mut diagnostics = Diagnostics::new();
    diagnostics.push(Diagnostic::new(BAD_MANIFEST, span, error.message()));
    Failure::Sources { exit: Exit::Failed, sources, diagnostics }
}
