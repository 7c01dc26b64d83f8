//! The state as it was at a height that is past.
//!
//! In: a store with the entries of today and, for every change since, what was there before. Out: the
//! entries of that day.
//!
//! An old value lies in [`Table::History`] under contract, key and the height at which it was replaced;
//! the key is escaped as ordered forms of `bytes` are (`00` as `00 ff`, then `00 00`), so that rows order as
//! entries do. The value of a day is that of the first replacement after it or, where there is none,
//! today's. Reading the present costs nothing for it; reading the past costs two seeks an entry.

use deed_runtime::{Address, Entry, Hash};

use super::{Read, Result, entries, entry_key, parsed};
use crate::store::{Batch, Store, Stretch, Table, after_prefix};
use crate::wire::Wire;

/// The state after the block of this height.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Snapshot<'a> {
    pub(crate) store: &'a dyn Store,
    pub(crate) height: u64,
}

/// Notes what an entry was until this height, and that heights from this one on do not need it.
pub(super) fn keep(
    height: u64,
    contract: &Address,
    key: &[u8],
    old: Option<&[u8]>,
    batch: &mut Batch,
) {
    let row = [&prefix(contract, key)[..], &height.to_be_bytes()].concat();
    batch.put(Table::Stale, stale_key(height, HISTORY, &row), []);
    batch.put(Table::History, row, old.map(<[u8]>::to_vec).to_bytes());
}

/// Kinds of rows in [`Table::Stale`].
pub(super) const HISTORY: u8 = 0;
pub(super) const NODE: u8 = 1;

pub(super) fn stale_key(height: u64, kind: u8, row: &[u8]) -> Vec<u8> {
    [&height.to_be_bytes()[..], &[kind], row].concat()
}

/// Removes up to `limit` rows that no height from `oldest` on needs; gives how many there were.
pub(crate) fn prune(
    store: &dyn Store,
    oldest: u64,
    limit: usize,
    batch: &mut Batch,
) -> Result<usize> {
    let end = oldest.saturating_add(1).to_be_bytes();
    let rows = store.range(Table::Stale, Stretch::new(&[], Some(&end)), limit)?;
    for (key, _) in &rows {
        if let Some((kind, row)) = key.get(8..).and_then(<[u8]>::split_first) {
            let table = if *kind == HISTORY { Table::History } else { Table::Nodes };
            batch.remove(table, row);
        }
        batch.remove(Table::Stale, key.as_slice());
    }
    Ok(rows.len())
}

impl Snapshot<'_> {
    /// The key nearest to the open end of a stretch that has or had an entry.
    fn candidate(&self, contract: &Address, stretch: Stretch<'_>) -> Result<Option<Vec<u8>>> {
        let today = entries(self.store, contract, stretch, 1)?.pop().map(|(key, _)| key);
        let past = self.changed(contract, stretch)?;
        Ok(match (today, past) {
            (Some(today), Some(past)) if stretch.backwards => Some(today.max(past)),
            (Some(today), Some(past)) => Some(today.min(past)),
            (today, past) => today.or(past),
        })
    }

    /// The first key in a stretch that has ever changed.
    fn changed(&self, contract: &Address, stretch: Stretch<'_>) -> Result<Option<Vec<u8>>> {
        let start = prefix(contract, stretch.start);
        let end = match stretch.end {
            Some(end) => Some(prefix(contract, end)),
            None => after_prefix(&contract.0),
        };
        let stretch = Stretch { start: &start, end: end.as_deref(), backwards: stretch.backwards };
        let row = self.store.range(Table::History, stretch, 1)?.pop();
        Ok(row.map(|(row, _)| unescape(&row[contract.0.len()..])))
    }
}

impl Read for Snapshot<'_> {
    fn get(&self, contract: &Address, key: &[u8]) -> Result<Option<Vec<u8>>> {
        let prefix = prefix(contract, key);
        let start = [&prefix[..], &self.height.saturating_add(1).to_be_bytes()].concat();
        let end = after_prefix(&prefix);
        let stretch = Stretch::new(&start, end.as_deref());
        match self.store.range(Table::History, stretch, 1)?.pop() {
            Some((_, old)) => parsed(&old),
            None => self.store.get(Table::Entries, &entry_key(contract, key)),
        }
    }

    fn range(&self, contract: &Address, stretch: Stretch<'_>, limit: usize) -> Result<Vec<Entry>> {
        let mut found = Vec::new();
        let (mut start, mut end) = (stretch.start.to_vec(), stretch.end.map(<[u8]>::to_vec));
        while found.len() < limit {
            let left = Stretch { start: &start, end: end.as_deref(), ..stretch };
            if left.is_empty() {
                break;
            }
            let Some(key) = self.candidate(contract, left)? else { break };
            if stretch.backwards {
                end = Some(key.clone());
            } else {
                start = [&key[..], &[0]].concat();
            }
            if let Some(value) = self.get(contract, &key)? {
                found.push((key, value));
            }
        }
        Ok(found)
    }

    fn code(&self, hash: &Hash) -> Result<Option<Vec<u8>>> {
        self.store.get(Table::Code, &hash.0)
    }
}

/// What the rows of an entry begin with.
fn prefix(contract: &Address, key: &[u8]) -> Vec<u8> {
    let mut row = contract.0.to_vec();
    for byte in key {
        row.push(*byte);
        if *byte == 0 {
            row.push(0xff);
        }
    }
    row.extend([0, 0]);
    row
}

/// The key that an escaped form begins with.
fn unescape(row: &[u8]) -> Vec<u8> {
    let mut key = Vec::new();
    let mut bytes = row.iter();
    while let Some(byte) = bytes.next() {
        if *byte == 0 && bytes.next() != Some(&0xff) {
            break;
        }
        key.push(*byte);
    }
    key
}
