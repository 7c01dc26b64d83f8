//! Attempts: a function that runs so that its failure can be looked at.
//!
//! In: an operator on failures or attempts, with the gas that remains. Out: its effect, and the gas
//! that then remains. A failed attempt has left nothing behind but the gas that it used.

use deed_bytecode::{HeapType, Op as Operator, TrapKind, Type};

use super::machine::{Machine, Stop};
use super::op::Reg;
use crate::heap::{Fault, Ref};
use crate::nested::Ended;

/// The fields of a failure ([`deed_bytecode::imports`]).
const TRAP: u16 = 0;
const CODE: u16 = 1;
const DATA: u16 = 2;

impl Machine<'_> {
    /// Runs an operator that carries the type of a failure or an attempt.
    pub(super) fn attempt(
        &mut self,
        op: Operator,
        ty: u16,
        frame: &mut [u64],
        [a, b, c]: [Reg; 3],
        gas: u64,
    ) -> Result<u64, Stop> {
        let (at, bt) = (usize::from(a), usize::from(b));
        match op {
            Operator::TryCall => self.try_call(ty, b, frame, at, usize::from(c), gas),
            Operator::ErrorIs => {
                frame[at] = u64::from(self.is_error(frame[bt] as Ref, c)?);
                Ok(gas)
            }
            // `translate` lets no other operator through.
            _ => {
                let failure = frame[bt] as Ref;
                self.error_open(failure, c, &mut frame[at..], gas)
            }
        }
    }

    /// What a `fail` does.
    pub(super) fn fail(&mut self, failure: Ref, gas: u64) -> Stop {
        let mut left = gas;
        let failed = self.failed(failure, &mut left);
        self.heap.drop(&self.module.layouts, failure);
        self.shared.calls.burnt = gas - left;
        failed.unwrap_or_else(|stop| stop)
    }

    fn failed(&mut self, failure: Ref, gas: &mut u64) -> Result<Stop, Stop> {
        let trap = self.scalar(failure, TRAP)?;
        if trap != 0 {
            let kind = u8::try_from(trap).ok().and_then(TrapKind::from_byte);
            return Ok(Stop::Trap(kind.ok_or(TrapKind::Unreachable)?));
        }
        let code = (self.scalar(failure, CODE)? as u32).to_le_bytes();
        let named = (0u16..).zip(&self.module.errors).find(|(_, error)| error.code == code);
        let (error, _) = named.ok_or(TrapKind::BadCallee)?;
        let data = self.data(failure)?;
        self.check_data(error, &data, gas)?;
        Ok(Stop::Thrown { error, data })
    }

    fn try_call(
        &mut self,
        ty: u16,
        function: u16,
        frame: &mut [u64],
        d: usize,
        args: usize,
        gas: u64,
    ) -> Result<u64, Stop> {
        let module = self.module;
        let params = &module.module.functions[usize::from(function)].params;
        let mut room = self.descend()?;
        let count = Type::total_slots(params);
        let args = &frame[args..args + count];
        room.stack.first(count).copy_from_slice(args);
        // An owner beside the attempt: so what it is given is whole if it fails.
        heap_values(params, args).for_each(|value| self.heap.dup(value));
        let (start, loaded) = (self.start(), self.shared.overlay.loaded());
        self.heap.begin_attempt();
        let keeps = std::mem::replace(&mut self.keeps, true);
        let (mut ended, mut left) = self.nest(function, &mut room.stack, gas);
        self.keeps = keeps;
        self.ascend(room);
        if matches!(ended, Ended::Returned(_)) {
            self.heap.commit_attempt();
        } else {
            self.undo(start);
            let (overlay, _, mut arena) = self.chain(u64::MAX);
            if let Err(stop) = overlay.unload_born(loaded, &mut arena) {
                ended = Ended::Stopped(stop);
            }
            self.heap.abort_attempt();
            heap_values(params, args).for_each(|value| self.heap.drop(&module.layouts, value));
        }
        heap_values(params, args).for_each(|value| self.heap.drop(&module.layouts, value));
        let result = match ended {
            Ended::Returned(_) => {
                let kept = std::mem::take(&mut self.kept);
                let mut arena = self.arena(left);
                let made = arena.make(ty, 0, &kept);
                left = arena.gas;
                made
            }
            ended => self.caught(ty, ended, &mut left),
        };
        self.spent(result.map(|value| frame[d] = value.into()), gas, left)
    }

    /// The failed variant of an attempt; what cannot be caught goes on.
    fn caught(&mut self, ty: u16, ended: Ended, gas: &mut u64) -> Result<Ref, Stop> {
        let module = self.module;
        let (trap, code, data, message) = match ended {
            Ended::Thrown { error, data } => {
                let error = &module.errors[usize::from(error)];
                (0, u32::from_le_bytes(error.code), data, error.name.to_string())
            }
            Ended::Stopped(Stop::Trap(kind)) => {
                self.shared.calls.place = None;
                (kind as u64, 0, Vec::new(), kind.name().to_owned())
            }
            Ended::Stopped(stop) => return Err(stop),
            Ended::Returned(_) => return Err(TrapKind::Unreachable.into()),
        };
        let types = &module.module.types;
        let failure = payload(types, Some(ty), 1).and_then(|fields| fields[0].heap());
        let (Some(failure), Some(fields)) = (failure, payload(types, failure, 0)) else {
            return Err(TrapKind::Unreachable.into());
        };
        let heap = |at: usize| fields[at].heap().unwrap_or_default();
        let mut arena = self.arena(*gas);
        let made = arena.literal(heap(2), &data).and_then(|data| {
            let message = arena.literal(heap(3), message.as_bytes())?;
            let slots = [trap, code.into(), data.into(), message.into()];
            let failure = arena.make(failure, 0, &slots)?;
            arena.make(ty, 1, &[failure.into()])
        });
        *gas = arena.gas;
        made
    }

    /// Whether a failure is this error of the module.
    fn is_error(&mut self, failure: Ref, error: u16) -> Result<bool, Stop> {
        let code = u32::from_le_bytes(self.module.errors[usize::from(error)].code);
        Ok(self.scalar(failure, TRAP)? == 0 && self.scalar(failure, CODE)? == u64::from(code))
    }

    fn error_open(
        &mut self,
        failure: Ref,
        error: u16,
        slots: &mut [u64],
        gas: u64,
    ) -> Result<u64, Stop> {
        if !self.is_error(failure, error)? {
            return Err(TrapKind::BadCallee.into());
        }
        let data = self.data(failure)?;
        let types = &self.module.errors[usize::from(error)].types;
        let mut arena = self.arena(gas);
        let result = arena.decode(types, &data, slots).map_err(|fault| match fault {
            Fault::Stop(stop) => stop,
            Fault::Bad(_) => TrapKind::BadCallee.into(),
        });
        let left = arena.gas;
        self.spent(result, gas, left)
    }

    fn scalar(&mut self, record: Ref, field: u16) -> Result<u64, Stop> {
        let mut slot = [0];
        self.arena(0).field_get(record, field, &mut slot)?;
        Ok(slot[0])
    }

    /// The data of a failure.
    fn data(&mut self, failure: Ref) -> Result<Vec<u8>, Stop> {
        let mut slot = [0];
        let mut arena = self.arena(0);
        arena.field_get(failure, DATA, &mut slot)?;
        let data = slot[0] as Ref;
        let bytes = arena.heap.text(data).to_vec();
        arena.drop(data);
        Ok(bytes)
    }
}

/// The heap values among those that lie in `slots` one after the other.
fn heap_values<'a>(types: &'a [Type], slots: &'a [u64]) -> impl Iterator<Item = Ref> + 'a {
    let mut at = 0;
    types.iter().filter_map(move |ty| {
        let slot = slots.get(at).copied().unwrap_or_default();
        at += usize::from(ty.slots());
        ty.heap().map(|_| slot as Ref)
    })
}

/// The payload of a variant, or the fields of a record.
fn payload(types: &[HeapType], ty: Option<u16>, variant: usize) -> Option<&[Type]> {
    match types.get(usize::from(ty?))? {
        HeapType::Record { fields, .. } => Some(fields),
        HeapType::Enum { variants, .. } => variants.get(variant).map(Vec::as_slice),
        _ => None,
    }
}
