//! What chooses by patterns: `match`, `if let`, `let … else`, `?`, `??`, `else` after an option.
//!
//! Holds always: arms are tried from top to bottom; the last one without a guard fits whatever comes
//! to it, since the checker has seen that the arms cover every value.

use deed_base::Span;

use super::cfg::Join;
use super::function::FnLowering;
use super::pattern::Unfit;
use crate::mir::{Terminator, TrapKind, ValueId};
use crate::thir::{Arm, Block, Expr, ExprKind, Pattern};
use crate::ty;

impl FnLowering<'_, '_> {
    pub(super) fn match_value(
        &mut self,
        subject: &Expr,
        arms: &[Arm],
        span: Span,
    ) -> Option<ValueId> {
        let subject = self.expr(subject)?;
        let mut join = Join::default();
        for (at, arm) in arms.iter().enumerate() {
            let certain = at + 1 == arms.len() && arm.guard.is_none();
            let mut unfit = self.unfit();
            let scope = self.scope.len();
            self.fit(&arm.pattern, subject, (!certain).then_some(&mut unfit));
            self.guard(arm.guard.as_ref(), &mut unfit);
            let value = self.block(&arm.body);
            self.leave_scope(scope);
            self.lead(&mut join, value);
            self.meet(unfit.join, arm.span);
        }
        self.end(span, Terminator::Trap(TrapKind::Unreachable));
        self.meet(join, span)
    }

    fn guard(&mut self, guard: Option<&Expr>, unfit: &mut Unfit) {
        let Some(guard) = guard.filter(|_| self.at.is_some()) else { return };
        if let Some(condition) = self.expr(guard) {
            unfit.catch_up(&self.env);
            self.demand(condition, unfit, guard.span);
        }
    }

    /// Goes on where a condition holds, its pattern's variables bound, and leads the other way to
    /// `unfit`.
    pub(super) fn condition(&mut self, cond: &Expr, unfit: &mut Unfit) {
        match &cond.kind {
            ExprKind::Let { pattern, value } => {
                if let Some(value) = self.expr(value) {
                    unfit.catch_up(&self.env);
                    self.fit(pattern, value, Some(unfit));
                }
            }
            _ => {
                if let Some(condition) = self.expr(cond) {
                    unfit.catch_up(&self.env);
                    self.demand(condition, unfit, cond.span);
                }
            }
        }
    }

    /// `let pattern = value else { … }`.
    pub(super) fn let_pattern(
        &mut self,
        pattern: &Pattern,
        value: &Expr,
        otherwise: Option<&Block>,
    ) {
        let Some(value) = self.expr(value) else { return };
        let Some(otherwise) = otherwise else { return self.fit(pattern, value, None) };
        let mut unfit = self.unfit();
        self.fit(pattern, value, Some(&mut unfit));
        let (at, env, scope) = (self.at.take(), self.env.clone(), self.scope.clone());
        self.meet(unfit.join, pattern.span);
        self.block(otherwise);
        (self.at, self.env, self.scope) = (at, env, scope);
    }

    /// The content of an `Option` or `Result`; without one what `otherwise` gives where it does not
    /// leave.
    pub(super) fn content_or(
        &mut self,
        value: &Expr,
        otherwise: impl FnOnce(&mut Self, Option<ValueId>) -> Option<ValueId>,
    ) -> Option<ValueId> {
        let span = value.span;
        if let Some(entry) = self.entry_call(value) {
            return self.entry_content(entry, span, |this| otherwise(this, None));
        }
        let full = match value.ty {
            ty::Ty::Result(..) => 0,
            _ => 1,
        };
        let value = self.expr(value)?;
        let is_full = self.is_variant(value, full, span);
        let (present, absent) = self.branch(is_full, span);
        let env = self.env.clone();
        let mut join = Join::default();
        self.at = Some(present);
        let held = self.payload(value, full, span).first().copied();
        self.lead(&mut join, held);
        self.at = Some(absent);
        self.env = env;
        let other = otherwise(self, Some(value));
        self.lead(&mut join, other);
        self.meet(join, span)
    }

    /// `e?`: the content, or the function returns what there is instead.
    pub(super) fn propagate(&mut self, value: &Expr, span: Span) -> Option<ValueId> {
        let is_result = matches!(value.ty, ty::Ty::Result(..));
        self.content_or(value, |this, whole| {
            let result = this.result.clone();
            let result = this.machine(&result, span);
            let given = match whole {
                Some(whole) if is_result => {
                    let error = this.payload(whole, 1, span);
                    this.variant(result, 1, error, span)
                }
                _ => this.none(result, span),
            };
            this.return_value(Some(given), span);
            None
        })
    }
}
