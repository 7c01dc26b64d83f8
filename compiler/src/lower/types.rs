//! Types, constants and state fields of the typed tree in the middle form.
//!
//! Holds always: what has no form here yet is reported once for each place, and stands as a `bool`
//! in a program that nobody uses.

use deed_base::Span;

use super::Lowering;
use super::errors::not_yet;
use crate::mir::{Const, IntTy, StateField, Ty};
use crate::thir;
use crate::ty;
use crate::value::Value;

impl Lowering<'_> {
    /// The scalar that a type is.
    pub(super) fn scalar_of(&mut self, ty: &ty::Ty, span: Span) -> Ty {
        scalar(ty).unwrap_or_else(|| {
            self.diagnostics.push(not_yet(span, &format!("values of {}", kind_of(ty))));
            Ty::Bool
        })
    }

    /// The result of a function: nothing for unit.
    pub(super) fn result_of(&mut self, ty: &ty::Ty, span: Span) -> Option<Ty> {
        match ty {
            ty::Ty::Unit | ty::Ty::Never => None,
            ty => Some(self.scalar_of(ty, span)),
        }
    }

    pub(super) fn constant_of(&mut self, value: &Value, ty: &ty::Ty, span: Span) -> Const {
        constant(value, ty).unwrap_or_else(|| {
            self.diagnostics.push(not_yet(span, &format!("constants of {}", kind_of(ty))));
            Const::Bool(false)
        })
    }

    /// A field with its map levels taken apart.
    pub(super) fn state_field(&mut self, field: &thir::StateField) -> StateField {
        let span = field.name.span;
        let mut keys = Vec::new();
        let mut default = None;
        let mut ty = &field.ty;
        while let ty::Ty::Map(map) = ty {
            keys.push(self.scalar_of(&map.key, span));
            default = map.default.as_ref();
            ty = &map.value;
        }
        let value = self.scalar_of(ty, span);
        let default = default.map(|default| self.constant_of(default, ty, span));
        StateField { name: field.name.text.clone(), keys, value, default, span }
    }
}

/// The scalar that a type is, if it is one that can be executed.
pub(super) fn scalar(ty: &ty::Ty) -> Option<Ty> {
    match ty {
        ty::Ty::Int(int) => Some(Ty::Int(*int)),
        ty::Ty::Bool => Some(Ty::Bool),
        ty::Ty::Address => Some(Ty::Address),
        ty::Ty::Hash => Some(Ty::Hash),
        // Seconds since 1970, as the context gives them.
        ty::Ty::Time | ty::Ty::Duration => Some(Ty::Int(IntTy::U64)),
        // Days since 1970-01-01.
        ty::Ty::Date => Some(Ty::Int(IntTy::I32)),
        _ => None,
    }
}

fn constant(value: &Value, ty: &ty::Ty) -> Option<Const> {
    match (value, scalar(ty)?) {
        (Value::Bool(value), Ty::Bool) => Some(Const::Bool(*value)),
        (Value::Int(value), Ty::Int(int)) => Const::int(int, value.clone()),
        (Value::Bytes(bytes), Ty::Address) => {
            Some(Const::Address(bytes.as_slice().try_into().ok()?))
        }
        (Value::Bytes(bytes), Ty::Hash) => Some(Const::Hash(bytes.as_slice().try_into().ok()?)),
        _ => None,
    }
}

/// A type in words, for a message.
fn kind_of(ty: &ty::Ty) -> &'static str {
    match ty {
        ty::Ty::String => "type `string`",
        ty::Ty::Bytes => "type `bytes`",
        ty::Ty::Tuple(_) => "tuple types",
        ty::Ty::Array(..) => "array types",
        ty::Ty::Vec(_) => "type `Vec`",
        ty::Ty::Map(_) => "type `Map` outside state",
        ty::Ty::Set(_) => "type `Set`",
        ty::Ty::Option(_) => "type `Option`",
        ty::Ty::Result(..) => "type `Result`",
        ty::Ty::Struct(..) => "struct types",
        ty::Ty::Enum(..) => "enum types",
        ty::Ty::Interface(_) | ty::Ty::Contract(_) => "contract types",
        ty::Ty::Fn(..) => "function types",
        _ => "this type",
    }
}
