//! Sums over the elements of vectors.
//!
//! In: what clauses sum up or count, and every change of a vector. Out: laws about the sums, as facts.
//! Holds always: a tally is a function from a vector to a number; what an element adds is a term over the element
//! alone. An empty vector has the sum zero, a change moves the sum by what the elements add that go and come, and
//! where none adds less than zero, an element adds at most the sum. Under a quantifier it is a function to an array
//! of numbers, by the values of the variable: so that the same number of each value lies in two vectors is that they
//! hold the same, in whatever order. Clauses and changes come in any order: each law is stated as soon as both are
//! known.

use std::collections::HashMap;

use deed_compiler::mir::Ty;

use super::facts::Facts;
use crate::vc::term::{Quantifier, Sort, TermId, Terms};

/// What is summed up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Tally {
    /// The sort of an element.
    pub of: Sort,
    /// What [`Tallies::element`] adds.
    pub part: TermId,
    /// Variables of quantifiers around the sum that `part` speaks of.
    pub params: Vec<TermId>,
    pub floor: Floor,
}

/// Which elements add nothing below zero.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Floor {
    /// Perhaps none.
    None,
    /// Those of vectors of this type.
    Of(Ty),
    /// Any: they are counted.
    All,
}

/// Something that happens to a vector where the run comes to it.
#[derive(Clone, Debug)]
pub(super) enum Change {
    Empty {
        vec: TermId,
        of: Sort,
    },
    /// An element is looked at that is there, of this type.
    Read {
        vec: TermId,
        element: TermId,
        ty: Ty,
    },
    /// An element goes or comes, or one takes the place of another.
    Moved {
        before: TermId,
        after: TermId,
        gone: Option<TermId>,
        come: Option<TermId>,
    },
}

#[derive(Default)]
pub(super) struct Tallies {
    families: Vec<Tally>,
    /// Each with the condition under which it happens.
    changes: Vec<(TermId, Change)>,
    elements: HashMap<Sort, TermId>,
}

impl Tally {
    /// Whether an element of this type adds nothing below zero.
    fn adds_up(&self, ty: Ty) -> bool {
        match self.floor {
            Floor::None => false,
            Floor::Of(known) => known == ty,
            Floor::All => true,
        }
    }
}

impl Tallies {
    /// The element that the parts are written about.
    pub(super) fn element(&mut self, terms: &mut Terms, of: &Sort) -> TermId {
        let make = || terms.fresh("element", of.clone());
        *self.elements.entry(of.clone()).or_insert_with(make)
    }
}

impl Facts {
    /// The sum of a vector: a number, or an array of numbers by the values of each parameter.
    pub(super) fn tally(&mut self, terms: &mut Terms, tally: Tally, vec: TermId) -> TermId {
        let known = self.tallies.families.iter().position(|known| *known == tally);
        let number = known.unwrap_or_else(|| self.add_tally(terms, tally));
        let family = &self.tallies.families[number];
        let (positive, alone) = (family.floor != Floor::None, family.params.is_empty());
        let sum = total(terms, number, family, vec);
        if positive && alone {
            let zero = terms.int(0);
            let law = terms.le(zero, sum);
            self.here(terms, law);
        }
        sum
    }

    fn add_tally(&mut self, terms: &mut Terms, tally: Tally) -> usize {
        let number = self.tallies.families.len();
        self.tallies.families.push(tally);
        for (reached, change) in self.tallies.changes.clone() {
            self.state_law(terms, number, reached, &change);
        }
        number
    }

    /// A vector changes, or is looked at, where `reached` holds.
    pub(super) fn vec_changed(&mut self, terms: &mut Terms, reached: TermId, change: Change) {
        for number in 0..self.tallies.families.len() {
            self.state_law(terms, number, reached, &change);
        }
        self.tallies.changes.push((reached, change));
    }

    fn state_law(&mut self, terms: &mut Terms, number: usize, reached: TermId, change: &Change) {
        let family = self.tallies.families[number].clone();
        let any = |terms: &mut Terms, p: &TermId| terms.fresh("any", terms.sort(*p).clone());
        let params: Vec<TermId> = family.params.iter().map(|p| any(terms, p)).collect();
        if let Some(law) = self.law_of(terms, number, change, &params) {
            let law = terms.quantified(Quantifier::Forall, params, law);
            let law = terms.implies(reached, law);
            self.push(law);
        }
    }

    fn law_of(
        &self,
        terms: &mut Terms,
        number: usize,
        change: &Change,
        params: &[TermId],
    ) -> Option<TermId> {
        let family = &self.tallies.families[number];
        let zero = terms.int(0);
        match change {
            Change::Empty { vec, of } if *of == family.of => {
                let sum = total_at(terms, number, family, *vec, params);
                Some(terms.eq(sum, zero))
            }
            Change::Read { vec, element, ty } if family.adds_up(*ty) && params.is_empty() => {
                let part = self.element_adds(terms, family, *element, params)?;
                let sum = total_at(terms, number, family, *vec, params);
                let (from, to) = (terms.le(zero, part), terms.le(part, sum));
                Some(terms.and([from, to]))
            }
            Change::Moved { before, after, gone, come } => {
                let mut sum = total_at(terms, number, family, *before, params);
                if let Some(gone) = gone {
                    let part = self.element_adds(terms, family, *gone, params)?;
                    sum = terms.sub(sum, part);
                }
                if let Some(come) = come {
                    let part = self.element_adds(terms, family, *come, params)?;
                    sum = terms.add(sum, part);
                }
                let after = total_at(terms, number, family, *after, params);
                Some(terms.eq(after, sum))
            }
            Change::Empty { .. } | Change::Read { .. } => None,
        }
    }

    /// What an element adds, if it is one of this family.
    fn element_adds(
        &self,
        terms: &mut Terms,
        family: &Tally,
        element: TermId,
        params: &[TermId],
    ) -> Option<TermId> {
        let pattern = *self.tallies.elements.get(&family.of)?;
        if *terms.sort(element) != family.of {
            return None;
        }
        let params = family.params.iter().copied().zip(params.iter().copied());
        let by: HashMap<TermId, TermId> = params.chain([(pattern, element)]).collect();
        Some(terms.replaced(family.part, &by))
    }
}

/// The family's function of a vector.
fn total(terms: &mut Terms, number: usize, family: &Tally, vec: TermId) -> TermId {
    let params = family.params.iter().rev();
    let sort = params.fold(Sort::Int, |of, param| Sort::array(terms.sort(*param).clone(), of));
    terms.apply(format!("tally.{number}"), vec![vec], sort)
}

/// The sum for some values of the parameters.
fn total_at(
    terms: &mut Terms,
    number: usize,
    family: &Tally,
    vec: TermId,
    params: &[TermId],
) -> TermId {
    let sums = total(terms, number, family, vec);
    params.iter().fold(sums, |array, param| terms.select(array, *param))
}
