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
use crate::thir::{Block, Expr, ExprKind, LoopSpec, PlaceBase, PlaceStep, Range, Stmt, StmtKind};
use crate::value::Value;

/// A loop around the current place.
#[derive(Default)]
pub(super) struct LoopFrame {
    pub(super) on_continue: Join,
    pub(super) on_break: Join,
}

/// A head under construction.
struct Head {
    block: BlockId,
    /// The variables that are its parameters, in the order of these.
    locals: Vec<LocalId>,
}

impl FnLowering<'_, '_> {
    pub(super) fn while_loop(&mut self, spec: &LoopSpec, cond: &Expr, body: &Block, span: Span) {
        let Some(head) = self.head(&[cond], body, span) else { return };
        self.mark_head(head.block, spec, span);
        let mut exit = Join::default();
        // `while true` is left by `break` alone, so nothing need follow it.
        if !matches!(cond.kind, ExprKind::Value(Value::Bool(true))) {
            let Some(condition) = self.expr(cond) else { return };
            let (inside, outside) = self.branch(condition, cond.span);
            self.at = Some(outside);
            self.lead(&mut exit, None);
            self.at = Some(inside);
        }
        let frame = self.body(body, exit, span);
        self.turn(&head, Vec::new(), span);
        self.meet(frame.on_break, span);
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
    fn step(&mut self, own: &[ValueId], end: ValueId, span: Span) -> Vec<ValueId> {
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

    fn compare(&mut self, op: BinaryOp, left: ValueId, right: ValueId, span: Span) -> ValueId {
        self.value(Op::Binary { op, left, right }, Ty::Bool, span)
    }

    /// Fills the loop's body from the current place, and goes on where `continue` leads.
    fn body(&mut self, body: &Block, on_break: Join, span: Span) -> LoopFrame {
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
        let mut assigned = Assigned::default();
        exprs.iter().for_each(|expr| assigned.expr(expr));
        assigned.block(body);
        let locals = assigned.locals.into_iter().filter(|local| self.env.get(*local).is_some());
        let locals = locals.collect();
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
    fn counting_head(
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

    fn mark_head(&mut self, head: BlockId, spec: &LoopSpec, span: Span) {
        let locals = self.env.snapshot();
        let spec = spec.clone();
        self.function.block_mut(head).loop_head = Some(LoopHead { spec, locals, span });
    }

    /// Leads back to the head, with the values of its own parameters.
    fn turn(&mut self, head: &Head, own: Vec<ValueId>, span: Span) {
        let locals = head.locals.iter().filter_map(|local| self.env.get(*local));
        let args = locals.chain(own).collect();
        self.end(span, Terminator::Jump(Edge { target: head.block, args }));
    }
}

/// The variables that a piece of code may assign.
#[derive(Default)]
struct Assigned {
    locals: BTreeSet<LocalId>,
}

impl Assigned {
    fn block(&mut self, block: &Block) {
        block.stmts.iter().for_each(|stmt| self.stmt(stmt));
        block.value.iter().for_each(|value| self.expr(value));
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Let { value, .. } | StmtKind::Expr(value) => self.expr(value),
            StmtKind::Assign { place, value } | StmtKind::OpAssign { place, value, .. } => {
                if let PlaceBase::Local(local) = place.base {
                    self.locals.insert(local);
                }
                self.path(&place.path);
                self.expr(value);
            }
            StmtKind::If { cond, then, otherwise } => {
                self.expr(cond);
                self.block(then);
                otherwise.iter().for_each(|block| self.block(block));
            }
            StmtKind::While { cond, body, .. } => {
                self.expr(cond);
                self.block(body);
            }
            StmtKind::LetPattern { value, otherwise, .. } => {
                self.expr(value);
                otherwise.iter().for_each(|block| self.block(block));
            }
            StmtKind::For { range, body, .. } => {
                self.expr(&range.start);
                self.expr(&range.end);
                self.block(body);
            }
            StmtKind::ForEach { source, body, .. } => {
                self.expr(&source.collection);
                source.after.iter().chain(&source.limit).for_each(|bound| self.expr(bound));
                self.block(body);
            }
            StmtKind::Block(block) => self.block(block),
            StmtKind::Return(value) => value.iter().for_each(|value| self.expr(value)),
            StmtKind::Throw(throw) | StmtKind::Reject(throw) => {
                throw.args.iter().for_each(|arg| self.expr(arg))
            }
            StmtKind::Emit { args, .. } => args.iter().for_each(|arg| self.expr(arg)),
            StmtKind::Assert { check, .. } => check.iter().for_each(|check| self.expr(check)),
            StmtKind::Test(test) => test.parts().into_iter().for_each(|part| self.expr(part)),
            StmtKind::Break | StmtKind::Continue | StmtKind::Assume(_) => {}
        }
    }

    fn path(&mut self, path: &[PlaceStep]) {
        for step in path {
            if let PlaceStep::Key(expr) | PlaceStep::Index(expr) = step {
                self.expr(expr);
            }
        }
    }

    /// Expressions assign only in the blocks that they contain.
    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Read(place) | ExprKind::View { place, .. } => self.path(&place.path),
            ExprKind::Unary(_, arg)
            | ExprKind::Cast(arg)
            | ExprKind::Some(arg)
            | ExprKind::Ok(arg)
            | ExprKind::Err(arg)
            | ExprKind::Part(arg, _)
            | ExprKind::Info(arg)
            | ExprKind::Propagate(arg) => self.expr(arg),
            ExprKind::Struct(args) | ExprKind::Variant(_, args) | ExprKind::Tuple(args) => {
                args.iter().for_each(|arg| self.expr(arg));
            }
            ExprKind::Binary(_, left, right)
            | ExprKind::Logical(_, left, right)
            | ExprKind::Coalesce(left, right) => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Call { args, .. } => args.iter().for_each(|arg| self.expr(arg)),
            ExprKind::MapCall { map, args, .. } => {
                self.path(&map.path);
                args.iter().for_each(|arg| self.expr(arg));
            }
            ExprKind::If { cond, then, otherwise } => {
                self.expr(cond);
                self.block(then);
                self.block(otherwise);
            }
            ExprKind::Match { subject, arms } => {
                self.expr(subject);
                for arm in arms {
                    arm.guard.iter().for_each(|guard| self.expr(guard));
                    self.block(&arm.body);
                }
            }
            ExprKind::Let { value, .. } => self.expr(value),
            ExprKind::ElseLeave { value, otherwise } => {
                self.expr(value);
                self.block(otherwise);
            }
            ExprKind::External(external) => {
                external.parts().into_iter().for_each(|part| self.expr(part));
            }
            ExprKind::Try(attempt) => {
                self.block(&attempt.body);
                attempt.catches.iter().for_each(|catch| self.block(&catch.body));
            }
            _ => {}
        }
    }
}
