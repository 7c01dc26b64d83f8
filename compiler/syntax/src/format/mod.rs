//! Canonical text.
//!
//! In: a source without syntax errors. Out: the same tokens and comments in one style.
//! Holds always: formatting twice is formatting once; the tree stays the same; no comment is lost.
//!
//! The style keeps the writer's lines (a blank line between groups, a list over several lines)
//! and settles the rest: four spaces a level, one space between words, `{` and `else` at the end of
//! a line unless the clauses of a function stand on lines of their own. A block over several lines
//! has its braces to itself, and a list that makes its line too long has a line for each entry.

mod lines;
mod pieces;
mod spacing;
mod wrap;

use deed_base::{Diagnostics, SourceFile};

use crate::parser::parse_marked;

/// Formats a source, or says why it cannot be read.
pub fn format(source: &SourceFile) -> Result<String, Diagnostics> {
    let mut diagnostics = Diagnostics::new();
    let parsed = parse_marked(source, &mut diagnostics);
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    Ok(wrap::print(pieces::collect(source, &parsed)))
}
