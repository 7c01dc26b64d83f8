//! What a solver is told beside the goal.
//!
//! In: laws of values and of places that are touched. Out: the list of all, each once.
//! Holds always: a fact is true of every run of the symbols, also of those that a trap has ended: sums and
//! differences are exact there and may lie outside of their types. So that a value lies in its type is a fact
//! by itself only of what no arithmetic has made; of anything else it is a fact where its place is reached.

use std::collections::{HashMap, HashSet};

use super::arith::Rounding;
use super::bits::Bitwise;
use super::sums::Sums;
use super::tallies::Tallies;
use super::value;
use crate::vc::term::{Node, TermId, Terms};
use deed_compiler::mir::Ty;

/// The facts of one function's run.
#[derive(Default)]
pub(super) struct Facts {
    list: Vec<TermId>,
    known: HashSet<TermId>,
    /// The condition to be at the current place, where that is not always so.
    guard: Option<TermId>,
    pub(super) sums: Sums,
    pub(super) tallies: Tallies,
    /// What stands for the quotient and the remainder of each division.
    pub(super) quotients: HashMap<(Rounding, TermId, TermId), (TermId, TermId)>,
    /// Which operation on bits a term is the result of.
    pub(super) bits: HashMap<TermId, (Bitwise, TermId, TermId)>,
}

impl Facts {
    /// In the order in which they were found.
    pub(super) fn list(&self) -> &[TermId] {
        &self.list
    }

    /// What follows is found out at a place that is reached under this condition.
    pub(super) fn at(&mut self, terms: &Terms, reached: TermId) {
        self.guard = (*terms.node(reached) != Node::Bool(true)).then_some(reached);
    }

    pub(super) fn guard(&self) -> Option<TermId> {
        self.guard
    }

    /// That a value lies in its type.
    pub(super) fn range(&mut self, terms: &mut Terms, value: TermId, ty: Ty) {
        let law = value::range(terms, value, ty);
        if is_plain(terms, value) { self.push(law) } else { self.here(terms, law) }
    }

    /// What is true where the current place is reached.
    pub(super) fn here(&mut self, terms: &mut Terms, fact: TermId) {
        let guard = self.guard;
        self.under(terms, guard, fact);
    }

    /// What is true under a condition.
    pub(super) fn under(&mut self, terms: &mut Terms, guard: Option<TermId>, fact: TermId) {
        let fact = guard.map_or(fact, |guard| terms.implies(guard, fact));
        self.push(fact);
    }

    /// What is true of all runs.
    pub(super) fn push(&mut self, fact: TermId) {
        if self.known.insert(fact) {
            self.list.push(fact);
        }
    }

    pub(super) fn extend(&mut self, facts: impl IntoIterator<Item = TermId>) {
        facts.into_iter().for_each(|fact| self.push(fact));
    }

    pub(super) fn equal(&mut self, terms: &mut Terms, a: TermId, b: TermId) {
        let law = terms.eq(a, b);
        self.push(law);
    }
}

/// Whether a term is a part of what a run was given, or of what nothing is known of: it is a value of its type
/// whatever happens.
pub(super) fn is_plain(terms: &Terms, id: TermId) -> bool {
    let mut work = vec![id];
    while let Some(id) = work.pop() {
        match terms.node(id) {
            Node::Var(_) => {}
            Node::Select(array, _) => work.push(*array),
            Node::Apply(name, parts, _) if is_taken_apart(name) => work.extend(parts),
            _ => return false,
        }
    }
    true
}

/// Whether a function of the solver takes values apart.
fn is_taken_apart(name: &str) -> bool {
    let kind = name.split('.').next().unwrap_or(name);
    matches!(kind, "field" | "part" | "elements" | "length" | "tag")
}
