//! Whether types of an ABI are kept as the machine's types say.
//!
//! A scalar is one register. `string`, `bytes`, `Vec`, `Set`, `Map`, `Option`, tuples, structs and
//! enums are one heap value each; tuples and structs of scalars may lie flat, one register a scalar.

use crate::abi::{Abi, Param};
use crate::defs::Defs;
use crate::ty::{AbiType, TypeShape};
use deed_bytecode::{HeapType, Module, Type};
use std::collections::HashSet;

pub(crate) struct Layout<'a> {
    abi: &'a Abi,
    pub(crate) defs: Defs<'a>,
    pub(crate) module: &'a Module,
    /// Named types and heap types that are known, or assumed, to be the same.
    same: HashSet<(&'a str, u16)>,
    /// Those of them that are assumed.
    open: Vec<(&'a str, u16)>,
}

impl<'a> Layout<'a> {
    pub(crate) fn new(abi: &'a Abi, module: &'a Module) -> Layout<'a> {
        Layout { abi, defs: Defs::new(&abi.types), module, same: HashSet::new(), open: Vec::new() }
    }

    /// Whether these parameters are laid out as `types`.
    pub(crate) fn params(&mut self, params: &'a [Param], types: &[Type]) -> bool {
        self.all(params.iter().map(|param| &param.ty), types)
    }

    /// Whether values of these types, one after the other, are laid out as `types`.
    pub(crate) fn all(
        &mut self,
        of: impl IntoIterator<Item = &'a AbiType>,
        mut types: &[Type],
    ) -> bool {
        for ty in of {
            let Some(taken) = self.take(ty, types) else { return false };
            types = &types[taken..];
        }
        types.is_empty()
    }

    /// How many of the first `types` a value of this type is laid out as.
    pub(crate) fn take(&mut self, ty: &'a AbiType, types: &[Type]) -> Option<usize> {
        if types.first().is_some_and(|first| self.is_same(ty, *first)) {
            return Some(1);
        }
        let flat = ty.flatten(&self.abi.types)?;
        let starts = types.get(..flat.len())?;
        starts.iter().copied().eq(flat.iter().copied().map(Type::Scalar)).then_some(flat.len())
    }

    /// Whether a value of this type is one value of that type.
    pub(crate) fn is_same(&mut self, ty: &'a AbiType, is: Type) -> bool {
        let mut same = self.is(ty, is);
        while let Some((name, index)) = self.open.pop() {
            same &= self.named(name, index);
        }
        same
    }

    /// The same, up to named types: they are assumed to be what they should be, and looked at
    /// once each later. Between names an ABI nests at most [`crate::MAX_DEPTH`] deep.
    fn is(&mut self, ty: &'a AbiType, is: Type) -> bool {
        let index = match is {
            Type::Scalar(scalar) => return ty.scalar() == Some(scalar),
            Type::Heap(index) => index,
        };
        let module = self.module;
        let Some(heap) = module.heap_type(is) else { return false };
        match (ty, heap) {
            (AbiType::String, HeapType::String) | (AbiType::Bytes, HeapType::Bytes) => true,
            (AbiType::Vec(item) | AbiType::Array(item, _), HeapType::Vec(element)) => {
                self.is(item, *element)
            }
            (AbiType::Set(item), HeapType::Map { key, value: None }) => self.is(item, *key),
            (AbiType::Map(of, item), HeapType::Map { key, value: Some(value) }) => {
                self.is(of, *key) && self.is(item, *value)
            }
            (AbiType::Tuple(items), HeapType::Record { fields, .. }) => {
                self.each(items.iter(), fields)
            }
            (AbiType::Option(item), HeapType::Enum { variants, .. }) => match &variants[..] {
                [none, some] => none.is_empty() && self.each([&**item], some),
                _ => false,
            },
            (AbiType::Named(name), HeapType::Record { .. } | HeapType::Enum { .. }) => {
                if self.same.insert((name, index)) {
                    self.open.push((name, index));
                }
                true
            }
            _ => false,
        }
    }

    fn named(&mut self, name: &str, index: u16) -> bool {
        let module = self.module;
        match (self.defs.get(name), module.heap_type(Type::Heap(index))) {
            (Ok(TypeShape::Struct(of)), Some(HeapType::Record { fields, .. })) => {
                self.each(of.iter().map(|field| &field.ty), fields)
            }
            (Ok(TypeShape::Enum(of)), Some(HeapType::Enum { variants, .. })) => {
                of.len() == variants.len()
                    && of.iter().zip(variants).all(|(of, payload)| {
                        self.each(of.fields.iter().map(|field| &field.ty), payload)
                    })
            }
            _ => false,
        }
    }

    pub(crate) fn each(
        &mut self,
        of: impl IntoIterator<Item = &'a AbiType>,
        types: &[Type],
    ) -> bool {
        let mut types = types.iter();
        of.into_iter().all(|ty| types.next().is_some_and(|is| self.is(ty, *is)))
            && types.next().is_none()
    }
}
