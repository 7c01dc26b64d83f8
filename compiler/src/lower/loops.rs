//! Loops: the head with its parameters, the ways back and the ways out.
//!
//! Holds always: the parameters of a loop's head are the variables in scope that the loop may
//! assign; a loop has at most one way back, for `continue` meets the end of the body before it.

use std::collections::BTreeSet;

use deed_base::Span;

use super::cfg::Join;
use super::function::FnLowering;
use crate::arena::LocalId;
use crate::mir::{BinaryOp, BlockId, Const, Edge, LoopHead, Op, Terminator, Ty, ValueId};
use crate::thir::visit::{Node, walk_block, walk_expr};
use crate::thir::{Block, Expr, ExprKind, LoopSpec, PlaceBase, Range, Stmt, StmtKind};
use crate::value::Value;

/// A loop around the current place.
#[derive(Default)]
pub(super) struct LoopFrame {
    pub(super) on_continue: Join,
    pub(super) on_break: Join,
}

/// A head under construction.
pub(super) struct Head {
    pub(super) block: BlockId,
    /// The variables that are its parameters, in the order of these.
    locals: Vec<LocalId>,
}

impl FnLowering<'_, '_> {
    pub(super) fn while_loop(&mut self, spec: &LoopSpec, cond: &Expr, body: &Block, span: Span) {
        let Some(head) = self.head(&[cond], body, span) else { return };
        self.mark_head(head.block, spec, span);
        let scope = self.scope.len();
        let mut exit = Join::default();
        // `while true` is left by `break` alone, so nothing need follow it.
        if !matches!(cond.kind, ExprKind::Value(Value::Bool(true))) {
            let mut unfit = self.unfit();
            self.condition(cond, &mut unfit);
            exit = unfit.join;
        }
        let frame = self.body(body, exit, span);
        self.turn(&head, Vec::new(), span);
        self.meet(frame.on_break, span);
        self.leave_scope(scope);
    }

    /// `for local in range`: a counter beside the variables, and for `..=` whether there is more.
    pub(super) fn for_loop(
        &mut self,
        spec: &LoopSpec,
        local: LocalId,
        range: &Range,
        body: &Block,
        span: Span,
    ) {
        let Some(start) = self.expr(&range.start) else { return };
        let Some(end) = self.expr(&range.end) else { return };
        let mut first = vec![start];
        if range.inclusive {
            first.push(self.compare(BinaryOp::Le, start, end, range.end.span));
        }
        let Some((head, own)) = self.counting_head(first, body, span) else { return };
        self.declare(local, own[0]);
        self.mark_head(head.block, spec, span);
        let more = match own.get(1) {
            Some(more) => *more,
            None => self.compare(BinaryOp::Lt, own[0], end, range.end.span),
        };
        let (inside, outside) = self.branch(more, range.end.span);
        let mut exit = Join::default();
        self.at = Some(outside);
        self.lead(&mut exit, None);
        self.at = Some(inside);
        let frame = self.body(body, exit, span);
        if self.at.is_some() {
            let next = self.step(&own, end, range.end.span);
            self.turn(&head, next, span);
        }
        self.meet(frame.on_break, span);
        self.env.forget(local);
        self.scope.pop();
    }

    /// The counter's next value, and for `..=` whether it is still in the range. The counter is
    /// below the end wherever its next value is used, so it cannot overflow there.
    pub(super) fn step(&mut self, own: &[ValueId], end: ValueId, span: Span) -> Vec<ValueId> {
        let mut next = Vec::new();
        let Ty::Int(int) = self.function.ty(own[0]) else { return next };
        let more = own.get(1).map(|_| self.compare(BinaryOp::Lt, own[0], end, span));
        let one = Const::Int(int, 1.into());
        let one = self.constant(one, span);
        let op = Op::Binary { op: BinaryOp::WrappingAdd, left: own[0], right: one };
        next.push(self.value(op, Ty::Int(int), span));
        next.extend(more);
        next
    }

    /// Fills the loop's body from the current place, and goes on where `continue` leads.
    pub(super) fn body(&mut self, body: &Block, on_break: Join, span: Span) -> LoopFrame {
        self.loops.push(LoopFrame { on_continue: Join::default(), on_break });
        self.block(body);
        let mut frame = self.loops.pop().unwrap_or_default();
        let mut back = std::mem::take(&mut frame.on_continue);
        self.lead(&mut back, None);
        self.meet(back, span);
        frame
    }

    /// Starts a loop whose parameters are the variables that it assigns.
    fn head(&mut self, exprs: &[&Expr], body: &Block, span: Span) -> Option<Head> {
        let mut locals = BTreeSet::new();
        exprs.iter().for_each(|expr| walk_expr(expr, &mut |node| assigned(node, &mut locals)));
        walk_block(body, &mut |node| assigned(node, &mut locals));
        let locals = locals.into_iter().filter(|local| self.env.get(*local).is_some()).collect();
        self.at?;
        let head = Head { block: self.new_block(span), locals };
        let args: Vec<ValueId> =
            head.locals.iter().filter_map(|local| self.env.get(*local)).collect();
        for (local, value) in head.locals.iter().zip(&args) {
            let param = self.new_param(head.block, *value, span);
            self.assign(*local, param);
        }
        self.end(span, Terminator::Jump(Edge { target: head.block, args }));
        self.at = Some(head.block);
        Some(head)
    }

    /// Starts a loop that has parameters of its own beside its variables, after these.
    pub(super) fn counting_head(
        &mut self,
        first: Vec<ValueId>,
        body: &Block,
        span: Span,
    ) -> Option<(Head, Vec<ValueId>)> {
        let from = self.at?;
        let head = self.head(&[], body, span)?;
        let own = first.iter().map(|value| self.new_param(head.block, *value, span)).collect();
        if let Terminator::Jump(edge) = &mut self.function.block_mut(from).terminator {
            edge.args.extend(first);
        }
        Some((head, own))
    }

    pub(super) fn mark_head(&mut self, head: BlockId, spec: &LoopSpec, span: Span) {
        let locals = self.env.snapshot();
        let loop_head = LoopHead { spec: spec.clone(), locals, span };
        self.function.block_mut(head).loop_head = Some(loop_head);
        self.check_loop(spec);
    }

    /// Leads back to the head, with the values of its own parameters.
    pub(super) fn turn(&mut self, head: &Head, own: Vec<ValueId>, span: Span) {
        let locals = head.locals.iter().filter_map(|local| self.env.get(*local));
        let args = locals.chain(own).collect();
        self.end(span, Terminator::Jump(Edge { target: head.block, args }));
    }
}

/// The variables that a block assigns, in order.
pub(super) fn assigned_in(block: &Block) -> BTreeSet<LocalId> {
    let mut locals = BTreeSet::new();
    walk_block(block, &mut |node| assigned(node, &mut locals));
    locals
}

/// Adds the variables that a piece of code assigns.
fn assigned(node: Node<'_>, locals: &mut BTreeSet<LocalId>) {
    let place = match node {
        Node::Stmt(Stmt { kind: StmtKind::Assign { place, .. }, .. })
        | Node::Stmt(Stmt { kind: StmtKind::OpAssign { place, .. }, .. })
        | Node::Expr(Expr { kind: ExprKind::Inout(place), .. }) => place,
        Node::Expr(Expr { kind: ExprKind::MapCall { op, map, .. }, .. }) if op.writes() => map,
        _ => return,
    };
    if let PlaceBase::Local(local) = place.base {
        locals.insert(local);
    }
}
