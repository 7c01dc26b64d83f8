//! `for` over the elements of a collection.
//!
//! Holds always: the collection is evaluated once, and its length with it; the loop goes by
//! positions, of which each is there.

use deed_base::Span;

use super::cfg::Join;
use super::function::FnLowering;
use crate::mir::{BinaryOp, Op, Ty, ValueId};
use crate::thir::{Block, Expr, LoopSpec, Pattern, Source};
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
        if matches!(self.concrete(&collection.ty), ty::Ty::Map(_) | ty::Ty::Set(_)) {
            self.not_yet(collection.span, "loops over maps and sets");
            self.at = None;
            return;
        }
        let Some(list) = self.expr(collection) else { return };
        let len = self.value(Op::Len { value: list }, Ty::U64, collection.span);
        self.by_position(spec, (pattern, source), len, (body, span), |this, at| {
            this.element(list, at, pattern.span)
        });
    }

    /// A loop over `len` elements, each of which `element` gives.
    pub(super) fn by_position(
        &mut self,
        spec: &LoopSpec,
        (pattern, source): (&Pattern, &Source),
        len: ValueId,
        (body, span): (&Block, Span),
        element: impl FnOnce(&mut Self, ValueId) -> ValueId,
    ) {
        let over = source.collection.span;
        let Some(end) = self.limited(len, source.limit.as_ref()) else { return };
        let start = self.number(0, over);
        let Some((head, own)) = self.counting_head(vec![start], body, span) else { return };
        self.mark_head(head.block, spec, span);
        let more = self.compare(BinaryOp::Lt, own[0], end, over);
        let (inside, outside) = self.branch(more, over);
        let mut exit = Join::default();
        self.at = Some(outside);
        self.lead(&mut exit, None);
        self.at = Some(inside);
        let scope = self.scope.len();
        let element = element(self, own[0]);
        self.fit(pattern, element, None);
        let frame = self.body(body, exit, span);
        self.leave_scope(scope);
        if self.at.is_some() {
            let next = self.step(&own, end, over);
            self.turn(&head, next, span);
        }
        self.meet(frame.on_break, span);
    }

    /// The smaller of a length and what `take(n)` allows.
    fn limited(&mut self, len: ValueId, limit: Option<&Expr>) -> Option<ValueId> {
        let Some(limit) = limit else { return Some(len) };
        let span = limit.span;
        let limit = self.expr(limit)?;
        let less = self.compare(BinaryOp::Lt, limit, len, span);
        self.choose(less, span, |_| Some(limit), |_| Some(len))
    }
}
