//! What a running call sees beyond its registers: state, events, the transaction.
//!
//! In: operators on the frame, with the gas that remains. Out: their effects in the overlay and
//! the event buffer, and the gas that then remains.
//!
//! Here are those on the transaction and on events; `state` has those on state entries, `heap` and `outside`
//! theirs.

use std::fmt::{self, Debug};

use deed_bytecode::{ContextKind, TrapKind, Type};

use super::op::{Op, Reg};
use super::wide;
use crate::call::Event;
use crate::config::Limits;
use crate::engine::Engine;
use crate::gas::{GasSchedule, bytes};
use crate::heap::{Arena, Heap, Ref};
use crate::host::{Host, HostError};
use crate::module::LoadedModule;
use crate::nested::Shared;
use crate::overlay::{Overlay, Slots, Suspended};
use crate::value::{Address, sha256};

/// Why a run was stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    Trap(TrapKind),
    /// A contract that was called threw this error of the running module; the data are encoded.
    Thrown {
        error: u16,
        data: Vec<u8>,
    },
    OutOfGas,
    Aborted,
    Fatal(String),
}

impl From<TrapKind> for Stop {
    fn from(kind: TrapKind) -> Stop {
        Stop::Trap(kind)
    }
}

impl From<HostError> for Stop {
    fn from(error: HostError) -> Stop {
        match error {
            HostError::Visible(kind) => Stop::Trap(kind),
            HostError::OutOfGas => Stop::OutOfGas,
            HostError::Aborted => Stop::Aborted,
            HostError::Fatal(reason) => Stop::Fatal(reason),
        }
    }
}

/// A running call beyond its registers: what operations work on.
pub struct Machine<'a> {
    pub(crate) module: &'a LoadedModule,
    pub(crate) engine: &'a Engine,
    pub(crate) host: &'a mut dyn Host,
    pub(crate) schedule: &'a GasSchedule,
    pub(crate) limits: &'a Limits,
    pub(crate) heap: &'a mut Heap,
    pub(crate) contract: Address,
    pub(crate) caller: Address,
    /// The coins that came with the call.
    pub(crate) value: u128,
    pub(crate) read_only: bool,
    /// What all machines of a call work on.
    pub(crate) shared: &'a mut Shared,
    /// Bytes held outside registers and the running contract's heap.
    pub(crate) held: u64,
    /// Whether the run that is on keeps its results in [`Machine::kept`], as slots.
    pub(crate) keeps: bool,
    pub(crate) kept: Vec<u64>,
    /// What the overlay does for the contract that waits for this one.
    pub(crate) suspended: Suspended,
}

/// What an event is counted for, beside its data: its record in the buffer.
const EVENT_BYTES: u64 = 96;

impl Debug for Machine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine").field("contract", &self.contract).finish_non_exhaustive()
    }
}

impl Machine<'_> {
    /// Runs an operator that neither moves control nor is a narrow one; gives the gas that
    /// remains.
    pub(crate) fn operate(&mut self, op: Op, frame: &mut [u64], gas: u64) -> Result<u64, Stop> {
        match op {
            Op::Wide { op, ty, d, a, b } => wide::execute(op, ty, frame, [d, a, b])?,
            Op::CastWide { wrap, from, to, d, a } => {
                wide::execute_cast([from, to], wrap, frame, [d, a])?;
            }
            Op::Context { d, kind } => self.context(kind, frame, d),
            Op::Emit { event, a } => return self.emit(event, frame, a, gas),
            Op::State { op, value, field, keys } => {
                return self.state(op, frame, [value, field, keys], gas);
            }
            Op::Heap { op, ty, a, b, c } => return self.heap(op, ty, frame, [a, b, c], gas),
            Op::Outside { op, a, b, c } => return self.outside(op, frame, [a, b, c], gas),
            Op::Fail { a } => return Err(self.fail(frame[usize::from(a)] as Ref, gas)),
            // `Op::is_operation` lets no other through.
            _ => return Err(Stop::Fatal(format!("{op:?} is no operation"))),
        }
        Ok(gas)
    }

    /// The heap, to be worked on with this gas.
    pub(crate) fn arena(&mut self, gas: u64) -> Arena<'_> {
        let layouts = &self.module.layouts;
        let (schedule, limits) = (self.schedule, self.limits);
        Arena { heap: &mut *self.heap, layouts, schedule, limits, held: self.held, gas }
    }

    /// Encodes values that lie in `frame` from `base` on, and takes them. Their scalars have been
    /// paid for by the block; gives the gas that remains.
    pub(crate) fn encode(
        &mut self,
        types: &[Type],
        frame: &[u64],
        base: Reg,
        gas: u64,
    ) -> Result<(Vec<u8>, u64), Stop> {
        let price = self.schedule.data_byte;
        let slots = &frame[usize::from(base)..];
        let mut arena = self.arena(gas);
        let encoded = arena.encode_last(types, slots).and_then(|data| {
            let dynamic = (data.len() as u64).saturating_sub(bytes(types));
            arena.charge(price.saturating_mul(dynamic)).map(|()| data)
        });
        let left = arena.gas;
        let mut data = Vec::new();
        let result = encoded.map(|encoded| data = encoded);
        let left = self.spent(result, gas, left)?;
        Ok((data, left))
    }

    /// Records an event; gives the gas that remains.
    pub(super) fn emit(
        &mut self,
        event: u16,
        frame: &[u64],
        base: Reg,
        gas: u64,
    ) -> Result<u64, Stop> {
        if self.read_only {
            return Err(TrapKind::ViewWrite.into());
        }
        let module = self.module;
        let def = &module.events[usize::from(event)];
        let (data, left) = self.encode(&def.types, frame, base, gas)?;
        let held = self.hold(EVENT_BYTES + data.len() as u64);
        let left = self.spent(held, gas, left)?;
        let (contract, code, name) = (self.contract, def.code, def.name.clone());
        self.shared.events.push(Event { contract, index: event, code, name, data });
        Ok(left)
    }

    /// Writes a context value into the frame.
    pub(super) fn context(&mut self, kind: ContextKind, frame: &mut [u64], d: Reg) {
        let slots = match kind {
            ContextKind::Sender => address(&self.caller),
            ContextKind::SelfAddress => address(&self.contract),
            ContextKind::Height => [self.host.context().height, 0, 0, 0],
            ContextKind::Time => [self.host.context().time, 0, 0, 0],
            ContextKind::Value => [self.value as u64, (self.value >> 64) as u64, 0, 0],
            ContextKind::TxHash => hash(&self.host.context().tx_id.0),
            ContextKind::TxIndex => [self.host.context().tx_index.into(), 0, 0, 0],
            ContextKind::BlockHash => hash(&self.host.context().parent.0),
            ContextKind::ChainId => hash(&sha256(&[self.host.context().chain_id.as_bytes()])),
        };
        put(frame, usize::from(d), &slots, kind.ty().into());
    }

    /// Takes memory, or traps.
    pub(super) fn hold(&mut self, bytes: u64) -> Result<(), Stop> {
        let held = self.held.saturating_add(bytes);
        if held.saturating_add(self.heap.live()) > self.limits.memory_bytes {
            return Err(TrapKind::Memory.into());
        }
        self.held = held;
        Ok(())
    }

    /// What answers about entries, and the heap for the answers.
    pub(super) fn chain(&mut self, gas: u64) -> (&mut Overlay, &mut dyn Host, Arena<'_>) {
        let (schedule, limits) = (self.schedule, self.limits);
        let (layouts, heap) = (&self.module.layouts, &mut *self.heap);
        let arena = Arena { heap, layouts, schedule, limits, held: self.held, gas };
        (&mut self.shared.overlay, &mut *self.host, arena)
    }
}

/// What remains of `gas` after `cost`.
pub(crate) fn charge(gas: u64, cost: u64) -> Result<u64, Stop> {
    gas.checked_sub(cost).ok_or(Stop::OutOfGas)
}

pub(super) fn put(frame: &mut [u64], at: usize, value: &Slots, ty: Type) {
    match usize::from(ty.slots()) {
        1 => frame[at] = value[0],
        slots => frame[at..at + slots].copy_from_slice(&value[..slots]),
    }
}

pub(super) fn address(address: &Address) -> Slots {
    hash(&address.0)
}

pub(super) fn hash(hash: &[u8; 32]) -> Slots {
    let (words, _) = hash.as_chunks::<8>();
    std::array::from_fn(|at| u64::from_le_bytes(words[at]))
}
