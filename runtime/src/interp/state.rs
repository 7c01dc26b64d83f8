//! Operators on state entries.
//!
//! In: keys and values in registers, with the gas that remains. Out: their effects in the overlay, and the
//! gas that then remains.
//!
//! A state operator goes through these steps: a write in a read-only call traps; the first touch
//! of a key is charged and takes memory, and only then is the host asked; what it finds may trap;
//! the first change of an entry is charged; the change is made. A charge that does not fit leaves
//! no effect.
//!
//! State entries that are heap values live in the heap while the call runs: a load shares the
//! overlay's value, a store gives it one. A store measures what the value's encoding will be and
//! charges for it; the encoding itself is made when the call is over.

use deed_bytecode::{TrapKind, Type};

use super::machine::{Machine, Stop, charge, put};
use super::op::{Reg, StateOp};
use crate::heap::Ref;
use crate::module::Field;
use crate::overlay::{CellId, Slots, entry_bytes};

impl Machine<'_> {
    /// Runs a state operator; gives the gas that remains.
    pub(super) fn state(
        &mut self,
        op: StateOp,
        frame: &mut [u64],
        registers: [Reg; 3],
        gas: u64,
    ) -> Result<u64, Stop> {
        let known = self.known(op, frame, registers);
        match known.and_then(|cell| self.again(op, cell, frame, registers, gas)) {
            Some(left) => Ok(left),
            None => self.in_full(op, known, frame, registers, gas),
        }
    }

    /// The cell that an operator before this one found for the same scalar keys.
    #[inline]
    fn known(&self, op: StateOp, frame: &[u64], [_, number, keys]: [Reg; 3]) -> Option<CellId> {
        if op.walks() {
            return None;
        }
        let (field, keys) = (&self.module.fields[usize::from(number)], usize::from(keys));
        self.shared.overlay.recall(number, &frame[keys..keys + field.scalar_keys?])
    }

    /// The whole of an operator.
    #[inline(never)]
    fn in_full(
        &mut self,
        op: StateOp,
        known: Option<CellId>,
        frame: &mut [u64],
        registers: [Reg; 3],
        gas: u64,
    ) -> Result<u64, Stop> {
        let mut left = gas;
        let result = self.state_op(op, known, frame, registers, &mut left);
        self.spent(result, gas, left)
    }

    /// Runs an operator on the scalar in a cell that one before it found, where there is nothing to ask for
    /// and the gas suffices; gives what remains. Nothing is done otherwise.
    #[inline]
    fn again(
        &mut self,
        op: StateOp,
        cell: CellId,
        frame: &mut [u64],
        [value, number, _]: [Reg; 3],
        gas: u64,
    ) -> Option<u64> {
        let (field, at) = (&self.module.fields[usize::from(number)], usize::from(value));
        field.value.scalar()?;
        match op {
            StateOp::Load => {
                let entry = self.shared.overlay.known(cell)?.or(field.default)?;
                put(frame, at, &entry, field.value);
                Some(gas)
            }
            StateOp::Store if !self.read_only => {
                let left = self.pay_change(cell, field.value_bytes, gas)?;
                self.set(cell, stored(field, take(frame, at, field.value)));
                Some(left)
            }
            _ => None,
        }
    }

    fn state_op(
        &mut self,
        op: StateOp,
        known: Option<CellId>,
        frame: &mut [u64],
        [value, number, keys]: [Reg; 3],
        gas: &mut u64,
    ) -> Result<(), Stop> {
        if op.walks() {
            return self.walk(op, frame, [value, number, keys], gas);
        }
        let module = self.module;
        let field = &module.fields[usize::from(number)];
        let writes = matches!(op, StateOp::Store | StateOp::Insert | StateOp::Remove);
        if writes && self.read_only {
            return Err(TrapKind::ViewWrite.into());
        }
        let cell = match known {
            Some(cell) => cell,
            None => self.entry(number, field, &frame[usize::from(keys)..], gas)?,
        };
        let at = usize::from(value);
        match op {
            StateOp::Load => {
                let entry = self.read(cell, gas)?;
                let entry = entry.or(field.default).ok_or(TrapKind::MissingKey)?;
                put(frame, at, &entry, field.value);
                if field.value.heap().is_some() {
                    self.heap.dup(entry[0] as Ref);
                }
            }
            StateOp::Has => frame[at] = u64::from(self.read(cell, gas)?.is_some()),
            StateOp::Find => {
                let entry = self.read(cell, gas)?;
                frame[at] = u64::from(entry.is_some());
                put(frame, at + 1, &entry.unwrap_or_default(), field.value);
            }
            StateOp::Store => {
                self.store(cell, field, take(frame, at, field.value), gas)?;
            }
            StateOp::Insert => {
                if self.read(cell, gas)?.is_some() {
                    return Err(TrapKind::KeyPresent.into());
                }
                self.store(cell, field, take(frame, at, field.value), gas)?;
            }
            // `walks` has taken the others.
            _ => {
                self.charge_change(cell, field.value_bytes, gas)?;
                self.set(cell, None);
            }
        }
        Ok(())
    }

    /// The cell of the entry of a field whose keys lie in `slots`; they are taken, and scalars remembered.
    fn entry(
        &mut self,
        number: u16,
        field: &Field,
        slots: &[u64],
        gas: &mut u64,
    ) -> Result<CellId, Stop> {
        self.take_key(field, &field.keys, slots, gas)?;
        let cell = self.cell(field.value, gas)?;
        if let Some(count) = field.scalar_keys {
            self.shared.overlay.remember(number, &slots[..count], cell);
        }
        Ok(cell)
    }

    /// The cell of `key`, which holds values of type `ty`.
    pub(super) fn cell(&mut self, ty: Type, gas: &mut u64) -> Result<CellId, Stop> {
        let place = match self.shared.overlay.find(&self.shared.key) {
            Ok(cell) => return Ok(cell),
            Err(place) => place,
        };
        *gas = charge(*gas, self.schedule.state_cold)?;
        self.hold(entry_bytes(&self.shared.key))?;
        Ok(self.shared.overlay.touch(self.shared.key.take(), place, ty))
    }

    pub(super) fn read(&mut self, cell: CellId, gas: &mut u64) -> Result<Option<Slots>, Stop> {
        if let Some(entry) = self.shared.overlay.known(cell) {
            return Ok(entry);
        }
        let (overlay, host, mut arena) = self.chain(*gas);
        let entry = overlay.get(cell, host, &mut arena)?;
        (*gas, self.held) = (arena.gas, arena.held);
        Ok(entry)
    }

    /// Gives the overlay a value.
    fn store(
        &mut self,
        cell: CellId,
        field: &Field,
        value: Slots,
        gas: &mut u64,
    ) -> Result<(), Stop> {
        let mut value_bytes = field.value_bytes;
        if field.value.heap().is_some() {
            let price = self.schedule.state_value_byte;
            let mut arena = self.arena(*gas);
            let bytes = arena.measure(&[field.value], &value)?;
            arena.charge(price.saturating_mul(bytes))?;
            *gas = arena.gas;
            value_bytes = bytes;
        }
        self.charge_change(cell, value_bytes, gas)?;
        self.set(cell, stored(field, value));
        Ok(())
    }

    pub(super) fn set(&mut self, cell: CellId, value: Option<Slots>) {
        self.shared.overlay.set(cell, value, &mut *self.heap, &self.module.layouts);
    }

    /// Charges for the first change of an entry, and for what it is longer than it ever was.
    pub(super) fn charge_change(
        &mut self,
        cell: CellId,
        value: u64,
        gas: &mut u64,
    ) -> Result<(), Stop> {
        *gas = self.pay_change(cell, value, *gas).ok_or(Stop::OutOfGas)?;
        Ok(())
    }

    /// As [`Machine::charge_change`]; gives what remains, if it suffices.
    fn pay_change(&mut self, cell: CellId, value: u64, gas: u64) -> Option<u64> {
        let more = self.shared.overlay.longer_by(cell, value);
        let mut cost = self.schedule.state_byte.saturating_mul(more);
        if !self.shared.overlay.is_changed(cell) {
            cost = cost.saturating_add(self.schedule.state_change);
        }
        let left = gas.checked_sub(cost)?;
        self.shared.overlay.has_paid(cell, more);
        Some(left)
    }
}

/// The entry that a stored value makes: none where it equals the default.
fn stored(field: &Field, value: Slots) -> Option<Slots> {
    (field.default != Some(value)).then_some(value)
}

#[inline]
fn take(frame: &[u64], at: usize, ty: Type) -> Slots {
    let mut value = Slots::default();
    match usize::from(ty.slots()) {
        1 => value[0] = frame[at],
        slots => value[..slots].copy_from_slice(&frame[at..at + slots]),
    }
    value
}
