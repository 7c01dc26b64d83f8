//! The allocator of the command line: mimalloc, asked as a C program asks it.
//!
//! In: layouts. Out: blocks.
//! Holds always: a block has at least its layout's size and alignment.
//!
//! The compiler makes millions of small nodes, for which glibc's allocator takes more than a fifth of its
//! instructions. mimalloc's own binding asks for every block by its alignment; where the size is no power
//! of two, a quarter of the blocks then come larger than they must be, and freeing takes a detour for all
//! of their page. What needs no more than the alignment of a word, as nearly everything, is given that by
//! the plain functions as well.

use std::alloc::{GlobalAlloc, Layout};

use libmimalloc_sys::{
    mi_free, mi_malloc, mi_malloc_aligned, mi_realloc, mi_realloc_aligned, mi_zalloc,
    mi_zalloc_aligned,
};

/// What the plain functions give at least, whatever the size.
const WORD: usize = align_of::<usize>();

/// mimalloc.
pub struct Allocator;

// SAFETY: mimalloc gives blocks of at least the size asked for that overlap no other block, or null; the
// plain functions align each to a word, the others as they are told; and every block it gave may be freed
// and made another size by either kind.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        // SAFETY: any size is allowed, and the alignment of a layout is a power of two.
        let block =
            unsafe { if align <= WORD { mi_malloc(size) } else { mi_malloc_aligned(size, align) } };
        block.cast()
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        // SAFETY: as above.
        let block =
            unsafe { if align <= WORD { mi_zalloc(size) } else { mi_zalloc_aligned(size, align) } };
        block.cast()
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
        // SAFETY: the caller hands back a block that came from here.
        unsafe { mi_free(block.cast()) }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let align = layout.align();
        // SAFETY: the block came from here with this alignment, which stays.
        let block = unsafe {
            if align <= WORD {
                mi_realloc(block.cast(), size)
            } else {
                mi_realloc_aligned(block.cast(), size, align)
            }
        };
        block.cast()
    }
}

#[cfg(test)]
mod tests {
    use super::Allocator;
    use std::alloc::{GlobalAlloc, Layout};

    /// Every block is aligned as asked and keeps its bytes when it grows.
    #[test]
    #[allow(unsafe_code)]
    fn blocks_are_as_asked_for() {
        for size in (1..200).chain([4_096, 100_000]) {
            for align in [1, 2, 4, 8, 16, 64] {
                let layout = Layout::from_size_align(size, align).expect("a layout");
                // SAFETY: the block is written within its size, and freed once with the layout it has.
                let kept = unsafe {
                    let block = Allocator.alloc(layout);
                    assert!(!block.is_null() && block.addr().is_multiple_of(align), "{layout:?}");
                    block.write_bytes(7, size);
                    let grown = Allocator.realloc(block, layout, size + 100);
                    assert!(!grown.is_null() && grown.addr().is_multiple_of(align), "{layout:?}");
                    let kept =
                        std::slice::from_raw_parts(grown, size).iter().all(|byte| *byte == 7);
                    let grown_layout = Layout::from_size_align(size + 100, align);
                    Allocator.dealloc(grown, grown_layout.expect("a layout"));
                    kept
                };
                assert!(kept, "{layout:?}");
            }
        }
    }
}
