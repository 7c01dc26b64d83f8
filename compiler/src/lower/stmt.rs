//! Statements and blocks.

use deed_base::Span;

use super::cfg::Join;
use super::function::FnLowering;
use super::loops::LoopFrame;
use crate::mir::{Claim, ClaimId, ClaimKind, Op, Terminator, ValueId};
use crate::thir::{Block, Clause, Expr, Place, PlaceBase, Stmt, StmtKind, Throw};

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
        for local in self.scope.split_off(outer) {
            self.env.forget(local);
        }
        value
    }

    fn stmt(&mut self, stmt: &Stmt) {
        let span = stmt.span;
        match &stmt.kind {
            StmtKind::Let { local, value } => {
                if let Some(value) = self.expr(value) {
                    self.declare(*local, value);
                }
            }
            StmtKind::LetPattern { pattern, .. } => {
                self.not_yet(pattern.span, "patterns");
                self.at = None;
            }
            StmtKind::Assign { place, value } => self.assign_place(place, value, span),
            StmtKind::OpAssign { place, op, value } => self.op_assign(place, *op, value, span),
            StmtKind::Expr(expr) => {
                self.expr_or_unit(expr);
            }
            StmtKind::If { cond, then, otherwise } => {
                self.if_stmt(cond, then, otherwise.as_ref());
            }
            StmtKind::While { spec, cond, body } => self.while_loop(spec, cond, body, span),
            StmtKind::For { spec, local, range, body } => {
                self.for_loop(spec, *local, range, body, span);
            }
            StmtKind::ForEach { source, .. } => {
                self.not_yet(source.collection.span, "`for` over a collection");
                self.at = None;
            }
            StmtKind::Block(block) => {
                self.block(block);
            }
            StmtKind::Break => self.leave_turn(|frame| &mut frame.on_break),
            StmtKind::Continue => self.leave_turn(|frame| &mut frame.on_continue),
            StmtKind::Return(None) => self.end(span, Terminator::Return(Vec::new())),
            StmtKind::Return(Some(value)) => self.return_value(value, stmt),
            StmtKind::Throw(throw) => self.throw(throw),
            StmtKind::Reject(_) => {
                self.not_yet(span, "`reject` statements");
                self.at = None;
            }
            StmtKind::Test(_) => self.not_yet(span, "tests"),
            StmtKind::Emit { event, args } => {
                let event = self.lowering.number_event(*event);
                if let Some(args) = self.exprs(args) {
                    self.effect(Op::Emit { event, args }, span);
                }
            }
            StmtKind::Assert { clause, check } => self.assert(clause, check.as_ref()),
            StmtKind::Assume(clause) => self.claim(ClaimKind::Assume, clause),
        }
    }

    fn if_stmt(&mut self, cond: &Expr, then: &Block, otherwise: Option<&Block>) {
        let Some(condition) = self.expr(cond) else { return };
        let (yes, no) = self.branch(condition, cond.span);
        let env = self.env.clone();
        let mut join = Join::default();
        self.at = Some(yes);
        self.block(then);
        self.lead(&mut join, None);
        self.at = Some(no);
        self.env = env;
        if let Some(otherwise) = otherwise {
            self.block(otherwise);
        }
        self.lead(&mut join, None);
        self.meet(join, otherwise.map_or(then.span, |block| block.span).at_end());
    }

    fn return_value(&mut self, value: &Expr, stmt: &Stmt) {
        if self.function.own_result().is_none() {
            self.expr_or_unit(value);
            return self.end(stmt.span, Terminator::Return(Vec::new()));
        }
        if let Some(value) = self.expr(value) {
            self.end(stmt.span, Terminator::Return(vec![value]));
        }
    }

    /// `break` and `continue`; the checker allows them in loops only.
    fn leave_turn(&mut self, join: impl Fn(&mut LoopFrame) -> &mut Join) {
        if let Some(mut frame) = self.loops.pop() {
            self.lead(join(&mut frame), None);
            self.loops.push(frame);
        }
    }

    pub(super) fn throw(&mut self, throw: &Throw) {
        let error = self.lowering.number_error(throw.error);
        if let Some(args) = self.exprs(&throw.args) {
            self.end(throw.span, Terminator::Throw { error, args });
        }
    }

    fn assert(&mut self, clause: &Clause, check: Option<&Expr>) {
        self.claim(ClaimKind::Assert, clause);
        let Some(check) = check else { return };
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
        match place.base {
            PlaceBase::Local(local) if place.path.is_empty() => {
                if let Some(value) = self.expr(value) {
                    self.assign(local, value);
                }
            }
            PlaceBase::Local(_) => self.not_yet(place.span, "assignments to parts of variables"),
            PlaceBase::State(_) => {
                let Some((field, keys)) = self.state_place(place) else { return };
                if let Some(value) = self.expr(value) {
                    self.effect(Op::StateStore { field, keys, value }, span);
                }
            }
        }
    }
}
