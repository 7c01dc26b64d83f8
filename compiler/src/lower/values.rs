//! Making structured values and taking them apart.
//!
//! Holds always: a value of a struct, tuple, `Option`, `Result` or enum is one value of the machine,
//! and stays as it is: a change makes another one.

use deed_base::Span;
use num_bigint::BigInt;

use super::errors::too_long;
use super::function::FnLowering;
use crate::mir::{BinaryOp, Const, IntTy, Op, Ty, ValueId};
use crate::ty;

impl FnLowering<'_, '_> {
    /// The type with what this instance has for its type parameters.
    pub(super) fn concrete(&self, ty: &ty::Ty) -> ty::Ty {
        ty.substitute(&self.types)
    }

    /// How many elements an array of a type has; too many are reported at `span`.
    pub(super) fn length_of(&mut self, array: &ty::Ty, span: Span) -> Option<u64> {
        let ty::Ty::Array(_, len) = self.concrete(array) else { return None };
        let len = len.as_number()?;
        if len > ty::MOST_ELEMENTS {
            self.lowering.diagnostics.push(too_long(len, span));
            return None;
        }
        Some(len)
    }

    /// The machine's type of values of a type.
    pub(super) fn machine(&mut self, ty: &ty::Ty, span: Span) -> Ty {
        let ty = self.concrete(ty);
        self.lowering.machine(&ty, span)
    }

    pub(super) fn compare(
        &mut self,
        op: BinaryOp,
        left: ValueId,
        right: ValueId,
        span: Span,
    ) -> ValueId {
        self.value(Op::Binary { op, left, right }, Ty::Bool, span)
    }

    /// A struct, a tuple, or a unit.
    pub(super) fn record(&mut self, ty: Ty, fields: Vec<ValueId>, span: Span) -> ValueId {
        if !ty.is_heap() {
            // A quantity is its one field.
            return fields[0];
        }
        self.value(Op::RecordMake { fields }, ty, span)
    }

    /// A field of a struct or part of a tuple.
    pub(super) fn field(&mut self, record: ValueId, field: usize, span: Span) -> ValueId {
        let of = self.function.ty(record);
        if !of.is_heap() {
            return record;
        }
        let fields = self.lowering.program.types.fields(of);
        let ty = fields.and_then(|fields| fields.get(field)).copied().unwrap_or(Ty::Bool);
        self.value(Op::RecordGet { record, field: field as u32 }, ty, span)
    }

    /// A variant, or a case of `Option` or `Result`.
    pub(super) fn variant(
        &mut self,
        ty: Ty,
        variant: usize,
        payload: Vec<ValueId>,
        span: Span,
    ) -> ValueId {
        self.value(Op::EnumMake { variant: variant as u32, payload }, ty, span)
    }

    pub(super) fn some(&mut self, option: Ty, content: ValueId, span: Span) -> ValueId {
        self.variant(option, 1, vec![content], span)
    }

    pub(super) fn none(&mut self, option: Ty, span: Span) -> ValueId {
        self.variant(option, 0, Vec::new(), span)
    }

    pub(super) fn is_variant(&mut self, value: ValueId, variant: usize, span: Span) -> ValueId {
        let u8 = Ty::Int(IntTy::U8);
        let tag = self.value(Op::EnumTag { value }, u8, span);
        let wanted = self.constant(Const::Int(IntTy::U8, BigInt::from(variant)), span);
        self.compare(BinaryOp::Eq, tag, wanted, span)
    }

    /// What a value holds that is known to be this variant.
    pub(super) fn payload(&mut self, value: ValueId, variant: usize, span: Span) -> Vec<ValueId> {
        let variants = self.lowering.program.types.variants(self.function.ty(value));
        let types = variants.and_then(|variants| variants.get(variant)).cloned();
        self.values(
            Op::EnumGet { value, variant: variant as u32 },
            &types.unwrap_or_default(),
            span,
        )
    }

    /// An element of a `Vec`, an array or `bytes`; traps where there is none.
    pub(super) fn element(&mut self, list: ValueId, index: ValueId, span: Span) -> ValueId {
        let ty = self.element_ty(self.function.ty(list));
        self.value(Op::VecGet { vec: list, index }, ty, span)
    }

    pub(super) fn element_ty(&self, list: Ty) -> Ty {
        self.lowering.program.types.element(list).unwrap_or(Ty::Bool)
    }

    /// An array or `Vec` of these elements.
    pub(super) fn list_of(&mut self, ty: Ty, parts: Vec<ValueId>, span: Span) -> ValueId {
        let mut vec = self.value(Op::Literal(Vec::new()), ty, span);
        for value in parts {
            vec = self.value(Op::VecPush { vec, value }, ty, span);
        }
        vec
    }
}
