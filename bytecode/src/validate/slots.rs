//! What each slot of a frame holds at the place in a block that is being checked, and how many
//! heap values the frame owns there.
//!
//! An entry counts only if it bears the current block's stamp, so starting a block costs
//! nothing and one table serves all functions.

use crate::types::Type;

/// What a slot holds, in one word, so that it is compared at once: the stamp of the block, the
/// code of the type, and the part of the value.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Slot(u64);

impl Slot {
    const EMPTY: Slot = Slot(0);

    fn new(stamp: u32, ty: Type, part: u16) -> Slot {
        Slot(u64::from(stamp) << 32 | u64::from(ty.code()) << 16 | u64::from(part))
    }

    fn stamp(self) -> u32 {
        (self.0 >> 32) as u32
    }

    fn is_heap(self) -> bool {
        Type::is_heap_code((self.0 >> 16) as u16)
    }
}

/// The slots of one frame.
pub(super) struct Slots {
    slots: Vec<Slot>,
    frame: usize,
    /// From 1. There are fewer blocks than a module has bytes.
    stamp: u32,
    /// Slots that hold a heap value.
    owned: usize,
}

/// Why a value cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It does not lie in the frame.
    Outside,
    /// This register owns a heap value, which nobody would drop.
    Owned { reg: u16 },
}

impl Slots {
    /// A table for frames of up to `most` slots.
    pub(super) fn new(most: u16) -> Slots {
        Slots { slots: vec![Slot::EMPTY; usize::from(most)], frame: 0, stamp: 0, owned: 0 }
    }

    /// Starts a block of a function whose frame has `frame` slots: no slot holds anything.
    pub(super) fn start(&mut self, frame: u16) {
        self.frame = usize::from(frame).min(self.slots.len());
        self.stamp += 1;
        self.owned = 0;
    }

    /// Records that a value of type `ty` is written to `reg`. Scalars it overlaps are gone:
    /// their other slots' parts no longer fit.
    pub(super) fn define(&mut self, reg: u16, ty: Type) -> Result<(), Refused> {
        let start = usize::from(reg);
        let end = start + usize::from(ty.slots());
        if end > self.frame {
            return Err(Refused::Outside);
        }
        for (part, slot) in (0..).zip(&mut self.slots[start..end]) {
            if slot.stamp() == self.stamp && slot.is_heap() {
                return Err(Refused::Owned { reg: reg + part });
            }
            *slot = Slot::new(self.stamp, ty, part);
        }
        self.owned += usize::from(ty.heap().is_some());
        Ok(())
    }

    /// Takes the heap value out of `reg`, which holds one.
    pub(super) fn take(&mut self, reg: u16) {
        self.slots[usize::from(reg)] = Slot::EMPTY;
        self.owned -= 1;
    }

    /// How many heap values the frame owns.
    pub(super) fn owned(&self) -> usize {
        self.owned
    }

    /// A register that owns a heap value and is none of those that `keep` names. Looks at the
    /// whole frame, so it is for messages.
    pub(super) fn stray(&self, keep: impl Fn(u16) -> bool) -> u16 {
        let owns = |slot: &Slot| slot.stamp() == self.stamp && slot.is_heap();
        let owners = (0u16..).zip(&self.slots[..self.frame]).filter(|(_, slot)| owns(slot));
        owners.map(|(reg, _)| reg).find(|reg| !keep(*reg)).unwrap_or(0)
    }

    /// Whether `reg` holds a whole value of type `ty`.
    ///
    /// All parts in their places mean one definition: a later one at the same register would
    /// have written every part, one at another register would have left other part numbers.
    pub(super) fn holds(&self, reg: u16, ty: Type) -> bool {
        let start = usize::from(reg);
        let end = start + usize::from(ty.slots());
        end <= self.frame
            && (0..)
                .zip(&self.slots[start..end])
                .all(|(part, slot)| *slot == Slot::new(self.stamp, ty, part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ty::Ty;

    const U64: Type = Type::Scalar(Ty::U64);
    const U128: Type = Type::Scalar(Ty::U128);
    const ADDRESS: Type = Type::Scalar(Ty::Address);

    #[test]
    fn a_value_written_over_in_part_is_gone() {
        let mut slots = Slots::new(8);
        slots.start(8);
        assert!(slots.define(0, U128).is_ok() && slots.define(2, U64).is_ok());
        assert!(slots.holds(0, U128));
        assert!(slots.define(1, U128).is_ok());
        assert!(!slots.holds(0, U128) && slots.holds(1, U128) && !slots.holds(2, U64));
        assert!(slots.define(0, U128).is_ok());
        assert!(!slots.holds(1, U128) && slots.holds(0, U128));
    }

    #[test]
    fn a_new_block_starts_empty_and_frames_end() {
        let mut slots = Slots::new(8);
        slots.start(8);
        assert!(slots.define(4, ADDRESS).is_ok());
        assert_eq!(slots.define(5, ADDRESS), Err(Refused::Outside));
        slots.start(7);
        assert!(!slots.holds(4, ADDRESS) && slots.define(4, ADDRESS).is_err());
    }

    #[test]
    fn heap_values_are_counted_and_not_written_over() {
        let mut slots = Slots::new(8);
        slots.start(8);
        let heap = Type::Heap(3);
        assert!(slots.define(2, heap).is_ok() && slots.define(5, heap).is_ok());
        assert_eq!(slots.define(2, heap), Err(Refused::Owned { reg: 2 }));
        assert_eq!(slots.define(4, U128), Err(Refused::Owned { reg: 5 }));
        assert_eq!((slots.owned(), slots.stray(|reg| reg == 2)), (2, 5));
        slots.take(5);
        assert!(slots.define(4, U128).is_ok() && slots.owned() == 1);
        slots.start(8);
        assert!(slots.define(2, U64).is_ok() && slots.owned() == 0);
    }
}
