//! The tier on machines that it does not know: there is none.

use deed_runtime::tier::{Program, Tier, Unit};

use crate::Unsupported;

/// Never made here.
#[derive(Debug)]
pub struct Jit(());

impl Jit {
    /// # Errors
    /// Always: the code generator does not know this machine.
    pub fn new() -> Result<Jit, Unsupported> {
        Err(Unsupported("only x86-64 with the System V convention is known".into()))
    }
}

impl Tier for Jit {
    fn compile(&self, _: &Unit<'_>) -> Option<Box<dyn Program>> {
        None
    }
}
