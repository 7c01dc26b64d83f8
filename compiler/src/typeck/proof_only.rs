//! Parts of conditions that are proved and never computed.
//!
//! In: a condition. Out: the first such part, as a message names it.

use deed_syntax::ast::BinaryOp as AstOp;

use super::cx::Cx;
use crate::hir;
use crate::thir::FnKind;

impl Cx<'_> {
    /// The part of a condition that only a proof can deal with.
    pub(super) fn proof_only(&self, expr: &hir::Expr) -> Option<&'static str> {
        use hir::ExprKind as E;
        let part = |expr: &hir::Expr| self.proof_only(expr);
        let any_arg = |args: &[hir::Arg]| args.iter().find_map(|arg| part(&arg.value));
        match &expr.kind {
            E::Old(_) => Some("`old`"),
            E::Result => Some("`result`"),
            E::Quantifier { .. } => Some("a quantifier"),
            E::Sum { .. } => Some("`sum` or `count`"),
            E::Binary { op: AstOp::Implies, .. } => Some("`==>`"),
            E::Chain(chain) if matches!(**chain, hir::Chain::Inflight(_)) => Some("`inflight`"),
            E::Local(local) if self.locals[*local].ghost => Some("a `ghost` variable"),
            E::State(field) if self.is_ghost_field(*field) => Some("`ghost` state"),
            E::Call { function, .. } if self.is_spec_fn(*function) => Some("a `spec fn`"),
            E::Binary { left, right, .. } => part(left).or_else(|| part(right)),
            E::Unary(_, operand) | E::Field { base: operand, .. } => part(operand),
            E::Index { base, index } => part(base).or_else(|| part(index)),
            E::Method { base, args, .. } => part(base).or_else(|| any_arg(args)),
            E::Call { args, .. } | E::Cast { args, .. } => any_arg(args),
            E::Some(args) | E::Ok(args) | E::Err(args) => any_arg(args),
            E::Variant { args: Some(args), .. } => any_arg(args),
            E::Tuple(parts) => parts.iter().find_map(part),
            E::If { cond, .. } => part(cond),
            E::Match { subject, .. } => part(subject),
            _ => None,
        }
    }

    fn is_ghost_field(&self, field: crate::arena::FieldId) -> bool {
        self.contract.is_some_and(|id| self.items.hir.contracts[id].state[field].ghost)
    }

    fn is_spec_fn(&self, function: crate::arena::FnId) -> bool {
        self.items.hir.functions[function].kind == FnKind::Spec
    }
}
