//! Reports for people.
//!
//! In: a report and the names of the accounts in play. Out: a few lines.
//!
//! ```text
//! transfer(@alice, 100) from bank
//!   ok        gas 1240
//!   event     Transferred(from: @bank, to: @alice, amount: 100)
//! ```

use std::collections::BTreeMap;

use serde_json::Value;

use super::report::{ErrorReport, Report, TrapReport};

/// Names by the text of their address.
pub(crate) type Book = BTreeMap<String, String>;

/// The lines of one report; with the entries read and written if `trace`.
pub(crate) fn describe(report: &Report, book: &Book, trace: bool) -> String {
    let mut lines = vec![verdict(report)];
    let events = report.events.iter();
    lines.extend(events.map(|event| format!("event     {}({})", event.name, list(&event.fields))));
    if trace {
        lines.extend(report.trace.iter().map(|line| format!("state     {line}")));
        lines.push(format!("root      {}", report.state_root));
    }
    let profile = report.gas_profile.iter();
    lines.extend(profile.flat_map(|profile| profile.table()));
    let body: String = lines.iter().map(|line| format!("  {line}\n")).collect();
    format!("{}\n{}", report.call, with_names(&body, book))
}

/// How a transaction ended, as far as people are told.
pub(crate) struct Ending<'a> {
    pub(crate) status: &'a str,
    pub(crate) result: &'a Value,
    pub(crate) error: Option<&'a ErrorReport>,
    pub(crate) trap: Option<&'a TrapReport>,
    pub(crate) gas_used: &'a str,
    pub(crate) gas_limit: &'a str,
}

/// The first line: what became of it, and what it cost.
fn verdict(report: &Report) -> String {
    let Report { status, result, gas_used, gas_limit, .. } = report;
    let (error, trap) = (report.error.as_ref(), report.trap.as_ref());
    ending(&Ending { status, result, error, trap, gas_used, gas_limit })
}

/// What became of a transaction, and what it cost.
pub(crate) fn ending(ending: &Ending<'_>) -> String {
    let gas = format!("gas {}", ending.gas_used);
    match (ending.error, ending.trap) {
        (Some(error), _) => {
            format!("error     {}({})  {gas}; undone", error.name, list(&error.data))
        }
        (_, Some(trap)) => {
            let at = trap.at.as_ref().map(|at| format!(" at {at}")).unwrap_or_default();
            let within = trap.inlined.iter();
            let within = within.map(|it| format!(", in {} called at {}", it.function, it.called));
            let within: String = within.collect();
            let why = trap.message.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
            format!("trap      {}{at}{within}{why}  {gas}; undone", trap.kind)
        }
        _ if ending.status == "ok" && ending.result.is_null() => format!("ok        {gas}"),
        _ if ending.status == "ok" => format!("ok        {}  {gas}", plain(ending.result)),
        _ => format!("out of gas at {}; undone", ending.gas_limit),
    }
}

/// `to: @alice, amount: 100`.
pub(crate) fn list(fields: &[(String, Value)]) -> String {
    let fields = fields.iter().map(|(name, value)| format!("{name}: {}", plain(value)));
    fields.collect::<Vec<_>>().join(", ")
}

/// A value without the quotes that JSON needs around long integers and bytes.
pub(crate) fn plain(value: &Value) -> String {
    let bare = |text: &&str| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) || text.starts_with("0x")
    };
    match value.as_str().filter(bare) {
        Some(text) => text.to_owned(),
        None => value.to_string(),
    }
}

/// Writes `@bob` for the address of `bob`.
pub(crate) fn with_names(text: &str, book: &Book) -> String {
    book.iter()
        .fold(text.to_owned(), |text, (address, name)| text.replace(address, &format!("@{name}")))
}
