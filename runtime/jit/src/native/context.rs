//! The table through which compiled code sees the engine, and the routine it calls out to.
//!
//! In: calls from compiled code. Out: their effects on the machine. Compiled code has the address
//! of its `Context` in the pinned register for as long as it runs, and reads and writes the first
//! fields by [`offset`]; the others are Rust's.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use deed_runtime::tier::{End, Machine, Stop};

use super::enter;
use crate::outside::Outside;

/// One run.
#[repr(C)]
pub(super) struct Context<'r, 'm> {
    /// The host's stack pointer, while compiled code runs on its own stack.
    pub(super) host_stack: usize,
    /// Why and where the run was left; 0 where it returned.
    pub(super) site: u64,
    /// The `ret` of the first function, where its results may fail to leave.
    pub(super) ret: u64,
    /// What gas remained when an operation had been done.
    pub(super) gas: u64,
    /// Where heap values lie.
    pub(super) heap: *mut u8,
    /// Where operations find their registers.
    pub(super) area: *mut u64,
    pub(super) leave: unsafe extern "C" fn(),
    pub(super) call_out: unsafe extern "C" fn(),
    /// What `call_out` calls, on the host's stack.
    pub(super) perform: unsafe extern "C" fn(u64, *mut u64, u64, *mut Context<'_, '_>) -> Answer,
    pub(super) machine: &'r mut Machine<'m>,
    pub(super) outsides: &'r [Outside],
    /// Why an operation stopped the run.
    pub(super) stopped: Option<Stopped>,
}

/// Where compiled code finds the fields of its context.
pub(crate) mod offset {
    use super::Context;
    use std::mem::offset_of;

    pub(crate) const HOST_STACK: usize = offset_of!(Context<'_, '_>, host_stack);
    pub(crate) const SITE: usize = offset_of!(Context<'_, '_>, site);
    pub(crate) const RET: i32 = offset_of!(Context<'_, '_>, ret) as i32;
    pub(crate) const GAS: usize = offset_of!(Context<'_, '_>, gas);
    pub(crate) const HEAP: i32 = offset_of!(Context<'_, '_>, heap) as i32;
    pub(crate) const AREA: i32 = offset_of!(Context<'_, '_>, area) as i32;
    pub(crate) const LEAVE: i32 = offset_of!(Context<'_, '_>, leave) as i32;
    pub(crate) const CALL_OUT: i32 = offset_of!(Context<'_, '_>, call_out) as i32;
    pub(crate) const PERFORM: usize = offset_of!(Context<'_, '_>, perform);
}

/// What an operation ended the run with.
pub(super) enum Stopped {
    Stop(Stop),
    Thrown(End, u64),
    /// A host panicked; the panic goes on once compiled code has been left.
    Panic(Box<dyn Any + Send>),
}

/// What an operation answers: the gas that remains, and whether the run goes on.
#[repr(C)]
pub(super) struct Answer {
    gas: u64,
    goes_on: u64,
}

impl<'r, 'm> Context<'r, 'm> {
    pub(super) fn new(
        machine: &'r mut Machine<'m>,
        outsides: &'r [Outside],
        heap: *mut u8,
        area: *mut u64,
    ) -> Context<'r, 'm> {
        Context {
            host_stack: 0,
            site: 0,
            ret: 0,
            gas: 0,
            heap,
            area,
            leave: enter::leave,
            call_out: enter::call_out,
            perform,
            machine,
            outsides,
            stopped: None,
        }
    }

    /// Runs an operation on its registers.
    fn outside(&mut self, number: u64, frame: &mut [u64], gas: u64) -> Result<u64, Stopped> {
        match &self.outsides[number as usize] {
            Outside::Operation { operation, .. } => {
                self.machine.perform(operation, frame, gas).map_err(Stopped::Stop)
            }
            Outside::Throw { error, .. } => match self.machine.throw(*error, frame, gas) {
                Ok((end, gas)) => Err(Stopped::Thrown(end, gas)),
                Err(stop) => Err(Stopped::Stop(stop)),
            },
        }
    }
}

/// Runs operation `number` on the registers at `frame`.
///
/// # Safety
/// `context` is that of the running code, which nothing else refers to, and `frame` points at as
/// many slots as the operation has.
#[allow(unsafe_code)]
unsafe extern "C" fn perform(
    number: u64,
    frame: *mut u64,
    gas: u64,
    context: *mut Context<'_, '_>,
) -> Answer {
    // SAFETY: the caller says so; the host waits in `enter` and touches nothing meanwhile.
    let context = unsafe { &mut *context };
    let slots = context.outsides[number as usize].slots();
    // SAFETY: the caller says so; compiled code gives the area that it keeps for the purpose.
    let frame = unsafe { std::slice::from_raw_parts_mut(frame, slots) };
    // A panic must not unwind through compiled code, which has no tables for it.
    let done = catch_unwind(AssertUnwindSafe(|| context.outside(number, frame, gas)));
    match done.unwrap_or_else(|panic| Err(Stopped::Panic(panic))) {
        Ok(gas) => Answer { gas, goes_on: 1 },
        Err(stopped) => {
            context.stopped = Some(stopped);
            Answer { gas, goes_on: 0 }
        }
    }
}
