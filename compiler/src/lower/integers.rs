//! Arithmetic that does not trap: `wrapping_*`, `checked_*`, `saturating_*`.
//!
//! Holds always: nothing here can trap; whether a result is wrong is found from the result modulo
//! 2 to the type's width, so it works at every width.

use deed_base::Span;
use num_bigint::BigInt;

use super::cfg::Join;
use super::function::FnLowering;
use crate::mir::{BinaryOp, Const, IntTy, Op, Ty, UnaryOp, ValueId};
use crate::ty;

/// Two operands of one integer type.
#[derive(Clone, Copy)]
struct Operands {
    int: IntTy,
    left: ValueId,
    right: ValueId,
    span: Span,
}

impl FnLowering<'_, '_> {
    /// A native of the integer types; nothing where it is none.
    pub(super) fn integer_native(
        &mut self,
        method: &str,
        left: ValueId,
        right: ValueId,
        result: &ty::Ty,
        span: Span,
    ) -> Option<ValueId> {
        let int = self.function.ty(left).as_int()?;
        let of = Operands { int, left, right, span };
        let (how, op) = method.split_once('_')?;
        if (how, op) == ("checked", "div") {
            return self.checked_div(of, result);
        }
        let op = match op {
            "add" => BinaryOp::WrappingAdd,
            "sub" => BinaryOp::WrappingSub,
            "mul" => BinaryOp::WrappingMul,
            _ => return None,
        };
        let wrapped = self.arith(op, left, right, of);
        match how {
            "wrapping" => Some(wrapped),
            "checked" => {
                let option = self.lowering.machine(result, span);
                let wrong = self.is_wrong(op, wrapped, of)?;
                let right = self.not(wrong, span);
                self.option_if(right, option, span, |_| wrapped)
            }
            "saturating" => {
                let wrong = self.is_wrong(op, wrapped, of)?;
                self.choose(wrong, span, |this| this.nearest(op, of), |_| Some(wrapped))
            }
            _ => None,
        }
    }

    fn arith(&mut self, op: BinaryOp, left: ValueId, right: ValueId, of: Operands) -> ValueId {
        self.value(Op::Binary { op, left, right }, Ty::Int(of.int), of.span)
    }

    pub(super) fn not(&mut self, arg: ValueId, span: Span) -> ValueId {
        self.value(Op::Unary { op: UnaryOp::Not, arg }, Ty::Bool, span)
    }

    fn int(&mut self, of: Operands, value: BigInt) -> ValueId {
        self.constant(Const::Int(of.int, value), of.span)
    }

    fn is_negative(&mut self, value: ValueId, of: Operands) -> ValueId {
        let zero = self.int(of, BigInt::ZERO);
        self.compare(BinaryOp::Lt, value, zero, of.span)
    }

    fn differ(&mut self, left: ValueId, right: ValueId, span: Span) -> ValueId {
        self.value(Op::Binary { op: BinaryOp::Xor, left, right }, Ty::Bool, span)
    }

    /// Whether a wrapped result is not the exact one.
    fn is_wrong(&mut self, op: BinaryOp, wrapped: ValueId, of: Operands) -> Option<ValueId> {
        let Operands { int, left, right, span } = of;
        match op {
            BinaryOp::WrappingMul => self.is_wrong_product(wrapped, of),
            // A sum is less than its left part exactly if the right one is negative.
            BinaryOp::WrappingAdd => {
                let less = self.compare(BinaryOp::Lt, wrapped, left, span);
                Some(self.against_sign(less, of))
            }
            _ if !int.is_signed() => Some(self.compare(BinaryOp::Lt, left, right, span)),
            _ => {
                let more = self.compare(BinaryOp::Gt, wrapped, left, span);
                Some(self.against_sign(more, of))
            }
        }
    }

    /// Whether a condition and the sign of the right operand tell different things.
    fn against_sign(&mut self, condition: ValueId, of: Operands) -> ValueId {
        if !of.int.is_signed() {
            return condition;
        }
        let negative = self.is_negative(of.right, of);
        self.differ(condition, negative, of.span)
    }

    /// A product is exact if it gives the right factor when divided by the left one. That division
    /// could not be done for 0 and -1.
    fn is_wrong_product(&mut self, product: ValueId, of: Operands) -> Option<ValueId> {
        let span = of.span;
        let zero = self.int(of, BigInt::ZERO);
        let is_zero = self.compare(BinaryOp::Eq, of.left, zero, span);
        self.choose(
            is_zero,
            span,
            |this| Some(this.constant(Const::Bool(false), span)),
            |this| {
                if !of.int.is_signed() {
                    return Some(this.differs_divided(product, of));
                }
                let minus_one = this.int(of, BigInt::from(-1));
                let is_minus_one = this.compare(BinaryOp::Eq, of.left, minus_one, span);
                this.choose(
                    is_minus_one,
                    span,
                    |this| {
                        let least = this.int(of, of.int.min());
                        Some(this.compare(BinaryOp::Eq, of.right, least, span))
                    },
                    |this| Some(this.differs_divided(product, of)),
                )
            },
        )
    }

    fn differs_divided(&mut self, product: ValueId, of: Operands) -> ValueId {
        let back = self.arith(BinaryOp::Div, product, of.left, of);
        self.compare(BinaryOp::Ne, back, of.right, of.span)
    }

    /// The end of the type that is nearest to a result that it does not hold.
    fn nearest(&mut self, op: BinaryOp, of: Operands) -> Option<ValueId> {
        if !of.int.is_signed() {
            let lowest = op == BinaryOp::WrappingSub;
            let end = if lowest { BigInt::ZERO } else { of.int.max() };
            return Some(self.int(of, end));
        }
        let negative = self.is_negative(of.right, of);
        let low = match op {
            BinaryOp::WrappingAdd => negative,
            BinaryOp::WrappingSub => self.not(negative, of.span),
            _ => {
                let other = self.is_negative(of.left, of);
                self.differ(negative, other, of.span)
            }
        };
        self.choose(
            low,
            of.span,
            |this| Some(this.int(of, of.int.min())),
            |this| Some(this.int(of, of.int.max())),
        )
    }

    fn checked_div(&mut self, of: Operands, result: &ty::Ty) -> Option<ValueId> {
        let span = of.span;
        let option = self.lowering.machine(result, span);
        let zero = self.int(of, BigInt::ZERO);
        let mut fine = self.compare(BinaryOp::Ne, of.right, zero, span);
        if of.int.is_signed() {
            let (least, minus_one) = (self.int(of, of.int.min()), self.int(of, BigInt::from(-1)));
            let left = self.compare(BinaryOp::Ne, of.left, least, span);
            let right = self.compare(BinaryOp::Ne, of.right, minus_one, span);
            let either = Op::Binary { op: BinaryOp::Or, left, right };
            let either = self.value(either, Ty::Bool, span);
            let both = Op::Binary { op: BinaryOp::And, left: fine, right: either };
            fine = self.value(both, Ty::Bool, span);
        }
        self.option_if(fine, option, span, |this| this.arith(BinaryOp::Div, of.left, of.right, of))
    }

    /// One value or another.
    pub(super) fn choose(
        &mut self,
        condition: ValueId,
        span: Span,
        then: impl FnOnce(&mut Self) -> Option<ValueId>,
        otherwise: impl FnOnce(&mut Self) -> Option<ValueId>,
    ) -> Option<ValueId> {
        let (yes, no) = self.branch(condition, span);
        let env = self.env.clone();
        let mut join = Join::default();
        self.at = Some(yes);
        let value = then(self);
        self.lead(&mut join, value);
        self.at = Some(no);
        self.env = env;
        let value = otherwise(self);
        self.lead(&mut join, value);
        self.meet(join, span)
    }
}
