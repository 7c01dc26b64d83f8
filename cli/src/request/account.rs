//! Accounts by name, for runs and tests on a fresh ledger.
//!
//! In: names, and addresses as text. Out: addresses.
//! Holds always: a name has one address, on every machine; any name is an account.

use deed_ledger::account;
use deed_runtime::Address;

/// Who sends what says no sender.
pub(crate) const DEFAULT: &str = "alice";

/// The address of the account with this name.
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
