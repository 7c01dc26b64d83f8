//! The syntax tree: what was written, nothing more.
//!
//! In: nothing; the parser builds it. Out: plain owned data, one type a construct.
//! Holds always: every node carries its [`Span`]; names are not looked up, literals are checked and
//! decoded, parentheses are gone (the shape of the tree says what they said), and the tree is never
//! deeper than [`crate::MAX_DEPTH`] allows, so a recursive walk is safe. After a syntax error a tree
//! may hold `Invalid` nodes; a diagnostic has then been reported.

mod exprs;
mod functions;
mod items;
mod literals;
mod patterns;
mod stmts;
mod types;
pub mod walk;

pub use exprs::*;
pub use functions::*;
pub use items::*;
pub use literals::*;
pub use patterns::*;
pub use stmts::*;
pub use types::*;

use std::fmt;

use deed_base::{Span, Word};

/// A source file: `module scf.receivable`, its imports and its items.
#[derive(Clone, Debug)]
pub struct Module {
    /// The `//!` lines at its top.
    pub doc: Option<Doc>,
    /// The dotted name in the header; without segments if the header is missing.
    pub path: Path,
    pub uses: Vec<Use>,
    pub items: Vec<Item>,
    pub span: Span,
}

/// `use std.time.{Time, days as d}`: names of another module made known here.
///
/// `use std.money.Cny` has the module `std.money` and the one name `Cny`; whether that name is an
/// item or a module itself is for name resolution to say.
#[derive(Clone, Debug)]
pub struct Use {
    pub module: Path,
    pub names: UseNames,
    pub span: Span,
}

/// What a `use` takes from its module.
#[derive(Clone, Debug)]
pub enum UseNames {
    /// `.*`
    All,
    Names(Vec<UseName>),
}

/// One imported name, perhaps under another one.
#[derive(Clone, Debug)]
pub struct UseName {
    pub name: Ident,
    /// `as other`
    pub alias: Option<Ident>,
}

impl UseName {
    /// The name by which this module knows it.
    pub fn local(&self) -> &Ident {
        self.alias.as_ref().unwrap_or(&self.name)
    }
}

/// A name as written, in Unicode normalisation form C.
///
/// The empty name stands where one was missing (`self.` at a line's end); it was reported.
/// A tuple's field has its number as its name.
#[derive(Clone)]
pub struct Ident {
    pub name: Word,
    pub span: Span,
}

impl Ident {
    pub fn new(name: impl Into<Word>, span: Span) -> Self {
        Ident { name: name.into(), span }
    }

    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// Whether the parser put it where a name was missing.
    pub fn is_missing(&self) -> bool {
        self.name.is_empty()
    }
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Debug for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.name)
    }
}

/// A dotted name outside expressions: `Bank.Insufficient`, `std.money`.
#[derive(Clone, Debug)]
pub struct Path {
    pub segments: Vec<Ident>,
    pub span: Span,
}

impl Path {
    /// The last segment, the thing meant; `None` only for the path of a module without header.
    pub fn last(&self) -> Option<&Ident> {
        self.segments.last()
    }

    /// The name if there is but one.
    pub fn as_single(&self) -> Option<&Ident> {
        match self.segments.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, segment) in self.segments.iter().enumerate() {
            if i > 0 {
                f.write_str(".")?;
            }
            f.write_str(&segment.name)?;
        }
        Ok(())
    }
}

/// Consecutive `///` (or `//!`) lines as one text, Markdown, without the slashes.
#[derive(Clone, Debug)]
pub struct Doc {
    pub text: String,
    pub span: Span,
}
