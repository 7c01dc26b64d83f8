//! Vectors in the state: what moves their elements.
//!
//! Holds always: a position is tested before anything changes; elements are read and written one by one,
//! those behind the place that is meant and no others.

use deed_base::Span;

use super::super::function::FnLowering;
use super::{Stored, VecNode};
use crate::mir::{BinaryOp, Op, TrapKind, Ty, ValueId};

impl FnLowering<'_, '_> {
    /// Makes room at a position, which may be the end, and puts a value there.
    pub(super) fn insert_element(
        &mut self,
        vec: VecNode,
        part: &Stored,
        [index, value]: [ValueId; 2],
        span: Span,
    ) {
        let length = self.load(vec.length, part.keys.clone(), span);
        self.bounded(BinaryOp::Le, index, length, span);
        let moved = self.number_op(BinaryOp::WrappingSub, length, index, span);
        self.count_up(moved, Vec::new(), span, |this, turn| {
            let to = this.number_op(BinaryOp::WrappingSub, length, turn.key, span);
            let from = this.predecessor(to, span);
            this.copy_element(vec, part, [from, to], span);
            Vec::new()
        });
        self.put_element(vec, part, index, value, span);
        let longer = self.successor(length, span);
        self.set_length(vec, part, longer, span);
    }

    /// Takes an element out; those behind it move up.
    pub(super) fn remove_element(
        &mut self,
        vec: VecNode,
        part: &Stored,
        index: ValueId,
        span: Span,
    ) -> ValueId {
        let length = self.load(vec.length, part.keys.clone(), span);
        self.bounded(BinaryOp::Lt, index, length, span);
        let held = self.load(vec.elements, part.below(part.node, index).keys, span);
        let last = self.predecessor(length, span);
        let moved = self.number_op(BinaryOp::WrappingSub, last, index, span);
        self.count_up(moved, Vec::new(), span, |this, turn| {
            let to = this.number_op(BinaryOp::WrappingAdd, index, turn.key, span);
            let from = this.successor(to, span);
            this.copy_element(vec, part, [from, to], span);
            Vec::new()
        });
        let keys = part.below(part.node, last).keys;
        self.effect(Op::StateRemove { field: vec.elements, keys }, span);
        self.set_length(vec, part, last, span);
        held
    }

    /// A copy of the elements from one position up to another.
    pub(super) fn slice_elements(
        &mut self,
        vec: VecNode,
        part: &Stored,
        [start, end]: [ValueId; 2],
        ty: Ty,
        span: Span,
    ) -> ValueId {
        let length = self.load(vec.length, part.keys.clone(), span);
        self.bounded(BinaryOp::Le, end, length, span);
        self.bounded(BinaryOp::Le, start, end, span);
        let count = self.number_op(BinaryOp::WrappingSub, end, start, span);
        let empty = self.list_of(ty, Vec::new(), span);
        let all = self.count_up(count, vec![empty], span, |this, turn| {
            let at = this.number_op(BinaryOp::WrappingAdd, start, turn.key, span);
            let value = this.load(vec.elements, part.below(part.node, at).keys, span);
            let push = Op::VecPush { vec: turn.carried[0], value };
            vec![this.value(push, ty, span)]
        });
        all[0]
    }

    /// Puts the elements of a value behind the last one.
    pub(super) fn extend_elements(
        &mut self,
        vec: VecNode,
        part: &Stored,
        other: ValueId,
        span: Span,
    ) {
        let length = self.load(vec.length, part.keys.clone(), span);
        let count = self.value(Op::Len { value: other }, Ty::U64, span);
        self.count_up(count, Vec::new(), span, |this, turn| {
            let value = this.element(other, turn.key, span);
            let at = this.number_op(BinaryOp::WrappingAdd, length, turn.key, span);
            this.put_element(vec, part, at, value, span);
            Vec::new()
        });
        let longer = self.number_op(BinaryOp::Add, length, count, span);
        self.set_length(vec, part, longer, span);
    }

    fn copy_element(&mut self, vec: VecNode, part: &Stored, [from, to]: [ValueId; 2], span: Span) {
        let value = self.load(vec.elements, part.below(part.node, from).keys, span);
        self.put_element(vec, part, to, value, span);
    }

    fn put_element(
        &mut self,
        vec: VecNode,
        part: &Stored,
        at: ValueId,
        value: ValueId,
        span: Span,
    ) {
        let keys = part.below(part.node, at).keys;
        self.effect(Op::StateStore { field: vec.elements, keys, value }, span);
    }

    fn bounded(&mut self, op: BinaryOp, index: ValueId, bound: ValueId, span: Span) {
        let fits = self.compare(op, index, bound, span);
        self.trap_unless(fits, TrapKind::OutOfBounds, span);
    }

    fn predecessor(&mut self, value: ValueId, span: Span) -> ValueId {
        let one = self.number(1, span);
        self.number_op(BinaryOp::WrappingSub, value, one, span)
    }

    fn number_op(&mut self, op: BinaryOp, left: ValueId, right: ValueId, span: Span) -> ValueId {
        self.value(Op::Binary { op, left, right }, Ty::U64, span)
    }
}
