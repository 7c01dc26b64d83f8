//! What a chain does by itself in the typed tree: work that goes on in a later transaction, work on a
//! schedule, queries of its index, and how a contract changes from one version to the next.
//!
//! Holds always: arguments stand in the order of the parameters; a query is bounded, and each of its
//! conditions speaks of a column that is indexed.

use deed_base::Span;

use super::{ContractCall, Expr, Place};
use crate::arena::{ContractId, EventId, FieldId, FnId};

/// What goes on later, or asks the index.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "the node that holds it keeps it in a box")]
pub enum Chain {
    /// `await call timeout d`: what came before is committed, and the answer comes in a later block.
    Await(Await),
    /// `schedule self.f(args) at t gas n`, of type `Ty::Scheduled`.
    Schedule(Scheduling),
    /// `handle.cancel()`: whether the work was still to be done.
    Cancel(Expr),
    /// A `Vec` of rows or events.
    Query(Query),
    /// An operation on a table in its place.
    Table(TableCall),
    /// `provenance(self.x)`: the changes of a `traced` place, the oldest first.
    Provenance(Place),
    /// `inflight::<T>`: the values of a type in continuations that are pending; in specifications.
    Inflight,
    /// `tx.slot`: the nominal time of scheduled work.
    Slot,
}

#[derive(Clone, Debug)]
pub struct Await {
    pub call: ContractCall,
    /// A `Duration` from now.
    pub timeout: Expr,
}

#[derive(Clone, Debug)]
pub struct Scheduling {
    /// Of the same contract.
    pub function: FnId,
    pub args: Vec<Expr>,
    /// A `Time`.
    pub at: Expr,
    /// What it may cost (`u64`), paid from the contract's deposit.
    pub gas: Expr,
}

/// `source.where(conditions).first(n)`
#[derive(Clone, Debug)]
pub struct Query {
    pub source: QuerySource,
    /// All of them hold.
    pub conditions: Vec<Condition>,
    /// The newest rows and not the oldest; the order is from old to new in any case.
    pub last: bool,
    /// At most so many (`u64`).
    pub count: Expr,
}

#[derive(Clone, Debug)]
pub enum QuerySource {
    /// This contract's own emissions of an event.
    Event(EventId),
    /// Those of every event of a contract that has the columns.
    Events(ContractId),
    /// The rows of a table.
    Table(Place),
}

/// `.owner == a`, `height in h1..h2`
#[derive(Clone, Debug)]
pub struct Condition {
    pub column: Column,
    pub test: ColumnTest,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum ColumnTest {
    Is(Expr),
    /// An end that is missing is open.
    In {
        start: Option<Expr>,
        end: Option<Expr>,
        inclusive: bool,
    },
}

/// What a condition speaks of.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Column {
    /// A field of an event, counted from 0.
    Event(EventId, u32),
    /// A field of the row of a table.
    Row(FieldId),
    /// A field of this name in every event of a contract that has it.
    Shared(String),
    /// The block (`u64`).
    Height,
    /// The place of the transaction in its block (`u32`).
    Transaction,
    /// The place of the event in its transaction (`u32`).
    Log,
}

#[derive(Clone, Debug)]
pub struct TableCall {
    pub op: TableOp,
    pub table: Place,
    pub args: Vec<Expr>,
}

/// The operations on a table, whose rows have numbers (`u64`) that are never used again.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TableOp {
    /// `insert(row)`: gives the row's number.
    Insert,
    /// `has(id)`
    Has,
    /// `get(id)`: the row as an `Option`.
    Get,
    /// `replace(id, row)`: gives the old row as an `Option`.
    Replace,
    /// `take(id)`: removes, and gives the row as an `Option`.
    Take,
    /// `remove(id)`: removes, and says whether the row was there.
    Remove,
}

/// When scheduled work runs and what it may cost.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Schedule {
    pub when: ScheduleWhen,
    /// Declared gas of one run.
    pub gas: u64,
    pub missed: Missed,
    pub span: Span,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ScheduleWhen {
    /// Seconds from one run to the next, at least one.
    Every(u64),
    Cron(Cron),
}

/// `cron "0 10 * * *" in "+08:00"`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cron {
    /// As written, with single spaces.
    pub pattern: String,
    /// What the clock shows, in minutes before (−) or after UTC.
    pub offset: i16,
}

/// What becomes of runs that were missed while the chain stood still.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Missed {
    Skip,
    /// One run for all of them.
    Once,
    /// Each of them, at most so many a block.
    CatchUp(u32),
}

/// `version 2 upgrades 1`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Version {
    pub number: u64,
    /// The version whose state it takes over.
    pub upgrades: Option<u64>,
    pub span: Span,
}

/// `policy compatible by self.admin`
#[derive(Clone, Debug)]
pub struct Policy {
    pub level: PolicyLevel,
    /// The `Address` that may upgrade.
    pub by: Option<Expr>,
    pub span: Span,
}

/// How far an upgrade may go; a later version may only tighten it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PolicyLevel {
    /// There is no later version.
    Immutable,
    /// Functions and state may be added.
    Additive,
    /// Anything that keeps the interface.
    Compatible,
}

impl Chain {
    /// Its operands, in the order of evaluation; places not among them.
    pub fn parts(&self) -> Vec<&Expr> {
        match self {
            Chain::Await(wait) => {
                let call = &wait.call;
                let before = [&call.target].into_iter().chain(&call.args);
                before.chain(call.options.iter()).chain([&wait.timeout]).collect()
            }
            Chain::Schedule(work) => work.args.iter().chain([&work.at, &work.gas]).collect(),
            Chain::Cancel(value) => vec![value],
            Chain::Query(query) => {
                let tests = query.conditions.iter().flat_map(|c| c.test.parts());
                tests.chain([&query.count]).collect()
            }
            Chain::Table(call) => call.args.iter().collect(),
            Chain::Provenance(_) | Chain::Inflight | Chain::Slot => Vec::new(),
        }
    }

    pub fn parts_mut(&mut self) -> Vec<&mut Expr> {
        match self {
            Chain::Await(Await { call, timeout }) => {
                let before = [&mut call.target].into_iter().chain(&mut call.args);
                before.chain(call.options.iter_mut()).chain([timeout]).collect()
            }
            Chain::Schedule(Scheduling { args, at, gas, .. }) => {
                args.iter_mut().chain([at, gas]).collect()
            }
            Chain::Cancel(value) => vec![value],
            Chain::Query(Query { conditions, count, .. }) => {
                let tests = conditions.iter_mut().flat_map(|c| c.test.parts_mut());
                tests.chain([count]).collect()
            }
            Chain::Table(call) => call.args.iter_mut().collect(),
            Chain::Provenance(_) | Chain::Inflight | Chain::Slot => Vec::new(),
        }
    }

    /// The place of the state that it works on.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Chain::Provenance(place)
            | Chain::Table(TableCall { table: place, .. })
            | Chain::Query(Query { source: QuerySource::Table(place), .. }) => Some(place),
            _ => None,
        }
    }

    pub fn place_mut(&mut self) -> Option<&mut Place> {
        match self {
            Chain::Provenance(place)
            | Chain::Table(TableCall { table: place, .. })
            | Chain::Query(Query { source: QuerySource::Table(place), .. }) => Some(place),
            _ => None,
        }
    }
}

impl ColumnTest {
    fn parts(&self) -> Vec<&Expr> {
        match self {
            ColumnTest::Is(value) => vec![value],
            ColumnTest::In { start, end, .. } => start.iter().chain(end).collect(),
        }
    }

    fn parts_mut(&mut self) -> Vec<&mut Expr> {
        match self {
            ColumnTest::Is(value) => vec![value],
            ColumnTest::In { start, end, .. } => start.iter_mut().chain(end).collect(),
        }
    }
}

impl TableOp {
    pub const ALL: [TableOp; 6] = [
        TableOp::Insert,
        TableOp::Has,
        TableOp::Get,
        TableOp::Replace,
        TableOp::Take,
        TableOp::Remove,
    ];

    pub fn name(self) -> &'static str {
        match self {
            TableOp::Insert => "insert",
            TableOp::Has => "has",
            TableOp::Get => "get",
            TableOp::Replace => "replace",
            TableOp::Take => "take",
            TableOp::Remove => "remove",
        }
    }

    pub fn writes(self) -> bool {
        !matches!(self, TableOp::Has | TableOp::Get)
    }
}

impl PolicyLevel {
    pub const ALL: [PolicyLevel; 3] =
        [PolicyLevel::Immutable, PolicyLevel::Additive, PolicyLevel::Compatible];

    pub fn name(self) -> &'static str {
        match self {
            PolicyLevel::Immutable => "immutable",
            PolicyLevel::Additive => "additive",
            PolicyLevel::Compatible => "compatible",
        }
    }
}
