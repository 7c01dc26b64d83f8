//! Integers of any machine width as one value: what constants, the ABI and JSON speak in.
//!
//! Sign and magnitude, the magnitude below 2^256, so every value of `u256` and `i256` has
//! exactly one form (zero is never negative). No arithmetic here: engines have their own.

use std::cmp::Ordering;
use std::fmt;

/// An integer between -(2^256 - 1) and 2^256 - 1.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Int {
    negative: bool,
    /// Little-endian limbs.
    magnitude: [u64; 4],
}

/// Why a text is no [`Int`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadInt {
    /// Something else than an optional `-` and decimal digits.
    NotDecimal,
    /// The magnitude is 2^256 or more.
    TooLarge,
}

impl Int {
    pub const ZERO: Int = Int { negative: false, magnitude: [0; 4] };

    /// From sign and little-endian limbs of the magnitude.
    pub fn new(negative: bool, magnitude: [u64; 4]) -> Int {
        Int { negative: negative && magnitude != [0; 4], magnitude }
    }

    pub const fn is_negative(self) -> bool {
        self.negative
    }

    /// From two's complement, or plain binary if not `signed`; at most 32 bytes are read.
    pub fn from_le_bytes(bytes: &[u8], signed: bool) -> Int {
        let bytes = &bytes[..bytes.len().min(32)];
        let negative = signed && bytes.last().is_some_and(|byte| byte & 0x80 != 0);
        let mut wide = [if negative { 0xff } else { 0 }; 32];
        wide[..bytes.len()].copy_from_slice(bytes);
        let limbs = limbs(&wide);
        Int::new(negative, if negative { negated(limbs) } else { limbs })
    }

    /// `width` bytes of two's complement, or of plain binary if not `signed`; `None` if the
    /// value does not fit, or `width` is not between 1 and 32.
    pub fn to_le_bytes(self, width: usize, signed: bool) -> Option<Vec<u8>> {
        if !(1..=32).contains(&width) || (self.negative && !signed) {
            return None;
        }
        let limbs = if self.negative { negated(self.magnitude) } else { self.magnitude };
        let bytes: Vec<u8> = limbs.iter().flat_map(|limb| limb.to_le_bytes()).collect();
        let kept = bytes[..width].to_vec();
        (Int::from_le_bytes(&kept, signed) == self).then_some(kept)
    }

    /// Divides the magnitude in place and gives the remainder.
    fn divide_small(&mut self, divisor: u64) -> u64 {
        let mut remainder = 0u64;
        for limb in self.magnitude.iter_mut().rev() {
            let wide = (u128::from(remainder) << 64) | u128::from(*limb);
            *limb = (wide / u128::from(divisor)) as u64;
            remainder = (wide % u128::from(divisor)) as u64;
        }
        remainder
    }

    /// `self * factor + digit` on the magnitude; `None` on 2^256 or more.
    fn push_digit(&mut self, factor: u64, digit: u64) -> Option<()> {
        let mut carry = u128::from(digit);
        for limb in &mut self.magnitude {
            let wide = u128::from(*limb) * u128::from(factor) + carry;
            *limb = wide as u64;
            carry = wide >> 64;
        }
        (carry == 0).then_some(())
    }
}

fn limbs(bytes: &[u8; 32]) -> [u64; 4] {
    let mut limbs = [0; 4];
    for (limb, chunk) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
        *limb = u64::from_le_bytes(chunk.try_into().expect("chunks of eight"));
    }
    limbs
}

fn negated(limbs: [u64; 4]) -> [u64; 4] {
    let mut carry = true;
    limbs.map(|limb| {
        let (sum, over) = (!limb).overflowing_add(u64::from(carry));
        carry = over;
        sum
    })
}

impl fmt::Display for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const CHUNK: u64 = 10_000_000_000_000_000_000;
        let mut rest = *self;
        let mut chunks = vec![rest.divide_small(CHUNK)];
        while rest.magnitude != [0; 4] {
            chunks.push(rest.divide_small(CHUNK));
        }
        let mut text = String::new();
        for (index, chunk) in chunks.iter().rev().enumerate() {
            text += &if index == 0 { chunk.to_string() } else { format!("{chunk:019}") };
        }
        f.pad_integral(!self.negative, "", &text)
    }
}

impl fmt::Debug for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for Int {
    type Err = BadInt;

    /// Decimal digits with an optional `-` before them.
    fn from_str(text: &str) -> Result<Int, BadInt> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(BadInt::NotDecimal);
        }
        let mut value = Int::ZERO;
        for digit in digits.bytes() {
            value.push_digit(10, u64::from(digit - b'0')).ok_or(BadInt::TooLarge)?;
        }
        Ok(Int::new(negative, value.magnitude))
    }
}

impl PartialOrd for Int {
    fn partial_cmp(&self, other: &Int) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Int {
    fn cmp(&self, other: &Int) -> Ordering {
        let by_size = self.magnitude.iter().rev().cmp(other.magnitude.iter().rev());
        match (self.negative, other.negative) {
            (false, false) => by_size,
            (true, true) => by_size.reverse(),
            (negative, _) => {
                if negative {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
        }
    }
}

macro_rules! conversions {
    ($($prim:ident $signed:literal)*) => {$(
        impl From<$prim> for Int {
            fn from(value: $prim) -> Int {
                Int::from_le_bytes(&value.to_le_bytes(), $signed)
            }
        }

        impl TryFrom<Int> for $prim {
            type Error = ();

            fn try_from(value: Int) -> Result<$prim, ()> {
                let bytes = value.to_le_bytes(size_of::<$prim>(), $signed).ok_or(())?;
                Ok($prim::from_le_bytes(bytes.try_into().map_err(|_| ())?))
            }
        }
    )*};
}

conversions! { u8 false u16 false u32 false u64 false u128 false i8 true i16 true i32 true i64 true i128 true }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_goes_both_ways() {
        let texts = ["0", "-1", "18446744073709551616", "100000000000000000000000000000000000001"];
        for text in texts {
            assert_eq!(text.parse::<Int>().map(|int| int.to_string()), Ok(text.to_string()));
        }
        assert_eq!("-0".parse(), Ok(Int::ZERO));
        assert_eq!("".parse::<Int>(), Err(BadInt::NotDecimal));
        assert_eq!("1_000".parse::<Int>(), Err(BadInt::NotDecimal));
        assert_eq!("9".repeat(78).parse::<Int>(), Err(BadInt::TooLarge));
    }

    #[test]
    fn bytes_go_both_ways_at_the_edges() {
        for value in [i128::MIN, -129, -128, -1, 0, 127, 128, i128::MAX] {
            assert_eq!(i128::try_from(Int::from(value)), Ok(value));
            assert_eq!(Int::from(value).to_string(), value.to_string());
            assert_eq!(i8::try_from(Int::from(value)), i8::try_from(value).map_err(|_| ()));
        }
        let all = Int::from_le_bytes(&[0xff; 32], false);
        assert_eq!(all.to_le_bytes(32, false), Some(vec![0xff; 32]));
        assert_eq!(all.to_le_bytes(32, true), None);
        assert_eq!(Int::from_le_bytes(&[0xff; 32], true), Int::from(-1i8));
    }

    #[test]
    fn order_is_by_value() {
        let values = [-200i64, -1, 0, 1, 200].map(Int::from);
        assert!(values.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
