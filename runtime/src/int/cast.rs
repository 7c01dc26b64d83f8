//! Casts between integer types of any width.
//!
//! In: a value in its slots and the two types. Out: the same value in the other type's slots, or
//! `lossy_cast` where that type does not have it. A cast never changes a value; a wrapping one
//! keeps the bits that there is room for.

use deed_bytecode::{TrapKind, Ty};

use super::Checked;
use crate::overlay::Slots;

/// `value` of type `from` as a value of type `to`.
pub(crate) fn cast(from: Ty, to: Ty, value: &[u64]) -> Checked<Slots> {
    let result = wrapping_cast(from, to, value);
    if extend(from, value) == extend(to, &result) { Ok(result) } else { Err(TrapKind::LossyCast) }
}

/// `value` of type `from` modulo two to the width of `to`.
pub(crate) fn wrapping_cast(from: Ty, to: Ty, value: &[u64]) -> Slots {
    let (_, limbs) = extend(from, value);
    let mut bytes = [0; 32];
    for (chunk, limb) in bytes.chunks_exact_mut(8).zip(limbs) {
        chunk.copy_from_slice(&limb.to_le_bytes());
    }
    // Every byte string of the right length is an integer; only `bool` refuses some.
    to.decode(&bytes[..to.bytes()]).unwrap_or_default()
}

/// Whether the value is negative, and its 256 bits of two's complement.
fn extend(ty: Ty, value: &[u64]) -> (bool, Slots) {
    let value = &value[..usize::from(ty.slots())];
    let negative = ty.is_signed() && value.last().is_some_and(|limb| *limb as i64 <= -1);
    let mut limbs = [if negative { u64::MAX } else { 0 }; 4];
    limbs[..value.len()].copy_from_slice(value);
    (negative, limbs)
}
