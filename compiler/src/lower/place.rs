//! Places: state fields with their keys, and the operations that read and change them.

use deed_base::Span;

use super::cfg::Join;
use super::function::FnLowering;
use super::types::scalar;
use crate::mir::{FieldId, Op, Ty, ValueId};
use crate::thir::{BinaryOp, Expr, ExprKind, MapOp, Place, PlaceBase, PlaceStep};
use crate::ty;

impl FnLowering<'_, '_> {
    /// The field and the values of the keys of a place that holds one scalar.
    pub(super) fn state_place(&mut self, place: &Place) -> Option<(FieldId, Vec<ValueId>)> {
        if scalar(&place.ty).is_none() {
            self.not_yet(place.span, "whole collections of the state as values");
            return None;
        }
        self.map_place(place)
    }

    /// The field and the values of the keys of a place.
    fn map_place(&mut self, place: &Place) -> Option<(FieldId, Vec<ValueId>)> {
        let PlaceBase::State(field) = place.base else {
            self.not_yet(place.span, "maps in variables");
            return None;
        };
        let mut keys = Vec::new();
        for step in &place.path {
            let PlaceStep::Key(key) = step else {
                self.not_yet(place.span, "parts of structured values");
                return None;
            };
            keys.push(self.expr(key)?);
        }
        Some((super::field_number(field), keys))
    }

    pub(super) fn read(&mut self, place: &Place) -> Option<ValueId> {
        match place.base {
            PlaceBase::Local(local) if place.path.is_empty() => {
                let value = self.env.get(local);
                if value.is_none() && self.at.is_some() {
                    self.not_yet(place.span, "variables that are assigned later");
                }
                value
            }
            PlaceBase::Local(_) => {
                self.not_yet(place.span, "parts of structured values");
                None
            }
            PlaceBase::State(_) => {
                let (field, keys) = self.state_place(place)?;
                Some(self.load(field, keys, place.span))
            }
        }
    }

    fn load(&mut self, field: FieldId, keys: Vec<ValueId>, span: Span) -> ValueId {
        let ty = self.lowering.program.field(field).value;
        self.value(Op::StateLoad { field, keys }, ty, span)
    }

    /// `place op= value`: keys, old value, operand, operation, store.
    pub(super) fn op_assign(&mut self, place: &Place, op: BinaryOp, value: &Expr, span: Span) {
        match place.base {
            PlaceBase::State(_) => {
                let Some((field, keys)) = self.state_place(place) else { return };
                let old = self.load(field, keys.clone(), place.span);
                let Some(operand) = self.expr(value) else { return };
                let Some(value) = self.binary(op, old, operand, span) else { return };
                self.effect(Op::StateStore { field, keys, value }, span);
            }
            PlaceBase::Local(local) => {
                let Some(old) = self.read(place) else { return };
                let Some(operand) = self.expr(value) else { return };
                let Some(value) = self.binary(op, old, operand, span) else { return };
                self.assign(local, value);
            }
        }
    }

    /// An operation on a map that gives a plain value, or nothing.
    pub(super) fn map_call(
        &mut self,
        op: MapOp,
        map: &Place,
        args: &[Expr],
        expr: &Expr,
    ) -> Option<ValueId> {
        let (field, keys) = self.entry(map, args)?;
        let span = expr.span;
        match op {
            MapOp::Has => Some(self.value(Op::StateHas { field, keys }, Ty::Bool, span)),
            MapOp::Insert => {
                let value = self.expr(&args[1])?;
                self.effect(Op::StateInsert { field, keys, value }, span);
                None
            }
            MapOp::Remove => {
                let had = Op::StateHas { field, keys: keys.clone() };
                let had = self.value(had, Ty::Bool, span);
                self.effect(Op::StateRemove { field, keys }, span);
                Some(had)
            }
            MapOp::Get | MapOp::Take | MapOp::Replace => {
                self.not_yet(span, "values of type `Option` without `else`");
                None
            }
        }
    }

    /// `map.get(k) else { … }`, `map.take(k) ?? e` and their like: the content of an option that
    /// need not be built, or what `otherwise` gives where it does not leave.
    pub(super) fn content_or(
        &mut self,
        value: &Expr,
        otherwise: impl FnOnce(&mut Self) -> Option<ValueId>,
    ) -> Option<ValueId> {
        let ExprKind::MapCall { op, map, args } = &value.kind else {
            self.not_yet(value.span, "values of type `Option`");
            return None;
        };
        let span = value.span;
        let (field, keys) = self.entry(map, args)?;
        let new = match args.get(1) {
            Some(new) => Some(self.expr(new)?),
            None => None,
        };
        let has = Op::StateHas { field, keys: keys.clone() };
        let has = self.value(has, Ty::Bool, span);
        let (present, absent) = self.branch(has, span);
        let env = self.env.clone();
        let mut join = Join::default();
        self.at = Some(present);
        let old = self.load(field, keys.clone(), span);
        match (op, new) {
            (MapOp::Take, _) => {
                self.effect(Op::StateRemove { field, keys: keys.clone() }, span);
            }
            (MapOp::Replace, Some(value)) => {
                self.effect(Op::StateStore { field, keys: keys.clone(), value }, span);
            }
            _ => {}
        }
        self.lead(&mut join, Some(old));
        self.at = Some(absent);
        self.env = env;
        if let (MapOp::Replace, Some(value)) = (op, new) {
            self.effect(Op::StateStore { field, keys, value }, span);
        }
        let other = otherwise(self);
        self.lead(&mut join, other);
        self.meet(join, span)
    }

    /// The place of the entry that an operation on a map is about; its key is the first argument.
    fn entry(&mut self, map: &Place, args: &[Expr]) -> Option<(FieldId, Vec<ValueId>)> {
        let ty::Ty::Map(of) = &map.ty else {
            self.not_yet(map.span, "collections other than maps");
            return None;
        };
        if scalar(&of.value).is_none() {
            self.not_yet(map.span, "operations on maps whose values are collections");
            return None;
        }
        let (field, mut keys) = self.map_place(map)?;
        keys.push(self.expr(&args[0])?);
        Some((field, keys))
    }
}
