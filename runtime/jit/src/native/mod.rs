//! Running machine code: memory for it, a stack of its own, the way in and the ways out.
//!
//! In: assembled code and a machine. Out: how the run ended. This folder holds all `unsafe` of
//! the room; what it trusts is said in [`program`].

mod context;
mod enter;
mod program;
mod stack;

pub(crate) use context::offset;
pub(crate) use program::Native;
