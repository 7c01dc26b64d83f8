//! The two limits on nesting as one number that every call passes on.
//!
//! A call may nest `call_depth` deep, and all frames together may take `frame_slots`. What is left
//! of both stands in one register: slots in the low bits, calls above them, and above each of the
//! two one bit that is clear as long as nothing is overdrawn. A call subtracts one number and
//! tests one mask.

use deed_runtime::tier::Limits;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Room {
    limits: (u32, u32),
    /// Where the calls begin.
    shift: u32,
    /// The bits that say that something is overdrawn.
    pub(crate) overdrawn: u64,
}

/// Limits beyond these are no sensible chain's, and would need a stack beyond measure.
const MOST_CALLS: u32 = 1 << 16;
const MOST_SLOTS: u32 = 1 << 24;

impl Room {
    pub(crate) fn new(limits: &Limits) -> Option<Room> {
        let (calls, slots) = (limits.call_depth, limits.frame_slots);
        if !(1..=MOST_CALLS).contains(&calls) || slots > MOST_SLOTS {
            return None;
        }
        // A frame that does not fit overdraws by up to 2^16 slots.
        let slot_bits = (u32::BITS - slots.leading_zeros()).max(17);
        let call_bits = u32::BITS - calls.leading_zeros();
        let shift = slot_bits + 1;
        let overdrawn = 1 << slot_bits | 1 << (shift + call_bits);
        Some(Room { limits: (calls, slots), shift, overdrawn })
    }

    /// What calling a function with a frame of `slots` takes.
    pub(crate) fn call(self, slots: u16) -> u64 {
        (1 << self.shift) + u64::from(slots)
    }

    /// What the first function, whose frame has `slots`, finds. It runs in any case; where its
    /// frame overdraws by itself, what it calls traps.
    pub(crate) fn before(self, slots: u16) -> u64 {
        let (calls, most) = self.limits;
        let all = (u64::from(calls) << self.shift) + u64::from(most);
        all.wrapping_sub(self.call(slots))
    }

    /// The stack bytes that frames may take, where a frame of `n` slots takes at most
    /// `fixed + n * each`.
    pub(crate) fn stack_bytes(self, fixed: usize, each: usize) -> usize {
        let (calls, slots) = self.limits;
        // The first frame is not counted against the limit.
        (calls as usize) * fixed + (slots as usize + usize::from(u16::MAX)) * each
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_and_slots_are_counted_apart() {
        let limits = Limits { call_depth: 3, frame_slots: 100, ..Limits::V1 };
        let room = Room::new(&limits).expect("sensible");
        let fits = |left: u64| left & room.overdrawn == 0;
        let first = room.before(40);
        assert!(fits(first));
        let second = first.wrapping_sub(room.call(60));
        assert!(fits(second) && !fits(second.wrapping_sub(room.call(1))));
        let third = first.wrapping_sub(room.call(0)).wrapping_sub(room.call(0));
        assert!(fits(third) && !fits(third.wrapping_sub(room.call(0))));
        assert!(!fits(first.wrapping_sub(room.call(u16::MAX))));
        assert!(!fits(room.before(101).wrapping_sub(room.call(0))));
        assert!(Room::new(&Limits { call_depth: 0, ..Limits::V1 }).is_none());
    }
}
