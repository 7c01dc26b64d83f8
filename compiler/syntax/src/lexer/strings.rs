//! Strings and byte strings.
//!
//! In: the text after an opening quote. Out: where the string ends and what is wrong with it, and, later,
//! its decoded value. Holds always: a string ends on its line.
//!
//! Escapes: `\n \r \t \0 \\ \" \{ \}`, `\x41` (a byte in byte strings, ASCII in text) and
//! `\u{5951}`.

use deed_base::{Diagnostic, Span, catalogue};

use crate::reporter::Reporter;

/// Why a scan stopped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum StringEnd {
    Quote,
    /// The `{` of an interpolation.
    Brace,
    /// The line ended first.
    Missing,
}

/// What a scan found. Lengths and places count from its start.
#[derive(Debug)]
pub(super) struct Scan {
    /// Bytes up to and including what ended it.
    pub(super) len: usize,
    /// Bytes of the text itself.
    pub(super) body_len: usize,
    pub(super) end: StringEnd,
    /// Escapes that mean nothing.
    pub(super) bad_escapes: Vec<(usize, usize)>,
}

/// Finds the end of a string.
pub(super) fn scan_string(rest: &str, interpolate: bool) -> Scan {
    let mut bad_escapes = Vec::new();
    let mut at = 0;
    let bytes = rest.as_bytes();
    let (end, closer) = loop {
        match bytes.get(at) {
            None | Some(b'\n' | b'\r') => break (StringEnd::Missing, 0),
            Some(b'"') => break (StringEnd::Quote, 1),
            Some(b'{') if interpolate => break (StringEnd::Brace, 1),
            Some(b'\\') => match decode_escape(&rest[at..], !interpolate) {
                Ok((_, len)) => at += len,
                Err(len) => {
                    bad_escapes.push((at, at + len));
                    at += len;
                }
            },
            Some(_) => at += 1,
        }
    };
    Scan { len: at + closer, body_len: at, end, bad_escapes }
}

/// Reports what a scan found wrong; `base` is where it began, `span` the whole token.
pub(super) fn report(scan: &Scan, span: Span, base: u32, diagnostics: &mut Reporter<'_>) {
    for (start, end) in &scan.bad_escapes {
        let place = Span::new(span.source, base + *start as u32, base + *end as u32);
        diagnostics
            .push(Diagnostic::new(catalogue::BAD_ESCAPE, place, "this escape means nothing").help(
            "known are `\\n` `\\r` `\\t` `\\0` `\\\\` `\\\"` `\\{` `\\}` `\\x41` and `\\u{5951}`",
        ));
    }
    if scan.end == StringEnd::Missing {
        diagnostics.push(
            Diagnostic::new(
                catalogue::UNTERMINATED_STRING,
                span,
                "this string does not end on its line",
            )
            .help("close it with `\"`; a line break within a string is written `\\n`")
            .fix("close the string", span.at_end(), "\""),
        );
    }
}

/// Byte strings spell bytes above 127 out.
pub(super) fn report_non_ascii(body: &str, base: u32, span: Span, diagnostics: &mut Reporter<'_>) {
    let Some((at, c)) = body.char_indices().find(|(_, c)| !c.is_ascii()) else { return };
    let start = base + at as u32;
    let place = Span::new(span.source, start, start + c.len_utf8() as u32);
    diagnostics.push(
        Diagnostic::new(catalogue::BAD_BYTE_STRING, place, format!("`{c}` is not one byte"))
            .help("write its bytes as `\\x..`, or use a string and `encode`"),
    );
}

pub(super) fn report_hex(
    scan: &Scan,
    body: &str,
    span: Span,
    base: u32,
    diagnostics: &mut Reporter<'_>,
) {
    if scan.end == StringEnd::Missing {
        report(scan, span, base, diagnostics);
    }
    let digits = body.chars().filter(|c| *c != '_').count();
    let bad = body.char_indices().find(|(_, c)| !c.is_ascii_hexdigit() && *c != '_');
    let (place, message) = match bad {
        Some((at, c)) => {
            let start = base + at as u32;
            let place = Span::new(span.source, start, start + c.len_utf8() as u32);
            (place, format!("`{c}` is not a hexadecimal digit"))
        }
        None if digits % 2 == 1 => (span, "this is half a byte too much".to_owned()),
        None => return,
    };
    diagnostics.push(
        Diagnostic::new(catalogue::BAD_BYTE_STRING, place, message)
            .help("a `hex\"..\"` string has two digits a byte, perhaps with `_` between"),
    );
}

/// Decodes the text between the quotes (or braces) of a string; bad escapes give nothing.
pub(crate) fn decode_text(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut at = 0;
    while let Some(c) = body[at..].chars().next() {
        if c == '\\' {
            match decode_escape(&body[at..], false) {
                Ok((value, len)) => {
                    out.extend(char::from_u32(value));
                    at += len;
                }
                Err(len) => at += len,
            }
        } else {
            out.push(c);
            at += c.len_utf8();
        }
    }
    out
}

/// Decodes a whole `b".."` or `hex".."` token.
pub(crate) fn decode_bytes(token: &str) -> Vec<u8> {
    let Some((prefix, rest)) = token.split_once('"') else { return Vec::new() };
    let body = rest.strip_suffix('"').unwrap_or(rest);
    if prefix == "hex" { decode_hex(body) } else { decode_byte_escapes(body) }
}

fn decode_hex(body: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        body.chars().filter_map(|c| c.to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn decode_byte_escapes(body: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    while let Some(byte) = body.as_bytes().get(at) {
        if *byte != b'\\' {
            out.push(*byte);
            at += 1;
            continue;
        }
        match decode_escape(&body[at..], true) {
            Ok((value, len)) => {
                out.push(value as u8);
                at += len;
            }
            Err(len) => at += len,
        }
    }
    out
}

/// The value and length of the escape at the start of `text`, or the length of a bad one.
fn decode_escape(text: &str, bytes: bool) -> Result<(u32, usize), usize> {
    let mut chars = text.chars();
    chars.next();
    let Some(c) = chars.next().filter(|c| !matches!(c, '\n' | '\r')) else { return Err(1) };
    let simple = |value: char| Ok((u32::from(value), 2));
    match c {
        'n' => simple('\n'),
        'r' => simple('\r'),
        't' => simple('\t'),
        '0' => simple('\0'),
        '\\' | '"' | '{' | '}' => simple(c),
        'x' => decode_byte_escape(text, bytes),
        'u' if !bytes => decode_unicode_escape(text),
        _ => Err(1 + c.len_utf8()),
    }
}

fn decode_byte_escape(text: &str, bytes: bool) -> Result<(u32, usize), usize> {
    let digits =
        text.get(2..4).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit())).ok_or(2usize)?;
    match u32::from_str_radix(digits, 16) {
        Ok(value) if bytes || value < 128 => Ok((value, 4)),
        _ => Err(4),
    }
}

fn decode_unicode_escape(text: &str) -> Result<(u32, usize), usize> {
    let inner = text[2..].strip_prefix('{').ok_or(2usize)?;
    let count = inner.bytes().take(7).take_while(u8::is_ascii_hexdigit).count();
    if !(1..=6).contains(&count) || inner.as_bytes().get(count) != Some(&b'}') {
        return Err(3);
    }
    let len = 3 + count + 1;
    let value = u32::from_str_radix(&inner[..count], 16).map_err(|_| len)?;
    char::from_u32(value).map(|c| (u32::from(c), len)).ok_or(len)
}
