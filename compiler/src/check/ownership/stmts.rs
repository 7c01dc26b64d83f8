//! Statements and blocks.

use super::errors::Leaving;
use super::{Checker, Use, end_of};
use crate::thir::visit::{Part, stmt_parts};
use crate::thir::{Block, Expr, ExprKind, Place, Stmt, StmtKind, as_written};

impl<'p> Checker<'p, '_> {
    /// A block; its value is used as `how` says.
    pub(super) fn block(&mut self, block: &'p Block, how: Use) {
        self.open();
        for stmt in &block.stmts {
            if !self.state.reachable {
                break;
            }
            self.stmt(stmt);
        }
        if self.state.reachable {
            block.value.iter().for_each(|value| self.expr(value, how));
        }
        self.close(end_of(block.span));
    }

    pub(super) fn stmt(&mut self, stmt: &'p Stmt) {
        match &stmt.kind {
            StmtKind::Let { local, value } => match viewed(value) {
                Some(place) => self.let_view(*local, place, value),
                None => {
                    self.failed = false;
                    self.expr(value, Use::Take);
                    self.let_local(*local, value);
                }
            },
            StmtKind::LetPattern { pattern, value, otherwise } => {
                self.let_pattern(pattern, value, otherwise.as_deref());
            }
            StmtKind::Assign { place, value } => {
                self.keys(place);
                self.expr(value, Use::Take);
                self.assign(place);
            }
            StmtKind::OpAssign { place, value, .. } => {
                self.read(place, Use::Look);
                self.expr(value, Use::Look);
                self.assign(place);
            }
            StmtKind::Expr(value) => {
                self.expr(value, Use::Take);
                self.unused(value);
            }
            StmtKind::If { cond, then, otherwise } => {
                self.branch(cond, then, otherwise.as_deref(), Use::Take);
            }
            StmtKind::While { cond, body, .. } => self.while_loop(cond, body),
            StmtKind::For { range, body, .. } => {
                self.expr(&range.start, Use::Look);
                self.expr(&range.end, Use::Look);
                self.turns(body, |_| {});
            }
            StmtKind::ForEach { pattern, source, body, .. } => self.for_each(pattern, source, body),
            StmtKind::Block(block) => self.block(block, Use::Take),
            StmtKind::Break => self.leave_loop(stmt.span, true),
            StmtKind::Continue => self.leave_loop(stmt.span, false),
            StmtKind::Return(value) => {
                value.iter().for_each(|value| self.expr(value, Use::Take));
                self.leave(stmt.span, Leaving::Return);
                self.state.reachable = false;
            }
            StmtKind::Reject(throw) => {
                as_written(&throw.args).for_each(|(_, arg)| self.expr(arg, Use::Look));
                self.leave(stmt.span, Leaving::Reject);
                self.state.reachable = false;
            }
            StmtKind::Throw(throw) => {
                as_written(&throw.args).for_each(|(_, arg)| self.expr(arg, Use::Look));
                self.state.reachable = false;
            }
            _ => stmt_parts(stmt, &mut |part| self.part(part)),
        }
    }

    pub(super) fn part(&mut self, part: Part<'p>) {
        match part {
            Part::Expr(expr) => self.expr(expr, Use::Look),
            Part::Block(block) => self.block(block, Use::Look),
        }
    }
}

/// The place that the value of a `let` only names.
fn viewed(value: &Expr) -> Option<&Place> {
    match &value.kind {
        ExprKind::View { place, .. } => Some(place),
        ExprKind::ElseLeave { value, .. } => viewed(value),
        _ => None,
    }
}
