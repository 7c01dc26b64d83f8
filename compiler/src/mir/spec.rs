//! Specifications in the middle form: clauses of the typed tree, and what their variables are here.
//!
//! In: nothing. Out: [`LoopHead`], [`Claim`].
//! Holds always, before optimisation: each variable that a clause names, and that is in scope where
//! it stands, is in its map, with a value that reaches this point. Optimisation drops specifications
//! before it changes anything else; code generation ignores them.

use std::collections::BTreeMap;

use deed_base::Span;

use super::ValueId;
use crate::arena::LocalId;
use crate::thir::{Clause, LoopSpec};

/// The values of the variables in scope at some point.
pub type LocalValues = BTreeMap<LocalId, ValueId>;

/// What is known of a loop where its turns begin.
#[derive(Clone, Debug)]
pub struct LoopHead {
    pub spec: LoopSpec,
    /// Variables that the loop changes are parameters of the head; the others are older values.
    pub locals: LocalValues,
    /// The whole loop.
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClaimKind {
    /// To be proved; what can be computed is tested as well, by an [`super::Op::Assert`] that follows.
    Assert,
    /// Believed.
    Assume,
}

/// What a specification says in the middle of a function.
#[derive(Clone, Debug)]
pub struct Claim {
    pub kind: ClaimKind,
    pub clause: Clause,
    pub locals: LocalValues,
}
