//! Places of local variables and what lies in them: evaluated once, read, and written back.
//!
//! Holds always: the keys and indexes of a place are evaluated once, from left to right; a write
//! makes a new value of the whole variable, with the one part changed.

use std::cell::RefCell;

use deed_base::Span;

use super::function::FnLowering;
use super::maps::{Default, default_of};
use super::storage::{Entry, Located, Stored};
use crate::arena::{Id, LocalId};
use crate::mir::{Op, ValueId};
use crate::thir::{Place, PlaceBase, PlaceStep};
use crate::ty;

/// A place whose keys and indexes are known values.
pub(super) struct Lvalue {
    base: Base,
    /// From the base inward.
    steps: Vec<Step>,
    /// What the place held when it was read.
    read: RefCell<Chain>,
    span: Span,
}

enum Base {
    Local(LocalId),
    /// An entry of the state.
    Entry(Entry),
    /// A part of the state with rows of its own.
    Part(Stored),
}

#[derive(Clone)]
enum Step {
    Field(usize),
    Index(ValueId),
    Key { key: ValueId, default: Option<Default> },
}

/// The values on the way to a place.
#[derive(Clone, std::default::Default)]
struct Chain {
    base: Option<ValueId>,
    /// Behind each step; of the entry of a map its position as well, if it must be there.
    parts: Vec<(ValueId, Option<ValueId>)>,
}

impl FnLowering<'_, '_> {
    /// Evaluates the keys and indexes of a place.
    pub(super) fn lvalue(&mut self, place: &Place) -> Option<Lvalue> {
        let mut steps = Vec::new();
        let (base, done) = match (self.locate(place)?, place.base) {
            (Some(Located::Part(part)), _) => (Base::Part(part), place.path.len()),
            (Some(Located::Entry { entry, field, steps: count }), _) => {
                steps.extend(field.map(Step::Field));
                (Base::Entry(entry), count)
            }
            (None, PlaceBase::Local(local)) => (Base::Local(local), 0),
            // Every field of the state has its place.
            (None, PlaceBase::State(_)) => return None,
        };
        let types = self.types_along(place);
        for (step, of) in place.path.iter().zip(types).skip(done) {
            steps.push(match step {
                PlaceStep::Field(_, field) => Step::Field(field.index()),
                PlaceStep::Part(part) => Step::Field(*part as usize),
                PlaceStep::Index(index) => Step::Index(self.expr(index)?),
                PlaceStep::Key(key) => Step::Key { key: self.expr(key)?, default: default_of(&of) },
            });
        }
        Some(Lvalue { base, steps, read: RefCell::default(), span: place.span })
    }

    /// What each step of a place goes on from: the type before it.
    fn types_along(&self, place: &Place) -> Vec<ty::Ty> {
        let package = self.lowering.package;
        let base = match (place.base, self.source) {
            (PlaceBase::Local(local), Some(source)) => {
                package.functions[source].locals[local].ty.clone()
            }
            (PlaceBase::State(field), _) => self.lowering.contract.state[field].ty.clone(),
            (PlaceBase::Local(_), None) => ty::Ty::Unit,
        };
        let mut ty = self.concrete(&base);
        let before = place.path.iter().map(|step| {
            let inward = match (step, &ty) {
                (PlaceStep::Field(id, field), ty::Ty::Struct(_, args)) => {
                    package.field_ty(*id, args, *field)
                }
                (PlaceStep::Part(part), ty::Ty::Tuple(parts)) => {
                    parts.get(*part as usize).cloned().unwrap_or(ty::Ty::Unit)
                }
                (PlaceStep::Key(_), ty::Ty::Map(map)) => map.value.clone(),
                (PlaceStep::Index(_), ty::Ty::Vec(of) | ty::Ty::Array(of, _)) => (**of).clone(),
                _ => ty::Ty::Unit,
            };
            std::mem::replace(&mut ty, inward)
        });
        before.collect()
    }

    /// What a place holds.
    pub(super) fn load_place(&mut self, place: &Lvalue) -> Option<ValueId> {
        let base = self.load_base(place)?;
        let parts = self.parts(base, &place.steps, place.span)?;
        let value = parts.last().map_or(base, |(value, _)| *value);
        *place.read.borrow_mut() = Chain { base: Some(base), parts };
        Some(value)
    }

    fn load_base(&mut self, place: &Lvalue) -> Option<ValueId> {
        match &place.base {
            Base::Local(local) => self.local(*local, place.span),
            Base::Entry(entry) => Some(self.load_entry(entry, place.span)),
            Base::Part(part) => Some(self.load_whole(part, place.span)),
        }
    }

    /// The value behind each step, the innermost last.
    fn parts(
        &mut self,
        base: ValueId,
        steps: &[Step],
        span: Span,
    ) -> Option<Vec<(ValueId, Option<ValueId>)>> {
        let mut value = base;
        let inward = steps.iter().map(|step| {
            let part = match step {
                Step::Field(field) => (self.field(value, *field, span), None),
                Step::Index(index) => (self.element(value, *index, span), None),
                Step::Key { key, default } => {
                    self.entry_value(value, *key, default.as_ref(), span)?
                }
            };
            value = part.0;
            Some(part)
        });
        inward.collect()
    }

    /// Puts a value into a place.
    pub(super) fn store_place(&mut self, place: &Lvalue, value: ValueId, span: Span) {
        let whole = match place.steps[..] {
            [] => Some(value),
            _ => self.load_base(place).and_then(|base| self.changed(base, place, value, span)),
        };
        let Some(whole) = whole else { return };
        match &place.base {
            Base::Local(local) => self.assign(*local, whole),
            Base::Entry(entry) => self.store_entry(entry, whole, span),
            Base::Part(part) => self.replace_whole(part, whole, span),
        }
    }

    /// The base with the part behind all steps replaced.
    fn changed(
        &mut self,
        base: ValueId,
        place: &Lvalue,
        value: ValueId,
        span: Span,
    ) -> Option<ValueId> {
        let (_, inward) = place.steps.split_last()?;
        let mut chain = place.read.borrow().clone();
        // What was read is still there, unless the variable has changed since.
        if chain.base != Some(base) {
            chain.parts = self.parts(base, inward, span)?;
        }
        let mut value = value;
        for (at, step) in place.steps.iter().enumerate().rev() {
            let holder = match at.checked_sub(1) {
                Some(above) => chain.parts[above].0,
                None => base,
            };
            let position = chain.parts.get(at).and_then(|(_, position)| *position);
            value = self.with_part(holder, (step, position), value, span)?;
        }
        Some(value)
    }

    /// A value with one part of it replaced.
    fn with_part(
        &mut self,
        holder: ValueId,
        (step, position): (&Step, Option<ValueId>),
        value: ValueId,
        span: Span,
    ) -> Option<ValueId> {
        let op = match (step, position) {
            (Step::Field(field), _) => {
                Op::RecordSet { record: holder, field: *field as u32, value }
            }
            (Step::Index(index), _) => Op::VecSet { vec: holder, index: *index, value },
            (Step::Key { .. }, Some(index)) => Op::MapSet { map: holder, index, value },
            (Step::Key { key, default }, None) => {
                return self.with_entry(holder, *key, value, default.as_ref(), span);
            }
        };
        let ty = self.function.ty(holder);
        Some(self.value(op, ty, span))
    }
}
