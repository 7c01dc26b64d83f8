//! Looking events and transactions up.
//!
//! In: filters. Out: pages of rows in the order of the chain, or the other way round.
//!
//! What always holds: a page is bounded, in what it gives and in what is looked at for it; `next` says
//! where to go on. The narrowest index that the filter allows is walked, and what it leads to is
//! compared with the rest of the filter.

use std::ops::RangeInclusive;

use deed_bytecode::push_ordered;
use deed_runtime::{Address, Status};

use super::Ledger;
use super::run::short;
use crate::errors::LedgerError;
use crate::index::{Ending, IndexKey, fields};
use crate::receipt::{EventRow, Receipt, Target, TransactionRow};
use crate::store::{Stretch, Table};
use crate::types::Position;

/// How many rows of an index are looked at for one page.
const LOOKED_AT: usize = 100_000;

/// How many are read at once.
const STEP: usize = 256;

/// Some rows, and where the next ones begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// To be handed in as `after`; `None` where there is nothing more.
    pub next: Option<Position>,
}

/// Which events are meant; all of them by default.
#[derive(Clone, Debug)]
pub struct EventFilter {
    pub contract: Option<Address>,
    /// The event's stable code.
    pub code: Option<[u8; 4]>,
    /// `index` fields by number, with the ordered forms of their values. They need contract and code.
    pub fields: Vec<(u16, Vec<u8>)>,
    pub heights: RangeInclusive<u64>,
    pub newest_first: bool,
    /// Only what comes behind this one.
    pub after: Option<Position>,
    pub limit: usize,
}

/// Which transactions are meant; all of them by default.
#[derive(Clone, Debug)]
pub struct TransactionFilter {
    pub from: Option<Address>,
    pub contract: Option<Address>,
    /// The function called; `init` of deployments.
    pub function: Option<String>,
    pub ending: Option<Ending>,
    /// The code of the error that it ended with.
    pub error: Option<[u8; 4]>,
    pub heights: RangeInclusive<u64>,
    pub newest_first: bool,
    /// Only what comes behind this one.
    pub after: Option<Position>,
    pub limit: usize,
}

impl Default for EventFilter {
    fn default() -> EventFilter {
        EventFilter {
            contract: None,
            code: None,
            fields: Vec::new(),
            heights: 0..=u64::MAX,
            newest_first: false,
            after: None,
            limit: 100,
        }
    }
}

impl Default for TransactionFilter {
    fn default() -> TransactionFilter {
        TransactionFilter {
            from: None,
            contract: None,
            function: None,
            ending: None,
            error: None,
            heights: 0..=u64::MAX,
            newest_first: false,
            after: None,
            limit: 100,
        }
    }
}

/// A walk through one index, or through all receipts.
struct Walk {
    table: Table,
    prefix: Vec<u8>,
    heights: RangeInclusive<u64>,
    newest_first: bool,
    after: Option<Position>,
    limit: usize,
}

impl Ledger {
    /// The events that a filter means.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn events(&self, filter: &EventFilter) -> Result<Page<EventRow>, LedgerError> {
        let key = match (filter.contract, filter.code) {
            (Some(contract), Some(code)) => Some(match filter.fields.first() {
                Some((field, value)) => IndexKey::Field { contract, code, field: *field, value },
                None => IndexKey::Event { contract, code },
            }),
            (Some(contract), None) => Some(IndexKey::Emitter(contract)),
            (None, _) => None,
        };
        let EventFilter { heights, newest_first, after, limit, .. } = filter;
        let walk = Walk::new(key, heights.clone(), *newest_first, *after, *limit);
        self.walk(&walk, |position, receipt| self.event_rows(filter, &walk, position, receipt))
    }

    /// The transactions that a filter means, failed ones included.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn transactions(
        &self,
        filter: &TransactionFilter,
    ) -> Result<Page<TransactionRow>, LedgerError> {
        let key = match (filter.contract, &filter.function, filter.from) {
            (Some(contract), Some(name), _) => Some(IndexKey::Function { contract, name }),
            (_, _, Some(from)) => Some(IndexKey::Sender(from)),
            (Some(contract), None, None) => Some(IndexKey::Contract(contract)),
            (None, _, None) => {
                let outcome = filter.ending.map(IndexKey::Outcome);
                filter.error.map(IndexKey::Thrown).or(outcome)
            }
        };
        let TransactionFilter { heights, newest_first, after, limit, .. } = filter;
        let walk = Walk::new(key, heights.clone(), *newest_first, *after, *limit);
        self.walk(&walk, |position, receipt| {
            if !filter.means(receipt) {
                return Ok(Vec::new());
            }
            let time = self.header(receipt.height)?.time;
            Ok(vec![(position, TransactionRow { time, receipt: receipt.clone() })])
        })
    }

    /// The contract that was deployed last under this name, with that of its module or without.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn deployed(&self, name: &str) -> Result<Option<Address>, LedgerError> {
        let key = Some(IndexKey::Deployed(name));
        let walk = Walk::new(key, 0..=u64::MAX, true, None, 1);
        let page = self.walk(&walk, |position, receipt| {
            let made = receipt.created.iter().rev().map(|created| created.contract);
            let named = |contract: &Address| {
                self.module(contract).is_some_and(|module| {
                    let full = &module.module().name;
                    full == name || short(full) == name
                })
            };
            let found = made.chain([receipt.contract]).find(named);
            Ok(found.map(|contract| (position, contract)).into_iter().collect())
        })?;
        Ok(page.rows.first().copied())
    }

    /// What an `index` field of an event is looked for by: its number and the ordered form of its value,
    /// which comes in its canonical encoding. `None` if the contract has no such field.
    pub fn field(
        &self,
        contract: &Address,
        code: [u8; 4],
        field: u16,
        value: &[u8],
    ) -> Option<(u16, Vec<u8>)> {
        let module = self.module(contract)?;
        let module = module.module();
        let event = module.events.iter().find(|event| event.code == code)?;
        let def = event.fields.get(usize::from(field)).filter(|def| def.index)?;
        let mut ordered = Vec::new();
        push_ordered(&module.types, def.ty, value, &mut ordered)?.is_empty().then_some(())?;
        Some((field, ordered))
    }

    /// The rows of one receipt: the event at a position of an index, or of a walk through receipts all.
    fn event_rows(
        &self,
        filter: &EventFilter,
        walk: &Walk,
        position: Position,
        receipt: &Receipt,
    ) -> Result<Vec<(Position, EventRow)>, LedgerError> {
        let mut rows = Vec::new();
        for (log, event) in (0..).zip(&receipt.events) {
            let here = Position { log, ..position };
            let sought = walk.table == Table::Receipts || here == position;
            let contract = filter.contract.is_none_or(|contract| contract == event.contract);
            let code = filter.code.is_none_or(|code| code == event.code);
            if !(sought && contract && code) {
                continue;
            }
            if !filter.fields.is_empty() {
                let module = self.module(&event.contract);
                let values = module.map(|module| fields(&module, event)).unwrap_or_default();
                if !filter.fields.iter().all(|field| values.contains(field)) {
                    continue;
                }
            }
            let (time, tx_hash) = (self.header(receipt.height)?.time, receipt.tx_hash);
            rows.push((here, EventRow { position: here, time, tx_hash, event: event.clone() }));
        }
        if walk.newest_first {
            rows.reverse();
        }
        Ok(rows)
    }

    /// Walks until a page is full; `rows_of` gives the rows of a receipt, with their positions.
    fn walk<T>(
        &self,
        walk: &Walk,
        rows_of: impl Fn(Position, &Receipt) -> Result<Vec<(Position, T)>, LedgerError>,
    ) -> Result<Page<T>, LedgerError> {
        let (mut rows, mut next, mut last) = (Vec::new(), None, None);
        let (mut start, mut end) = walk.bounds();
        for _ in 0..LOOKED_AT / STEP {
            let stretch = Stretch::new(&start, Some(&end));
            let stretch = if walk.newest_first { stretch.backwards() } else { stretch };
            let found = self.store.range(walk.table, stretch, STEP)?;
            for position in found.iter().filter_map(|(key, _)| Position::from_key(key)) {
                let Some(receipt) = self.receipt(position)? else { continue };
                for (at, row) in rows_of(position, &receipt)? {
                    if !walk.is_behind(at) {
                        continue;
                    }
                    if rows.len() == walk.limit {
                        return Ok(Page { rows, next });
                    }
                    next = Some(at);
                    rows.push(row);
                }
                last = Some(walk.end_of(position));
            }
            match found.into_iter().nth(STEP - 1) {
                Some((key, _)) if walk.newest_first => end = key,
                Some((key, _)) => start = [&key[..], &[0]].concat(),
                None => return Ok(Page { rows, next: None }),
            }
        }
        Ok(Page { rows, next: last })
    }
}

impl Walk {
    fn new(
        key: Option<IndexKey<'_>>,
        heights: RangeInclusive<u64>,
        newest_first: bool,
        after: Option<Position>,
        limit: usize,
    ) -> Walk {
        let table = if key.is_some() { Table::Index } else { Table::Receipts };
        let prefix = key.map(|key| key.prefix()).unwrap_or_default();
        Walk { table, prefix, heights, newest_first, after, limit }
    }

    /// The first key, and the first behind the last one. Of a walk through receipts, the one in which
    /// the page before has ended is looked at again.
    fn bounds(&self) -> (Vec<u8>, Vec<u8>) {
        let key = |position: Position| [&self.prefix[..], &position.to_key()].concat();
        let at = |height| key(Position { height, index: 0, log: 0 });
        let start = at(*self.heights.start());
        let end = match self.heights.end().checked_add(1) {
            Some(end) => at(end),
            None => [&self.prefix[..], &[0xff; 17]].concat(),
        };
        let Some(after) = self.after else { return (start, end) };
        let again = match self.table {
            Table::Receipts => Position { log: 0, ..after },
            _ => after,
        };
        match self.newest_first {
            true => (start, end.min([&key(again)[..], &[0]].concat())),
            false => (start.max(key(again)), end),
        }
    }

    /// Whether a position comes behind `after`.
    fn is_behind(&self, position: Position) -> bool {
        match self.after {
            Some(after) if self.newest_first => position < after,
            Some(after) => position > after,
            None => true,
        }
    }

    /// The position behind which nothing of a row that has been looked at stands.
    fn end_of(&self, position: Position) -> Position {
        match self.table {
            Table::Receipts if !self.newest_first => Position { log: u32::MAX, ..position },
            _ => position,
        }
    }
}

impl TransactionFilter {
    fn means(&self, receipt: &Receipt) -> bool {
        let name = match &receipt.target {
            Target::Deploy => "init",
            Target::Call(function) => function,
        };
        let error = match &receipt.status {
            Status::Error(thrown) => Some(thrown.code),
            _ => None,
        };
        self.from.is_none_or(|from| from == receipt.from)
            && self.contract.is_none_or(|contract| contract == receipt.contract)
            && self.function.as_deref().is_none_or(|function| function == name)
            && self.ending.is_none_or(|ending| ending == Ending::of(&receipt.status))
            && (self.error.is_none() || self.error == error)
    }
}
