//! The canonical encoding of values: of those that leave a call (results, data of errors and
//! events, state entries), and of any for the call itself.
//!
//! In: values by type and slots. Out: bytes, the same that `deed-abi` writes. A value that nests
//! deeper than the limit traps with `depth`, one that would be longer with `memory`, so that
//! whatever is written can be read again. A list of open values stands in for the host's stack.

use deed_bytecode::{TrapKind, Ty, Type};

use super::layout::Packed;
use super::node::Cursor;
use super::{Arena, Layout, Ref, payload};
use crate::interp::Stop;

/// A value whose parts from `next` on are still to be written.
struct Open {
    value: Ref,
    next: usize,
    /// Where the walk through a map is.
    cursor: Cursor,
}

/// Values that so many bytes may hold: each byte belongs to at most that many values, so this
/// limits nothing but values without bytes.
pub(super) fn most_values(bytes: usize, depth: u32) -> usize {
    bytes.saturating_add(8).saturating_mul(depth as usize)
}

struct Encoder<'e, 'a> {
    arena: &'e mut Arena<'a>,
    out: Vec<u8>,
    values: usize,
    open: Vec<Open>,
}

impl<'a> Arena<'a> {
    /// Encodes the values that lie in `slots` one after the other, which stay.
    pub(crate) fn encode(&mut self, types: &[Type], slots: &[u64]) -> Result<Vec<u8>, Stop> {
        let scalars: usize = types.iter().filter_map(|ty| ty.scalar()).map(Ty::bytes).sum();
        let mut encoder = Encoder {
            arena: self,
            out: Vec::with_capacity(scalars),
            values: types.len(),
            open: Vec::new(),
        };
        let mut at = 0;
        for ty in types {
            match ty {
                Type::Scalar(ty) => ty.encode(&slots[at..], &mut encoder.out),
                Type::Heap(_) => encoder.value(slots[at] as Ref)?,
            }
            at += usize::from(ty.slots());
        }
        encoder.finish()
    }

    /// The canonical encoding of a value, as a value of type `bytes`.
    pub(crate) fn encoding(&mut self, ty: Type, slots: &[u64]) -> Result<Ref, Stop> {
        let bytes = self.encode(&[ty], slots)?;
        self.literal(self.layouts.bytes(), &bytes)
    }
}

impl Encoder<'_, '_> {
    fn value(&mut self, value: Ref) -> Result<(), Stop> {
        self.head(value)?;
        while let Some(Open { value, next, cursor }) = self.open.last_mut() {
            let (value, at) = (*value, *next);
            *next += 1;
            let layout = self.arena.layouts.of(self.arena.heap.ty(value));
            let length = self.arena.heap.length(value);
            let part = match (layout.parts(length), layout.entries()) {
                (Some(parts), _) => {
                    parts.parts.get(at).map(|part| (part.ty, payload(value) + part.offset))
                }
                (None, Some(entries)) => {
                    let inside = at < length as usize * entries.parts();
                    inside.then(|| cursor.part(self.arena.heap, entries, value, at))
                }
                (None, None) => (at < length as usize)
                    .then(|| (layout.element(), payload(value) + at * layout.width())),
            };
            match part {
                None => drop(self.open.pop()),
                Some((Type::Scalar(ty), at)) => {
                    self.out.extend_from_slice(&self.arena.heap.blocks.memory[at..at + ty.bytes()]);
                }
                Some((Type::Heap(_), at)) => {
                    let part = self.arena.heap.reference(at);
                    self.head(part)?;
                }
            }
        }
        Ok(())
    }

    /// Writes what comes before the parts of a value, and notes the value if it has some.
    fn head(&mut self, value: Ref) -> Result<(), Stop> {
        self.arena.charge(self.arena.schedule.heap_visit)?;
        let layout = self.arena.layouts.of(self.arena.heap.ty(value));
        let length = self.arena.heap.length(value);
        let bytes = layout.payload_bytes(length);
        let parts = match layout {
            Layout::Packed { kind: Packed::Text | Packed::Bytes, .. } => 0,
            Layout::Packed { .. } | Layout::References { .. } => length as usize,
            Layout::Map(entries) => (length as usize).saturating_mul(entries.parts()),
            Layout::Record(parts) => parts.parts.len(),
            Layout::Enum(_) => layout.parts(length).map_or(0, |parts| parts.parts.len()),
        };
        // The parts, scalars included, are a level deeper.
        let depth = self.open.len() + usize::from(parts > 0);
        if depth >= self.arena.limits.value_depth as usize {
            return Err(TrapKind::Depth.into());
        }
        self.room(bytes.saturating_add(4))?;
        self.values = self.values.saturating_add(parts);
        match layout {
            Layout::Packed { .. } => {
                self.out.extend_from_slice(&length.to_le_bytes());
                self.out.extend_from_slice(self.arena.heap.bytes(value, bytes as usize));
                return Ok(());
            }
            Layout::References { .. } | Layout::Map(_) => {
                self.out.extend_from_slice(&length.to_le_bytes());
            }
            Layout::Enum(_) => self.out.push(length as u8),
            Layout::Record(_) => {}
        }
        if parts > 0 {
            self.open.push(Open { value, next: 0, cursor: Cursor::default() });
        }
        Ok(())
    }

    /// Charges for bytes to come, and checks that they do not make too many.
    fn room(&mut self, bytes: u64) -> Result<(), Stop> {
        self.arena.charge_bytes(bytes)?;
        let total = bytes.saturating_add(self.out.len() as u64);
        let fits = total <= u64::from(self.arena.limits.value_bytes);
        if fits { Ok(()) } else { Err(TrapKind::Memory.into()) }
    }

    fn finish(self) -> Result<Vec<u8>, Stop> {
        if self.values > most_values(self.out.len(), self.arena.limits.value_depth) {
            return Err(TrapKind::Memory.into());
        }
        Ok(self.out)
    }
}
