//! The documentation of a package, as data.
//!
//! In: syntax trees, the typed package, sources. Out: a [`Manual`], and its pages as Markdown.
//! Holds always: only what others may use is described, in the order of the source; code is shown as
//! it was written; effects are those that the checker inferred.

mod collect;
mod facts;
mod markdown;

pub use collect::describe;
pub use markdown::markdown;

/// What is documented of a package.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Manual {
    pub modules: Vec<ModuleDoc>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModuleDoc {
    /// `scf.receivable`
    pub path: String,
    /// Markdown, as all texts of people are.
    pub text: String,
    pub entries: Vec<Entry>,
}

/// An item, or a member of one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// As declared: `contract`, `entry fn`, `event`.
    pub kind: &'static str,
    pub name: String,
    /// As written, without the body.
    pub code: String,
    pub text: String,
    pub facts: Vec<Fact>,
    pub members: Vec<Entry>,
}

/// What the checker found out about a function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fact {
    /// `reads`, `writes`, `emits`, `calls`, `deploys`, `sends`, `may trap`
    pub label: &'static str,
    pub values: Vec<String>,
}
