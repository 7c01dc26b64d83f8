//! Operators on types of more than one register slot.
//!
//! In: an operator, its type, and the running frame. Out: the result in the frame, or a trap.
//! Operands are read before anything is written, so registers may overlap.

use deed_bytecode::{Op as Operator, TrapKind, Ty};
use ruint::aliases::U256;

use super::op::Reg;
use crate::int::{Checked, I256, Int, cast, wrapping_cast};

/// `d := a op b` on type `ty`; for a unary operator `b` is not read.
pub(crate) fn execute(op: Operator, ty: Ty, frame: &mut [u64], [d, a, b]: [Reg; 3]) -> Checked<()> {
    match ty {
        Ty::U128 => integer::<u128>(op, frame, [d, a, b]),
        Ty::I128 => integer::<i128>(op, frame, [d, a, b]),
        Ty::U256 => integer::<U256>(op, frame, [d, a, b]),
        Ty::I256 => integer::<I256>(op, frame, [d, a, b]),
        // Addresses and hashes have comparisons only, byte by byte in reading order.
        _ => {
            let (left, right) = (text(frame, a), text(frame, b));
            frame[usize::from(d)] = u64::from(compare(op, &left, &right)?);
            Ok(())
        }
    }
}

/// `d := a`, cast between two types.
pub(crate) fn execute_cast(
    [from, to]: [Ty; 2],
    wrap: bool,
    frame: &mut [u64],
    [d, a]: [Reg; 2],
) -> Checked<()> {
    let value = &frame[usize::from(a)..];
    let result = if wrap { wrapping_cast(from, to, value) } else { cast(from, to, value)? };
    let slots = usize::from(to.slots());
    frame[usize::from(d)..][..slots].copy_from_slice(&result[..slots]);
    Ok(())
}

fn integer<T: Int>(op: Operator, frame: &mut [u64], [d, a, b]: [Reg; 3]) -> Checked<()> {
    let left = T::load(&frame[usize::from(a)..]);
    let right = || T::load(&frame[usize::from(b)..]);
    let count = || u32::try_from(frame[usize::from(b)]).map_err(|_| TrapKind::BadShift);
    let result = match op {
        Operator::Add => left.add(right())?,
        Operator::Sub => left.sub(right())?,
        Operator::Mul => left.mul(right())?,
        Operator::Div => left.div(right())?,
        Operator::Rem => left.rem(right())?,
        Operator::Neg => left.neg()?,
        Operator::WrapAdd => left.wrapping_add(right()),
        Operator::WrapSub => left.wrapping_sub(right()),
        Operator::WrapMul => left.wrapping_mul(right()),
        Operator::WrapNeg => left.wrapping_neg(),
        Operator::And => left.and(right()),
        Operator::Or => left.or(right()),
        Operator::Xor => left.xor(right()),
        Operator::Not => left.not(),
        Operator::Shl => left.shl(count()?)?,
        Operator::Shr => left.shr(count()?)?,
        Operator::WrapShl => left.wrapping_shl(count()?)?,
        _ => {
            let holds = compare(op, &left, &right())?;
            frame[usize::from(d)] = u64::from(holds);
            return Ok(());
        }
    };
    result.store(&mut frame[usize::from(d)..]);
    Ok(())
}

/// The 32 bytes of an address or a hash.
fn text(frame: &[u64], reg: Reg) -> [[u8; 8]; 4] {
    let mut bytes = [[0; 8]; 4];
    for (chunk, slot) in bytes.iter_mut().zip(&frame[usize::from(reg)..]) {
        *chunk = slot.to_le_bytes();
    }
    bytes
}

fn compare<T: Ord>(op: Operator, left: &T, right: &T) -> Checked<bool> {
    match op {
        Operator::Eq => Ok(left == right),
        Operator::Ne => Ok(left != right),
        Operator::Lt => Ok(left < right),
        Operator::Le => Ok(left <= right),
        Operator::Gt => Ok(left > right),
        Operator::Ge => Ok(left >= right),
        // `translate` makes no other operator wide.
        _ => Err(TrapKind::Unreachable),
    }
}
