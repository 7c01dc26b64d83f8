//! Values from their canonical encoding: arguments and state entries.
//!
//! In: types and hostile bytes. Out: values in slots, or what is wrong and where. Accepts
//! exactly what `deed-abi` accepts. Memory is allocated for what the bytes can hold, within the
//! limits, and charged as every allocation is; a list of open values stands in for the host's
//! stack. Of bytes that are no values nothing is left: references of a value whose parts are still
//! to come are 0, so it can be let go half read.

use deed_bytecode::{TrapKind, Ty, Type};

use super::compare::scalars;
use super::encode::most_values;
use super::layout::Packed;
use super::node::{Cursor, Entries};
use super::parts::{Step, Walk};
use super::source::{STEP, Source};
use super::{Arena, Layout, Ref, Word, payload};
use crate::interp::Stop;

/// What is wrong with bytes, and at which of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bad {
    pub(crate) offset: usize,
    pub(crate) what: &'static str,
}

/// Why bytes were not decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Bad(Bad),
    Stop(Stop),
}

impl From<Stop> for Fault {
    fn from(stop: Stop) -> Fault {
        Fault::Stop(stop)
    }
}

/// A value whose parts are being read.
struct Open {
    walk: Walk,
    /// How deep its parts nest.
    depth: u32,
}

/// Decodes scalars that lie one after the other; says whether the bytes are that and nothing else.
fn scalars_of(types: &[Type], mut bytes: &[u8], slots: &mut [u64]) -> bool {
    let mut at = 0;
    for ty in types {
        let Type::Scalar(ty) = ty else { return false };
        let Some((own, rest)) = bytes.split_at_checked(ty.bytes()) else { return false };
        let Some(value) = ty.decode(own) else { return false };
        let count = usize::from(ty.slots());
        slots[at..at + count].copy_from_slice(&value[..count]);
        (at, bytes) = (at + count, rest);
    }
    bytes.is_empty()
}

struct Decoder<'d, 'a> {
    arena: &'d mut Arena<'a>,
    source: Source<'d>,
    at: usize,
    /// Values that may still come.
    left: usize,
    open: Vec<Open>,
}

impl Arena<'_> {
    /// Decodes a list of values, all of `bytes`, into `slots`, which have room for them. After
    /// an error what they hold is unspecified, and nothing of it is alive.
    pub(crate) fn decode(
        &mut self,
        types: &[Type],
        bytes: &[u8],
        slots: &mut [u64],
    ) -> Result<(), Fault> {
        if self.limits.value_depth > 0 && scalars_of(types, bytes, slots) {
            return Ok(());
        }
        self.decode_source(types, Source::Lent(bytes), slots)
    }

    /// As [`Arena::decode`]; the bytes go as they are read.
    pub(crate) fn decode_taken(
        &mut self,
        types: &[Type],
        bytes: Vec<u8>,
        slots: &mut [u64],
    ) -> Result<(), Fault> {
        match Source::is_large(bytes.len()) {
            true => self.decode_source(types, Source::own(bytes)?, slots),
            false => self.decode(types, &bytes, slots),
        }
    }

    fn decode_source(
        &mut self,
        types: &[Type],
        source: Source<'_>,
        slots: &mut [u64],
    ) -> Result<(), Fault> {
        let bytes = source.len();
        let left = most_values(bytes, self.limits.value_depth);
        let mut decoder = Decoder { arena: self, source, at: 0, left, open: Vec::new() };
        let mut at = 0;
        for (done, ty) in types.iter().enumerate() {
            let read = match ty {
                Type::Scalar(ty) => decoder.scalar(*ty, &mut slots[at..], 0),
                Type::Heap(ty) => decoder.value(*ty).map(|value| slots[at] = value.into()),
            };
            if let Err(fault) = read {
                self.drop_all(&types[..done], slots);
                return Err(fault);
            }
            at += usize::from(ty.slots());
        }
        if decoder.at < bytes {
            let long = decoder.bad("the bytes should end here");
            self.drop_all(types, slots);
            return long;
        }
        if Source::is_large(bytes) {
            self.note();
        }
        Ok(())
    }

    /// A decoding, of heap type `ty`: the values that the bytes of `from` are, or where they are not.
    pub(crate) fn decoding(&mut self, ty: u16, from: Ref) -> Result<Ref, Stop> {
        let layouts = self.layouts;
        let payloads = [0, 1].map(|variant| layouts.of(ty).parts(variant));
        let [Some(values), Some(wrong)] = payloads else {
            return Err(TrapKind::Unreachable.into());
        };
        let types: Vec<Type> = values.parts.iter().map(|part| part.ty).collect();
        let mut slots = vec![0; Type::total_slots(&types)];
        let bytes = self.heap.text(from).to_vec();
        self.charge_bytes(bytes.len() as u64)?;
        match self.decode_taken(&types, bytes, &mut slots) {
            Ok(()) => self.make(ty, 0, &slots),
            Err(Fault::Stop(stop)) => Err(stop),
            Err(Fault::Bad(bad)) => {
                let record = wrong.parts.first().and_then(|part| part.ty.heap());
                let record = record.ok_or(TrapKind::Unreachable)?;
                let record = self.make(record, 0, &[bad.offset as u64])?;
                self.make(ty, 1, &[record.into()])
            }
        }
    }

    /// Makes the references in a new value's own payload refer to nothing.
    pub(super) fn clear_references(&mut self, value: Ref) {
        let layout = self.layouts.of(self.heap.ty(value));
        let mut references = layout.references(self.heap, value);
        while let Some(at) = references.next(self.heap) {
            self.heap.set_reference(at, 0);
        }
    }
}

impl Decoder<'_, '_> {
    fn bad<T>(&self, what: &'static str) -> Result<T, Fault> {
        Err(Fault::Bad(Bad { offset: self.at, what }))
    }

    fn scalar(&mut self, ty: Ty, slots: &mut [u64], depth: u32) -> Result<(), Fault> {
        self.count_values(1, depth)?;
        let at = self.at;
        let bytes = self.take(ty.bytes() as u64)?;
        let Some(value) = ty.decode(self.source.get(bytes..self.at)) else {
            self.at = at;
            return self.bad("a `bool` is 0 or 1");
        };
        let count = usize::from(ty.slots());
        slots[..count].copy_from_slice(&value[..count]);
        self.source.done(at);
        Ok(())
    }

    fn value(&mut self, ty: u16) -> Result<Ref, Fault> {
        let root = self.head(ty, 0)?;
        let read = self.parts();
        if read.is_err() {
            self.arena.drop(root);
        }
        read.map(|()| root)
    }

    /// Reads the parts of open values.
    fn parts(&mut self) -> Result<(), Fault> {
        while let Some(Open { walk, depth }) = self.open.last_mut() {
            let (value, depth, at, cursor) = (walk.value, *depth, walk.done(), walk.cursor);
            let layout = self.arena.layouts.of(self.arena.heap.ty(value));
            let step = walk.step(self.arena.heap, layout);
            let (now, is_over) = (walk.done(), walk.is_over(layout));
            let inner = depth + u32::from(layout.rows().is_some());
            if let Some(entries) = layout.entries() {
                self.check_order(entries, value, at as usize, cursor)?;
            }
            match step {
                Step::End => {
                    self.open.pop();
                    if layout.entries().is_some() {
                        self.arena.finish_map(value);
                    }
                }
                Step::Row(place) => self.row(layout, value, now, place, depth)?,
                Step::Part(Type::Scalar(ty), place) => {
                    let mut slots = [0; Ty::MAX_SLOTS];
                    self.scalar(ty, &mut slots, inner)?;
                    self.arena.heap.store_scalar(ty, place, &slots);
                }
                Step::Part(Type::Heap(ty), place) => {
                    // What has no parts behind this one need not be come back to.
                    if is_over {
                        self.open.pop();
                    }
                    let part = self.head(ty, inner)?;
                    self.arena.heap.set_reference(place, part);
                }
            }
        }
        Ok(())
    }

    /// Begins element `at` of a vector, which lies in it: reads which variant it is.
    fn row(
        &mut self,
        layout: &Layout,
        vec: Ref,
        at: u32,
        place: usize,
        depth: u32,
    ) -> Result<(), Fault> {
        let Some(rows) = layout.rows() else { return Ok(()) };
        self.count_values(1, depth)?;
        let mut variant = 0;
        if rows.tag > 0 {
            let at = self.take(1)?;
            variant = self.source.get(at..at + 1)[0];
            if u32::from(variant) >= rows.variants() {
                self.at = at;
                return self.bad("there is no such variant");
            }
            self.source.done(at);
        }
        let memory = &mut self.arena.heap.blocks.memory;
        memory[place..place + rows.width].fill(0);
        memory[place..place + rows.tag].fill(variant);
        self.arena.heap.set_word(vec, Word::Length, at + 1);
        Ok(())
    }

    /// Whether the last part before part `at` of a map, if it is a key, is greater than the key
    /// before it.
    fn check_order(
        &mut self,
        entries: &Entries,
        map: Ref,
        at: usize,
        mut cursor: Cursor,
    ) -> Result<(), Fault> {
        let parts = entries.parts();
        let last = at.checked_sub(1).filter(|last| last % parts == 0 && *last > 0);
        let Some(last) = last else { return Ok(()) };
        let heap = &*self.arena.heap;
        let [before, here] = [last - parts, last].map(|at| {
            let (node, row) = cursor.seek(heap, entries, map, (at / parts) as u32);
            node.key_at(row)
        });
        let order = match entries.key {
            Type::Scalar(ty) => {
                let [before, here] =
                    [before, here].map(|at| &heap.blocks.memory[at..at + ty.bytes()]);
                scalars(ty, before, here)
            }
            Type::Heap(_) => {
                let (before, here) = (heap.reference(before), heap.reference(here));
                self.arena.compare(before, here)?
            }
        };
        if order.is_lt() { Ok(()) } else { self.bad("keys should ascend, each once") }
    }

    /// Makes a value of what comes before its parts, and notes it if it has some. `depth` says how deep
    /// it nests.
    fn head(&mut self, ty: u16, depth: u32) -> Result<Ref, Fault> {
        self.count_values(1, depth)?;
        let layout = self.arena.layouts.of(ty);
        let (value, count) = match layout {
            Layout::Packed { element, kind } => return self.packed(ty, *element, *kind, depth),
            Layout::References { .. } | Layout::Rows(_) => {
                let count = self.length()?;
                self.count_values(0, depth + u32::from(count > 0))?;
                if count as usize > self.left {
                    return self.bad("there are more elements than the bytes can hold");
                }
                // Elements that lie in it are there from when they are read.
                let length = if layout.rows().is_some() { 0 } else { count };
                (self.arena.allocate(ty, length, layout.payload_bytes(count))?, count)
            }
            Layout::Map(entries) => {
                let count = self.length()?;
                self.count_values(0, depth + u32::from(count > 0))?;
                let parts = (count as usize).saturating_mul(entries.parts());
                if parts > self.left {
                    return self.bad("there are more entries than the bytes can hold");
                }
                (self.arena.map_skeleton(ty, count)?, parts as u32)
            }
            Layout::Record(parts) => {
                (self.arena.allocate(ty, 0, parts.bytes())?, parts.parts.len() as u32)
            }
            Layout::Enum(variants) => {
                let at = self.take(1)?;
                let variant = u32::from(self.source.get(at..at + 1)[0]);
                let Some(parts) = variants.get(variant as usize) else {
                    self.at = at;
                    return self.bad("there is no such variant");
                };
                (self.arena.allocate(ty, variant, parts.bytes())?, parts.parts.len() as u32)
            }
        };
        if layout.entries().is_none() {
            self.arena.clear_references(value);
        }
        if count > 0 {
            self.open.push(Open { walk: Walk::new(value, count), depth: depth + 1 });
        }
        Ok(value)
    }

    fn packed(&mut self, ty: u16, element: Ty, kind: Packed, depth: u32) -> Result<Ref, Fault> {
        let length = self.length()?;
        if kind == Packed::Vec && length > 0 {
            self.count_values(length as usize, depth + 1)?;
        }
        let start = self.take(u64::from(length) * element.bytes() as u64)?;
        let bytes = self.source.get(start..self.at);
        let wrong = match kind {
            Packed::Text => std::str::from_utf8(bytes).is_err().then_some("the text is not UTF-8"),
            Packed::Vec if element == Ty::Bool && bytes.iter().any(|byte| *byte > 1) => {
                Some("a `bool` is 0 or 1")
            }
            _ => None,
        };
        if let Some(what) = wrong {
            return Err(Fault::Bad(Bad { offset: start, what }));
        }
        let end = self.at;
        let value = self.arena.allocate(ty, length, (end - start) as u64)?;
        let mut to = payload(value);
        for from in (start..end).step_by(STEP) {
            let part = self.source.get(from..(from + STEP).min(end));
            self.arena.heap.blocks.memory[to..to + part.len()].copy_from_slice(part);
            to += part.len();
            self.source.done((from + STEP).min(end));
        }
        Ok(value)
    }

    /// Counts values at a depth.
    fn count_values(&mut self, count: usize, depth: u32) -> Result<(), Fault> {
        if depth >= self.arena.limits.value_depth {
            return self.bad("the value nests too deep");
        }
        match self.left.checked_sub(count) {
            Some(left) => self.left = left,
            None => return self.bad("there are more values than the bytes can hold"),
        }
        Ok(())
    }

    fn length(&mut self) -> Result<u32, Fault> {
        let at = self.take(4)?;
        let mut bytes = [0; 4];
        bytes.copy_from_slice(self.source.get(at..self.at));
        Ok(u32::from_le_bytes(bytes))
    }

    /// Goes on by `count` bytes, and gives where they start.
    fn take(&mut self, count: u64) -> Result<usize, Fault> {
        if count > (self.source.len() - self.at) as u64 {
            self.at = self.source.len();
            return self.bad("the bytes end too early");
        }
        let start = self.at;
        self.at += count as usize;
        Ok(start)
    }
}
