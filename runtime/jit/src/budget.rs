//! How much compiling a module may take, and how much stack its code.
//!
//! In: a module. Out: whether it is compiled, and how each function is. Compiling is not metered,
//! so what it costs is bounded by the size of the module alone: the time grows with instructions
//! and with what blocks expect, faster than linearly for single functions.

use deed_bytecode::{Function, Module};

/// How a function is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    Thorough,
    Quick,
}

/// A measure of the work in a function.
fn work(function: &Function) -> usize {
    let blocks = function.blocks.iter();
    blocks.map(|block| 4 + block.code.len() + block.live_in.len()).sum()
}

/// Up to this much work a function is compiled thoroughly, up to the next at all.
const THOROUGH: usize = 10_000;
const QUICK: usize = 60_000;
/// All functions of a module together.
const MODULE: usize = 150_000;
/// The same for slots of a frame: allocating registers takes time for all that live at once.
const THOROUGH_SLOTS: u16 = 1024;
const QUICK_SLOTS: u16 = 4096;

/// How to compile a function, or `None` if it is too large.
pub(crate) fn effort(function: &Function) -> Option<Effort> {
    match (work(function), function.slots) {
        (0..=THOROUGH, 0..=THOROUGH_SLOTS) => Some(Effort::Thorough),
        (0..=QUICK, 0..=QUICK_SLOTS) => Some(Effort::Quick),
        _ => None,
    }
}

/// Whether a module is small enough to be compiled.
pub(crate) fn takes(module: &Module) -> bool {
    module.functions.iter().map(work).fold(0, usize::saturating_add) <= MODULE
}

/// The stack that a frame may take: so much, and so much more a register of the bytecode's frame.
/// A function that needs more sends its module to the interpreter.
pub(crate) const FRAME_BYTES: usize = 512;
pub(crate) const SLOT_BYTES: usize = 64;

/// What a call of the machine puts on the stack of compiled code: registers and two addresses.
pub(crate) const CALL_OUT_BYTES: usize = 128;

/// Whether a compiled frame is in proportion to that of the bytecode.
pub(crate) fn in_proportion(bytes: usize, slots: u16) -> bool {
    bytes <= FRAME_BYTES + SLOT_BYTES * usize::from(slots)
}
