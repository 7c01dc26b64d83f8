//! The memory under a heap: one range of addresses that never moves.
//!
//! In: nothing. Out: bytes. Four gigabytes of addresses are reserved when the first value is made,
//! as many as 32-bit offsets can name; the operating system provides pages as they are written, so
//! what is not used costs nothing. Since it never moves, compiled code may keep its address.
//!
//! `memmap2` was chosen because it is maintained, is one thin layer over each system's call, and
//! is safe to use for memory that is not a file.

use std::ops::{Deref, DerefMut};

use memmap2::{MmapMut, MmapOptions};

use crate::interp::Stop;

/// As far as 32-bit offsets reach.
const RESERVED: usize = 1 << 32;

/// Nothing, or the whole range.
#[derive(Debug, Default)]
pub(super) struct Memory(Option<MmapMut>);

impl Memory {
    /// Makes sure that the range is there, and says where.
    ///
    /// # Errors
    /// If the operating system refuses it.
    pub(super) fn reserve(&mut self) -> Result<*mut u8, Stop> {
        if self.0.is_none() {
            let range = MmapOptions::new().len(RESERVED).no_reserve_swap().map_anon();
            let why = |error| Stop::Fatal(format!("no memory for heap values: {error}"));
            self.0 = Some(range.map_err(why)?);
        }
        Ok(self.as_mut_ptr())
    }
}

impl Deref for Memory {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.as_deref().unwrap_or_default()
    }
}

impl DerefMut for Memory {
    fn deref_mut(&mut self) -> &mut [u8] {
        self.0.as_deref_mut().unwrap_or_default()
    }
}
