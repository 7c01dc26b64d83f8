//! The actions of the grammar: from its pieces to the tree.
//!
//! In: what the productions collected. Out: nodes of [`crate::ast`].
//! Holds always: an action never fails; what the grammar is too wide for is reported here.

mod exprs;
mod functions;
mod items;
mod ops;
mod patterns;
mod stmts;

pub(crate) use exprs::*;
pub(crate) use functions::*;
pub(crate) use items::*;
pub(crate) use ops::*;
pub(crate) use patterns::*;
pub(crate) use stmts::*;

use deed_base::Span;

use crate::ast::{Ident, Path};

/// A dotted name; the grammar gives at least one segment.
pub(crate) fn path_of(segments: Vec<Ident>) -> Path {
    let first = segments.first().map_or(Span::default(), |s| s.span);
    let span = segments.last().map_or(first, |last| first.to(last.span));
    Path { segments, span }
}

/// What came in boxes, so that the parser's symbols stay small.
pub(crate) fn unboxed<T>(boxes: Vec<Box<T>>) -> Vec<T> {
    boxes.into_iter().map(|one| *one).collect()
}

/// A list with room for what most often follows.
pub(crate) fn first_of_several<T>(first: T) -> Vec<T> {
    let mut list = Vec::with_capacity(4);
    list.push(first);
    list
}

pub(crate) fn prepend<T>(first: T, mut rest: Vec<T>) -> Vec<T> {
    rest.insert(0, first);
    rest
}
