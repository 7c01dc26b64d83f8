//! An allocator that counts, and gives large blocks to the system and back at once.
//!
//! Blocks of [`LARGE`] bytes and more are mappings of their own, which grow and shrink by their pages, so
//! that what a process has resident is what its blocks hold; smaller ones are the system allocator's.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use rustix::mm::{MapFlags, MremapFlags, ProtFlags, mmap_anonymous, mremap, munmap};

static LIVE: AtomicU64 = AtomicU64::new(0);
static PEAK: AtomicU64 = AtomicU64::new(0);

const LARGE: usize = 128 << 10;

pub(crate) struct Counting;

fn add(bytes: usize) {
    let live = LIVE.fetch_add(bytes as u64, Relaxed) + bytes as u64;
    PEAK.fetch_max(live, Relaxed);
}

fn remove(bytes: usize) {
    LIVE.fetch_sub(bytes as u64, Relaxed);
}

/// Whether a block is a mapping of its own; pages suffice for any alignment that occurs.
fn is_mapped(layout: Layout) -> bool {
    layout.size() >= LARGE && layout.align() <= 4096
}

fn map(bytes: usize) -> *mut u8 {
    let access = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: a new mapping at no address in particular touches no other memory.
    #[allow(unsafe_code)]
    let mapped = unsafe { mmap_anonymous(ptr::null_mut(), bytes, access, MapFlags::PRIVATE) };
    mapped.map_or(ptr::null_mut(), |at| at.cast())
}

// SAFETY: a block is wholly the system allocator's or wholly a mapping, which its size and alignment decide
// and the caller hands back unchanged; counting beside it changes nothing.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        match is_mapped(layout) {
            true => map(layout.size()),
            // SAFETY: the caller keeps the contract, which is the same.
            false => unsafe { System.alloc(layout) },
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        match is_mapped(layout) {
            true => map(layout.size()),
            // SAFETY: as above.
            false => unsafe { System.alloc_zeroed(layout) },
        }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        remove(layout.size());
        match is_mapped(layout) {
            // SAFETY: the block is a mapping of this size, which no one uses any more.
            true => unsafe { munmap(at.cast(), layout.size()).unwrap_or_default() },
            // SAFETY: as above.
            false => unsafe { System.dealloc(at, layout) },
        }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller guarantees that the size does not overflow with this alignment.
        let new = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        match [is_mapped(layout), is_mapped(new)] {
            [true, true] => {
                // Its pages move, so it is never there twice.
                remove(layout.size());
                add(size);
                // SAFETY: the block is a mapping of this size; who asks for another gives the old one up.
                let moved = unsafe { mremap(at.cast(), layout.size(), size, MremapFlags::MAYMOVE) };
                moved.map_or(ptr::null_mut(), |at| at.cast())
            }
            [false, false] => {
                remove(layout.size());
                add(size);
                // SAFETY: as above.
                unsafe { System.realloc(at, layout, size) }
            }
            _ => {
                // SAFETY: the new block is at least as long as what is copied, and the old one is let go.
                unsafe {
                    let to = self.alloc(new);
                    if NonNull::new(to).is_some() {
                        ptr::copy_nonoverlapping(at, to, size.min(layout.size()));
                        self.dealloc(at, layout);
                    }
                    to
                }
            }
        }
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

/// Gives what is free back to the system, so that what is resident is held.
pub(crate) fn trim() {
    #[cfg(target_env = "gnu")]
    {
        #[allow(unsafe_code)]
        unsafe extern "C" {
            /// `malloc_trim(3)` of the GNU C library.
            safe fn malloc_trim(pad: usize) -> i32;
        }
        let _ = malloc_trim(0);
    }
}
