//! What a solver is told beside the goal.
//!
//! In: laws of values and of places that are touched. Out: the list of all, each once.
//! Holds always: a fact is true of every run, so it may be believed everywhere.

use std::collections::HashSet;

use super::sums::Sums;
use crate::vc::term::{TermId, Terms};

/// The facts of one function's run.
#[derive(Default)]
pub(super) struct Facts {
    list: Vec<TermId>,
    known: HashSet<TermId>,
    pub(super) sums: Sums,
}

impl Facts {
    /// In the order in which they were found.
    pub(super) fn list(&self) -> &[TermId] {
        &self.list
    }

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
