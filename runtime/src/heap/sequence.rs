//! Strings, bytes and vectors.
//!
//! In: values and the slots of elements. Out: new values, or those that took their place. An
//! operator that changes a value takes it and gives the one that is there afterwards.

use deed_bytecode::{Const, TrapKind, Ty, Type};

use super::layout::Packed;
use super::memory::hand_over;
use super::source::STEP;
use super::{Arena, Heap, Layout, Ref, Rows, Word, payload, sort};
use crate::interp::Stop;

/// Elements of one slot in packed values: what loops over vectors spend their time on.
impl Heap {
    /// An element, if the index is one.
    #[inline]
    pub(crate) fn packed_get(&self, ty: Ty, value: Ref, index: u64) -> Option<u64> {
        let at = self.packed_at(ty, value, index)?;
        Some(match (ty.bytes(), ty.is_signed()) {
            (1, false) => self.blocks.memory[at].into(),
            (1, true) => i64::from(self.blocks.memory[at] as i8) as u64,
            (2, false) => u16::from_le_bytes(self.array(at)).into(),
            (2, true) => i64::from(i16::from_le_bytes(self.array(at))) as u64,
            (4, false) => u32::from_le_bytes(self.array(at)).into(),
            (4, true) => i64::from(i32::from_le_bytes(self.array(at))) as u64,
            _ => u64::from_le_bytes(self.array(at)),
        })
    }

    /// Puts an element, if the index is one and no one else holds the value.
    #[inline]
    pub(crate) fn packed_set(
        &mut self,
        ty: Ty,
        value: Ref,
        index: u64,
        element: u64,
    ) -> Option<()> {
        let at = self.packed_at(ty, value, index).filter(|_| self.is_unique(value))?;
        let (width, bytes) = (ty.bytes(), element.to_le_bytes());
        match width {
            1 => self.blocks.memory[at] = bytes[0],
            8 => self.blocks.memory[at..at + 8].copy_from_slice(&bytes),
            _ => self.blocks.memory[at..at + width].copy_from_slice(&bytes[..width]),
        }
        Some(())
    }

    fn packed_at(&self, ty: Ty, value: Ref, index: u64) -> Option<usize> {
        let inside = index < u64::from(self.length(value));
        inside.then(|| payload(value) + index as usize * ty.bytes())
    }

    pub(super) fn array<const N: usize>(&self, at: usize) -> [u8; N] {
        let mut bytes = [0; N];
        bytes.copy_from_slice(&self.blocks.memory[at..at + N]);
        bytes
    }
}

impl<'a> Arena<'a> {
    /// A new packed value of these bytes.
    pub(crate) fn literal(&mut self, ty: u16, bytes: &[u8]) -> Result<Ref, Stop> {
        let width = self.layouts.of(ty).width();
        let value = self.allocate(ty, (bytes.len() / width) as u32, bytes.len() as u64)?;
        let at = payload(value);
        self.heap.blocks.memory[at..at + bytes.len()].copy_from_slice(bytes);
        Ok(value)
    }

    /// A new value of type `bytes`. Large ones are never there twice.
    pub(super) fn taken(&mut self, bytes: Vec<u8>) -> Result<Ref, Stop> {
        let value = self.allocate(self.layouts.bytes(), bytes.len() as u32, bytes.len() as u64)?;
        let at = payload(value);
        let end = at + bytes.len();
        hand_over(bytes, &mut self.heap.blocks.memory[at..end], STEP);
        Ok(value)
    }

    /// The text of the scalar in `slots`, of the type of this number.
    pub(crate) fn text(&mut self, ty: u16, scalar: u16, slots: &[u64]) -> Result<Ref, Stop> {
        let scalar = u8::try_from(scalar).ok().and_then(Ty::from_byte);
        if let Some(scalar) = scalar.filter(|it| it.slots() == 1 && *it != Ty::Bool) {
            let (negative, magnitude) = match slots[0] as i64 {
                value if scalar.is_signed() => (value < 0, value.unsigned_abs()),
                _ => (false, slots[0]),
            };
            return self.decimal(ty, negative, magnitude);
        }
        let value = scalar.and_then(|scalar| {
            let mut bytes = Vec::with_capacity(scalar.bytes());
            scalar.encode(slots, &mut bytes);
            Const::from_bytes(scalar, &bytes)
        });
        let text = value.map(|value| value.to_string()).unwrap_or_default();
        self.literal(ty, text.as_bytes())
    }

    fn decimal(&mut self, ty: u16, negative: bool, mut magnitude: u64) -> Result<Ref, Stop> {
        // A sign, and as many digits as 2^64 has.
        let mut text = [b'-'; 21];
        let mut at = text.len();
        loop {
            at -= 1;
            text[at] = b'0' + (magnitude % 10) as u8;
            magnitude /= 10;
            if magnitude == 0 {
                break;
            }
        }
        self.literal(ty, &text[at - usize::from(negative)..])
    }

    /// The bytes of a packed value of bytes, as a value of another such type.
    pub(crate) fn renamed(&mut self, ty: u16, value: Ref) -> Result<Ref, Stop> {
        let length = self.heap.length(value);
        self.charge_bytes(length.into())?;
        let made = self.allocate(ty, length, length.into())?;
        let (from, to) = (payload(value), payload(made));
        self.heap.blocks.memory.copy_within(from..from + length as usize, to);
        Ok(made)
    }

    /// The string of which `value` is the UTF-8 form, or the empty one; and whether it is one.
    pub(crate) fn decoded(&mut self, ty: u16, value: Ref) -> Result<(Ref, bool), Stop> {
        let (from, length) = (payload(value), self.heap.length(value) as usize);
        self.charge_bytes(length as u64)?;
        let is_text = std::str::from_utf8(&self.heap.blocks.memory[from..from + length]).is_ok();
        let text = if is_text { self.renamed(ty, value)? } else { self.literal(ty, &[])? };
        Ok((text, is_text))
    }

    /// `count` times the element in `slots`, which is taken.
    pub(crate) fn fill(&mut self, ty: u16, count: u64, slots: &[u64]) -> Result<Ref, Stop> {
        let layout = self.layouts.of(ty);
        let (element, width) = (layout.element(), layout.width());
        let value = self.allocate(ty, count as u32, count.saturating_mul(width as u64))?;
        let Some(more) = count.checked_sub(1) else {
            self.drop_all(&[element], slots);
            return Ok(value);
        };
        let at = payload(value);
        if let Some(rows) = layout.rows() {
            self.lower(rows, slots[0] as Ref, at);
            self.share(rows, at, more as u32);
        } else {
            self.heap.store(element, at, slots);
            element.heap().inspect(|_| self.heap.add_owners(slots[0] as Ref, more as u32));
        }
        self.heap.repeat(at, width, count as usize * width);
        Ok(value)
    }

    /// `left` with the elements of `right`, which stays, behind its own.
    pub(crate) fn concat(&mut self, left: Ref, right: Ref) -> Result<Ref, Stop> {
        let layout = self.layouts.of(self.heap.ty(left));
        let (before, more) = (self.heap.length(left), self.heap.length(right));
        let (old, new) = (layout.payload_bytes(before), layout.payload_bytes(more));
        self.charge_bytes(new)?;
        let value = self.prepare(left, old.saturating_add(new))?;
        // A value put behind itself has moved, if it had no room.
        let from = payload(if left == right { value } else { right });
        let to = payload(value) + old as usize;
        self.heap.blocks.memory.copy_within(from..from + new as usize, to);
        self.own_elements(layout, to, more);
        self.heap.set_word(value, Word::Length, before + more);
        Ok(value)
    }

    /// The elements from `start` on, up to `end`.
    pub(crate) fn slice(&mut self, value: Ref, start: u64, end: u64) -> Result<Ref, Stop> {
        let (ty, length) = (self.heap.ty(value), self.heap.length(value));
        let layout = self.layouts.of(ty);
        if start > end || end > u64::from(length) || !self.cuts(layout, value, [start, end]) {
            return Err(TrapKind::OutOfBounds.into());
        }
        let (count, width) = ((end - start) as u32, layout.width());
        let bytes = layout.payload_bytes(count);
        let part = self.allocate(ty, count, bytes)?;
        let from = payload(value) + start as usize * width;
        self.heap.blocks.memory.copy_within(from..from + bytes as usize, payload(part));
        self.own_elements(layout, payload(part), count);
        Ok(part)
    }

    /// Adds an owner to all that copied elements refer to.
    fn own_elements(&mut self, layout: &Layout, at: usize, count: u32) {
        let mut references = layout.elements(at, count);
        while let Some(place) = references.next(self.heap) {
            self.heap.dup(self.heap.reference(place));
        }
    }

    /// Whether a value can be cut at these places, which lie in it: a string not in a character.
    fn cuts(&self, layout: &Layout, value: Ref, places: [u64; 2]) -> bool {
        let Layout::Packed { kind: Packed::Text, .. } = layout else { return true };
        let text = self.heap.bytes(value, self.heap.length(value) as usize);
        let inside = |at: u64| text.get(at as usize).is_some_and(|byte| byte & 0xc0 == 0x80);
        !places.into_iter().any(inside)
    }

    /// Where an element lies in memory.
    pub(super) fn element(&self, value: Ref, index: u64) -> Result<(Type, usize), Stop> {
        let layout = self.layouts.of(self.heap.ty(value));
        if index >= u64::from(self.heap.length(value)) {
            return Err(TrapKind::OutOfBounds.into());
        }
        Ok((layout.element(), payload(value) + index as usize * layout.width()))
    }

    pub(crate) fn get(&mut self, value: Ref, index: u64, slots: &mut [u64]) -> Result<(), Stop> {
        let (ty, at) = self.element(value, index)?;
        if let Some(rows) = self.rows(value) {
            slots[0] = self.copy_out(rows, at)?.into();
            return Ok(());
        }
        self.heap.load(ty, at, slots);
        if ty.heap().is_some() {
            self.heap.dup(slots[0] as Ref);
        }
        Ok(())
    }

    /// Puts an element, which is taken, in the place of one that is dropped.
    pub(crate) fn set(&mut self, value: Ref, index: u64, slots: &[u64]) -> Result<Ref, Stop> {
        self.element(value, index)?;
        let value = self.prepare(value, 0)?;
        let (ty, at) = self.element(value, index)?;
        if let Some(rows) = self.rows(value) {
            self.clear(rows, at);
            self.lower(rows, slots[0] as Ref, at);
            return Ok(value);
        }
        if ty.heap().is_some() {
            let old = self.heap.reference(at);
            self.drop(old);
        }
        self.heap.store(ty, at, slots);
        Ok(value)
    }

    /// Exchanges an element with the one in `slots`.
    pub(crate) fn swap(&mut self, value: Ref, index: u64, slots: &mut [u64]) -> Result<Ref, Stop> {
        self.element(value, index)?;
        let value = self.prepare(value, 0)?;
        let (ty, at) = self.element(value, index)?;
        if let Some(rows) = self.rows(value) {
            let old = self.lift(rows, at)?;
            self.lower(rows, slots[0] as Ref, at);
            slots[0] = old.into();
            return Ok(value);
        }
        self.exchange(ty, at, slots);
        Ok(value)
    }

    /// What the elements of a vector are, if they lie in it.
    pub(super) fn rows(&self, value: Ref) -> Option<&'a Rows> {
        let layouts = self.layouts;
        layouts.of(self.heap.ty(value)).rows()
    }

    pub(super) fn exchange(&mut self, ty: Type, at: usize, slots: &mut [u64]) {
        let mut old = [0; 4];
        self.heap.load(ty, at, &mut old);
        self.heap.store(ty, at, slots);
        let count = usize::from(ty.slots());
        slots[..count].copy_from_slice(&old[..count]);
    }

    pub(crate) fn push(&mut self, value: Ref, slots: &[u64]) -> Result<Ref, Stop> {
        let layout = self.layouts.of(self.heap.ty(value));
        let length = self.heap.length(value);
        let used = layout.payload_bytes(length);
        let value = self.prepare(value, used + layout.width() as u64)?;
        let at = payload(value) + used as usize;
        match layout.rows() {
            Some(rows) => self.lower(rows, slots[0] as Ref, at),
            None => self.heap.store(layout.element(), at, slots),
        }
        self.heap.set_word(value, Word::Length, length + 1);
        Ok(value)
    }

    /// The elements in ascending order. What the work costs is a function of their number.
    pub(crate) fn sort(&mut self, value: Ref) -> Result<Ref, Stop> {
        let Layout::Packed { element, .. } = *self.layouts.of(self.heap.ty(value)) else {
            return Err(TrapKind::Unreachable.into());
        };
        let length = u64::from(self.heap.length(value));
        let rounds = u64::from(u64::BITS - length.leading_zeros());
        self.charge(self.schedule.heap_sort.saturating_mul(length.saturating_mul(rounds) / 2))?;
        let value = self.prepare(value, 0)?;
        let at = payload(value);
        let bytes = length as usize * element.bytes();
        sort::packed(element, &mut self.heap.blocks.memory[at..at + bytes]);
        Ok(value)
    }

    /// Moves the last element into `slots`.
    pub(crate) fn pop(&mut self, value: Ref, slots: &mut [u64]) -> Result<Ref, Stop> {
        let last = self.heap.length(value).checked_sub(1).ok_or(TrapKind::OutOfBounds)?;
        let value = self.prepare(value, 0)?;
        let (ty, at) = self.element(value, u64::from(last))?;
        match self.rows(value) {
            Some(rows) => slots[0] = self.lift(rows, at)?.into(),
            None => self.heap.load(ty, at, slots),
        }
        self.heap.set_word(value, Word::Length, last);
        Ok(value)
    }
}
