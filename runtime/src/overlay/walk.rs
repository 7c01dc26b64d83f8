//! Walks through the entries of a contract in the order of their keys.
//!
//! In: where a walk stands and where it ends. Out: the next entry that is there now, whether the
//! chain has it or this call wrote it. The chain is asked for one entry at a time, and only where
//! no earlier walk has looked.
//!
//! What always holds: stretches of keys that walks have covered are known by their ends, are
//! disjoint and do not touch; each committed entry in one has a cell. So a walk in a known stretch
//! asks the cells alone, and the stretches with the keys found in them are what the call's outcome
//! depends on: another entry in one would have been another run. From the first walk on, the keys
//! of entries that are there now are kept in order, so removed ones cost nothing to pass.

use std::collections::BTreeMap;
use std::ops::Bound::{self, Excluded, Included, Unbounded};

use deed_bytecode::Type;

use super::{Cell, CellId, Overlay, entry_bytes};
use crate::bytes::Bytes;
use crate::call::RangeRead;
use crate::heap::Arena;
use crate::host::{Entry, Host};
use crate::interp::Stop;
use crate::value::Address;

/// What is known of the order of entries.
#[derive(Default)]
pub(super) struct Walks {
    /// Where each known stretch starts, and the least key behind it.
    known: BTreeMap<Vec<u8>, Vec<u8>>,
    /// The entries that are there now; nothing before the first walk.
    present: Option<BTreeMap<Bytes, CellId>>,
}

/// Which way a walk goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Up,
    Down,
}

impl Overlay {
    /// The least (going down: the greatest) entry with `start <= key < end`, of a field whose
    /// values are of type `ty`.
    pub(crate) fn walk(
        &mut self,
        way: Way,
        [start, end]: [&[u8]; 2],
        ty: Type,
        host: &mut dyn Host,
        arena: &mut Arena<'_>,
    ) -> Result<Option<Bytes>, Stop> {
        self.begin_walks();
        if start >= end {
            return Ok(None);
        }
        loop {
            let [low, high] = self.walks.unknown(way, start, end);
            if let Some(key) = self.walks.nearest(way, start, end)
                && (low >= high || !within(way, &key, &low, &high))
            {
                return Ok(Some(key));
            }
            if low >= high {
                return Ok(None);
            }
            arena.charge(arena.schedule.state_cold)?;
            let found = ask(host, &self.contract, way, &low, &high)?;
            self.learn(way, [low, high], found, ty, arena)?;
        }
    }

    /// What walks have looked at, with every committed key in it.
    pub(super) fn ranges(&self) -> Vec<RangeRead> {
        let found = |id: CellId| {
            let cell = &self.cells[id];
            matches!(cell.read, Some(Some(_))).then(|| cell.key.to_vec())
        };
        let stretches = self.walks.known.iter().map(|(start, end)| {
            let keys = self.index.range(&self.cells, start, end).filter_map(found).collect();
            RangeRead { contract: self.contract, start: start.clone(), end: end.clone(), keys }
        });
        stretches.collect()
    }

    /// Keeps the order of what is there now up to date after a cell has changed.
    #[inline]
    pub(super) fn refresh(&mut self, id: CellId) {
        if self.walked {
            self.reorder(id);
        }
    }

    fn reorder(&mut self, id: CellId) {
        let cell = &self.cells[id];
        let walks = match cell.contract == self.contract {
            true => Some(&mut self.walks),
            // What is undone may be of a contract that was called in the meantime.
            false => self.others.get_mut(&cell.contract).map(|(_, walks)| walks),
        };
        let Some(present) = walks.and_then(|walks| walks.present.as_mut()) else { return };
        if cell.is_present() {
            present.insert(cell.key.clone(), id);
        } else {
            present.remove(&cell.key);
        }
    }

    fn begin_walks(&mut self) {
        if self.walks.present.is_none() {
            let present = self.index.iter().filter(|id| self.cells[*id].is_present());
            self.walked = true;
            self.walks.present = Some(present.map(|id| (self.cells[id].key.clone(), id)).collect());
        }
    }

    /// Notes what the chain answered about the keys from `low` on and before `high`.
    fn learn(
        &mut self,
        way: Way,
        [low, high]: [Vec<u8>; 2],
        found: Option<Entry>,
        ty: Type,
        arena: &mut Arena<'_>,
    ) -> Result<(), Stop> {
        let Some((key, value)) = found else {
            self.walks.know(low, high);
            return Ok(());
        };
        match way {
            Way::Up => self.walks.know(low, behind(&key)),
            Way::Down => self.walks.know(key.clone(), high),
        }
        let id = match self.find(&key) {
            Ok(id) => id,
            Err(place) => {
                arena.hold(entry_bytes(&key))?;
                self.touch(key.into(), place, ty)
            }
        };
        if self.cells[id].read.is_none() {
            self.cells[id].keep(Bytes::from(value), arena)?;
            self.refresh(id);
        }
        Ok(())
    }
}

impl Cell {
    /// Whether there is an entry now, as far as is known.
    fn is_present(&self) -> bool {
        match &self.current {
            super::Current::Is(value) => value.is_some(),
            super::Current::Encoded(_) => true,
            super::Current::Unknown => matches!(self.read, Some(Some(_))),
        }
    }
}

impl Walks {
    pub(super) fn forget(&mut self) {
        if !self.known.is_empty() || self.present.is_some() {
            *self = Walks::default();
        }
    }

    /// What of `start..end` is not known, as far as it can be the next thing to look at.
    fn unknown(&self, way: Way, start: &[u8], end: &[u8]) -> [Vec<u8>; 2] {
        let (mut low, mut high) = (start.to_vec(), end.to_vec());
        match way {
            Way::Up => {
                let before = self.known.range::<[u8], _>((Unbounded, Included(start))).next_back();
                if let Some((_, to)) = before.filter(|(_, to)| to.as_slice() > start) {
                    low.clone_from(to);
                }
            }
            Way::Down => {
                let before = self.known.range::<[u8], _>((Unbounded, Excluded(end))).next_back();
                if let Some((from, _)) = before.filter(|(_, to)| to.as_slice() >= end) {
                    high.clone_from(from);
                }
            }
        }
        [low, high]
    }

    /// The first entry there is on the way, of those that have cells.
    fn nearest(&self, way: Way, start: &[u8], end: &[u8]) -> Option<Bytes> {
        let mut keys =
            self.present.as_ref()?.range::<[u8], _>(span(start, end)).map(|(key, _)| key);
        match way {
            Way::Up => keys.next(),
            Way::Down => keys.next_back(),
        }
        .cloned()
    }

    /// Notes that every committed entry with `start <= key < end` has a cell.
    fn know(&mut self, mut start: Vec<u8>, mut end: Vec<u8>) {
        let before = self.known.range(..start.clone()).next_back();
        if let Some((from, _)) = before.filter(|(_, to)| **to >= start) {
            start.clone_from(from);
        }
        while let Some((from, to)) = self.known.range(start.clone()..=end.clone()).next() {
            let from = from.clone();
            end = end.max(to.clone());
            self.known.remove(&from);
        }
        self.known.insert(start, end);
    }
}

/// The keys from `start` on and before `end`.
fn span<'k>(start: &'k [u8], end: &'k [u8]) -> (Bound<&'k [u8]>, Bound<&'k [u8]>) {
    (Included(start), Excluded(end))
}

/// Whether a key lies where nothing is known yet, or beyond it on the way.
fn within(way: Way, key: &[u8], low: &[u8], high: &[u8]) -> bool {
    match way {
        Way::Up => key >= low,
        Way::Down => key < high,
    }
}

/// The first committed entry on the way.
fn ask(
    host: &mut dyn Host,
    contract: &Address,
    way: Way,
    low: &[u8],
    high: &[u8],
) -> Result<Option<Entry>, Stop> {
    let found = match way {
        Way::Up => host.range(contract, low, Some(high), 1)?.into_iter().next(),
        Way::Down => host.last(contract, low, high)?,
    };
    match found {
        Some((key, _)) if key.as_slice() < low || key.as_slice() >= high => {
            Err(Stop::Fatal("the host answered a range with a key outside it".into()))
        }
        found => Ok(found),
    }
}

/// The least key greater than this one.
pub(crate) fn behind(key: &[u8]) -> Vec<u8> {
    [key, &[0]].concat()
}

/// The least key that does not begin with `prefix`. A prefix begins with a field's id, which is a
/// hash and not of bytes `ff` alone.
pub(crate) fn behind_all(prefix: &[u8]) -> Vec<u8> {
    let mut key = prefix.to_vec();
    while key.last() == Some(&0xff) {
        key.pop();
    }
    if let Some(last) = key.last_mut() {
        *last += 1;
    }
    key
}
