//! Statements and blocks.

use deed_base::Span;

use super::cfg::Join;
use super::exits::End;
use super::function::FnLowering;
use crate::mir::{Claim, ClaimId, ClaimKind, Op, Terminator, ValueId};
use crate::thir::{BinaryOp, Block, Clause, Expr, Place, Stmt, StmtKind, Throw};
use crate::ty;

impl FnLowering<'_, '_> {
    /// Lowers a block, and gives its value where it has one and control reaches its end.
    pub(super) fn block(&mut self, block: &Block) -> Option<ValueId> {
        let outer = self.scope.len();
        for stmt in &block.stmts {
            if self.at.is_none() {
                break;
            }
            self.stmt(stmt);
        }
        let value = match &block.value {
            Some(value) => self.expr_or_unit(value),
            None => None,
        };
        self.leave_scope(outer);
        value
    }

    /// Forgets the variables that were declared since the scope had this length.
    pub(super) fn leave_scope(&mut self, outer: usize) {
        for local in self.scope.split_off(outer.min(self.scope.len())) {
            self.env.forget(local);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        let span = stmt.span;
        match &stmt.kind {
            StmtKind::Let { local, value } => {
                if let Some(value) = self.expr(value) {
                    self.declare(*local, value);
                }
            }
            StmtKind::LetPattern { pattern, value, otherwise } => {
                self.let_pattern(pattern, value, otherwise.as_deref());
            }
            StmtKind::Assign { place, value } => self.assign_place(place, value, span),
            StmtKind::OpAssign { place, op, value } => self.op_assign(place, *op, value, span),
            StmtKind::Expr(expr) => {
                self.expr_or_unit(expr);
            }
            StmtKind::If { cond, then, otherwise } => {
                self.if_stmt(cond, then, otherwise.as_deref());
            }
            StmtKind::While { spec, cond, body } => self.while_loop(spec, cond, body, span),
            StmtKind::For { spec, local, range, body } => {
                self.for_loop(spec, *local, range, body, span);
            }
            StmtKind::ForEach { spec, pattern, source, body } => {
                self.for_each(spec, pattern, source, body, span);
            }
            StmtKind::Block(block) => {
                self.block(block);
            }
            StmtKind::Break => self.leave_turn(End::Break, span),
            StmtKind::Continue => self.leave_turn(End::Continue, span),
            StmtKind::Return(None) => self.return_value(None, span),
            StmtKind::Return(Some(value)) => self.return_expr(value, span),
            StmtKind::Throw(throw) => self.throw(throw),
            StmtKind::Reject(_) => {
                self.not_yet(span, "`reject` statements");
                self.at = None;
            }
            StmtKind::Test(test) => self.test_stmt(test, span),
            StmtKind::Emit { event, args } => {
                let event = self.lowering.number_event(*event);
                if let Some(args) = self.exprs(args) {
                    self.effect(Op::Emit { event, args }, span);
                }
            }
            StmtKind::Assert { clause, check } => self.assert(clause, check.as_deref()),
            // What exists in specifications only leaves no code.
            StmtKind::Ghost(_) => {}
            StmtKind::Assume(clause) => self.claim(ClaimKind::Assume, clause),
        }
    }

    fn if_stmt(&mut self, cond: &Expr, then: &Block, otherwise: Option<&Block>) {
        let scope = self.scope.len();
        let mut unfit = self.unfit();
        self.condition(cond, &mut unfit);
        let mut join = Join::default();
        self.block(then);
        self.leave_scope(scope);
        self.lead(&mut join, None);
        self.meet(unfit.join, cond.span);
        if let Some(otherwise) = otherwise {
            self.block(otherwise);
        }
        self.lead(&mut join, None);
        self.meet(join, otherwise.map_or(then.span, |block| block.span).at_end());
    }

    fn return_expr(&mut self, value: &Expr, span: Span) {
        if matches!(self.concrete(&self.result), ty::Ty::Unit | ty::Ty::Never) {
            self.expr_or_unit(value);
            return self.return_value(None, span);
        }
        if let Some(value) = self.expr(value) {
            self.return_value(Some(value), span);
        }
    }

    /// `break` and `continue`, which the checker allows in loops only: out of a `try` in a loop too.
    pub(super) fn leave_turn(&mut self, end: End, span: Span) {
        let Some(mut frame) = self.loops.pop() else { return self.end_as(end, None, span) };
        let join = if end == End::Break { &mut frame.on_break } else { &mut frame.on_continue };
        self.lead(join, None);
        self.loops.push(frame);
    }

    pub(super) fn throw(&mut self, throw: &Throw) {
        let error = self.lowering.number_error(throw.error);
        if let Some(args) = self.exprs(&throw.args) {
            self.check_throw(throw.error);
            self.end(throw.span, Terminator::Throw { error, args });
        }
    }

    fn assert(&mut self, clause: &Clause, check: Option<&Expr>) {
        self.claim(ClaimKind::Assert, clause);
        let Some(check) = check else { return self.check_assert(clause) };
        if let Some(condition) = self.expr(check) {
            self.effect(Op::Assert { condition }, clause.span);
        }
    }

    fn claim(&mut self, kind: ClaimKind, clause: &Clause) {
        let id = ClaimId(self.function.claims.len() as u32);
        let locals = self.env.snapshot();
        self.function.claims.push(Claim { kind, clause: clause.clone(), locals });
        self.effect(Op::Claim(id), clause.span);
    }

    fn assign_place(&mut self, place: &Place, value: &Expr, span: Span) {
        let Some(place) = self.lvalue(place) else { return };
        if let Some(value) = self.expr(value) {
            self.store_place(&place, value, span);
        }
    }

    /// `place op= value`: keys and indexes, old value, operand, operation, store.
    fn op_assign(&mut self, place: &Place, op: BinaryOp, value: &Expr, span: Span) {
        let Some(target) = self.lvalue(place) else { return };
        let Some(old) = self.load_place(&target) else { return };
        let Some(operand) = self.expr(value) else { return };
        let types = (&place.ty, &value.ty);
        let Some(new) = self.binary(op, old, operand, types, span) else { return };
        self.store_place(&target, new, span);
    }
}
