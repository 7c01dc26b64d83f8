//! Numbers with digits behind a point, as text.
//!
//! Holds always: what [`text`] writes [`parse`] reads; nothing is rounded.

use deed_bytecode::Int;
use deed_bytecode::int::BadInt;

/// `12.50` of 1250 and 2.
pub(super) fn text(value: Int, places: u8) -> String {
    let (digits, places) = (value.to_string(), usize::from(places));
    if places == 0 {
        return digits;
    }
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", digits.as_str()),
    };
    let digits = format!("{digits:0>width$}", width = places + 1);
    let (whole, part) = digits.split_at(digits.len() - places);
    format!("{sign}{whole}.{part}")
}

/// 1250 of `12.5` and 2. A point has digits on both sides, and no more behind it than `places`.
pub(super) fn parse(text: &str, places: u8) -> Result<Int, BadInt> {
    let (whole, part) = match text.split_once('.') {
        Some((whole, part)) if !part.is_empty() => (whole, part),
        Some(_) => return Err(BadInt::NotDecimal),
        None => (text, ""),
    };
    let width = usize::from(places);
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = whole.strip_prefix('-').unwrap_or(whole);
    if part.len() > width || !digits(part) || unsigned.is_empty() || !digits(unsigned) {
        return Err(BadInt::NotDecimal);
    }
    format!("{whole}{part:0<width$}").parse()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_go_both_ways() {
        for (value, places, written) in
            [(1250, 2, "12.50"), (-5, 2, "-0.05"), (0, 3, "0.000"), (7, 0, "7"), (-100, 2, "-1.00")]
        {
            let value = Int::from(i64::from(value));
            assert_eq!(text(value, places), written);
            assert_eq!(parse(written, places), Ok(value));
        }
        assert_eq!(parse("12.5", 2), Ok(Int::from(1250u64)));
        assert_eq!(parse("12", 2), Ok(Int::from(1200u64)));
    }

    #[test]
    fn what_is_no_number_or_too_fine_is_refused() {
        for wrong in
            ["", ".", "1.", ".5", "1.234", "1.2.3", "-", "-.5", "1,5", "+1", "1.-5", " 1", "--1"]
        {
            assert_eq!(parse(wrong, 2), Err(BadInt::NotDecimal), "{wrong}");
        }
        assert_eq!(parse(&"9".repeat(90), 2), Err(BadInt::TooLarge));
    }
}
