//! The scalar types of the machine.
//!
//! A register is an 8-byte slot. A scalar of more than 64 bits takes consecutive slots and is
//! named by the first; slot `i` holds the bits `64·i..64·(i+1)`, so that the slots in order,
//! each little-endian, are the canonical encoding of the value. Integers of up to 64 bits are
//! *canonical* in their slot: unsigned ones zero-extended, signed ones sign-extended; `bool`
//! is 0 or 1. `Address` and `Hash` are 32 bytes in reading order.

use std::fmt;

/// A scalar type; its number is its byte in an instruction and in the container.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ty {
    Bool = 1,
    U8 = 2,
    U16 = 3,
    U32 = 4,
    U64 = 5,
    U128 = 6,
    U256 = 7,
    I8 = 8,
    I16 = 9,
    I32 = 10,
    I64 = 11,
    I128 = 12,
    I256 = 13,
    Address = 14,
    Hash = 15,
}

impl Ty {
    /// Every type, in the order of its number.
    pub const ALL: [Ty; 15] = [
        Ty::Bool,
        Ty::U8,
        Ty::U16,
        Ty::U32,
        Ty::U64,
        Ty::U128,
        Ty::U256,
        Ty::I8,
        Ty::I16,
        Ty::I32,
        Ty::I64,
        Ty::I128,
        Ty::I256,
        Ty::Address,
        Ty::Hash,
    ];

    /// The widest value in slots.
    pub const MAX_SLOTS: usize = 4;

    /// The type with this number.
    #[inline]
    pub fn from_byte(byte: u8) -> Option<Ty> {
        let index = usize::from(byte).checked_sub(1)?;
        Ty::ALL.get(index).copied()
    }

    /// Bytes of the canonical encoding.
    #[inline]
    pub const fn bytes(self) -> usize {
        match self {
            Ty::Bool | Ty::U8 | Ty::I8 => 1,
            Ty::U16 | Ty::I16 => 2,
            Ty::U32 | Ty::I32 => 4,
            Ty::U64 | Ty::I64 => 8,
            Ty::U128 | Ty::I128 => 16,
            Ty::U256 | Ty::I256 | Ty::Address | Ty::Hash => 32,
        }
    }

    /// Slots a value takes: 1, 2 or 4.
    #[inline]
    pub const fn slots(self) -> u16 {
        (self.bytes() as u16).div_ceil(8)
    }

    /// Width in bits; 1 for `bool`.
    pub const fn bits(self) -> u32 {
        match self {
            Ty::Bool => 1,
            _ => self.bytes() as u32 * 8,
        }
    }

    pub const fn is_int(self) -> bool {
        (self as u8) >= (Ty::U8 as u8) && (self as u8) <= (Ty::I256 as u8)
    }

    pub const fn is_signed(self) -> bool {
        (self as u8) >= (Ty::I8 as u8) && (self as u8) <= (Ty::I256 as u8)
    }

    /// The name in source code, listings and the ABI.
    pub const fn name(self) -> &'static str {
        match self {
            Ty::Bool => "bool",
            Ty::U8 => "u8",
            Ty::U16 => "u16",
            Ty::U32 => "u32",
            Ty::U64 => "u64",
            Ty::U128 => "u128",
            Ty::U256 => "u256",
            Ty::I8 => "i8",
            Ty::I16 => "i16",
            Ty::I32 => "i32",
            Ty::I64 => "i64",
            Ty::I128 => "i128",
            Ty::I256 => "i256",
            Ty::Address => "Address",
            Ty::Hash => "Hash",
        }
    }

    /// Slots of values laid out one after the other, as arguments, results and keys are.
    pub fn total_slots(types: &[Ty]) -> usize {
        types.iter().map(|ty| usize::from(ty.slots())).sum()
    }

    /// Appends the canonical encoding of the value in `slots` (its first `self.slots()`).
    ///
    /// # Panics
    /// If `slots` is shorter than the type.
    pub fn encode(self, slots: &[u64], out: &mut Vec<u8>) {
        let end = out.len() + self.bytes();
        for slot in &slots[..usize::from(self.slots())] {
            out.extend_from_slice(&slot.to_le_bytes());
        }
        out.truncate(end);
    }

    /// Reads a canonical encoding, exactly `self.bytes()` long, into slots; unused ones are 0.
    /// `None` on another length or on a `bool` that is neither 0 nor 1.
    #[inline]
    pub fn decode(self, bytes: &[u8]) -> Option<[u64; Ty::MAX_SLOTS]> {
        if bytes.len() != self.bytes() || (self == Ty::Bool && bytes[0] > 1) {
            return None;
        }
        let mut slots = [0; Ty::MAX_SLOTS];
        let (words, part) = bytes.as_chunks::<8>();
        for (slot, word) in slots.iter_mut().zip(words) {
            *slot = u64::from_le_bytes(*word);
        }
        if let Some(last) = part.last() {
            let negative = self.is_signed() && last & 0x80 != 0;
            let mut word = [if negative { 0xff } else { 0 }; 8];
            word[..part.len()].copy_from_slice(part);
            slots[0] = u64::from_le_bytes(word);
        }
        Some(slots)
    }

    /// The canonical encoding of the value in `slots`: the first `self.bytes()`.
    ///
    /// # Panics
    /// If `slots` is shorter than the type.
    #[inline]
    pub fn bytes_of(self, slots: &[u64]) -> [u8; 8 * Ty::MAX_SLOTS] {
        let mut bytes = [0; 8 * Ty::MAX_SLOTS];
        let (words, _) = bytes.as_chunks_mut::<8>();
        words[0] = slots[0].to_le_bytes();
        if self.slots() > 1 {
            words[1] = slots[1].to_le_bytes();
        }
        if self.slots() > 2 {
            (words[2], words[3]) = (slots[2].to_le_bytes(), slots[3].to_le_bytes());
        }
        bytes
    }

    /// Whether `slots` hold a value of this type as a validated module would leave it.
    pub fn is_canonical(self, slots: &[u64]) -> bool {
        let Some(slots) = slots.get(..usize::from(self.slots())) else { return false };
        let mut bytes = Vec::with_capacity(32);
        self.encode(slots, &mut bytes);
        self.decode(&bytes).is_some_and(|back| back[..slots.len()] == *slots)
    }
}

impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Ty {
    type Err = ();

    fn from_str(name: &str) -> Result<Ty, ()> {
        Ty::ALL.into_iter().find(|ty| ty.name() == name).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_one_to_one() {
        for (index, ty) in Ty::ALL.into_iter().enumerate() {
            assert_eq!(ty as usize, index + 1);
            assert_eq!(Ty::from_byte(ty as u8), Some(ty));
            assert_eq!(ty.name().parse(), Ok(ty));
        }
        assert_eq!(Ty::from_byte(0), None);
        assert_eq!(Ty::from_byte(16), None);
    }

    #[test]
    fn signed_values_are_sign_extended_to_their_slots_only() {
        assert_eq!(Ty::I8.decode(&[0x80]), Some([(-128i64) as u64, 0, 0, 0]));
        assert_eq!(Ty::I128.decode(&[0xff; 16]), Some([u64::MAX, u64::MAX, 0, 0]));
        assert_eq!(Ty::U8.decode(&[0x80]), Some([128, 0, 0, 0]));
        assert_eq!(Ty::Bool.decode(&[2]), None);
        assert_eq!(Ty::U16.decode(&[1]), None);
        assert!(Ty::I8.is_canonical(&[u64::MAX]));
        assert!(!Ty::U8.is_canonical(&[256]));
        assert!(!Ty::U128.is_canonical(&[1]));
    }
}
