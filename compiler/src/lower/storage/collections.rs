//! What the library offers on collections, where these are in the state.
//!
//! In: a native's name and the collection. Out: its result.
//! Holds always: each operation touches the entries it is about and no others, but for those that are
//! about all: `len` of maps and sets, `keys`, `values`, `load`, `clear`.

use deed_base::Span;

use super::super::function::FnLowering;
use super::{Node, NodeId, Stored, VecNode};
use crate::mir::{BinaryOp, Const, FieldId, Op, TrapKind, Ty, ValueId, Walk};
use crate::thir::{Expr, MapOp};

/// What a native gives: a value, nothing, or nothing since it was reported.
type Given = Option<ValueId>;

impl FnLowering<'_, '_> {
    /// Calls a native on a collection in the state. `args` are those behind the collection.
    pub(in crate::lower) fn stored_native(
        &mut self,
        name: &str,
        part: &Stored,
        args: &[Expr],
        expr: &Expr,
    ) -> Given {
        let method = name.rsplit_once('.').map_or(name, |(_, method)| method);
        let span = expr.span;
        match self.lowering.storage.node(part.node).clone() {
            Node::Map(value) => self.map_native(method, value, part, args, expr),
            Node::Set(field) => self.set_native(method, field, part, args, expr),
            Node::Vec(vec) => self.vec_native(method, vec, part, args, expr),
            Node::Value(_) | Node::Struct { .. } => None,
        }
        .unwrap_or_else(|| {
            self.not_yet(span, &format!("calls of `{name}` in the state"));
            self.at = None;
            None
        })
    }

    /// Nothing where the method is not known.
    fn map_native(
        &mut self,
        method: &str,
        values: NodeId,
        part: &Stored,
        args: &[Expr],
        expr: &Expr,
    ) -> Option<Given> {
        let span = expr.span;
        let row = self.lowering.row_of(values);
        let op = match method {
            "get" => Some(MapOp::Get),
            "take" => Some(MapOp::Take),
            "replace" => Some(MapOp::Replace),
            _ => None,
        };
        if let Some(op) = op {
            return Some(self.option_entry(op, values, part, args, expr));
        }
        Some(match method {
            "len" => Some(self.count_entries(row, part, span)),
            "is_empty" => Some(self.is_empty(row, part, span)),
            "close" => {
                let empty = self.is_empty(row, part, span);
                self.trap_unless(empty, TrapKind::NotEmpty, span);
                None
            }
            "has" | "remove" | "insert" => {
                let Some(key) = self.expr(&args[0]) else { return Some(None) };
                let entry = part.below(values, key);
                match method {
                    "has" => Some(self.is_present(&entry, span)),
                    "remove" => Some(self.remove_entry(&entry, span)),
                    _ => {
                        if let Some(value) = self.expr(&args[1]) {
                            self.insert_entry(&entry, value, span);
                        }
                        None
                    }
                }
            }
            "clear" => {
                self.clear_whole(part, span);
                None
            }
            "keys" => Some(self.gather(row, part, expr, |_, key| key)),
            "values" => {
                let part = part.clone();
                Some(self.gather(row, &part.clone(), expr, move |this, key| {
                    this.load_whole(&part.below(values, key), span)
                }))
            }
            "load" => {
                let Some(max) = self.expr(&args[0]) else { return Some(None) };
                let ty = self.machine(&expr.ty, span);
                Some(self.load_entries(part, ty, Some(max), span))
            }
            "first_key" => self.end_key(Walk::First, row, part, expr),
            "last_key" => self.end_key(Walk::Last, row, part, expr),
            _ => return None,
        })
    }

    fn option_entry(
        &mut self,
        op: MapOp,
        values: NodeId,
        part: &Stored,
        args: &[Expr],
        expr: &Expr,
    ) -> Given {
        let key = self.expr(&args[0])?;
        let entry = part.below(values, key);
        let new = match args.get(1) {
            Some(new) => Some(self.expr(new)?),
            None => None,
        };
        let option = self.machine(&expr.ty, expr.span);
        self.entry_or_none(op, &entry, new, option, expr.span)
    }

    fn set_native(
        &mut self,
        method: &str,
        field: FieldId,
        part: &Stored,
        args: &[Expr],
        expr: &Expr,
    ) -> Option<Given> {
        let span = expr.span;
        Some(match method {
            "len" => Some(self.count_entries(field, part, span)),
            "is_empty" => Some(self.is_empty(field, part, span)),
            "contains" | "insert" | "remove" => {
                let Some(element) = self.expr(&args[0]) else { return Some(None) };
                let keys = part.below(part.node, element).keys;
                let has = self.value(Op::StateHas { field, keys: keys.clone() }, Ty::Bool, span);
                match method {
                    "contains" => Some(has),
                    "remove" => {
                        self.effect(Op::StateRemove { field, keys }, span);
                        Some(has)
                    }
                    _ => {
                        let value = self.constant(Const::Bool(true), span);
                        self.effect(Op::StateStore { field, keys, value }, span);
                        Some(self.negated(has, span))
                    }
                }
            }
            "clear" => {
                self.clear_whole(part, span);
                None
            }
            "values" => Some(self.gather(field, part, expr, |_, key| key)),
            "load" => {
                let Some(max) = self.expr(&args[0]) else { return Some(None) };
                let ty = self.machine(&expr.ty, span);
                Some(self.load_entries(part, ty, Some(max), span))
            }
            "first" => self.end_key(Walk::First, field, part, expr),
            "last" => self.end_key(Walk::Last, field, part, expr),
            _ => return None,
        })
    }

    fn vec_native(
        &mut self,
        method: &str,
        vec: VecNode,
        part: &Stored,
        args: &[Expr],
        expr: &Expr,
    ) -> Option<Given> {
        let span = expr.span;
        Some(match method {
            "len" => Some(self.load(vec.length, part.keys.clone(), span)),
            "push" => {
                if let Some(value) = self.expr(&args[0]) {
                    self.push_element(vec, part, value, span);
                }
                None
            }
            "pop" => self.pop_element(vec, part, expr),
            // Its elements are entries of their own, which are not sorted where they lie.
            "sort_scalars" => Some(self.constant(Const::Bool(false), span)),
            "swap" => {
                let places = self.exprs(&args[..2]);
                if let Some(places) = places {
                    self.swap_elements(vec, part, [places[0], places[1]], span);
                }
                None
            }
            "insert" => {
                if let Some(given) = self.exprs(&args[..2]) {
                    self.insert_element(vec, part, [given[0], given[1]], span);
                }
                None
            }
            "remove" => {
                let index = self.expr(&args[0]);
                index.map(|index| self.remove_element(vec, part, index, span))
            }
            "slice" => {
                let Some(ends) = self.exprs(&args[..2]) else { return Some(None) };
                let ty = self.machine(&expr.ty, span);
                Some(self.slice_elements(vec, part, [ends[0], ends[1]], ty, span))
            }
            "extend" => {
                if let Some(other) = self.expr(&args[0]) {
                    self.extend_elements(vec, part, other, span);
                }
                None
            }
            "clear" => {
                self.clear_whole(part, span);
                None
            }
            "load" => {
                let Some(max) = self.expr(&args[0]) else { return Some(None) };
                let length = self.load(vec.length, part.keys.clone(), span);
                let fits = self.compare(BinaryOp::Le, length, max, span);
                self.trap_unless(fits, TrapKind::OutOfBounds, span);
                Some(self.load_whole(part, span))
            }
            _ => return None,
        })
    }

    fn push_element(&mut self, vec: VecNode, part: &Stored, value: ValueId, span: Span) {
        let length = self.load(vec.length, part.keys.clone(), span);
        let keys = part.below(part.node, length).keys;
        self.effect(Op::StateStore { field: vec.elements, keys, value }, span);
        let longer = self.successor(length, span);
        self.set_length(vec, part, longer, span);
    }

    pub(super) fn set_length(&mut self, vec: VecNode, part: &Stored, value: ValueId, span: Span) {
        let keys = part.keys.clone();
        self.effect(Op::StateStore { field: vec.length, keys, value }, span);
    }

    fn pop_element(&mut self, vec: VecNode, part: &Stored, expr: &Expr) -> Given {
        let span = expr.span;
        let option = self.machine(&expr.ty, span);
        let length = self.load(vec.length, part.keys.clone(), span);
        let zero = self.number(0, span);
        let some = self.compare(BinaryOp::Gt, length, zero, span);
        self.option_if(some, option, span, |this| {
            let one = this.number(1, span);
            let op = Op::Binary { op: BinaryOp::WrappingSub, left: length, right: one };
            let last = this.value(op, Ty::U64, span);
            let keys = part.below(part.node, last).keys;
            let value = this.load(vec.elements, keys.clone(), span);
            this.effect(Op::StateRemove { field: vec.elements, keys }, span);
            this.set_length(vec, part, last, span);
            value
        })
    }

    fn swap_elements(&mut self, vec: VecNode, part: &Stored, places: [ValueId; 2], span: Span) {
        let field = vec.elements;
        let keys = places.map(|place| part.below(part.node, place).keys);
        let mut held = Vec::new();
        for keys in &keys {
            let has = self.value(Op::StateHas { field, keys: keys.clone() }, Ty::Bool, span);
            self.trap_unless(has, TrapKind::OutOfBounds, span);
            held.push(self.load(field, keys.clone(), span));
        }
        for (keys, value) in keys.into_iter().zip(held.into_iter().rev()) {
            self.effect(Op::StateStore { field, keys, value }, span);
        }
    }

    pub(in crate::lower) fn negated(&mut self, value: ValueId, span: Span) -> ValueId {
        let op = Op::Unary { op: crate::mir::UnaryOp::Not, arg: value };
        self.value(op, Ty::Bool, span)
    }

    fn is_empty(&mut self, field: FieldId, part: &Stored, span: Span) -> ValueId {
        let any = Op::StateWalk { walk: Walk::Any, field, keys: part.keys.clone() };
        let any = self.value(any, Ty::Bool, span);
        self.negated(any, span)
    }

    fn count_entries(&mut self, field: FieldId, part: &Stored, span: Span) -> ValueId {
        let zero = self.number(0, span);
        let counted = self.along((field, &part.keys), vec![zero], span, |this, turn| {
            vec![this.successor(turn.carried[0], span)]
        });
        counted[0]
    }

    /// A `Vec` of what `f` makes of each key.
    fn gather(
        &mut self,
        field: FieldId,
        part: &Stored,
        expr: &Expr,
        f: impl FnOnce(&mut Self, ValueId) -> ValueId,
    ) -> ValueId {
        let span = expr.span;
        let ty = self.machine(&expr.ty, span);
        let empty = self.list_of(ty, Vec::new(), span);
        let all = self.along((field, &part.keys), vec![empty], span, |this, turn| {
            let value = f(this, turn.key);
            let push = Op::VecPush { vec: turn.carried[0], value };
            vec![this.value(push, ty, span)]
        });
        all[0]
    }

    /// The first or last key, as an `Option`.
    fn end_key(&mut self, walk: Walk, field: FieldId, part: &Stored, expr: &Expr) -> Given {
        let span = expr.span;
        let option = self.machine(&expr.ty, span);
        let any = Op::StateWalk { walk: Walk::Any, field, keys: part.keys.clone() };
        let any = self.value(any, Ty::Bool, span);
        let ty = self.lowering.program.field(field).keys[part.keys.len()];
        self.option_if(any, option, span, |this| {
            this.value(Op::StateWalk { walk, field, keys: part.keys.clone() }, ty, span)
        })
    }
}
