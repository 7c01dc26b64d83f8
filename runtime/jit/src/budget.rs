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
const THOROUGH: usize = 20_000;
const QUICK: usize = 100_000;
/// All functions of a module together.
const MODULE: usize = 200_000;

/// How to compile a function, or `None` if it is too large.
pub(crate) fn effort(function: &Function) -> Option<Effort> {
    match work(function) {
        0..=THOROUGH => Some(Effort::Thorough),
        0..=QUICK => Some(Effort::Quick),
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

/// Whether a compiled frame is in proportion to that of the bytecode.
pub(crate) fn in_proportion(bytes: usize, slots: u16) -> bool {
    bytes <= FRAME_BYTES + SLOT_BYTES * usize::from(slots)
}
