//! Reading places, and the operations on maps in state.
//!
//! Holds always: the key of an entry is evaluated before the values that go there.

use deed_base::Span;

use super::cfg::Join;
use super::function::FnLowering;
use crate::arena::LocalId;
use crate::mir::{FieldId, Op, Ty, ValueId};
use crate::thir::{Expr, ExprKind, MapOp, Place, PlaceBase, PlaceStep};
use crate::ty;

impl FnLowering<'_, '_> {
    /// The field and the values of the keys of a place in state that holds one value.
    pub(super) fn state_keys(
        &mut self,
        place: &Place,
        path: &[PlaceStep],
    ) -> Option<(FieldId, Vec<ValueId>)> {
        let PlaceBase::State(field) = place.base else {
            self.not_yet(place.span, "maps in variables");
            return None;
        };
        let field = super::field_number(field);
        let mut keys = Vec::new();
        for step in path {
            let PlaceStep::Key(key) = step else {
                self.not_yet(place.span, "maps inside of other values in state");
                return None;
            };
            keys.push(self.expr(key)?);
        }
        Some((field, keys))
    }

    /// The value that a place holds.
    pub(super) fn read(&mut self, place: &Place) -> Option<ValueId> {
        let target = self.lvalue(place)?;
        self.load_place(&target)
    }

    /// The value of a variable.
    pub(super) fn local(&mut self, local: LocalId, span: Span) -> Option<ValueId> {
        let value = self.env.get(local);
        if value.is_none() && self.at.is_some() {
            self.not_yet(span, "variables that are assigned later");
        }
        value
    }

    pub(super) fn load(&mut self, field: FieldId, keys: Vec<ValueId>, span: Span) -> ValueId {
        let ty = self.lowering.program.field(field).value;
        self.value(Op::StateLoad { field, keys }, ty, span)
    }

    /// `view place`: the value, or an `Option` of the entry of a map.
    pub(super) fn view(&mut self, place: &Place, found: bool, expr: &Expr) -> Option<ValueId> {
        if !found {
            return self.read(place);
        }
        let (field, keys) = self.state_keys(place, &place.path)?;
        let option = self.machine(&expr.ty, expr.span);
        self.entry_or_none(MapOp::Get, field, keys, None, option, expr.span)
    }

    /// An operation on a map in state.
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
                let new = match args.get(1) {
                    Some(new) => Some(self.expr(new)?),
                    None => None,
                };
                let option = self.machine(&expr.ty, span);
                self.entry_or_none(op, field, keys, new, option, span)
            }
        }
    }

    /// An entry as an `Option`, taken out or replaced as `op` says.
    fn entry_or_none(
        &mut self,
        op: MapOp,
        field: FieldId,
        keys: Vec<ValueId>,
        new: Option<ValueId>,
        option: Ty,
        span: Span,
    ) -> Option<ValueId> {
        self.entry_or(op, (field, keys), new, span, |this, entry| match entry {
            Some(value) => Some(this.some(option, value, span)),
            None => Some(this.none(option, span)),
        })
    }

    /// `map.get(k) else { … }`, `map.take(k) ?? e` and their like: the content of an option that
    /// need not be built, or what `otherwise` gives where it does not leave.
    pub(super) fn entry_content(
        &mut self,
        (op, map, args): (MapOp, &Place, &[Expr]),
        span: Span,
        otherwise: impl FnOnce(&mut Self) -> Option<ValueId>,
    ) -> Option<ValueId> {
        let entry = self.entry(map, args)?;
        let new = match args.get(1) {
            Some(new) => Some(self.expr(new)?),
            None => None,
        };
        let mut otherwise = Some(otherwise);
        self.entry_or(op, entry, new, span, |this, entry| match entry {
            Some(value) => Some(value),
            None => otherwise.take().and_then(|otherwise| otherwise(this)),
        })
    }

    /// What `f` makes of an entry that is there, or of none; the entry is taken out or replaced
    /// before, as `op` says.
    fn entry_or(
        &mut self,
        op: MapOp,
        (field, keys): (FieldId, Vec<ValueId>),
        new: Option<ValueId>,
        span: Span,
        mut f: impl FnMut(&mut Self, Option<ValueId>) -> Option<ValueId>,
    ) -> Option<ValueId> {
        let has = Op::StateHas { field, keys: keys.clone() };
        let has = self.value(has, Ty::Bool, span);
        let (present, absent) = self.branch(has, span);
        let env = self.env.clone();
        let mut join = Join::default();
        self.at = Some(present);
        let old = self.load(field, keys.clone(), span);
        if op == MapOp::Take {
            self.effect(Op::StateRemove { field, keys: keys.clone() }, span);
        }
        let store = new.map(|value| Op::StateStore { field, keys, value });
        store.iter().for_each(|store| self.effect(store.clone(), span));
        let value = f(self, Some(old));
        self.lead(&mut join, value);
        self.at = Some(absent);
        self.env = env;
        store.into_iter().for_each(|store| self.effect(store, span));
        let value = f(self, None);
        self.lead(&mut join, value);
        self.meet(join, span)
    }

    /// The place of the entry that an operation on a map is about; its key is the first argument.
    fn entry(&mut self, map: &Place, args: &[Expr]) -> Option<(FieldId, Vec<ValueId>)> {
        let ty::Ty::Map(of) = &map.ty else {
            self.not_yet(map.span, "collections other than maps");
            return None;
        };
        if matches!(of.value, ty::Ty::Map(_) | ty::Ty::Set(_)) {
            self.not_yet(map.span, "operations on maps whose values are collections");
            return None;
        }
        let (field, mut keys) = self.state_keys(map, &map.path)?;
        keys.push(self.expr(&args[0])?);
        Some((field, keys))
    }
}

/// An operation on a map, where an expression is one.
pub(super) fn as_map_call(expr: &Expr) -> Option<(MapOp, &Place, &[Expr])> {
    match &expr.kind {
        ExprKind::MapCall { op, map, args } => Some((*op, map, args)),
        _ => None,
    }
}
