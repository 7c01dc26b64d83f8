//! Places of local variables and what lies in them: evaluated once, read, and written back.
//!
//! Holds always: the keys and indexes of a place are evaluated once, from left to right; a write
//! makes a new value of the whole variable, with the one part changed.

use deed_base::Span;

use super::function::FnLowering;
use super::storage::{Entry, Located, Stored};
use crate::arena::{Id, LocalId};
use crate::mir::{Op, ValueId};
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
    Entry(Entry),
    /// A part of the state with rows of its own.
    Part(Stored),
}

#[derive(Clone, Copy)]
enum Step {
    Field(usize),
    Index(ValueId),
}

impl FnLowering<'_, '_> {
    /// Evaluates the keys and indexes of a place.
    pub(super) fn lvalue(&mut self, place: &Place) -> Option<Lvalue> {
        let mut steps = Vec::new();
        let (base, inward) = match (self.locate(place)?, place.base) {
            (Some(Located::Part(part)), _) => (Base::Part(part), &[][..]),
            (Some(Located::Entry { entry, field, steps: count }), _) => {
                steps.extend(field.map(Step::Field));
                (Base::Entry(entry), &place.path[count..])
            }
            (None, PlaceBase::Local(local)) => (Base::Local(local), &place.path[..]),
            // Every field of the state has its place.
            (None, PlaceBase::State(_)) => return None,
        };
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
            Base::Entry(entry) => Some(self.load_entry(entry, place.span)),
            Base::Part(part) => Some(self.load_whole(part, place.span)),
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
            Base::Entry(entry) => self.store_entry(entry, whole, span),
            Base::Part(part) => self.replace_whole(part, whole, span),
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
