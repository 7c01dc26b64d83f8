//! Patterns of the typed tree, and the arms they open.
//!
//! Holds always: a payload, tuple or struct has one pattern for each of its parts, in the order of
//! the declaration; every alternative of an `Or` binds the same variables.

use deed_base::Span;
use num_bigint::BigInt;

use super::{Block, Expr};
use crate::arena::{LocalId, StructId, VariantId};
use crate::ty::Ty;
use crate::value::Value;

#[derive(Clone, Debug)]
pub struct Pattern {
    pub kind: PatternKind,
    /// Of the values it is held against.
    pub ty: Ty,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum PatternKind {
    Wildcard,
    Bind(LocalId),
    Value(Value),
    /// Numbers; an end that is missing is open.
    Range {
        start: Option<BigInt>,
        end: Option<BigInt>,
        inclusive: bool,
    },
    /// Of an `Option` or `Result`.
    Case(Case, Vec<Pattern>),
    Variant(VariantId, Vec<Pattern>),
    Struct(StructId, Vec<Pattern>),
    Tuple(Vec<Pattern>),
    /// Of an array or `Vec`: its first and its last elements; without a rest there are no others.
    Array {
        parts: Vec<Pattern>,
        /// Where `..` stands among the parts, and what holds the elements it stands for.
        rest: Option<(usize, Box<Pattern>)>,
    },
    Or(Vec<Pattern>),
    /// Where a message has been given.
    Error,
}

/// A case of `Option` or `Result`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Case {
    Some,
    None,
    Ok,
    Err,
}

/// An arm of a `match`.
#[derive(Clone, Debug)]
pub struct Arm {
    pub pattern: Pattern,
    pub guard: Option<Expr>,
    pub body: Block,
    pub span: Span,
}

impl Case {
    pub const ALL: [Case; 4] = [Case::Some, Case::None, Case::Ok, Case::Err];

    pub fn name(self) -> &'static str {
        match self {
            Case::Some => "Some",
            Case::None => "None",
            Case::Ok => "Ok",
            Case::Err => "Err",
        }
    }

    /// The case that a word means.
    pub fn from_name(word: &str) -> Option<Case> {
        Case::ALL.into_iter().find(|case| case.name() == word)
    }
}

impl Pattern {
    /// The patterns directly under it.
    pub fn parts(&self) -> &[Pattern] {
        match &self.kind {
            PatternKind::Case(_, parts)
            | PatternKind::Variant(_, parts)
            | PatternKind::Struct(_, parts)
            | PatternKind::Tuple(parts)
            | PatternKind::Array { parts, .. }
            | PatternKind::Or(parts) => parts,
            _ => &[],
        }
    }

    /// Whether a message has been given about a part of it.
    pub fn has_error(&self) -> bool {
        let here = matches!(self.kind, PatternKind::Error) || self.ty.is_error();
        here || self.parts().iter().any(Pattern::has_error)
    }
}
