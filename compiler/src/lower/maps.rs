//! Maps and sets in variables: their entries, and what the library offers on them.
//!
//! In: the value of a map or set, and keys. Out: what is there, or the changed map.
//! Holds always: a key is looked up once for what is read, taken or changed; an entry that is there is
//! reached by its position from then on. In a map with a default no entry holds the default.

use deed_base::Span;

use super::function::FnLowering;
use super::natives::Native;
use crate::mir::{BinaryOp, Op, TrapKind, Ty, ValueId};
use crate::thir::{Expr, MapOp, Place};
use crate::ty;
use crate::value::Value;

/// What an absent entry of a map reads, with the type of the map's values.
pub(super) type Default = (Value, ty::Ty);

/// The default of a map's type, if it has one.
pub(super) fn default_of(ty: &ty::Ty) -> Option<Default> {
    match ty {
        ty::Ty::Map(map) => map.default.clone().map(|value| (value, map.value.clone())),
        _ => None,
    }
}

impl FnLowering<'_, '_> {
    /// Whether a key is there, and the position of its entry.
    pub(super) fn find(&mut self, map: ValueId, key: ValueId, span: Span) -> (ValueId, ValueId) {
        let found = self.values(Op::MapFind { map, key }, &[Ty::Bool, Ty::U64], span);
        (found[0], found[1])
    }

    pub(super) fn key_at(&mut self, map: ValueId, index: ValueId, span: Span) -> ValueId {
        let ty = self.entries(map).0;
        self.value(Op::MapKey { map, index }, ty, span)
    }

    pub(super) fn value_at(&mut self, map: ValueId, index: ValueId, span: Span) -> ValueId {
        let ty = self.entries(map).1.unwrap_or(Ty::Bool);
        self.value(Op::MapGet { map, index }, ty, span)
    }

    fn entries(&self, map: ValueId) -> (Ty, Option<Ty>) {
        let entries = self.lowering.program.types.entries(self.function.ty(map));
        entries.unwrap_or((Ty::Bool, None))
    }

    /// `map[key]`: the value, and where its entry is if there must be one.
    pub(super) fn entry_value(
        &mut self,
        map: ValueId,
        key: ValueId,
        default: Option<&Default>,
        span: Span,
    ) -> Option<(ValueId, Option<ValueId>)> {
        let (found, position) = self.find(map, key, span);
        let Some((default, of)) = default else {
            self.trap_unless(found, TrapKind::MissingKey, span);
            return Some((self.value_at(map, position, span), Some(position)));
        };
        let value = self.choose(
            found,
            span,
            |this| Some(this.value_at(map, position, span)),
            |this| this.literal(default, of, span),
        )?;
        Some((value, None))
    }

    /// The map with a value under a key; the default takes the entry out.
    pub(super) fn with_entry(
        &mut self,
        map: ValueId,
        key: ValueId,
        value: ValueId,
        default: Option<&Default>,
        span: Span,
    ) -> Option<ValueId> {
        let ty = self.function.ty(map);
        let put = Op::MapPut { map, key, value: Some(value) };
        let Some((default, of)) = default else { return Some(self.value(put, ty, span)) };
        let default = self.literal(default, of, span)?;
        let is_default = self.compare(BinaryOp::Eq, value, default, span);
        self.choose(
            is_default,
            span,
            |this| {
                let (found, position) = this.find(map, key, span);
                let without = |this: &mut Self| Some(this.without_entry(map, position, span).0);
                this.choose(found, span, without, |_| Some(map))
            },
            |this| Some(this.value(put, ty, span)),
        )
    }

    /// The map without an entry that is there, and the value of this; of a set nothing.
    fn without_entry(
        &mut self,
        map: ValueId,
        index: ValueId,
        span: Span,
    ) -> (ValueId, Option<ValueId>) {
        let types: Vec<Ty> =
            [self.function.ty(map)].into_iter().chain(self.entries(map).1).collect();
        let rest = self.values(Op::MapTake { map, index }, &types, span);
        (rest[0], rest.get(1).copied())
    }

    /// `map.get(k)` and its like, of a map in a variable.
    pub(super) fn local_map_call(
        &mut self,
        op: MapOp,
        map: &Place,
        args: &[Expr],
        expr: &Expr,
    ) -> Option<ValueId> {
        let place = self.lvalue(map)?;
        let args = self.exprs(args)?;
        let values = [self.load_place(&place)?].into_iter().chain(args).collect();
        let result = self.concrete(&expr.ty);
        let place = op.writes().then_some(place);
        let default = default_of(&self.concrete(&map.ty));
        let native = Native { values, place, result, expr };
        self.local_map_native(op.name(), op.name(), default, native)
    }

    /// What maps and sets have.
    pub(super) fn local_map_native(
        &mut self,
        method: &str,
        name: &str,
        default: Option<Default>,
        n: Native<'_>,
    ) -> Option<ValueId> {
        let span = n.expr.span;
        let Some(map) = n.values.first().copied() else {
            let ty = self.lowering.machine(&n.result, span);
            return (method == "new").then(|| self.list_of(ty, Vec::new(), span));
        };
        match (method, n.values.get(1).copied()) {
            ("len", _) => Some(self.value(Op::Len { value: map }, Ty::U64, span)),
            ("is_empty", _) => Some(self.has_no_entries(map, span)),
            ("close", _) => {
                let empty = self.has_no_entries(map, span);
                self.trap_unless(empty, TrapKind::NotEmpty, span);
                None
            }
            ("clear", _) => {
                let ty = self.function.ty(map);
                let empty = self.list_of(ty, Vec::new(), span);
                self.write_back(&n, empty);
                None
            }
            ("keys", _) => Some(self.gathered(map, n, |this, at| this.key_at(map, at, span))),
            ("values", _) => {
                let is_set = self.entries(map).1.is_none();
                Some(self.gathered(map, n, |this, at| match is_set {
                    true => this.key_at(map, at, span),
                    false => this.value_at(map, at, span),
                }))
            }
            ("first" | "first_key", _) => self.end_key_of(map, n, false),
            ("last" | "last_key", _) => self.end_key_of(map, n, true),
            ("load", Some(max)) => {
                let length = self.value(Op::Len { value: map }, Ty::U64, span);
                let fits = self.compare(BinaryOp::Le, length, max, span);
                self.trap_unless(fits, TrapKind::OutOfBounds, span);
                Some(map)
            }
            ("has" | "contains", Some(key)) => Some(self.find(map, key, span).0),
            ("get", Some(key)) => {
                let option = self.lowering.machine(&n.result, span);
                let (found, position) = self.find(map, key, span);
                self.option_if(found, option, span, |this| this.value_at(map, position, span))
            }
            (_, Some(key)) => self.change_entry(method, (map, key), default, n),
            _ => self.unknown_native(name, span),
        }
    }

    /// What changes one entry of the map or set that it is called on.
    fn change_entry(
        &mut self,
        method: &str,
        (map, key): (ValueId, ValueId),
        default: Option<Default>,
        n: Native<'_>,
    ) -> Option<ValueId> {
        let span = n.expr.span;
        let ty = self.function.ty(map);
        let (found, position) = self.find(map, key, span);
        match (method, n.values.get(2).copied()) {
            ("insert", None) => {
                let with = self.value(Op::MapPut { map, key, value: None }, ty, span);
                self.write_back(&n, with);
                Some(self.negated(found, span))
            }
            ("insert", Some(value)) => {
                let free = self.negated(found, span);
                self.trap_unless(free, TrapKind::KeyPresent, span);
                let with = self.with_entry(map, key, value, default.as_ref(), span)?;
                self.write_back(&n, with);
                None
            }
            ("replace", Some(value)) => {
                let option = self.lowering.machine(&n.result, span);
                let of = self.function.ty(value);
                let swaps = default.is_none();
                let taken = |this: &mut Self| {
                    let (with, old) = if swaps {
                        let swap = Op::MapSwap { map, index: position, value };
                        let both = this.values(swap, &[ty, of], span);
                        (both[0], both[1])
                    } else {
                        let old = this.value_at(map, position, span);
                        (this.with_entry(map, key, value, default.as_ref(), span)?, old)
                    };
                    this.write_back(&n, with);
                    Some(this.some(option, old, span))
                };
                let new = |this: &mut Self| {
                    let with = this.with_entry(map, key, value, default.as_ref(), span)?;
                    this.write_back(&n, with);
                    Some(this.none(option, span))
                };
                self.choose(found, span, taken, new)
            }
            // `take` of a map and `remove` of both.
            (_, _) => {
                let takes = method == "take";
                let option = self.lowering.machine(&n.result, span);
                let out = |this: &mut Self| {
                    let (without, old) = this.without_entry(map, position, span);
                    this.write_back(&n, without);
                    let old = old.filter(|_| takes);
                    Some(old.map_or(found, |old| this.some(option, old, span)))
                };
                let none =
                    |this: &mut Self| Some(if takes { this.none(option, span) } else { found });
                self.choose(found, span, out, none)
            }
        }
    }

    fn has_no_entries(&mut self, map: ValueId, span: Span) -> ValueId {
        let length = self.value(Op::Len { value: map }, Ty::U64, span);
        let zero = self.number(0, span);
        self.compare(BinaryOp::Eq, length, zero, span)
    }

    /// A `Vec` of what `f` gives for each position.
    fn gathered(
        &mut self,
        map: ValueId,
        n: Native<'_>,
        f: impl FnOnce(&mut Self, ValueId) -> ValueId,
    ) -> ValueId {
        let span = n.expr.span;
        let ty = self.lowering.machine(&n.result, span);
        let length = self.value(Op::Len { value: map }, Ty::U64, span);
        let empty = self.list_of(ty, Vec::new(), span);
        let all = self.count_up(length, vec![empty], span, |this, turn| {
            let value = f(this, turn.key);
            vec![this.value(Op::VecPush { vec: turn.carried[0], value }, ty, span)]
        });
        all[0]
    }

    /// The first or last key, as an `Option`.
    fn end_key_of(&mut self, map: ValueId, n: Native<'_>, last: bool) -> Option<ValueId> {
        let span = n.expr.span;
        let option = self.lowering.machine(&n.result, span);
        let length = self.value(Op::Len { value: map }, Ty::U64, span);
        let zero = self.number(0, span);
        let some = self.compare(BinaryOp::Gt, length, zero, span);
        self.option_if(some, option, span, |this| {
            let position = if last {
                let one = this.number(1, span);
                let op = Op::Binary { op: BinaryOp::WrappingSub, left: length, right: one };
                this.value(op, Ty::U64, span)
            } else {
                zero
            };
            this.key_at(map, position, span)
        })
    }
}
