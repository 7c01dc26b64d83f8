//! What a function may do, as far as it can be told without running it.
//!
//! Holds always: an effect of a callee is one of its callers; the sets are supersets of what
//! happens in any run. They stand in the ABI and in documents, and hint the parallel executor.

use std::collections::BTreeSet;

use super::body::Context;
use crate::arena::{ErrorId, EventId, FieldId, FnId};

/// The effects of a function, its callees' included.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Effects {
    pub reads: BTreeSet<StatePath>,
    pub writes: BTreeSet<StatePath>,
    pub throws: BTreeSet<ErrorId>,
    pub emits: BTreeSet<EventId>,
    pub traps: BTreeSet<TrapKind>,
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
    Context(Context),
    /// A literal or constant, in decimal or hexadecimal.
    Literal(String),
}

/// Why a run may be cut short by the machine.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum TrapKind {
    /// A result does not fit its type.
    Overflow,
    /// Division or remainder by zero.
    DivisionByZero,
    /// A shift by the type's width or more.
    ShiftCount,
    /// A cast of a value that the target does not hold.
    CastLoss,
    /// `m[k]` of an absent key.
    MissingKey,
    /// `insert` of a present key.
    KeyPresent,
    /// An `assert` that does not hold.
    Assertion,
    /// A `requires` without `else` that does not hold.
    Precondition,
}

impl TrapKind {
    /// The name in the ABI.
    pub fn name(self) -> &'static str {
        match self {
            TrapKind::Overflow => "overflow",
            TrapKind::DivisionByZero => "division_by_zero",
            TrapKind::ShiftCount => "shift_count",
            TrapKind::CastLoss => "cast_loss",
            TrapKind::MissingKey => "missing_key",
            TrapKind::KeyPresent => "key_present",
            TrapKind::Assertion => "assertion",
            TrapKind::Precondition => "precondition",
        }
    }
}
