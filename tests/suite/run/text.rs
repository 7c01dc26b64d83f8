//! Values and outcomes as scripts write them.
//!
//! In: JSON values of the ABI, or words of a script. Out: `ok 5`, `error Empty(n: 1)`, `@bob`, and back.
//! Holds always: an address of an account prints as its name; numbers print as digits without quotes.

use deed_abi::Named;
use deed_runtime::Address;
use serde_json::Value as Json;

/// The accounts that a script may name.
const ACCOUNTS: [&str; 5] = ["alice", "bob", "carol", "dave", "erin"];

/// The address of an account.
pub(crate) fn account(name: &str) -> Result<Address, String> {
    if !ACCOUNTS.contains(&name) {
        return Err(format!("`{name}` is no account; there are {}", ACCOUNTS.join(", ")));
    }
    Ok(deed_ledger::account(name))
}

/// An argument: JSON, in which `@bob` stands for an address.
pub(crate) fn argument(word: &str) -> Result<Json, String> {
    let mut json = String::new();
    let mut rest = word;
    while let Some((before, after)) = rest.split_once('@') {
        let end = after.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(after.len());
        let (name, behind) = after.split_at(end);
        json += &format!("{before}\"{}\"", account(name)?);
        rest = behind;
    }
    json += rest;
    serde_json::from_str(&json).map_err(|error| format!("`{word}`: {error}"))
}

/// A value as a script writes it.
pub(crate) fn value(json: &Json) -> String {
    match json {
        Json::String(text) => {
            let name = ACCOUNTS
                .iter()
                .find(|name| account(name).is_ok_and(|address| address.to_string() == *text));
            let digits = text.strip_prefix('-').unwrap_or(text);
            let number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            match name {
                Some(name) => format!("@{name}"),
                None if number => text.clone(),
                None => json.to_string(),
            }
        }
        Json::Array(items) => {
            format!("[{}]", items.iter().map(value).collect::<Vec<_>>().join(", "))
        }
        Json::Object(fields) => {
            let fields = fields.iter().map(|(name, json)| format!("{name}: {}", value(json)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// An error or event with its fields, without the name of its module.
pub(crate) fn named(named: &Named) -> String {
    let name = named.name.rsplit('.').next().unwrap_or_default();
    let fields: Vec<String> =
        named.fields.iter().map(|(name, json)| format!("{name}: {}", value(json))).collect();
    format!("{name}({})", fields.join(", "))
}

#[test]
fn values_print_as_scripts_write_them() {
    let bob = argument("@bob").unwrap();
    assert_eq!(value(&bob), "@bob");
    assert_eq!(value(&Json::from("-12")), "-12");
    assert_eq!(value(&Json::from("text")), "\"text\"");
    assert_eq!(value(&Json::from(vec![1, 2])), "[1, 2]");
    assert!(argument("@nobody").is_err() && argument("x").is_err());
    let event = Named { name: "a.b.Paid".into(), fields: vec![("to".into(), bob)] };
    assert_eq!(named(&event), "Paid(to: @bob)");
}
