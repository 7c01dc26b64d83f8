//! The native functions: one table from which validation, listings, prices and the written reference
//! are derived.
//!
//! A native is total: it takes any values of its parameters' types and answers with its results; what
//! it refuses is `false`, beside empty bytes where there are some. What it accepts and costs belongs to
//! the schedule of the chain; the engine that runs it is not known here.

use crate::ty::Ty;
use std::fmt;

/// The type of a parameter or result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NativeTy {
    Bool,
    Hash,
    /// The heap type `bytes`.
    Bytes,
}

impl NativeTy {
    /// Nothing for `bytes`, whose number is the module's own.
    pub const fn scalar(self) -> Option<Ty> {
        match self {
            NativeTy::Bool => Some(Ty::Bool),
            NativeTy::Hash => Some(Ty::Hash),
            NativeTy::Bytes => None,
        }
    }
}

impl fmt::Display for NativeTy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.scalar().map_or("bytes", Ty::name))
    }
}

/// What a call costs, in gas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NativeCost {
    pub base: u64,
    /// For 32 bytes of all arguments, or a part of them.
    pub chunk: u64,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct NativeInfo {
    /// As the library declares it.
    pub name: &'static str,
    pub params: &'static [NativeTy],
    pub results: &'static [NativeTy],
    /// In the first schedule.
    pub cost: NativeCost,
    pub doc: &'static str,
}

macro_rules! natives {
    ($($number:literal $variant:ident $name:literal [$($param:ident)*] [$($result:ident)*]
       $base:literal $chunk:literal $doc:literal;)*) => {
        /// A native function; its number is the operand of the operator `native`.
        #[repr(u16)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Native { $(#[doc = $doc] $variant = $number,)* }

        impl Native {
            /// Every native, in the order of the table.
            pub const ALL: &'static [Native] = &[$(Native::$variant,)*];

            /// What each costs in the first schedule, in the order of the table.
            pub const COSTS: &'static [NativeCost] = &[$(Native::$variant.info().cost,)*];

            /// The native with this number.
            pub fn from_number(number: u16) -> Option<Native> {
                match number { $($number => Some(Native::$variant),)* _ => None }
            }

            /// The native's row of the table.
            pub const fn info(self) -> &'static NativeInfo {
                match self {
                    $(Native::$variant => &NativeInfo {
                        name: $name,
                        params: &[$(NativeTy::$param),*],
                        results: &[$(NativeTy::$result),*],
                        cost: NativeCost { base: $base, chunk: $chunk },
                        doc: $doc,
                    },)*
                }
            }

            /// The place in the table.
            pub const fn index(self) -> usize {
                let mut at = 0;
                while at < Native::ALL.len() && Native::ALL[at] as u16 != self as u16 {
                    at += 1;
                }
                at
            }
        }
    };
}

// Columns: number, variant, name, parameters, results, gas at least and for 32 bytes, meaning.
#[rustfmt::skip]
natives! {
    1  Sha256    "sha256"    [Bytes] [Hash]  60 12 "SHA-256 (FIPS 180-4).";
    4  Keccak256 "keccak256" [Bytes] [Hash] 300 30 "Keccak-256 as Ethereum uses it: SHA3-256 with the padding of the contest.";
    9  Sm3       "sm3"       [Bytes] [Hash] 120 30 "SM3 (GB/T 32905).";

    16 Sm2Key    "sm2_key"    [Bytes] [Bytes Bool] 6000 0 "The uncompressed form (65 bytes) of an SM2 public key in a form of SEC 1, if it is a point of the curve other than infinity.";
    17 Sm2Verify "sm2_verify" [Bytes Bytes Bytes Bytes] [Bool] 60000 30 "Whether, for a public key in a form of SEC 1, a signer's id of at most 8191 bytes and a message, the 64 bytes r, s are a signature by SM2 with SM3 (GB/T 32918.2).";
}

impl Native {
    /// The native with this name.
    pub fn by_name(name: &str) -> Option<Native> {
        Native::ALL.iter().copied().find(|native| native.info().name == name)
    }
}

impl fmt::Display for Native {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.info().name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_unique() {
        for (index, native) in Native::ALL.iter().enumerate() {
            assert_eq!(Native::from_number(*native as u16), Some(*native));
            assert_eq!(Native::by_name(native.info().name), Some(*native));
            assert_eq!(native.index(), index);
        }
    }

    #[test]
    fn what_is_refused_can_be_told() {
        for native in Native::ALL {
            let results = native.info().results;
            let known = matches!(
                results,
                [NativeTy::Bool | NativeTy::Hash | NativeTy::Bytes]
                    | [NativeTy::Bytes, NativeTy::Bool]
            );
            assert!(known, "{native} gives {results:?}");
        }
    }
}
