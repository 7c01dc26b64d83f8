//! What a function may do, as far as it can be told without running it.
//!
//! Holds always: an effect of a callee is one of its callers; the sets are supersets of what
//! happens in any run. They stand in the ABI and in documents, and hint the parallel executor.

use std::collections::BTreeSet;

use deed_bytecode::{ContextKind, TrapKind};

use super::{Function, context_path};
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

impl Effects {
    /// Whether it reaches beyond the contract and the moment: to others, to coins, to later work.
    pub fn reaches_out(&self) -> bool {
        self.schedules || self.pays || !self.outside.is_empty() || !self.deploys.is_empty()
    }
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
    /// Computed of others, which stand among words as they are written: `u64(id)`, `id + 1`.
    Made(Vec<KeyPart>),
}

/// A part of a key that is computed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum KeyPart {
    /// A sign with its blanks, a bracket, the name of a field behind its dot.
    Word(String),
    Key(PathKey),
}

impl PathKey {
    /// Keys that nest deeper are `Any`, so that recursion comes to an end.
    pub(crate) const DEEPEST: usize = 4;

    /// A key that is computed; `Any` if a part of it is, or if it is too deep.
    pub(crate) fn made(parts: Vec<KeyPart>) -> PathKey {
        let key = PathKey::Made(parts);
        if key.depth() > PathKey::DEEPEST { PathKey::Any } else { key }
    }

    /// More than [`PathKey::DEEPEST`] for what holds an `Any`.
    fn depth(&self) -> usize {
        match self {
            PathKey::Made(parts) => 1 + parts.iter().map(KeyPart::depth).max().unwrap_or(0),
            _ => 0,
        }
    }

    /// With what a caller gives for the parameters.
    pub(crate) fn given(&self, args: &[PathKey]) -> PathKey {
        match self {
            PathKey::Param(index) => args.get(*index as usize).cloned().unwrap_or(PathKey::Any),
            PathKey::Made(parts) => {
                PathKey::made(parts.iter().map(|part| part.given(args)).collect())
            }
            other => other.clone(),
        }
    }

    /// As the function writes it; `*` for some key.
    pub fn text(&self, function: &Function) -> String {
        match self {
            PathKey::Any => "*".to_owned(),
            PathKey::Context(kind) => context_path(*kind).to_owned(),
            PathKey::Literal(literal) => literal.clone(),
            PathKey::Param(at) => match function.params.get(*at as usize) {
                Some(param) => function.locals[param.local].name.text.to_string(),
                None => "*".to_owned(),
            },
            PathKey::Made(parts) => {
                let binds = parts.iter().any(KeyPart::binds);
                parts.iter().map(|part| part.text(function, binds)).collect()
            }
        }
    }
}

impl KeyPart {
    fn depth(&self) -> usize {
        match self {
            KeyPart::Word(_) => 0,
            KeyPart::Key(PathKey::Any) => PathKey::DEEPEST,
            KeyPart::Key(key) => key.depth(),
        }
    }

    fn given(&self, args: &[PathKey]) -> KeyPart {
        match self {
            KeyPart::Word(word) => KeyPart::Word(word.clone()),
            KeyPart::Key(key) => KeyPart::Key(key.given(args)),
        }
    }

    /// Whether it is an operator, or the dot of a field.
    fn binds(&self) -> bool {
        matches!(self, KeyPart::Word(word) if word.starts_with([' ', '.']))
    }

    /// What an operator binds stands in brackets if it is an operation itself.
    fn text(&self, function: &Function, bound: bool) -> String {
        match self {
            KeyPart::Word(word) => word.clone(),
            KeyPart::Key(key) => match key {
                PathKey::Made(parts) if bound && parts.iter().any(KeyPart::is_operator) => {
                    format!("({})", key.text(function))
                }
                _ => key.text(function),
            },
        }
    }

    fn is_operator(&self) -> bool {
        matches!(self, KeyPart::Word(word) if word.starts_with(' '))
    }
}
