//! The canonical encoding of values: of those that leave a call (results, data of errors and
//! events, state entries), and of any for the call itself.
//!
//! In: values by type and slots. Out: bytes, the same that `deed-abi` writes. A value that nests
//! deeper than the limit traps with `depth`, one that would be longer with `memory`, so that
//! whatever is written can be read again. A list of open values stands in for the host's stack.

use deed_bytecode::{TrapKind, Ty, Type};

use super::blocks::SPAN;
use super::layout::Packed;
use super::parts::{self, Step, Walk};
use super::{Arena, Layout, PAGE, Ref, payload};
use crate::interp::Stop;

/// A value whose parts are being written.
struct Open {
    walk: Walk,
    /// Whether all that it is a part of have one owner, and whether it has too.
    above: bool,
    sole: bool,
    /// How deep its parts nest.
    depth: u32,
    /// Where in memory the elements begin that have been written and take memory still.
    kept: usize,
}

/// Values that so many bytes may hold: each byte belongs to at most that many values, so this
/// limits nothing but values without bytes.
pub(super) fn most_values(bytes: usize, depth: u32) -> usize {
    bytes.saturating_add(8).saturating_mul(depth as usize)
}

/// Where an encoding goes: to memory, or nowhere, if it is only to be measured.
trait Out {
    fn put(&mut self, bytes: &[u8]);
    fn put_scalar(&mut self, ty: Ty, slots: &[u64]);
    fn len(&self) -> usize;
}

/// Bytes that are counted and not kept.
struct Measure(usize);

/// Memory for an encoding that is long grows by as much at least.
const STEP: usize = 1 << 20;

struct Encoder<'e, 'a, O> {
    arena: &'e mut Arena<'a>,
    out: O,
    /// Whether values are let go as they are written.
    takes: bool,
    values: usize,
    open: Vec<Open>,
}

impl<'a> Arena<'a> {
    /// Encodes the values that lie in `slots` one after the other, which stay.
    pub(crate) fn encode(&mut self, types: &[Type], slots: &[u64]) -> Result<Vec<u8>, Stop> {
        self.encode_to(Vec::new(), false, types, slots)
    }

    /// As [`Arena::encode`], and takes the values: they are let go as they are written.
    pub(crate) fn encode_last(&mut self, types: &[Type], slots: &[u64]) -> Result<Vec<u8>, Stop> {
        self.encode_to(Vec::new(), true, types, slots)
    }

    /// How many bytes [`Arena::encode`] would give, for the same gas and with the same limits.
    pub(crate) fn measure(&mut self, types: &[Type], slots: &[u64]) -> Result<u64, Stop> {
        Ok(self.encode_to(Measure(0), false, types, slots)?.0 as u64)
    }

    fn encode_to<O: Out>(
        &mut self,
        out: O,
        takes: bool,
        types: &[Type],
        slots: &[u64],
    ) -> Result<O, Stop> {
        let (values, open) = (types.len(), Vec::new());
        let mut encoder = Encoder { arena: self, out, takes, values, open };
        let mut at = 0;
        for ty in types {
            match ty {
                Type::Scalar(ty) => encoder.out.put_scalar(*ty, &slots[at..]),
                Type::Heap(_) => encoder.value(slots[at] as Ref)?,
            }
            at += usize::from(ty.slots());
        }
        encoder.finish()
    }

    /// The canonical encoding of a value, as a value of type `bytes`.
    pub(crate) fn encoding(&mut self, ty: Type, slots: &[u64]) -> Result<Ref, Stop> {
        let bytes = self.encode(&[ty], slots)?;
        self.taken(bytes)
    }
}

impl Out for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        if self.capacity() - self.len() < bytes.len() && self.len() >= STEP {
            self.reserve_exact(bytes.len().max(STEP));
        }
        self.extend_from_slice(bytes);
    }

    fn put_scalar(&mut self, ty: Ty, slots: &[u64]) {
        ty.encode(slots, self);
    }

    fn len(&self) -> usize {
        Vec::len(self)
    }
}

impl Out for Measure {
    fn put(&mut self, bytes: &[u8]) {
        self.0 += bytes.len();
    }

    fn put_scalar(&mut self, ty: Ty, _: &[u64]) {
        self.0 += ty.bytes();
    }

    fn len(&self) -> usize {
        self.0
    }
}

impl<O: Out> Encoder<'_, '_, O> {
    fn value(&mut self, value: Ref) -> Result<(), Stop> {
        self.head(value, true, 0)?;
        while let Some(open) = self.open.last_mut() {
            let value = open.walk.value;
            let layout = self.arena.layouts.of(self.arena.heap.ty(value));
            match open.walk.step(self.arena.heap, layout) {
                Step::End => {
                    let above = open.above;
                    self.open.pop();
                    self.written(value, above);
                }
                Step::Row(at) => self.row(layout, at)?,
                Step::Part(Type::Scalar(ty), at) => {
                    self.out.put(&self.arena.heap.blocks.memory[at..at + ty.bytes()]);
                }
                Step::Part(Type::Heap(_), at) => {
                    let part = self.arena.heap.reference(at);
                    let (above, sole) = (open.above, open.sole);
                    let depth = open.depth + u32::from(layout.rows().is_some());
                    // What has no parts behind this one need not be come back to.
                    if open.walk.is_over(layout) {
                        self.open.pop();
                        self.written(value, above);
                    }
                    self.head(part, sole, depth)?;
                }
            }
        }
        Ok(())
    }

    /// Writes what comes before the parts of a value, and notes the value if it has some. `above` says
    /// whether all that it is a part of have one owner, `depth` how deep it nests.
    fn head(&mut self, value: Ref, above: bool, depth: u32) -> Result<(), Stop> {
        self.arena.charge(self.arena.schedule.heap_visit)?;
        let layout = self.arena.layouts.of(self.arena.heap.ty(value));
        let length = self.arena.heap.length(value);
        let parts = match layout {
            Layout::Packed { kind: Packed::Text | Packed::Bytes, .. } => 0,
            _ => parts::count(self.arena.heap, layout, value),
        };
        // The parts, scalars included, are a level deeper.
        self.nests(depth + u32::from(parts > 0))?;
        let bytes = if layout.rows().is_some() { 0 } else { layout.payload_bytes(length) };
        self.room(bytes.saturating_add(4))?;
        self.values = self.values.saturating_add(parts as usize);
        match layout {
            Layout::Packed { .. } => {
                self.out.put(&length.to_le_bytes());
                self.packed(value, bytes as usize, above);
                self.written(value, above);
                return Ok(());
            }
            Layout::Enum(_) => self.out.put(&[length as u8]),
            Layout::Record(_) => {}
            _ => self.out.put(&length.to_le_bytes()),
        }
        if parts == 0 {
            self.written(value, above);
            return Ok(());
        }
        // A map lets its entries go itself, with the nodes that they lie in.
        let sole = above && layout.entries().is_none() && self.arena.heap.is_unique(value);
        let walk = Walk::new(value, parts);
        let kept = value as usize + PAGE as usize;
        self.open.push(Open { walk, above, sole, depth: depth + 1, kept });
        Ok(())
    }

    /// Writes which variant an element is that lies in its vector. The memory of those before it goes,
    /// where no one wants them after.
    fn row(&mut self, layout: &Layout, at: usize) -> Result<(), Stop> {
        let (Some(rows), Some(open)) = (layout.rows(), self.open.last_mut()) else {
            return Ok(());
        };
        let depth = open.depth;
        if self.takes && open.sole && at >= open.kept + STEP {
            self.arena.heap.give(open.kept..at);
            open.kept = at;
        }
        self.arena.charge(self.arena.schedule.heap_visit)?;
        let variant = rows.variant(self.arena.heap, at);
        let parts = rows.parts(variant).len();
        self.nests(depth + u32::from(parts > 0))?;
        self.room((rows.tag + rows.bytes(variant)) as u64)?;
        self.values = self.values.saturating_add(parts);
        if rows.tag > 0 {
            self.out.put(&[variant as u8]);
        }
        Ok(())
    }

    fn nests(&self, depth: u32) -> Result<(), Stop> {
        let fits = depth < self.arena.limits.value_depth;
        if fits { Ok(()) } else { Err(TrapKind::Depth.into()) }
    }

    /// A value has been written out, and its parts have or will be: lets it go, if it is taken and not
    /// held by a value that stays.
    fn written(&mut self, value: Ref, above: bool) {
        if !self.takes || !above {
            return;
        }
        let is_map = self.arena.layouts.of(self.arena.heap.ty(value)).entries().is_some();
        match self.arena.heap.is_unique(value) && !is_map {
            // What it held goes by itself.
            true => self.arena.heap.free_block(value),
            false => self.arena.drop(value),
        }
        self.arena.heap.relieve();
    }

    /// Writes elements as they lie in memory. Where no one wants them after, their memory goes.
    fn packed(&mut self, value: Ref, bytes: usize, above: bool) {
        let takes = self.takes && above && bytes >= SPAN && self.arena.heap.is_unique(value);
        let start = payload(value);
        for from in (0..bytes).step_by(STEP) {
            let part = start + from..start + (from + STEP).min(bytes);
            self.out.put(&self.arena.heap.blocks.memory[part.clone()]);
            if takes {
                self.arena.heap.give(part.start.max(value as usize + PAGE as usize)..part.end);
            }
        }
    }

    /// Charges for bytes to come, and checks that they do not make too many.
    fn room(&mut self, bytes: u64) -> Result<(), Stop> {
        self.arena.charge_bytes(bytes)?;
        let total = bytes.saturating_add(self.out.len() as u64);
        let fits = total <= u64::from(self.arena.limits.value_bytes);
        if fits { Ok(()) } else { Err(TrapKind::Memory.into()) }
    }

    fn finish(self) -> Result<O, Stop> {
        if self.values > most_values(self.out.len(), self.arena.limits.value_depth) {
            return Err(TrapKind::Memory.into());
        }
        Ok(self.out)
    }
}
