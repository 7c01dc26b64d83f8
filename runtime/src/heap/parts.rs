//! The parts of a value one after the other, in the order of its encoding.
//!
//! In: a value, and how many elements or parts it has. Out: steps. Elements that lie in their vector
//! are announced before their fields: whoever walks reads, writes or compares which variant they are,
//! and the walk then looks it up. One walk serves decoding, encoding and comparing.

use deed_bytecode::Type;

use super::node::Cursor;
use super::{Heap, Layout, Ref, payload};

pub(super) struct Walk {
    pub(super) value: Ref,
    /// Elements, or parts of other values.
    count: u32,
    /// Those that are done.
    done: u32,
    /// In an element that lies in its vector: 0 before it was announced, then one more than the fields
    /// that are done.
    part: u32,
    /// Where the walk through a map is.
    pub(super) cursor: Cursor,
}

pub(super) enum Step {
    /// A part: its type, and where it lies in memory.
    Part(Type, usize),
    /// An element that lies in its vector begins at this place.
    Row(usize),
    End,
}

impl Walk {
    pub(super) fn new(value: Ref, count: u32) -> Walk {
        Walk { value, count, done: 0, part: 0, cursor: Cursor::default() }
    }

    /// A walk through all parts of a value that is complete.
    pub(super) fn whole(heap: &Heap, layout: &Layout, value: Ref) -> Walk {
        Walk::new(value, count(heap, layout, value))
    }

    /// How many parts or elements are done, the one of the last step included.
    pub(super) fn done(&self) -> u32 {
        self.done
    }

    pub(super) fn step(&mut self, heap: &Heap, layout: &Layout) -> Step {
        if let Layout::Rows(rows) = layout {
            while self.done < self.count {
                let place = payload(self.value) + self.done as usize * rows.width;
                let Some(at) = self.part.checked_sub(1) else {
                    self.part = 1;
                    return Step::Row(place);
                };
                let parts = rows.parts(rows.variant(heap, place));
                if let Some(part) = parts.get(at as usize) {
                    self.part += 1;
                    return Step::Part(part.ty, place + rows.tag + part.offset);
                }
                (self.done, self.part) = (self.done + 1, 0);
            }
            return Step::End;
        }
        if self.done == self.count {
            return Step::End;
        }
        let at = self.done as usize;
        self.done += 1;
        match layout {
            Layout::Record(_) | Layout::Enum(_) => {
                let parts = layout.parts(heap.length(self.value));
                let part = parts.and_then(|parts| parts.parts.get(at));
                let fields = heap.payload(self.value);
                part.map_or(Step::End, |part| Step::Part(part.ty, fields + part.offset))
            }
            Layout::Map(entries) => {
                let (ty, place) = self.cursor.part(heap, entries, self.value, at);
                Step::Part(ty, place)
            }
            _ => Step::Part(layout.element(), payload(self.value) + at * layout.width()),
        }
    }

    /// Whether the part of the last step was the last one of a record or enum, so that nothing is left
    /// to do for it.
    pub(super) fn is_over(&self, layout: &Layout) -> bool {
        matches!(layout, Layout::Record(_) | Layout::Enum(_)) && self.done == self.count
    }
}

/// How many elements or parts a value has; of a map, keys and values.
pub(super) fn count(heap: &Heap, layout: &Layout, value: Ref) -> u32 {
    let length = heap.length(value);
    match layout {
        Layout::Record(_) | Layout::Enum(_) => {
            layout.parts(length).map_or(0, |parts| parts.parts.len() as u32)
        }
        Layout::Map(entries) => length.saturating_mul(entries.parts() as u32),
        _ => length,
    }
}
