//! The types of values: scalars, and heap values by their number in the module's type table.
//!
//! A register of a heap type is one slot with a reference, and it *owns* what it refers to:
//! it is consumed exactly once on every path ([`crate::validate`]). The table of types is
//! canonical: `string`, `bytes`, records by name, enums by name, vectors by element, strictly
//! ascending in this order, so there is one table for a set of types and no type in it twice.
//! Records and enums are told apart by their names (`scf.Note`, `Option<u64>`, `(u8, bool)`),
//! vectors by their elements. Records and enums may contain each other and themselves.

use crate::limits;
use crate::ty::Ty;
use std::cmp::Ordering;
use std::fmt;

/// The type of a register, a field, an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Type {
    Scalar(Ty),
    /// A position in the module's table of types.
    Heap(u16),
}

/// A type of heap values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum HeapType {
    /// UTF-8.
    String,
    Bytes,
    /// A struct or a tuple: its fields in order.
    Record {
        name: String,
        fields: Vec<Type>,
    },
    /// The payload of each variant, in order.
    Enum {
        name: String,
        variants: Vec<Vec<Type>>,
    },
    /// Scalar elements lie packed, as in their canonical encoding.
    Vec(Type),
}

impl Type {
    /// No types, for signatures.
    pub const NONE: &'static [Type] = &[];

    /// The code of the first heap type; scalars have their own numbers, 0 is no type.
    const FIRST_HEAP: u16 = 16;

    /// Slots of registers a value takes.
    pub const fn slots(self) -> u16 {
        match self {
            Type::Scalar(ty) => ty.slots(),
            Type::Heap(_) => 1,
        }
    }

    /// Slots of values laid out one after the other, as arguments and results are.
    pub fn total_slots(types: &[Type]) -> usize {
        types.iter().map(|ty| usize::from(ty.slots())).sum()
    }

    pub const fn scalar(self) -> Option<Ty> {
        match self {
            Type::Scalar(ty) => Some(ty),
            Type::Heap(_) => None,
        }
    }

    /// The position in the table of types.
    pub const fn heap(self) -> Option<u16> {
        match self {
            Type::Scalar(_) => None,
            Type::Heap(index) => Some(index),
        }
    }

    /// The number in instructions and in the container.
    pub const fn code(self) -> u16 {
        match self {
            Type::Scalar(ty) => ty as u16,
            Type::Heap(index) => index.saturating_add(Type::FIRST_HEAP),
        }
    }

    /// The type with this number.
    pub fn from_code(code: u16) -> Option<Type> {
        match code.checked_sub(Type::FIRST_HEAP) {
            Some(index) => Some(Type::Heap(index)),
            None => Ty::from_byte(u8::try_from(code).ok()?).map(Type::Scalar),
        }
    }

    /// The name in listings and state fields, as in source: `Vec<scf.Note>`.
    pub fn text(self, types: &[HeapType]) -> String {
        let mut ty = self;
        let mut depth = 0;
        loop {
            let name = match ty {
                Type::Scalar(scalar) => scalar.name().to_owned(),
                Type::Heap(index) => match types.get(usize::from(index)) {
                    Some(HeapType::Vec(element)) if depth < limits::VEC_DEPTH => {
                        ty = *element;
                        depth += 1;
                        continue;
                    }
                    Some(HeapType::Vec(_)) => "…".to_owned(),
                    Some(HeapType::String) => "string".to_owned(),
                    Some(HeapType::Bytes) => "bytes".to_owned(),
                    Some(HeapType::Record { name, .. } | HeapType::Enum { name, .. }) => {
                        name.clone()
                    }
                    None => format!("?{index}"),
                },
            };
            return "Vec<".repeat(depth) + &name + &">".repeat(depth);
        }
    }
}

impl From<Ty> for Type {
    fn from(ty: Ty) -> Type {
        Type::Scalar(ty)
    }
}

/// Heap types by their number: the table that gives them names is elsewhere.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Scalar(ty) => ty.fmt(f),
            Type::Heap(index) => write!(f, "t{index}"),
        }
    }
}

impl HeapType {
    /// Every type that stands in this one.
    pub fn parts(&self) -> impl Iterator<Item = Type> + '_ {
        let (element, fields, variants): (Option<Type>, &[Type], &[Vec<Type>]) = match self {
            HeapType::String | HeapType::Bytes => (None, &[], &[]),
            HeapType::Vec(element) => (Some(*element), &[], &[]),
            HeapType::Record { fields, .. } => (None, fields, &[]),
            HeapType::Enum { variants, .. } => (None, &[], variants),
        };
        element.into_iter().chain(fields.iter().copied()).chain(variants.iter().flatten().copied())
    }

    pub(crate) fn parts_mut(&mut self) -> impl Iterator<Item = &mut Type> {
        let (element, fields, variants): (Option<&mut Type>, &mut [Type], &mut [Vec<Type>]) =
            match self {
                HeapType::String | HeapType::Bytes => (None, &mut [], &mut []),
                HeapType::Vec(element) => (Some(element), &mut [], &mut []),
                HeapType::Record { fields, .. } => (None, fields, &mut []),
                HeapType::Enum { variants, .. } => (None, &mut [], variants),
            };
        element.into_iter().chain(fields).chain(variants.iter_mut().flatten())
    }

    /// The type of what an index reads: an element, or a byte of `bytes`.
    pub fn element(&self) -> Option<Type> {
        match self {
            HeapType::Bytes => Some(Type::Scalar(Ty::U8)),
            HeapType::Vec(element) => Some(*element),
            _ => None,
        }
    }

    /// The order of the table of types.
    pub fn table_order(&self, other: &HeapType) -> Ordering {
        fn rank(ty: &HeapType) -> (u8, &str, Option<Type>) {
            match ty {
                HeapType::String => (0, "", None),
                HeapType::Bytes => (1, "", None),
                HeapType::Record { name, .. } => (2, name, None),
                HeapType::Enum { name, .. } => (3, name, None),
                HeapType::Vec(element) => (4, "", Some(*element)),
            }
        }
        rank(self).cmp(&rank(other))
    }
}

/// Puts types into the order of the table, and gives the new position of each old one.
///
/// Types that no table can hold (a vector of itself) come last, in the order they had.
pub fn sort(types: &mut Vec<HeapType>) -> Vec<u16> {
    let mut order: Vec<usize> = (0..types.len()).collect();
    order.sort_by(|a, b| match (&types[*a], &types[*b]) {
        // Positions of elements are not known yet: scalars first, the others in a second step.
        (HeapType::Vec(Type::Heap(_)), HeapType::Vec(Type::Heap(_))) => Ordering::Equal,
        (a, b) => a.table_order(b),
    });
    let nested = |at: &usize| matches!(types[*at], HeapType::Vec(Type::Heap(_)));
    let placed = order.iter().position(nested).unwrap_or(order.len());
    let mut waiting = vec![Vec::new(); types.len()];
    let mut lost = Vec::new();
    for at in order.drain(placed..) {
        let element = types[at].element().and_then(Type::heap).map(usize::from);
        match element.and_then(|element| waiting.get_mut(element)) {
            Some(list) => list.push(at),
            None => lost.push(at),
        }
    }
    let mut next = 0;
    while let Some(at) = order.get(next) {
        order.append(&mut waiting[*at]);
        next += 1;
    }
    order.extend(waiting.into_iter().flatten().chain(lost));
    renumber(types, &order)
}

fn renumber(types: &mut Vec<HeapType>, order: &[usize]) -> Vec<u16> {
    let mut positions = vec![u16::MAX; types.len()];
    for (new, old) in order.iter().enumerate() {
        positions[*old] = u16::try_from(new).unwrap_or(u16::MAX);
    }
    *types = order.iter().map(|old| types[*old].clone()).collect();
    types.iter_mut().flat_map(HeapType::parts_mut).for_each(|ty| *ty = moved(*ty, &positions));
    positions
}

/// A type after the table has been sorted.
pub(crate) fn moved(ty: Type, positions: &[u16]) -> Type {
    match ty {
        Type::Heap(old) => Type::Heap(*positions.get(usize::from(old)).unwrap_or(&u16::MAX)),
        scalar => scalar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_go_both_ways() {
        for ty in Ty::ALL.map(Type::Scalar).into_iter().chain([Type::Heap(0), Type::Heap(40_000)]) {
            assert_eq!(Type::from_code(ty.code()), Some(ty));
        }
        assert_eq!(Type::from_code(0), None);
    }

    #[test]
    fn sorting_orders_and_follows_vectors_of_vectors() {
        let note = |fields| HeapType::Record { name: "Note".into(), fields };
        let mut types = vec![
            HeapType::Vec(Type::Heap(3)),
            note(vec![Type::Heap(0), Type::Heap(2)]),
            HeapType::String,
            HeapType::Vec(Type::Heap(1)),
            HeapType::Vec(Ty::U8.into()),
        ];
        assert_eq!(sort(&mut types), [4, 1, 0, 3, 2]);
        let sorted = vec![
            HeapType::String,
            note(vec![Type::Heap(4), Type::Heap(0)]),
            HeapType::Vec(Ty::U8.into()),
            HeapType::Vec(Type::Heap(1)),
            HeapType::Vec(Type::Heap(3)),
        ];
        assert_eq!(types, sorted);
        assert_eq!(Type::Heap(4).text(&types), "Vec<Vec<Note>>");
        assert!(types.windows(2).all(|pair| pair[0].table_order(&pair[1]).is_lt()));
    }
}
