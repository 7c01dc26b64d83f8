//! Accounts by name.
//!
//! In: names, and addresses as text. Out: addresses.
//! Holds always: on a fresh ledger any name is an account, and has one address on every machine.

use deed_ledger::account;
use deed_runtime::Address;

/// Who sends what says no sender.
pub(crate) const DEFAULT: &str = "alice";

/// Who is meant by a name.
pub(crate) trait Names {
    fn address(&self, name: &str) -> Option<Address>;

    /// What to do about a name that nobody has.
    fn remedy(&self, name: &str) -> String;
}

/// The names of a fresh ledger, where everybody is.
pub(crate) struct Everybody;

impl Names for Everybody {
    fn address(&self, name: &str) -> Option<Address> {
        Some(address(name))
    }

    fn remedy(&self, name: &str) -> String {
        format!("write `@{name}` for the address of an account")
    }
}

/// The address of the account with this name, on a fresh ledger.
pub(crate) fn address(name: &str) -> Address {
    account(name)
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
