//! Operators on values of several slots.
//!
//! What takes a few dozen instructions at most is done here: constants, moves, bits, additions, unsigned
//! products, unsigned shifts to the right, comparisons, widening. The rest is the machine's.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};
use deed_bytecode::{Inst, Op, TrapKind, Ty};

use super::Lowering;

impl Lowering<'_, '_> {
    pub(super) fn wide(&mut self, inst: Inst, ty: Ty) -> Option<()> {
        use Op::*;
        let slots = ty.slots();
        match inst.op {
            Const => return self.constant_of(inst, ty),
            Mov => {
                let values = self.get_all(inst.b, slots);
                self.set_all(inst.a, &values);
            }
            And | Or | Xor | Not => self.bits(inst, slots),
            Eq | Ne | Lt | Le | Gt | Ge => self.compare_wide(inst, ty),
            Add | Sub => self.add_checked(inst, ty),
            WrapAdd | WrapSub => self.add_wrapping(inst, slots),
            Mul if !ty.is_signed() => self.multiply_wide(inst, slots),
            WrapMul => self.multiply_wide(inst, slots),
            Shr if !ty.is_signed() => self.shift_right(inst, ty),
            Cast => return self.cast_wide(inst, ty),
            _ => return self.outside(inst),
        }
        Some(())
    }

    fn bits(&mut self, inst: Inst, slots: u16) {
        let left = self.get_all(inst.b, slots);
        let right = if inst.op == Op::Not { left.clone() } else { self.get_all(inst.c, slots) };
        let values: Vec<Value> = left
            .into_iter()
            .zip(right)
            .map(|(x, y)| match inst.op {
                Op::And => self.builder.ins().band(x, y),
                Op::Or => self.builder.ins().bor(x, y),
                Op::Xor => self.builder.ins().bxor(x, y),
                _ => self.builder.ins().bnot(x),
            })
            .collect();
        self.set_all(inst.a, &values);
    }

    /// Values of 128 bits, the least significant first.
    fn pairs(&mut self, first: u16, slots: u16) -> Vec<Value> {
        let halves = self.get_all(first, slots);
        halves.chunks(2).map(|pair| self.builder.ins().iconcat(pair[0], pair[1])).collect()
    }

    fn set_pairs(&mut self, first: u16, pairs: &[Value]) {
        for (slot, pair) in (first..).step_by(2).zip(pairs) {
            let (low, high) = self.builder.ins().isplit(*pair);
            self.set_all(slot, &[low, high]);
        }
    }

    fn add_checked(&mut self, inst: Inst, ty: Ty) {
        let (left, right) = (self.pairs(inst.b, ty.slots()), self.pairs(inst.c, ty.slots()));
        let add = inst.op == Op::Add;
        let (sum, over) = match (left.as_slice(), right.as_slice()) {
            ([x], [y]) => {
                let (sum, over) = self.last_part(add, ty.is_signed(), *x, *y, None);
                (vec![sum], over)
            }
            _ => {
                let (low, carry) = self.first_part(add, left[0], right[0]);
                let (high, over) =
                    self.last_part(add, ty.is_signed(), left[1], right[1], Some(carry));
                (vec![low, high], over)
            }
        };
        self.overflow_if(over);
        self.set_pairs(inst.a, &sum);
    }

    fn add_wrapping(&mut self, inst: Inst, slots: u16) {
        let (left, right) = (self.pairs(inst.b, slots), self.pairs(inst.c, slots));
        let add = inst.op == Op::WrapAdd;
        let (low, carry) = self.first_part(add, left[0], right[0]);
        let mut sum = vec![low];
        if let ([_, x], [_, y]) = (left.as_slice(), right.as_slice()) {
            sum.push(self.last_part(add, false, *x, *y, Some(carry)).0);
        }
        self.set_pairs(inst.a, &sum);
    }

    /// A product limb by limb, as on paper: each pair of limbs gives 128 bits, to which what stands in their
    /// place and what the pair before carries are added without loss. It overflows where a row carries
    /// beyond the last limb, or two limbs meet whose product lies wholly beyond it.
    fn multiply_wide(&mut self, inst: Inst, slots: u16) {
        let (left, right) = (self.get_all(inst.b, slots), self.get_all(inst.c, slots));
        let mut sum: Vec<Option<Value>> = vec![None; left.len()];
        let mut over = self.constant(0);
        for (low, x) in left.iter().enumerate() {
            let mut carry = None;
            for (place, y) in right[..left.len() - low].iter().enumerate() {
                let [x, y] = [*x, *y].map(|limb| self.builder.ins().uextend(types::I128, limb));
                let mut product = self.builder.ins().imul(x, y);
                for more in [sum[low + place], carry].into_iter().flatten() {
                    let more = self.builder.ins().uextend(types::I128, more);
                    product = self.builder.ins().iadd(product, more);
                }
                let (here, above) = self.builder.ins().isplit(product);
                (sum[low + place], carry) = (Some(here), Some(above));
            }
            let beyond = right[right.len() - low..].iter().copied();
            let met = self.both(*x, beyond.collect());
            over = self.builder.ins().bor(over, met);
            if let Some(carry) = carry {
                over = self.builder.ins().bor(over, carry);
            }
        }
        if inst.op == Op::Mul {
            self.overflow_if(over);
        }
        let sum: Vec<Value> = sum.into_iter().flatten().collect();
        self.set_all(inst.a, &sum);
    }

    /// 1 where neither a limb nor all of these are 0.
    fn both(&mut self, limb: Value, others: Vec<Value>) -> Value {
        let any = others.into_iter().reduce(|x, y| self.builder.ins().bor(x, y));
        let Some(any) = any else { return self.constant(0) };
        let [x, y] = [limb, any].map(|it| self.builder.ins().icmp_imm_s(IntCC::NotEqual, it, 0));
        let both = self.builder.ins().band(x, y);
        self.builder.ins().uextend(types::I64, both)
    }

    /// A shift of an unsigned value: by whole limbs first, then by the bits that are left.
    fn shift_right(&mut self, inst: Inst, ty: Ty) {
        let most = u64::from(ty.bits()) - 1;
        let known = self.known(inst.c).filter(|count| *count <= most);
        let count = self.get(inst.c);
        if known.is_none() {
            let most = self.constant(most);
            let bad = self.builder.ins().icmp(IntCC::UnsignedGreaterThan, count, most);
            self.trap_if(bad, TrapKind::BadShift);
        }
        let mut limbs = self.get_all(inst.b, ty.slots());
        let slots = limbs.len();
        for step in [2, 1].into_iter().filter(|step| *step < slots) {
            limbs = self.shift_limbs(limbs, step, count, known);
        }
        let zero = self.constant(0);
        let bits = self.builder.ins().band_imm_u(count, 63);
        let others = self.builder.ins().bxor_imm_u(bits, 63);
        let mut shifted = Vec::with_capacity(limbs.len());
        for (place, low) in limbs.iter().enumerate() {
            let high = limbs.get(place + 1).copied().unwrap_or(zero);
            let low = self.builder.ins().ushr(*low, bits);
            // By one more than there are others, in two steps, since 64 at once would be none.
            let high = self.builder.ins().ishl_imm_u(high, 1);
            let high = self.builder.ins().ishl(high, others);
            shifted.push(self.builder.ins().bor(low, high));
        }
        self.set_all(inst.a, &shifted);
    }

    /// Moves limbs down by `step` places, where the count asks for it.
    fn shift_limbs(
        &mut self,
        limbs: Vec<Value>,
        step: usize,
        count: Value,
        known: Option<u64>,
    ) -> Vec<Value> {
        let (zero, bit) = (self.constant(0), 64 * step as i64);
        let moved = |place: usize| limbs.get(place + step).copied().unwrap_or(zero);
        let moved: Vec<Value> = (0..limbs.len()).map(moved).collect();
        match known {
            Some(count) if count & bit as u64 != 0 => moved,
            Some(_) => limbs,
            None => {
                let asked = self.builder.ins().band_imm_u(count, bit);
                let chosen = moved.into_iter().zip(limbs);
                chosen.map(|(yes, no)| self.builder.ins().select(asked, yes, no)).collect()
            }
        }
    }

    /// A sum or difference of 128 bits and what it carries.
    fn first_part(&mut self, add: bool, x: Value, y: Value) -> (Value, Value) {
        let ins = self.builder.ins();
        if add { ins.uadd_overflow(x, y) } else { ins.usub_overflow(x, y) }
    }

    /// The most significant 128 bits with a carry, and whether they overflow.
    fn last_part(
        &mut self,
        add: bool,
        signed: bool,
        x: Value,
        y: Value,
        carry: Option<Value>,
    ) -> (Value, Value) {
        let step = |this: &mut Self, x, y| {
            let ins = this.builder.ins();
            match (add, signed) {
                (true, false) => ins.uadd_overflow(x, y),
                (false, false) => ins.usub_overflow(x, y),
                (true, true) => ins.sadd_overflow(x, y),
                (false, true) => ins.ssub_overflow(x, y),
            }
        };
        let (sum, over) = step(self, x, y);
        let Some(carry) = carry else { return (sum, over) };
        let carry = self.builder.ins().uextend(types::I128, carry);
        let (sum, again) = step(self, sum, carry);
        // Signed: a first step that overflows may be brought back by the second, never both.
        let over = self.builder.ins().bxor(over, again);
        (sum, over)
    }

    fn compare_wide(&mut self, inst: Inst, ty: Ty) {
        let (mut left, mut right) =
            (self.get_all(inst.b, ty.slots()), self.get_all(inst.c, ty.slots()));
        let holds = if matches!(inst.op, Op::Eq | Op::Ne) {
            self.same(&left, &right, inst.op == Op::Eq)
        } else {
            if matches!(ty, Ty::Address | Ty::Hash) {
                // Byte by byte in reading order: the first byte counts most.
                for values in [&mut left, &mut right] {
                    values.reverse();
                    values.iter_mut().for_each(|value| *value = self.builder.ins().bswap(*value));
                }
            }
            self.ordered(inst.op, ty.is_signed(), &left, &right)
        };
        let holds = self.builder.ins().uextend(types::I64, holds);
        self.set(inst.a, holds);
    }

    /// Whether all slots are the same, or not.
    fn same(&mut self, left: &[Value], right: &[Value], wanted: bool) -> Value {
        let mut differ = None;
        for (x, y) in left.iter().zip(right) {
            let bits = self.builder.ins().bxor(*x, *y);
            differ = Some(match differ {
                Some(before) => self.builder.ins().bor(before, bits),
                None => bits,
            });
        }
        let zero = self.constant(0);
        let condition = if wanted { IntCC::Equal } else { IntCC::NotEqual };
        self.builder.ins().icmp(condition, differ.unwrap_or(zero), zero)
    }

    /// Compares from the most significant 128 bits down.
    fn ordered(&mut self, op: Op, signed: bool, left: &[Value], right: &[Value]) -> Value {
        // `>` and `≤` are `<` and `≥` the other way round.
        let (less, left, right) = match op {
            Op::Lt => (true, left, right),
            Op::Gt => (true, right, left),
            Op::Ge => (false, left, right),
            _ => (false, right, left),
        };
        let pair = |this: &mut Self, values: &[Value], at: usize| {
            this.builder.ins().iconcat(values[2 * at], values[2 * at + 1])
        };
        let (mut below, mut done) = (None, 0);
        while 2 * done < left.len() {
            let (x, y) = (pair(self, left, done), pair(self, right, done));
            let last = 2 * (done + 1) == left.len();
            let condition =
                if signed && last { IntCC::SignedLessThan } else { IntCC::UnsignedLessThan };
            let here = self.builder.ins().icmp(condition, x, y);
            below = Some(match below {
                None => here,
                Some(below) => {
                    let same = self.builder.ins().icmp(IntCC::Equal, x, y);
                    let rest = self.builder.ins().band(same, below);
                    self.builder.ins().bor(here, rest)
                }
            });
            done += 1;
        }
        let none = self.builder.ins().iconst(types::I8, 0);
        let below = below.unwrap_or(none);
        if less { below } else { self.builder.ins().bxor_imm_u(below, 1) }
    }

    /// Casts of unsigned types; the others are the machine's.
    fn cast_wide(&mut self, inst: Inst, to: Ty) -> Option<()> {
        let from = u8::try_from(inst.c).ok().and_then(Ty::from_byte)?;
        if from.is_signed() || to.is_signed() || to.slots() == 1 && to.bits() < 64 {
            return self.outside(inst);
        }
        let mut values = self.get_all(inst.b, from.slots());
        let lost = values.split_off(values.len().min(usize::from(to.slots())));
        if !lost.is_empty() {
            let zeros = vec![self.constant(0); lost.len()];
            let lossy = self.same(&lost, &zeros, false);
            self.trap_if(lossy, TrapKind::LossyCast);
        }
        while values.len() < usize::from(to.slots()) {
            values.push(self.constant(0));
        }
        self.set_all(inst.a, &values);
        Some(())
    }
}
