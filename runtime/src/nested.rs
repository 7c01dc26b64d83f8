//! Runs inside a run: calls of other contracts, and attempts.
//!
//! In: a running [`Machine`] and what is to be run. Out: how that ended, with everything that a
//! failed run did undone, and the gas that is left.
//!
//! What every tier relies on, and all that it must know: an operation may run further code, by
//! [`Machine::nest`], on a stack of its own, through [`crate::tier::Program`] again. An operation
//! that fails has used gas that its `Err` does not tell; [`Calls::burnt`] does, and who receives
//! the `Exit` of a run takes it off.
//!
//! What always holds: at most [`crate::Limits::nesting`] runs are inside one another, so that the host's
//! stack is as deep as that and no deeper; a contract is on the call stack at most once; between two
//! runs of a contract in one call its state holds no references into a heap.

use std::fmt;
use std::sync::Arc;

use deed_bytecode::TrapKind;

use crate::bytes::Bytes;
use crate::call::{Created, Event, Trap};
use crate::heap::{Arena, Heap};
use crate::interp::{End, Exit, Machine, Stack, Stop};
use crate::module::LoadedModule;
use crate::overlay::{Overlay, Savepoint};
use crate::profile::{GasKind, Recorder};
use crate::value::Address;

/// What all the runs of one call share, beside state and events.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    /// The contracts on the call stack, the running one last.
    pub(crate) active: Vec<Address>,
    /// Runs inside one another, the first not counted.
    depth: u32,
    /// Contracts made in this call.
    pub(crate) created: Vec<Created>,
    /// How many unique hashes have been given out. Nothing takes one back.
    pub(crate) uniques: u64,
    /// What the operation that failed last had used.
    pub(crate) burnt: u64,
    /// Where the failure that is on its way began.
    pub(crate) place: Option<Trap>,
    /// Rooms that are free, in boxes, since each is taken out for a run and put back.
    #[allow(clippy::vec_box)]
    rooms: Vec<Box<Room>>,
    /// The most that runs inside the running one held at once, and those inside each that waits.
    pub(crate) peak: u64,
    peaks: Vec<u64>,
    /// Where the gas goes, if someone wants to know.
    pub(crate) recorder: Option<Box<Recorder>>,
}

/// Where a run has its registers and its values, kept for the runs to come.
#[derive(Debug, Default)]
pub(crate) struct Room {
    pub(crate) stack: Stack,
    pub(crate) heap: Heap,
}

impl Room {
    /// Bytes held.
    pub(crate) fn bytes(&self) -> u64 {
        self.stack.bytes() + self.heap.peak()
    }
}

/// What all machines of one call work on, a contract that is called after its caller. It is kept from
/// call to call, so that a call finds the room that the last one needed.
#[derive(Default)]
pub(crate) struct Shared {
    pub(crate) overlay: Overlay,
    pub(crate) events: Vec<Event>,
    pub(crate) calls: Calls,
    /// The key of the running state operator.
    pub(crate) key: Bytes,
}

impl Shared {
    /// Forgets the call before; what follows is a call of `contract`.
    pub(crate) fn begin(&mut self, contract: Address) {
        self.overlay.begin(contract);
        self.events.clear();
        self.calls.begin(contract);
        self.key = Bytes::new();
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("calls", &self.calls).finish_non_exhaustive()
    }
}

/// A moment to which a failed run returns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    pub(crate) savepoint: Savepoint,
    events: usize,
    created: usize,
}

/// How a nested run ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// With its results: encoded, or in slots where they were to be kept.
    Returned(Vec<u8>),
    /// With an error of the module that ran, and its encoded data.
    Thrown {
        error: u16,
        data: Vec<u8>,
    },
    Stopped(Stop),
}

/// How many rooms of nested runs are kept for the next call.
const KEPT_ROOMS: usize = 2;

impl Calls {
    /// Forgets the call before; what follows is a call of `contract`.
    pub(crate) fn begin(&mut self, contract: Address) {
        self.active.clear();
        self.active.push(contract);
        self.created.clear();
        self.rooms.truncate(KEPT_ROOMS);
        self.peaks.clear();
        (self.depth, self.uniques, self.burnt, self.peak) = (0, 0, 0, 0);
        (self.place, self.recorder) = (None, None);
    }
}

impl Machine<'_> {
    /// What an operation gives that went from `before` to `left` gas: what it used is told where it
    /// failed, too.
    pub(crate) fn spent(
        &mut self,
        result: Result<(), Stop>,
        before: u64,
        left: u64,
    ) -> Result<u64, Stop> {
        match result {
            Ok(()) => Ok(left),
            Err(stop) => {
                self.shared.calls.burnt = before.saturating_sub(left);
                Err(stop)
            }
        }
    }

    /// Runs a function of the machine's module, whose arguments lie in `stack`; gives the gas that
    /// is left. Where it fails, what it did is undone by the caller.
    pub(crate) fn nest(&mut self, function: u16, stack: &mut Stack, gas: u64) -> (Ended, u64) {
        let (module, schedule) = (self.module, self.schedule);
        let recorder = self.shared.calls.recorder.as_mut();
        let Some(begun) = recorder.map(|it| it.begin(module, schedule, function)) else {
            let exit = self.engine.program(module).run(function, stack, self, gas);
            return self.ended(exit);
        };
        let exit = module.interpreted().run(function, stack, self, gas);
        let pc = if let End::Stopped { pc, .. } = exit.end { pc } else { 0 };
        let (ended, left) = self.ended(exit);
        let lost = matches!(ended, Ended::Stopped(Stop::OutOfGas));
        let kind = if lost { GasKind::Lost } else { GasKind::Calls };
        if let Some(recorder) = &mut self.shared.calls.recorder {
            recorder.end(begun, gas.saturating_sub(left), pc, kind);
        }
        (ended, left)
    }

    /// How a run ended for who started it.
    fn ended(&mut self, Exit { gas, end }: Exit) -> (Ended, u64) {
        let left = gas.saturating_sub(std::mem::take(&mut self.shared.calls.burnt));
        match end {
            End::Returned(results) => (Ended::Returned(results), left),
            End::Thrown { error, data } => (Ended::Thrown { error, data }, left),
            End::Stopped { stop: Stop::Thrown { error, data }, .. } => {
                (Ended::Thrown { error, data }, left)
            }
            End::Stopped { stop: Stop::OutOfGas, .. } => (Ended::Stopped(Stop::OutOfGas), 0),
            End::Stopped { stop, function, pc } => {
                if let Stop::Trap(kind) = stop {
                    let contract = self.contract;
                    self.shared.calls.place.get_or_insert(Trap { contract, kind, function, pc });
                }
                (Ended::Stopped(stop), left)
            }
        }
    }

    /// Goes one run deeper, in a room of its own, or traps.
    pub(crate) fn descend(&mut self) -> Result<Box<Room>, Stop> {
        if self.shared.calls.depth >= self.limits.nesting {
            return Err(TrapKind::Depth.into());
        }
        self.shared.calls.depth += 1;
        self.shared.calls.peaks.push(std::mem::take(&mut self.shared.calls.peak));
        Ok(self.shared.calls.rooms.pop().unwrap_or_default())
    }

    /// Comes back from [`Machine::descend`].
    pub(crate) fn ascend(&mut self, room: Box<Room>) {
        self.shared.calls.depth -= 1;
        let before = self.shared.calls.peaks.pop().unwrap_or_default();
        self.shared.calls.peak = before.max(self.shared.calls.peak + room.bytes());
        self.shared.calls.rooms.push(room);
    }

    pub(crate) fn start(&mut self) -> Start {
        Start {
            savepoint: self.shared.overlay.savepoint(),
            events: self.shared.events.len(),
            created: self.shared.calls.created.len(),
        }
    }

    /// Undoes everything since `start`, state, events and contracts made alike.
    pub(crate) fn undo(&mut self, start: Start) {
        self.shared.overlay.rollback(start.savepoint, &mut *self.heap, &self.module.layouts);
        self.shared.events.truncate(start.events);
        self.shared.calls.created.truncate(start.created);
    }

    /// Undoes everything that the call did.
    pub(crate) fn undo_all(&mut self) {
        self.shared.overlay.abandon(&mut *self.heap, &self.module.layouts);
        self.shared.events.clear();
        self.shared.calls.created.clear();
    }

    /// The machine of a contract that this one calls. It has the state, the events and the memory
    /// that are held from here on, until [`Machine::resume`].
    pub(crate) fn callee<'c>(
        &'c mut self,
        module: &'c Arc<LoadedModule>,
        contract: Address,
        value: u128,
        read_only: bool,
        heap: &'c mut Heap,
    ) -> Machine<'c> {
        let caller = self.contract;
        let held = self.held.saturating_add(self.heap.live());
        self.shared.calls.active.push(contract);
        let suspended = self.shared.overlay.suspend(contract);
        Machine {
            module,
            engine: self.engine,
            host: &mut *self.host,
            schedule: self.schedule,
            limits: self.limits,
            heap,
            contract,
            caller,
            value,
            read_only: self.read_only || read_only,
            shared: &mut *self.shared,
            held,
            keeps: false,
            kept: Vec::new(),
            suspended,
        }
    }

    /// What a callee leaves when its run is over: its state without references into its heap.
    /// Gives what is held outside its heap.
    pub(crate) fn leave(self, since: Savepoint) -> (u64, Result<(), Stop>) {
        let gas = u64::MAX; // every value was measured, and paid for, when it was stored
        let layouts = &self.module.layouts;
        let (schedule, limits) = (self.schedule, self.limits);
        let heap = self.heap;
        let mut arena = Arena { heap, layouts, schedule, limits, held: 0, gas };
        let unloaded = self.shared.overlay.unload(since, &mut arena);
        self.shared.calls.active.pop();
        self.shared.overlay.resume(self.suspended);
        (self.held, unloaded)
    }

    /// Goes on after a callee, at whose end so much was held outside its heap.
    pub(crate) fn resume(&mut self, held: u64) {
        self.held = held.saturating_sub(self.heap.live());
    }
}
