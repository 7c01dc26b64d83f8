//! Elements that lie in their vector, taken out of it and put into it.
//!
//! In: places in a vector's payload, and values of its element type. Out: values of their own, or
//! elements. The fields of both lie in the same order at the same distances, so either way is one
//! copy; references among them move with it, or get an owner more.

use super::layout::Rows;
use super::{Arena, Ref, fields};
use crate::interp::Stop;

impl Arena<'_> {
    /// A value of its own with what the element at a place holds, references and all.
    pub(super) fn lift(&mut self, rows: &Rows, at: usize) -> Result<Ref, Stop> {
        let variant = rows.variant(self.heap, at);
        let bytes = rows.bytes(variant);
        let value = self.allocate(rows.element, variant, bytes as u64)?;
        let from = at + rows.tag;
        self.heap.blocks.memory.copy_within(from..from + bytes, fields(value));
        Ok(value)
    }

    /// As [`Arena::lift`], while the element stays.
    pub(super) fn copy_out(&mut self, rows: &Rows, at: usize) -> Result<Ref, Stop> {
        let value = self.lift(rows, at)?;
        self.share(rows, at, 1);
        Ok(value)
    }

    /// Writes a value, which is taken, to the place of an element, without looking at what was there.
    pub(super) fn lower(&mut self, rows: &Rows, value: Ref, at: usize) {
        let variant = self.heap.length(value);
        let (from, to) = (fields(value), at + rows.tag);
        self.heap.blocks.memory.copy_within(from..from + rows.bytes(variant), to);
        if rows.tag > 0 {
            self.heap.blocks.memory[at] = variant as u8;
        }
        if self.heap.is_unique(value) {
            self.heap.free_block(value);
        } else {
            self.share(rows, at, 1);
            self.drop(value);
        }
    }

    /// Gives what the element at a place refers to so many more owners.
    pub(super) fn share(&mut self, rows: &Rows, at: usize, more: u32) {
        let mut references = rows.references(self.heap, at);
        while let Some(place) = references.next(self.heap) {
            self.heap.add_owners(self.heap.reference(place), more);
        }
    }

    /// Lets go of what the element at a place refers to.
    pub(super) fn clear(&mut self, rows: &Rows, at: usize) {
        let mut references = rows.references(self.heap, at);
        while let Some(place) = references.next(self.heap) {
            self.drop(self.heap.reference(place));
        }
    }
}
