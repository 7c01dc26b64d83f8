//! What a failed attempt did to the heap, undone.
//!
//! In: the begin of an attempt and its end. Out: a heap as it was, or one that has gone on.
//!
//! An attempt that fails leaves owners behind that no one knows any more: its registers. So the heap
//! remembers, from the begin on, which values were made and how many owners each older one had when
//! that first changed. An attempt changes no older value itself: whoever begins one holds its
//! arguments, and the overlay holds entries of the state, so that every older value has an owner
//! elsewhere and is copied before a change.

use std::collections::{HashMap, HashSet};

use super::{Heap, Ref};

#[derive(Debug, Default)]
pub(super) struct Attempt {
    /// Values that were made in it and live.
    born: HashSet<Ref>,
    /// The owners that older values had.
    owners: HashMap<Ref, u32>,
}

impl Attempt {
    /// Bytes that it holds.
    pub(super) fn bytes(&self) -> u64 {
        // A table keeps its entries and a byte for each.
        (self.born.capacity() * 5 + self.owners.capacity() * 9) as u64
    }
}

impl Heap {
    pub(crate) fn begin_attempt(&mut self) {
        self.attempts.push(Attempt::default());
    }

    /// The innermost attempt has gone well: what it did belongs to the one around it.
    pub(crate) fn commit_attempt(&mut self) {
        let (Some(Attempt { born, owners }), outer) = (self.attempts.pop(), &mut self.attempts)
        else {
            return;
        };
        if let Some(outer) = outer.last_mut() {
            for (value, count) in owners {
                if !outer.born.contains(&value) {
                    outer.owners.entry(value).or_insert(count);
                }
            }
            outer.born.extend(born);
        }
    }

    /// The innermost attempt has failed: what it made is gone, and all else has the owners that it
    /// had before.
    pub(crate) fn abort_attempt(&mut self) {
        let Some(Attempt { born, owners }) = self.attempts.pop() else { return };
        // In an order of its own, so that memory is the same from run to run.
        let mut born: Vec<Ref> = born.into_iter().collect();
        born.sort_unstable();
        born.into_iter().for_each(|value| self.free_block(value));
        for (value, count) in owners {
            self.set_owners(value, count);
        }
    }

    /// Whether a value was made in the innermost attempt.
    pub(crate) fn is_born(&self, value: Ref) -> bool {
        self.attempts.last().is_some_and(|attempt| attempt.born.contains(&value))
    }

    pub(super) fn note_born(&mut self, value: Ref) {
        if let Some(attempt) = self.attempts.last_mut() {
            attempt.born.insert(value);
        }
    }

    pub(super) fn note_freed(&mut self, value: Ref) {
        if let Some(attempt) = self.attempts.last_mut() {
            attempt.born.remove(&value);
        }
    }

    /// Remembers how many owners a value has, before that changes.
    #[inline]
    pub(super) fn note_owners(&mut self, value: Ref) {
        if !self.attempts.is_empty() {
            self.note_owners_now(value);
        }
    }

    #[cold]
    fn note_owners_now(&mut self, value: Ref) {
        let count = self.owners(value);
        if let Some(attempt) = self.attempts.last_mut()
            && !attempt.born.contains(&value)
        {
            attempt.owners.entry(value).or_insert(count);
        }
    }
}
