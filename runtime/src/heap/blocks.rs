//! Blocks of memory for heap values: where they lie, and what becomes of those that are let go.
//!
//! In: sizes. Out: blocks, by the offset of their first byte. A block takes a power of two of
//! addresses, at least 4 KiB, and begins at a multiple of it (a binary buddy system); its first 16
//! bytes are the header of the value, or, while it is free, the links of a list. Smaller ones share
//! such a block (`slabs`).
//!
//! A block that is let go is kept for the next of its size. Free neighbours are joined, and the
//! pages of large free blocks are given back, only when memory would otherwise grow beyond what
//! lives by more than an eighth: a program that makes and drops the same sizes over and over pays for
//! neither.
//!
//! What always holds: `idle` counts the free bytes that the system may still provide; a block that
//! begins beyond `top` has no header. None of this is seen by a program.

use super::memory::{Memory, PAGE, REACH};
use super::{HEADER, Ref, classes};
use crate::interp::Stop;

/// The least that is a block of its own.
const LEAST_BLOCK: u64 = 4 << 10;

/// From this size on a free block may be without pages, but for its first.
pub(super) const SPAN: usize = 128 << 10;

/// So much may lie idle, whatever lives.
const IDLE_BYTES: u64 = 256 << 10;

/// The words of a free block: those of a value's header by other names.
#[derive(Clone, Copy)]
enum Link {
    Next = 0,
    /// [`FREE`] or [`GIVEN_BACK`], which no type's number is.
    Mark = 4,
    Previous = 8,
    /// Bytes of the block without those of the header.
    Capacity = 12,
}

const FREE: u32 = u32::MAX;
/// Free, and without pages but for the first, or never used.
const GIVEN_BACK: u32 = u32::MAX - 1;

/// A slab for each small size, or 0.
#[derive(Debug)]
pub(super) struct Slabs([Ref; classes::SMALL_CLASSES]);

#[derive(Debug, Default)]
pub(super) struct Blocks {
    pub(super) memory: Memory,
    /// Where memory that has never been used begins.
    top: usize,
    /// The first free block of each size, by its power of two.
    free: [Ref; 32],
    /// The first slab with room of each small size.
    pub(super) slabs: Slabs,
    pub(super) idle: u64,
    /// What has been let go since free neighbours were joined.
    loose: u64,
}

impl Blocks {
    /// Forgets every block. Memory beyond `kept` bytes goes back to the system.
    pub(super) fn reset(&mut self, kept: usize) {
        if self.top == LEAST_BLOCK as usize {
            return; // nothing has been taken since
        }
        if self.top > kept {
            self.memory = Memory::default();
        }
        (self.top, self.free) = (LEAST_BLOCK as usize, [0; 32]);
        self.slabs = Slabs::default();
        (self.idle, self.loose) = (0, 0);
    }

    /// Free bytes that the system may still provide.
    pub(super) fn idle(&self) -> u64 {
        self.idle
    }

    /// A block for so many bytes, where so many live; `None` beyond 32-bit offsets.
    pub(super) fn take(&mut self, size: u64, live: u64) -> Result<Option<Ref>, Stop> {
        if size <= classes::SMALL {
            return self.take_small(classes::of(size) as usize, live);
        }
        match class_of(size) {
            Some(class) => self.take_whole(class, live),
            None => Ok(None),
        }
    }

    /// As [`Blocks::take`], by the power of two.
    pub(super) fn take_whole(&mut self, class: usize, live: u64) -> Result<Option<Ref>, Stop> {
        if let Some(block) = self.reuse(class) {
            return Ok(Some(block));
        }
        let spare = IDLE_BYTES.max(live / 8);
        if self.idle > spare && self.loose > spare {
            self.join();
            if let Some(block) = self.reuse(class) {
                return Ok(Some(block));
            }
            self.give_back();
        }
        self.grow(class)
    }

    /// Lets a block go that took so many bytes, where so many live.
    pub(super) fn put(&mut self, block: Ref, size: u64, live: u64) {
        if size <= classes::SMALL {
            return self.put_small(block, classes::of(size) as usize);
        }
        let Some(class) = class_of(size) else { return };
        self.put_whole(block, class);
        if 1 << class >= SPAN && self.idle > IDLE_BYTES.max(live / 8) {
            self.strip(block, class);
        }
    }

    pub(super) fn put_whole(&mut self, block: Ref, class: usize) {
        self.loose += 1 << class;
        self.push(block, class, FREE);
    }

    /// Joins and gives back, if much has been let go since that was done last.
    pub(super) fn relieve(&mut self) {
        if self.loose > 4 * IDLE_BYTES {
            self.join();
            self.give_back();
        }
    }

    /// Moves the first `bytes` from one block to another that is as large. Pages that have been
    /// copied go back at once, so that both are never there whole.
    pub(super) fn carry(&mut self, from: Ref, to: Ref, bytes: usize) {
        const STEP: usize = 256 << 10;
        let (from, to) = (from as usize, to as usize);
        let mut done = 0;
        while done < bytes {
            let step = STEP.min(bytes - done);
            self.memory.copy_within(from + done..from + done + step, to + done);
            if done > 0 && bytes >= SPAN {
                self.memory.give_back(from + done..from + done + step);
            }
            done += step;
        }
    }

    /// A free block of this class, cut from a larger one where there is none.
    fn reuse(&mut self, class: usize) -> Option<Ref> {
        let larger = (class..self.free.len()).find(|larger| self.free[*larger] != 0)?;
        let block = self.free[larger];
        let mark = self.unlink(block, larger);
        for half in (class..larger).rev() {
            self.push(block + (1 << half), half, mark);
        }
        Some(block)
    }

    /// A block behind all others; what lies between, so that it is aligned, is free.
    fn grow(&mut self, class: usize) -> Result<Option<Ref>, Stop> {
        let size = 1u64 << class;
        let block = (self.top as u64).next_multiple_of(size);
        if block + size > REACH as u64 {
            return Ok(None);
        }
        self.memory.reserve()?;
        while (self.top as u64) < block {
            let gap = self.top.trailing_zeros() as usize;
            let at = self.top as Ref;
            self.top += 1 << gap;
            self.push(at, gap, GIVEN_BACK);
        }
        self.top = (block + size) as usize;
        Ok(Some(block as Ref))
    }

    /// Joins free neighbours that were one block before, as long as there are some.
    fn join(&mut self) {
        self.loose = 0;
        for class in LEAST_BLOCK.trailing_zeros() as usize..self.free.len() - 1 {
            let mut at = self.free[class];
            while at != 0 {
                let block = at;
                at = self.link(block, Link::Next);
                let buddy = block ^ (1 << class);
                if !self.is_free(buddy, class) {
                    continue;
                }
                if at == buddy {
                    at = self.link(buddy, Link::Next);
                }
                let marks = [self.unlink(block, class), self.unlink(buddy, class)];
                let mark = if marks == [GIVEN_BACK; 2] { GIVEN_BACK } else { FREE };
                self.push(block.min(buddy), class + 1, mark);
            }
        }
    }

    fn is_free(&self, block: Ref, class: usize) -> bool {
        let (at, size) = (block as usize, 1 << class);
        at > 0
            && at + size <= self.top
            && self.link(block, Link::Mark) >= GIVEN_BACK
            && self.link(block, Link::Capacity) as usize == size - HEADER as usize
    }

    /// Gives the pages of every large free block back.
    fn give_back(&mut self) {
        for class in SPAN.trailing_zeros() as usize..self.free.len() {
            let mut block = self.free[class];
            while block != 0 {
                self.strip(block, class);
                block = self.link(block, Link::Next);
            }
        }
    }

    fn strip(&mut self, block: Ref, class: usize) {
        if self.link(block, Link::Mark) == FREE {
            let (start, size) = (block as usize, 1usize << class);
            self.memory.give_back(start + PAGE..start + size);
            self.set_link(block, Link::Mark, GIVEN_BACK);
            self.idle -= size as u64;
        }
    }

    fn push(&mut self, block: Ref, class: usize, mark: u32) {
        let next = std::mem::replace(&mut self.free[class], block);
        if next != 0 {
            self.set_link(next, Link::Previous, block);
        }
        self.set_link(block, Link::Next, next);
        self.set_link(block, Link::Mark, mark);
        self.set_link(block, Link::Previous, 0);
        self.set_link(block, Link::Capacity, ((1u64 << class) - u64::from(HEADER)) as u32);
        if mark == FREE {
            self.idle += 1 << class;
        }
    }

    /// Takes a block off its list; gives its mark.
    fn unlink(&mut self, block: Ref, class: usize) -> u32 {
        let [next, previous] = [Link::Next, Link::Previous].map(|link| self.link(block, link));
        match previous {
            0 => self.free[class] = next,
            _ => self.set_link(previous, Link::Next, next),
        }
        if next != 0 {
            self.set_link(next, Link::Previous, previous);
        }
        let mark = self.link(block, Link::Mark);
        if mark == FREE {
            self.idle -= 1 << class;
        }
        mark
    }

    fn link(&self, block: Ref, link: Link) -> u32 {
        self.memory.word(block as usize + link as usize)
    }

    fn set_link(&mut self, block: Ref, link: Link, value: u32) {
        self.memory.set_word(block as usize + link as usize, value);
    }
}

impl Default for Slabs {
    fn default() -> Slabs {
        Slabs([0; classes::SMALL_CLASSES])
    }
}

impl std::ops::Index<usize> for Slabs {
    type Output = Ref;

    fn index(&self, class: usize) -> &Ref {
        &self.0[class]
    }
}

impl std::ops::IndexMut<usize> for Slabs {
    fn index_mut(&mut self, class: usize) -> &mut Ref {
        &mut self.0[class]
    }
}

/// The power of two that a block of so many bytes takes.
fn class_of(size: u64) -> Option<usize> {
    let class = size.max(LEAST_BLOCK).checked_next_power_of_two()?.trailing_zeros() as usize;
    (class <= 31).then_some(class)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes and lets go by chance, and looks whether blocks overlap.
    #[test]
    fn blocks_never_overlap() {
        let mut blocks = Blocks::default();
        blocks.reset(0);
        let (mut held, mut live, mut seed) = (Vec::<(Ref, u64)>::new(), 0, 1u64);
        for turn in 0..40_000u64 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(turn);
            let chance = seed >> 33;
            if chance % 5 < 2 && !held.is_empty() {
                let (block, size) = held.swap_remove(chance as usize % held.len());
                live -= size;
                blocks.put(block, size, live);
                continue;
            }
            let bytes = 32u64 << (chance % 16) >> (chance / 16 % 12).min(chance % 16);
            let size = classes::rounded(bytes + chance / 512 % 30);
            let block = blocks.take(size, live).unwrap().unwrap();
            blocks.set_link(block, Link::Mark, 0);
            blocks.memory[block as usize + size as usize - 4..][..4].fill(0xff);
            live += size;
            held.push((block, size));
        }
        held.sort_unstable();
        for pair in held.windows(2) {
            assert!(u64::from(pair[0].0) + pair[0].1 <= u64::from(pair[1].0), "{pair:?}");
        }
        for (block, size) in held {
            live -= size;
            blocks.put(block, size, live);
        }
        blocks.join();
        let slabs = blocks.slabs.0.iter().filter(|slab| **slab != 0).count();
        let free: u64 = (12..32)
            .map(|class| {
                let mut count = 0;
                let mut at = blocks.free[class];
                while at != 0 {
                    count += 1u64 << class;
                    at = blocks.link(at, Link::Next);
                }
                count
            })
            .sum();
        let whole = LEAST_BLOCK + free;
        assert!(blocks.top as u64 - whole <= slabs as u64 * (32 << 10), "a slab a size is left");
        assert!(blocks.idle() <= blocks.top as u64 - LEAST_BLOCK);
    }

    #[test]
    fn what_was_small_serves_what_is_large() {
        let mut blocks = Blocks::default();
        blocks.reset(0);
        let (count, mut live) = (100_000, 0);
        let mut made = Vec::new();
        for size in [32u64, 64, 128, 256, 512, 8192] {
            for _ in 0..count * 32 / size {
                let block = blocks.take(size, live).unwrap().unwrap();
                blocks.set_link(block, Link::Mark, 0);
                live += size;
                made.push((block, size));
            }
            for (block, size) in made.drain(..) {
                live -= size;
                blocks.put(block, size, live);
            }
        }
        assert!(blocks.top < 5 << 20, "{} bytes for six times 3.2 MB", blocks.top);
    }
}
