//! The tier that runs modules as machine code, made by Cranelift.
//!
//! In: a validated module and the prices of its blocks. Out: a program that means exactly what the
//! interpreter means: result, trap and its place, gas, effects. `lower` makes Cranelift's form
//! of a function, `assemble` puts compiled functions together, `cache` keeps them, `native` runs them.
//!
//! What always holds:
//! - a module with an instruction that is not known here is not taken, and the interpreter runs
//!   it; so is one whose compiling would take long (`budget`), or on another machine than
//!   x86-64 with the System V convention;
//! - compiled code keeps the bytecode's blocks for charging gas, checks every bound that the
//!   interpreter checks, and shares with it every routine that touches state, events or memory;
//! - it needs no signals, no unwinding tables, and no more stack than `budget` says.

#[cfg(all(target_arch = "x86_64", unix))]
mod assemble;
#[cfg(all(target_arch = "x86_64", unix))]
mod budget;
#[cfg(all(target_arch = "x86_64", unix))]
mod cache;
#[cfg(all(target_arch = "x86_64", unix))]
mod jit;
#[cfg(all(target_arch = "x86_64", unix))]
mod lower;
#[cfg(all(target_arch = "x86_64", unix))]
mod native;
#[cfg(all(target_arch = "x86_64", unix))]
mod outside;
#[cfg(all(target_arch = "x86_64", unix))]
mod placing;
#[cfg(all(target_arch = "x86_64", unix))]
mod room;
#[cfg(all(target_arch = "x86_64", unix))]
mod site;

#[cfg(all(target_arch = "x86_64", unix))]
pub use cache::Cache;
#[cfg(all(target_arch = "x86_64", unix))]
pub use jit::{Jit, Listing};

#[cfg(not(all(target_arch = "x86_64", unix)))]
mod elsewhere;
#[cfg(not(all(target_arch = "x86_64", unix)))]
pub use elsewhere::{Cache, Jit};

use std::fmt;

/// The code generator does not know this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported(pub(crate) String);

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no machine code can be made here: {}", self.0)
    }
}

impl std::error::Error for Unsupported {}
