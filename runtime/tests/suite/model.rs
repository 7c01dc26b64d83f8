//! What operators mean, on integers without bounds: the yardstick for the interpreter.

use deed_bytecode::{Op, Ty};
use deed_runtime::TrapKind;
use num_bigint::{BigInt, Sign};

/// The least and the greatest value of an integer type.
pub(crate) fn bounds(ty: Ty) -> (BigInt, BigInt) {
    let span = BigInt::from(1) << ty.bits();
    if ty.is_signed() { (-(&span >> 1u8), (span >> 1u8) - 1) } else { (0.into(), span - 1) }
}

/// `b op c` (or `op b`) on `ty`. Comparisons give 0 or 1.
pub(crate) fn operate(op: Op, ty: Ty, b: &BigInt, c: &BigInt) -> Result<BigInt, TrapKind> {
    let zero = BigInt::from(0);
    let exact = |value: BigInt| {
        let (least, greatest) = bounds(ty);
        if value < least || value > greatest { Err(TrapKind::Overflow) } else { Ok(value) }
    };
    let wrap = |value: BigInt| Ok(wrapped(ty, value));
    let count = || match u32::try_from(c) {
        Ok(count) if count < ty.bits() => Ok(count),
        _ => Err(TrapKind::BadShift),
    };
    let holds = |holds: bool| Ok(BigInt::from(u8::from(holds)));
    match op {
        Op::Add => exact(b + c),
        Op::Sub => exact(b - c),
        Op::Mul => exact(b * c),
        Op::Div | Op::Rem if *c == zero => Err(TrapKind::DivisionByZero),
        Op::Div => exact(b / c),
        Op::Rem => exact(b % c),
        Op::Neg => exact(-b),
        Op::WrapAdd => wrap(b + c),
        Op::WrapSub => wrap(b - c),
        Op::WrapMul => wrap(b * c),
        Op::WrapNeg => wrap(-b),
        Op::And => Ok(b & c),
        Op::Or => Ok(b | c),
        Op::Xor => Ok(b ^ c),
        Op::Not => wrap(-b - 1),
        Op::Shl => exact(b << count()?),
        Op::Shr => exact(b >> count()?),
        Op::WrapShl => wrap(b << count()?),
        Op::Eq => holds(b == c),
        Op::Ne => holds(b != c),
        Op::Lt => holds(b < c),
        Op::Le => holds(b <= c),
        Op::Gt => holds(b > c),
        Op::Ge => holds(b >= c),
        other => panic!("the model has no {other:?}"),
    }
}

/// `value` as a value of `to`.
pub(crate) fn cast(to: Ty, value: &BigInt) -> Result<BigInt, TrapKind> {
    let (least, greatest) = bounds(to);
    if *value < least || *value > greatest { Err(TrapKind::LossyCast) } else { Ok(value.clone()) }
}

/// The value of `ty` that equals `value` modulo two to its width.
pub(crate) fn wrapped(ty: Ty, value: BigInt) -> BigInt {
    let span = BigInt::from(1) << ty.bits();
    let (_, greatest) = bounds(ty);
    let rest = ((value % &span) + &span) % &span;
    if rest > greatest { rest - span } else { rest }
}

/// The canonical encoding.
pub(crate) fn encode(ty: Ty, value: &BigInt) -> Vec<u8> {
    let mut bytes = value.to_signed_bytes_le();
    bytes.resize(ty.bytes(), if value.sign() == Sign::Minus { 0xff } else { 0 });
    bytes
}

/// The value of a canonical encoding.
pub(crate) fn decode(ty: Ty, bytes: &[u8]) -> BigInt {
    if ty.is_signed() {
        BigInt::from_signed_bytes_le(bytes)
    } else {
        BigInt::from_bytes_le(Sign::Plus, bytes)
    }
}
