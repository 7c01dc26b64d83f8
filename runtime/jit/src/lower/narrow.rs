//! Operators on values of one slot, each in the form that its disassembly speaks for.
//!
//! Unsigned sums and differences of 64 bits are compared with an operand, unsigned products look at
//! their upper half, signed results ask the processor's flags, and types of up to 32 bits compute exactly in 64 bits and
//! look whether the result is one of the type's values.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};
use deed_bytecode::{Inst, Op, TrapKind, Ty};

use super::Lowering;

/// Whether all values of an instruction of type `ty` take one slot.
pub(super) fn is(inst: Inst, ty: Ty) -> bool {
    let source = match inst.op {
        Op::Cast | Op::WrapCast => u8::try_from(inst.c).ok().and_then(Ty::from_byte),
        _ => None,
    };
    ty.slots() == 1 && source.is_none_or(|ty| ty.slots() == 1)
}

impl Lowering<'_, '_> {
    pub(super) fn narrow(&mut self, inst: Inst, ty: Ty) -> Option<()> {
        use Op::*;
        if self.counts_on(inst) {
            return Some(());
        }
        let value = match inst.op {
            Const => return self.constant_of(inst, ty),
            Mov => self.get(inst.b),
            Add | Sub | Mul => self.arithmetic(inst, ty),
            Div | Rem => self.divide(inst, ty),
            Neg => {
                let operand = self.get(inst.b);
                let least = self.constant(least(ty) as u64);
                let over = self.builder.ins().icmp(IntCC::Equal, operand, least);
                self.overflow_if(over);
                self.builder.ins().ineg(operand)
            }
            Cast => self.cast(inst, ty)?,
            WrapCast => {
                let value = self.get(inst.b);
                self.cut(value, ty)
            }
            WrapAdd | WrapSub | WrapMul => {
                let (x, y) = (self.get(inst.b), self.get(inst.c));
                let ins = self.builder.ins();
                let value = match inst.op {
                    WrapAdd => ins.iadd(x, y),
                    WrapSub => ins.isub(x, y),
                    _ => ins.imul(x, y),
                };
                self.cut(value, ty)
            }
            WrapNeg => {
                let value = self.get(inst.b);
                let value = self.builder.ins().ineg(value);
                self.cut(value, ty)
            }
            And | Or | Xor => {
                let (x, y) = (self.get(inst.b), self.get(inst.c));
                let ins = self.builder.ins();
                match inst.op {
                    And => ins.band(x, y),
                    Or => ins.bor(x, y),
                    _ => ins.bxor(x, y),
                }
            }
            Not => {
                let (value, mask) = (self.get(inst.b), self.constant(mask(ty)));
                self.builder.ins().bxor(value, mask)
            }
            Shl | Shr | WrapShl => self.shift(inst, ty),
            Eq | Ne | Lt | Le | Gt | Ge => {
                let (x, y) = (self.get(inst.b), self.get(inst.c));
                let holds = self.builder.ins().icmp(condition(inst.op, ty.is_signed()), x, y);
                self.builder.ins().uextend(types::I64, holds)
            }
            _ => return None,
        };
        self.set(inst.a, value);
        Some(())
    }

    fn arithmetic(&mut self, inst: Inst, ty: Ty) -> Value {
        let (x, y) = (self.get(inst.b), self.get(inst.c));
        let ins = self.builder.ins();
        if ty.bits() < 64 {
            let value = match inst.op {
                Op::Add => ins.iadd(x, y),
                Op::Sub => ins.isub(x, y),
                _ => ins.imul(x, y),
            };
            let outside = self.is_outside(value, ty);
            self.overflow_if(outside);
            return value;
        }
        let (value, over) = match (inst.op, ty.is_signed()) {
            (Op::Add, false) => {
                let sum = ins.iadd(x, y);
                (sum, self.builder.ins().icmp(IntCC::UnsignedLessThan, sum, x))
            }
            (Op::Sub, false) => {
                let over = ins.icmp(IntCC::UnsignedLessThan, x, y);
                self.overflow_if(over);
                return self.builder.ins().isub(x, y);
            }
            (_, false) => return self.multiply(x, y),
            (Op::Add, true) => ins.sadd_overflow(x, y),
            (Op::Sub, true) => ins.ssub_overflow(x, y),
            (_, true) => ins.smul_overflow(x, y),
        };
        self.overflow_if(over);
        value
    }

    /// An unsigned product of 64 bits. All of its 128 bits come from one instruction, and looking at the
    /// upper half takes less than asking the processor's flag for a value.
    fn multiply(&mut self, x: Value, y: Value) -> Value {
        let [x, y] = [x, y].map(|value| self.builder.ins().uextend(types::I128, value));
        let product = self.builder.ins().imul(x, y);
        let (low, high) = self.builder.ins().isplit(product);
        self.overflow_if(high);
        low
    }

    /// Whether an exact result of 64 bits is no value of a narrower type.
    fn is_outside(&mut self, value: Value, ty: Ty) -> Value {
        if !ty.is_signed() {
            let most = self.constant(mask(ty));
            return self.builder.ins().icmp(IntCC::UnsignedGreaterThan, value, most);
        }
        let cut = self.cut(value, ty);
        self.builder.ins().icmp(IntCC::NotEqual, value, cut)
    }

    /// A value of 64 bits modulo the type's width, extended again.
    fn cut(&mut self, value: Value, ty: Ty) -> Value {
        let narrow = match ty.bits() {
            64 => return value,
            1 | 8 => types::I8,
            16 => types::I16,
            _ => types::I32,
        };
        let cut = self.builder.ins().ireduce(narrow, value);
        match ty.is_signed() {
            true => self.builder.ins().sextend(types::I64, cut),
            false => self.builder.ins().uextend(types::I64, cut),
        }
    }

    fn divide(&mut self, inst: Inst, ty: Ty) -> Value {
        let divisor = self.known(inst.c);
        let (x, y) = (self.get(inst.b), self.get(inst.c));
        if divisor.is_none_or(|divisor| divisor == 0) {
            let zero = self.builder.ins().icmp_imm_s(IntCC::Equal, y, 0);
            self.trap_if(zero, TrapKind::DivisionByZero);
        }
        let divides = inst.op == Op::Div;
        if !ty.is_signed() {
            let ins = self.builder.ins();
            return if divides { ins.udiv(x, y) } else { ins.urem(x, y) };
        }
        if divisor.is_some_and(|divisor| divisor != u64::MAX) {
            let ins = self.builder.ins();
            return if divides { ins.sdiv(x, y) } else { ins.srem(x, y) };
        }
        self.divide_signed(divides, ty, [x, y])
    }

    /// A signed division whose divisor may be -1, by which the least value has no quotient and the
    /// processor knows no remainder.
    fn divide_signed(&mut self, divides: bool, ty: Ty, [x, y]: [Value; 2]) -> Value {
        let minus = self.builder.ins().icmp_imm_s(IntCC::Equal, y, -1);
        if divides {
            let least = self.constant(least(ty) as u64);
            let least = self.builder.ins().icmp(IntCC::Equal, x, least);
            let over = self.builder.ins().band(minus, least);
            self.overflow_if(over);
            return self.builder.ins().sdiv(x, y);
        }
        // By 1 the remainder is 0 as well.
        let one = self.constant(1);
        let divisor = self.builder.ins().select(minus, one, y);
        self.builder.ins().srem(x, divisor)
    }

    fn cast(&mut self, inst: Inst, to: Ty) -> Option<Value> {
        let from = u8::try_from(inst.c).ok().and_then(Ty::from_byte)?;
        let value = self.get(inst.b);
        let lossy = match (from.is_signed(), to.is_signed()) {
            (true, true) if to.bits() >= from.bits() => return Some(value),
            (true, true) => self.is_outside(value, to),
            // A negative value is, as an unsigned slot, above every value of a signed type.
            (false, true) => self.is_above(value, greatest(to)),
            (true, false) => self.is_above(value, mask(to).min(i64::MAX as u64)),
            (false, false) if to.bits() >= from.bits() => return Some(value),
            (false, false) => self.is_above(value, mask(to)),
        };
        self.trap_if(lossy, TrapKind::LossyCast);
        Some(value)
    }

    fn is_above(&mut self, value: Value, most: u64) -> Value {
        let most = self.constant(most);
        self.builder.ins().icmp(IntCC::UnsignedGreaterThan, value, most)
    }

    fn shift(&mut self, inst: Inst, ty: Ty) -> Value {
        let known = self.known(inst.c);
        let (value, count) = (self.get(inst.b), self.get(inst.c));
        if known.is_none_or(|count| count >= ty.bits().into()) {
            let most = self.constant(u64::from(ty.bits()) - 1);
            let bad = self.builder.ins().icmp(IntCC::UnsignedGreaterThan, count, most);
            self.trap_if(bad, TrapKind::BadShift);
        }
        let signed = ty.is_signed();
        if inst.op == Op::Shr {
            let ins = self.builder.ins();
            return if signed { ins.sshr(value, count) } else { ins.ushr(value, count) };
        }
        let shifted = self.builder.ins().ishl(value, count);
        if inst.op == Op::WrapShl {
            return self.cut(shifted, ty);
        }
        let kept = self.cut(shifted, ty);
        let ins = self.builder.ins();
        let back = if signed { ins.sshr(kept, count) } else { ins.ushr(kept, count) };
        let over = self.builder.ins().icmp(IntCC::NotEqual, back, value);
        self.overflow_if(over);
        kept
    }
}

fn condition(op: Op, signed: bool) -> IntCC {
    match (op, signed) {
        (Op::Eq, _) => IntCC::Equal,
        (Op::Ne, _) => IntCC::NotEqual,
        (Op::Lt, false) => IntCC::UnsignedLessThan,
        (Op::Le, false) => IntCC::UnsignedLessThanOrEqual,
        (Op::Gt, false) => IntCC::UnsignedGreaterThan,
        (_, false) => IntCC::UnsignedGreaterThanOrEqual,
        (Op::Lt, true) => IntCC::SignedLessThan,
        (Op::Le, true) => IntCC::SignedLessThanOrEqual,
        (Op::Gt, true) => IntCC::SignedGreaterThan,
        (_, true) => IntCC::SignedGreaterThanOrEqual,
    }
}

/// The bits that values of a type may have set in their slot: for signed types all, since they
/// are extended by their sign.
fn mask(ty: Ty) -> u64 {
    if ty.is_signed() { u64::MAX } else { u64::MAX >> (64 - ty.bits()) }
}

fn least(ty: Ty) -> i64 {
    i64::MIN >> (64 - ty.bits())
}

/// The greatest value of a signed type.
fn greatest(ty: Ty) -> u64 {
    (i64::MAX >> (64 - ty.bits())) as u64
}
