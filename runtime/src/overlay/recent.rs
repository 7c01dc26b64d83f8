//! The entries that operators found last, by their keys as registers hold them.
//!
//! In: a field and the slots of its scalar keys. Out: the cell. What a contract does to an entry it mostly
//! does in a few operators one after the other, as `balances[a] -= x` reads and writes: all but the
//! first find the cell here, and its key is neither made nor looked for again.
//!
//! What always holds: a register holds a scalar in one way, so as long as one contract is looked at, the
//! same field and slots mean the same entry.

use super::CellId;

/// How many are remembered.
const MOST: usize = 4;

/// Slots of the keys of one.
const SLOTS: usize = 8;

#[derive(Default)]
pub(super) struct Recent {
    entries: [Entry; MOST],
    /// How many there are.
    count: usize,
    /// Where the next one goes.
    next: usize,
}

#[derive(Clone, Copy, Default)]
struct Entry {
    field: u16,
    keys: [u64; SLOTS],
    cell: CellId,
}

impl Recent {
    pub(super) fn forget(&mut self) {
        (self.count, self.next) = (0, 0);
    }

    pub(super) fn find(&self, field: u16, keys: &[u64]) -> Option<CellId> {
        let is = |entry: &&Entry| {
            entry.field == field && entry.keys.get(..keys.len()).is_some_and(|own| own == keys)
        };
        self.entries[..self.count].iter().rev().find(is).map(|entry| entry.cell)
    }

    /// Remembers an entry, if it has few keys.
    pub(super) fn put(&mut self, field: u16, of: &[u64], cell: CellId) {
        let entry = &mut self.entries[self.next];
        if let Some(first) = entry.keys.get_mut(..of.len()) {
            first.copy_from_slice(of);
            (entry.field, entry.cell) = (field, cell);
            self.next = (self.next + 1) % MOST;
            self.count = MOST.min(self.count + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_four_are_known_by_field_and_keys() {
        let mut recent = Recent::default();
        assert_eq!(recent.find(0, &[]), None);
        recent.put(0, &[], 7);
        for cell in 0..3 {
            recent.put(1, &[5, cell as u64], cell);
        }
        assert_eq!((recent.find(0, &[]), recent.find(1, &[5, 0])), (Some(7), Some(0)));
        assert_eq!((recent.find(2, &[5, 0]), recent.find(1, &[0, 5])), (None, None));
        recent.put(2, &[9; SLOTS], 8);
        assert_eq!((recent.find(0, &[]), recent.find(2, &[9; SLOTS])), (None, Some(8)));
        recent.put(2, &[9; SLOTS + 1], 9);
        assert_eq!(recent.find(2, &[9; SLOTS + 1]), None);
        recent.forget();
        assert_eq!(recent.find(1, &[5, 2]), None);
    }
}
