//! What a run needs beside the values that dispatch keeps in machine registers.
//!
//! In: calls that need room, and operators that leave dispatch. Out: their effects on the stack and the
//! machine. All of it is safe code, and what takes long is not inlined, so that dispatch's own
//! state stays where it is. A method that fails says how the run ended and gives `None`.

use deed_bytecode::{ContextKind, Op as Operator, TrapKind, Ty};

use super::dispatch::Cell;
use super::machine::{Machine, Stop};
use super::op::{Reg, StateOp};
use super::{Code, End, Frame, FunctionCode, Position, Stack, wide};
use crate::config::Limits;
use crate::heap::Ref;
use crate::profile::{GasKind, Recorder};

pub(super) struct Run<'r, 'm> {
    pub(super) code: &'r Code,
    stack: &'r mut Stack,
    machine: &'r mut Machine<'m>,
    limits: &'m Limits,
    /// The function that the run began with.
    function: u16,
    /// Where the run is, while no handler runs.
    pub(super) ip: *const Cell,
    /// The first register of the running frame, while no handler runs.
    pub(super) fp: *mut u64,
    /// The gas that remains, while no handler runs.
    pub(super) gas: u64,
    /// Below this the host's stack is not to grow by handlers.
    pub(super) floor: usize,
    /// How the run ended, once it has.
    pub(super) end: Option<End>,
    pub(super) functions: *const FunctionCode,
    /// Where the next record of a caller goes, where the first one is, and where there is no more room.
    pub(super) frames: *mut Frame,
    pub(super) frames_start: *mut Frame,
    pub(super) frames_end: *mut Frame,
    /// Where the slots end that frames may take.
    pub(super) slots_end: *mut u64,
}

/// Room for as many records of callers is made at once.
const FRAMES: usize = 64;

impl<'r, 'm> Run<'r, 'm> {
    /// A run of `function`, whose arguments lie at the start of the stack.
    pub(super) fn new(
        code: &'r Code,
        function: u16,
        stack: &'r mut Stack,
        machine: &'r mut Machine<'m>,
        gas: u64,
    ) -> Run<'r, 'm> {
        let running = code.functions[usize::from(function)];
        let limits = machine.limits;
        stack.reserve(running.slots as usize);
        if stack.frames.len() < FRAMES {
            stack.frames.resize(FRAMES, Frame::default());
        }
        let none = std::ptr::null_mut();
        let mut run = Run {
            code,
            stack,
            machine,
            limits,
            function,
            ip: code.ops[running.entry as usize..].as_ptr(),
            fp: none,
            gas,
            floor: 0,
            end: None,
            functions: code.functions.as_ptr(),
            frames: none.cast(),
            frames_start: none.cast(),
            frames_end: none.cast(),
            slots_end: none,
        };
        run.settle(0, 0);
        run
    }

    /// Takes the addresses of the stack anew, with the running frame at slot `base` and so many callers.
    /// None is taken by way of a slice, so that later borrows of the stack leave them valid.
    fn settle(&mut self, base: usize, callers: usize) {
        let slots = self.stack.slots.len().min(self.limits.frame_slots as usize);
        let most = (self.limits.call_depth as usize).saturating_sub(1);
        let frames = self.stack.frames.len().min(most);
        self.fp = self.stack.slots.as_mut_ptr().wrapping_add(base);
        self.slots_end = self.stack.slots.as_mut_ptr().wrapping_add(slots);
        self.frames_start = self.stack.frames.as_mut_ptr();
        self.frames_end = self.frames_start.wrapping_add(frames);
        self.frames = self.frames_start.wrapping_add(callers);
    }

    /// Makes room for a further caller, and for so many slots from the running frame on; leaves the
    /// running frame's new place in `fp`. Says whether the limits allow it.
    #[cold]
    #[inline(never)]
    pub(super) fn make_room(&mut self, fp: *mut u64, slots: usize) -> bool {
        let base = self.base(fp);
        let callers = (self.frames as usize - self.frames_start as usize) / size_of::<Frame>();
        let end = base + slots;
        let deep = callers + 2 > self.limits.call_depth as usize;
        if deep || end > self.limits.frame_slots as usize {
            return false;
        }
        self.stack.reserve(end);
        if callers == self.stack.frames.len() {
            self.stack.frames.resize(2 * callers, Frame::default());
        }
        self.settle(base, callers);
        true
    }

    /// The slot of the stack at which the running frame begins.
    fn base(&self, fp: *mut u64) -> usize {
        (fp as usize - self.stack.slots.as_ptr() as usize) / size_of::<u64>()
    }

    /// The registers of the running frame, and what lies behind them.
    fn frame(&mut self, fp: *mut u64) -> &mut [u64] {
        let base = self.base(fp);
        &mut self.stack.slots[base..]
    }

    /// The position of an op.
    fn position(&self, ip: *const Cell) -> Position {
        ((ip as usize - self.code.ops.as_ptr() as usize) / size_of::<Cell>()) as Position
    }

    /// Notes that the run was stopped at an op.
    pub(super) fn stop(&mut self, ip: *const Cell, stop: Stop) {
        let (function, pc) = self.code.locate(self.position(ip));
        self.end = Some(End::Stopped { stop, function, pc });
    }

    fn or_stop(&mut self, ip: *const Cell, result: Result<u64, Stop>) -> Option<u64> {
        result.map_err(|stop| self.stop(ip, stop)).ok()
    }

    fn origin(&self, ip: *const Cell) -> u32 {
        self.code.origin[self.position(ip) as usize]
    }

    fn recorder(&mut self) -> Option<&mut Recorder> {
        self.machine.shared.calls.recorder.as_deref_mut()
    }

    /// The gas that has been told of.
    pub(super) fn told(&mut self) -> u64 {
        self.recorder().map_or(0, |recorder| recorder.told())
    }

    /// Tells of a block that is entered.
    #[inline(never)]
    pub(super) fn tell_block(&mut self, ip: *const Cell, cost: u64) {
        let pc = self.origin(ip);
        self.recorder().into_iter().for_each(|recorder| recorder.block(pc, cost));
    }

    /// Tells of what an operation has used since `told` was all.
    #[inline(never)]
    pub(super) fn tell(&mut self, ip: *const Cell, kind: GasKind, used: u64, told: u64) {
        let pc = self.origin(ip);
        self.recorder().into_iter().for_each(|recorder| recorder.own(pc, kind, used, told));
    }

    #[inline(never)]
    pub(super) fn tell_call(&mut self, function: u16) {
        self.recorder().into_iter().for_each(|recorder| recorder.call(function));
    }

    #[inline(never)]
    pub(super) fn tell_ret(&mut self) {
        self.recorder().into_iter().for_each(Recorder::ret);
    }

    #[inline(never)]
    pub(super) fn constant(&mut self, fp: *mut u64, d: Reg, slots: u16, index: u32) {
        let (d, slots) = (usize::from(d), usize::from(slots));
        let value = self.code.wide_consts[index as usize];
        self.frame(fp)[d..d + slots].copy_from_slice(&value[..slots]);
    }

    #[inline(never)]
    pub(super) fn mov(&mut self, fp: *mut u64, d: Reg, a: Reg, slots: u16) {
        let a = usize::from(a);
        self.frame(fp).copy_within(a..a + usize::from(slots), usize::from(d));
    }

    #[inline(never)]
    pub(super) fn wide(
        &mut self,
        fp: *mut u64,
        op: Operator,
        ty: Ty,
        registers: [Reg; 3],
    ) -> Result<(), TrapKind> {
        wide::execute(op, ty, self.frame(fp), registers)
    }

    #[inline(never)]
    pub(super) fn cast(
        &mut self,
        fp: *mut u64,
        types: [Ty; 2],
        wrap: bool,
        regs: [Reg; 2],
    ) -> Result<(), TrapKind> {
        wide::execute_cast(types, wrap, self.frame(fp), regs)
    }

    #[inline(never)]
    pub(super) fn context(&mut self, fp: *mut u64, kind: ContextKind, d: Reg) {
        let base = self.base(fp);
        self.machine.context(kind, &mut self.stack.slots[base..], d);
    }

    /// Ends the run with the results from `a` on; gives the gas that remains.
    #[inline(never)]
    pub(super) fn results(
        &mut self,
        ip: *const Cell,
        fp: *mut u64,
        a: Reg,
        gas: u64,
    ) -> Option<u64> {
        let first = self.base(fp) + usize::from(a);
        match self.machine.results(self.function, &self.stack.slots[first..], gas) {
            Ok((results, left)) => {
                self.end = Some(End::Returned(results));
                Some(left)
            }
            Err(stop) => self.or_stop(ip, Err(stop)),
        }
    }

    /// Ends the run with an error, whose data lie from `a` on; gives the gas that remains.
    #[inline(never)]
    pub(super) fn throw(
        &mut self,
        ip: *const Cell,
        fp: *mut u64,
        error: u16,
        a: Reg,
        gas: u64,
    ) -> Option<u64> {
        let first = self.base(fp) + usize::from(a);
        match self.machine.throw(error, &self.stack.slots[first..], gas) {
            Ok((end, left)) => {
                self.end = Some(end);
                Some(left)
            }
            Err(stop) => self.or_stop(ip, Err(stop)),
        }
    }

    #[inline(never)]
    pub(super) fn heap(
        &mut self,
        ip: *const Cell,
        fp: *mut u64,
        op: Operator,
        ty: u16,
        registers: [Reg; 3],
        gas: u64,
    ) -> Option<u64> {
        let base = self.base(fp);
        let done = self.machine.heap(op, ty, &mut self.stack.slots[base..], registers, gas);
        self.or_stop(ip, done)
    }

    #[inline(never)]
    pub(super) fn outside(
        &mut self,
        ip: *const Cell,
        fp: *mut u64,
        op: Operator,
        regs: [Reg; 3],
        gas: u64,
    ) -> Option<u64> {
        let base = self.base(fp);
        let done = self.machine.outside(op, &mut self.stack.slots[base..], regs, gas);
        self.or_stop(ip, done)
    }

    #[inline(never)]
    pub(super) fn fail(&mut self, ip: *const Cell, fp: *mut u64, a: Reg, gas: u64) {
        let failure = self.frame(fp)[usize::from(a)];
        let stop = self.machine.fail(failure as Ref, gas);
        self.stop(ip, stop);
    }

    #[inline(never)]
    pub(super) fn emit(
        &mut self,
        ip: *const Cell,
        fp: *mut u64,
        event: u16,
        a: Reg,
        gas: u64,
    ) -> Option<u64> {
        let base = self.base(fp);
        let done = self.machine.emit(event, &self.stack.slots[base..], a, gas);
        self.or_stop(ip, done)
    }

    #[inline(never)]
    pub(super) fn state(
        &mut self,
        ip: *const Cell,
        fp: *mut u64,
        op: StateOp,
        regs: [u16; 3],
        gas: u64,
    ) -> Option<u64> {
        let base = self.base(fp);
        let done = self.machine.state(op, &mut self.stack.slots[base..], regs, gas);
        self.or_stop(ip, done)
    }
}
