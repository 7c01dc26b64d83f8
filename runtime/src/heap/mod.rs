//! Heap values: strings, bytes, vectors, records, enums, maps and sets of one call.
//!
//! In: allocations and the operators on values. Out: references, which are 32-bit offsets into
//! one contiguous memory; 0 refers to nothing. A value is a header of four words (count, type,
//! length, capacity of its payload) and its payload, little-endian and packed: elements of
//! vectors and fields of records in their canonical encoding, heap values in them by reference.
//! The length of an enum is the number of its variant. A map is a tree of such values (`node`).
//!
//! What always holds:
//! - A block is a power of two, at least 32 bytes; live bytes are the sum of live blocks, a
//!   function of the operators alone, and never more than the limit. Free blocks are reused by
//!   their size, so memory is at most the limit times the number of sizes, whatever is freed.
//! - `drop` works through a list that is threaded through the dead headers: no recursion, no
//!   allocation, and no cost, since making a value has paid for letting it go.
//! - Everything is cleared at once when a call begins; what is left in memory from before is
//!   never read, since a payload is read as far as it has been written.
//!
//! All of it is safe code: an offset that lied would panic, and validation keeps it from lying.

mod compare;
mod composite;
mod decode;
mod encode;
mod layout;
mod map;
mod memory;
mod node;
mod sequence;
#[cfg(test)]
mod tests;
mod tree;

pub(crate) use decode::{Bad, Fault};
pub(crate) use layout::{Layout, Layouts, Part, Parts, REFERENCE};

use deed_bytecode::{TrapKind, Ty, Type};
use memory::Memory;

use crate::config::Limits;
use crate::gas::GasSchedule;
use crate::interp::Stop;

/// A value: the offset of its header.
pub(crate) type Ref = u32;

pub(crate) const HEADER: u32 = 16;
const LEAST_BLOCK: u64 = 32;

/// The words of a header. A dead or free block has the next one of its list in the first.
#[derive(Clone, Copy)]
pub(crate) enum Word {
    Count = 0,
    Type = 4,
    Length = 8,
    Capacity = 12,
}

/// The memory of a call, kept for the calls to come.
#[derive(Debug, Default)]
pub(crate) struct Heap {
    memory: Memory,
    /// Where memory that has never been used begins.
    top: usize,
    /// The first free block of each size, by its power of two.
    free: [Ref; 32],
    live: u64,
    peak: u64,
}

/// How much memory is kept between calls.
const KEPT_BYTES: usize = 4 << 20;

impl Heap {
    /// Forgets every value.
    pub(crate) fn reset(&mut self) {
        if self.top > KEPT_BYTES {
            self.memory = Memory::default();
        }
        (self.top, self.free, self.live, self.peak) = (LEAST_BLOCK as usize, [0; 32], 0, 0);
    }

    /// The most bytes that were live at once.
    pub(crate) fn peak(&self) -> u64 {
        self.peak
    }

    /// Bytes that are live.
    pub(crate) fn live(&self) -> u64 {
        self.live
    }

    fn word(&self, at: Ref, word: Word) -> u32 {
        self.reference(at as usize + word as usize)
    }

    fn set_word(&mut self, at: Ref, word: Word, value: u32) {
        self.set_reference(at as usize + word as usize, value);
    }

    /// The reference that lies at a place in memory.
    fn reference(&self, at: usize) -> Ref {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&self.memory[at..at + 4]);
        Ref::from_le_bytes(bytes)
    }

    fn set_reference(&mut self, at: usize, value: Ref) {
        self.memory[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }

    /// The number of elements, of entries, of bytes, or of the variant.
    pub(crate) fn length(&self, value: Ref) -> u32 {
        self.word(value, Word::Length)
    }

    /// The type's position in its module's table.
    fn ty(&self, value: Ref) -> u16 {
        self.word(value, Word::Type) as u16
    }

    pub(crate) fn is_unique(&self, value: Ref) -> bool {
        self.word(value, Word::Count) == 1
    }

    /// Adds an owner. A count cannot overflow: each owner takes memory, and there is less.
    pub(crate) fn dup(&mut self, value: Ref) {
        self.add_owners(value, 1);
    }

    fn add_owners(&mut self, value: Ref, more: u32) {
        let count = self.word(value, Word::Count);
        self.set_word(value, Word::Count, count + more);
    }

    /// Takes an owner away, and frees what has none left, and what only that owned.
    pub(crate) fn drop(&mut self, layouts: &Layouts, value: Ref) {
        let mut dead = self.release(value, 0);
        while dead != 0 {
            let object = dead;
            dead = self.word(object, Word::Count);
            let layout = layouts.of(self.ty(object));
            for at in layout.references(self, object) {
                let child = self.reference(payload(object) + at);
                dead = self.release(child, dead);
            }
            self.free_block(object);
        }
    }

    /// Takes an owner away; a value that has none left is put before the `dead`.
    fn release(&mut self, value: Ref, dead: Ref) -> Ref {
        let count = self.word(value, Word::Count);
        if count > 1 {
            self.set_word(value, Word::Count, count - 1);
            return dead;
        }
        self.set_word(value, Word::Count, dead);
        value
    }

    fn free_block(&mut self, block: Ref) {
        let size = u64::from(HEADER) + u64::from(self.word(block, Word::Capacity));
        self.live -= size;
        let class = size.trailing_zeros() as usize;
        self.set_word(block, Word::Count, self.free[class]);
        self.free[class] = block;
    }

    /// Where the memory lies; it does not move before the heap is reset.
    ///
    /// # Errors
    /// If the machine has no address space left.
    pub(crate) fn base(&mut self) -> Result<*mut u8, Stop> {
        self.memory.reserve()
    }

    /// A block of this size, a power of two; `None` beyond 32-bit offsets.
    fn block(&mut self, size: u64) -> Result<Option<Ref>, Stop> {
        let class = size.trailing_zeros() as usize;
        let Some(free) = self.free.get(class).copied() else { return Ok(None) };
        if free != 0 {
            self.free[class] = self.word(free, Word::Count);
            return Ok(Some(free));
        }
        let end = self.top as u64 + size;
        let (Ok(block), Ok(_)) = (Ref::try_from(self.top), Ref::try_from(end)) else {
            return Ok(None);
        };
        self.memory.reserve()?;
        self.top = end as usize;
        Ok(Some(block))
    }

    /// Reads a scalar into slots, extended to them as registers are.
    fn load_scalar(&self, ty: Ty, at: usize, slots: &mut [u64]) {
        let bytes = &self.memory[at..at + ty.bytes()];
        for (slot, chunk) in slots.iter_mut().zip(bytes.chunks(8)) {
            let mut wide = [0; 8];
            wide[..chunk.len()].copy_from_slice(chunk);
            *slot = u64::from_le_bytes(wide);
        }
        if ty.is_signed() && ty.bits() < 64 {
            let unused = 64 - ty.bits();
            slots[0] = ((slots[0] << unused) as i64 >> unused) as u64;
        }
    }

    fn store_scalar(&mut self, ty: Ty, at: usize, slots: &[u64]) {
        let bytes = &mut self.memory[at..at + ty.bytes()];
        for (chunk, slot) in bytes.chunks_mut(8).zip(slots) {
            chunk.copy_from_slice(&slot.to_le_bytes()[..chunk.len()]);
        }
    }

    /// Reads a part into its slots, without adding an owner.
    fn load(&self, ty: Type, at: usize, slots: &mut [u64]) {
        match ty {
            Type::Scalar(ty) => self.load_scalar(ty, at, slots),
            Type::Heap(_) => slots[0] = u64::from(self.reference(at)),
        }
    }

    /// Writes a part, without looking at what was there.
    fn store(&mut self, ty: Type, at: usize, slots: &[u64]) {
        match ty {
            Type::Scalar(ty) => self.store_scalar(ty, at, slots),
            Type::Heap(_) => self.set_reference(at, slots[0] as Ref),
        }
    }

    /// The bytes of a value of type `bytes` or `string`.
    pub(crate) fn text(&self, value: Ref) -> &[u8] {
        self.bytes(value, self.length(value) as usize)
    }

    /// Fills `total` bytes from `at` on with the first `done` of them, over and over.
    fn repeat(&mut self, at: usize, mut done: usize, total: usize) {
        while done < total {
            let more = done.min(total - done);
            self.memory.copy_within(at..at + more, at + done);
            done += more;
        }
    }

    /// The first `bytes` of a payload.
    fn bytes(&self, value: Ref, bytes: usize) -> &[u8] {
        &self.memory[payload(value)..payload(value) + bytes]
    }
}

/// Where the payload of a value begins.
fn payload(value: Ref) -> usize {
    value as usize + HEADER as usize
}

/// Work on the heap of a call: what it may cost and hold.
pub(crate) struct Arena<'a> {
    pub(crate) heap: &'a mut Heap,
    pub(crate) layouts: &'a Layouts,
    pub(crate) schedule: &'a GasSchedule,
    pub(crate) limits: &'a Limits,
    /// Bytes that the call holds beside its heap.
    pub(crate) held: u64,
    /// What remains.
    pub(crate) gas: u64,
}

impl Arena<'_> {
    pub(crate) fn charge(&mut self, cost: u64) -> Result<(), Stop> {
        self.gas = self.gas.checked_sub(cost).ok_or(Stop::OutOfGas)?;
        Ok(())
    }

    /// Takes memory outside the heap, or traps.
    pub(crate) fn hold(&mut self, bytes: u64) -> Result<(), Stop> {
        let held = self.held.saturating_add(bytes);
        if held.saturating_add(self.heap.live) > self.limits.memory_bytes {
            return Err(TrapKind::Memory.into());
        }
        self.held = held;
        Ok(())
    }

    /// Charges for that many bytes being looked at or copied.
    fn charge_bytes(&mut self, bytes: u64) -> Result<(), Stop> {
        self.charge(self.schedule.heap_chunk.saturating_mul(bytes.div_ceil(LEAST_BLOCK)))
    }

    /// A new value with one owner, whose payload holds at least `bytes` and is yet to be
    /// written.
    fn allocate(&mut self, ty: u16, length: u32, bytes: u64) -> Result<Ref, Stop> {
        let size = bytes.saturating_add(u64::from(HEADER)).max(LEAST_BLOCK);
        let size = size.checked_next_power_of_two().unwrap_or(u64::MAX);
        self.charge(self.schedule.heap_value)?;
        self.charge_bytes(size)?;
        let live = self.heap.live.saturating_add(size);
        if live.saturating_add(self.held) > self.limits.memory_bytes {
            return Err(TrapKind::Memory.into());
        }
        let value = self.heap.block(size)?.ok_or(TrapKind::Memory)?;
        self.heap.live = live;
        self.heap.peak = self.heap.peak.max(live);
        self.heap.set_word(value, Word::Count, 1);
        self.heap.set_word(value, Word::Type, u32::from(ty));
        self.heap.set_word(value, Word::Length, length);
        self.heap.set_word(value, Word::Capacity, size as u32 - HEADER);
        Ok(value)
    }

    /// The value with one owner and room for `bytes` in its payload: itself, or a copy that
    /// takes its place.
    fn prepare(&mut self, value: Ref, bytes: u64) -> Result<Ref, Stop> {
        let unique = self.heap.is_unique(value);
        if unique && bytes <= u64::from(self.heap.word(value, Word::Capacity)) {
            return Ok(value);
        }
        let (ty, length) = (self.heap.ty(value), self.heap.length(value));
        let layout = self.layouts.of(ty);
        let used = layout.used_bytes(self.heap, value);
        let copy = self.allocate(ty, length, bytes.max(used))?;
        let from = payload(value);
        self.heap.memory.copy_within(from..from + used as usize, payload(copy));
        let kind = self.heap.word(value, Word::Type);
        self.heap.set_word(copy, Word::Type, kind);
        if unique {
            self.heap.free_block(value);
        } else {
            for at in layout.references(self.heap, value) {
                let child = self.heap.reference(payload(copy) + at);
                self.heap.dup(child);
            }
            let count = self.heap.word(value, Word::Count);
            self.heap.set_word(value, Word::Count, count - 1);
        }
        Ok(copy)
    }

    pub(crate) fn drop(&mut self, value: Ref) {
        self.heap.drop(self.layouts, value);
    }

    /// Lets go of the heap values among those that lie in `slots` one after the other.
    pub(crate) fn drop_all(&mut self, types: &[Type], slots: &[u64]) {
        let mut at = 0;
        for ty in types {
            if ty.heap().is_some() {
                self.drop(slots[at] as Ref);
            }
            at += usize::from(ty.slots());
        }
    }
}
