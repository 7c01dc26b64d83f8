//! Verification conditions: what has to hold for a contract to keep its promises.
//!
//! In: formulas of [`term`]. Out: [`Condition`]s, each a question for a solver, and their text.
//! Holds always: a condition is complete in itself: its facts and its goal are all that is asked.

pub(crate) mod hash;
pub(crate) mod parse;
pub(crate) mod print;
pub(crate) mod term;
pub(crate) mod wire;

use deed_base::Span;

use term::TermId;
pub(crate) use wire::{Asked, Kind};

/// Which promise a condition belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Promise {
    /// An `ensures` clause holds where the function returns.
    Ensures,
    /// A contract `invariant` holds again where an entry function or `init` returns.
    Invariant,
    /// An `assert` in the body holds.
    Assert,
    /// A loop's `invariant` holds when the loop is reached.
    LoopStart,
    /// A loop's `invariant` is kept by a turn of the loop.
    LoopStep,
    /// What a loop's `decreases` names gets smaller with each turn.
    LoopEnds,
    /// What a function's `decreases` names gets smaller with each call that may come back to it.
    CallFalls,
    /// A callee's `requires` holds where it is called.
    Requires,
    /// An error is thrown only under the condition that `throws … when` names.
    Throws,
    /// No run traps, or none where `no_trap when` says so.
    NoTrap,
    /// Where `throws … exactly when` says that an error is thrown, no run traps.
    TrapForThrow,
    /// A contract's `step invariant`, which holds of every transaction's start and end.
    StepInvariant,
    /// A `rule` of the contract is never broken.
    Rule,
    /// The facts at the function's entry contradict each other: here a proof is bad news.
    Consistent,
    /// No run comes to a place: bad news too.
    Unreached,
    /// A clause holds whatever happens: the same.
    Empty,
    /// What the numbers of a loop keep: no promise, but a search for one.
    Kept,
}

impl Promise {
    pub fn name(self) -> &'static str {
        match self {
            Promise::Ensures => "ensures",
            Promise::Invariant => "invariant",
            Promise::Assert => "assert",
            Promise::LoopStart => "loop invariant holds at the start",
            Promise::LoopStep => "loop invariant is kept",
            Promise::LoopEnds => "decreases of a loop",
            Promise::CallFalls => "decreases",
            Promise::Requires => "requires of a callee",
            Promise::Throws => "throws when",
            Promise::NoTrap => "no_trap",
            Promise::TrapForThrow => "throws exactly when",
            Promise::StepInvariant => "step invariant",
            Promise::Rule => "rule",
            Promise::Consistent => "nothing can start here",
            Promise::Unreached => "no run comes here",
            Promise::Empty => "says nothing",
            Promise::Kept => "what a loop keeps",
        }
    }

    /// Whether it asks about a proof, and not about the contract.
    pub(crate) fn is_probe(self) -> bool {
        matches!(self, Promise::Unreached | Promise::Empty)
    }

    /// Whether a run of the contract can show that it is broken.
    pub(crate) fn is_seen_by_runs(self) -> bool {
        use Promise::*;
        matches!(self, Ensures | Invariant | Assert | LoopStart | LoopStep | Requires | Throws)
    }
}

/// A question for the solver: do the facts imply the goal?
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    pub promise: Promise,
    /// The function whose body is run.
    pub function: String,
    /// The clause that must hold.
    pub clause: Span,
    /// The place that gives control back: a `return`, a loop's end, the `assert` itself.
    pub place: Span,
    pub facts: Vec<TermId>,
    pub goal: TermId,
    /// What a counterexample shows, by its name in the source.
    pub watched: Vec<(String, TermId)>,
    /// Parts of the source that have no model. They are taken as any value, so a proof stays a
    /// proof, but a counterexample may not be one.
    pub unmodelled: Vec<String>,
    /// Set where nobody wrote the promise: it is tried whether it holds.
    pub candidate: Option<Candidate>,
}

impl Condition {
    /// What the solver is told of it.
    pub(crate) fn asked(&self) -> Asked {
        let (facts, watched) = (self.facts.clone(), self.watched.clone());
        Asked { facts, goal: self.goal, watched, kind: self.kind() }
    }

    /// Of a guess a proof alone is worth anything, so nobody looks for a model.
    pub(crate) fn kind(&self) -> Kind {
        match self.promise {
            Promise::Kept => Kind::Relation,
            promise if promise.is_probe() || self.candidate.is_some() => Kind::Probe,
            _ => Kind::Promise,
        }
    }
}

/// What a loop may keep, by the place of the loop: an invariant of the contract, or a guess by its number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Candidate {
    pub head: Span,
    pub clause: Span,
    pub template: Option<u32>,
}
