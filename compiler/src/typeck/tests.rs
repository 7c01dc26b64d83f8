//! Tests: accounts, calls from them, and what is expected of calls.

use deed_base::Span;

use super::cx::{Cx, error_expr};
use super::errors;
use crate::hir::{TestExpr, TestStmt};
use crate::thir::{Expr, StmtKind};

impl Cx<'_> {
    pub(super) fn test_expr(&mut self, _: &TestExpr, span: Span) -> Expr {
        self.d.push(errors::not_yet(span, "a test"));
        error_expr(span)
    }

    pub(super) fn test_stmt(&mut self, _: &TestStmt, span: Span) -> Option<StmtKind> {
        self.d.push(errors::not_yet(span, "a test"));
        None
    }
}
