//! The memory under a heap: one range of addresses that never moves.
//!
//! In: nothing. Out: bytes. A little more than four gigabytes of addresses are reserved when the first value is made,
//! as many as 32-bit offsets can name; the operating system provides pages as they are written, so
//! what is not used costs nothing. Since it never moves, compiled code may keep its address.
//!
//! `memmap2` was chosen because it is maintained, is one thin layer over each system's call, and
//! is safe to use for memory that is not a file.

use std::ops::{Deref, DerefMut, Range};

use memmap2::{MmapMut, MmapOptions};

use crate::interp::Stop;

/// Bytes that can be given back at a time: the page of this machine, or as much as some have.
pub(super) const PAGE: usize = if cfg!(target_arch = "x86_64") { 4 << 10 } else { 64 << 10 };

/// As far as 32-bit offsets reach.
pub(crate) const REACH: usize = 1 << 32;

/// Nothing, or the whole range.
#[derive(Debug, Default)]
pub(super) struct Memory(Option<MmapMut>);

impl Memory {
    /// As far as 32-bit offsets reach, and behind that as much as a header or a field may lie further.
    pub(super) const RESERVED: usize = REACH + (128 << 10);

    /// Makes sure that the range is there, and says where.
    ///
    /// # Errors
    /// If the operating system refuses it.
    pub(super) fn reserve(&mut self) -> Result<*mut u8, Stop> {
        if self.0.is_none() {
            let range = MmapOptions::new().len(Self::RESERVED).no_reserve_swap().map_anon();
            self.0 = Some(range.map_err(refused)?);
        }
        Ok(self.as_mut_ptr())
    }

    /// Memory of its own that has these bytes, as [`hand_over`] moves them.
    ///
    /// # Errors
    /// If the operating system refuses it.
    pub(super) fn of(bytes: Vec<u8>, step: usize) -> Result<Memory, Stop> {
        let mut memory = MmapMut::map_anon(bytes.len().max(1)).map_err(refused)?;
        hand_over(bytes, &mut memory, step);
        Ok(Memory(Some(memory)))
    }

    pub(super) fn word(&self, at: usize) -> u32 {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&self[at..at + 4]);
        u32::from_le_bytes(bytes)
    }

    pub(super) fn set_word(&mut self, at: usize, value: u32) {
        self[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }

    /// Gives the pages that lie in a range back to the system; what they hold is lost.
    pub(super) fn give_back(&mut self, range: Range<usize>) {
        let start = range.start.next_multiple_of(PAGE);
        let end = range.end / PAGE * PAGE;
        let Some(memory) = self.0.as_ref().filter(|_| start < end) else { return };
        #[cfg(unix)]
        {
            use memmap2::UncheckedAdvice::DontNeed;
            // SAFETY: the range is whole pages of our own anonymous memory, which reads as zeros after this;
            // it is borrowed by no one else, and no one relies on what a free block holds. A refusal
            // changes nothing.
            #[allow(unsafe_code)]
            let _ = unsafe { memory.unchecked_advise_range(DontNeed, start, end - start) };
        }
        #[cfg(not(unix))]
        let _ = memory;
    }
}

/// Moves bytes part by part, from the end on. What has moved is let go, so that they are never there
/// twice.
pub(super) fn hand_over(mut bytes: Vec<u8>, to: &mut [u8], step: usize) {
    while !bytes.is_empty() {
        let from = bytes.len().saturating_sub(step.max(1));
        to[from..bytes.len()].copy_from_slice(&bytes[from..]);
        bytes.truncate(from);
        bytes.shrink_to_fit();
    }
}

fn refused(error: std::io::Error) -> Stop {
    Stop::Fatal(format!("no memory for heap values: {error}"))
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
