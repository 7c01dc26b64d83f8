//! The bodies of the natives, one file a family, each on a crate that others have looked at.
//!
//! In: a native and its arguments as bytes. Out: what it gives.
//!
//! What always holds: a body is total and pure. It takes any bytes, and what it refuses it says by
//! `false` or `None`; nothing here panics on an argument, and nothing takes more memory than a few
//! times what it is given. Nothing is secret here: whoever holds the state sees all of it.

mod hashes;
mod sm2;
#[cfg(test)]
mod tests;

use deed_bytecode::Native;

/// What a native gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Bool(bool),
    Hash([u8; 32]),
    /// Bytes and `true`, or `false` beside none.
    Perhaps(Option<Vec<u8>>),
}

/// Runs a native on its arguments, in order: bytes as they are, a hash as 32 of them, a `bool` as one.
pub(crate) fn run(native: Native, args: &[&[u8]]) -> Answer {
    use Answer::{Bool, Hash, Perhaps};
    // The table says how many there are.
    let arg = |at: usize| args.get(at).copied().unwrap_or_default();
    match native {
        Native::Sha256 => Hash(hashes::sha256(arg(0))),
        Native::Keccak256 => Hash(hashes::keccak256(arg(0))),
        Native::Sm3 => Hash(hashes::sm3(arg(0))),
        Native::Sm2Key => Perhaps(sm2::key(arg(0))),
        Native::Sm2Verify => Bool(sm2::verify(arg(0), arg(1), arg(2), arg(3))),
    }
}
