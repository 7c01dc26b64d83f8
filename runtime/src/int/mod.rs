//! The arithmetic of the wide integer types, those of more than one register slot.
//!
//! In: operands as Rust values of the type. Out: the result, or the kind of the trap.
//! Every operation is exact or traps; nothing here wraps but what is called `wrapping_…`.
//!
//! Signed division and remainder round toward zero; `MIN / -1` overflows and `MIN % -1` is 0.
//! `shl` is multiplication by a power of two and traps where a bit of the value would be lost;
//! `shr` is division by one, rounded down, and loses bits by definition.

mod cast;
mod wide;

use deed_bytecode::TrapKind;
use ruint::aliases::U256;

pub(crate) use cast::{cast, wrapping_cast};
pub(crate) use wide::I256;

/// What an operator gives: a value, or a trap.
pub(crate) type Checked<T> = Result<T, TrapKind>;

/// A wide integer type of the language.
pub(crate) trait Int: Copy + Ord {
    /// The value in the first slots of `slots`, least significant first.
    fn load(slots: &[u64]) -> Self;
    /// Writes the value the same way.
    fn store(self, slots: &mut [u64]);

    fn add(self, rhs: Self) -> Checked<Self>;
    fn sub(self, rhs: Self) -> Checked<Self>;
    fn mul(self, rhs: Self) -> Checked<Self>;
    fn div(self, rhs: Self) -> Checked<Self>;
    fn rem(self, rhs: Self) -> Checked<Self>;
    fn neg(self) -> Checked<Self>;
    fn shl(self, count: u32) -> Checked<Self>;
    fn shr(self, count: u32) -> Checked<Self>;

    fn wrapping_add(self, rhs: Self) -> Self;
    fn wrapping_sub(self, rhs: Self) -> Self;
    fn wrapping_mul(self, rhs: Self) -> Self;
    fn wrapping_neg(self) -> Self;
    /// Multiplication by a power of two that lets bits go.
    fn wrapping_shl(self, count: u32) -> Checked<Self>;

    fn and(self, rhs: Self) -> Self;
    fn or(self, rhs: Self) -> Self;
    fn xor(self, rhs: Self) -> Self;
    fn not(self) -> Self;
}

/// Writes the body of `Int` for Rust's own wide integers.
macro_rules! native {
    ($($int:ty, $load:expr, $store:expr;)*) => {$(
        impl Int for $int {
            fn load(slots: &[u64]) -> $int {
                ($load)(slots)
            }
            fn store(self, slots: &mut [u64]) {
                ($store)(self, slots)
            }
            fn add(self, rhs: $int) -> Checked<$int> {
                self.checked_add(rhs).ok_or(TrapKind::Overflow)
            }
            fn sub(self, rhs: $int) -> Checked<$int> {
                self.checked_sub(rhs).ok_or(TrapKind::Overflow)
            }
            fn mul(self, rhs: $int) -> Checked<$int> {
                self.checked_mul(rhs).ok_or(TrapKind::Overflow)
            }
            fn div(self, rhs: $int) -> Checked<$int> {
                if rhs == 0 {
                    return Err(TrapKind::DivisionByZero);
                }
                self.checked_div(rhs).ok_or(TrapKind::Overflow)
            }
            fn rem(self, rhs: $int) -> Checked<$int> {
                if rhs == 0 {
                    return Err(TrapKind::DivisionByZero);
                }
                Ok(self.wrapping_rem(rhs))
            }
            fn neg(self) -> Checked<$int> {
                self.checked_neg().ok_or(TrapKind::Overflow)
            }
            fn shl(self, count: u32) -> Checked<$int> {
                let shifted = self.checked_shl(count).ok_or(TrapKind::BadShift)?;
                if shifted >> count == self { Ok(shifted) } else { Err(TrapKind::Overflow) }
            }
            fn shr(self, count: u32) -> Checked<$int> {
                self.checked_shr(count).ok_or(TrapKind::BadShift)
            }
            fn wrapping_add(self, rhs: $int) -> $int {
                self.wrapping_add(rhs)
            }
            fn wrapping_sub(self, rhs: $int) -> $int {
                self.wrapping_sub(rhs)
            }
            fn wrapping_mul(self, rhs: $int) -> $int {
                self.wrapping_mul(rhs)
            }
            fn wrapping_neg(self) -> $int {
                self.wrapping_neg()
            }
            fn wrapping_shl(self, count: u32) -> Checked<$int> {
                self.checked_shl(count).ok_or(TrapKind::BadShift)
            }
            fn and(self, rhs: $int) -> $int {
                self & rhs
            }
            fn or(self, rhs: $int) -> $int {
                self | rhs
            }
            fn xor(self, rhs: $int) -> $int {
                self ^ rhs
            }
            fn not(self) -> $int {
                !self
            }
        }
    )*};
}

native! {
    u128, load_u128, store_u128;
    i128, |s: &[u64]| load_u128(s) as i128, |v: i128, s: &mut [u64]| store_u128(v as u128, s);
}

fn load_u128(slots: &[u64]) -> u128 {
    u128::from(slots[0]) | u128::from(slots[1]) << 64
}

fn store_u128(value: u128, slots: &mut [u64]) {
    slots[0] = value as u64;
    slots[1] = (value >> 64) as u64;
}

fn load_u256(slots: &[u64]) -> U256 {
    U256::from_limbs([slots[0], slots[1], slots[2], slots[3]])
}

fn store_u256(value: U256, slots: &mut [u64]) {
    slots[..4].copy_from_slice(value.as_limbs());
}
