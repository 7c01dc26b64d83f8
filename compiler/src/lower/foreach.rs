//! `for` over the elements of a collection.
//!
//! Holds always: the collection is evaluated once, and its length with it; the loop goes by
//! positions, of which each is there.

use deed_base::Span;

use super::cfg::Join;
use super::function::FnLowering;
use crate::mir::{BinaryOp, Op, Ty, ValueId};
use crate::thir::{Block, Expr, LoopSpec, Pattern, PatternKind, Source};
use crate::ty;

impl FnLowering<'_, '_> {
    /// `for pattern in source`.
    pub(super) fn for_each(
        &mut self,
        spec: &LoopSpec,
        pattern: &Pattern,
        source: &Source,
        body: &Block,
        span: Span,
    ) {
        let collection = &source.collection;
        let Some(part) = self.stored(collection) else { return };
        if let Some(part) = part {
            return self.for_each_part(spec, (pattern, source), &part, (body, span));
        }
        let Some(whole) = self.expr(collection) else { return };
        let over = collection.span;
        let start = match &source.after {
            Some(after) => self.behind(whole, after),
            None => Some(self.number(0, over)),
        };
        let Some(start) = start else { return };
        let len = self.value(Op::Len { value: whole }, Ty::U64, over);
        let of = self.concrete(&collection.ty);
        self.by_position(spec, source, [start, len], (body, span), |this, at| {
            let span = pattern.span;
            let element = match (&of, &pattern.kind) {
                (ty::Ty::Map(_), PatternKind::Tuple(parts)) if source.pairs => {
                    let key = this.key_at(whole, at, span);
                    this.fit(&parts[0], key, None);
                    let value = this.value_at(whole, at, span);
                    return this.fit(&parts[1], value, None);
                }
                (ty::Ty::Map(_), _) => this.value_at(whole, at, span),
                (ty::Ty::Set(_), _) => this.key_at(whole, at, span),
                _ => this.element(whole, at, span),
            };
            this.fit(pattern, element, None);
        });
    }

    /// The position of the first key of a map or set that is greater than this one.
    fn behind(&mut self, map: ValueId, after: &Expr) -> Option<ValueId> {
        let span = after.span;
        let after = self.expr(after)?;
        let (found, position) = self.find(map, after, span);
        let next = self.successor(position, span);
        self.choose(found, span, |_| Some(next), |_| Some(position))
    }

    /// A loop over positions, the elements at which `bind` binds.
    pub(super) fn by_position(
        &mut self,
        spec: &LoopSpec,
        source: &Source,
        [start, len]: [ValueId; 2],
        (body, span): (&Block, Span),
        bind: impl FnOnce(&mut Self, ValueId),
    ) {
        let over = source.collection.span;
        let limit = source.limit.as_ref();
        let Some(end) = self.limited(start, len, limit) else { return };
        let Some((head, own)) = self.counting_head(vec![start], body, span) else { return };
        self.mark_head(head.block, spec, span);
        let more = self.compare(BinaryOp::Lt, own[0], end, over);
        let (inside, outside) = self.branch(more, over);
        let mut exit = Join::default();
        self.at = Some(outside);
        self.lead(&mut exit, None);
        self.at = Some(inside);
        let scope = self.scope.len();
        bind(self, own[0]);
        let frame = self.body(body, exit, span);
        self.leave_scope(scope);
        if self.at.is_some() {
            let next = self.step(&own, end, over);
            self.turn(&head, next, span);
        }
        self.meet(frame.on_break, span);
    }

    /// Where a loop ends: at the end, or after as many as `take(n)` allows.
    fn limited(&mut self, start: ValueId, end: ValueId, limit: Option<&Expr>) -> Option<ValueId> {
        let Some(limit) = limit else { return Some(end) };
        let span = limit.span;
        let limit = self.expr(limit)?;
        let op = Op::Binary { op: BinaryOp::WrappingSub, left: end, right: start };
        let left = self.value(op, Ty::U64, span);
        let less = self.compare(BinaryOp::Lt, limit, left, span);
        let sum = Op::Binary { op: BinaryOp::WrappingAdd, left: start, right: limit };
        self.choose(less, span, |this| Some(this.value(sum, Ty::U64, span)), |_| Some(end))
    }
}
