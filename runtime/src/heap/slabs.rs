//! Small blocks: many of one size share a slab, which is a block of the buddy system (`blocks`).
//!
//! In: sizes up to [`classes::SMALL`]. Out: blocks. A slab begins with 16 bytes about itself, and the
//! blocks of its size follow without gaps; free ones are threaded through their own first bytes, and
//! those that have never been used lie behind all others. A slab whose last block is let go goes back
//! whole, unless it is the only one of its size that has room.
//!
//! What always holds: the slabs that have room are in the list of their size, the others in none; a
//! slab begins at a multiple of its size, so that a block finds it; its second word is no mark of a free block.

use super::blocks::Blocks;
use super::{Ref, classes};
use crate::interp::Stop;

/// Bytes that a slab has for itself.
const HEAD: usize = 16;

/// The words of a slab.
#[derive(Clone, Copy)]
enum Word {
    Next = 0,
    /// Where the blocks begin that have never been used, by their distance from the slab.
    Fresh = 4,
    Previous = 8,
    /// The first free block by its distance, and above 16 bits the number of blocks in use.
    Free = 12,
}

/// The power of two that slabs of a class take.
fn slab_class(class: usize) -> usize {
    if classes::size(class as u32) <= 256 { 12 } else { 15 }
}

impl Blocks {
    /// A block of a small size, where so many bytes live; `None` beyond 32-bit offsets.
    pub(super) fn take_small(&mut self, class: usize, live: u64) -> Result<Option<Ref>, Stop> {
        let size = classes::size(class as u32) as usize;
        let slab = match self.slabs[class] {
            0 => match self.new_slab(class, live)? {
                Some(slab) => slab,
                None => return Ok(None),
            },
            slab => slab,
        };
        let (free, used) = self.free_and_used(slab);
        let fresh = self.slab_word(slab, Word::Fresh);
        let (block, free, fresh) = match free {
            0 => (fresh, 0, fresh + size as u32),
            at => {
                self.idle -= size as u64;
                (at, self.memory.word((slab + at) as usize), fresh)
            }
        };
        self.set_slab_word(slab, Word::Fresh, fresh);
        self.set_slab_word(slab, Word::Free, (used + 1) << 16 | free);
        if free == 0 && fresh as usize + size > 1 << slab_class(class) {
            self.unlink_slab(slab, class);
        }
        Ok(Some(slab + block))
    }

    pub(super) fn put_small(&mut self, block: Ref, class: usize) {
        let size = classes::size(class as u32) as usize;
        let whole = 1 << slab_class(class);
        let slab = block & !(whole as u32 - 1);
        let (free, used) = self.free_and_used(slab);
        let fresh = self.slab_word(slab, Word::Fresh) as usize;
        if free == 0 && fresh + size > whole {
            self.link_slab(slab, class);
        }
        self.memory.set_word(block as usize, free);
        self.set_slab_word(slab, Word::Free, (used - 1) << 16 | (block - slab));
        self.idle += size as u64;
        let others =
            self.slab_word(slab, Word::Next) != 0 || self.slab_word(slab, Word::Previous) != 0;
        if used == 1 && others {
            self.unlink_slab(slab, class);
            self.idle -= (fresh - HEAD) as u64;
            self.put_whole(slab, slab_class(class));
        }
    }

    fn new_slab(&mut self, class: usize, live: u64) -> Result<Option<Ref>, Stop> {
        let Some(slab) = self.take_whole(slab_class(class), live)? else { return Ok(None) };
        self.set_slab_word(slab, Word::Fresh, HEAD as u32);
        self.set_slab_word(slab, Word::Free, 0);
        self.link_slab(slab, class);
        Ok(Some(slab))
    }

    fn link_slab(&mut self, slab: Ref, class: usize) {
        let next = std::mem::replace(&mut self.slabs[class], slab);
        if next != 0 {
            self.set_slab_word(next, Word::Previous, slab);
        }
        self.set_slab_word(slab, Word::Next, next);
        self.set_slab_word(slab, Word::Previous, 0);
    }

    fn unlink_slab(&mut self, slab: Ref, class: usize) {
        let [next, previous] = [Word::Next, Word::Previous].map(|word| self.slab_word(slab, word));
        match previous {
            0 => self.slabs[class] = next,
            _ => self.set_slab_word(previous, Word::Next, next),
        }
        if next != 0 {
            self.set_slab_word(next, Word::Previous, previous);
        }
    }

    fn free_and_used(&self, slab: Ref) -> (u32, u32) {
        let word = self.slab_word(slab, Word::Free);
        (word & 0xffff, word >> 16)
    }

    fn slab_word(&self, slab: Ref, word: Word) -> u32 {
        self.memory.word(slab as usize + word as usize)
    }

    fn set_slab_word(&mut self, slab: Ref, word: Word, value: u32) {
        self.memory.set_word(slab as usize + word as usize, value);
    }
}
