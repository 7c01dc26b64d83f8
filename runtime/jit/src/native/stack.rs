//! A stack for compiled code, with a guard below it.
//!
//! In: a size. Out: memory whose first page cannot be touched. How much compiled code can use is
//! known before it runs (see `budget`), so the guard is there for defects alone: one ends the
//! process instead of writing where it must not.

use std::io;

use memmap2::{MmapMut, MmapOptions};
use rustix::mm::{MprotectFlags, mprotect};

/// Bytes at the low end that no one may touch: no compiled frame is as large.
pub(crate) const GUARD: usize = 1 << 20;

#[derive(Debug)]
pub(super) struct Stack(MmapMut);

impl Stack {
    /// A stack of `bytes`, a multiple of 16.
    pub(super) fn new(bytes: usize) -> io::Result<Stack> {
        let mut memory = MmapOptions::new().len(GUARD + bytes).no_reserve_swap().map_anon()?;
        let start = memory.as_mut_ptr();
        // SAFETY: the range is the beginning of our own mapping, and nothing refers into it.
        #[allow(unsafe_code)]
        unsafe {
            mprotect(start.cast(), GUARD, MprotectFlags::empty())?;
        }
        Ok(Stack(memory))
    }

    /// How much can be used.
    pub(super) fn size(&self) -> usize {
        self.0.len() - GUARD
    }

    /// The end, where a stack begins; aligned to 16.
    pub(super) fn end(&mut self) -> *mut u8 {
        let bytes = self.0.len();
        self.0.as_mut_ptr().wrapping_add(bytes)
    }
}
