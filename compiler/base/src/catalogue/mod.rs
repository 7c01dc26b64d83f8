//! The one catalogue of diagnostic codes.
//!
//! In: nothing. Out: a constant a code, and its page for `deed explain`.
//! Holds always: a code has one meaning for ever, a page in `docs/errors/` (embedded here, so that a
//! missing page does not compile), and belongs to the file of the stage that reports it.
//!
//! | range | stage |
//! |---|---|
//! | E00xx | reading sources and the lexer |
//! | E01xx | parser |
//! | E02xx | names |
//! | E03xx | types |
//! | E04xx | contracts: state, effects, errors, events |
//! | E05xx | assets and ownership |
//! | E06xx | constants |
//! | E07xx | verification |
//! | E08xx | packages and the command line |
//! | E09xx | what is not built yet |
//! | E10xx | lints |

mod chain;
mod constants;
mod contracts;
mod lexing;
mod lints;
mod names;
mod ownership;
mod packages;
mod parsing;
mod types;
mod unfinished;
mod verification;

pub use chain::*;
pub use constants::*;
pub use contracts::*;
pub use lexing::*;
pub use lints::*;
pub use names::*;
pub use ownership::*;
pub use packages::*;
pub use parsing::*;
pub use types::*;
pub use unfinished::*;
pub use verification::*;

use std::fmt;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    Error,
    Warning,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// An entry of the catalogue.
#[derive(Clone, Copy)]
pub struct Code {
    /// `E0301`.
    pub id: &'static str,
    pub severity: Severity,
    /// A few words, the same for every occurrence.
    pub title: &'static str,
    /// Its page, in Markdown.
    pub page: &'static str,
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Code {}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

/// Declares the codes of a stage: `NAME = "E0301", Error, "title";`.
macro_rules! codes {
    ($($name:ident = $id:literal, $severity:ident, $title:literal;)*) => {
        $(pub const $name: $crate::catalogue::Code = $crate::catalogue::Code {
            id: $id,
            severity: $crate::catalogue::Severity::$severity,
            title: $title,
            page: include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"), "/../../docs/errors/", $id, ".md"
            )),
        };)*
        pub(super) const CODES: &[$crate::catalogue::Code] = &[$($name),*];
    };
}
use codes;

/// Every code, stage by stage.
#[allow(unused_qualifications, reason = "the lint takes the first glob's `CODES` for everyone's")]
pub fn all() -> impl Iterator<Item = Code> {
    let stages = [
        lexing::CODES,
        parsing::CODES,
        names::CODES,
        types::CODES,
        contracts::CODES,
        chain::CODES,
        ownership::CODES,
        verification::CODES,
        constants::CODES,
        packages::CODES,
        unfinished::CODES,
        lints::CODES,
    ];
    stages.into_iter().flatten().copied()
}

/// The entry of a code written as `E0301` or `e0301`.
pub fn find(id: &str) -> Option<Code> {
    all().find(|code| code.id.eq_ignore_ascii_case(id))
}
