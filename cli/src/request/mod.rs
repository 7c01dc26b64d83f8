//! Calls as the command line writes them: `transfer(@bob, 7) from alice gas 5000`.
//!
//! In: the text of a `--call` or `--init`. Out: [`Request`], or a diagnostic that marks the place.
//! Holds always: what is not understood is refused; no number loses a digit.
//!
//! ```text
//! call   = [ contract "." ] name arguments suffix*
//! deploy = contract arguments suffix*
//! init   = [ arguments | values ] suffix*
//! arguments = "(" values ")"        values = [ value { "," value } ]
//! value  = JSON, in which @name is the address of an account
//! suffix = "from" who | "value" amount | "gas" amount
//! ```
//!
//! A script's steps are calls and deployments of this kind, and read from its file.

pub(crate) mod account;
mod reader;
pub(crate) mod value;

use deed_base::{Diagnostic, SourceFile, Span};
use deed_runtime::Address;
use serde_json::Value;

use account::Names;
pub(crate) use reader::Reader;

/// A call, not yet compared with any contract.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Request {
    /// Whether it is the deployment rather than a call.
    pub(crate) deploys: bool,
    /// The contract, where it is named.
    pub(crate) contract: Option<String>,
    /// The function's name and its place; of a deployment, `init` and the whole text.
    pub(crate) function: String,
    pub(crate) place: Span,
    pub(crate) args: Vec<Argument>,
    /// The end of the arguments, where a missing one belongs.
    pub(crate) args_end: Span,
    pub(crate) suffixes: Suffixes,
    /// The accounts that it names.
    pub(crate) accounts: Vec<String>,
}
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Argument {
    pub(crate) value: Value,
    pub(crate) place: Span,
}

/// What stands behind the arguments.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Suffixes {
    pub(crate) from: Option<Address>,
    /// Coins sent along, with the place, since not every function takes them.
    pub(crate) value: Option<(u128, Span)>,
    pub(crate) gas: Option<u64>,
}

/// Reads the text of a `--call`.
pub(crate) fn call(text: &SourceFile, names: &dyn Names) -> Result<Request, Box<Diagnostic>> {
    let mut reader = Reader::new(text, names);
    let request = call_at(&mut reader)?;
    finish(&reader)?;
    Ok(request)
}

/// Reads a call where a reader stands, up to an arrow or the end.
pub(crate) fn call_at(reader: &mut Reader<'_>) -> Result<Request, Box<Diagnostic>> {
    let (mut function, mut place) = reader.name("a function's name")?;
    let mut contract = None;
    if reader.eat('.') {
        contract = Some(function);
        (function, place) = reader.name("a function's name")?;
    }
    reader.expect('(', "after the function's name")?;
    let request = Request { contract, function, ..rest(reader, Some(')'))? };
    Ok(Request { place, ..request })
}

/// Reads the text of a `--deploy`.
pub(crate) fn deploy(text: &SourceFile, names: &dyn Names) -> Result<Request, Box<Diagnostic>> {
    let mut reader = Reader::new(text, names);
    let request = deploy_at(&mut reader)?;
    finish(&reader)?;
    Ok(request)
}

/// Reads a deployment where a reader stands, up to an arrow or the end.
pub(crate) fn deploy_at(reader: &mut Reader<'_>) -> Result<Request, Box<Diagnostic>> {
    let (contract, place) = reader.name("a contract's name")?;
    reader.expect('(', "after the contract's name")?;
    let request = rest(reader, Some(')'))?;
    Ok(Request { deploys: true, contract: Some(contract), place, ..request })
}

/// Reads the text of an `--init`; the empty text is a call without arguments.
pub(crate) fn init(text: &SourceFile, names: &dyn Names) -> Result<Request, Box<Diagnostic>> {
    let mut reader = Reader::new(text, names);
    let close = reader.eat('(').then_some(')');
    let request = rest(&mut reader, close)?;
    finish(&reader)?;
    Ok(Request { deploys: true, place: text.span(), ..request })
}

/// Reads one value that stands alone.
pub(crate) fn value(text: &SourceFile, names: &dyn Names) -> Result<Argument, Box<Diagnostic>> {
    let mut reader = Reader::new(text, names);
    let value = value::read(&mut reader)?;
    match reader.at_end() {
        true => Ok(value),
        false => {
            let help = "write one JSON value, or `@bob` for an address";
            Err(reader.error(reader.here(), "the value ends before this", help))
        }
    }
}

/// Nothing is expected of what stands on a command line.
fn finish(reader: &Reader<'_>) -> Result<(), Box<Diagnostic>> {
    match reader.at_end() {
        true => Ok(()),
        false => {
            let help = "expectations stand in a script: `deed run --script FILE`";
            Err(reader.error(reader.here(), "the call ends before this", help))
        }
    }
}

/// What stands behind a name: arguments and suffixes.
fn rest(reader: &mut Reader<'_>, close: Option<char>) -> Result<Request, Box<Diagnostic>> {
    let args = arguments(reader, close)?;
    let args_end = reader.last();
    let suffixes = suffixes(reader)?;
    let accounts = std::mem::take(&mut reader.accounts);
    let (function, place) = ("init".to_owned(), args_end);
    let (deploys, contract) = (false, None);
    Ok(Request { deploys, contract, function, place, args, args_end, suffixes, accounts })
}

/// Reads values up to `close`, or up to a word or the end where nothing closes them.
fn arguments(
    reader: &mut Reader<'_>,
    close: Option<char>,
) -> Result<Vec<Argument>, Box<Diagnostic>> {
    let mut args = Vec::new();
    loop {
        let ended = match close {
            Some(close) => reader.eat(close),
            None => reader.at_end() || reader.at_letter() && args.is_empty() && !at_json(reader),
        };
        if ended {
            return Ok(args);
        }
        args.push(value::read(reader)?);
        if reader.eat(',') {
            continue;
        }
        match close {
            None => return Ok(args),
            Some(close) => {
                reader.expect(close, "after an argument, or `,` and another one")?;
                return Ok(args);
            }
        }
    }
}

/// Whether one of JSON's three words stands here.
fn at_json(reader: &Reader<'_>) -> bool {
    ["true", "false", "null"].iter().any(|word| reader.rest().starts_with(word))
}

fn suffixes(reader: &mut Reader<'_>) -> Result<Suffixes, Box<Diagnostic>> {
    let mut found = Suffixes::default();
    while !reader.at_end() && !reader.at_arrow() {
        let (word, place) = reader.name("`from`, `value` or `gas`")?;
        let repeated = match word.as_str() {
            "from" => found.from.replace(reader.account()?).is_some(),
            "value" => found.value.replace(reader.number(u128::MAX)?).is_some(),
            "gas" => found.gas.replace(reader.number(u64::MAX.into())?.0).is_some(),
            _ => {
                let message = format!("`{word}` says nothing here");
                return Err(reader.error(place, message, "write `from`, `value` or `gas`"));
            }
        };
        if repeated {
            let message = format!("`{word}` stands here twice");
            return Err(reader.error(place, message, "remove one of them"));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
