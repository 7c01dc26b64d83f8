//! Sums over the entries of maps in state.
//!
//! In: what clauses sum up, and every touch of a map. Out: laws about sums, as facts.
//! Holds always: a family of sums is a function from a map to a number; what an entry adds to it is a
//! term over the entry's keys and value, zero where the entry is absent. A store changes a sum by what
//! the entry adds, an empty map has the sum zero, and what cannot be negative is at most its sum.
//! Clauses and touches come in any order: each law is stated as soon as both are known.

use std::collections::HashMap;

use deed_compiler::mir::{FieldId, StateField};

use super::facts::{Facts, is_plain};
use super::value;
use crate::vc::term::{Node, Quantifier, Sort, TermId, Terms};

/// A map of maps at one moment: its values, and for maps without a default which are present.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Map {
    pub value: TermId,
    pub present: Option<TermId>,
}

/// What stands for an entry in the terms of a family: its keys, its value, whether it is there.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub keys: Vec<TermId>,
    pub value: TermId,
    pub present: Option<TermId>,
}

/// What is summed up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Summand {
    pub field: FieldId,
    /// How many keys lead to the map that is summed up.
    pub given: usize,
    /// What the entry of [`Sums::entry`] adds, if it is there.
    pub part: TermId,
    /// Variables of quantifiers around the sum that `part` speaks of.
    pub params: Vec<TermId>,
    /// No entry can add less than zero.
    pub positive: bool,
}

/// Something that happened to a field.
#[derive(Clone, Debug)]
enum Touch {
    /// An entry was looked at.
    Read { map: Map, keys: Vec<TermId> },
    /// An entry was changed.
    Store { before: Map, after: Map, entry: Entry },
    /// A field began without entries.
    Empty { map: Map },
    /// A field is one of two, by the way taken.
    Choice { condition: TermId, ways: (Map, Map), chosen: Map },
}

#[derive(Default)]
pub(super) struct Sums {
    families: Vec<Summand>,
    /// Each with the condition under which it happens.
    touches: Vec<(FieldId, Option<TermId>, Touch)>,
    entries: HashMap<FieldId, Entry>,
    params: HashMap<(usize, Sort), TermId>,
}

impl Sums {
    /// The entry that the summands of a field are written about.
    pub(super) fn entry(&mut self, terms: &mut Terms, id: FieldId, field: &StateField) -> Entry {
        let make = || {
            let name = |what: &str| format!("{what} of {}", field.name);
            let keys = field.keys.iter();
            Entry {
                keys: keys.map(|key| terms.fresh(&name("key"), value::sort(*key))).collect(),
                value: terms.fresh(&name("value"), value::sort(field.value)),
                present: field.default.is_none().then(|| terms.fresh(&name("entry"), Sort::Bool)),
            }
        };
        self.entries.entry(id).or_insert_with(make).clone()
    }

    /// What stands for the variable of a quantifier around a sum, so that equal sums are seen to be.
    pub(super) fn param(&mut self, terms: &mut Terms, at: usize, sort: Sort) -> TermId {
        let make = || terms.fresh("param", sort.clone());
        *self.params.entry((at, sort.clone())).or_insert_with(make)
    }
}

impl Facts {
    /// The sum of a map: a number, or an array of numbers by the values of each parameter.
    pub(super) fn sum(&mut self, terms: &mut Terms, summand: Summand, map: Map) -> TermId {
        let known = self.sums.families.iter().position(|known| *known == summand);
        let number = known.unwrap_or_else(|| self.add_family(terms, summand));
        let family = self.sums.families[number].clone();
        let sum = total(terms, number, &family, map);
        if family.positive && family.params.is_empty() {
            let zero = terms.int(0);
            let law = terms.le(zero, sum);
            if is_plain(terms, map.value) { self.push(law) } else { self.here(terms, law) }
        }
        sum
    }

    fn add_family(&mut self, terms: &mut Terms, summand: Summand) -> usize {
        let number = self.sums.families.len();
        self.sums.families.push(summand.clone());
        for (field, guard, touch) in self.sums.touches.clone() {
            if field == summand.field {
                self.law(terms, number, guard, &touch);
            }
        }
        number
    }

    /// An entry of a map is looked at.
    pub(super) fn read(&mut self, terms: &mut Terms, field: FieldId, map: Map, keys: &[TermId]) {
        self.touch(terms, field, Touch::Read { map, keys: keys.to_vec() });
    }

    /// An entry becomes what `entry` says.
    pub(super) fn stored(
        &mut self,
        terms: &mut Terms,
        field: FieldId,
        (before, after): (Map, Map),
        entry: Entry,
    ) {
        self.touch(terms, field, Touch::Store { before, after, entry });
    }

    /// A map is empty.
    pub(super) fn emptied(&mut self, terms: &mut Terms, field: FieldId, map: Map) {
        self.touch(terms, field, Touch::Empty { map });
    }

    /// A map is one of two.
    pub(super) fn chosen(
        &mut self,
        terms: &mut Terms,
        field: FieldId,
        condition: TermId,
        ways: (Map, Map),
        chosen: Map,
    ) {
        self.touch(terms, field, Touch::Choice { condition, ways, chosen });
    }

    fn touch(&mut self, terms: &mut Terms, field: FieldId, touch: Touch) {
        let guard = self.guard();
        for number in 0..self.sums.families.len() {
            if self.sums.families[number].field == field {
                self.law(terms, number, guard, &touch);
            }
        }
        self.sums.touches.push((field, guard, touch));
    }

    fn law(&mut self, terms: &mut Terms, number: usize, guard: Option<TermId>, touch: &Touch) {
        let family = self.sums.families[number].clone();
        let params: Vec<TermId> =
            family.params.iter().map(|p| terms.fresh("any", terms.sort(*p).clone())).collect();
        let law = match touch {
            Touch::Read { map, keys } => {
                let Some(law) = self.read_law(terms, number, (*map, keys), &params) else { return };
                law
            }
            Touch::Store { before, after, entry } => {
                self.store_law(terms, number, (*before, *after), entry, &params)
            }
            Touch::Choice { condition, ways: (a, b), chosen } => {
                // Of the maps below a key the same follows from the key's being one of the two's.
                if family.given == 0 {
                    let sums = [*a, *b, *chosen].map(|map| total(terms, number, &family, map));
                    let sum = terms.ite(*condition, sums[0], sums[1]);
                    self.equal(terms, sums[2], sum);
                }
                return;
            }
            Touch::Empty { map } => {
                let Some(inner) = below_constants(terms, *map, family.given) else { return };
                let sum = total_at(terms, number, &family, inner, &params);
                let zero = terms.int(0);
                terms.eq(sum, zero)
            }
        };
        let law = terms.quantified(Quantifier::Forall, params, law);
        // That entries are not negative is known where the map is as the machine has made it.
        let read = matches!(touch, Touch::Read { map, .. } if !is_plain(terms, map.value));
        self.under(terms, guard.filter(|_| read), law);
    }

    /// sum(store(m, k, v)) = sum(m) - part(k, m[k]) + part(k, v)
    fn store_law(
        &self,
        terms: &mut Terms,
        number: usize,
        (before, after): (Map, Map),
        entry: &Entry,
        params: &[TermId],
    ) -> TermId {
        let family = &self.sums.families[number];
        let lead = &entry.keys[..family.given];
        let old = entry_at(terms, before, &entry.keys);
        let (gone, come) =
            (self.part(terms, family, &old, params), self.part(terms, family, entry, params));
        let (before, after) = (before.at(terms, lead), after.at(terms, lead));
        let was = total_at(terms, number, family, before, params);
        let is = total_at(terms, number, family, after, params);
        let less = terms.sub(was, gone);
        let sum = terms.add(less, come);
        terms.eq(is, sum)
    }

    /// 0 <= part(k, m[k]) <= sum(m), and the sums of a map of maps are ordered alike.
    fn read_law(
        &self,
        terms: &mut Terms,
        number: usize,
        (map, keys): (Map, &[TermId]),
        params: &[TermId],
    ) -> Option<TermId> {
        let family = &self.sums.families[number];
        // For all values of parameters this is seldom of use, and costs a solver dear.
        if !family.positive || !family.params.is_empty() || keys.len() <= family.given {
            return None;
        }
        let entry = entry_at(terms, map, keys);
        let part = self.part(terms, family, &entry, params);
        let whole = map.at(terms, &keys[..family.given]);
        let sum = total_at(terms, number, family, whole, params);
        let zero = terms.int(0);
        let mut laws = vec![terms.le(zero, part), terms.le(part, sum)];
        for (inner, other) in self.sums.families.iter().enumerate() {
            let same = other.part == family.part && other.params == family.params;
            if same && other.field == family.field && other.given > family.given {
                let below = map.at(terms, &keys[..other.given]);
                let inner = total_at(terms, inner, other, below, params);
                laws.push(terms.le(inner, sum));
            }
        }
        Some(terms.and(laws))
    }

    /// What an entry adds.
    fn part(
        &self,
        terms: &mut Terms,
        family: &Summand,
        entry: &Entry,
        params: &[TermId],
    ) -> TermId {
        let pattern = &self.sums.entries[&family.field];
        let from = pattern.keys.iter().chain([&pattern.value]).chain(&pattern.present);
        let to = entry.keys.iter().chain([&entry.value]).chain(&entry.present);
        let entry = from.copied().zip(to.copied());
        let params = family.params.iter().copied().zip(params.iter().copied());
        let by: HashMap<TermId, TermId> = entry.chain(params).collect();
        terms.replaced(family.part, &by)
    }
}

impl Map {
    /// The map below some keys.
    pub(super) fn at(self, terms: &mut Terms, keys: &[TermId]) -> Map {
        let mut below = |array| keys.iter().fold(array, |array, key| terms.select(array, *key));
        Map { value: below(self.value), present: self.present.map(below) }
    }
}

fn entry_at(terms: &mut Terms, map: Map, keys: &[TermId]) -> Entry {
    let Map { value, present } = map.at(terms, keys);
    Entry { keys: keys.to_vec(), value, present }
}

/// The family's function of a map.
fn total(terms: &mut Terms, number: usize, family: &Summand, map: Map) -> TermId {
    let params = family.params.iter().rev();
    let sort = params.fold(Sort::Int, |of, param| Sort::array(terms.sort(*param).clone(), of));
    let arguments = [Some(map.value), map.present].into_iter().flatten().collect();
    terms.apply(format!("sum.{number}"), arguments, sort)
}

/// The sum for some values of the parameters.
fn total_at(
    terms: &mut Terms,
    number: usize,
    family: &Summand,
    map: Map,
    params: &[TermId],
) -> TermId {
    let sums = total(terms, number, family, map);
    params.iter().fold(sums, |array, param| terms.select(array, *param))
}

/// The map that stands below any keys of a map that is the same everywhere.
fn below_constants(terms: &Terms, map: Map, depth: usize) -> Option<Map> {
    let below = |array: TermId| {
        (0..depth).try_fold(array, |array, _| match terms.node(array) {
            Node::Constant(_, inner) => Some(*inner),
            _ => None,
        })
    };
    let present = match map.present {
        Some(present) => Some(below(present)?),
        None => None,
    };
    Some(Map { value: below(map.value)?, present })
}
