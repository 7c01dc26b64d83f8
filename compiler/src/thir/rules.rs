//! Rules in the typed tree: what must never happen across functions and transactions.
//!
//! Holds always: a rule belongs to one contract, whose `self` its clauses speak of; its parameters
//! stand for every value of their types.

use deed_base::Span;

use super::{Clause, Expr, Local, Name, Param, Place};
use crate::arena::{Arena, ContractId, EventId, FnId, LocalId, ModuleId};

/// `rule no_second_exit { never .. }`
#[derive(Clone, Debug)]
pub struct Rule {
    pub name: Name,
    pub module: ModuleId,
    pub contract: ContractId,
    pub docs: String,
    pub params: Vec<Param>,
    pub clauses: Vec<RuleClause>,
    /// Parameters first.
    pub locals: Arena<LocalId, Local>,
}

#[derive(Clone, Debug)]
pub struct RuleClause {
    pub kind: RuleClauseKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum RuleClauseKind {
    /// The rule speaks of these cases only.
    Assume(Clause),
    /// No state that can be reached satisfies it.
    Never(Clause),
    /// No such sequence of calls, with none of `without` between them.
    Sequence { steps: Vec<RuleCall>, without: Option<RuleCall> },
    /// The access belongs to these functions.
    Only { functions: Vec<FnId>, access: RuleAccess },
    /// What comes from the source reaches the sink only behind the guard.
    Flow { source: Expr, sink: Place, without: Option<RuleCall> },
}

/// A call of a function of the contract, with the values demanded of its arguments.
#[derive(Clone, Debug)]
pub struct RuleCall {
    pub function: FnId,
    pub args: Vec<Option<Expr>>,
    pub span: Span,
}

/// What an `only` clause restricts.
#[derive(Clone, Debug)]
pub enum RuleAccess {
    Read(Place),
    Write(Place),
    Call(FnId),
    Emit(EventId),
}
