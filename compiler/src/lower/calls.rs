//! Other contracts and `try`, as code.

use deed_base::Span;

use super::function::FnLowering;
use crate::mir::ValueId;
use crate::thir::{Expr, External, FailurePart, Try};

impl FnLowering<'_, '_> {
    pub(super) fn external(&mut self, _: &External, expr: &Expr) -> Option<ValueId> {
        self.not_yet(expr.span, "calls of other contracts");
        None
    }

    pub(super) fn attempt(&mut self, _: &Try, expr: &Expr) -> Option<ValueId> {
        self.not_yet(expr.span, "`try` blocks");
        None
    }

    pub(super) fn failure_part(&mut self, _: &Expr, _: FailurePart, span: Span) -> Option<ValueId> {
        self.not_yet(span, "failures");
        None
    }
}
