//! The bytes that values are decoded from.
//!
//! In: bytes that someone else holds, or that were handed over. Out: parts of them, in ascending
//! order. Large ones that were handed over go back to the system as they are read, so that they and
//! what is made of them are never there whole together.

use std::ops::Range;

use super::blocks::SPAN;
use super::memory::Memory;
use crate::interp::Stop;

pub(super) enum Source<'d> {
    Lent(&'d [u8]),
    Own {
        memory: Memory,
        /// As far as it has gone back.
        gone: usize,
    },
}

/// How much goes back at a time.
pub(super) const STEP: usize = 256 << 10;

impl Source<'_> {
    /// Takes large bytes over.
    pub(super) fn own(bytes: Vec<u8>) -> Result<Source<'static>, Stop> {
        Ok(Source::Own { memory: Memory::of(bytes, STEP)?, gone: 0 })
    }

    /// Whether so many bytes are worth it.
    pub(super) fn is_large(bytes: usize) -> bool {
        bytes >= SPAN
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Source::Lent(bytes) => bytes.len(),
            Source::Own { memory, .. } => memory.len(),
        }
    }

    pub(super) fn get(&self, range: Range<usize>) -> &[u8] {
        match self {
            Source::Lent(bytes) => &bytes[range],
            Source::Own { memory, .. } => &memory[range],
        }
    }

    /// What lies before `end` is not asked for again.
    pub(super) fn done(&mut self, end: usize) {
        if let Source::Own { memory, gone } = self
            && end - *gone >= STEP
        {
            memory.give_back(*gone..end);
            *gone = end;
        }
    }
}
