//! Arithmetic on amounts and times: what may be added to what, and what comes of it.
//!
//! Holds always: an amount is added to and compared with amounts of its own type alone, and
//! multiplied by its own integer; the literal 0 is an amount of every type.

use deed_base::{Diagnostic, Span, catalogue as codes};
use num_bigint::BigInt;

use super::cx::{Cx, error_expr};
use super::exprs::value_expr;
use crate::arena::{FieldId, Id};
use crate::thir::{BinaryOp, Expr, ExprKind};
use crate::ty::Ty;
use crate::value::Value;

impl Cx<'_> {
    /// Whether a type counts something.
    pub(super) fn is_quantity(&self, ty: &Ty) -> bool {
        self.counted(ty).is_some() || self.is_additive_param(ty)
    }

    /// Whether a type is a parameter whose values are added to each other.
    pub(super) fn is_additive_param(&self, ty: &Ty) -> bool {
        self.is_param_with(ty, "Quantity") || self.is_param_with(ty, "Additive")
    }

    /// The integer that an amount is counted in.
    fn counted(&self, ty: &Ty) -> Option<Ty> {
        match self.infer.outside(ty) {
            Ty::Struct(id, _) if self.items.structs[*id].quantity => {
                Some(self.items.structs[*id].fields[FieldId::from_index(0)].ty.clone())
            }
            Ty::Duration => Some(Ty::U64),
            _ => None,
        }
    }

    /// Whether an operand makes the operation one on amounts or times.
    pub(super) fn is_amount(&self, ty: &Ty) -> bool {
        match self.infer.outside(ty) {
            Ty::Int(_) | Ty::Bool => false,
            Ty::Time | Ty::Duration => true,
            other => self.is_quantity(other),
        }
    }

    /// The literal 0 as an amount.
    pub(super) fn zero_as(&mut self, expr: Expr, ty: &Ty) -> Expr {
        let zero = matches!(&expr.kind, ExprKind::Value(Value::Int(n)) if *n == BigInt::ZERO);
        if !zero || !self.infer.is_open_int(&expr.ty) {
            return expr;
        }
        let Some(int) = self.counted(ty) else { return expr };
        self.infer.unify(&expr.ty, &int);
        self.zero(ty, &int, expr.span)
    }

    /// No amount at all.
    pub(super) fn zero(&mut self, ty: &Ty, int: &Ty, span: Span) -> Expr {
        let ty = self.infer.shallow(ty);
        let zero = Value::Int(BigInt::from(0));
        match ty {
            Ty::Duration => value_expr(zero, ty, span),
            _ => {
                Expr { kind: ExprKind::Struct(vec![value_expr(zero, int.clone(), span)]), ty, span }
            }
        }
    }

    /// What an amount is counted in, if the literal 0 may stand for it.
    pub(super) fn zero_type(&self, ty: &Ty) -> Option<Ty> {
        self.counted(ty)
    }

    /// An operation of which one side is an amount or a time.
    pub(super) fn combine_amounts(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        left: Expr,
        right: Expr,
        span: Span,
    ) -> Expr {
        let (lt, rt) = (left.ty.clone(), right.ty.clone());
        let left = self.zero_as(left, &rt);
        let right = self.zero_as(right, &lt);
        let (lt, rt) = (self.infer.shallow(&left.ty), self.infer.shallow(&right.ty));
        let ty = self.amount_result(op, &lt, &rt);
        let Some(ty) = ty else {
            self.no_such_operation(op, op_span, &lt, &rt);
            self.infer.poison(&lt);
            self.infer.poison(&rt);
            return error_expr(span);
        };
        Expr { kind: ExprKind::Binary(op, Box::new(left), Box::new(right)), ty, span }
    }

    fn amount_result(&mut self, op: BinaryOp, left: &Ty, right: &Ty) -> Option<Ty> {
        let same = left == right || self.same_struct(left, right);
        match (op, left, right) {
            _ if op.is_comparison() && same => Some(Ty::Bool),
            (BinaryOp::Add | BinaryOp::Sub, Ty::Time, Ty::Duration) => Some(Ty::Time),
            (BinaryOp::Add, Ty::Duration, Ty::Time) => Some(Ty::Time),
            (BinaryOp::Sub, Ty::Time, Ty::Time) => Some(Ty::Duration),
            (BinaryOp::Add | BinaryOp::Sub, ..) if same && self.is_quantity(left) => {
                Some(left.clone())
            }
            (BinaryOp::Mul, ..) => {
                let (amount, int, number) = match (self.counted(left), self.counted(right)) {
                    (Some(int), None) => (left, int, right),
                    (None, Some(int)) => (right, int, left),
                    _ => return None,
                };
                self.infer.unify(number, &int).then(|| amount.clone())
            }
            _ => None,
        }
    }

    /// Whether both are one struct, whose arguments are made equal.
    fn same_struct(&mut self, left: &Ty, right: &Ty) -> bool {
        let same = matches!((left, right), (Ty::Struct(a, _), Ty::Struct(b, _)) if a == b);
        same && self.infer.unify(left, right)
    }

    fn no_such_operation(&mut self, op: BinaryOp, op_span: Span, left: &Ty, right: &Ty) {
        let (lshow, rshow) = (self.show(left), self.show(right));
        let symbol = op.symbol();
        let message = format!("`{symbol}` does not work on {lshow} and {rshow}");
        let diagnostic = Diagnostic::new(codes::BAD_OPERAND, op_span, message);
        let number = |ty: &Ty| self.infer.is_int(ty);
        self.d.push(match op {
            BinaryOp::Div | BinaryOp::Rem => diagnostic.help(
                "a division says how it rounds: a method such as `div_floor` or `mul_div_ceil`",
            ),
            BinaryOp::Mul => match self.counted(left).or_else(|| self.counted(right)) {
                Some(int) if number(left) || number(right) => {
                    let int = self.items.show(&int);
                    diagnostic.help(format!("the number is a `{int}`: convert it with `{int}(..)`"))
                }
                _ => diagnostic,
            },
            _ if number(left) || number(right) => diagnostic.help(
                "a plain number is no amount, but for the literal `0`; make one, as in `cny(40)`",
            ),
            _ => diagnostic,
        });
    }
}
