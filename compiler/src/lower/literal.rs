//! Values known when compiling, and text with values in it.
//!
//! Holds always: what lies packed in the machine is one literal there; anything else is made of its
//! parts.

use deed_base::Span;
use num_bigint::BigInt;

use super::function::FnLowering;
use crate::layout::Shape;
use crate::mir::{Const, Op, Ty, ValueId};
use crate::thir::{FormatPart, Pattern};
use crate::ty;
use crate::value::Value;

impl FnLowering<'_, '_> {
    /// A value known when compiling; `ty` has no type parameters.
    pub(super) fn literal(&mut self, value: &Value, ty: &ty::Ty, span: Span) -> Option<ValueId> {
        let machine = self.lowering.machine(ty, span);
        if let Some(scalar) = self.lowering.scalar_constant(value, ty) {
            return Some(self.constant(scalar, span));
        }
        match (value, self.lowering.package.shape(ty)) {
            (Value::String(text), Shape::String) => Some(self.data(text.as_bytes(), machine, span)),
            (Value::Bytes(bytes), Shape::Bytes) => Some(self.data(bytes, machine, span)),
            // `[u8; N]` may be written as bytes.
            (Value::Bytes(bytes), Shape::List(_)) => Some(self.data(bytes, machine, span)),
            (Value::Unit, Shape::Record(_)) => Some(self.record(machine, Vec::new(), span)),
            (Value::Sequence(parts), Shape::Record(of)) => {
                let of = of.iter().map(|part| &part.ty);
                let parts = self.literals(parts.iter().zip(of), span)?;
                Some(self.record(machine, parts, span))
            }
            (Value::Case(case, parts), Shape::Enum(cases)) => {
                let of = cases.get(*case as usize).map_or(&[][..], |case| &case.parts);
                let of = of.iter().map(|part| &part.ty);
                let parts = self.literals(parts.iter().zip(of), span)?;
                Some(self.variant(machine, *case as usize, parts, span))
            }
            (Value::Sequence(parts), Shape::List(of)) => {
                let parts = self.literals(parts.iter().map(|part| (part, &of)), span)?;
                Some(self.list_of(machine, parts, span))
            }
            _ => {
                self.not_yet(span, "constants of this type");
                None
            }
        }
    }

    fn literals<'v>(
        &mut self,
        parts: impl Iterator<Item = (&'v Value, &'v ty::Ty)>,
        span: Span,
    ) -> Option<Vec<ValueId>> {
        parts.map(|(value, ty)| self.literal(value, ty, span)).collect()
    }

    fn data(&mut self, bytes: &[u8], ty: Ty, span: Span) -> ValueId {
        self.value(Op::Literal(bytes.to_vec()), ty, span)
    }

    pub(super) fn text(&mut self, text: &str, span: Span) -> ValueId {
        let ty = self.lowering.program.types.string();
        self.data(text.as_bytes(), ty, span)
    }

    pub(super) fn number(&mut self, value: u64, span: Span) -> ValueId {
        self.constant(Const::Int(ty::IntTy::U64, BigInt::from(value)), span)
    }

    /// `"a {b} c"`: the texts of all parts, one after the other.
    pub(super) fn format(&mut self, parts: &[FormatPart], span: Span) -> Option<ValueId> {
        let string = self.lowering.program.types.string();
        let mut all = None;
        for part in parts {
            let right = match part {
                FormatPart::Text(text) => self.text(text, span),
                FormatPart::Value(value) => {
                    let ty = self.concrete(&value.ty);
                    let value_id = self.expr(value)?;
                    self.text_of(value_id, &ty, value.span)?
                }
            };
            all = Some(match all {
                None => right,
                Some(left) => self.value(Op::Concat { left, right }, string, span),
            });
        }
        Some(all.unwrap_or_else(|| self.text("", span)))
    }

    /// The text of a value.
    fn text_of(&mut self, value: ValueId, ty: &ty::Ty, span: Span) -> Option<ValueId> {
        match ty {
            ty::Ty::String => Some(value),
            ty::Ty::Struct(..) if let Some(places) = self.lowering.package.places(ty) => {
                self.with_point(value, places, span)
            }
            ty::Ty::Bytes => self.library_text("hex", vec![value], span),
            _ if !self.function.ty(value).is_heap() => {
                let string = self.lowering.program.types.string();
                Some(self.value(Op::Text { value }, string, span))
            }
            _ => {
                self.not_yet(span, "texts of values of this type");
                None
            }
        }
    }

    /// The text of a quantity, with so many of its digits behind a point.
    fn with_point(&mut self, value: ValueId, places: u64, span: Span) -> Option<ValueId> {
        let string = self.lowering.program.types.string();
        let digits = self.value(Op::Text { value }, string, span);
        let places = self.number(places, span);
        self.library_text("with_point", vec![digits, places], span)
    }

    /// What a function of the library makes a text of.
    fn library_text(&mut self, name: &str, args: Vec<ValueId>, span: Span) -> Option<ValueId> {
        let string = self.lowering.program.types.string();
        let function = self.lowering.package.library_function("std.text", name)?;
        let function = self.lowering.number_plain(function, span)?;
        Some(self.value(Op::Call { function, args }, string, span))
    }

    /// A pattern's value.
    pub(super) fn pattern_value(&mut self, pattern: &Pattern, value: &Value) -> Option<ValueId> {
        let ty = self.concrete(&pattern.ty);
        self.literal(value, &ty, pattern.span)
    }
}
