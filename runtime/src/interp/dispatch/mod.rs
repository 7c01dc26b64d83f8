//! Dispatch: from one instruction to the next. This folder is the one place of the interpreter with
//! `unsafe`.
//!
//! In: translated code, an entry function, its arguments at the start of the stack, gas.
//! Out: how the run ended and the gas that remains.
//!
//! Each instruction has a [`Step`]: what it does to the [`Running`]. A step is compiled into a handler
//! of its own, whose address stands with the instruction. Where `deed_threaded` is set a handler
//! ends by jumping to the next one's, with the state in machine registers; elsewhere, and where
//! a recorder is told of every charge, a loop calls them in turn. The steps are the same.
//!
//! Steps read ops, registers and elements of vectors through raw pointers, without bounds checks.
//! Three facts make that sound, and `translate` establishes the first two for every op it lets
//! through, whatever the bytecode said:
//!
//! - **Code.** A function's ops are one run of blocks; each block begins with an `Enter` and ends
//!   with an op that leaves it (a jump, branch, return, throw or trap), and every target is the
//!   distance to an `Enter`, those of a `Switch` in the table of targets, which holds all of them,
//!   included. So the pointer behind an op that does not leave is an op again. A handler is that of
//!   its op, or of its op and those behind it that are certain to follow (`fuse`).
//! - **Registers.** Every register operand, with all the slots of its value, lies within its
//!   function's frame, and the running frame lies within the slots of the stack: a call sees to that.
//! - **Heap.** Code that has operators on elements and fields starts with all of the heap's addresses
//!   reserved, so that a header at any 32-bit offset can be read, and checks an element's place
//!   against its end.
//!
//! What takes long is a method of `Run`, which is not inlined and is given numbers alone: a handler
//! lends no local variable to anyone, so its last call can always be a jump. The compiler makes it one
//! where it optimises, and promises nothing. So whoever enters a block looks how much of the host's stack
//! the run has taken: beyond `ROOM` all handlers return, and the loop goes on where they were.

mod fuse;
mod steps;

use std::fmt;

use deed_bytecode::TrapKind;

use super::machine::{Machine, Stop};
use super::op::{Op, Reg, Target};
use super::run::Run;
use super::{Code, End, Exit, Stack};
pub(super) use fuse::link;

use crate::heap::REACH;

/// An instruction as it lies in the code: what runs it, and its operands.
#[derive(Clone, Copy)]
pub(crate) struct Cell {
    handler: Handler,
    pub(super) op: Op,
}

/// Runs the instruction at the first argument and, where handlers are threaded, all that follow.
/// The other arguments are the running frame, the gas, the run and the heap. It gives nothing, so that
/// whatever it calls last can be a jump.
type Handler = for<'r, 'm> unsafe fn(*const Cell, *mut u64, u64, *mut Run<'r, 'm>, *mut u8);

impl Cell {
    /// An instruction that has not been linked yet.
    pub(super) fn new(op: Op) -> Cell {
        Cell { handler: steps::handler::<Stepped>(&op), op }
    }
}

impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.op.fmt(f)
    }
}

/// How handlers follow each other.
trait Pace {
    /// Each jumps to the next.
    const THREADED: bool;
    /// The recorder is told of every charge.
    const TOLD: bool;
}

struct Threaded;
struct Stepped;
struct Told;

impl Pace for Threaded {
    const THREADED: bool = true;
    const TOLD: bool = false;
}
impl Pace for Stepped {
    const THREADED: bool = false;
    const TOLD: bool = false;
}
impl Pace for Told {
    const THREADED: bool = false;
    const TOLD: bool = true;
}

/// What an instruction works on.
struct Running<'s, 'r, 'm> {
    ip: *const Cell,
    fp: *mut u64,
    gas: u64,
    run: &'s mut Run<'r, 'm>,
    heap: *mut u8,
}

/// Why an instruction does not go on to the next.
enum Halt {
    Trap(TrapKind),
    OutOfGas,
    /// The run knows how it ended.
    Over,
    /// The instruction is left to another handler.
    Left(Handler),
    /// The handlers have taken their room on the host's stack: the loop goes on from here.
    Rest,
}

impl From<TrapKind> for Halt {
    fn from(kind: TrapKind) -> Halt {
        Halt::Trap(kind)
    }
}

type Flow = Result<(), Halt>;

/// What an instruction does, and where it leads.
#[allow(unsafe_code)]
trait Step {
    /// # Safety
    /// `ip` is at an op of this kind, in code of which the module's facts hold, and the other parts of
    /// the state are those of its run. Where the step gives `Ok`, they are again, with `ip` at an op.
    unsafe fn step<P: Pace>(state: &mut Running<'_, '_, '_>) -> Flow;
}

/// Runs a step, and what comes after it.
///
/// # Safety
/// As [`Step::step`].
#[allow(unsafe_code)]
unsafe fn handle<P: Pace, S: Step>(
    ip: *const Cell,
    fp: *mut u64,
    gas: u64,
    run: *mut Run<'_, '_>,
    heap: *mut u8,
) {
    // SAFETY: the caller gives a run that nothing else refers to.
    let mut state = Running { ip, fp, gas, run: unsafe { &mut *run }, heap };
    // SAFETY: the caller says so.
    let flow = unsafe { S::step::<P>(&mut state) };
    let Running { ip, fp, gas, .. } = state;
    match flow {
        // SAFETY: the step says that `ip` is at an op, and its cell has a handler for it.
        Ok(()) if P::THREADED => unsafe { ((*ip).handler)(ip, fp, gas, run, heap) },
        Ok(()) => {
            // SAFETY: as above; the state is not used any more.
            let run = unsafe { &mut *run };
            (run.ip, run.fp, run.gas) = (ip, fp, gas);
        }
        Err(Halt::Rest) => {
            // SAFETY: as above.
            let run = unsafe { &mut *run };
            (run.ip, run.fp, run.gas) = (ip, fp, gas);
        }
        // SAFETY: as above; the step has changed nothing.
        Err(Halt::Left(handler)) => unsafe { handler(ip, fp, gas, run, heap) },
        // SAFETY: as above.
        Err(halt) => unsafe { halted(ip, gas, run, halt) },
    }
}

/// Notes why a run is over.
///
/// # Safety
/// `run` is that of the handler, which does not use it any more.
#[allow(unsafe_code)]
#[cold]
#[inline(never)]
unsafe fn halted(ip: *const Cell, gas: u64, run: *mut Run<'_, '_>, halt: Halt) {
    // SAFETY: the caller says so.
    let run = unsafe { &mut *run };
    match halt {
        Halt::Trap(kind) => run.stop(ip, Stop::Trap(kind)),
        Halt::OutOfGas => run.stop(ip, Stop::OutOfGas),
        Halt::Over | Halt::Left(_) | Halt::Rest => {}
    }
    run.gas = gas;
}

/// Runs `function` with its arguments in the first slots of the stack.
#[allow(unsafe_code)]
pub(crate) fn run<const TOLD: bool>(
    code: &Code,
    function: u16,
    stack: &mut Stack,
    machine: &mut Machine<'_>,
    gas: u64,
) -> Exit {
    let heap = match code.elements {
        true => match machine.heap_base() {
            Ok(base) => base,
            Err(stop) => return Exit::stopped(stop, function, 0, gas),
        },
        false => std::ptr::null_mut(),
    };
    let mut run = Run::new(code, function, stack, machine, gas);
    if cfg!(deed_threaded) && !TOLD {
        run.floor = stack_pointer().saturating_sub(ROOM);
        while run.end.is_none() {
            // SAFETY: `ip` is at an `Enter` (Code): at first that of the function, whose frame has been
            // reserved (Registers), and the heap too (Heap), and then where the handlers came to rest.
            unsafe { ((*run.ip).handler)(run.ip, run.fp, run.gas, &raw mut run, heap) };
        }
    } else {
        while run.end.is_none() {
            // SAFETY: `ip` is at an op, at first and after every step that goes on (Code).
            let op = unsafe { &(*run.ip).op };
            let handler =
                if TOLD { steps::handler::<Told>(op) } else { steps::handler::<Stepped>(op) };
            // SAFETY: as above.
            unsafe { handler(run.ip, run.fp, run.gas, &raw mut run, heap) };
        }
    }
    let end = run.end.take().unwrap_or_else(|| {
        let stop = Stop::Fatal("the run ended without an end".into());
        End::Stopped { stop, function, pc: 0 }
    });
    Exit { gas: run.gas, end }
}

/// Keeps a condition a branch, which the processor predicts. As a choice between two numbers all that
/// comes after would wait for it.
#[allow(unsafe_code)]
#[inline(always)]
fn predict() {
    // SAFETY: no instruction at all.
    #[cfg(all(deed_threaded, not(miri)))]
    unsafe {
        std::arch::asm!("", options(nomem, nostack, preserves_flags));
    }
}

/// Bytes of the host's stack that the handlers of a run may take, where some call instead of jumping.
const ROOM: usize = 16 << 10;

/// Where the host's stack ends now; it grows downwards.
#[allow(unsafe_code)]
#[inline(always)]
fn stack_pointer() -> usize {
    let at: usize;
    // SAFETY: a register is read.
    #[cfg(all(deed_threaded, not(miri), target_arch = "x86_64"))]
    unsafe {
        std::arch::asm!("mov {}, rsp", out(reg) at, options(nomem, nostack, preserves_flags));
    }
    // SAFETY: as above.
    #[cfg(all(deed_threaded, not(miri), target_arch = "aarch64"))]
    unsafe {
        std::arch::asm!("mov {}, sp", out(reg) at, options(nomem, nostack, preserves_flags));
    }
    #[cfg(any(not(deed_threaded), miri))]
    {
        at = usize::MAX;
    }
    at
}

#[allow(unsafe_code)]
impl Running<'_, '_, '_> {
    /// The op at `ip`.
    #[inline(always)]
    fn op(&self) -> &Op {
        // SAFETY: `ip` is at an op (Code).
        unsafe { &(*self.ip).op }
    }

    /// Goes on behind an op that does not leave its block.
    #[inline(always)]
    fn next(&mut self) {
        // SAFETY: an op lies behind one that does not leave (Code).
        self.ip = unsafe { self.ip.add(1) };
    }

    #[inline(always)]
    fn get(&self, reg: Reg) -> u64 {
        // SAFETY: registers of ops lie within the frame at `fp` (Registers).
        unsafe { *self.fp.add(usize::from(reg)) }
    }

    #[inline(always)]
    fn set(&mut self, reg: Reg, value: u64) {
        // SAFETY: as above.
        unsafe { *self.fp.add(usize::from(reg)) = value }
    }

    /// Writes a signed value, if it lies in `-max - 1..=max`.
    #[inline(always)]
    fn set_within(&mut self, d: Reg, value: i64, max: i64, trap: TrapKind) -> Flow {
        if value > max || value < !max {
            return Err(trap.into());
        }
        self.set(d, value as u64);
        Ok(())
    }

    /// Writes an unsigned value, if it is at most `max`.
    #[inline(always)]
    fn set_at_most(&mut self, d: Reg, value: u64, max: u64, trap: TrapKind) -> Flow {
        if value > max {
            return Err(trap.into());
        }
        self.set(d, value);
        Ok(())
    }

    /// A count to shift by, below `bits`.
    #[inline(always)]
    fn count(&self, reg: Reg, bits: u8) -> Result<u32, Halt> {
        let count = self.get(reg);
        if count >= u64::from(bits) {
            return Err(TrapKind::BadShift.into());
        }
        Ok((count & 63) as u32)
    }

    /// Charges the block whose `Enter` is at `ip`, and goes behind it.
    #[inline(always)]
    fn enter<P: Pace>(&mut self) -> Flow {
        let Op::Enter { cost } = *self.op() else {
            // SAFETY: this is called at an `Enter` alone: that of a target, of a function (Code), or by
            // the step of that op.
            unsafe { std::hint::unreachable_unchecked() }
        };
        if P::THREADED && stack_pointer() < self.run.floor {
            return Err(Halt::Rest);
        }
        if self.gas < cost {
            return Err(Halt::OutOfGas);
        }
        self.gas -= cost;
        if P::TOLD {
            self.run.tell_block(self.ip, cost);
        }
        self.next();
        Ok(())
    }

    /// Continues at a block: its `Enter` is executed on the way.
    #[inline(always)]
    fn jump<P: Pace>(&mut self, to: Target) -> Flow {
        // SAFETY: a target is the distance in bytes to an `Enter` (Code).
        self.ip = unsafe { self.ip.byte_offset(to as isize) };
        self.enter::<P>()
    }

    #[inline(always)]
    fn branch<P: Pace>(&mut self, condition: bool, yes: Target, no: Target) -> Flow {
        let mut to = no;
        if condition {
            to = yes;
            predict();
        }
        self.jump::<P>(to)
    }

    /// The place of element `index`, of `N` bytes, of a vector, if it is one.
    #[inline(always)]
    fn element<const N: usize>(&self, vec: u64, index: u64) -> Option<*mut u8> {
        use crate::tier::layout::{HEADER, LENGTH};
        let value = vec as u32 as usize;
        if index >= u64::from(self.word(value + LENGTH as usize)) {
            return None;
        }
        let at = value + HEADER as usize + index as usize * N;
        // SAFETY: all offsets below `REACH`, and some more bytes, lie in the heap (Heap).
        (at < REACH).then(|| unsafe { self.heap.add(at) })
    }

    /// As [`Running::element`], where no one else holds the vector.
    #[inline(always)]
    fn own_element<const N: usize>(&self, vec: u64, index: u64) -> Option<*mut u8> {
        let place = self.element::<N>(vec, index)?;
        self.is_unique(vec).then_some(place)
    }

    /// The place of a field that begins so far behind its record.
    #[inline(always)]
    fn field(&self, record: u64, at: u16) -> *mut u8 {
        // SAFETY: a 32-bit offset and 16 bits more lie in the heap (Heap).
        unsafe { self.heap.add(record as u32 as usize + usize::from(at)) }
    }

    /// As [`Running::field`], where no one else holds the record.
    #[inline(always)]
    fn own_field(&self, record: u64, at: u16) -> Option<*mut u8> {
        self.is_unique(record).then(|| self.field(record, at))
    }

    /// Whether a value has one owner.
    #[inline(always)]
    fn is_unique(&self, value: u64) -> bool {
        let at = value as u32 as usize + crate::tier::layout::COUNT as usize;
        // SAFETY: a 32-bit offset and a little more lie in the heap (Heap).
        let count = unsafe { self.heap.add(at).cast::<u16>().read_unaligned() };
        u16::from_le(count) == 1
    }

    /// A word of a header.
    #[inline(always)]
    fn word(&self, at: usize) -> u32 {
        // SAFETY: as above.
        u32::from_le(unsafe { self.heap.add(at).cast::<u32>().read_unaligned() })
    }
}
