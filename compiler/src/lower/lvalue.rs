//! Places of local variables and what lies in them: evaluated once, read, and written back.
//!
//! Holds always: the keys and indexes of a place are evaluated once, from left to right; a write
//! makes a new value of the whole variable, with the one part changed.

use deed_base::Span;

use super::function::FnLowering;
use crate::arena::{Id, LocalId};
use crate::mir::{FieldId, Op, ValueId};
use crate::thir::{Place, PlaceBase, PlaceStep};

/// A place whose keys and indexes are known values.
pub(super) struct Lvalue {
    base: Base,
    /// From the base inward.
    steps: Vec<Step>,
    span: Span,
}

enum Base {
    Local(LocalId),
    /// An entry of the state.
    State(FieldId, Vec<ValueId>),
}

#[derive(Clone, Copy)]
enum Step {
    Field(usize),
    Index(ValueId),
}

impl FnLowering<'_, '_> {
    /// Evaluates the keys and indexes of a place.
    pub(super) fn lvalue(&mut self, place: &Place) -> Option<Lvalue> {
        let (base, inward) = match place.base {
            PlaceBase::Local(local) => (Base::Local(local), &place.path[..]),
            PlaceBase::State(_) => {
                let is_key = |step: &&PlaceStep| matches!(step, PlaceStep::Key(_));
                let count = place.path.iter().take_while(is_key).count();
                let (field, keys) = self.state_keys(place, &place.path[..count])?;
                if keys.len() != self.lowering.program.field(field).keys.len() {
                    self.not_yet(place.span, "whole collections of the state as values");
                    return None;
                }
                (Base::State(field, keys), &place.path[count..])
            }
        };
        let mut steps = Vec::new();
        for step in inward {
            steps.push(match step {
                PlaceStep::Field(_, field) => Step::Field(field.index()),
                PlaceStep::Part(part) => Step::Field(*part as usize),
                PlaceStep::Index(index) => Step::Index(self.expr(index)?),
                PlaceStep::Key(key) => {
                    self.not_yet(key.span, "maps in variables");
                    return None;
                }
            });
        }
        Some(Lvalue { base, steps, span: place.span })
    }

    /// What a place holds.
    pub(super) fn load_place(&mut self, place: &Lvalue) -> Option<ValueId> {
        let base = self.load_base(place)?;
        Some(self.parts(base, &place.steps, place.span).pop().unwrap_or(base))
    }

    fn load_base(&mut self, place: &Lvalue) -> Option<ValueId> {
        match &place.base {
            Base::Local(local) => self.local(*local, place.span),
            Base::State(field, keys) => Some(self.load(*field, keys.clone(), place.span)),
        }
    }

    /// The value behind each step, the innermost last.
    fn parts(&mut self, base: ValueId, steps: &[Step], span: Span) -> Vec<ValueId> {
        let mut value = base;
        let inward = steps.iter().map(|step| {
            value = match *step {
                Step::Field(field) => self.field(value, field, span),
                Step::Index(index) => self.element(value, index, span),
            };
            value
        });
        inward.collect()
    }

    /// Puts a value into a place.
    pub(super) fn store_place(&mut self, place: &Lvalue, value: ValueId, span: Span) {
        let whole = match place.steps[..] {
            [] => Some(value),
            _ => self.load_base(place).map(|base| self.changed(base, &place.steps, value, span)),
        };
        let Some(whole) = whole else { return };
        match &place.base {
            Base::Local(local) => self.assign(*local, whole),
            Base::State(field, keys) => {
                let op = Op::StateStore { field: *field, keys: keys.clone(), value: whole };
                self.effect(op, span);
            }
        }
    }

    /// The base with the part behind all steps replaced.
    fn changed(&mut self, base: ValueId, steps: &[Step], value: ValueId, span: Span) -> ValueId {
        let mut holders = vec![base];
        holders.extend(self.parts(base, &steps[..steps.len() - 1], span));
        let outward = holders.into_iter().zip(steps).rev();
        outward.fold(value, |value, (holder, step)| {
            let ty = self.function.ty(holder);
            let op = match *step {
                Step::Field(field) => Op::RecordSet { record: holder, field: field as u32, value },
                Step::Index(index) => Op::VecSet { vec: holder, index, value },
            };
            self.value(op, ty, span)
        })
    }
}
