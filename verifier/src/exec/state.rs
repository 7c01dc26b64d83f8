//! A contract's state in formulas.
//!
//! In: the state fields of a program. Out: [`State`], read and written by keys.
//! Holds always: a map is an array of arrays, one for each key, total; a field without a default has
//! a second array that says which keys are present, and holds zero where they are not. Laws that a
//! solver cannot know (ranges, sums) are added as facts where a place is touched.

use deed_compiler::mir::{FieldId, Program, StateField};

use super::facts::Facts;
use super::sums::{Entry, Map};
use super::value;
use crate::vc::term::{Sort, TermId, Terms};

/// The state at one moment.
#[derive(Clone, Debug)]
pub(super) struct State {
    fields: Vec<Map>,
}

impl State {
    /// A state of which nothing is known but its types.
    pub(super) fn unknown(terms: &mut Terms, facts: &mut Facts, program: &Program) -> State {
        let mut state = State { fields: Vec::new() };
        for field in &program.state {
            state.fields.push(unknown(terms, facts, field));
        }
        state
    }

    /// The state before `init`: defaults, and empty maps.
    pub(super) fn empty(terms: &mut Terms, facts: &mut Facts, program: &Program) -> State {
        let mut state = State { fields: Vec::new() };
        for (at, field) in program.state.iter().enumerate() {
            state.fields.push(empty(terms, facts, FieldId(at as u32), field));
        }
        state
    }

    /// The plain fields with their values, as the source names them.
    pub(super) fn scalars(&self, program: &Program) -> Vec<(String, TermId)> {
        let fields = program.state.iter().zip(&self.fields);
        let plain = fields.filter(|(declared, _)| declared.keys.is_empty());
        plain.map(|(declared, field)| (format!("self.{}", declared.name), field.value)).collect()
    }

    /// All that the state is made of.
    pub(super) fn terms(&self) -> Vec<TermId> {
        let parts = self.fields.iter().flat_map(|map| [Some(map.value), map.present]);
        parts.flatten().collect()
    }

    /// What a field without keys holds.
    pub(super) fn scalar(&self, id: FieldId) -> TermId {
        self.fields[id.index()].value
    }

    /// Forgets what a field holds.
    pub(super) fn forget(
        &mut self,
        terms: &mut Terms,
        facts: &mut Facts,
        program: &Program,
        id: FieldId,
    ) {
        self.fields[id.index()] = unknown(terms, facts, program.field(id));
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
        facts.range(terms, value, declared.value);
        self.zero_where_absent(terms, facts, place, keys, value);
        if !keys.is_empty() {
            facts.read(terms, id, field, keys);
        }
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
        let id = place.1;
        // The old value takes part in the law of sums, so its own laws are needed too.
        self.read(terms, facts, place, keys);
        let before = self.fields[id.index()];
        let after = Map {
            value: store(terms, before.value, keys, value),
            present: before.present.map(|array| store(terms, array, keys, present)),
        };
        self.fields[id.index()] = after;
        if !keys.is_empty() {
            let present = before.present.map(|_| present);
            let entry = Entry { keys: keys.to_vec(), value, present };
            facts.stored(terms, id, (before, after), entry);
        }
    }

    /// `condition ? a : b`, field by field.
    pub(super) fn either(
        terms: &mut Terms,
        facts: &mut Facts,
        condition: TermId,
        a: &State,
        b: &State,
    ) -> State {
        let mut fields = Vec::new();
        for (at, (a, b)) in a.fields.iter().zip(&b.fields).enumerate() {
            let chosen = Map {
                value: terms.ite(condition, a.value, b.value),
                present: a.present.zip(b.present).map(|(a, b)| terms.ite(condition, a, b)),
            };
            if a != b {
                facts.chosen(terms, FieldId(at as u32), condition, (*a, *b), chosen);
            }
            fields.push(chosen);
        }
        State { fields }
    }

    /// The map below some keys.
    pub(super) fn map(&self, terms: &mut Terms, id: FieldId, keys: &[TermId]) -> Map {
        self.fields[id.index()].at(terms, keys)
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
}

fn unknown(terms: &mut Terms, facts: &mut Facts, field: &StateField) -> Map {
    let name = format!("self.{}", field.name);
    let value = terms.fresh(&name, array_sort(field, value::sort(field.value)));
    if field.keys.is_empty() {
        let law = value::range(terms, value, field.value);
        facts.push(law);
    }
    let present = is_partial(field)
        .then(|| terms.fresh(&format!("{name}.present"), array_sort(field, Sort::Bool)));
    Map { value, present }
}

fn empty(terms: &mut Terms, facts: &mut Facts, id: FieldId, field: &StateField) -> Map {
    if field.keys.is_empty() && field.default.is_none() {
        return unknown(terms, facts, field);
    }
    let held = absent(terms, field);
    let nothing = terms.bool(false);
    let value = everywhere(terms, field, held);
    let present = is_partial(field).then(|| everywhere(terms, field, nothing));
    let map = Map { value, present };
    if !field.keys.is_empty() {
        facts.emptied(terms, id, map);
    }
    map
}

/// Whether reading a place can find nothing.
fn is_partial(field: &StateField) -> bool {
    !field.keys.is_empty() && field.default.is_none()
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
