//! Operators.

use std::cmp::Ordering;

use deed_base::Span;
use num_bigint::BigInt;

use super::{Frame, Leave, Machine, number, said};
use crate::thir::{BinaryOp, Expr, UnaryOp};
use crate::value::Value;

impl Machine<'_> {
    pub(super) fn unary(
        &mut self,
        op: UnaryOp,
        value: Value,
        expr: &Expr,
        frame: &Frame,
    ) -> Result<Value, Leave> {
        match (op, value) {
            (UnaryOp::Not, Value::Bool(value)) => Ok(Value::Bool(!value)),
            (UnaryOp::Neg, Value::Int(value)) => self.fit(-value, &expr.ty, frame, expr.span),
            (UnaryOp::Not, Value::Int(value)) => {
                let int = self.counted(&expr.ty, frame).ok_or_else(said)?;
                let flipped = if int.is_signed() { -value - 1 } else { int.max() - value };
                Ok(Value::Int(flipped))
            }
            _ => Err(said()),
        }
    }

    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        a: Value,
        b: Value,
        left: &Expr,
        expr: &Expr,
        frame: &Frame,
    ) -> Result<Value, Leave> {
        if op.is_comparison() {
            return Ok(Value::Bool(holds(op, compare(&a, &b).ok_or_else(said)?)));
        }
        let (a, b) = (number(a)?, number(b)?);
        let value = match op {
            BinaryOp::Div | BinaryOp::Rem if b == BigInt::ZERO => {
                return Err(self.traps(expr.span, "this divides by zero"));
            }
            BinaryOp::Add => a + b,
            BinaryOp::Sub => a - b,
            BinaryOp::Mul => a * b,
            BinaryOp::Div => a / b,
            BinaryOp::Rem => a % b,
            BinaryOp::BitAnd => a & b,
            BinaryOp::BitOr => a | b,
            BinaryOp::BitXor => a ^ b,
            _ => {
                let bits = self.counted(&left.ty, frame).ok_or_else(said)?.bits();
                self.shift(op, a, &b, bits, expr.span)?
            }
        };
        self.fit(value, &expr.ty, frame, expr.span)
    }

    fn shift(
        &self,
        op: BinaryOp,
        a: BigInt,
        count: &BigInt,
        bits: u32,
        span: Span,
    ) -> Result<BigInt, Leave> {
        match u32::try_from(count) {
            Ok(count) if count < bits => {
                Ok(if op == BinaryOp::Shl { a << count } else { a >> count })
            }
            _ => {
                let message = format!("a shift of {bits} bits counts from 0 to {}", bits - 1);
                Err(self.traps(span, message))
            }
        }
    }
}

fn holds(op: BinaryOp, order: Ordering) -> bool {
    match op {
        BinaryOp::Eq => order.is_eq(),
        BinaryOp::Ne => order.is_ne(),
        BinaryOp::Lt => order.is_lt(),
        BinaryOp::Le => order.is_le(),
        BinaryOp::Gt => order.is_gt(),
        _ => order.is_ge(),
    }
}

/// Which of two values of one type comes first: by their parts, from the first to the last.
fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    Some(match (a, b) {
        (Value::Unit, Value::Unit) => Ordering::Equal,
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Bytes(a), Value::Bytes(b)) => a.cmp(b),
        (Value::Sequence(a), Value::Sequence(b)) => compare_all(a, b)?,
        (Value::Case(i, _), Value::Case(j, _)) if i != j => i.cmp(j),
        (Value::Case(_, a), Value::Case(_, b)) => compare_all(a, b)?,
        _ => return None,
    })
}

fn compare_all(a: &[Value], b: &[Value]) -> Option<Ordering> {
    for (a, b) in a.iter().zip(b) {
        let order = compare(a, b)?;
        if order.is_ne() {
            return Some(order);
        }
    }
    Some(a.len().cmp(&b.len()))
}
