//! Literals, decoded and checked.

use std::fmt;

use deed_base::Span;

use super::Expr;

/// A whole number of at most 256 bits, with its suffix if it has one.
#[derive(Clone, Debug)]
pub struct IntLit {
    pub value: U256,
    pub suffix: Option<IntSuffix>,
    pub span: Span,
}

/// An unsigned 256-bit number: four 64-bit limbs, the least significant first.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct U256 {
    pub limbs: [u64; 4],
}

impl U256 {
    pub const ZERO: U256 = U256 { limbs: [0; 4] };

    pub fn from_u64(value: u64) -> Self {
        U256 { limbs: [value, 0, 0, 0] }
    }

    pub fn is_zero(self) -> bool {
        self == Self::ZERO
    }

    pub fn to_u64(self) -> Option<u64> {
        match self.limbs {
            [value, 0, 0, 0] => Some(value),
            _ => None,
        }
    }

    pub fn to_u128(self) -> Option<u128> {
        match self.limbs {
            [low, high, 0, 0] => Some(u128::from(high) << 64 | u128::from(low)),
            _ => None,
        }
    }

    /// `self * factor + addend`, or `None` if that needs more than 256 bits.
    pub fn mul_add(self, factor: u64, addend: u64) -> Option<U256> {
        let mut carry = u128::from(addend);
        let mut limbs = self.limbs;
        for limb in &mut limbs {
            let product = u128::from(*limb) * u128::from(factor) + carry;
            *limb = product as u64;
            carry = product >> 64;
        }
        (carry == 0).then_some(U256 { limbs })
    }

    /// Quotient and remainder by a small divisor, which is not zero.
    fn div_rem(self, divisor: u64) -> (U256, u64) {
        let mut rest = 0u128;
        let mut limbs = self.limbs;
        for limb in limbs.iter_mut().rev() {
            let part = rest << 64 | u128::from(*limb);
            *limb = (part / u128::from(divisor)) as u64;
            rest = part % u128::from(divisor);
        }
        (U256 { limbs }, rest as u64)
    }
}

impl fmt::Display for U256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const CHUNK: u64 = 10_000_000_000_000_000_000;
        let (rest, low) = self.div_rem(CHUNK);
        if rest.is_zero() {
            return write!(f, "{low}");
        }
        write!(f, "{rest}{low:019}")
    }
}

/// The type that a number names itself: `0u64`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct IntSuffix {
    pub signed: bool,
    /// 8, 16, 32, 64, 128 or 256.
    pub bits: u16,
}

impl fmt::Display for IntSuffix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.signed { 'i' } else { 'u' }, self.bits)
    }
}

/// A string without interpolation, where only such a one makes sense.
#[derive(Clone, Debug)]
pub struct Text {
    pub value: String,
    pub span: Span,
}

/// A part of a string: `"a {b} c"` has three.
#[derive(Clone, Debug)]
pub enum StrPart {
    /// Text with its escapes decoded; never empty, never two in a row.
    Text(String),
    /// `{e}`
    Expr(Expr),
}
