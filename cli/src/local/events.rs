//! Events of a ledger as people and scripts are told of them.
//!
//! In: rows of `deed events`. Out: a line, or one JSON object.

use deed_abi::{Abi, Named};
use deed_ledger::EventRow;
use serde::Serialize;
use serde_json::Value;

use crate::execution::{self, Contracts, EventReport, list};

/// One event, as one JSON object.
#[derive(Serialize)]
pub(crate) struct ShownEvent {
    height: u64,
    /// In seconds since 1970 UTC.
    time: u64,
    tx: String,
    index: u32,
    log: u32,
    contract: String,
    name: String,
    fields: Value,
}

impl ShownEvent {
    pub(crate) fn new(contracts: &Contracts, row: &EventRow) -> ShownEvent {
        let EventReport { name, fields } = named(contracts, row);
        ShownEvent {
            height: row.position.height,
            time: row.time,
            tx: row.tx_hash.to_string(),
            index: row.position.index,
            log: row.position.log,
            contract: row.event.contract.to_string(),
            fields: Named { name: String::new(), fields }.object(),
            name,
        }
    }

    /// One line, the fields in their order.
    pub(crate) fn line(contracts: &Contracts, row: &EventRow) -> String {
        let event = named(contracts, row);
        let height = row.position.height;
        format!("{height:<6} {}  {}({})", row.event.contract, event.name, list(&event.fields))
    }
}

fn named(contracts: &Contracts, row: &EventRow) -> EventReport {
    execution::event(&Abi::default(), contracts, &row.event)
}
