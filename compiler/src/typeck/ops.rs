//! Operators.
//!
//! Holds always: in a program both operands of an operator have one type, but for shifts, whose
//! count is `u32`; in a specification integers of every type are unbounded ones.

use deed_base::Span;
use deed_syntax::ast::{BinaryOp as AstOp, UnaryOp as AstUnary};

use super::cx::{Cx, as_interface, error_expr};
use super::errors;
use crate::hir;
use crate::thir::{BinaryOp, Expr, ExprKind, LogicalOp, UnaryOp};
use crate::ty::Ty;

impl Cx<'_> {
    pub(super) fn unary(
        &mut self,
        op: AstUnary,
        operand: &hir::Expr,
        want: Option<&Ty>,
        span: Span,
    ) -> Expr {
        if let (AstUnary::Neg, hir::ExprKind::Int(literal)) = (op, &operand.kind) {
            return self.negative(literal, want, span);
        }
        let mut operand = self.expr(operand, want);
        let ty = self.infer.shallow(&operand.ty);
        let op = match op {
            AstUnary::Not => UnaryOp::Not,
            AstUnary::Neg => UnaryOp::Neg,
        };
        let fits = match (op, &ty) {
            (_, Ty::Error) => return error_expr(span),
            (UnaryOp::Not, Ty::Bool) | (_, Ty::SpecInt) => true,
            _ => self.infer.is_int(&ty) || self.is_param_with(&ty, "Integer"),
        };
        if !fits {
            let text = self.show(&ty);
            let (symbol, needs) = match op {
                UnaryOp::Not => ("!", "a `bool` or an integer"),
                UnaryOp::Neg => ("-", "a signed integer"),
            };
            self.d.push(errors::bad_operand(symbol, &text, needs, operand.span));
            return error_expr(span);
        }
        if self.in_spec() && op == UnaryOp::Neg {
            operand = self.lift(operand);
        } else if op == UnaryOp::Neg {
            self.must_be_signed(&ty, operand.span);
        }
        let ty = operand.ty.clone();
        Expr { kind: ExprKind::Unary(op, Box::new(operand)), ty, span }
    }

    pub(super) fn binary(
        &mut self,
        op: AstOp,
        op_span: Span,
        left: &hir::Expr,
        right: &hir::Expr,
        want: Option<&Ty>,
        span: Span,
    ) -> Expr {
        match op {
            AstOp::And => self.logical(LogicalOp::And, left, right, span),
            AstOp::Or => self.logical(LogicalOp::Or, left, right, span),
            AstOp::Implies if self.in_spec() => self.logical(LogicalOp::Implies, left, right, span),
            AstOp::Implies => {
                self.d.push(errors::spec_only("`==>`", op_span).help("write `!a || b`"));
                error_expr(span)
            }
            AstOp::Coalesce => self.coalesce(left, right, want, span),
            AstOp::In => self.member(left, right, span),
            _ => match scalar_op(op) {
                Some(op) => self.scalar_binary(op, op_span, left, right, want, span),
                None => error_expr(span),
            },
        }
    }

    fn logical(&mut self, op: LogicalOp, left: &hir::Expr, right: &hir::Expr, span: Span) -> Expr {
        let left = Box::new(self.check(left, &Ty::Bool));
        let right = Box::new(self.check(right, &Ty::Bool));
        Expr { kind: ExprKind::Logical(op, left, right), ty: Ty::Bool, span }
    }

    fn coalesce(
        &mut self,
        left: &hir::Expr,
        right: &hir::Expr,
        want: Option<&Ty>,
        span: Span,
    ) -> Expr {
        let want = want.map(|want| Ty::option(want.clone()));
        let left = self.expr(left, want.as_ref());
        let of = match self.infer.shallow(&left.ty) {
            Ty::Option(of) => *of,
            Ty::Error => return error_expr(span),
            other => {
                let text = self.show(&other);
                self.d.push(errors::bad_operand("??", &text, "an `Option` before it", left.span));
                return error_expr(span);
            }
        };
        let right = self.check(right, &of);
        Expr { kind: ExprKind::Coalesce(Box::new(left), Box::new(right)), ty: of, span }
    }

    /// Arithmetic, bits and comparisons.
    fn scalar_binary(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        left: &hir::Expr,
        right: &hir::Expr,
        want: Option<&Ty>,
        span: Span,
    ) -> Expr {
        let want = want.filter(|_| !op.is_comparison());
        let left = self.expr(left, want);
        let hint = if op.is_shift() && !self.in_spec() { Ty::U32 } else { left.ty.clone() };
        // Numbers in specifications are unbounded, whatever stands on the left.
        let takes_hint = !self.in_spec() || is_compound(&self.infer.shallow(&hint));
        let right = self.expr(right, Some(&hint).filter(|_| takes_hint));
        self.combine(op, op_span, left, right, span)
    }

    /// The operation on two typed operands.
    pub(super) fn combine(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        mut left: Expr,
        mut right: Expr,
        span: Span,
    ) -> Expr {
        if self.in_spec() {
            let number = |cx: &Self, e: &Expr| {
                let counted = cx.is_amount(&e.ty) && cx.infer.shallow(&e.ty) != Ty::Time;
                let number = cx.infer.is_int(&e.ty) || cx.is_param_with(&e.ty, "Integer");
                e.ty == Ty::SpecInt || number || e.ty.is_error() || counted
            };
            if number(self, &left) && number(self, &right) {
                left = self.lift(left);
                right = self.lift(right);
            }
        }
        if !self.in_spec() && (self.is_amount(&left.ty) || self.is_amount(&right.ty)) {
            let known = !left.ty.is_error() && !right.ty.is_error();
            if known && !(self.infer.shallow(&left.ty) == Ty::Never) {
                return self.combine_amounts(op, op_span, left, right, span);
            }
        }
        (left, right) = self.as_one_interface(left, right);
        let (lt, rt) = (self.infer.shallow(&left.ty), self.infer.shallow(&right.ty));
        if lt.is_error() || rt.is_error() {
            self.infer.poison(&lt);
            self.infer.poison(&rt);
            return error_expr(span);
        }
        let fits = match op.is_shift() && lt != Ty::SpecInt {
            true => {
                right = self.coerce(right, &Ty::U32);
                self.operands_fit(op, &lt, &left)
            }
            false => self.operands_fit(op, &lt, &left) && self.same(op, op_span, &left, &right),
        };
        if !fits {
            self.infer.poison(&lt);
            self.infer.poison(&rt);
            return error_expr(span);
        }
        let ty = if op.is_comparison() { Ty::Bool } else { left.ty.clone() };
        Expr { kind: ExprKind::Binary(op, Box::new(left), Box::new(right)), ty, span }
    }

    /// A contract beside one of its interfaces, seen through that.
    fn as_one_interface(&self, left: Expr, right: Expr) -> (Expr, Expr) {
        let (lt, rt) = (self.infer.shallow(&left.ty), self.infer.shallow(&right.ty));
        if self.implements(&lt, &rt) {
            (as_interface(left, rt), right)
        } else if self.implements(&rt, &lt) {
            (left, as_interface(right, lt))
        } else {
            (left, right)
        }
    }

    fn same(&mut self, op: BinaryOp, op_span: Span, left: &Expr, right: &Expr) -> bool {
        if self.infer.unify(&left.ty, &right.ty) {
            return true;
        }
        let (lt, rt) = (self.infer.shallow(&left.ty), self.infer.shallow(&right.ty));
        let (lshow, rshow) = (self.show(&lt), self.show(&rt));
        self.d.push(errors::different_operands(
            op.symbol(),
            op_span,
            (&lt, &lshow, left.span),
            (&rt, &rshow, right.span),
        ));
        false
    }

    /// Whether an operator works on a type; reports it if not.
    fn operands_fit(&mut self, op: BinaryOp, ty: &Ty, operand: &Expr) -> bool {
        let number = *ty == Ty::SpecInt
            || self.infer.is_int(ty)
            || self.is_param_with(ty, "Integer")
            || (self.is_additive_param(ty) && matches!(op, BinaryOp::Add | BinaryOp::Sub));
        let bits = matches!(op, BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor);
        let (needs, help) = match op {
            BinaryOp::Eq | BinaryOp::Ne if self.in_spec() => return true,
            BinaryOp::Eq | BinaryOp::Ne => match ty {
                Ty::Fn(_) => ("values that are compared whole", None),
                _ => return true,
            },
            _ if number => return true,
            _ if op.is_comparison() => match ty {
                Ty::Fn(_) | Ty::Unit | Ty::Interface(_) | Ty::Contract(_) | Ty::Infer(_) => {
                    ("an ordered type", None)
                }
                _ => return true,
            },
            _ if bits && *ty == Ty::Bool => ("integers", Some("on `bool` write `&&`, `||`, `!=`")),
            BinaryOp::Add if *ty == Ty::String => {
                ("numbers", Some("a text holds others by naming them: `\"{first}{second}\"`"))
            }
            BinaryOp::Add if matches!(ty, Ty::Vec(_)) => {
                ("numbers", Some("`all.extend(more)` puts the elements of one behind the other"))
            }
            _ => ("integers", None),
        };
        let text = self.show(ty);
        let diagnostic = errors::bad_operand(op.symbol(), &text, needs, operand.span);
        self.d.push(match help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        });
        false
    }
}

/// A type made of others, which its place must tell.
fn is_compound(ty: &Ty) -> bool {
    !matches!(ty, Ty::Int(_) | Ty::SpecInt | Ty::Infer(_) | Ty::Error)
}

/// The operator that works on two values, if it is one of those.
pub(super) fn scalar_op(op: AstOp) -> Option<BinaryOp> {
    Some(match op {
        AstOp::Mul => BinaryOp::Mul,
        AstOp::Div => BinaryOp::Div,
        AstOp::Rem => BinaryOp::Rem,
        AstOp::Add => BinaryOp::Add,
        AstOp::Sub => BinaryOp::Sub,
        AstOp::Shl => BinaryOp::Shl,
        AstOp::Shr => BinaryOp::Shr,
        AstOp::BitAnd => BinaryOp::BitAnd,
        AstOp::BitXor => BinaryOp::BitXor,
        AstOp::BitOr => BinaryOp::BitOr,
        AstOp::Eq => BinaryOp::Eq,
        AstOp::Ne => BinaryOp::Ne,
        AstOp::Lt => BinaryOp::Lt,
        AstOp::Le => BinaryOp::Le,
        AstOp::Gt => BinaryOp::Gt,
        AstOp::Ge => BinaryOp::Ge,
        AstOp::Coalesce | AstOp::In | AstOp::And | AstOp::Or | AstOp::Implies => return None,
    })
}
