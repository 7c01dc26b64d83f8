//! A contract's state in formulas.
//!
//! In: the state fields of a program. Out: [`State`], read and written by keys.
//! Holds always: a map is an array of arrays, one for each key, total; a field without a default has
//! a second array that says which keys are present, and holds zero where they are not. Laws that a
//! solver cannot know (ranges, sums) are added as ground facts where a place is touched.

use deed_compiler::mir::{Const, FieldId, Program, StateField, Ty};

use super::value;
use crate::vc::term::{Sort, TermId, Terms};

/// The state at one moment.
#[derive(Clone, Debug)]
pub(super) struct State {
    fields: Vec<Field>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Field {
    value: TermId,
    present: Option<TermId>,
}

/// Where facts about touched places go.
pub(super) type Facts = Vec<TermId>;

impl State {
    /// A state of which nothing is known but its types.
    pub(super) fn unknown(terms: &mut Terms, facts: &mut Facts, program: &Program) -> State {
        let mut state = State { fields: Vec::new() };
        for field in &program.state {
            let made = Field::unknown(terms, facts, field);
            state.fields.push(made);
        }
        state
    }

    /// The state before `init`: defaults, and empty maps.
    pub(super) fn empty(terms: &mut Terms, facts: &mut Facts, program: &Program) -> State {
        let mut state = State { fields: Vec::new() };
        for field in &program.state {
            let made = Field::empty(terms, facts, field);
            state.fields.push(made);
        }
        state
    }

    /// The plain fields with their values, as the source names them.
    pub(super) fn scalars(&self, program: &Program) -> Vec<(String, TermId)> {
        let fields = program.state.iter().zip(&self.fields);
        let plain = fields.filter(|(declared, _)| declared.keys.is_empty());
        plain.map(|(declared, field)| (format!("self.{}", declared.name), field.value)).collect()
    }

    /// Forgets what a field holds.
    pub(super) fn forget(
        &mut self,
        terms: &mut Terms,
        facts: &mut Facts,
        program: &Program,
        id: FieldId,
    ) {
        self.fields[id.index()] = Field::unknown(terms, facts, program.field(id));
    }

    /// The value at a place; the field's default, or zero, where nothing is stored.
    pub(super) fn read(
        &self,
        terms: &mut Terms,
        facts: &mut Facts,
        place: (&StateField, FieldId),
        keys: &[TermId],
    ) -> TermId {
        let (declared, id) = place;
        let field = self.fields[id.index()];
        let value = keys.iter().fold(field.value, |array, key| terms.select(array, *key));
        let law = value::range(terms, value, declared.value);
        facts.push(law);
        self.zero_where_absent(terms, facts, place, keys, value);
        self.part_of_sum(terms, facts, place, keys, value);
        value
    }

    /// The value at a place with no fact about it: for keys that a quantifier binds.
    pub(super) fn peek(&self, terms: &mut Terms, id: FieldId, keys: &[TermId]) -> TermId {
        let value = self.fields[id.index()].value;
        keys.iter().fold(value, |array, key| terms.select(array, *key))
    }

    /// Whether something is stored at a place of a field without a default, or something other
    /// than the default at a place of a field with one.
    pub(super) fn has(
        &self,
        terms: &mut Terms,
        place: (&StateField, FieldId),
        keys: &[TermId],
    ) -> TermId {
        let (declared, id) = place;
        let field = self.fields[id.index()];
        match (field.present, &declared.default) {
            (Some(present), _) => keys.iter().fold(present, |array, key| terms.select(array, *key)),
            (None, Some(default)) if !keys.is_empty() => {
                let held = self.peek(terms, id, keys);
                let default = value::constant(terms, default);
                let same = terms.eq(held, default);
                terms.not(same)
            }
            (None, _) => terms.bool(true),
        }
    }

    /// Puts a value at a place.
    pub(super) fn write(
        &mut self,
        terms: &mut Terms,
        facts: &mut Facts,
        place: (&StateField, FieldId),
        keys: &[TermId],
        value: TermId,
    ) {
        let present = terms.bool(true);
        self.put(terms, facts, place, keys, value, present);
    }

    /// Forgets the value at a place.
    pub(super) fn remove(
        &mut self,
        terms: &mut Terms,
        facts: &mut Facts,
        place: (&StateField, FieldId),
        keys: &[TermId],
    ) {
        let value = absent(terms, place.0);
        let present = terms.bool(false);
        self.put(terms, facts, place, keys, value, present);
    }

    fn put(
        &mut self,
        terms: &mut Terms,
        facts: &mut Facts,
        place: (&StateField, FieldId),
        keys: &[TermId],
        value: TermId,
        present: TermId,
    ) {
        let (declared, id) = place;
        // The old value takes part in the law of sums, so its own laws are needed too.
        self.read(terms, facts, place, keys);
        let old = self.fields[id.index()];
        let new = Field {
            value: store(terms, old.value, keys, value),
            present: old.present.map(|array| store(terms, array, keys, present)),
        };
        self.fields[id.index()] = new;
        if has_sums(declared) {
            sums_after_store(terms, facts, &declared.name, (old.value, new.value), keys, value);
        }
    }

    /// `condition ? a : b`, field by field.
    pub(super) fn either(
        terms: &mut Terms,
        facts: &mut Facts,
        program: &Program,
        condition: TermId,
        a: &State,
        b: &State,
    ) -> State {
        let mut fields = Vec::new();
        for ((declared, a), b) in program.state.iter().zip(&a.fields).zip(&b.fields) {
            let value = terms.ite(condition, a.value, b.value);
            let present = match (a.present, b.present) {
                (Some(x), Some(y)) => Some(terms.ite(condition, x, y)),
                _ => None,
            };
            if has_sums(declared) && a.value != b.value {
                let parts = [a.value, b.value, value].map(|m| total(terms, &declared.name, m));
                let chosen = terms.ite(condition, parts[0], parts[1]);
                let law = terms.eq(parts[2], chosen);
                facts.push(law);
            }
            fields.push(Field { value, present });
        }
        State { fields }
    }

    /// The sum of all values below a place of a map: of the whole map where `keys` is empty.
    pub(super) fn sum(
        &self,
        terms: &mut Terms,
        facts: &mut Facts,
        place: (&StateField, FieldId),
        keys: &[TermId],
    ) -> Option<TermId> {
        let (declared, id) = place;
        if !has_sums(declared) || keys.len() >= declared.keys.len() {
            return None;
        }
        let map = self.peek(terms, id, keys);
        let sum = total(terms, &declared.name, map);
        if is_unsigned(declared) {
            let zero = terms.int(0);
            let law = terms.le(zero, sum);
            facts.push(law);
        }
        Some(sum)
    }

    fn zero_where_absent(
        &self,
        terms: &mut Terms,
        facts: &mut Facts,
        place: (&StateField, FieldId),
        keys: &[TermId],
        value: TermId,
    ) {
        if self.fields[place.1.index()].present.is_some() {
            let present = self.has(terms, place, keys);
            let zero = absent(terms, place.0);
            let is_zero = terms.eq(value, zero);
            let law = terms.or([present, is_zero]);
            facts.push(law);
        }
    }

    /// An unsigned element is at most the sum it is part of.
    fn part_of_sum(
        &self,
        terms: &mut Terms,
        facts: &mut Facts,
        place: (&StateField, FieldId),
        keys: &[TermId],
        value: TermId,
    ) {
        let (declared, id) = place;
        if !has_sums(declared) || !is_unsigned(declared) {
            return;
        }
        let mut part = value;
        for depth in (0..keys.len()).rev() {
            let map = self.peek(terms, id, &keys[..depth]);
            let sum = total(terms, &declared.name, map);
            let law = terms.le(part, sum);
            facts.push(law);
            part = sum;
        }
    }
}

impl Field {
    fn unknown(terms: &mut Terms, facts: &mut Facts, field: &StateField) -> Field {
        let name = format!("self.{}", field.name);
        let value = terms.fresh(&name, array_sort(field, value::sort(field.value)));
        if field.keys.is_empty() {
            let law = value::range(terms, value, field.value);
            facts.push(law);
        }
        let present = is_partial(field)
            .then(|| terms.fresh(&format!("{name}.present"), array_sort(field, Sort::Bool)));
        Field { value, present }
    }

    fn empty(terms: &mut Terms, facts: &mut Facts, field: &StateField) -> Field {
        if field.keys.is_empty() && field.default.is_none() {
            return Field::unknown(terms, facts, field);
        }
        let held = absent(terms, field);
        let nothing = terms.bool(false);
        let value = everywhere(terms, field, held);
        if has_sums(field) {
            empty_sums(terms, facts, field, value);
        }
        let present = is_partial(field).then(|| everywhere(terms, field, nothing));
        Field { value, present }
    }
}

/// Whether reading a place can find nothing.
fn is_partial(field: &StateField) -> bool {
    !field.keys.is_empty() && field.default.is_none()
}

/// Sums are kept of maps of integers whose absent places count zero.
fn has_sums(field: &StateField) -> bool {
    let zero = match &field.default {
        None => true,
        Some(Const::Int(_, value)) => *value == num_bigint::BigInt::ZERO,
        Some(_) => false,
    };
    !field.keys.is_empty() && matches!(field.value, Ty::Int(_)) && zero
}

fn is_unsigned(field: &StateField) -> bool {
    matches!(field.value, Ty::Int(int) if !int.is_signed())
}

/// What an absent place reads as.
fn absent(terms: &mut Terms, field: &StateField) -> TermId {
    match &field.default {
        Some(default) => value::constant(terms, default),
        None => value::zero(terms, field.value),
    }
}

fn array_sort(field: &StateField, value: Sort) -> Sort {
    field.keys.iter().rev().fold(value, |inner, key| Sort::array(value::sort(*key), inner))
}

fn everywhere(terms: &mut Terms, field: &StateField, value: TermId) -> TermId {
    field.keys.iter().rev().fold(value, |inner, key| terms.constant(value::sort(*key), inner))
}

/// Stores below nested arrays.
fn store(terms: &mut Terms, array: TermId, keys: &[TermId], value: TermId) -> TermId {
    match keys {
        [] => value,
        [key, rest @ ..] => {
            let inner = terms.select(array, *key);
            let inner = store(terms, inner, rest, value);
            terms.store(array, *key, inner)
        }
    }
}

/// The sum of everything in a map, as a function that the facts describe.
fn total(terms: &mut Terms, field: &str, map: TermId) -> TermId {
    match terms.sort(map) {
        Sort::Int => map,
        sort => {
            let depth = depth(sort);
            terms.apply(&format!("sum.{field}.{depth}"), map, Sort::Int)
        }
    }
}

fn depth(sort: &Sort) -> usize {
    match sort {
        Sort::Array(_, value) => 1 + depth(value),
        _ => 0,
    }
}

fn empty_sums(terms: &mut Terms, facts: &mut Facts, field: &StateField, map: TermId) {
    let mut level = map;
    while matches!(terms.sort(level), Sort::Array(..)) {
        let (sum, zero) = (total(terms, &field.name, level), terms.int(0));
        let law = terms.eq(sum, zero);
        facts.push(law);
        let anywhere = match terms.node(level) {
            crate::vc::term::Node::Constant(_, inner) => *inner,
            _ => return,
        };
        level = anywhere;
    }
}

/// sum(store(m, k, v)) = sum(m) - m[k] + v, at each level of nesting.
fn sums_after_store(
    terms: &mut Terms,
    facts: &mut Facts,
    field: &str,
    (old, new): (TermId, TermId),
    keys: &[TermId],
    value: TermId,
) {
    let before = keys.iter().fold(old, |array, key| terms.select(array, *key));
    let change = terms.sub(value, before);
    let (mut old, mut new) = (old, new);
    for key in keys {
        let (sum_old, sum_new) = (total(terms, field, old), total(terms, field, new));
        let changed = terms.add(sum_old, change);
        let law = terms.eq(sum_new, changed);
        facts.push(law);
        old = terms.select(old, *key);
        new = terms.select(new, *key);
    }
}
