//! A script's file: steps, and what is expected of them.
//!
//! In: its text. Out: the steps in order, each read or with what is wrong with it.
//! Holds always: a step begins where a line does; lines that are indented or begin with a closing
//! bracket go on with it.
//!
//! ```text
//! # a remark
//! at 2024-01-08T09:00:00+08:00
//! deploy Cash(@bank) from bank
//! transfer(@bob, 7) from alice
//!     => ok true
//!     => event Transferred(to: @bob, ..)
//! transfer(@bob, 9000) from alice => error Insufficient
//! ```

use std::ops::Range;

use deed_abi::AbiType;
use deed_base::{Diagnostic, SourceFile};
use serde_json::Value;

use super::{Call, Clock, Expectation, Read, expect};
use crate::request::account::Names;
use crate::request::{Reader, call_at, deploy_at};

/// Reads all steps.
pub(super) fn steps(file: &SourceFile, names: &dyn Names) -> Vec<Result<Read, Box<Diagnostic>>> {
    let step = |range| step(&mut Reader::of_step(file, range, names), file);
    ranges(&file.text).into_iter().map(step).collect()
}

/// Where each step lies.
fn ranges(text: &str) -> Vec<Range<usize>> {
    let mut starts = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let goes_on = |c: char| c.is_whitespace() || matches!(c, '#' | ')' | ']' | '}');
        let begins = !line.starts_with(goes_on);
        // Words before the first step belong to one, so that they are not passed over.
        let stray = starts.is_empty() && !line.trim().is_empty() && !line.trim().starts_with('#');
        if begins || stray {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

fn step(reader: &mut Reader<'_>, file: &SourceFile) -> Result<Read, Box<Diagnostic>> {
    if reader.eat_word("at") {
        return clock(reader).map(Read::Clock);
    }
    let start = reader.here();
    let request = match reader.eat_word("deploy") {
        true => deploy_at(reader)?,
        false => call_at(reader)?,
    };
    let text = file.slice(request.place.to(reader.last())).trim();
    let text = match &request.contract {
        Some(contract) if !request.deploys => format!("{contract}.{text}"),
        _ => text.to_owned(),
    };
    let text = on_one_line(&text);
    let mut expected = Vec::new();
    while reader.eat_arrow() {
        expected.push(expect::expectation(reader)?);
    }
    if expected.iter().all(Expectation::is_of_event) {
        expected.insert(0, Expectation::fine(start));
    }
    Ok(Read::Call(Box::new(Call { request, text, expected: Some(expected) })))
}

/// A call that was written over several lines.
fn on_one_line(text: &str) -> String {
    let mut line = String::new();
    for part in text.lines().map(str::trim) {
        if !line.is_empty()
            && !line.ends_with(['(', '[', '{'])
            && !part.starts_with([')', ']', '}'])
        {
            line.push(' ');
        }
        line.push_str(part);
    }
    line
}

/// The time behind `at`.
fn clock(reader: &mut Reader<'_>) -> Result<Clock, Box<Diagnostic>> {
    let (word, place) = reader.until_blank();
    let read = || {
        let value = deed_abi::from_json(&[], &AbiType::Time, &Value::String(word.to_owned()));
        let bytes = deed_abi::encode(&[], &AbiType::Time, &value.ok()?).ok()?;
        Some(u64::from_le_bytes(bytes.try_into().ok()?))
    };
    let help = "write it as in `at 2024-01-08T09:00:00+08:00`, with the distance from UTC, or `Z`";
    match read() {
        Some(time) if reader.at_end() => Ok(Clock { time, place }),
        Some(_) => Err(reader.error(reader.here(), "the time ends before this", help)),
        None => Err(reader.error(place, "a time should stand here", help)),
    }
}
