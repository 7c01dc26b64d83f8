//! Records and enums.
//!
//! In: values, and the registers that hold all their fields one after the other. Out: new
//! values, or fields in registers. A record is made and opened as the only variant of an enum
//! would be.

use deed_bytecode::TrapKind;

use super::{Arena, Part, Parts, Ref};
use crate::interp::Stop;

impl<'a> Arena<'a> {
    fn parts(&self, ty: u16, variant: u32) -> Result<&'a Parts, Stop> {
        let layouts = self.layouts;
        layouts.of(ty).parts(variant).ok_or(Stop::Trap(TrapKind::Unreachable))
    }

    /// A new value of the fields in `slots`, which are taken.
    pub(crate) fn make(&mut self, ty: u16, variant: u32, slots: &[u64]) -> Result<Ref, Stop> {
        let parts = self.parts(ty, variant)?;
        let value = self.allocate(ty, variant, parts.bytes())?;
        let fields = self.heap.payload(value);
        for part in &parts.parts {
            self.heap.store(part.ty, fields + part.offset, &slots[part.slot..]);
        }
        Ok(value)
    }

    /// Copies the fields of a value that must be this variant into `slots`.
    pub(crate) fn fields(
        &mut self,
        value: Ref,
        variant: u32,
        slots: &mut [u64],
    ) -> Result<(), Stop> {
        let parts = self.load_fields(value, variant, slots)?;
        for part in parts.parts.iter().filter(|part| part.ty.heap().is_some()) {
            self.heap.dup(slots[part.slot] as Ref);
        }
        Ok(())
    }

    /// Takes a value that must be this variant apart: its fields come to `slots`.
    pub(crate) fn open(&mut self, value: Ref, variant: u32, slots: &mut [u64]) -> Result<(), Stop> {
        if self.heap.is_unique(value) {
            self.load_fields(value, variant, slots)?;
            self.heap.free_block(value);
            return Ok(());
        }
        self.fields(value, variant, slots)?;
        self.drop(value);
        Ok(())
    }

    fn load_fields(&self, value: Ref, variant: u32, slots: &mut [u64]) -> Result<&'a Parts, Stop> {
        if self.heap.length(value) != variant {
            return Err(TrapKind::Unreachable.into());
        }
        let parts = self.parts(self.heap.ty(value), variant)?;
        let fields = self.heap.payload(value);
        for part in &parts.parts {
            self.heap.load(part.ty, fields + part.offset, &mut slots[part.slot..]);
        }
        Ok(parts)
    }

    fn field(&self, value: Ref, index: u16) -> Result<Part, Stop> {
        let parts = self.parts(self.heap.ty(value), 0)?;
        parts.parts.get(usize::from(index)).copied().ok_or(Stop::Trap(TrapKind::Unreachable))
    }

    pub(crate) fn field_get(
        &mut self,
        value: Ref,
        index: u16,
        slots: &mut [u64],
    ) -> Result<(), Stop> {
        let Part { ty, offset, .. } = self.field(value, index)?;
        self.heap.load(ty, self.heap.payload(value) + offset, slots);
        if ty.heap().is_some() {
            self.heap.dup(slots[0] as Ref);
        }
        Ok(())
    }

    /// Puts a field, which is taken, in the place of one that is dropped.
    pub(crate) fn field_set(&mut self, value: Ref, index: u16, slots: &[u64]) -> Result<Ref, Stop> {
        let Part { ty, offset, .. } = self.field(value, index)?;
        let value = self.prepare(value, 0)?;
        let at = self.heap.payload(value) + offset;
        if ty.heap().is_some() {
            let old = self.heap.reference(at);
            self.drop(old);
        }
        self.heap.store(ty, at, slots);
        Ok(value)
    }

    /// Exchanges a field with the one in `slots`.
    pub(crate) fn field_swap(
        &mut self,
        value: Ref,
        index: u16,
        slots: &mut [u64],
    ) -> Result<Ref, Stop> {
        let Part { ty, offset, .. } = self.field(value, index)?;
        let value = self.prepare(value, 0)?;
        self.exchange(ty, self.heap.payload(value) + offset, slots);
        Ok(value)
    }
}
