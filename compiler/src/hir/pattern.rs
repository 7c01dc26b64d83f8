//! Patterns of the resolved tree.
//!
//! Holds always: every alternative of an `A | B` binds the variables of the first one; where one
//! does not, a message has been given.

use deed_base::Span;

use super::Expr;
use crate::arena::{EnumId, LocalId, StructId};
use crate::thir::{Case, Name};

#[derive(Clone, Debug)]
pub struct Pattern {
    pub kind: PatternKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum PatternKind {
    Wildcard,
    /// A bare name.
    Bind(LocalId),
    /// A literal or a constant.
    Value(Box<Expr>),
    /// `a..b`, `a..=b`; an end that is missing is open.
    Range {
        start: Option<Box<Expr>>,
        end: Option<Box<Expr>>,
        inclusive: bool,
    },
    /// `Some(p)`, `None`, `Ok(p)`, `Err(p)`
    Case(Case, Vec<PatternArg>),
    /// `Status.Pledged(to)`; `.Pledged(to)`, whose enum the value tells.
    Variant {
        of: Option<EnumId>,
        name: Name,
        /// `None` where no parentheses are written.
        args: Option<Vec<PatternArg>>,
    },
    /// `Point { x, y: 0, .. }`
    Struct {
        id: StructId,
        fields: Vec<(Name, Pattern)>,
        rest: bool,
    },
    Tuple(Vec<PatternArg>),
    /// `[first, .., last]`
    Array(Vec<Pattern>),
    /// `..rest` in an array.
    RestBind(LocalId),
    /// `..` among the parts of a payload or tuple.
    Rest,
    /// `A | B`
    Or(Vec<Pattern>),
    /// Where a message has been given.
    Error,
}

/// A part of a payload or tuple, with its name if that was written.
#[derive(Clone, Debug)]
pub struct PatternArg {
    pub name: Option<Name>,
    pub pattern: Pattern,
}

/// `P if guard => body`
#[derive(Clone, Debug)]
pub struct Arm {
    pub pattern: Pattern,
    pub guard: Option<Expr>,
    pub body: Expr,
    pub span: Span,
}
