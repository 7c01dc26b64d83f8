//! Which rows of a module's schema keep a field of the state.
//!
//! In: the type of a field of an ABI's state, and a row of the schema. Out: whether it keeps a part
//! of such a field as it should.
//!
//! A collection in a field, a map's value or a struct's field has rows of its own, whose names say the
//! way there: `f` of the values of a `Map`, `f.at` and `f.len` of a `Vec`, `f.has` of a `Set`, and
//! `f.g` in place of `f` for the field `g` of a struct. The other fields of such a struct lie in one
//! record in `f`. The keys of all maps on the way come first.

use crate::abi::Param;
use crate::layout::Layout;
use crate::ty::{AbiType, TypeShape};
use deed_bytecode::{HeapType, StateField, Ty, Type};
use std::collections::HashSet;

impl<'a> Layout<'a> {
    /// Whether a field of this type has this row.
    pub(crate) fn stores(&mut self, ty: &'a AbiType, row: &StateField) -> bool {
        let mut way = row.name.split('.').skip(1);
        let mut keys = row.keys.as_slice();
        let mut ty = ty;
        loop {
            while let AbiType::Map(of, value) = ty {
                let Some((key, rest)) = keys.split_first() else { return false };
                if !self.is_same(of, *key) {
                    return false;
                }
                (ty, keys) = (value, rest);
            }
            let Some(fields) = self.fields_with_collections(ty) else { break };
            let Some(step) = way.next() else {
                return keys.is_empty() && self.is_inline(fields, row.value);
            };
            let field = fields.iter().find(|field| field.name == step);
            let Some(field) = field.filter(|field| self.is_apart(&field.ty)) else { return false };
            ty = &field.ty;
        }
        let (step, value) = (way.next(), row.value);
        way.next().is_none()
            && match (ty, step) {
                (AbiType::Vec(of), Some("at")) => {
                    keys == [Type::Scalar(Ty::U64)] && self.is_same(of, value)
                }
                (AbiType::Vec(_), Some("len")) => keys.is_empty() && value == Type::Scalar(Ty::U64),
                (AbiType::Set(of), Some("has")) => {
                    value == Type::Scalar(Ty::Bool)
                        && matches!(keys, [key] if self.is_same(of, *key))
                }
                (AbiType::Vec(_) | AbiType::Set(_), _) | (_, Some(_)) => false,
                (ty, None) => keys.is_empty() && self.is_same(ty, value),
            }
    }

    /// The fields of a struct of which some have rows of their own.
    fn fields_with_collections(&self, ty: &'a AbiType) -> Option<&'a [Param]> {
        let AbiType::Named(name) = ty else { return None };
        let Ok(TypeShape::Struct(fields)) = self.defs.get(name) else { return None };
        fields.iter().any(|field| self.is_apart(&field.ty)).then_some(fields)
    }

    /// Whether a field of a struct has rows of its own: it is a collection, or a struct with some.
    fn is_apart(&self, ty: &'a AbiType) -> bool {
        let (mut seen, mut waiting) = (HashSet::new(), vec![ty]);
        while let Some(ty) = waiting.pop() {
            match ty {
                AbiType::Map(..) | AbiType::Set(_) | AbiType::Vec(_) => return true,
                AbiType::Named(name) if seen.insert(name) => {
                    if let Ok(TypeShape::Struct(fields)) = self.defs.get(name) {
                        waiting.extend(fields.iter().map(|field| &field.ty));
                    }
                }
                _ => {}
            }
        }
        false
    }

    /// Whether a record holds those of the fields that have no rows of their own.
    fn is_inline(&mut self, fields: &'a [Param], value: Type) -> bool {
        let inline: Vec<&AbiType> =
            fields.iter().map(|field| &field.ty).filter(|ty| !self.is_apart(ty)).collect();
        match self.module.heap_type(value) {
            Some(HeapType::Record { fields, .. }) => {
                inline.len() == fields.len()
                    && inline.into_iter().zip(fields).all(|(ty, is)| self.is_same(ty, *is))
            }
            _ => false,
        }
    }
}
