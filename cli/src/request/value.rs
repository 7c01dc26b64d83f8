//! Arguments: JSON, and `@name` for an address.
//!
//! In: a reader that stands before a value. Out: the value and its place.
//! Holds always: integers that JSON readers would round are kept as text, digit by digit;
//! nesting is bounded by the JSON reader.

use deed_base::Diagnostic;

use super::{Argument, reader::Reader};

/// Reads one value.
pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Argument, Box<Diagnostic>> {
    let length = extent(reader)?;
    let (text, place) = reader.take(length);
    let json = as_json(reader, text).map_err(|word| refuse_word(reader, place, &word))?;
    match serde_json::from_str(&json) {
        Ok(value) => Ok(Argument { value, place }),
        Err(error) => {
            let words = error.to_string();
            let words = words.split(" at line").next().unwrap_or_default();
            let message = format!("this is no JSON value: {words}");
            Err(reader.error(place, message, "`deed explain E0804` shows how values are written"))
        }
    }
}

/// How many bytes the value at the reader has: a string, a bracketed value, or a word.
fn extent(reader: &Reader<'_>) -> Result<usize, Box<Diagnostic>> {
    let rest = reader.rest();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(piece) = piece(&rest[at..]) {
        match piece.chars().next() {
            Some('[' | '{') => depth += 1,
            Some(']' | '}') if depth > 0 => depth -= 1,
            Some(',' | ')' | ']' | '}') if depth == 0 => break,
            _ => {}
        }
        at += piece.len();
        if depth == 0 {
            break;
        }
    }
    if at == 0 {
        let help = "write a JSON value, or `@bob` for an address";
        return Err(reader.error(reader.here(), "a value should stand here", help));
    }
    Ok(at)
}

/// The value with accounts and long integers as JSON strings, or the word that means nothing.
fn as_json(reader: &mut Reader<'_>, text: &str) -> Result<String, String> {
    let mut json = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(piece) = piece(rest) {
        rest = &rest[piece.len()..];
        match piece.strip_prefix('@') {
            Some(name) if is_name(name) => {
                let address = reader.known(name).ok_or_else(|| piece.to_owned())?;
                json.push_str(&format!("\"{address}\""));
            }
            Some(_) => return Err(piece.to_owned()),
            None if is_long_integer(piece) => json.push_str(&format!("\"{piece}\"")),
            None if is_unknown_word(piece) => return Err(piece.to_owned()),
            None => json.push_str(piece),
        }
    }
    Ok(json)
}

/// The next string, bracket, comma, colon, run of blanks, or word.
fn piece(text: &str) -> Option<&str> {
    const ALONE: &str = "()[]{},:";
    let first = text.chars().next()?;
    let length = if first == '"' {
        string_length(text)
    } else if ALONE.contains(first) {
        first.len_utf8()
    } else if first.is_whitespace() {
        text.len() - text.trim_start().len()
    } else {
        let ends = |c: char| c.is_whitespace() || c == '"' || ALONE.contains(c);
        text.find(ends).unwrap_or(text.len())
    };
    Some(&text[..length])
}

/// The length of the string that `text` begins with; one that nothing closes takes the rest.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'"' if !escaped => return at + 1,
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

/// Numbers of up to 15 digits are exact everywhere.
fn is_long_integer(word: &str) -> bool {
    let digits = word.strip_prefix('-').unwrap_or(word);
    digits.len() > 15 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_unknown_word(word: &str) -> bool {
    let begins = word.starts_with(|c: char| c.is_alphabetic() || c == '_');
    begins && !matches!(word, "true" | "false" | "null") || word.starts_with("0x")
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn refuse_word(reader: &Reader<'_>, place: deed_base::Span, word: &str) -> Box<Diagnostic> {
    if let Some(name) = word.strip_prefix('@').filter(|name| is_name(name)) {
        return reader.nobody(place, name);
    }
    let help = if word.starts_with('@') {
        "an account is written `@` and its name, such as `@bob`".to_owned()
    } else if word.starts_with("0x") {
        format!("bytes and addresses stand in quotes: \"{word}\"")
    } else {
        format!("a text is written \"{word}\", the address of an account `@{word}`")
    };
    reader.error(place, format!("`{word}` is no value"), help)
}
