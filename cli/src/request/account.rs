//! Accounts by name, for runs and tests on a fresh ledger.
//!
//! In: a name. Out: its address, and for some addresses the name.
//! Holds always: a name has one address, on every machine: SHA-256 of `deed account NAME`.

use deed_runtime::Address;
use sha2::{Digest, Sha256};

/// The accounts of every run. Others come into being by being named.
pub(crate) const USUAL: [&str; 5] = ["alice", "bob", "carol", "dave", "erin"];

/// The address of the account with this name.
pub(crate) fn address(name: &str) -> Address {
    Address(Sha256::digest(format!("deed account {name}")).into())
}

/// Reads `0x` and 64 hexadecimal digits.
pub(crate) fn parse(text: &str) -> Option<Address> {
    let digits = text.strip_prefix("0x").filter(|digits| digits.len() == 64)?;
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
        let [high, low] = [pair[0], pair[1]].map(|digit| char::from(digit).to_digit(16));
        *byte = (high? * 16 + low?) as u8;
    }
    Some(Address(bytes))
}
