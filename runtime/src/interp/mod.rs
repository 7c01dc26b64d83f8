//! The interpreter: the reference semantics of the machine.
//!
//! In: a loaded module, a function, its arguments in registers, gas. Out: how it ended and what
//! gas remains. `translate` makes the compact code at load, `dispatch` runs it, `machine` holds
//! what lies outside the registers (events, context), `state` the operators on state entries, `heap` those on heap values,
//! `walk` keys of state entries and steps from one to the next,
//! `run` the frames, `wide` the types of several slots.
//!
//! What always holds: no recursion on the host's stack, no allocation but for deeper frames than
//! any call before, and for state, events and results; every run ends, since every block costs gas.

mod attempt;
mod dispatch;
mod heap;
mod machine;
mod native;
mod op;
mod outside;
mod run;
pub(crate) mod select;
mod state;
mod translate;
mod walk;
mod wide;

pub use machine::{Machine, Stop};
pub(crate) use op::Op;
pub use outside::COINS;
pub(crate) use translate::translate;

use std::any::Any;

use dispatch::Cell;
use op::Reg;

use crate::overlay::Slots;
use crate::tier::Program;

/// The index of an op in its module's code.
pub(crate) type Position = u32;

/// The code of a module in the interpreter's form.
#[derive(Debug, Default)]
pub(crate) struct Code {
    ops: Vec<Cell>,
    /// For every op, the bytecode instruction it came from, counted through its function.
    origin: Vec<u32>,
    wide_consts: Vec<Slots>,
    /// Where each `Switch` leads, by distance from it.
    targets: Vec<op::Target>,
    functions: Vec<FunctionCode>,
    /// Whether it has ops that look into the heap themselves.
    elements: bool,
}

#[derive(Clone, Copy, Debug)]
struct FunctionCode {
    entry: Position,
    /// The frame, and how many slots at its start are parameters.
    slots: u32,
    params: u16,
}

impl Code {
    /// The function and bytecode instruction an op came from.
    pub(crate) fn locate(&self, at: Position) -> (u16, u32) {
        let after = self.functions.partition_point(|function| function.entry <= at);
        let function = after.saturating_sub(1) as u16;
        (function, self.origin.get(at as usize).copied().unwrap_or(0))
    }
}

impl Program for Code {
    fn run(&self, function: u16, stack: &mut Stack, machine: &mut Machine<'_>, gas: u64) -> Exit {
        match machine.shared.calls.recorder {
            None => dispatch::run::<false>(self, function, stack, machine, gas),
            Some(_) => dispatch::run::<true>(self, function, stack, machine, gas),
        }
    }
}

/// Registers and frame records, kept from call to call.
#[derive(Debug, Default)]
pub struct Stack {
    pub(crate) slots: Vec<u64>,
    frames: Vec<Frame>,
    /// What another tier keeps here.
    pub(crate) own: Option<Box<dyn Any + Send>>,
}

/// Where a caller goes on.
#[derive(Clone, Copy, Debug, Default)]
struct Frame {
    /// The op behind the call.
    back: Position,
    /// How many slots the caller's frame has.
    slots: u16,
    /// Where the results go.
    d: Reg,
}

impl Stack {
    /// Makes room for slots below `end`. What they hold is unspecified.
    pub(crate) fn reserve(&mut self, end: usize) {
        if end > self.slots.len() {
            self.slots.resize(end.next_power_of_two(), 0);
        }
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> u64 {
        let frames = self.frames.capacity() * size_of::<Frame>();
        (self.slots.len() * 8 + frames) as u64
    }
}

/// What remains when a run is over.
#[derive(Debug)]
pub struct Exit {
    pub gas: u64,
    pub end: End,
}

/// How a run ended.
#[derive(Debug)]
pub enum End {
    /// With these results, encoded.
    Returned(Vec<u8>),
    /// With this data, encoded.
    Thrown { error: u16, data: Vec<u8> },
    /// It was stopped at this instruction of the bytecode.
    Stopped { stop: Stop, function: u16, pc: u32 },
}
