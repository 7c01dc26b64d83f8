//! Heap values: strings, bytes, vectors, records, enums, maps and sets of one call.
//!
//! In: allocations and the operators on values. Out: references, which are 32-bit offsets into
//! one contiguous memory; 0 refers to nothing. A value is a header and its payload, little-endian and
//! packed: elements of vectors and fields of records in their canonical encoding, heap values in them
//! by reference, but small records and enums as elements of vectors, which lie in these (`rows`).
//!
//! The header is four words: the count of owners, type, length, capacity of the payload. A record or
//! an enum, whose size never changes, has the first alone: beside the count (`owners`) stands the number
//! of its shape (`shapes`), from which type, variant and size follow. A map is a tree of values (`node`).
//!
//! What always holds:
//! - A value counts as what a block for it takes (`classes`): at most an eighth or eight bytes more
//!   than it is, but for vectors and texts that have grown, which count up to twice as much; live bytes
//!   are the sum over live values, a function of the operators alone, and never more than the limit.
//!   Where values lie is of no meaning (`blocks`).
//! - `drop` works through a list that is threaded through the dead: no recursion, no allocation, and
//!   no cost, since making a value has paid for letting it go.
//! - Everything is cleared at once when a call begins; what is left in memory from before is
//!   never read, since a payload is read as far as it has been written.
//!
//! All of it is safe code: an offset that lied would panic, and validation keeps it from lying.

mod attempts;
mod blocks;
mod classes;
mod compare;
mod composite;
mod decode;
mod encode;
mod layout;
mod map;
mod memory;
mod node;
mod owners;
mod parts;
mod rows;
mod sequence;
mod shapes;
mod slabs;
mod sort;
mod source;
#[cfg(test)]
mod tests;
mod tree;

pub(crate) use decode::{Bad, Fault};
pub(crate) use layout::{Layout, Layouts, Part, Parts, REFERENCE, Rows, bytes_of};
pub(crate) use memory::REACH;
pub use owners::MANY;
pub use shapes::Shapes;

use std::collections::HashMap;
use std::sync::Arc;

use attempts::Attempt;
use blocks::{Blocks, SPAN};
use deed_bytecode::{TrapKind, Ty, Type};
use shapes::Shape;

use crate::config::Limits;
use crate::gas::GasSchedule;
use crate::interp::Stop;

/// A value: the offset of its header.
pub(crate) type Ref = u32;

pub(crate) const HEADER: u32 = 16;

/// Bytes of the header of a record or an enum that has a shape.
pub(crate) const SHORT_HEADER: u32 = 4;

/// Where in a header the owners are counted, in 16 bits.
pub(crate) const OWNERS: u32 = 0;

/// Where the shape stands, in 16 bits.
pub(crate) const SHAPE: u32 = 2;

/// Stands in its place in a long header.
const NO_SHAPE: u16 = u16::MAX;

/// What gas is charged by where bytes are looked at or copied.
const CHUNK: u64 = 32;

/// From this size on a value that is made whole takes whole pages.
const PAGED: u64 = 4 << 10;

/// The pages by which it is counted, on every machine.
const PAGE: u64 = 4 << 10;

/// The words of a long header behind the first.
#[derive(Clone, Copy)]
pub(crate) enum Word {
    /// The type, and behind its 16 bits what the kind of value has there.
    Type = 4,
    Length = 8,
    Capacity = 12,
}

/// The memory of a call, kept for the calls to come.
#[derive(Debug, Default)]
pub(crate) struct Heap {
    blocks: Blocks,
    /// Those of the module that runs.
    shapes: Arc<[Shape]>,
    /// Owners that headers have no room to count.
    crowds: HashMap<Ref, u32>,
    live: u64,
    peak: u64,
    /// Large values that live, each with how many of its bytes had not been written when that was
    /// looked at, and the sum of these.
    spans: Vec<(Ref, u64)>,
    unwritten: u64,
    /// Bytes of large values that went as they were written out.
    given: u64,
    /// Bytes that were written out, and are held beside the values.
    out: u64,
    /// Those that are on, the innermost last.
    attempts: Vec<Attempt>,
}

/// How much memory is kept between calls.
const KEPT_BYTES: usize = 4 << 20;

impl Heap {
    /// Forgets every value; those to come are of these types.
    pub(crate) fn reset(&mut self, layouts: &Layouts) {
        self.blocks.reset(KEPT_BYTES);
        // Most often the same module runs again.
        if !Arc::ptr_eq(&self.shapes, layouts.shapes().all()) {
            self.shapes = layouts.shapes().all().clone();
        }
        self.crowds.clear();
        (self.live, self.peak, self.unwritten) = (0, 0, 0);
        self.spans.clear();
        self.attempts.clear();
        (self.given, self.out) = (0, 0);
    }

    /// The most bytes that were held at once: by live values, as far as they had been written, and
    /// by what lay idle.
    pub(crate) fn peak(&self) -> u64 {
        self.peak.max(self.held())
    }

    fn held(&self) -> u64 {
        let attempts: u64 = self.attempts.iter().map(Attempt::bytes).sum();
        let here = self.live + self.blocks.idle() + attempts + self.out;
        here.saturating_sub(self.unwritten + self.given)
    }

    /// Gives memory of a value back that no one reads any more.
    fn give(&mut self, range: std::ops::Range<usize>) {
        self.given += range.len() as u64;
        self.blocks.memory.give_back(range);
    }

    /// Gives memory back that has been let go lately, if that is much.
    fn relieve(&mut self) {
        self.given = 0;
        self.blocks.relieve();
    }

    /// Counts what was written out and is held to the end of the call.
    pub(crate) fn hold_out(&mut self, bytes: usize) {
        self.out += bytes as u64;
        self.peak = self.peak.max(self.held());
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
        self.blocks.memory.word(at)
    }

    fn set_reference(&mut self, at: usize, value: Ref) {
        self.blocks.memory.set_word(at, value);
    }

    fn half(&self, at: Ref) -> u16 {
        u16::from_le_bytes(self.array(at as usize))
    }

    fn set_half(&mut self, at: Ref, value: u16) {
        self.blocks.memory[at as usize..at as usize + 2].copy_from_slice(&value.to_le_bytes());
    }

    /// What a value is that has a short header.
    fn shape(&self, value: Ref) -> Option<Shape> {
        match self.half(value + SHAPE) {
            NO_SHAPE => None,
            number => Some(self.shapes[usize::from(number)]),
        }
    }

    /// The number of elements, of entries, of bytes, or of the variant.
    pub(crate) fn length(&self, value: Ref) -> u32 {
        match self.shape(value) {
            Some(shape) => shape.variant.into(),
            None => self.word(value, Word::Length),
        }
    }

    /// Where the payload of a value of any kind begins.
    fn payload(&self, value: Ref) -> usize {
        match self.half(value + SHAPE) {
            NO_SHAPE => payload(value),
            _ => value as usize + SHORT_HEADER as usize,
        }
    }

    /// Bytes that a value counts as.
    fn size(&self, value: Ref) -> u64 {
        match self.shape(value) {
            Some(shape) => shape.size.into(),
            None => u64::from(HEADER) + u64::from(self.word(value, Word::Capacity)),
        }
    }

    /// The type's position in its module's table.
    fn ty(&self, value: Ref) -> u16 {
        match self.shape(value) {
            Some(shape) => shape.ty,
            None => self.word(value, Word::Type) as u16,
        }
    }

    fn free_block(&mut self, block: Ref) {
        let size = self.size(block);
        self.live -= size;
        self.note_freed(block);
        if !self.crowds.is_empty() {
            self.crowds.remove(&block);
        }
        if size >= SPAN as u64 {
            let at = self.spans.iter().position(|(span, _)| *span == block);
            self.unwritten -= at.map_or(0, |at| self.spans.swap_remove(at).1);
        }
        self.blocks.put(block, size, self.live);
    }

    /// Where the memory lies; it does not move before the heap is reset.
    ///
    /// # Errors
    /// If the machine has no address space left.
    pub(crate) fn base(&mut self) -> Result<*mut u8, Stop> {
        self.blocks.memory.reserve()
    }

    /// Reads a scalar into slots, extended to them as registers are.
    fn load_scalar(&self, ty: Ty, at: usize, slots: &mut [u64]) {
        let bytes = &self.blocks.memory[at..at + ty.bytes()];
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
        let bytes = &mut self.blocks.memory[at..at + ty.bytes()];
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
            self.blocks.memory.copy_within(at..at + more, at + done);
            done += more;
        }
    }

    /// The first `bytes` of a payload.
    fn bytes(&self, value: Ref, bytes: usize) -> &[u8] {
        &self.blocks.memory[payload(value)..payload(value) + bytes]
    }
}

/// Where the payload of a value begins that has a long header.
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
        self.charge(self.schedule.heap_chunk.saturating_mul(bytes.div_ceil(CHUNK)))
    }

    /// A new value with one owner, whose payload holds at least `bytes` and is yet to be
    /// written.
    fn allocate(&mut self, ty: u16, length: u32, bytes: u64) -> Result<Ref, Stop> {
        let size = bytes.saturating_add(self.layouts.header(ty).into());
        let size = match size > PAGED {
            true => size.checked_next_multiple_of(PAGE).unwrap_or(u64::MAX),
            false => classes::rounded(size),
        };
        let value = self.allocate_size(ty, length, size)?;
        self.note_peak(size);
        Ok(value)
    }

    /// As [`Arena::allocate`], with room to grow.
    fn allocate_to_grow(&mut self, ty: u16, length: u32, bytes: u64) -> Result<Ref, Stop> {
        let size = bytes.saturating_add(HEADER.into());
        self.allocate_size(ty, length, size.checked_next_power_of_two().unwrap_or(u64::MAX))
    }

    fn allocate_size(&mut self, ty: u16, length: u32, size: u64) -> Result<Ref, Stop> {
        self.charge(self.schedule.heap_value)?;
        self.charge_bytes(size)?;
        let live = self.heap.live.saturating_add(size);
        if live.saturating_add(self.held) > self.limits.memory_bytes {
            return Err(TrapKind::Memory.into());
        }
        let value = self.heap.blocks.take(size, self.heap.live)?.ok_or(TrapKind::Memory)?;
        self.heap.live = live;
        self.heap.note_born(value);
        if size >= SPAN as u64 {
            self.heap.spans.push((value, 0));
        }
        self.heap.set_half(value + OWNERS, 1);
        let shape = self.layouts.shapes().first(ty).map(|first| first + length as u16);
        self.heap.set_half(value + SHAPE, shape.unwrap_or(NO_SHAPE));
        if shape.is_none() {
            self.heap.set_word(value, Word::Type, ty.into());
            self.heap.set_word(value, Word::Length, length);
            self.heap.set_word(value, Word::Capacity, (size - u64::from(HEADER)) as u32);
        }
        Ok(value)
    }

    /// Remembers how much is held, after a value of this size was made. How far large values have been
    /// written is looked at when another one is made.
    fn note_peak(&mut self, size: u64) {
        let heap = &mut *self.heap;
        if size >= SPAN as u64 || size == 0 {
            let mut spans = std::mem::take(&mut heap.spans);
            for (span, unwritten) in &mut spans {
                let used = self.layouts.of(heap.ty(*span)).used_bytes(heap, *span);
                *unwritten = heap.size(*span).saturating_sub(used + u64::from(HEADER));
            }
            heap.unwritten = spans.iter().map(|(_, unwritten)| unwritten).sum();
            heap.spans = spans;
        }
        heap.peak = heap.peak.max(heap.held());
    }

    /// Remembers how much is held now.
    pub(crate) fn note(&mut self) {
        self.note_peak(0);
    }

    /// The value with one owner and room for `bytes` in its payload: itself, or a copy that
    /// takes its place.
    fn prepare(&mut self, value: Ref, bytes: u64) -> Result<Ref, Stop> {
        let unique = self.heap.is_unique(value);
        if unique && (bytes == 0 || bytes <= u64::from(self.heap.word(value, Word::Capacity))) {
            return Ok(value);
        }
        let (ty, length) = (self.heap.ty(value), self.heap.length(value));
        let layout = self.layouts.of(ty);
        let used = layout.used_bytes(self.heap, value);
        if unique {
            let grown = self.allocate_to_grow(ty, length, bytes)?;
            let capacity = self.heap.word(grown, Word::Capacity);
            self.heap.blocks.carry(value, grown, HEADER as usize + used as usize);
            self.heap.set_word(grown, Word::Capacity, capacity);
            self.heap.free_block(value);
            self.note_peak(bytes);
            return Ok(grown);
        }
        let copy = match bytes > used {
            true => self.allocate_to_grow(ty, length, bytes)?,
            false => self.allocate(ty, length, used)?,
        };
        let (from, to) = (self.heap.payload(value), self.heap.payload(copy));
        self.heap.blocks.memory.copy_within(from..from + used as usize, to);
        if self.heap.shape(copy).is_none() {
            self.heap.set_word(copy, Word::Type, self.heap.word(value, Word::Type));
        }
        let mut references = layout.references(self.heap, copy);
        while let Some(at) = references.next(self.heap) {
            self.heap.dup(self.heap.reference(at));
        }
        self.heap.release(value);
        self.note_peak(bytes);
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
