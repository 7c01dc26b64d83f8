//! What a run needs beside the three values the dispatch loop keeps in machine registers.
//!
//! In: calls, returns and operators that leave the loop. Out: their effects on the stack and the
//! machine. All of it is safe code, and none of it is inlined into the loop, so that the loop's
//! own state stays where it is.
//!
//! What always holds: `base + running.slots` slots of the stack are reserved.

use deed_bytecode::{ContextKind, Op as Operator, TrapKind, Ty};

use super::machine::{Machine, Stop};
use super::op::{Reg, StateOp};
use super::{Code, Frame, FunctionCode, Position, Stack, wide};
use crate::config::Limits;
use crate::heap::Ref;
use crate::profile::{GasKind, Recorder};

pub(super) struct Run<'r, 'm> {
    pub(super) code: &'r Code,
    stack: &'r mut Stack,
    machine: &'r mut Machine<'m>,
    limits: &'m Limits,
    function: u16,
    running: FunctionCode,
    /// The slot of the stack at which the running frame begins.
    base: usize,
}

impl<'r, 'm> Run<'r, 'm> {
    /// A run of `function`, whose arguments lie at the start of the stack.
    pub(super) fn new(
        code: &'r Code,
        function: u16,
        stack: &'r mut Stack,
        machine: &'r mut Machine<'m>,
    ) -> Run<'r, 'm> {
        let running = code.functions[usize::from(function)];
        let limits = machine.limits;
        stack.frames.clear();
        stack.reserve(running.slots as usize);
        Run { code, stack, machine, limits, function, running, base: 0 }
    }

    fn recorder(&mut self) -> Option<&mut Recorder> {
        self.machine.calls.recorder.as_deref_mut()
    }

    /// The gas that has been told of.
    pub(super) fn told(&mut self) -> u64 {
        self.recorder().map_or(0, |recorder| recorder.told())
    }

    /// Tells of a block that is entered.
    #[inline(never)]
    pub(super) fn tell_block(&mut self, at: Position, cost: u64) {
        let pc = self.code.origin[at as usize];
        self.recorder().into_iter().for_each(|recorder| recorder.block(pc, cost));
    }

    /// Tells of what an operation has used since `told` was all.
    #[inline(never)]
    pub(super) fn tell(&mut self, at: Position, kind: GasKind, used: u64, told: u64) {
        let pc = self.code.origin[at as usize];
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

    /// Where the running function begins.
    pub(super) fn entry(&self) -> Position {
        self.running.entry
    }

    /// The first register of the running frame, with all of the frame behind it.
    pub(super) fn registers(&mut self) -> *mut u64 {
        // Not by way of a slice, so that later borrows of the stack leave the pointer valid.
        self.stack.slots.as_mut_ptr().wrapping_add(self.base)
    }

    /// The slot of the stack that a register of the running frame is.
    fn slot(&self, reg: Reg) -> usize {
        self.base + usize::from(reg)
    }

    fn frame(&mut self) -> &mut [u64] {
        &mut self.stack.slots[self.base..self.base + self.running.slots as usize]
    }

    /// Enters `callee` with the arguments from `a` on; its results will come to `d` on, and the
    /// caller will go on at `back`.
    #[inline(never)]
    pub(super) fn call(
        &mut self,
        [d, callee, a]: [u16; 3],
        back: Position,
    ) -> Result<Position, Stop> {
        let target = self.code.functions[usize::from(callee)];
        let base = self.base + self.running.slots as usize;
        let end = base + target.slots as usize;
        let depth = self.stack.frames.len() + 2;
        if depth > self.limits.call_depth as usize || end > self.limits.frame_slots as usize {
            return Err(Stop::Trap(TrapKind::Depth));
        }
        self.stack.frames.push(Frame { base: self.base as u32, back, function: self.function, d });
        self.stack.reserve(end);
        let arguments = self.slot(a);
        copy_few(&mut self.stack.slots, arguments, base, usize::from(target.params));
        (self.base, self.function, self.running) = (base, callee, target);
        Ok(target.entry)
    }

    /// Leaves the running function with the results from `a` on, and gives the place where its
    /// caller goes on, if it has one.
    #[inline(never)]
    pub(super) fn ret(&mut self, a: Reg) -> Option<Position> {
        let caller = self.stack.frames.pop()?;
        let (at, count) = (self.slot(a), usize::from(self.running.results));
        self.base = caller.base as usize;
        self.function = caller.function;
        self.running = self.code.functions[usize::from(caller.function)];
        let to = self.slot(caller.d);
        copy_few(&mut self.stack.slots, at, to, count);
        Some(caller.back)
    }

    #[inline(never)]
    pub(super) fn constant(&mut self, d: Reg, slots: u16, index: u32) {
        let (d, slots) = (usize::from(d), usize::from(slots));
        let value = self.code.wide_consts[index as usize];
        self.frame()[d..d + slots].copy_from_slice(&value[..slots]);
    }

    #[inline(never)]
    pub(super) fn mov(&mut self, d: Reg, a: Reg, slots: u16) {
        let a = usize::from(a);
        self.frame().copy_within(a..a + usize::from(slots), usize::from(d));
    }

    #[inline(never)]
    pub(super) fn wide(&mut self, op: Operator, ty: Ty, registers: [Reg; 3]) -> Result<(), Stop> {
        Ok(wide::execute(op, ty, self.frame(), registers)?)
    }

    #[inline(never)]
    pub(super) fn cast(&mut self, types: [Ty; 2], wrap: bool, regs: [Reg; 2]) -> Result<(), Stop> {
        Ok(wide::execute_cast(types, wrap, self.frame(), regs)?)
    }

    #[inline(never)]
    pub(super) fn context(&mut self, kind: ContextKind, d: Reg) {
        let frame = &mut self.stack.slots[self.base..];
        self.machine.context(kind, frame, d);
    }

    /// The encoded results of the whole run, from `a` on, and the gas that remains.
    #[inline(never)]
    pub(super) fn results(&mut self, a: Reg, gas: u64) -> Result<(Vec<u8>, u64), Stop> {
        let first = self.slot(a);
        self.machine.results(self.function, &self.stack.slots[first..], gas)
    }

    /// The encoded data of an error, from `a` on, and the gas that remains.
    #[inline(never)]
    pub(super) fn error_data(
        &mut self,
        error: u16,
        a: Reg,
        gas: u64,
    ) -> Result<(Vec<u8>, u64), Stop> {
        let types = &self.machine.module.errors[usize::from(error)].types;
        self.machine.encode(types, &self.stack.slots[self.base..], a, gas)
    }

    #[inline(never)]
    pub(super) fn heap(
        &mut self,
        op: Operator,
        ty: u16,
        registers: [Reg; 3],
        gas: u64,
    ) -> Result<u64, Stop> {
        self.machine.heap(op, ty, &mut self.stack.slots[self.base..], registers, gas)
    }

    /// An element of `N` bytes, if the index is one.
    #[inline(always)]
    pub(super) fn element<const N: usize>(&self, vec: u64, index: u64) -> Option<[u8; N]> {
        self.machine.heap.element(vec as Ref, index)
    }

    /// Puts an element of `N` bytes, if the index is one and no one else holds the vector.
    #[inline(always)]
    pub(super) fn set_element<const N: usize>(
        &mut self,
        vec: u64,
        index: u64,
        element: [u8; N],
    ) -> Option<()> {
        self.machine.heap.set_element(vec as Ref, index, element)
    }

    /// Eight bytes of a value, so far behind its begin.
    #[inline(always)]
    pub(super) fn field(&self, record: u64, at: u16) -> Option<u64> {
        self.machine.heap.field(record as Ref, at)
    }

    /// Puts eight bytes, if no one else holds the value.
    #[inline(always)]
    pub(super) fn set_field(&mut self, record: u64, at: u16, value: u64) -> Option<()> {
        self.machine.heap.set_field(record as Ref, at, value)
    }

    /// What cannot be done in place: a copy, or a trap.
    #[cold]
    #[inline(never)]
    pub(super) fn part_slowly(
        &mut self,
        op: Operator,
        ty: u16,
        registers: [Reg; 3],
        gas: u64,
    ) -> Result<((), u64), Stop> {
        self.heap(op, ty, registers, gas).map(|left| ((), left))
    }

    #[inline(never)]
    pub(super) fn outside(&mut self, op: Operator, regs: [Reg; 3], gas: u64) -> Result<u64, Stop> {
        self.machine.outside(op, &mut self.stack.slots[self.base..], regs, gas)
    }

    #[inline(never)]
    pub(super) fn fail(&mut self, a: Reg, gas: u64) -> Stop {
        let failure = self.stack.slots[self.slot(a)];
        self.machine.fail(failure as Ref, gas)
    }

    #[inline(never)]
    pub(super) fn emit(&mut self, event: u16, a: Reg, gas: u64) -> Result<u64, Stop> {
        self.machine.emit(event, &self.stack.slots[self.base..], a, gas)
    }

    /// Gives the gas that remains.
    #[inline(never)]
    pub(super) fn state(&mut self, op: StateOp, regs: [u16; 3], gas: u64) -> Result<u64, Stop> {
        self.machine.state(op, &mut self.stack.slots[self.base..], regs, gas)
    }
}

/// Copies registers to others that do not overlap them. There are few, so a loop is faster than what
/// is made for many.
#[inline(always)]
fn copy_few(slots: &mut [u64], from: usize, to: usize, count: usize) {
    match count {
        0 => {}
        1 => slots[to] = slots[from],
        _ => slots.copy_within(from..from + count, to),
    }
}
