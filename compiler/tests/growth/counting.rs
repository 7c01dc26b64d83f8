//! An allocator that counts what a thread asks it for.
//!
//! Unlike time, the count is the same in every run, so that growth can be tested on a busy machine.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

pub(crate) struct Counting;

thread_local! {
    static BLOCKS: Cell<u64> = const { Cell::new(0) };
    static BYTES: Cell<u64> = const { Cell::new(0) };
}

/// What has been asked for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Work {
    pub(crate) blocks: u64,
    pub(crate) bytes: u64,
}

fn count(bytes: usize) {
    BLOCKS.set(BLOCKS.get() + 1);
    BYTES.set(BYTES.get() + bytes as u64);
}

// SAFETY: every block is the system allocator's, which gets each call as it came; counting beside it
// allocates nothing, for its cells are constants at first.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size.saturating_sub(layout.size()));
        // SAFETY: as above.
        unsafe { System.realloc(at, layout, size) }
    }
}

/// What the pass asks for on this thread.
pub(crate) fn work(pass: impl FnOnce()) -> Work {
    let before = (BLOCKS.get(), BYTES.get());
    pass();
    Work { blocks: BLOCKS.get() - before.0, bytes: BYTES.get() - before.1 }
}
