//! Loops along the keys of the state: those of the source, and those of operations on collections.
//!
//! Holds always: a loop goes from one key to the next that is there, so removing the entry it is at
//! does not disturb it.

use deed_base::Span;

use super::super::cfg::Join;
use super::super::function::FnLowering;
use super::{Node, Stored};
use crate::mir::{BinaryOp, Const, Edge, FieldId, IntTy, Op, Terminator, Ty, ValueId, Walk};
use crate::thir::{Block, LoopSpec, Pattern, PatternKind, Source};

/// What is at hand in one turn of a loop.
pub(in crate::lower) struct Turn {
    pub(in crate::lower) key: ValueId,
    /// What the loop carries from turn to turn.
    pub(in crate::lower) carried: Vec<ValueId>,
}

impl FnLowering<'_, '_> {
    /// Runs `body` for each key of `field` behind `keys`, ascending. It gives what is carried on.
    pub(in crate::lower) fn along(
        &mut self,
        (field, keys): (FieldId, &[ValueId]),
        carried: Vec<ValueId>,
        span: Span,
        body: impl FnOnce(&mut Self, Turn) -> Vec<ValueId>,
    ) -> Vec<ValueId> {
        let any = Op::StateWalk { walk: Walk::Any, field, keys: keys.to_vec() };
        let any = self.value(any, Ty::Bool, span);
        let (some, none) = self.branch(any, span);
        self.at = Some(some);
        let first = self.first_key(field, keys, span);
        let head = self.new_block(span);
        let mut args = vec![first];
        args.extend(&carried);
        let params: Vec<ValueId> =
            args.iter().map(|value| self.new_param(head, *value, span)).collect();
        self.end(span, Terminator::Jump(Edge { target: head, args }));
        self.at = Some(head);
        let turn = Turn { key: params[0], carried: params[1..].to_vec() };
        let after = body(self, turn);
        let (more, next) = self.next_key(field, keys, params[0], span);
        let (again, done) = self.branch(more, span);
        self.at = Some(again);
        let args = [next].into_iter().chain(after.iter().copied()).collect();
        self.end(span, Terminator::Jump(Edge { target: head, args }));
        let exit = self.new_block(span);
        let results = carried.iter().map(|value| self.new_param(exit, *value, span)).collect();
        self.end_block(none, span, Terminator::Jump(Edge { target: exit, args: carried }));
        self.end_block(done, span, Terminator::Jump(Edge { target: exit, args: after }));
        self.at = Some(exit);
        results
    }

    /// Whether there is a key behind this one, and the key.
    pub(super) fn next_key(
        &mut self,
        field: FieldId,
        keys: &[ValueId],
        key: ValueId,
        span: Span,
    ) -> (ValueId, ValueId) {
        let types = [Ty::Bool, self.function.ty(key)];
        let keys = keys.iter().copied().chain([key]).collect();
        let found = self.values(Op::StateWalk { walk: Walk::Next, field, keys }, &types, span);
        (found[0], found[1])
    }

    /// Runs `body` for each position below `end`. It gives what is carried on.
    pub(in crate::lower) fn count_up(
        &mut self,
        end: ValueId,
        carried: Vec<ValueId>,
        span: Span,
        body: impl FnOnce(&mut Self, Turn) -> Vec<ValueId>,
    ) -> Vec<ValueId> {
        let zero = self.number(0, span);
        let head = self.new_block(span);
        let args: Vec<ValueId> = [zero].into_iter().chain(carried).collect();
        let params: Vec<ValueId> =
            args.iter().map(|value| self.new_param(head, *value, span)).collect();
        self.end(span, Terminator::Jump(Edge { target: head, args }));
        self.at = Some(head);
        let more = self.compare(BinaryOp::Lt, params[0], end, span);
        let (inside, outside) = self.branch(more, span);
        self.at = Some(inside);
        let turn = Turn { key: params[0], carried: params[1..].to_vec() };
        let after = body(self, turn);
        let next = self.successor(params[0], span);
        let args = [next].into_iter().chain(after).collect();
        self.end(span, Terminator::Jump(Edge { target: head, args }));
        self.at = Some(outside);
        params[1..].to_vec()
    }

    /// One more; the caller knows that there is one.
    pub(in crate::lower) fn successor(&mut self, value: ValueId, span: Span) -> ValueId {
        let one = self.constant(Const::Int(IntTy::U64, 1.into()), span);
        let op = Op::Binary { op: BinaryOp::WrappingAdd, left: value, right: one };
        self.value(op, Ty::U64, span)
    }

    /// `for pattern in source`, where the source is a collection in the state.
    pub(in crate::lower) fn for_each_part(
        &mut self,
        spec: &LoopSpec,
        (pattern, source): (&Pattern, &Source),
        part: &Stored,
        (body, span): (&Block, Span),
    ) {
        let Node::Vec(vec) = *self.lowering.storage.node(part.node) else {
            return self.for_each_key(spec, (pattern, source), part, body, span);
        };
        let length = self.load(vec.length, part.keys.clone(), source.collection.span);
        let zero = self.number(0, source.collection.span);
        self.by_position(spec, source, [zero, length], (body, span), |this, at| {
            let keys = part.below(part.node, at).keys;
            let element = this.load(vec.elements, keys, pattern.span);
            this.fit(pattern, element, None);
        });
    }

    /// A loop over the keys of a map or set.
    fn for_each_key(
        &mut self,
        spec: &LoopSpec,
        (pattern, source): (&Pattern, &Source),
        part: &Stored,
        body: &Block,
        span: Span,
    ) {
        let at = source.collection.span;
        let value = match self.lowering.storage.node(part.node) {
            Node::Map(value) => Some(*value),
            _ => None,
        };
        let field = self.lowering.row_of(value.unwrap_or(part.node));
        let Some((any, first)) = self.loop_start(field, part, source) else { return };
        let limit = match source.limit.as_ref().map(|limit| self.expr(limit)) {
            Some(None) => return,
            limit => limit.flatten(),
        };
        let zero = self.number(0, at);
        let any = self.below_limit(any, zero, limit, at);
        let mut exit = Join::default();
        let (some, none) = self.branch(any, at);
        self.at = Some(none);
        self.lead(&mut exit, None);
        self.at = Some(some);
        let first = first.unwrap_or_else(|| self.first_key(field, &part.keys, at));
        let own = [first].into_iter().chain(limit.map(|_| zero)).collect();
        let Some((head, own)) = self.counting_head(own, body, span) else { return };
        self.mark_head(head.block, spec, span);
        let scope = self.scope.len();
        self.bind_element(pattern, source, part, own[0]);
        let frame = self.body(body, exit, span);
        self.leave_scope(scope);
        let mut exit = frame.on_break;
        if self.at.is_some() {
            let (more, key) = self.next_key(field, &part.keys, own[0], at);
            let count = own.get(1).map(|count| self.successor(*count, at));
            let more = self.below_limit(more, count.unwrap_or(zero), limit, at);
            let (again, done) = self.branch(more, at);
            self.at = Some(done);
            self.lead(&mut exit, None);
            self.at = Some(again);
            self.turn(&head, [key].into_iter().chain(count).collect(), span);
        }
        self.meet(exit, span);
    }

    /// Whether there is more, and not as much as `take(n)` allows.
    fn below_limit(
        &mut self,
        more: ValueId,
        count: ValueId,
        limit: Option<ValueId>,
        span: Span,
    ) -> ValueId {
        let Some(limit) = limit else { return more };
        let below = self.compare(BinaryOp::Lt, count, limit, span);
        let op = Op::Binary { op: BinaryOp::And, left: more, right: below };
        self.value(op, Ty::Bool, span)
    }

    /// Whether a loop has a first key, and that key where it is known already.
    fn loop_start(
        &mut self,
        field: FieldId,
        part: &Stored,
        source: &Source,
    ) -> Option<(ValueId, Option<ValueId>)> {
        let span = source.collection.span;
        if let Some(after) = &source.after {
            let after = self.expr(after)?;
            let (found, key) = self.next_key(field, &part.keys, after, span);
            return Some((found, Some(key)));
        }
        let any = Op::StateWalk { walk: Walk::Any, field, keys: part.keys.clone() };
        Some((self.value(any, Ty::Bool, span), None))
    }

    fn first_key(&mut self, field: FieldId, keys: &[ValueId], span: Span) -> ValueId {
        let ty = self.lowering.program.field(field).keys[keys.len()];
        self.value(Op::StateWalk { walk: Walk::First, field, keys: keys.to_vec() }, ty, span)
    }

    /// Binds what a turn is about: the element, the value, or key and value.
    fn bind_element(&mut self, pattern: &Pattern, source: &Source, part: &Stored, key: ValueId) {
        let Node::Map(value) = *self.lowering.storage.node(part.node) else {
            self.fit(pattern, key, None);
            return;
        };
        let value = part.below(value, key);
        match &pattern.kind {
            PatternKind::Tuple(parts) if source.pairs => {
                self.fit(&parts[0], key, None);
                self.bind_value(&parts[1], &value);
            }
            _ => self.bind_value(pattern, &value),
        }
    }

    /// A part of the state with rows of its own is bound as a place.
    fn bind_value(&mut self, pattern: &Pattern, value: &Stored) {
        let is_value = matches!(self.lowering.storage.node(value.node), Node::Value(_));
        match &pattern.kind {
            PatternKind::Wildcard => {}
            PatternKind::Bind(local) if !is_value => {
                self.aliases.insert(*local, value.clone());
            }
            _ => {
                let loaded = self.load_whole(value, pattern.span);
                self.fit(pattern, loaded, None);
            }
        }
    }
}
