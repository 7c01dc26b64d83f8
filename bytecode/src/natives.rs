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

// Columns: number, variant, name, parameters, results, gas at least and for 32 bytes, meaning. Prices are in
// proportion to what the crates take, SHA-256 being 70 for 32 bytes: `cargo xtask bench --natives`.
#[rustfmt::skip]
natives! {
    1  Sha256     "sha256"      [Bytes] [Hash]   120 70 "SHA-256 (FIPS 180-4).";
    2  Sha512     "sha512"      [Bytes] [Bytes] 160 40 "SHA-512 (FIPS 180-4), 64 bytes.";
    3  Sha3       "sha3_256"    [Bytes] [Hash]  220 55 "SHA3-256 (FIPS 202).";
    4  Keccak256  "keccak256"   [Bytes] [Hash]  220 55 "Keccak-256 as Ethereum uses it: SHA3-256 with the padding of the contest.";
    5  Blake2b256 "blake2b_256" [Bytes] [Hash]  100 20 "BLAKE2b (RFC 7693) with 32 bytes.";
    6  Blake2b512 "blake2b_512" [Bytes] [Bytes] 110 20 "BLAKE2b (RFC 7693) with 64 bytes.";
    7  Blake3     "blake3"      [Bytes] [Hash]  70 8 "BLAKE3 with 32 bytes.";
    8  Ripemd160  "ripemd160"   [Bytes] [Bytes] 100 45 "RIPEMD-160, 20 bytes.";
    9  Sm3        "sm3"         [Bytes] [Hash]  110 60 "SM3 (GB/T 32905).";
    10 HmacSha256 "hmac_sha256" [Bytes Bytes] [Hash] 480 70 "HMAC (RFC 2104) of a key and a text, with SHA-256.";
    11 HmacSm3    "hmac_sm3"    [Bytes Bytes] [Hash] 440 60 "HMAC (RFC 2104) of a key and a text, with SM3.";

    16 Sm2Key    "sm2_key"    [Bytes] [Bytes Bool] 6500 0 "The uncompressed form (65 bytes) of an SM2 public key in a form of SEC 1, if it is a point of the curve other than infinity.";
    17 Sm2Verify "sm2_verify" [Bytes Bytes Bytes Bytes] [Bool] 125000 60 "Whether, for a public key in a form of SEC 1, a signer's id of at most 8191 bytes and a message, the 64 bytes r, s are a signature by SM2 with SM3 (GB/T 32918.2).";
    18 Secp256k1Key     "secp256k1_key"     [Bytes] [Bytes Bool] 3200 0 "As `sm2_key`, on secp256k1.";
    19 Secp256k1Verify  "secp256k1_verify"  [Bytes Hash Bytes] [Bool] 34000 0 "Whether, for a public key and a digest, the 64 bytes r, s are a signature by ECDSA on secp256k1 with the lower s.";
    20 Secp256k1Recover "secp256k1_recover" [Hash Bytes] [Bytes Bool] 38000 0 "The uncompressed public key for which 65 bytes r, s, v are a signature of a digest by ECDSA on secp256k1 with the lower s; v is 0 to 3.";
    21 P256Key          "p256_key"          [Bytes] [Bytes Bool] 5000 0 "As `sm2_key`, on P-256.";
    22 P256Verify       "p256_verify"       [Bytes Hash Bytes] [Bool] 145000 0 "Whether, for a public key and a digest, the 64 bytes r, s are a signature by ECDSA on P-256.";
    23 Ed25519Key       "ed25519_key"       [Bytes] [Bytes Bool] 2300 0 "The key itself, if it is the canonical form of a point of the curve that is not of small order.";
    24 Ed25519Verify    "ed25519_verify"    [Bytes Bytes Bytes] [Bool] 24000 45 "Whether, for a public key and a message, the 64 bytes are a signature by Ed25519 (RFC 8032) in canonical form, without the cofactor and points of small order.";
    25 BlsVerify        "bls12_381_verify"    [Bytes Bytes Bytes] [Bool] 550000 20000 "Whether, for public keys of 48 bytes one behind the other and a message, the 96 bytes are the sum of their signatures (BLS12-381, scheme with proofs of possession).";
    26 BlsPossesses     "bls12_381_possesses" [Bytes Bytes] [Bool] 620000 0 "Whether, for a public key, the 96 bytes prove that someone has its secret.";
    27 BlsAggregate     "bls12_381_aggregate" [Bytes] [Bytes Bool] 1000 14000 "The sum of signatures of 96 bytes, one behind the other.";

    32 Sm4Ecb     "sm4_ecb"      [Bytes Bytes Bool] [Bytes Bool] 100 170 "SM4 (GB/T 32907) of a key and whole blocks, each by itself; where the third is `true`, it decrypts.";
    33 Sm4Cbc     "sm4_cbc"      [Bytes Bytes Bytes Bool] [Bytes Bool] 100 170 "SM4 of a key, an initial block and whole blocks, chained; where the fourth is `true`, it decrypts.";
    34 Sm4Ctr     "sm4_ctr"      [Bytes Bytes Bytes] [Bytes Bool] 100 170 "SM4 of a key, a first counter of 16 bytes and any bytes, to encrypt and to decrypt.";
    35 Sm4GcmSeal "sm4_gcm_seal" [Bytes Bytes Bytes Bytes] [Bytes Bool] 150 175 "SM4 in GCM of a key, a nonce of 12 bytes, bytes beside and the text: this encrypted, with its tag of 16 bytes behind it.";
    36 Sm4GcmOpen "sm4_gcm_open" [Bytes Bytes Bytes Bytes] [Bytes Bool] 150 175 "The text that `sm4_gcm_seal` encrypted, if key, nonce, bytes beside and tag are right.";
    37 Sm4CcmSeal "sm4_ccm_seal" [Bytes Bytes Bytes Bytes] [Bytes Bool] 150 340 "As `sm4_gcm_seal` in CCM, a text shorter than 16 MiB.";
    38 Sm4CcmOpen "sm4_ccm_open" [Bytes Bytes Bytes Bytes] [Bytes Bool] 150 340 "The text that `sm4_ccm_seal` encrypted, if key, nonce, bytes beside and tag are right.";
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
