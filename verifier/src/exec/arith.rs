//! Arithmetic of the machine on mathematical integers.
//!
//! In: an operator, its operands' type and terms. Out: the exact result, and the condition under
//! which the machine gives it instead of a trap.
//! Holds always: where an operator is not modelled the result is any value of its type, which is
//! sound for proofs; the caller learns that it happened.

use deed_compiler::mir::{BinaryOp, IntTy, Op, Ty, UnaryOp};
use num_bigint::BigInt;

use super::bits::Bitwise;
use super::facts::Facts;
use super::value;
use crate::vc::term::{Node, Sort, TermId, Terms};

/// What an operation gives, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome {
    pub value: TermId,
    /// No trap.
    pub ok: TermId,
    pub modelled: bool,
}

/// How a quotient that is no integer is rounded.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Rounding {
    TowardZero,
    Down,
}

/// Where terms and facts go while an operation is translated.
pub(super) struct Desk<'a> {
    pub terms: &'a mut Terms,
    pub facts: &'a mut Facts,
}

impl Desk<'_> {
    fn total(&mut self, value: TermId) -> Outcome {
        Outcome { value, ok: self.terms.bool(true), modelled: true }
    }

    /// An exact result that traps where its type does not hold it.
    fn fitting(&mut self, value: TermId, int: IntTy) -> Outcome {
        let ok = value::within(self.terms, value, int);
        Outcome { value, ok, modelled: true }
    }

    fn unmodelled(&mut self, name: &str, ty: Ty) -> Outcome {
        let value = value::unknown(self.terms, self.facts, name, ty);
        Outcome { modelled: false, ..self.total(value) }
    }

    pub(super) fn unary(&mut self, op: UnaryOp, arg: TermId, ty: Ty) -> Outcome {
        match (op, ty) {
            (UnaryOp::Not, Ty::Int(int)) => {
                // ~x is -1 - x for a signed integer, MAX - x for an unsigned one.
                let top = if int.is_signed() { BigInt::from(-1) } else { int.max() };
                let top = self.terms.int(top);
                let value = self.terms.sub(top, arg);
                self.total(value)
            }
            (UnaryOp::Neg, Ty::Int(int)) => {
                let zero = self.terms.int(0);
                let value = self.terms.sub(zero, arg);
                self.fitting(value, int)
            }
            _ => {
                let value = self.terms.not(arg);
                self.total(value)
            }
        }
    }

    pub(super) fn cast(&mut self, arg: TermId, to: Ty) -> Outcome {
        match to {
            Ty::Int(int) => self.fitting(arg, int),
            _ => self.total(arg),
        }
    }

    pub(super) fn binary(&mut self, op: BinaryOp, a: TermId, b: TermId, ty: Ty) -> Outcome {
        match ty {
            Ty::Int(int) => self.integer(op, a, b, int),
            Ty::Bool => self.boolean(op, a, b),
            Ty::Address | Ty::Hash => self.comparison(op, a, b),
            Ty::Heap(_) => match op {
                BinaryOp::Eq | BinaryOp::Ne => self.comparison(op, a, b),
                _ => self.unmodelled(op.name(), Ty::Bool),
            },
        }
    }

    fn integer(&mut self, op: BinaryOp, a: TermId, b: TermId, int: IntTy) -> Outcome {
        use BinaryOp::*;
        match op {
            Add => {
                let value = self.terms.add(a, b);
                self.fitting(value, int)
            }
            Sub => {
                let value = self.terms.sub(a, b);
                self.fitting(value, int)
            }
            Mul => {
                let value = self.terms.mul(a, b);
                self.fitting(value, int)
            }
            Div | Rem => self.division(op, a, b, int),
            Shl | Shr => self.shift(op, a, b, int),
            WrappingAdd => {
                let value = self.terms.add(a, b);
                self.wrap(value, int)
            }
            WrappingSub => {
                let value = self.terms.sub(a, b);
                self.wrap(value, int)
            }
            WrappingMul => {
                let value = self.terms.mul(a, b);
                self.wrap(value, int)
            }
            And => self.bits(Bitwise::And, a, b, int),
            Or => self.bits(Bitwise::Or, a, b, int),
            Xor => self.bits(Bitwise::Xor, a, b, int),
            Eq | Ne | Lt | Le | Gt | Ge => self.comparison(op, a, b),
        }
    }

    fn boolean(&mut self, op: BinaryOp, a: TermId, b: TermId) -> Outcome {
        let t = &mut *self.terms;
        let value = match op {
            BinaryOp::And => t.and([a, b]),
            BinaryOp::Or => t.or([a, b]),
            BinaryOp::Xor | BinaryOp::Ne => {
                let same = t.eq(a, b);
                t.not(same)
            }
            BinaryOp::Eq => t.eq(a, b),
            _ => return self.unmodelled(op.name(), Ty::Bool),
        };
        self.total(value)
    }

    fn comparison(&mut self, op: BinaryOp, a: TermId, b: TermId) -> Outcome {
        let t = &mut *self.terms;
        let value = match op {
            BinaryOp::Eq => t.eq(a, b),
            BinaryOp::Ne => {
                let same = t.eq(a, b);
                t.not(same)
            }
            BinaryOp::Lt => t.lt(a, b),
            BinaryOp::Le => t.le(a, b),
            BinaryOp::Gt => t.lt(b, a),
            BinaryOp::Ge => t.le(b, a),
            _ => return self.unmodelled(op.name(), Ty::Bool),
        };
        self.total(value)
    }

    /// `a = q*b + r` with fresh `q` and `r`; both round toward zero, so `r` has the sign of `a`.
    fn division(&mut self, op: BinaryOp, a: TermId, b: TermId, int: IntTy) -> Outcome {
        let (quotient, remainder) = self.divide(a, b, int);
        let zero = self.terms.int(0);
        let by_zero = self.terms.eq(b, zero);
        let ok = self.terms.not(by_zero);
        if op == BinaryOp::Rem {
            return Outcome { value: remainder, ok, modelled: true };
        }
        let fits = value::within(self.terms, quotient, int);
        let ok = self.terms.and([ok, fits]);
        Outcome { value: quotient, ok, modelled: true }
    }

    /// Quotient and remainder of a division whose divisor is not zero.
    pub(super) fn divide(&mut self, a: TermId, b: TermId, int: IntTy) -> (TermId, TermId) {
        let (quotient, remainder) = self.quotient(Rounding::TowardZero, a, b);
        let t = &mut *self.terms;
        let zero = t.int(0);
        let product = t.mul(quotient, b);
        let whole = t.add(product, remainder);
        let mut laws = vec![t.eq(whole, a)];
        let size = |t: &mut Terms, x: TermId| {
            let (negative, minus) = (t.lt(x, zero), t.sub(zero, x));
            t.ite(negative, minus, x)
        };
        let (r, d) =
            if int.is_signed() { (size(t, remainder), size(t, b)) } else { (remainder, b) };
        laws.push(t.lt(r, d));
        let (up, down) = (t.le(zero, remainder), t.le(remainder, zero));
        let (a_up, a_down) = (t.le(zero, a), t.le(a, zero));
        laws.push(t.implies(a_up, up));
        laws.push(t.implies(a_down, down));
        // Where a difference is exact and a trap has ended the run, it may be below zero in any type.
        let no_divisor = if int.is_signed() { t.eq(b, zero) } else { t.le(b, zero) };
        let law = t.and(laws);
        let law = t.or([no_divisor, law]);
        self.facts.push(law);
        (quotient, remainder)
    }

    /// A shift is a product or a quotient by a power of two.
    fn shift(&mut self, op: BinaryOp, a: TermId, count: TermId, int: IntTy) -> Outcome {
        let bits = self.terms.int(int.bits());
        let zero = self.terms.int(0);
        let (from, below) = (self.terms.le(zero, count), self.terms.lt(count, bits));
        let ok = self.terms.and([from, below]);
        let (value, fits) = self.shifted(op == BinaryOp::Shl, a, count, int);
        let ok = self.terms.and([ok, fits]);
        Outcome { ok, ..self.total(value) }
    }

    fn shifted(&mut self, left: bool, a: TermId, count: TermId, int: IntTy) -> (TermId, TermId) {
        let power = self.power(count);
        if left {
            let value = self.terms.mul(a, power);
            return (value, value::within(self.terms, value, int));
        }
        (self.floor(a, power).0, self.terms.bool(true))
    }

    /// Two to the power of a count; one where that is negative.
    pub(super) fn power(&mut self, count: TermId) -> TermId {
        match self.small(count).filter(|count| *count < 1024) {
            Some(count) => self.terms.int(BigInt::from(1) << count),
            None => self.power_of_two(count),
        }
    }

    /// What is done bit by bit to values of a type is one of the type.
    fn bits(&mut self, op: Bitwise, a: TermId, b: TermId, int: IntTy) -> Outcome {
        let value = self.bitwise(op, a, b);
        let ranges = [a, b, value].map(|x| value::within(self.terms, x, int));
        let operands = self.terms.and([ranges[0], ranges[1]]);
        let law = self.terms.implies(operands, ranges[2]);
        self.facts.push(law);
        self.total(value)
    }

    fn wrap(&mut self, exact: TermId, int: IntTy) -> Outcome {
        let power = self.terms.int(BigInt::from(1) << int.bits());
        let offset = self.terms.int(int.min());
        let shifted = self.terms.sub(exact, offset);
        let wrapped = self.floor(shifted, power).1;
        let value = self.terms.add(wrapped, offset);
        self.total(value)
    }

    /// Quotient rounded down and remainder of a division by a number that is never below one.
    pub(super) fn floor(&mut self, a: TermId, by: TermId) -> (TermId, TermId) {
        let (quotient, remainder) = self.quotient(Rounding::Down, a, by);
        let t = &mut *self.terms;
        let zero = t.int(0);
        let product = t.mul(quotient, by);
        let whole = t.add(product, remainder);
        let laws = [t.eq(whole, a), t.le(zero, remainder), t.lt(remainder, by)];
        self.facts.extend(laws);
        (quotient, remainder)
    }

    /// The names of a quotient and its remainder: the same for the same division, wherever it stands.
    fn quotient(&mut self, rounding: Rounding, a: TermId, b: TermId) -> (TermId, TermId) {
        let terms = &mut *self.terms;
        let mut name = |what: &str| terms.fresh(what, Sort::Int);
        let made = || (name("quotient"), name("remainder"));
        *self.facts.quotients.entry((rounding, a, b)).or_insert_with(made)
    }

    fn literal(&self, id: TermId) -> Option<BigInt> {
        match self.terms.node(id) {
            Node::Int(value) => Some(value.clone()),
            _ => None,
        }
    }

    fn small(&self, id: TermId) -> Option<u32> {
        self.literal(id).and_then(|value| u32::try_from(value).ok())
    }
}

/// The name of an operator that is not modelled, as the source writes it.
pub(super) fn described(op: &Op) -> String {
    match op {
        Op::Binary { op, .. } => format!("`{}`", op.name()),
        _ => "an operator".to_string(),
    }
}
