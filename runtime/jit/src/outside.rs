//! What compiled code leaves to the machine: an operation and how many registers it has.
//!
//! The registers of an operation are gathered into an area of the compiled frame, one operand
//! behind the other, and its instruction is renamed to them; so the machine's code, which knows
//! registers by number in a frame, serves every tier.

use deed_bytecode::Inst;
use deed_runtime::tier::Operation;

#[derive(Debug)]
pub(crate) enum Outside {
    Operation {
        /// What it is made of.
        inst: Inst,
        operation: Operation,
        slots: usize,
    },
    /// The end of the run: an error with its data.
    Throw { error: u16, slots: usize },
}

impl Outside {
    pub(crate) fn slots(&self) -> usize {
        match self {
            Outside::Operation { slots, .. } | Outside::Throw { slots, .. } => *slots,
        }
    }
}
