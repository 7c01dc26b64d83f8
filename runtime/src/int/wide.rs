//! `u256` on `ruint` and `i256` on top of it.
//!
//! In and out: as in the parent module. `I256` keeps two's complement bits; products and
//! quotients go through the magnitudes, which always fit a `U256`.
//!
//! `ruint` was chosen because it is maintained, has no dependencies in the form used here, stores
//! plain limbs (so a value is its register slots) and divides by Knuth's algorithm D.

use std::cmp::Ordering;

use deed_bytecode::TrapKind;
use ruint::aliases::U256;

use super::{Checked, Int, load_u256, store_u256};

/// A signed 256-bit integer, in two's complement.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct I256(pub(crate) U256);

const SIGN: usize = 255;

impl I256 {
    pub(crate) fn is_negative(self) -> bool {
        self.0.bit(SIGN)
    }

    /// The absolute value; that of the least value is 2^255.
    pub(crate) fn magnitude(self) -> U256 {
        if self.is_negative() { self.0.wrapping_neg() } else { self.0 }
    }

    /// The value with this sign and magnitude, if there is one.
    pub(crate) fn from_parts(negative: bool, magnitude: U256) -> Option<I256> {
        let value = I256(if negative { magnitude.wrapping_neg() } else { magnitude });
        (magnitude.is_zero() || value.is_negative() == negative).then_some(value)
    }
}

impl Ord for I256 {
    fn cmp(&self, other: &I256) -> Ordering {
        other.is_negative().cmp(&self.is_negative()).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for I256 {
    fn partial_cmp(&self, other: &I256) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The shift count as `ruint` takes it, or the trap where it is not below the width.
fn shift(count: u32) -> Checked<usize> {
    if count < 256 { Ok(count as usize) } else { Err(TrapKind::BadShift) }
}

impl Int for U256 {
    fn load(slots: &[u64]) -> U256 {
        load_u256(slots)
    }
    fn store(self, slots: &mut [u64]) {
        store_u256(self, slots);
    }
    fn add(self, rhs: U256) -> Checked<U256> {
        self.checked_add(rhs).ok_or(TrapKind::Overflow)
    }
    fn sub(self, rhs: U256) -> Checked<U256> {
        self.checked_sub(rhs).ok_or(TrapKind::Overflow)
    }
    fn mul(self, rhs: U256) -> Checked<U256> {
        self.checked_mul(rhs).ok_or(TrapKind::Overflow)
    }
    fn div(self, rhs: U256) -> Checked<U256> {
        self.checked_div(rhs).ok_or(TrapKind::DivisionByZero)
    }
    fn rem(self, rhs: U256) -> Checked<U256> {
        self.checked_rem(rhs).ok_or(TrapKind::DivisionByZero)
    }
    fn neg(self) -> Checked<U256> {
        if self.is_zero() { Ok(self) } else { Err(TrapKind::Overflow) }
    }
    fn shl(self, count: u32) -> Checked<U256> {
        self.checked_shl(shift(count)?).ok_or(TrapKind::Overflow)
    }
    fn shr(self, count: u32) -> Checked<U256> {
        Ok(self >> shift(count)?)
    }
    fn wrapping_add(self, rhs: U256) -> U256 {
        self.wrapping_add(rhs)
    }
    fn wrapping_sub(self, rhs: U256) -> U256 {
        self.wrapping_sub(rhs)
    }
    fn wrapping_mul(self, rhs: U256) -> U256 {
        self.wrapping_mul(rhs)
    }
    fn wrapping_neg(self) -> U256 {
        self.wrapping_neg()
    }
    fn wrapping_shl(self, count: u32) -> Checked<U256> {
        Ok(self << shift(count)?)
    }
    fn and(self, rhs: U256) -> U256 {
        self & rhs
    }
    fn or(self, rhs: U256) -> U256 {
        self | rhs
    }
    fn xor(self, rhs: U256) -> U256 {
        self ^ rhs
    }
    fn not(self) -> U256 {
        !self
    }
}

impl Int for I256 {
    fn load(slots: &[u64]) -> I256 {
        I256(load_u256(slots))
    }
    fn store(self, slots: &mut [u64]) {
        store_u256(self.0, slots);
    }
    fn add(self, rhs: I256) -> Checked<I256> {
        let sum = Int::wrapping_add(self, rhs);
        let overflow =
            self.is_negative() == rhs.is_negative() && sum.is_negative() != self.is_negative();
        if overflow { Err(TrapKind::Overflow) } else { Ok(sum) }
    }
    fn sub(self, rhs: I256) -> Checked<I256> {
        let difference = Int::wrapping_sub(self, rhs);
        let overflow = self.is_negative() != rhs.is_negative()
            && difference.is_negative() != self.is_negative();
        if overflow { Err(TrapKind::Overflow) } else { Ok(difference) }
    }
    fn mul(self, rhs: I256) -> Checked<I256> {
        let negative = self.is_negative() != rhs.is_negative();
        let magnitude = self.magnitude().checked_mul(rhs.magnitude());
        magnitude.and_then(|m| I256::from_parts(negative, m)).ok_or(TrapKind::Overflow)
    }
    fn div(self, rhs: I256) -> Checked<I256> {
        let negative = self.is_negative() != rhs.is_negative();
        let magnitude = Int::div(self.magnitude(), rhs.magnitude())?;
        I256::from_parts(negative, magnitude).ok_or(TrapKind::Overflow)
    }
    fn rem(self, rhs: I256) -> Checked<I256> {
        // The magnitude is below that of `self`'s, so it always has a value of `self`'s sign.
        let magnitude = Int::rem(self.magnitude(), rhs.magnitude())?;
        I256::from_parts(self.is_negative(), magnitude).ok_or(TrapKind::Overflow)
    }
    fn neg(self) -> Checked<I256> {
        I256::from_parts(!self.is_negative(), self.magnitude()).ok_or(TrapKind::Overflow)
    }
    fn shl(self, count: u32) -> Checked<I256> {
        let count = shift(count)?;
        let shifted = self.0 << count;
        if shifted.arithmetic_shr(count) == self.0 {
            Ok(I256(shifted))
        } else {
            Err(TrapKind::Overflow)
        }
    }
    fn shr(self, count: u32) -> Checked<I256> {
        Ok(I256(self.0.arithmetic_shr(shift(count)?)))
    }
    fn wrapping_add(self, rhs: I256) -> I256 {
        I256(self.0.wrapping_add(rhs.0))
    }
    fn wrapping_sub(self, rhs: I256) -> I256 {
        I256(self.0.wrapping_sub(rhs.0))
    }
    fn wrapping_mul(self, rhs: I256) -> I256 {
        I256(self.0.wrapping_mul(rhs.0))
    }
    fn wrapping_neg(self) -> I256 {
        I256(self.0.wrapping_neg())
    }
    fn wrapping_shl(self, count: u32) -> Checked<I256> {
        Ok(I256(self.0 << shift(count)?))
    }
    fn and(self, rhs: I256) -> I256 {
        I256(self.0 & rhs.0)
    }
    fn or(self, rhs: I256) -> I256 {
        I256(self.0 | rhs.0)
    }
    fn xor(self, rhs: I256) -> I256 {
        I256(self.0 ^ rhs.0)
    }
    fn not(self) -> I256 {
        I256(!self.0)
    }
}
