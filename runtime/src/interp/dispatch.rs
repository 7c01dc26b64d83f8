//! The dispatch loop: the one place of this crate with `unsafe`.
//!
//! In: translated code, an entry function, its arguments at the start of the stack, gas.
//! Out: how the run ended and the gas that remains.
//!
//! The loop reads ops and registers through raw pointers, without bounds checks. Two facts make
//! that sound, and `translate` establishes both for every op it lets through, whatever the
//! bytecode said:
//!
//! - **Code.** A function's ops are one run of blocks; each block begins with an `Enter` and ends
//!   with an op that leaves it (a jump, branch, return, throw or trap), and every target is the
//!   distance to an `Enter`, those of a `Switch` in the table of targets, which holds all of them,
//!   included. So the pointer behind an op that does not leave is an op again.
//! - **Registers.** Every register operand, with all the slots of its value, lies within its
//!   function's frame. `Run` keeps the running frame reserved, and the frame pointer is taken
//!   anew after every call and return, which alone move the stack or the frame.
//!
//! It is there twice: with `TOLD` it also tells the machine's recorder of every charge.
//!
//! Length: `run` is one function because the instruction pointer, the frame pointer and the gas must
//! stay in machine registers; every arm that is not a few machine instructions is a call into `Run`.

use deed_bytecode::{Op as Operator, TrapKind};

use super::machine::{Machine, Stop};
use super::op::Op;
use super::run::Run;
use super::{Code, End, Exit, Position, Stack};
use crate::profile::GasKind;

/// Runs `function` with its arguments in the first slots of the stack.
#[allow(unsafe_code)]
#[inline(never)]
pub(crate) fn run<const TOLD: bool>(
    code: &Code,
    function: u16,
    stack: &mut Stack,
    machine: &mut Machine<'_>,
    mut gas: u64,
) -> Exit {
    let mut run = Run::new(code, function, stack, machine);
    let mut fp = run.registers();
    // SAFETY: `entry` is the position of an op (Code).
    let mut ip = unsafe { code.ops.as_ptr().add(run.entry() as usize) };

    macro_rules! position {
        () => {
            // SAFETY: `ip` points into `ops`; there are fewer than 2^32 of them.
            unsafe { ip.offset_from(run.code.ops.as_ptr()) as Position }
        };
    }
    // Goes on at a position of the code, which is in another frame.
    macro_rules! resume {
        ($position:expr) => {{
            let position: Position = $position;
            fp = run.registers();
            // SAFETY: positions from `Run` are those of an `Enter` or behind a `Call`, which does
            // not leave its block (Code).
            ip = unsafe { run.code.ops.as_ptr().add(position as usize) };
            continue;
        }};
    }
    macro_rules! get {
        ($reg:expr) => {
            // SAFETY: `$reg` lies within the frame at `fp` (Registers).
            unsafe { *fp.add(usize::from($reg)) }
        };
    }
    macro_rules! set {
        ($reg:expr, $value:expr) => {{
            let value: u64 = $value;
            // SAFETY: `$reg` lies within the frame at `fp` (Registers).
            unsafe { *fp.add(usize::from($reg)) = value }
        }};
    }
    // Writes the value of an `Option`, or traps with `overflow`.
    macro_rules! exact {
        ($d:expr, $value:expr) => {
            match $value {
                Some(value) => set!($d, value as u64),
                None => break Stop::Trap(TrapKind::Overflow),
            }
        };
    }
    // Writes a signed value if it lies in `-max - 1..=max`, or traps.
    macro_rules! within {
        ($d:expr, $value:expr, $max:expr, $trap:ident) => {{
            let (value, max): (i64, i64) = ($value, $max.into());
            if value > max || value < !max {
                break Stop::Trap(TrapKind::$trap);
            }
            set!($d, value as u64)
        }};
    }
    // Writes an unsigned value if it is at most `max`, or traps.
    macro_rules! at_most {
        ($d:expr, $value:expr, $max:expr, $trap:ident) => {{
            let (value, max): (u64, u64) = ($value, $max.into());
            if value > max {
                break Stop::Trap(TrapKind::$trap);
            }
            set!($d, value)
        }};
    }
    macro_rules! count {
        ($reg:expr, $bits:expr) => {{
            let count = get!($reg);
            if count >= u64::from($bits) {
                break Stop::Trap(TrapKind::BadShift);
            }
            (count & 63) as u32
        }};
    }
    macro_rules! attempt {
        ($result:expr) => {
            match $result {
                Ok(value) => value,
                Err(stop) => break stop,
            }
        };
    }
    // What an operation gives that is charged for as it runs: a value and the gas that then remains.
    macro_rules! charged {
        ($kind:ident, $result:expr) => {{
            let told = if TOLD { run.told() } else { 0 };
            let (value, left) = attempt!($result);
            if TOLD {
                run.tell(position!(), GasKind::$kind, gas - left, told);
            }
            gas = left;
            value
        }};
    }
    // Continues at a block: its `Enter` is executed on the way, which saves a dispatch.
    macro_rules! jump {
        ($to:expr) => {{
            // SAFETY: a target is the distance to an op of `code` (Code).
            ip = unsafe { ip.offset($to as isize) };
            // SAFETY: `ip` points at an op of `code` (Code).
            if let Op::Enter { cost } = unsafe { *ip } {
                if gas < cost {
                    break Stop::OutOfGas;
                }
                gas -= cost;
                if TOLD {
                    run.tell_block(position!(), cost);
                }
                // SAFETY: an `Enter` does not leave its block (Code).
                ip = unsafe { ip.add(1) };
            }
            continue;
        }};
    }
    macro_rules! branch {
        ($condition:expr, $yes:expr, $no:expr) => {{
            let target = if $condition { $yes } else { $no };
            jump!(target)
        }};
    }

    let stop = loop {
        // SAFETY: `ip` points at an op of `code` (Code).
        match unsafe { *ip } {
            Op::Enter { cost } => {
                if gas < cost {
                    break Stop::OutOfGas;
                }
                gas -= cost;
                if TOLD {
                    run.tell_block(position!(), cost);
                }
            }

            Op::Const { d, value } => set!(d, value),
            Op::ConstWide { d, slots, index } => run.constant(d, slots, index),
            Op::Mov { d, a } => set!(d, get!(a)),
            Op::MovWide { d, a, slots } => run.mov(d, a, slots),

            Op::AddU { d, a, b } => exact!(d, get!(a).checked_add(get!(b))),
            Op::SubU { d, a, b } => exact!(d, get!(a).checked_sub(get!(b))),
            Op::MulU { d, a, b } => exact!(d, get!(a).checked_mul(get!(b))),
            Op::AddS { d, a, b } => exact!(d, (get!(a) as i64).checked_add(get!(b) as i64)),
            Op::SubS { d, a, b } => exact!(d, (get!(a) as i64).checked_sub(get!(b) as i64)),
            Op::MulS { d, a, b } => exact!(d, (get!(a) as i64).checked_mul(get!(b) as i64)),
            Op::AddUI { d, a, imm } => exact!(d, get!(a).checked_add(imm)),
            Op::SubUI { d, a, imm } => exact!(d, get!(a).checked_sub(imm)),
            Op::MulUI { d, a, imm } => exact!(d, get!(a).checked_mul(imm)),
            Op::AddSI { d, a, imm } => exact!(d, (get!(a) as i64).checked_add(imm)),
            Op::SubSI { d, a, imm } => exact!(d, (get!(a) as i64).checked_sub(imm)),
            Op::MulSI { d, a, imm } => exact!(d, (get!(a) as i64).checked_mul(imm)),

            // Operands are below 2^32 (unsigned) or of magnitude up to 2^31 (signed), so the
            // 64-bit operation is exact; an unsigned difference below zero becomes huge.
            Op::AddSmallU { d, a, b, max } => {
                at_most!(d, get!(a).wrapping_add(get!(b)), max, Overflow)
            }
            Op::SubSmallU { d, a, b, max } => {
                at_most!(d, get!(a).wrapping_sub(get!(b)), max, Overflow)
            }
            Op::MulSmallU { d, a, b, max } => {
                at_most!(d, get!(a).wrapping_mul(get!(b)), max, Overflow)
            }
            Op::AddSmallS { d, a, b, max } => {
                within!(d, get!(a).wrapping_add(get!(b)) as i64, max, Overflow)
            }
            Op::SubSmallS { d, a, b, max } => {
                within!(d, get!(a).wrapping_sub(get!(b)) as i64, max, Overflow)
            }
            Op::MulSmallS { d, a, b, max } => {
                within!(d, get!(a).wrapping_mul(get!(b)) as i64, max, Overflow)
            }
            Op::AddSmallUI { d, a, imm, max } => {
                at_most!(d, get!(a).wrapping_add(imm.into()), max, Overflow)
            }
            Op::SubSmallUI { d, a, imm, max } => {
                at_most!(d, get!(a).wrapping_sub(imm.into()), max, Overflow)
            }
            Op::MulSmallUI { d, a, imm, max } => {
                at_most!(d, get!(a).wrapping_mul(imm.into()), max, Overflow)
            }
            Op::AddSmallSI { d, a, imm, max } => {
                within!(d, (get!(a) as i64).wrapping_add(imm.into()), max, Overflow)
            }
            Op::SubSmallSI { d, a, imm, max } => {
                within!(d, (get!(a) as i64).wrapping_sub(imm.into()), max, Overflow)
            }
            Op::MulSmallSI { d, a, imm, max } => {
                within!(d, (get!(a) as i64).wrapping_mul(imm.into()), max, Overflow)
            }

            Op::DivU { d, a, b } => match get!(a).checked_div(get!(b)) {
                Some(value) => set!(d, value),
                None => break Stop::Trap(TrapKind::DivisionByZero),
            },
            Op::RemU { d, a, b } => match get!(a).checked_rem(get!(b)) {
                Some(value) => set!(d, value),
                None => break Stop::Trap(TrapKind::DivisionByZero),
            },
            Op::DivUI { d, a, imm } => exact!(d, get!(a).checked_div(imm)),
            Op::RemUI { d, a, imm } => exact!(d, get!(a).checked_rem(imm)),
            Op::DivS { d, a, b, max } => {
                let (left, right) = (get!(a) as i64, get!(b) as i64);
                if right == 0 {
                    break Stop::Trap(TrapKind::DivisionByZero);
                }
                match left.checked_div(right) {
                    Some(value) => within!(d, value, max, Overflow),
                    None => break Stop::Trap(TrapKind::Overflow),
                }
            }
            Op::RemS { d, a, b } => {
                let (left, right) = (get!(a) as i64, get!(b) as i64);
                if right == 0 {
                    break Stop::Trap(TrapKind::DivisionByZero);
                }
                set!(d, left.wrapping_rem(right) as u64)
            }
            Op::NegS { d, a, max } => match (get!(a) as i64).checked_neg() {
                Some(value) => within!(d, value, max, Overflow),
                None => break Stop::Trap(TrapKind::Overflow),
            },

            Op::CastU { d, a, max } => at_most!(d, get!(a), max, LossyCast),
            Op::CastS { d, a, max } => within!(d, get!(a) as i64, max, LossyCast),

            Op::WrapAdd { d, a, b } => set!(d, get!(a).wrapping_add(get!(b))),
            Op::WrapSub { d, a, b } => set!(d, get!(a).wrapping_sub(get!(b))),
            Op::WrapMul { d, a, b } => set!(d, get!(a).wrapping_mul(get!(b))),
            Op::WrapAddI { d, a, imm } => set!(d, get!(a).wrapping_add(imm)),
            Op::WrapMulI { d, a, imm } => set!(d, get!(a).wrapping_mul(imm)),
            Op::WrapNeg { d, a } => set!(d, get!(a).wrapping_neg()),
            Op::WrapShl { d, a, b, bits } => set!(d, get!(a) << count!(b, bits)),
            Op::SignExtend { d, a, shift } => {
                set!(d, ((get!(a) << (shift & 63)) as i64 >> (shift & 63)) as u64)
            }

            Op::And { d, a, b } => set!(d, get!(a) & get!(b)),
            Op::Or { d, a, b } => set!(d, get!(a) | get!(b)),
            Op::Xor { d, a, b } => set!(d, get!(a) ^ get!(b)),
            Op::AndI { d, a, imm } => set!(d, get!(a) & imm),
            Op::OrI { d, a, imm } => set!(d, get!(a) | imm),
            Op::XorI { d, a, imm } => set!(d, get!(a) ^ imm),

            Op::ShlU { d, a, b, bits, max } => {
                let count = count!(b, bits);
                exact!(d, shift_left(get!(a), count, max))
            }
            Op::ShlS { d, a, b, bits, max } => {
                let count = count!(b, bits);
                exact!(d, shift_left_signed(get!(a) as i64, count, max))
            }
            Op::ShrU { d, a, b, bits } => set!(d, get!(a) >> count!(b, bits)),
            Op::ShrS { d, a, b, bits } => set!(d, (get!(a) as i64 >> count!(b, bits)) as u64),
            Op::ShlUI { d, a, count, max } => {
                exact!(d, shift_left(get!(a), u32::from(count & 63), max))
            }
            Op::ShlSI { d, a, count, max } => {
                exact!(d, shift_left_signed(get!(a) as i64, u32::from(count & 63), max))
            }
            Op::ShrUI { d, a, count } => set!(d, get!(a) >> (count & 63)),
            Op::ShrSI { d, a, count } => set!(d, (get!(a) as i64 >> (count & 63)) as u64),

            Op::Eq { d, a, b } => set!(d, u64::from(get!(a) == get!(b))),
            Op::Ne { d, a, b } => set!(d, u64::from(get!(a) != get!(b))),
            Op::LtU { d, a, b } => set!(d, u64::from(get!(a) < get!(b))),
            Op::LeU { d, a, b } => set!(d, u64::from(get!(a) <= get!(b))),
            Op::LtS { d, a, b } => set!(d, u64::from((get!(a) as i64) < get!(b) as i64)),
            Op::LeS { d, a, b } => set!(d, u64::from(get!(a) as i64 <= get!(b) as i64)),

            Op::Wide { op, ty, d, a, b } => attempt!(run.wide(op, ty, [d, a, b])),
            Op::CastWide { wrap, from, to, d, a } => {
                attempt!(run.cast([from, to], wrap, [d, a]))
            }

            Op::Jump { to } => jump!(to),
            Op::Branch { a, yes, no } => branch!(get!(a) != 0, yes, no),
            Op::BrEq { a, b, yes, no } => branch!(get!(a) == get!(b), yes, no),
            Op::BrLtU { a, b, yes, no } => branch!(get!(a) < get!(b), yes, no),
            Op::BrLeU { a, b, yes, no } => branch!(get!(a) <= get!(b), yes, no),
            Op::BrLtS { a, b, yes, no } => branch!((get!(a) as i64) < get!(b) as i64, yes, no),
            Op::BrLeS { a, b, yes, no } => branch!(get!(a) as i64 <= get!(b) as i64, yes, no),
            Op::BrEqI { a, imm, yes, no } => branch!(get!(a) == imm as u64, yes, no),
            Op::BrLtUI { a, imm, yes, no } => branch!(get!(a) < u64::from(imm), yes, no),
            Op::BrLeUI { a, imm, yes, no } => branch!(get!(a) <= u64::from(imm), yes, no),
            Op::BrLtSI { a, imm, yes, no } => branch!((get!(a) as i64) < i64::from(imm), yes, no),
            Op::BrLeSI { a, imm, yes, no } => branch!(get!(a) as i64 <= i64::from(imm), yes, no),
            Op::Switch { a, first, count } => {
                let at = get!(a).min(count.into()) as usize;
                // SAFETY: `first + count` is a place in `targets` (Code).
                let to = unsafe { *run.code.targets.get_unchecked(first as usize + at) };
                jump!(to)
            }

            Op::Call { d, function, a } => {
                let back = position!() + 1;
                let entry = attempt!(run.call([d, function, a], back));
                if TOLD {
                    run.tell_call(function);
                }
                resume!(entry)
            }
            Op::Ret { a } => match run.ret(a) {
                Some(back) => {
                    if TOLD {
                        run.tell_ret();
                    }
                    resume!(back)
                }
                None => {
                    let results = charged!(Data, run.results(a, gas));
                    return Exit { gas, end: End::Returned(results) };
                }
            },
            Op::Throw { error, a } => {
                let data = charged!(Data, run.error_data(error, a, gas));
                return Exit { gas, end: End::Thrown { error, data } };
            }
            Op::Trap { kind } => break Stop::Trap(kind),
            Op::Assert { a, kind } => {
                if get!(a) == 0 {
                    break Stop::Trap(kind);
                }
            }

            Op::Context { d, kind } => run.context(kind, d),
            Op::Outside { op, a, b, c } => {
                charged!(Calls, run.outside(op, [a, b, c], gas).map(|left| ((), left)))
            }
            Op::Fail { a } => break run.fail(a, gas),
            Op::Emit { event, a } => {
                charged!(Data, run.emit(event, a, gas).map(|left| ((), left)))
            }
            Op::State { op, value, field, keys } => {
                let done = run.state(op, [value, field, keys], gas);
                charged!(State, done.map(|left| ((), left)))
            }
            Op::Get8 { ty, d, a, b } => match run.element::<1>(get!(a), get!(b)) {
                Some([byte]) => set!(d, byte.into()),
                None => charged!(Memory, run.part_slowly(Operator::VecGet, ty, [d, a, b], gas)),
            },
            Op::Get64 { ty, d, a, b } => match run.element(get!(a), get!(b)) {
                Some(bytes) => set!(d, u64::from_le_bytes(bytes)),
                None => charged!(Memory, run.part_slowly(Operator::VecGet, ty, [d, a, b], gas)),
            },
            Op::Set8 { ty, d, a, b } => {
                if run.set_element(get!(d), get!(a), [get!(b) as u8]).is_none() {
                    charged!(Memory, run.part_slowly(Operator::VecSet, ty, [d, a, b], gas))
                }
            }
            Op::Set64 { ty, d, a, b } => {
                if run.set_element(get!(d), get!(a), get!(b).to_le_bytes()).is_none() {
                    charged!(Memory, run.part_slowly(Operator::VecSet, ty, [d, a, b], gas))
                }
            }
            Op::Field64 { ty, d, a, b, at } => match run.field(get!(a), at) {
                Some(value) => set!(d, value),
                None => charged!(Memory, run.part_slowly(Operator::RecordGet, ty, [d, a, b], gas)),
            },
            Op::SetField64 { ty, d, a, b, at } => {
                if run.set_field(get!(d), at, get!(b)).is_none() {
                    charged!(Memory, run.part_slowly(Operator::RecordSet, ty, [d, a, b], gas))
                }
            }
            Op::Heap { op, ty, a, b, c } => {
                charged!(Memory, run.heap(op, ty, [a, b, c], gas).map(|left| ((), left)))
            }
        }
        // SAFETY: the op does not leave its block, or the arm would have (Code).
        ip = unsafe { ip.add(1) };
    };
    let (function, pc) = code.locate(position!());
    Exit { gas, end: End::Stopped { stop, function, pc } }
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
