//! The system's allocator, counting.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

static LIVE: AtomicU64 = AtomicU64::new(0);
static PEAK: AtomicU64 = AtomicU64::new(0);

pub(crate) struct Counting;

fn add(bytes: usize) {
    let live = LIVE.fetch_add(bytes as u64, Relaxed) + bytes as u64;
    PEAK.fetch_max(live, Relaxed);
}

fn remove(bytes: usize) {
    LIVE.fetch_sub(bytes as u64, Relaxed);
}

// SAFETY: everything is the system allocator's; what is counted beside it changes nothing.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        remove(layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Large blocks grow and shrink where they are, or their pages move.
        if size >= layout.size() {
            add(size - layout.size())
        } else {
            remove(layout.size() - size)
        }
        // SAFETY: as above.
        unsafe { System.realloc(at, layout, size) }
    }
}

/// Begins anew; gives what is allocated now.
pub(crate) fn begin() -> u64 {
    let live = LIVE.load(Relaxed);
    PEAK.store(live, Relaxed);
    live
}

/// The most that was allocated since [`begin`].
pub(crate) fn peak() -> u64 {
    PEAK.load(Relaxed)
}

/// Gives what is free back to the system, and has large blocks go back as soon as they are freed, so that
/// what is resident is held.
pub(crate) fn trim() {
    #[cfg(target_env = "gnu")]
    {
        #[allow(unsafe_code)]
        unsafe extern "C" {
            /// `malloc_trim(3)` and `mallopt(3)` of the GNU C library.
            safe fn malloc_trim(pad: usize) -> i32;
            safe fn mallopt(what: i32, value: i32) -> i32;
        }
        /// Blocks from this size on are mappings of their own. Without a word the library raises this bound
        /// to the largest block that was ever freed, and keeps what is below it.
        const MMAP_THRESHOLD: i32 = -3;
        let _ = mallopt(MMAP_THRESHOLD, 256 << 10);
        let _ = malloc_trim(0);
    }
}
