//! Patterns.

use deed_base::Span;

use super::{Ident, IntLit, Path};

#[derive(Clone, Debug)]
pub struct Pattern {
    pub kind: PatternKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum PatternKind {
    /// `_`
    Wildcard,
    /// A bare name. It binds, unless it names a constant or is one of `Some None Ok Err`, which
    /// only name resolution can tell.
    Name(Ident),
    /// `Status.Live`, without payload
    Path(Box<Path>),
    /// `.Live`, without payload, of a type that is known
    Implicit(Ident),
    /// `Some(x)`, `Status.Pledged(to, ..)`, `BadSplit(asked: a)`
    Call {
        path: Box<Path>,
        args: Vec<PatternArg>,
    },
    /// `.Pledged(to)`
    ImplicitCall {
        name: Box<Ident>,
        args: Vec<PatternArg>,
    },
    /// `Receivable { id, amount: a, .. }`
    Struct {
        path: Box<Path>,
        fields: Vec<FieldPattern>,
        rest: bool,
    },
    /// `(a, b)`
    Tuple(Vec<Pattern>),
    /// `[first, .., last]`
    Array(Vec<Pattern>),
    /// `..` or `..rest`, inside `()` and `[]` only
    Rest(Option<Ident>),
    Literal(LiteralPattern),
    /// `a..b`, `a..=b`; an end that is missing is open
    Range {
        start: Option<Box<LiteralPattern>>,
        end: Option<Box<LiteralPattern>>,
        inclusive: bool,
    },
    /// `A | B`: two or more alternatives
    Or(Vec<Pattern>),
}

/// A sub-pattern of a payload, with the name of its part if that was given.
#[derive(Clone, Debug)]
pub struct PatternArg {
    pub name: Option<Ident>,
    pub pattern: Pattern,
}

/// `amount: a`; the short form `amount` binds the field's own name.
#[derive(Clone, Debug)]
pub struct FieldPattern {
    pub name: Ident,
    pub pattern: Pattern,
}

/// A constant value in a pattern.
#[derive(Clone, Debug)]
pub enum LiteralPattern {
    Int {
        negative: bool,
        value: Box<IntLit>,
    },
    Bool(bool),
    Str(String),
    Bytes(Vec<u8>),
    /// The name of a constant, as the end of a range.
    Path(Box<Path>),
}
