//! The resolved tree of what goes on later, of queries, tests and rules.
//!
//! Holds always: calls inside are ordinary calls, whose suffixes stand beside them here.

use deed_base::Span;

use super::{Arg, Expr, Local, Param, Type};
use crate::arena::{Arena, ContractId, ErrorId, EventId, FnId, LocalId, ModuleId};
use crate::thir::{Name, RuleAccess as Access, ScheduleWhen};

/// What the index gives as a struct.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RecordOf {
    Event(EventId),
    /// Any event of a contract: `C.Event`.
    Contract(ContractId),
}

/// What goes on later, or asks the index.
#[derive(Clone, Debug)]
pub enum Chain {
    /// `await call timeout d`
    Await { call: Expr, timeout: Option<Expr> },
    /// `schedule self.f(args) at t gas n`
    Schedule { call: Expr, at: Option<Expr>, gas: Option<Expr> },
    /// `source.where(conditions).first(n)`
    Query(Query),
    /// `provenance(self.x)`
    Provenance(Vec<Arg>),
    /// `inflight::<T>`
    Inflight(Option<Type>),
    /// `tx.slot`
    Slot,
}

#[derive(Clone, Debug)]
pub struct Query {
    pub source: QuerySource,
    pub conditions: Vec<Condition>,
    /// `first` or `last`, and what stands in its parentheses.
    pub end: Option<(Name, Vec<Arg>)>,
}

#[derive(Clone, Debug)]
pub enum QuerySource {
    Event(EventId),
    /// `C.events`
    Events(ContractId),
    /// What should be a table.
    Value(Expr),
}

/// `.owner == a`, `height in h1..h2`
#[derive(Clone, Debug)]
pub struct Condition {
    pub column: Name,
    /// Whether it was written with a dot, and not as one of the words of the index.
    pub dot: bool,
    pub value: Expr,
    /// `in`, and not `==`.
    pub range: bool,
    pub span: Span,
}

/// An expression of a test.
#[derive(Clone, Debug)]
pub enum TestExpr {
    /// `alice`
    Known(u32),
    /// `account("name")`
    Account(Vec<Arg>),
    /// `public_key("name")`
    PublicKey(Vec<Arg>),
    /// `sign("name", message)`
    Sign(Vec<Arg>),
    /// `call from who`
    From { call: Expr, who: Expr },
}

/// A statement of a test.
#[derive(Clone, Debug)]
pub enum TestStmt {
    Warp { by: bool, amount: Expr },
    Expect { what: Expected, call: Expr },
}

/// What is to come of a call.
#[derive(Clone, Debug)]
pub enum Expected {
    Throw(Wanted<ErrorId>),
    Trap(Name),
    Emit(Wanted<EventId>),
    /// Where a message has been given.
    Error,
}

/// `E(a, name: b, ..)`: what is demanded of an error or event.
#[derive(Clone, Debug)]
pub struct Wanted<T> {
    pub of: T,
    pub args: Vec<Arg>,
    /// Whether `..` stands at the end, or nothing at all is said of the fields.
    pub open: bool,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct TestDef {
    pub title: Name,
    pub module: ModuleId,
    pub contract: Option<ContractId>,
    pub docs: String,
    pub function: FnId,
}

/// When scheduled work runs; what is not constant yet is still an expression.
#[derive(Clone, Debug)]
pub struct Schedule {
    pub when: When,
    pub gas: Option<Expr>,
    pub missed: Option<MissedRuns>,
    pub span: Span,
}

/// `missed catch_up(3)`
#[derive(Clone, Debug)]
pub struct MissedRuns {
    pub policy: Name,
    pub most: Vec<Arg>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum When {
    Every(Expr),
    /// A pattern that was checked.
    Known(ScheduleWhen),
    Error,
}

#[derive(Clone, Debug)]
pub struct Rule {
    pub name: Name,
    pub module: ModuleId,
    pub contract: ContractId,
    pub docs: String,
    pub params: Vec<Param>,
    pub clauses: Vec<RuleClause>,
    pub locals: Arena<LocalId, Local>,
}

#[derive(Clone, Debug)]
pub struct RuleClause {
    pub kind: RuleClauseKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum RuleClauseKind {
    Assume(Expr),
    Never(Expr),
    Sequence {
        steps: Vec<RuleCall>,
        without: Option<RuleCall>,
    },
    Only {
        functions: Vec<FnId>,
        access: RuleAccess,
    },
    Flow {
        source: Expr,
        sink: Expr,
        without: Option<RuleCall>,
    },
    /// Where a message has been given.
    Error,
}

/// `self.f(a, ..)`
#[derive(Clone, Debug)]
pub struct RuleCall {
    pub function: FnId,
    pub args: Vec<Arg>,
    pub open: bool,
    pub span: Span,
}

/// What an `only` clause restricts; places are still expressions.
#[derive(Clone, Debug)]
pub enum RuleAccess {
    Place { write: bool, place: Expr },
    Known(Access),
}

/// `policy compatible by self.admin`
#[derive(Clone, Debug)]
pub struct Policy {
    pub level: crate::thir::PolicyLevel,
    pub by: Option<Expr>,
    pub span: Span,
}

impl Chain {
    /// The expressions directly under it, in source order.
    pub fn exprs(&self) -> Vec<&Expr> {
        match self {
            Chain::Await { call, timeout } => [call].into_iter().chain(timeout).collect(),
            Chain::Schedule { call, at, gas } => [call].into_iter().chain(at).chain(gas).collect(),
            Chain::Query(query) => {
                let source = match &query.source {
                    QuerySource::Value(value) => Some(value),
                    QuerySource::Event(_) | QuerySource::Events(_) => None,
                };
                let conditions = query.conditions.iter().map(|condition| &condition.value);
                let end = query.end.iter().flat_map(|(_, args)| values(args));
                source.into_iter().chain(conditions).chain(end).collect()
            }
            Chain::Provenance(args) => values(args).collect(),
            Chain::Inflight(_) | Chain::Slot => Vec::new(),
        }
    }
}

impl TestExpr {
    /// The expressions directly under it, in source order.
    pub fn exprs(&self) -> Vec<&Expr> {
        match self {
            TestExpr::Known(_) => Vec::new(),
            TestExpr::Account(args) | TestExpr::PublicKey(args) | TestExpr::Sign(args) => {
                values(args).collect()
            }
            TestExpr::From { call, who } => vec![call, who],
        }
    }
}

impl TestStmt {
    /// The expressions directly under it, in source order.
    pub fn exprs(&self) -> Vec<&Expr> {
        match self {
            TestStmt::Warp { amount, .. } => vec![amount],
            TestStmt::Expect { what, call } => {
                let args: &[Arg] = match what {
                    Expected::Throw(wanted) => &wanted.args,
                    Expected::Emit(wanted) => &wanted.args,
                    Expected::Trap(_) | Expected::Error => &[],
                };
                values(args).chain([call]).collect()
            }
        }
    }
}

fn values(args: &[Arg]) -> impl Iterator<Item = &Expr> {
    args.iter().map(|arg| &arg.value)
}
