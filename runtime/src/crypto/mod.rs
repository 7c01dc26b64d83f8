//! The bodies of the natives, one file a family, each on a crate that others have looked at.
//!
//! In: a native and its arguments as bytes. Out: what it gives.
//!
//! What always holds: a body is total and pure. It takes any bytes, and what it refuses it says by
//! `false` or `None`; nothing here panics on an argument, and nothing takes more memory than a few
//! times what it is given. Nothing is secret here: whoever holds the state sees all of it.

mod bls;
mod ecdsa;
mod ed25519;
mod hashes;
mod sm2;
mod sm4;
#[cfg(test)]
mod tests;

use deed_bytecode::Native;

/// What a native gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Bool(bool),
    Hash([u8; 32]),
    Bytes(Vec<u8>),
    /// Bytes and `true`, or `false` beside none.
    Perhaps(Option<Vec<u8>>),
}

/// Runs a native on its arguments, in order: bytes as they are, a hash as 32 of them, a `bool` as one.
pub fn run(native: Native, args: &[&[u8]]) -> Answer {
    use Answer::{Bool, Bytes, Hash, Perhaps};
    // The table says how many there are.
    let arg = |at: usize| args.get(at).copied().unwrap_or_default();
    let [a, b, c, d] = [0, 1, 2, 3].map(arg);
    let is_set = |arg: &[u8]| arg == [1];
    match native {
        Native::Sha256 => Hash(hashes::sha256(a)),
        Native::Sha512 => Bytes(hashes::sha512(a)),
        Native::Sha3 => Hash(hashes::sha3_256(a)),
        Native::Keccak256 => Hash(hashes::keccak256(a)),
        Native::Blake2b256 => Hash(hashes::blake2b_256(a)),
        Native::Blake2b512 => Bytes(hashes::blake2b_512(a)),
        Native::Blake3 => Hash(hashes::blake3(a)),
        Native::Ripemd160 => Bytes(hashes::ripemd160(a)),
        Native::Sm3 => Hash(hashes::sm3(a)),
        Native::HmacSha256 => Hash(hashes::hmac_sha256(a, b)),
        Native::HmacSm3 => Hash(hashes::hmac_sm3(a, b)),
        Native::Sm2Key => Perhaps(sm2::key(a)),
        Native::Sm2Verify => Bool(sm2::verify(a, b, c, d)),
        Native::Secp256k1Key => Perhaps(ecdsa::secp256k1_key(a)),
        Native::Secp256k1Verify => Bool(ecdsa::secp256k1_verify(a, b, c)),
        Native::Secp256k1Recover => Perhaps(ecdsa::secp256k1_recover(a, b)),
        Native::P256Key => Perhaps(ecdsa::p256_key(a)),
        Native::P256Verify => Bool(ecdsa::p256_verify(a, b, c)),
        Native::Ed25519Key => Perhaps(ed25519::key(a)),
        Native::Ed25519Verify => Bool(ed25519::verify(a, b, c)),
        Native::BlsVerify => Bool(bls::verify(a, b, c)),
        Native::BlsPossesses => Bool(bls::possesses(a, b)),
        Native::BlsAggregate => Perhaps(bls::aggregate(a)),
        Native::Sm4Ecb => Perhaps(sm4::ecb(a, b, is_set(c))),
        Native::Sm4Cbc => Perhaps(sm4::cbc(a, b, c, is_set(d))),
        Native::Sm4Ctr => Perhaps(sm4::ctr(a, b, c)),
        Native::Sm4GcmSeal => Perhaps(sm4::seal::<sm4::Gcm>(a, b, c, d)),
        Native::Sm4GcmOpen => Perhaps(sm4::open::<sm4::Gcm>(a, b, c, d)),
        Native::Sm4CcmSeal => Perhaps(sm4::seal::<sm4::Ccm>(a, b, c, d)),
        Native::Sm4CcmOpen => Perhaps(sm4::open::<sm4::Ccm>(a, b, c, d)),
    }
}
