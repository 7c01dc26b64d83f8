//! Reading places, and the operations on maps that stand in the typed tree as such.

use deed_base::Span;

use super::cfg::Join;
use super::function::FnLowering;
use super::storage::Located;
use crate::arena::LocalId;
use crate::mir::{BinaryOp, FieldId, Op, Ty, ValueId};
use crate::thir::{Expr, ExprKind, MapOp, Place, PlaceStep};

/// `map.get(k)`, `map.take(k)` or `map.replace(k, v)` of a map in the state.
pub(super) struct EntryCall<'e> {
    op: MapOp,
    map: &'e Place,
    /// The key, and the new value if there is one.
    args: &'e [Expr],
}

impl FnLowering<'_, '_> {
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
        let default = self.lowering.storage.made_default(field).filter(|_| self.at.is_some());
        let load = Op::StateLoad { field, keys: keys.clone() };
        let Some((default, of)) = default else { return self.value(load, ty, span) };
        let present = self.value(Op::StateHas { field, keys }, Ty::Bool, span);
        let (stored, absent) = self.branch(present, span);
        let mut join = Join::default();
        self.at = Some(absent);
        let made = self.literal(&default, &of, span);
        self.lead(&mut join, made);
        self.at = Some(stored);
        let value = self.value(load, ty, span);
        self.lead(&mut join, Some(value));
        self.meet(join, span).unwrap_or(value)
    }

    /// Puts a value into an entry; what an absent one reads is not stored.
    pub(super) fn put(&mut self, field: FieldId, keys: Vec<ValueId>, value: ValueId, span: Span) {
        let default = self.lowering.storage.made_default(field).filter(|_| self.at.is_some());
        let store = Op::StateStore { field, keys: keys.clone(), value };
        let Some((default, of)) = default else { return self.effect(store, span) };
        let Some(default) = self.literal(&default, &of, span) else { return };
        let same = self.compare(BinaryOp::Eq, value, default, span);
        let (same, other) = self.branch(same, span);
        let mut join = Join::default();
        self.at = Some(same);
        self.effect(Op::StateRemove { field, keys }, span);
        self.lead(&mut join, None);
        self.at = Some(other);
        self.effect(store, span);
        self.lead(&mut join, None);
        self.meet(join, span);
    }

    /// `view place`: the value, or an `Option` of the entry of a map.
    pub(super) fn view(&mut self, place: &Place, found: bool, expr: &Expr) -> Option<ValueId> {
        if !found {
            return self.read(place);
        }
        let Some((PlaceStep::Key(key), path)) = place.path.split_last() else {
            self.not_yet(place.span, "views of this kind");
            return None;
        };
        let map = Place { path: path.to_vec(), ..place.clone() };
        if !self.is_stored(&map) {
            return self.local_map_call(MapOp::Get, &map, std::slice::from_ref(key), expr);
        }
        let entry = self.map_entry(&map, key)?;
        let option = self.machine(&expr.ty, expr.span);
        self.entry_or_none(MapOp::Get, &entry, None, option, expr.span)
    }

    /// An operation on a map.
    pub(super) fn map_call(
        &mut self,
        op: MapOp,
        map: &Place,
        args: &[Expr],
        expr: &Expr,
    ) -> Option<ValueId> {
        if !self.is_stored(map) {
            return self.local_map_call(op, map, args, expr);
        }
        let Some(Located::Part(part)) = self.locate(map)? else { return None };
        self.stored_native(op.name(), &part, args, expr)
    }

    /// `map.get(k)` and its like, where an expression is one.
    pub(super) fn entry_call<'e>(&self, expr: &'e Expr) -> Option<EntryCall<'e>> {
        match &expr.kind {
            ExprKind::MapCall { op, map, args } => {
                self.is_stored(map).then_some(EntryCall { op: *op, map, args })
            }
            ExprKind::Call { function, args, .. } => {
                let op = match self.lowering.package.native_name(*function)?.as_str() {
                    "Map.get" => MapOp::Get,
                    "Map.take" => MapOp::Take,
                    "Map.replace" => MapOp::Replace,
                    _ => return None,
                };
                let (map, args) = args.split_first()?;
                let (ExprKind::Read(map) | ExprKind::Inout(map)) = &map.kind else { return None };
                self.is_stored(map).then_some(EntryCall { op, map, args })
            }
            _ => None,
        }
    }

    /// `map.get(k) else { … }`, `map.take(k) ?? e` and their like: the content of an option that
    /// need not be built, or what `otherwise` gives where it does not leave.
    pub(super) fn entry_content(
        &mut self,
        call: EntryCall<'_>,
        span: Span,
        otherwise: impl FnOnce(&mut Self) -> Option<ValueId>,
    ) -> Option<ValueId> {
        let entry = self.map_entry(call.map, &call.args[0])?;
        let new = match call.args.get(1) {
            Some(new) => Some(self.expr(new)?),
            None => None,
        };
        let mut otherwise = Some(otherwise);
        self.entry_or(call.op, &entry, new, span, |this, entry| match entry {
            Some(value) => Some(value),
            None => otherwise.take().and_then(|otherwise| otherwise(this)),
        })
    }
}
