//! Specifications in the typed tree: what must hold, for the verifier and for run-time checks.
//!
//! Holds always: the expression of a [`Clause`] has type `bool`, computes on unbounded integers
//! (`Ty::SpecInt`), and never traps.

use deed_base::Span;

use super::body::{Expr, Place, Range, Throw};
use crate::arena::{ErrorId, LocalId};
use crate::ty::Ty;

/// What a function asks, promises and needs in order to end.
#[derive(Clone, Debug, Default)]
pub struct FnSpec {
    pub requires: Vec<Requires>,
    pub ensures: Vec<Clause>,
    pub throws_when: Vec<ThrowsWhen>,
    /// `no_trap when cond`: where `cond` held at entry, no run traps.
    pub no_trap: Vec<Clause>,
    /// For recursion: measures that fall with each call, the first difference decides.
    pub decreases: Vec<Measure>,
    /// The places that it may change; `None` if there is no such clause.
    pub modifies: Option<Vec<Place>>,
}

/// What a loop keeps, and why it ends.
#[derive(Clone, Debug, Default)]
pub struct LoopSpec {
    pub invariants: Vec<Clause>,
    pub decreases: Vec<Measure>,
}

/// One condition.
#[derive(Clone, Debug)]
pub struct Clause {
    pub cond: Expr,
    /// With its keyword.
    pub span: Span,
}

/// One measure of type `SpecInt`, never below zero.
#[derive(Clone, Debug)]
pub struct Measure {
    pub value: Expr,
    pub span: Span,
}

/// `requires cond else E(args)`.
#[derive(Clone, Debug)]
pub struct Requires {
    pub clause: Clause,
    /// The same condition as a program computes it, on `entry` and `init`, where it is checked
    /// before the body. If it holds without a trap, so does the clause.
    pub check: Option<Expr>,
    /// What is thrown if it does not hold; without one, the call traps.
    pub otherwise: Option<Throw>,
}

/// `throws E when cond`: if E is thrown, `cond` held at entry.
#[derive(Clone, Debug)]
pub struct ThrowsWhen {
    pub error: ErrorId,
    pub clause: Clause,
    /// `exactly when`: and if `cond` held, E is thrown.
    pub exactly: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum QuantifierKind {
    Forall,
    Exists,
}

/// The variables of a quantifier or sum, and what they run over.
#[derive(Clone, Debug)]
pub struct Binder {
    /// One for a type, a range, or a map's values; two for a map's keys and values.
    pub locals: Vec<LocalId>,
    pub domain: Domain,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum Domain {
    /// Every value of a type.
    Type(Ty),
    Range(Box<Range>),
    /// The entries of a map or set, the elements of an array or `Vec`.
    Collection(Box<Expr>),
}
