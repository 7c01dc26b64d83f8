//! What a function may do, as far as it can be told without running it.
//!
//! Holds always: an effect of a callee is one of its callers; the sets are supersets of what
//! happens in any run. They stand in the ABI and in documents, and hint the parallel executor.

use std::collections::BTreeSet;

use deed_bytecode::{ContextKind, TrapKind};

use crate::arena::{ContractId, ErrorId, EventId, FieldId, FnId};

/// The effects of a function, its callees' included.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Effects {
    pub reads: BTreeSet<StatePath>,
    pub writes: BTreeSet<StatePath>,
    pub throws: BTreeSet<ErrorId>,
    pub emits: BTreeSet<EventId>,
    pub traps: BTreeSet<TrapKind>,
    /// Whether it schedules work, cancels some, or waits.
    pub schedules: bool,
    /// Functions of other contracts that are called, as their interfaces declare them.
    pub outside: BTreeSet<FnId>,
    /// Contracts that are made.
    pub deploys: BTreeSet<ContractId>,
    /// Whether coins are sent.
    pub pays: bool,
    /// Functions called directly.
    pub calls: BTreeSet<FnId>,
}

/// A state field, or a part of it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct StatePath {
    pub field: FieldId,
    /// One for each step into a map; shorter than the field's depth for all that lies below.
    pub keys: Vec<PathKey>,
}

/// The key of a step, as a caller could compute it before the call.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PathKey {
    /// Some key.
    Any,
    /// The parameter of this number.
    Param(u32),
    Context(ContextKind),
    /// A literal or constant, in decimal or hexadecimal.
    Literal(String),
}
