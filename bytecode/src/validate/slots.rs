//! What each slot of a frame holds at the place in a block that is being checked.
//!
//! An entry counts only if it bears the current block's stamp, so starting a block costs
//! nothing and one table serves all functions.

use crate::ty::Ty;

/// One slot: part `part` of a value of type `ty`.
#[derive(Clone, Copy)]
struct Slot {
    stamp: u64,
    ty: Ty,
    part: u16,
}

/// The slots of one frame.
pub(super) struct Slots {
    slots: Vec<Slot>,
    frame: usize,
    stamp: u64,
}

impl Slots {
    /// A table for frames of up to `most` slots.
    pub(super) fn new(most: u16) -> Slots {
        let empty = Slot { stamp: 0, ty: Ty::Bool, part: 0 };
        Slots { slots: vec![empty; usize::from(most)], frame: 0, stamp: 0 }
    }

    /// Starts a block of a function whose frame has `frame` slots: no slot holds anything.
    pub(super) fn start(&mut self, frame: u16) {
        self.frame = usize::from(frame).min(self.slots.len());
        self.stamp += 1;
    }

    /// Records that a value of type `ty` is written to `reg`; `false` if it does not lie in
    /// the frame. Values it overlaps are gone: their other slots' parts no longer fit.
    pub(super) fn define(&mut self, reg: u16, ty: Ty) -> bool {
        let start = usize::from(reg);
        let end = start + usize::from(ty.slots());
        if end > self.frame {
            return false;
        }
        for (part, slot) in (0..).zip(&mut self.slots[start..end]) {
            *slot = Slot { stamp: self.stamp, ty, part };
        }
        true
    }

    /// Whether `reg` holds a whole value of type `ty`.
    ///
    /// All parts in their places mean one definition: a later one at the same register would
    /// have written every part, one at another register would have left other part numbers.
    pub(super) fn holds(&self, reg: u16, ty: Ty) -> bool {
        let start = usize::from(reg);
        let end = start + usize::from(ty.slots());
        end <= self.frame
            && (0..)
                .zip(&self.slots[start..end])
                .all(|(part, slot)| slot.stamp == self.stamp && slot.ty == ty && slot.part == part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_written_over_in_part_is_gone() {
        let mut slots = Slots::new(8);
        slots.start(8);
        assert!(slots.define(0, Ty::U128) && slots.define(2, Ty::U64));
        assert!(slots.holds(0, Ty::U128));
        assert!(slots.define(1, Ty::U128));
        assert!(!slots.holds(0, Ty::U128) && slots.holds(1, Ty::U128) && !slots.holds(2, Ty::U64));
        assert!(slots.define(0, Ty::U128));
        assert!(!slots.holds(1, Ty::U128) && slots.holds(0, Ty::U128));
    }

    #[test]
    fn a_new_block_starts_empty_and_frames_end() {
        let mut slots = Slots::new(8);
        slots.start(8);
        assert!(slots.define(4, Ty::Address) && !slots.define(5, Ty::Address));
        slots.start(7);
        assert!(!slots.holds(4, Ty::Address) && !slots.define(4, Ty::Address));
    }
}
