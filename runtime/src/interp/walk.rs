//! Keys of state entries, and steps from one to the next.
//!
//! In: keys in registers. Out: the bytes of a key in `Machine::key`, or a key in registers.
//!
//! Scalars in a key have been paid for by the block. Heap values in one are charged for as they are
//! put into their ordered form, and let go after that; a key that is longer than the limit traps
//! with `memory`.

use deed_bytecode::{TrapKind, Ty, Type, ordered_key, push_ordered, read_ordered, walked_key};

use super::machine::{Machine, Stop, put};
use super::op::StateOp;
use crate::bytes::Bytes;
use crate::heap::{Fault, Ref};
use crate::module::Field;
use crate::overlay::{Slots, Way, behind, behind_all};

/// Keys to look at.
struct Stretch {
    way: Way,
    start: Vec<u8>,
    end: Vec<u8>,
    /// Bytes of an entry's key before the key that is walked along.
    before: usize,
    /// The key that the operator goes on from.
    given: Slots,
}

impl Machine<'_> {
    /// Makes a key of those that lie in `slots` one after the other, and takes them.
    pub(super) fn take_key(
        &mut self,
        field: &Field,
        types: &[Type],
        slots: &[u64],
        gas: &mut u64,
    ) -> Result<(), Stop> {
        self.shared.key = Bytes::new();
        self.shared.key.push_first(&field.id, field.id.len());
        let mut at = 0;
        for ty in types {
            match ty {
                Type::Scalar(ty) => push_scalar(*ty, &slots[at..], &mut self.shared.key),
                Type::Heap(_) => {
                    self.push_heap_key(*ty, slots[at], gas)?;
                    self.heap.drop(&self.module.layouts, slots[at] as Ref);
                }
            }
            at += usize::from(ty.slots());
        }
        if self.shared.key.len() > self.limits.key_bytes as usize {
            return Err(TrapKind::Memory.into());
        }
        Ok(())
    }

    /// Appends the ordered form of a heap value, which stays.
    fn push_heap_key(&mut self, ty: Type, value: u64, gas: &mut u64) -> Result<(), Stop> {
        let price = self.schedule.state_key_byte;
        let module = self.module;
        let mut arena = self.arena(*gas);
        let canonical = arena.encode(&[ty], &[value])?;
        // At most two bytes in the ordered form for each of these.
        arena.charge(price.saturating_mul(canonical.len() as u64))?;
        *gas = arena.gas;
        let mut ordered = Vec::with_capacity(canonical.len());
        match push_ordered(&module.module.types, ty, &canonical, &mut ordered) {
            Some(_) => {
                self.shared.key.push(&ordered);
                Ok(())
            }
            // Values that share much and hold nothing may have more parts than their bytes explain.
            None => Err(TrapKind::Memory.into()),
        }
    }

    /// Runs an operator that looks for a key.
    pub(super) fn walk(
        &mut self,
        op: StateOp,
        frame: &mut [u64],
        [to, along, keys]: [u16; 3],
        gas: &mut u64,
    ) -> Result<(), Stop> {
        let (field, place) = walked_key(along);
        let field = &self.module.fields[field];
        let ty = field.keys[place];
        let stretch = self.stretch(op, field, place, &frame[usize::from(keys)..], gas)?;
        let Stretch { way, start, end, before, given } = &stretch;
        let (overlay, host, mut arena) = self.chain(*gas);
        let found = overlay.walk(*way, [start, end], field.value, host, &mut arena)?;
        (*gas, self.held) = (arena.gas, arena.held);
        let key = match &found {
            Some(key) if op != StateOp::Any => self.read_key(ty, &key[*before..], gas)?,
            _ => *given,
        };
        let at = usize::from(to);
        match op {
            StateOp::First | StateOp::Last if found.is_none() => {
                return Err(TrapKind::MissingKey.into());
            }
            StateOp::First | StateOp::Last => put(frame, at, &key, ty),
            StateOp::Any => frame[at] = u64::from(found.is_some()),
            _ => {
                frame[at] = u64::from(found.is_some());
                put(frame, at + 1, &key, ty);
                if found.is_some() && ty.heap().is_some() {
                    self.heap.drop(&self.module.layouts, given[0] as Ref);
                }
            }
        }
        Ok(())
    }

    /// Where an operator looks, given the keys it has. The one that it goes on from stays.
    fn stretch(
        &mut self,
        op: StateOp,
        field: &Field,
        place: usize,
        slots: &[u64],
        gas: &mut u64,
    ) -> Result<Stretch, Stop> {
        let (others, ty) = (&field.keys[..place], field.keys[place]);
        self.take_key(field, others, slots, gas)?;
        let way = if matches!(op, StateOp::Last | StateOp::Prev) { Way::Down } else { Way::Up };
        let (start, end) = (self.shared.key.to_vec(), behind_all(&self.shared.key));
        let (before, given) = (self.shared.key.len(), Slots::default());
        let mut stretch = Stretch { way, start, end, before, given };
        if matches!(op, StateOp::Next | StateOp::Prev) {
            let slots = &slots[Type::total_slots(others)..][..usize::from(ty.slots())];
            stretch.given[..slots.len()].copy_from_slice(slots);
            match ty {
                Type::Scalar(ty) => push_scalar(ty, slots, &mut self.shared.key),
                Type::Heap(_) => self.push_heap_key(ty, slots[0], gas)?,
            }
            match way {
                Way::Up if place + 1 == field.keys.len() => {
                    stretch.start = behind(&self.shared.key)
                }
                Way::Up => stretch.start = behind_all(&self.shared.key),
                Way::Down => stretch.end = self.shared.key.to_vec(),
            }
        }
        Ok(stretch)
    }

    /// The key whose ordered form comes first; further keys of the entry may follow.
    fn read_key(&mut self, ty: Type, ordered: &[u8], gas: &mut u64) -> Result<Slots, Stop> {
        let bad = || Stop::Fatal("the state has a key that is none of its field".into());
        let module = self.module;
        let mut canonical = Vec::with_capacity(ordered.len());
        read_ordered(&module.module.types, ty, ordered, &mut canonical).ok_or_else(bad)?;
        let mut slots = Slots::default();
        let mut arena = self.arena(*gas);
        match arena.decode(&[ty], &canonical, &mut slots) {
            Ok(()) => {
                *gas = arena.gas;
                Ok(slots)
            }
            Err(Fault::Stop(stop)) => Err(stop),
            Err(Fault::Bad(_)) => Err(bad()),
        }
    }
}

/// Appends a scalar in its ordered form.
fn push_scalar(ty: Ty, slots: &[u64], key: &mut Bytes) {
    key.push_first(&ordered_key(ty, slots), ty.bytes());
}
