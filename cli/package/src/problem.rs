//! Why a package cannot be had.
//!
//! In: nothing. Out: [`Problem`], in words or at a place of a `deed.toml`.

use deed_base::{Code, Diagnostic, Diagnostics, SourceMap, Span};

/// Why something on disk cannot be used.
#[derive(Debug)]
pub enum Problem {
    /// It has no place in a text.
    Plain(Refusal),
    /// It has one, in a manifest or a lock file.
    Placed { sources: SourceMap, diagnostics: Diagnostics },
}

/// A problem in words: what is wrong and what to do about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    pub code: Code,
    pub message: String,
    pub help: Option<String>,
}

impl Refusal {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Refusal {
        Refusal { code, message: message.into(), help: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Refusal {
        self.help = Some(help.into());
        self
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        Problem::Plain(refusal)
    }
}

/// A text in which problems have places.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// As messages call it.
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Document {
    /// The problem that `tell` words for the bytes `place` of the text.
    pub(crate) fn problem(
        &self,
        place: std::ops::Range<usize>,
        tell: impl FnOnce(Span) -> Diagnostic,
    ) -> Problem {
        let mut sources = SourceMap::new();
        let id = sources.add(&self.name, self.text.clone());
        let mut diagnostics = Diagnostics::new();
        diagnostics.push(tell(Span::new(id, place.start as u32, place.end as u32)));
        Problem::Placed { sources, diagnostics }
    }
}
