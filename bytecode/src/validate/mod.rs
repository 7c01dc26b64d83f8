//! Validation: from any module to one that an engine can run without looking again.
//!
//! One pass over tables, code and calls, in time and memory linear in the size of the module:
//! checking an instruction or an edge costs at most a constant of [`crate::limits`]. Blocks
//! say what they expect ([`crate::Block::live_in`]), so no fixed point is sought.
//!
//! # What a validated module can never do
//! *Claim.* Whenever an instruction runs, each register it reads holds a value of the type it
//! is read with, and each register it touches lies in the frame.
//!
//! *Proof sketch*, by induction over the steps of a run. The slot table ([`slots`]) says, for
//! the place in the block being checked, which value each slot is part of; the hypothesis is
//! that it describes the running frame.
//! - A call lays the arguments, which its check found in the caller's frame with the callee's
//!   parameter types, into the first slots of the callee's frame, which is large enough. The
//!   first block is checked as the target of an edge from exactly those parameters.
//! - At a block's start the table holds the block's expectation and nothing else. Every edge
//!   to the block was checked to provide at least that, so the hypothesis holds whichever
//!   edge was taken.
//! - An instruction reads with the types of its operands, each of which the table was asked
//!   for: all slots of the value belong to one definition, of that type, not overwritten in
//!   part since. It then writes values of the types that the table records.
//! - Only the last instruction of a block ends it, and it does end it, so execution never
//!   runs off a block; its targets are blocks of the function. Blocks are entered at their
//!   start only.
//! - Calls come back with results of the callee's result types, since every `ret` was checked
//!   to provide them, into registers that the caller's table records.
//!
//! # Ownership
//! *Claim.* At every moment of a run that has not ended, each heap value is held by exactly as
//! many registers of frames, fields and elements of heap values, and state entries as its count
//! says; a value that nothing holds any more has been let go.
//!
//! *Proof sketch.* A register of a heap type owns one count of its value; there are no borrowed
//! ones, and `dup` is the only operator that adds a count to what a register holds already. The
//! table says which registers own something.
//! - Operators that *take* a register empty its entry, so nothing reads it again and it cannot
//!   be taken twice; the count goes where the operator says: to another register, into a value,
//!   to the callee, to the state, or away.
//! - A write to a register that owns something is refused: no count is lost by it.
//! - An edge must find exactly the owning registers that its target expects, and `ret` none
//!   beside the results. The table counts the owned registers, so this costs no more than
//!   looking at what the target expects, and the pass stays linear.
//! - A trap or a throw ends the call, and with it the heap as a whole: its frames need no care.
//!
//! Values are trees: a value is made of values that exist already, and a change of one that is
//! held elsewhere too is made to a copy. So counts need no collector to find cycles.
//!
//! So a validated module cannot read what was never written, mistake one type for another,
//! leak or use again a heap value, leave its frame or code, name a table entry that does not exist, write state or emit from a
//! view, or enter `init` again. It can loop, recurse, trap and throw: gas and depth bound those.

mod code;
mod debug;
mod effects;
mod errors;
mod slots;
mod tables;

pub use effects::Effects;
pub use errors::{Invalid, ValidateError};

use crate::module::Module;
use std::ops::Deref;

/// A module that [`validate`] accepted. It cannot be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidModule {
    module: Module,
    effects: Vec<Effects>,
}

/// Accepts a module that keeps every rule, and refuses any other at the first it breaks.
///
/// # Errors
/// The place and the rule.
pub fn validate(module: Module) -> Result<ValidModule, ValidateError> {
    tables::check(&module)?;
    code::check(&module)?;
    let effects = effects::check(&module)?;
    debug::check(&module)?;
    Ok(ValidModule { module, effects })
}

impl ValidModule {
    /// What the function with this index does beyond its registers, its calls included.
    ///
    /// # Panics
    /// If there is no such function.
    pub fn effects(&self, function: u16) -> Effects {
        self.effects[usize::from(function)]
    }

    pub fn into_inner(self) -> Module {
        self.module
    }
}

impl Deref for ValidModule {
    type Target = Module;

    fn deref(&self) -> &Module {
        &self.module
    }
}
