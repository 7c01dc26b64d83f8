//! Finding definitions by name, and what an enum variant's payload is.

use crate::error::{ValueError, ValueFault};
use crate::ty::{AbiType, TypeDef, TypeShape};
use deed_bytecode::{Ty, limits};
use std::collections::HashMap;

/// The named types of an ABI, ready to be looked up.
pub(crate) struct Defs<'a>(HashMap<&'a str, &'a TypeShape>);

impl<'a> Defs<'a> {
    pub(crate) fn new(types: &'a [TypeDef]) -> Defs<'a> {
        Defs(types.iter().map(|def| (def.name.as_str(), &def.shape)).collect())
    }

    pub(crate) fn get(&self, name: &str) -> Result<&'a TypeShape, ValueError> {
        let found = self.0.get(name).copied();
        found.ok_or_else(|| ValueFault::UnknownType(name.to_owned()).into())
    }
}

impl AbiType {
    /// The scalars a value of this type is laid out as in registers, if its size is fixed.
    /// `None` for other types and beyond [`limits::PARAMS`] scalars.
    pub fn flatten(&self, types: &[TypeDef]) -> Option<Vec<Ty>> {
        let mut flat = Flat { defs: Defs::new(types), scalars: Vec::new(), visits: MOST_VISITS };
        flat.push(self, 0)?;
        Some(flat.scalars)
    }
}

/// Types looked at on the way, so that structs of structs of nothing come to an end.
const MOST_VISITS: usize = 64 * limits::PARAMS;

struct Flat<'a> {
    defs: Defs<'a>,
    scalars: Vec<Ty>,
    visits: usize,
}

impl Flat<'_> {
    fn push(&mut self, ty: &AbiType, depth: usize) -> Option<()> {
        self.visits = self.visits.checked_sub(1)?;
        if depth >= crate::MAX_DEPTH || self.scalars.len() > limits::PARAMS {
            return None;
        }
        if let Some(scalar) = ty.scalar() {
            self.scalars.push(scalar);
            return Some(());
        }
        let depth = depth + 1;
        match ty {
            AbiType::Tuple(items) => items.iter().try_for_each(|item| self.push(item, depth)),
            AbiType::Named(name) => match self.defs.get(name).ok()? {
                TypeShape::Struct(fields) => {
                    fields.iter().try_for_each(|field| self.push(&field.ty, depth))
                }
                TypeShape::Enum(_) => None,
            },
            _ => None,
        }
    }
}
