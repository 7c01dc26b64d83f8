//! The cells of a contract by their keys, in ascending order.
//!
//! In: keys. Out: cells. Most calls touch a few entries: up to [`Index::FEW`] they are a list in order
//! of their keys, which the cells have; beyond that, a tree with keys of its own.

use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Included};

use super::{Cell, CellId};
use crate::bytes::Bytes;

#[derive(Default)]
pub(super) struct Index {
    few: Vec<CellId>,
    /// All of them, once they are many.
    many: BTreeMap<Bytes, CellId>,
}

/// Where a cell belongs among few.
#[derive(Clone, Copy)]
pub(crate) struct Place(usize);

impl Index {
    const FEW: usize = 16;

    pub(super) fn clear(&mut self) {
        self.few.clear();
        if !self.many.is_empty() {
            self.many = BTreeMap::new();
        }
    }

    /// The cell of a key, or where one belongs.
    pub(super) fn find(&self, cells: &[Cell], key: &[u8]) -> Result<CellId, Place> {
        match self.many.is_empty() {
            true => self.place(cells, key).map(|at| self.few[at]).map_err(Place),
            false => self.many.get(key).copied().ok_or(Place(0)),
        }
    }

    /// Adds a cell where it belongs; `cells` are those before it.
    pub(super) fn add(&mut self, cells: &[Cell], Place(at): Place, key: &[u8], id: CellId) {
        if !self.many.is_empty() {
            self.many.insert(key.into(), id);
        } else if self.few.len() < Index::FEW {
            self.few.insert(at, id);
        } else {
            let few = std::mem::take(&mut self.few).into_iter();
            self.many = few.map(|id| (cells[id].key.clone(), id)).collect();
            self.many.insert(key.into(), id);
        }
    }

    /// All cells in order of their keys.
    pub(super) fn iter(&self) -> impl Iterator<Item = CellId> + '_ {
        self.few.iter().chain(self.many.values()).copied()
    }

    /// Those with `start <= key < end`, in order.
    pub(super) fn range<'i>(
        &'i self,
        cells: &[Cell],
        start: &'i [u8],
        end: &'i [u8],
    ) -> impl Iterator<Item = CellId> + 'i {
        let [low, high] = [start, end].map(|key| self.place(cells, key).unwrap_or_else(|at| at));
        let few = &self.few[low..high.max(low)];
        let many = self.many.range::<[u8], _>((Included(start), Excluded(end)));
        few.iter().chain(many.map(|(_, id)| id)).copied()
    }

    /// Where a key is among the few, or belongs.
    fn place(&self, cells: &[Cell], key: &[u8]) -> Result<usize, usize> {
        self.few.binary_search_by(|id| cells[*id].key.as_slice().cmp(key))
    }
}
