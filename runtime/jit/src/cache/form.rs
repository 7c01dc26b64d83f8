//! Compiled code as bytes.
//!
//! In: assembled code, or bytes. Out: the other; nothing where bytes are not what was written. Numbers are
//! little-endian and lists begin with their length.

use deed_bytecode::{Inst, Op, Ty, Type};
use deed_runtime::tier::{Limits, Operation};

use crate::assemble::{Assembled, Entry};
use crate::outside::Outside;
use crate::room::Room;

pub(super) fn write(assembled: &Assembled) -> Vec<u8> {
    let mut out = Writer(Vec::with_capacity(assembled.bytes.len() + 4096));
    out.long(assembled.stack_bytes);
    out.long(assembled.area_bytes);
    out.byte(assembled.heap.into());
    out.long(assembled.entries.len());
    for entry in &assembled.entries {
        out.byte(entry.is_some().into());
        if let Some(entry) = entry {
            out.longs([entry.offset, entry.params, entry.results]);
            out.short(entry.slots);
        }
    }
    out.long(assembled.outsides.len());
    for outside in &assembled.outsides {
        out.long(outside.slots());
        match outside {
            Outside::Operation { inst, .. } => out.inst(*inst),
            Outside::Throw { error, .. } => {
                out.byte(Op::Throw as u8);
                out.short(*error);
            }
        }
    }
    out.long(assembled.bytes.len());
    out.0.extend(&assembled.bytes);
    out.0
}

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Option<Assembled> {
    let mut from = Reader(bytes);
    let (stack_bytes, area_bytes, heap) = (from.long()?, from.long()?, from.byte()? != 0);
    let entries = from.list(Reader::entry)?;
    let outsides = from.list(Reader::outside)?;
    let length = from.long()?;
    let bytes = from.take(length)?.to_vec();
    let inside = |entry: &Option<Entry>| entry.is_none_or(|entry| entry.offset < bytes.len());
    let sound = from.0.is_empty() && entries.iter().all(inside);
    let room = Room::new(limits).filter(|_| sound)?;
    Some(Assembled { bytes, entries, outsides, stack_bytes, area_bytes, room, heap })
}

struct Writer(Vec<u8>);

impl Writer {
    fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    fn short(&mut self, number: u16) {
        self.0.extend(number.to_le_bytes());
    }

    fn long(&mut self, number: usize) {
        self.0.extend((number as u64).to_le_bytes());
    }

    fn longs(&mut self, numbers: [usize; 3]) {
        numbers.into_iter().for_each(|number| self.long(number));
    }

    fn inst(&mut self, inst: Inst) {
        self.byte(inst.op as u8);
        inst.operands().into_iter().for_each(|number| self.short(number));
        let (kind, number) = match inst.ty {
            None => (0, 0),
            Some(Type::Scalar(ty)) => (1, ty as u16),
            Some(Type::Heap(ty)) => (2, ty),
        };
        self.byte(kind);
        self.short(number);
    }
}

struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn short(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    fn long(&mut self) -> Option<usize> {
        usize::try_from(u64::from_le_bytes(self.take(8)?.try_into().ok()?)).ok()
    }

    /// As many as the length says; no list is longer than the bytes that are left.
    fn list<T>(&mut self, one: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let length = self.long().filter(|length| *length <= self.0.len())?;
        (0..length).map(|_| one(self)).collect()
    }

    fn entry(&mut self) -> Option<Option<Entry>> {
        if self.byte()? == 0 {
            return Some(None);
        }
        let (offset, params, results) = (self.long()?, self.long()?, self.long()?);
        Some(Some(Entry { offset, slots: self.short()?, params, results }))
    }

    fn outside(&mut self) -> Option<Outside> {
        let slots = self.long()?;
        let op = Op::from_byte(self.byte()?)?;
        if op == Op::Throw {
            return Some(Outside::Throw { error: self.short()?, slots });
        }
        let (a, b, c) = (self.short()?, self.short()?, self.short()?);
        let ty = match (self.byte()?, self.short()?) {
            (0, _) => None,
            (1, ty) => Some(Type::Scalar(Ty::from_byte(u8::try_from(ty).ok()?)?)),
            (_, ty) => Some(Type::Heap(ty)),
        };
        let inst = Inst { op, ty, a, b, c };
        Some(Outside::Operation { inst, operation: Operation::of(inst)?, slots })
    }
}
