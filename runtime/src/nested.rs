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

use std::sync::Arc;

use deed_bytecode::TrapKind;

use crate::call::{Created, Trap};
use crate::interp::{End, Exit, Machine, Stack, Stop};
use crate::module::LoadedModule;
use crate::overlay::Savepoint;
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
    /// Stacks that are free.
    stacks: Vec<Stack>,
    /// The most that runs inside the running one held at once, and those inside each that waits.
    pub(crate) peak: u64,
    peaks: Vec<u64>,
    /// Where the gas goes, if someone wants to know.
    pub(crate) recorder: Option<Box<Recorder>>,
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

impl Calls {
    /// Those of a call of `contract`.
    pub(crate) fn of(contract: Address) -> Calls {
        Calls { active: vec![contract], ..Calls::default() }
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
                self.calls.burnt = before.saturating_sub(left);
                Err(stop)
            }
        }
    }

    /// Runs a function of the machine's module, whose arguments lie in `stack`; gives the gas that
    /// is left. Where it fails, what it did is undone by the caller.
    pub(crate) fn nest(&mut self, function: u16, stack: &mut Stack, gas: u64) -> (Ended, u64) {
        let (module, schedule) = (self.module, self.schedule);
        let recorder = self.calls.recorder.as_mut();
        let Some(begun) = recorder.map(|it| it.begin(module, schedule, function)) else {
            let exit = self.engine.program(module).run(function, stack, self, gas);
            return self.ended(exit);
        };
        let exit = module.interpreted().run(function, stack, self, gas);
        let pc = if let End::Stopped { pc, .. } = exit.end { pc } else { 0 };
        let (ended, left) = self.ended(exit);
        let lost = matches!(ended, Ended::Stopped(Stop::OutOfGas));
        let kind = if lost { GasKind::Lost } else { GasKind::Calls };
        if let Some(recorder) = &mut self.calls.recorder {
            recorder.end(begun, gas.saturating_sub(left), pc, kind);
        }
        (ended, left)
    }

    /// How a run ended for who started it.
    fn ended(&mut self, Exit { gas, end }: Exit) -> (Ended, u64) {
        let left = gas.saturating_sub(std::mem::take(&mut self.calls.burnt));
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
                    self.calls.place.get_or_insert(Trap { contract, kind, function, pc });
                }
                (Ended::Stopped(stop), left)
            }
        }
    }

    /// Goes one run deeper, on a stack of its own, or traps.
    pub(crate) fn descend(&mut self) -> Result<Stack, Stop> {
        if self.calls.depth >= self.limits.nesting {
            return Err(TrapKind::Depth.into());
        }
        self.calls.depth += 1;
        self.calls.peaks.push(std::mem::take(&mut self.calls.peak));
        Ok(self.calls.stacks.pop().unwrap_or_default())
    }

    /// Comes back from [`Machine::descend`].
    pub(crate) fn ascend(&mut self, stack: Stack) {
        self.calls.depth -= 1;
        let before = self.calls.peaks.pop().unwrap_or_default();
        self.calls.peak = before.max(self.calls.peak + stack.bytes());
        self.calls.stacks.push(stack);
    }

    pub(crate) fn start(&mut self) -> Start {
        Start {
            savepoint: self.overlay.savepoint(),
            events: self.events.len(),
            created: self.calls.created.len(),
        }
    }

    /// Undoes everything since `start`, state, events and contracts made alike.
    pub(crate) fn undo(&mut self, start: Start) {
        self.overlay.rollback(start.savepoint, &mut self.heap, &self.module.layouts);
        self.events.truncate(start.events);
        self.calls.created.truncate(start.created);
    }

    /// The machine of a contract that this one calls. It has the state, the events and the memory
    /// that are held from here on; [`Machine::resume`] takes them back.
    pub(crate) fn callee<'c>(
        &'c mut self,
        module: &'c Arc<LoadedModule>,
        contract: Address,
        value: u128,
        read_only: bool,
    ) -> Machine<'c> {
        let caller = self.contract;
        let held = self.held.saturating_add(self.heap.live());
        let mut calls = std::mem::take(&mut self.calls);
        calls.active.push(contract);
        let mut overlay = std::mem::take(&mut self.overlay);
        let suspended = overlay.suspend(contract);
        Machine {
            module,
            engine: self.engine,
            host: &mut *self.host,
            schedule: self.schedule,
            limits: self.limits,
            heap: Default::default(),
            contract,
            caller,
            value,
            read_only: self.read_only || read_only,
            overlay,
            events: std::mem::take(&mut self.events),
            key: std::mem::take(&mut self.key),
            held,
            calls,
            keeps: false,
            kept: Vec::new(),
            suspended,
        }
    }

    /// What a callee leaves when its run is over: its state without references into its heap.
    pub(crate) fn leave(mut self, since: Savepoint) -> (Left, Result<(), Stop>) {
        let gas = u64::MAX; // every value was measured, and paid for, when it was stored
        let layouts = &self.module.layouts;
        let (schedule, limits) = (self.schedule, self.limits);
        let heap = &mut self.heap;
        let mut arena = crate::heap::Arena { heap, layouts, schedule, limits, held: 0, gas };
        let unloaded = self.overlay.unload(since, &mut arena);
        self.calls.active.pop();
        let Machine { mut overlay, events, key, calls, held, heap, suspended, .. } = self;
        overlay.resume(suspended);
        (Left { overlay, events, key, calls, held, heap }, unloaded)
    }

    /// Goes on after a callee.
    pub(crate) fn resume(&mut self, left: Left, stack: &mut Stack) {
        let Left { overlay, events, key, calls, held, heap } = left;
        stack.heap = heap;
        self.held = held.saturating_sub(self.heap.live());
        (self.overlay, self.events, self.key, self.calls) = (overlay, events, key, calls);
    }
}

/// What passes from a callee back to its caller.
pub(crate) struct Left {
    overlay: crate::overlay::Overlay,
    events: Vec<crate::call::Event>,
    key: Vec<u8>,
    calls: Calls,
    held: u64,
    heap: crate::heap::Heap,
}
