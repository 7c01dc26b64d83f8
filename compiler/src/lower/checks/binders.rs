//! Quantifiers and sums, as loops.
//!
//! In: binders over ranges and collections. Out: what the loops over them over.
//! Holds always: everything that is bound is looked at, in order; a loop inside another begins anew
//! for each turn of that.

use deed_base::Span;

use crate::lower::function::FnLowering;
use crate::lower::storage::{Node, Stored};
use crate::mir::{BinaryOp, Const, Edge, IntTy, Op, Terminator, Ty, ValueId};
use crate::thir::{Binder, Domain, Expr, QuantifierKind, Range};
use crate::ty;

const SPEC_INT: Ty = Ty::Int(IntTy::I256);

/// What is done once for each choice of the bound variables, with what was gathered so far.
type Leaf<'f, 'a, 'p> = &'f mut dyn FnMut(&mut FnLowering<'a, 'p>, ValueId) -> Option<ValueId>;

impl<'a, 'p> FnLowering<'a, 'p> {
    /// `forall binders: body`, or `exists`.
    pub(in crate::lower) fn quantifier(
        &mut self,
        kind: QuantifierKind,
        binders: &[Binder],
        body: &Expr,
        span: Span,
    ) -> Option<ValueId> {
        let (start, op) = match kind {
            QuantifierKind::Forall => (true, BinaryOp::And),
            QuantifierKind::Exists => (false, BinaryOp::Or),
        };
        let start = self.constant(Const::Bool(start), span);
        self.over(binders, start, &mut |this, so_far| {
            let one = this.expr(body)?;
            Some(this.value(Op::Binary { op, left: so_far, right: one }, Ty::Bool, span))
        })
    }

    /// `sum(value for binders if filter)`.
    pub(in crate::lower) fn sum(
        &mut self,
        value: &Expr,
        binders: &[Binder],
        filter: Option<&Expr>,
        span: Span,
    ) -> Option<ValueId> {
        let zero = self.constant(Const::Int(IntTy::I256, 0.into()), span);
        self.over(binders, zero, &mut |this, so_far| {
            let Some(filter) = filter else { return this.plus(so_far, value) };
            let wanted = this.expr(filter)?;
            this.choose(wanted, span, |this| this.plus(so_far, value), |_| Some(so_far))
        })
    }

    fn plus(&mut self, so_far: ValueId, value: &Expr) -> Option<ValueId> {
        let more = self.expr(value)?;
        let more = self.lifted(more, value.span);
        let op = Op::Binary { op: BinaryOp::Add, left: so_far, right: more };
        Some(self.value(op, SPEC_INT, value.span))
    }

    /// A program's integer as one of a specification.
    pub(in crate::lower) fn lifted(&mut self, value: ValueId, span: Span) -> ValueId {
        match self.function.ty(value) {
            SPEC_INT => value,
            _ => self.value(Op::Cast { arg: value }, SPEC_INT, span),
        }
    }

    /// The loops over all binders, one in the other.
    fn over(
        &mut self,
        binders: &[Binder],
        so_far: ValueId,
        leaf: Leaf<'_, 'a, 'p>,
    ) -> Option<ValueId> {
        let Some((binder, inner)) = binders.split_first() else { return leaf(self, so_far) };
        match &binder.domain {
            Domain::Range(range) => self.over_range(binder, range, so_far, inner, leaf),
            Domain::Collection(collection) => match self.stored(collection)? {
                Some(part) => self.over_stored(binder, &part, so_far, inner, leaf),
                None => self.over_value(binder, collection, so_far, inner, leaf),
            },
            // `can_run` has seen to it.
            Domain::Type(_) => None,
        }
    }

    /// One turn: the inner loops with the binder's variables, which are gone after it.
    fn turn_with(
        &mut self,
        so_far: ValueId,
        inner: &[Binder],
        leaf: Leaf<'_, 'a, 'p>,
        bind: impl FnOnce(&mut Self),
    ) -> Vec<ValueId> {
        let scope = self.scope.len();
        bind(self);
        let after = self.over(inner, so_far, leaf);
        self.leave_scope(scope);
        vec![after.unwrap_or(so_far)]
    }

    fn over_range(
        &mut self,
        binder: &Binder,
        range: &Range,
        so_far: ValueId,
        inner: &[Binder],
        leaf: Leaf<'_, 'a, 'p>,
    ) -> Option<ValueId> {
        let span = binder.span;
        let (start, end) = (self.expr(&range.start)?, self.expr(&range.end)?);
        let head = self.new_block(span);
        let args = vec![start, so_far];
        let params: Vec<ValueId> =
            args.iter().map(|value| self.new_param(head, *value, span)).collect();
        self.end(span, Terminator::Jump(Edge { target: head, args }));
        self.at = Some(head);
        let op = if range.inclusive { BinaryOp::Le } else { BinaryOp::Lt };
        let more = self.compare(op, params[0], end, span);
        let (inside, outside) = self.branch(more, span);
        self.at = Some(inside);
        let after = self
            .turn_with(params[1], inner, leaf, |this| this.declare(binder.locals[0], params[0]));
        let of = self.function.ty(start);
        let one = self.constant(Const::Int(of.as_int()?, 1.into()), span);
        let next = Op::Binary { op: BinaryOp::Add, left: params[0], right: one };
        let next = self.value(next, of, span);
        self.end(span, Terminator::Jump(Edge { target: head, args: vec![next, after[0]] }));
        self.at = Some(outside);
        Some(params[1])
    }

    fn over_stored(
        &mut self,
        binder: &Binder,
        part: &Stored,
        so_far: ValueId,
        inner: &[Binder],
        leaf: Leaf<'_, 'a, 'p>,
    ) -> Option<ValueId> {
        let span = binder.span;
        let after = match self.lowering.storage.node(part.node).clone() {
            Node::Vec(vec) => {
                let length = self.load(vec.length, part.keys.clone(), span);
                self.count_up(length, vec![so_far], span, |this, turn| {
                    this.turn_with(turn.carried[0], inner, leaf, |this| {
                        let keys = part.below(part.node, turn.key).keys;
                        let element = this.load(vec.elements, keys, span);
                        this.declare(binder.locals[0], element);
                    })
                })
            }
            node => {
                let value = if let Node::Map(value) = node { Some(value) } else { None };
                let field = self.lowering.row_of(value.unwrap_or(part.node));
                self.along((field, &part.keys), vec![so_far], span, |this, turn| {
                    this.turn_with(turn.carried[0], inner, leaf, |this| {
                        this.bind_entry(
                            binder,
                            value.map(|value| part.below(value, turn.key)),
                            turn.key,
                        );
                    })
                })
            }
        };
        after.first().copied()
    }

    /// Binds the key, the value, or both, of an entry in the state.
    fn bind_entry(&mut self, binder: &Binder, value: Option<Stored>, key: ValueId) {
        let (last, first) = match binder.locals[..] {
            [only] => (only, None),
            [key, value, ..] => (value, Some(key)),
            [] => return,
        };
        if let Some(first) = first {
            self.declare(first, key);
        }
        match value {
            None => self.declare(last, key),
            Some(value) if matches!(self.lowering.storage.node(value.node), Node::Value(_)) => {
                let loaded = self.load_whole(&value, binder.span);
                self.declare(last, loaded);
            }
            Some(value) => drop(self.aliases.insert(last, value)),
        }
    }

    fn over_value(
        &mut self,
        binder: &Binder,
        collection: &Expr,
        so_far: ValueId,
        inner: &[Binder],
        leaf: Leaf<'_, 'a, 'p>,
    ) -> Option<ValueId> {
        let span = binder.span;
        let whole = self.expr(collection)?;
        let of = self.concrete(&collection.ty);
        let length = self.value(Op::Len { value: whole }, Ty::U64, span);
        let after = self.count_up(length, vec![so_far], span, |this, turn| {
            this.turn_with(turn.carried[0], inner, leaf, |this| {
                let element = match of {
                    ty::Ty::Map(_) => this.value_at(whole, turn.key, span),
                    ty::Ty::Set(_) => this.key_at(whole, turn.key, span),
                    _ => this.element(whole, turn.key, span),
                };
                if let [key, value] = binder.locals[..] {
                    let first = this.key_at(whole, turn.key, span);
                    this.declare(key, first);
                    this.declare(value, element);
                } else {
                    this.declare(binder.locals[0], element);
                }
            })
        });
        after.first().copied()
    }
}
