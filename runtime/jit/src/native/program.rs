//! Compiled code as a program.
//!
//! In: a function, its arguments on the engine's stack, a machine. Out: how the run ended.
//!
//! What the `unsafe` here trusts, and who sees to it:
//! - **Code.** The bytes are what `lower` made of a validated module: they touch their own stack,
//!   the context, heap values within their bounds, and the frame they are given. `validate`
//!   proves of the bytecode that registers hold what they are read as; `lower` keeps it so.
//! - **Stack.** No run needs more than `stack_bytes` (`budget`).

use std::panic::resume_unwind;

use deed_bytecode::TrapKind;
use deed_runtime::tier::{Exit, Machine, Program, Stack as Slots, Stop};
use memmap2::Mmap;

use super::context::{Context, Stopped};
use super::enter::enter;
use super::stack::Stack;
use crate::assemble::{Assembled, Entry};
use crate::outside::Outside;
use crate::site::{Site, Why};

/// A module's compiled code, in memory that can be run and no longer written.
#[derive(Debug)]
pub(crate) struct Native {
    code: Mmap,
    entries: Vec<Option<Entry>>,
    outsides: Vec<Outside>,
    /// Of the stack, the area for operations included.
    stack_bytes: usize,
    area_bytes: usize,
    /// What the first function finds: see `crate::room`.
    room: crate::room::Room,
    /// Whether the code reads heap values itself.
    heap: bool,
}

impl Native {
    /// Puts code where it can be run; `None` if there is no memory for it.
    pub(crate) fn new(assembled: Assembled) -> Option<Native> {
        let Assembled { bytes, entries, outsides, stack_bytes, area_bytes, room, heap } = assembled;
        let mut memory = memmap2::MmapMut::map_anon(bytes.len().max(1)).ok()?;
        memory[..bytes.len()].copy_from_slice(&bytes);
        let code = memory.make_exec().ok()?;
        Some(Native { code, entries, outsides, stack_bytes, area_bytes, room, heap })
    }
}

impl Program for Native {
    fn run(&self, function: u16, slots: &mut Slots, machine: &mut Machine<'_>, gas: u64) -> Exit {
        let Some(Some(entry)) = self.entries.get(usize::from(function)) else {
            let why = "a function that is not public was called from outside".into();
            return Exit::stopped(Stop::Fatal(why), function, 0, gas);
        };
        match self.enter(entry, slots, machine, gas) {
            Ok(exit) => exit.unwrap_or_else(|(gas, ret)| {
                let frame = slots.first(entry.frame_slots());
                match machine.results(function, &frame[..entry.results], gas) {
                    Ok((results, gas)) => Exit::returned(results, gas),
                    Err(stop) => Exit::stopped(stop, function, ret as u32, gas),
                }
            }),
            Err(stop) => Exit::stopped(stop, function, 0, gas),
        }
    }
}

impl Native {
    /// Runs a function. Gives how the run was left, or, where it returned, the gas and the `ret`.
    fn enter(
        &self,
        entry: &Entry,
        slots: &mut Slots,
        machine: &mut Machine<'_>,
        gas: u64,
    ) -> Result<Result<Exit, (u64, u64)>, Stop> {
        let heap = if self.heap { machine.heap_base()? } else { std::ptr::null_mut() };
        // What operations need lies where the stack ends, and the stack begins below it.
        let end = self.stack(slots)?.end().wrapping_sub(self.area_bytes);
        let frame = slots.first(entry.frame_slots()).as_mut_ptr();
        let mut context = Context::new(machine, &self.outsides, heap, end.cast());
        let code = self.code[entry.offset..].as_ptr();
        let room = self.room.before(entry.slots);
        // SAFETY: `code` is an entry of compiled code (Code), the frame has room for its arguments
        // and results, the stack for all that the run can use (Stack) with the area behind it; `end` is
        // aligned, as every end of a mapping is, and the area is a multiple of 16.
        #[allow(unsafe_code)]
        let gas = unsafe { enter(code, &raw mut context, frame, gas, room, end) };
        if context.site == 0 {
            return Ok(Err((gas, context.ret)));
        }
        let Site { why, function, pc } = Site::unpack(context.site);
        Ok(Ok(match why {
            Why::Trap(byte) => match TrapKind::from_byte(byte) {
                Some(kind) => Exit::trapped(kind, function, pc, gas),
                None => Exit::stopped(Stop::Fatal("no such trap".into()), function, pc, gas),
            },
            Why::OutOfGas => Exit::stopped(Stop::OutOfGas, function, pc, gas),
            Why::Stopped => match context.stopped.take() {
                Some(Stopped::Stop(stop)) => Exit::stopped(stop, function, pc, gas),
                Some(Stopped::Thrown(end, gas)) => Exit { gas, end },
                Some(Stopped::Panic(panic)) => resume_unwind(panic),
                None => Exit::stopped(Stop::Fatal("stopped by nothing".into()), function, pc, gas),
            },
        }))
    }

    /// The native stack that is kept with the engine's, made anew where there is none as large.
    fn stack<'s>(&self, slots: &'s mut Slots) -> Result<&'s mut Stack, Stop> {
        let own = slots.own();
        let fits = |stack: &Stack| stack.size() >= self.stack_bytes;
        if !own.as_ref().and_then(|own| own.downcast_ref()).is_some_and(fits) {
            let why = |error| Stop::Fatal(format!("no memory for a stack: {error}"));
            *own = Some(Box::new(Stack::new(self.stack_bytes).map_err(why)?));
        }
        let stack = own.as_mut().and_then(|own| own.downcast_mut());
        stack.ok_or_else(|| Stop::Fatal("the stack was lost".into()))
    }
}
