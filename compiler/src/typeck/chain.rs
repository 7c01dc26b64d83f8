//! What goes on later, queries of the index, and recorded changes.

use deed_base::Span;

use super::cx::{Cx, error_expr};
use super::errors;
use crate::hir::Chain;
use crate::thir::Expr;

impl Cx<'_> {
    pub(super) fn chain(&mut self, _: &Chain, span: Span) -> Expr {
        self.d.push(errors::not_yet(span, "this"));
        error_expr(span)
    }
}
