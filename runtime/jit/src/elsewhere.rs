//! The tier on machines that it does not know: there is none.

use std::io;
use std::path::PathBuf;

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

    /// The same tier.
    #[must_use]
    pub fn with_cache(self, _: Cache) -> Jit {
        self
    }
}

/// Never made here.
#[derive(Debug)]
pub struct Cache(());

impl Cache {
    /// # Errors
    /// Always: there is no code to keep.
    pub fn own(
        _: impl Into<PathBuf>,
        _: impl FnOnce() -> io::Result<[u8; 32]>,
    ) -> io::Result<Cache> {
        Err(io::Error::other("no machine code is made here"))
    }
}

impl Tier for Jit {
    fn compile(&self, _: &Unit<'_>) -> Option<Box<dyn Program>> {
        None
    }
}
