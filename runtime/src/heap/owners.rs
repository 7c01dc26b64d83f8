//! How many owners a value has, and what becomes of one that loses the last.
//!
//! In: values. Out: counts, and memory that is free again. A header has 16 bits for the count; the owners
//! beyond that of the few values that have so many are counted beside the heap, so that the count is
//! exact.
//!
//! What always holds: a value that is let go is freed with all that only it owned, without recursion and
//! without allocation: the dead are a list, threaded through the first reference that each holds.

use super::{Heap, Layouts, OWNERS, Ref};

/// The most owners that a header counts; with as many, others may be counted beside it.
pub const MANY: u16 = u16::MAX;

impl Heap {
    pub(super) fn owners(&self, value: Ref) -> u32 {
        match self.half(value + OWNERS) {
            MANY => u32::from(MANY) + self.crowds.get(&value).copied().unwrap_or(0),
            count => count.into(),
        }
    }

    pub(super) fn set_owners(&mut self, value: Ref, count: u32) {
        let here = count.min(MANY.into());
        if self.half(value + OWNERS) == MANY {
            self.crowds.remove(&value);
        }
        if count > here {
            self.crowds.insert(value, count - here);
        }
        self.set_half(value + OWNERS, here as u16);
    }

    pub(crate) fn is_unique(&self, value: Ref) -> bool {
        self.half(value + OWNERS) == 1
    }

    /// Adds an owner. A count cannot overflow: each owner takes memory, and there is less.
    pub(crate) fn dup(&mut self, value: Ref) {
        self.add_owners(value, 1);
    }

    pub(super) fn add_owners(&mut self, value: Ref, more: u32) {
        self.note_owners(value);
        self.set_owners(value, self.owners(value) + more);
    }

    /// Takes an owner away; says whether none is left.
    pub(super) fn release(&mut self, value: Ref) -> bool {
        self.note_owners(value);
        let left = self.owners(value) - 1;
        self.set_owners(value, left);
        left == 0
    }

    /// Takes an owner away, and frees what has none left, and what only that owned.
    pub(crate) fn drop(&mut self, layouts: &Layouts, value: Ref) {
        let mut dead = 0;
        self.lose(layouts, value, &mut dead);
        while dead != 0 {
            let object = dead;
            let mut references = layouts.of(self.ty(object)).references(self, object);
            if let Some(first) = references.next(self) {
                dead = self.reference(first);
            }
            while let Some(at) = references.next(self) {
                self.lose(layouts, self.reference(at), &mut dead);
            }
            self.free_block(object);
        }
    }

    /// Takes an owner of a value away. Without any left it goes before the `dead`, and its first part
    /// loses an owner in turn, whose place in the value is the list's from now on.
    fn lose(&mut self, layouts: &Layouts, mut value: Ref, dead: &mut Ref) {
        while value != 0 && self.release(value) {
            let mut references = layouts.of(self.ty(value)).references(self, value);
            let Some(first) = references.next(self) else { return self.free_block(value) };
            let part = self.reference(first);
            self.set_reference(first, *dead);
            *dead = value;
            value = part;
        }
    }
}
