//! Whole numbers.
//!
//! In: a token's text, such as `1_000u64` or `0xff`. Out: its value and suffix, or what is wrong.

use deed_base::{Diagnostic, Span, catalogue};

use crate::ast::{IntSuffix, U256};

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum IntError {
    TooLarge,
    /// No digit after `0x`, or only underscores.
    NoDigits,
    /// A digit that the base does not have.
    BadDigit(char, u32),
    /// Letters after the digits that are no integer type.
    BadSuffix(String),
    /// `007`
    LeadingZero,
}

impl IntError {
    pub(super) fn diagnostic(&self, span: Span) -> Diagnostic {
        let (message, help) = match self {
            IntError::TooLarge => (
                "this number needs more than 256 bits".to_owned(),
                "the largest integer type is `u256`".to_owned(),
            ),
            IntError::NoDigits => {
                ("this number has no digits".to_owned(), "write its digits".to_owned())
            }
            IntError::BadDigit(c, base) => (
                format!("`{c}` is not a digit in base {base}"),
                "`0b` takes 0 and 1, `0o` 0 to 7, `0x` 0 to f".to_owned(),
            ),
            IntError::BadSuffix(suffix) => (
                format!("`{suffix}` is not an integer type"),
                "a number may end in `u8` `u16` `u32` `u64` `u128` `u256` or `i8` .. `i256`"
                    .to_owned(),
            ),
            IntError::LeadingZero => (
                "a decimal number does not begin with 0".to_owned(),
                "remove the zeros; an octal number begins with `0o`".to_owned(),
            ),
        };
        Diagnostic::new(catalogue::BAD_NUMBER, span, message).help(help)
    }
}

/// Reads a number's token.
pub(crate) fn parse_int(text: &str) -> Result<(U256, Option<IntSuffix>), IntError> {
    let (base, rest) = match text.as_bytes() {
        [b'0', b'x', ..] => (16, &text[2..]),
        [b'0', b'o', ..] => (8, &text[2..]),
        [b'0', b'b', ..] => (2, &text[2..]),
        _ => (10, text),
    };
    let (digits, suffix) = split_suffix(rest, base);
    let suffix = suffix.map(parse_suffix).transpose()?;
    if base == 10 && digits.len() > 1 && digits.starts_with('0') {
        return Err(IntError::LeadingZero);
    }
    Ok((parse_digits(digits, base)?, suffix))
}

/// The suffix begins at the first `i` or `u`; neither is a digit in any base.
fn split_suffix(text: &str, base: u32) -> (&str, Option<&str>) {
    let is_start = |c: char| match base {
        16 => matches!(c, 'i' | 'u'),
        _ => c.is_ascii_alphabetic(),
    };
    match text.find(is_start) {
        Some(at) => (&text[..at], Some(&text[at..])),
        None => (text, None),
    }
}

fn parse_suffix(text: &str) -> Result<IntSuffix, IntError> {
    let bad = || IntError::BadSuffix(text.to_owned());
    let signed = match text.as_bytes()[0] {
        b'i' => true,
        b'u' => false,
        _ => return Err(bad()),
    };
    let bits = match &text[1..] {
        "8" => 8,
        "16" => 16,
        "32" => 32,
        "64" => 64,
        "128" => 128,
        "256" => 256,
        _ => return Err(bad()),
    };
    Ok(IntSuffix { signed, bits })
}

fn parse_digits(digits: &str, base: u32) -> Result<U256, IntError> {
    // Nearly all numbers are plain and short.
    if base == 10
        && (1..=19).contains(&digits.len())
        && let Ok(value) = digits.parse()
    {
        return Ok(U256::from_u64(value));
    }
    let mut value = U256::ZERO;
    let mut any = false;
    for c in digits.chars().filter(|c| *c != '_') {
        let digit = c.to_digit(base).ok_or(IntError::BadDigit(c, base))?;
        value = value.mul_add(base.into(), digit.into()).ok_or(IntError::TooLarge)?;
        any = true;
    }
    if any { Ok(value) } else { Err(IntError::NoDigits) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Result<String, IntError> {
        parse_int(text).map(|(v, s)| format!("{v}{}", s.map_or(String::new(), |s| s.to_string())))
    }

    #[test]
    fn numbers_in_all_bases() {
        assert_eq!(value("0").as_deref(), Ok("0"));
        assert_eq!(value("1_000u64").as_deref(), Ok("1000u64"));
        assert_eq!(value("0xff_FFi16").as_deref(), Ok("65535i16"));
        assert_eq!(value("0b101").as_deref(), Ok("5"));
        assert_eq!(value("0o17u8").as_deref(), Ok("15u8"));
        let max = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
        assert_eq!(value(max).as_deref(), Ok(max));
        assert_eq!(value(&format!("0x{}", "f".repeat(64))).as_deref(), Ok(max));
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(value(&format!("0x1{}", "0".repeat(64))), Err(IntError::TooLarge));
        assert_eq!(value("0x"), Err(IntError::NoDigits));
        assert_eq!(value("0b2"), Err(IntError::BadDigit('2', 2)));
        assert_eq!(value("1u7"), Err(IntError::BadSuffix("u7".into())));
        assert_eq!(value("12abc"), Err(IntError::BadSuffix("abc".into())));
        assert_eq!(value("007"), Err(IntError::LeadingZero));
    }
}
