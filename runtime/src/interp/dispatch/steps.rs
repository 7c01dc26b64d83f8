//! What each instruction does.
//!
//! In: the state, at the instruction. Out: the state behind it, or why it halts. `next` stands before
//! the instructions that go on to the one behind them, `goes` before those that say themselves where
//! they lead. What costs gas as it runs is told by the method of `Run` that it is left to.

use deed_bytecode::{Op as Operator, TrapKind};

use super::{Cell, Flow, Halt, Handler, Pace, Running, Step, handle};
use crate::interp::Frame;
use crate::interp::op::{Op, Reg};
use crate::interp::run::Run;
use crate::profile::GasKind;

macro_rules! steps {
    ($($then:ident $name:ident { $($field:ident),* } |$state:ident| $body:expr;)*) => {
        $(
            pub(super) struct $name;

            impl Step for $name {
                #[allow(unsafe_code)]
                #[inline(always)]
                unsafe fn step<P: Pace>($state: &mut Running<'_, '_, '_>) -> Flow {
                    let Op::$name { $($field,)* .. } = *$state.op() else {
                        // SAFETY: the op at `ip` is of this kind, says the caller.
                        unsafe { std::hint::unreachable_unchecked() }
                    };
                    steps!(@ $then $state $body)
                }
            }
        )*

        /// What runs an op of this kind.
        pub(super) fn handler<P: Pace>(op: &Op) -> Handler {
            match op {
                $(Op::$name { .. } => handle::<P, $name>,)*
            }
        }
    };
    (@ next $state:ident $body:expr) => {{
        let flow: Flow = $body;
        flow?;
        $state.next();
        Ok(())
    }};
    (@ goes $state:ident $body:expr) => { $body };
}

steps! {
    goes Enter {} |s| s.enter::<P>();

    next Const { d, value } |s| s.put(d, value);
    next ConstWide { d, slots, index } |s| { s.run.constant(s.fp, d, slots, index); Ok(()) };
    next Mov { d, a } |s| s.put(d, s.get(a));
    next MovWide { d, a, slots } |s| { s.run.mov(s.fp, d, a, slots); Ok(()) };

    next AddU { d, a, b } |s| s.exact(d, s.get(a).checked_add(s.get(b)));
    next SubU { d, a, b } |s| s.exact(d, s.get(a).checked_sub(s.get(b)));
    next MulU { d, a, b } |s| s.exact(d, s.get(a).checked_mul(s.get(b)));
    next AddS { d, a, b } |s| s.exact_signed(d, s.signed(a).checked_add(s.signed(b)));
    next SubS { d, a, b } |s| s.exact_signed(d, s.signed(a).checked_sub(s.signed(b)));
    next MulS { d, a, b } |s| s.exact_signed(d, s.signed(a).checked_mul(s.signed(b)));
    next AddUI { d, a, imm } |s| s.exact(d, s.get(a).checked_add(imm));
    next SubUI { d, a, imm } |s| s.exact(d, s.get(a).checked_sub(imm));
    next MulUI { d, a, imm } |s| s.exact(d, s.get(a).checked_mul(imm));
    next AddSI { d, a, imm } |s| s.exact_signed(d, s.signed(a).checked_add(imm));
    next SubSI { d, a, imm } |s| s.exact_signed(d, s.signed(a).checked_sub(imm));
    next MulSI { d, a, imm } |s| s.exact_signed(d, s.signed(a).checked_mul(imm));

    // Operands are below 2^32 (unsigned) or of magnitude up to 2^31 (signed), so the 64-bit
    // operation is exact; an unsigned difference below zero becomes huge.
    next AddSmallU { d, a, b, max } |s| s.set_small(d, s.get(a).wrapping_add(s.get(b)), max);
    next SubSmallU { d, a, b, max } |s| s.set_small(d, s.get(a).wrapping_sub(s.get(b)), max);
    next MulSmallU { d, a, b, max } |s| s.set_small(d, s.get(a).wrapping_mul(s.get(b)), max);
    next AddSmallS { d, a, b, max } |s| s.set_small_s(d, s.signed(a).wrapping_add(s.signed(b)), max);
    next SubSmallS { d, a, b, max } |s| s.set_small_s(d, s.signed(a).wrapping_sub(s.signed(b)), max);
    next MulSmallS { d, a, b, max } |s| s.set_small_s(d, s.signed(a).wrapping_mul(s.signed(b)), max);
    next AddSmallUI { d, a, imm, max } |s| s.set_small(d, s.get(a).wrapping_add(imm.into()), max);
    next SubSmallUI { d, a, imm, max } |s| s.set_small(d, s.get(a).wrapping_sub(imm.into()), max);
    next MulSmallUI { d, a, imm, max } |s| s.set_small(d, s.get(a).wrapping_mul(imm.into()), max);
    next AddSmallSI { d, a, imm, max } |s| s.set_small_s(d, s.signed(a).wrapping_add(imm.into()), max);
    next SubSmallSI { d, a, imm, max } |s| s.set_small_s(d, s.signed(a).wrapping_sub(imm.into()), max);
    next MulSmallSI { d, a, imm, max } |s| s.set_small_s(d, s.signed(a).wrapping_mul(imm.into()), max);

    next DivU { d, a, b } |s| s.divided(d, s.get(a).checked_div(s.get(b)));
    next RemU { d, a, b } |s| s.divided(d, s.get(a).checked_rem(s.get(b)));
    next DivUI { d, a, imm } |s| s.divided(d, s.get(a).checked_div(imm));
    next RemUI { d, a, imm } |s| s.divided(d, s.get(a).checked_rem(imm));
    next DivS { d, a, b, max } |s| {
        let (left, right) = (s.signed(a), s.signed(b));
        if right == 0 {
            return Err(TrapKind::DivisionByZero.into());
        }
        let value = left.checked_div(right).ok_or(TrapKind::Overflow)?;
        s.set_within(d, value, max, TrapKind::Overflow)
    };
    next RemS { d, a, b } |s| {
        let (left, right) = (s.signed(a), s.signed(b));
        if right == 0 {
            return Err(TrapKind::DivisionByZero.into());
        }
        s.put(d, left.wrapping_rem(right) as u64)
    };
    next NegS { d, a, max } |s| {
        let value = s.signed(a).checked_neg().ok_or(TrapKind::Overflow)?;
        s.set_within(d, value, max, TrapKind::Overflow)
    };

    next CastU { d, a, max } |s| s.set_at_most(d, s.get(a), max, TrapKind::LossyCast);
    next CastS { d, a, max } |s| s.set_within(d, s.signed(a), max, TrapKind::LossyCast);

    next WrapAdd { d, a, b } |s| s.put(d, s.get(a).wrapping_add(s.get(b)));
    next WrapSub { d, a, b } |s| s.put(d, s.get(a).wrapping_sub(s.get(b)));
    next WrapMul { d, a, b } |s| s.put(d, s.get(a).wrapping_mul(s.get(b)));
    next WrapAddI { d, a, imm } |s| s.put(d, s.get(a).wrapping_add(imm));
    next WrapMulI { d, a, imm } |s| s.put(d, s.get(a).wrapping_mul(imm));
    next WrapNeg { d, a } |s| s.put(d, s.get(a).wrapping_neg());
    next WrapShl { bits, d, a, b } |s| s.put(d, s.get(a) << s.count(b, bits)?);
    next SignExtend { shift, d, a } |s| {
        s.put(d, ((s.get(a) << (shift & 63)) as i64 >> (shift & 63)) as u64)
    };

    next And { d, a, b } |s| s.put(d, s.get(a) & s.get(b));
    next Or { d, a, b } |s| s.put(d, s.get(a) | s.get(b));
    next Xor { d, a, b } |s| s.put(d, s.get(a) ^ s.get(b));
    next AndI { d, a, imm } |s| s.put(d, s.get(a) & imm);
    next OrI { d, a, imm } |s| s.put(d, s.get(a) | imm);
    next XorI { d, a, imm } |s| s.put(d, s.get(a) ^ imm);

    next ShlU { bits, d, a, b, max } |s| s.exact(d, shift_left(s.get(a), s.count(b, bits)?, max));
    next ShlS { bits, d, a, b, max } |s| {
        s.exact_signed(d, shift_left_signed(s.signed(a), s.count(b, bits)?, max))
    };
    next ShrU { bits, d, a, b } |s| s.put(d, s.get(a) >> s.count(b, bits)?);
    next ShrS { bits, d, a, b } |s| s.put(d, (s.signed(a) >> s.count(b, bits)?) as u64);
    next ShlUI { count, d, a, max } |s| {
        s.exact(d, shift_left(s.get(a), u32::from(count & 63), max))
    };
    next ShlSI { count, d, a, max } |s| {
        s.exact_signed(d, shift_left_signed(s.signed(a), u32::from(count & 63), max))
    };
    next ShrUI { count, d, a } |s| s.put(d, s.get(a) >> (count & 63));
    next ShrSI { count, d, a } |s| s.put(d, (s.signed(a) >> (count & 63)) as u64);

    next Eq { d, a, b } |s| s.put(d, u64::from(s.get(a) == s.get(b)));
    next Ne { d, a, b } |s| s.put(d, u64::from(s.get(a) != s.get(b)));
    next LtU { d, a, b } |s| s.put(d, u64::from(s.get(a) < s.get(b)));
    next LeU { d, a, b } |s| s.put(d, u64::from(s.get(a) <= s.get(b)));
    next LtS { d, a, b } |s| s.put(d, u64::from(s.signed(a) < s.signed(b)));
    next LeS { d, a, b } |s| s.put(d, u64::from(s.signed(a) <= s.signed(b)));

    next Wide { op, ty, d, a, b } |s| s.run.wide(s.fp, op, ty, [d, a, b]).map_err(Halt::Trap);
    next CastWide { wrap, from, to, d, a } |s| {
        s.run.cast(s.fp, [from, to], wrap, [d, a]).map_err(Halt::Trap)
    };

    goes Jump { to } |s| s.jump::<P>(to);
    goes Branch { a, yes, no } |s| s.branch::<P>(s.get(a) != 0, yes, no);
    goes BrEq { a, b, yes, no } |s| s.branch::<P>(s.get(a) == s.get(b), yes, no);
    goes BrLtU { a, b, yes, no } |s| s.branch::<P>(s.get(a) < s.get(b), yes, no);
    goes BrLeU { a, b, yes, no } |s| s.branch::<P>(s.get(a) <= s.get(b), yes, no);
    goes BrLtS { a, b, yes, no } |s| s.branch::<P>(s.signed(a) < s.signed(b), yes, no);
    goes BrLeS { a, b, yes, no } |s| s.branch::<P>(s.signed(a) <= s.signed(b), yes, no);
    goes BrEqI { a, imm, yes, no } |s| s.branch::<P>(s.get(a) == imm as u64, yes, no);
    goes BrLtUI { a, imm, yes, no } |s| s.branch::<P>(s.get(a) < u64::from(imm), yes, no);
    goes BrLeUI { a, imm, yes, no } |s| s.branch::<P>(s.get(a) <= u64::from(imm), yes, no);
    goes BrLtSI { a, imm, yes, no } |s| s.branch::<P>(s.signed(a) < i64::from(imm), yes, no);
    goes BrLeSI { a, imm, yes, no } |s| s.branch::<P>(s.signed(a) <= i64::from(imm), yes, no);
    goes Switch { a, first, count } |s| {
        let at = s.get(a).min(count.into()) as usize;
        // SAFETY: `first + count` is a place in the table of targets (Code).
        let to = unsafe { *s.run.code.targets.get_unchecked(first as usize + at) };
        s.jump::<P>(to)
    };

    goes Call { d, function, a, frame, back } |s| {
        s.call::<P>(function, a, frame, [back, d.into()])
    };
    goes Ret { a, count } |s| s.ret::<P>(a, count);
    goes Throw { error, a } |s| {
        s.gas = s.charged::<P>(GasKind::Data, |s| s.run.throw(s.ip, s.fp, error, a, s.gas))?;
        Err(Halt::Over)
    };
    goes Trap { kind } |s| Err(kind.into());
    next Assert { a, kind } |s| if s.get(a) == 0 { Err(kind.into()) } else { Ok(()) };

    next Context { d, kind } |s| { s.run.context(s.fp, kind, d); Ok(()) };
    next Outside { op, a, b, c } |s| {
        s.operate::<P>(GasKind::Calls, |s| s.run.outside(s.ip, s.fp, op, [a, b, c], s.gas))
    };
    goes Fail { a } |s| { s.run.fail(s.ip, s.fp, a, s.gas); Err(Halt::Over) };
    next Emit { event, a } |s| {
        s.operate::<P>(GasKind::Data, |s| s.run.emit(s.ip, s.fp, event, a, s.gas))
    };
    next State { op, value, field, keys } |s| {
        s.operate::<P>(GasKind::State, |s| s.run.state(s.ip, s.fp, op, [value, field, keys], s.gas))
    };
    next Heap { op, ty, a, b, c } |s| s.heap::<P>(op, ty, [a, b, c]);
    next Get8 { d, a, b } |s| match s.element::<1>(s.get(a), s.get(b)) {
        // SAFETY: an element's place can be read (Running::element).
        Some(place) => s.put(d, unsafe { *place }.into()),
        None => Err(Halt::Left(slowly::<P>)),
    };
    next Get64 { d, a, b } |s| match s.element::<8>(s.get(a), s.get(b)) {
        // SAFETY: as above.
        Some(place) => s.put(d, u64::from_le(unsafe { place.cast::<u64>().read_unaligned() })),
        None => Err(Halt::Left(slowly::<P>)),
    };
    next Set8 { d, a, b } |s| match s.own_element::<1>(s.get(d), s.get(a)) {
        Some(place) => {
            // SAFETY: an element's place can be written (Running::element).
            unsafe { *place = s.get(b) as u8 };
            Ok(())
        }
        None => Err(Halt::Left(slowly::<P>)),
    };
    next Set64 { d, a, b } |s| match s.own_element::<8>(s.get(d), s.get(a)) {
        Some(place) => {
            // SAFETY: as above.
            unsafe { place.cast::<u64>().write_unaligned(s.get(b).to_le()) };
            Ok(())
        }
        None => Err(Halt::Left(slowly::<P>)),
    };
    next Field64 { d, a, at } |s| {
        // SAFETY: a field's place can be read (Running::field).
        s.put(d, u64::from_le(unsafe { s.field(s.get(a), at).cast::<u64>().read_unaligned() }))
    };
    next SetField64 { d, b, at } |s| match s.own_field(s.get(d), at) {
        Some(place) => {
            // SAFETY: a field's place can be written (Running::field).
            unsafe { place.cast::<u64>().write_unaligned(s.get(b).to_le()) };
            Ok(())
        }
        None => Err(Halt::Left(slowly::<P>)),
    };
}

/// Runs an op on a part of a heap value by the machine: what is not done in place. It has a handler of
/// its own, so that those of the ops themselves save no registers.
struct Slowly;

impl Step for Slowly {
    #[allow(unsafe_code)]
    unsafe fn step<P: Pace>(s: &mut Running<'_, '_, '_>) -> Flow {
        let (op, ty, registers) = match *s.op() {
            Op::Get8 { ty, d, a, b } | Op::Get64 { ty, d, a, b } => {
                (Operator::VecGet, ty, [d, a, b])
            }
            Op::Set8 { ty, d, a, b } | Op::Set64 { ty, d, a, b } => {
                (Operator::VecSet, ty, [d, a, b])
            }
            Op::SetField64 { ty, d, a, b, .. } => (Operator::RecordSet, ty, [d, a, b]),
            _ => return Err(TrapKind::Unreachable.into()),
        };
        s.heap::<P>(op, ty, registers)?;
        s.next();
        Ok(())
    }
}

/// # Safety
/// As [`Step::step`].
#[allow(unsafe_code)]
#[cold]
#[inline(never)]
unsafe fn slowly<P: Pace>(
    ip: *const Cell,
    fp: *mut u64,
    gas: u64,
    run: *mut Run<'_, '_>,
    heap: *mut u8,
) {
    // SAFETY: the caller says so.
    unsafe { handle::<P, Slowly>(ip, fp, gas, run, heap) }
}

#[allow(unsafe_code)]
impl Running<'_, '_, '_> {
    #[inline(always)]
    fn signed(&self, reg: Reg) -> i64 {
        self.get(reg) as i64
    }

    #[inline(always)]
    fn put(&mut self, d: Reg, value: u64) -> Flow {
        self.set(d, value);
        Ok(())
    }

    #[inline(always)]
    fn exact(&mut self, d: Reg, value: Option<u64>) -> Flow {
        self.set(d, value.ok_or(TrapKind::Overflow)?);
        Ok(())
    }

    #[inline(always)]
    fn exact_signed(&mut self, d: Reg, value: Option<i64>) -> Flow {
        self.exact(d, value.map(|value| value as u64))
    }

    #[inline(always)]
    fn divided(&mut self, d: Reg, value: Option<u64>) -> Flow {
        self.set(d, value.ok_or(TrapKind::DivisionByZero)?);
        Ok(())
    }

    #[inline(always)]
    fn set_small(&mut self, d: Reg, value: u64, max: u32) -> Flow {
        self.set_at_most(d, value, max.into(), TrapKind::Overflow)
    }

    #[inline(always)]
    fn set_small_s(&mut self, d: Reg, value: i64, max: i32) -> Flow {
        self.set_within(d, value, max.into(), TrapKind::Overflow)
    }

    /// Does what is charged for as it runs and gives the gas that remains, if it goes on.
    #[inline(always)]
    fn charged<P: Pace>(
        &mut self,
        kind: GasKind,
        operation: impl FnOnce(&mut Self) -> Option<u64>,
    ) -> Result<u64, Halt> {
        let told = if P::TOLD { self.run.told() } else { 0 };
        let left = operation(self).ok_or(Halt::Over)?;
        if P::TOLD {
            self.run.tell(self.ip, kind, self.gas - left, told);
        }
        Ok(left)
    }

    #[inline(always)]
    fn operate<P: Pace>(
        &mut self,
        kind: GasKind,
        operation: impl FnOnce(&mut Self) -> Option<u64>,
    ) -> Flow {
        self.gas = self.charged::<P>(kind, operation)?;
        Ok(())
    }

    /// Leaves an operator on heap values to the machine.
    #[inline(always)]
    fn heap<P: Pace>(&mut self, op: Operator, ty: u16, registers: [Reg; 3]) -> Flow {
        self.operate::<P>(GasKind::Memory, |s| s.run.heap(s.ip, s.fp, op, ty, registers, s.gas))
    }

    /// Enters `function` with the arguments from `a` on; the caller's frame has `frame` slots. The caller
    /// goes on at `back`, with the results in its registers from `d` on.
    #[inline(always)]
    fn call<P: Pace>(&mut self, function: u16, a: Reg, frame: u16, [back, d]: [u32; 2]) -> Flow {
        // SAFETY: `translate` lets no other function through.
        let target = unsafe { *self.run.functions.add(usize::from(function)) };
        let mut callee = self.fp.wrapping_add(usize::from(frame));
        let end = callee.wrapping_add(target.slots as usize);
        if end > self.run.slots_end || self.run.frames == self.run.frames_end {
            if !self.run.make_room(self.fp, usize::from(frame) + target.slots as usize) {
                return Err(TrapKind::Depth.into());
            }
            self.fp = self.run.fp;
            callee = self.fp.wrapping_add(usize::from(frame));
        }
        if P::TOLD {
            self.run.tell_call(function);
        }
        // SAFETY: the arguments lie in the caller's frame, and the callee's, whose first slots are its
        // parameters, behind it and before `slots_end`; there is room for a further record.
        unsafe {
            copy_few(self.fp.add(usize::from(a)), callee, target.params);
            *self.run.frames = Frame { back, slots: frame, d: d as Reg };
            self.run.frames = self.run.frames.add(1);
            self.ip = self.run.code.ops.as_ptr().add(target.entry as usize);
        }
        self.fp = callee;
        self.enter::<P>()
    }

    /// Leaves the running function with `count` slots of results from `a` on.
    #[inline(always)]
    fn ret<P: Pace>(&mut self, a: Reg, count: u16) -> Flow {
        if self.run.frames == self.run.frames_start {
            self.gas = self.charged::<P>(GasKind::Data, |s| s.run.results(s.ip, s.fp, a, s.gas))?;
            return Err(Halt::Over);
        }
        if P::TOLD {
            self.run.tell_ret();
        }
        // SAFETY: there is a record, which `call` made: the caller's frame lies so many slots before the
        // running one, and has room for the results; it goes on at an op (Code).
        unsafe {
            self.run.frames = self.run.frames.sub(1);
            let caller = *self.run.frames;
            let fp = self.fp.sub(usize::from(caller.slots));
            copy_few(self.fp.add(usize::from(a)), fp.add(usize::from(caller.d)), count);
            self.fp = fp;
            self.ip = self.run.code.ops.as_ptr().add(caller.back as usize);
        }
        Ok(())
    }
}

/// Copies slots to others. There are few, so no routine for many is called.
///
/// # Safety
/// Both lie in one allocation and do not overlap.
#[allow(unsafe_code)]
#[inline(always)]
unsafe fn copy_few(from: *const u64, to: *mut u64, count: u16) {
    // SAFETY: the caller says so.
    unsafe {
        match count {
            0 => {}
            1 => *to = *from,
            2 => {
                *to = *from;
                *to.add(1) = *from.add(1);
            }
            _ => std::ptr::copy_nonoverlapping(from, to, usize::from(count)),
        }
    }
}

/// An op that calculates one value from two, the second of which may be a constant.
pub(super) trait Calculation: Step {
    /// Where the result goes, and the operands.
    ///
    /// # Safety
    /// `ip` is at an op of this kind.
    #[allow(unsafe_code)]
    unsafe fn operands(state: &Running<'_, '_, '_>) -> (Reg, u64, u64);

    fn calculate(left: u64, right: u64) -> Result<u64, Halt>;
}

macro_rules! calculations {
    ($($name:ident $second:ident |$state:ident| $right:expr, |$x:ident, $y:ident| $value:expr;)*) => {
        $(
            impl Calculation for $name {
                #[allow(unsafe_code)]
                #[inline(always)]
                unsafe fn operands($state: &Running<'_, '_, '_>) -> (Reg, u64, u64) {
                    let Op::$name { d, a, $second, .. } = *$state.op() else {
                        // SAFETY: the op at `ip` is of this kind, says the caller.
                        unsafe { std::hint::unreachable_unchecked() }
                    };
                    (d, $state.get(a), $right)
                }

                #[inline(always)]
                fn calculate($x: u64, $y: u64) -> Result<u64, Halt> {
                    $value
                }
            }
        )*
    };
}

calculations! {
    AddU b |s| s.get(b), |x, y| x.checked_add(y).ok_or(Halt::Trap(TrapKind::Overflow));
    SubU b |s| s.get(b), |x, y| x.checked_sub(y).ok_or(Halt::Trap(TrapKind::Overflow));
    MulU b |s| s.get(b), |x, y| x.checked_mul(y).ok_or(Halt::Trap(TrapKind::Overflow));
    AddUI imm |s| imm, |x, y| x.checked_add(y).ok_or(Halt::Trap(TrapKind::Overflow));
    MulUI imm |s| imm, |x, y| x.checked_mul(y).ok_or(Halt::Trap(TrapKind::Overflow));
    RemUI imm |s| imm, |x, y| x.checked_rem(y).ok_or(Halt::Trap(TrapKind::DivisionByZero));
    WrapAdd b |s| s.get(b), |x, y| Ok(x.wrapping_add(y));
    And b |s| s.get(b), |x, y| Ok(x & y);
    AndI imm |s| imm, |x, y| Ok(x & y);
    Xor b |s| s.get(b), |x, y| Ok(x ^ y);
    ShrUI count |s| count.into(), |x, y| Ok(x >> (y & 63));
}

/// `value * 2^count`, if it is at most `max`.
#[inline(always)]
fn shift_left(value: u64, count: u32, max: u64) -> Option<u64> {
    let shifted = value << count;
    (shifted >> count == value && shifted <= max).then_some(shifted)
}

/// `value * 2^count`, if it lies in `-max - 1..=max`.
#[inline(always)]
fn shift_left_signed(value: i64, count: u32, max: i64) -> Option<i64> {
    let shifted = value << count;
    (shifted >> count == value && shifted <= max && shifted >= !max).then_some(shifted)
}
