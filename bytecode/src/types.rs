//! The types of values: scalars, and heap values by their number in the module's type table.
//!
//! A register of a heap type is one slot with a reference, and it *owns* what it refers to:
//! it is consumed exactly once on every path ([`crate::validate`]). The table of types is
//! canonical: `string`, `bytes`, records by name, enums by name, then collections by the last of
//! their parts, strictly ascending in this order, so there is one table for a set of types and no
//! type in it twice. Records and enums are told apart by their names (`scf.Note`, `Option<u64>`,
//! `(u8, bool)`), collections by their parts, which stand before them. Records and enums may
//! contain each other and themselves.

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
    /// Entries in the order of their keys, each once; without values it is a set.
    Map {
        key: Type,
        value: Option<Type>,
    },
}

impl Type {
    /// No types, for signatures.
    pub const NONE: &'static [Type] = &[];

    /// The code of the first heap type; scalars have their own numbers, 0 is no type.
    const FIRST_HEAP: u16 = 16;

    /// Slots of registers a value takes.
    #[inline]
    pub const fn slots(self) -> u16 {
        match self {
            Type::Scalar(ty) => ty.slots(),
            Type::Heap(_) => 1,
        }
    }

    /// Slots of values laid out one after the other, as arguments and results are.
    #[inline]
    pub fn total_slots(types: &[Type]) -> usize {
        types.iter().map(|ty| usize::from(ty.slots())).sum()
    }

    #[inline]
    pub const fn scalar(self) -> Option<Ty> {
        match self {
            Type::Scalar(ty) => Some(ty),
            Type::Heap(_) => None,
        }
    }

    /// The position in the table of types.
    #[inline]
    pub const fn heap(self) -> Option<u16> {
        match self {
            Type::Scalar(_) => None,
            Type::Heap(index) => Some(index),
        }
    }

    /// The number in instructions and in the container.
    #[inline]
    pub const fn code(self) -> u16 {
        match self {
            Type::Scalar(ty) => ty as u16,
            Type::Heap(index) => index.saturating_add(Type::FIRST_HEAP),
        }
    }

    /// Whether this is the number of a heap type.
    #[inline]
    pub(crate) const fn is_heap_code(code: u16) -> bool {
        code >= Type::FIRST_HEAP
    }

    /// The type with this number.
    #[inline]
    pub fn from_code(code: u16) -> Option<Type> {
        match code.checked_sub(Type::FIRST_HEAP) {
            Some(index) => Some(Type::Heap(index)),
            None => Ty::from_byte(u8::try_from(code).ok()?).map(Type::Scalar),
        }
    }

    /// The name in listings and state fields, as in source: `Vec<scf.Note>`.
    ///
    /// Of a table that is not valid, collections beyond the limit are `…`.
    pub fn text(self, types: &[HeapType]) -> String {
        enum Piece {
            Type(Type),
            Text(&'static str),
        }
        let (mut out, mut left) = (String::new(), limits::COLLECTIONS);
        let mut pieces = vec![Piece::Type(self)];
        while let Some(piece) = pieces.pop() {
            let index = match piece {
                Piece::Text(text) => {
                    out += text;
                    continue;
                }
                Piece::Type(Type::Scalar(scalar)) => {
                    out += scalar.name();
                    continue;
                }
                Piece::Type(Type::Heap(index)) => index,
            };
            let (head, parts) = match types.get(usize::from(index)) {
                Some(HeapType::Vec(element)) => ("Vec<", [Some(*element), None]),
                Some(HeapType::Map { key, value: Some(value) }) => {
                    ("Map<", [Some(*key), Some(*value)])
                }
                Some(HeapType::Map { key, value: None }) => ("Set<", [Some(*key), None]),
                Some(HeapType::String) => ("string", [None; 2]),
                Some(HeapType::Bytes) => ("bytes", [None; 2]),
                Some(HeapType::Record { name, .. } | HeapType::Enum { name, .. }) => {
                    (name.as_str(), [None; 2])
                }
                None => ("?", [None; 2]),
            };
            let [Some(first), second] = parts else {
                out += head;
                continue;
            };
            if left == 0 {
                out += "…";
                continue;
            }
            left -= 1;
            out += head;
            pieces.push(Piece::Text(">"));
            pieces.extend(second.map(Piece::Type));
            pieces.extend(second.map(|_| Piece::Text(", ")));
            pieces.push(Piece::Type(first));
        }
        out
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
        let (own, fields, variants): ([Option<Type>; 2], &[Type], &[Vec<Type>]) = match self {
            HeapType::String | HeapType::Bytes => ([None; 2], &[], &[]),
            HeapType::Vec(element) => ([Some(*element), None], &[], &[]),
            HeapType::Map { key, value } => ([Some(*key), *value], &[], &[]),
            HeapType::Record { fields, .. } => ([None; 2], fields, &[]),
            HeapType::Enum { variants, .. } => ([None; 2], &[], variants),
        };
        let own = own.into_iter().flatten();
        own.chain(fields.iter().copied()).chain(variants.iter().flatten().copied())
    }

    pub(crate) fn parts_mut(&mut self) -> impl Iterator<Item = &mut Type> {
        let (own, fields, variants): ([Option<&mut Type>; 2], &mut [Type], &mut [Vec<Type>]) =
            match self {
                HeapType::String | HeapType::Bytes => ([None, None], &mut [], &mut []),
                HeapType::Vec(element) => ([Some(element), None], &mut [], &mut []),
                HeapType::Map { key, value } => ([Some(key), value.as_mut()], &mut [], &mut []),
                HeapType::Record { fields, .. } => ([None, None], fields, &mut []),
                HeapType::Enum { variants, .. } => ([None, None], &mut [], variants),
            };
        own.into_iter().flatten().chain(fields).chain(variants.iter_mut().flatten())
    }

    /// The type of what an index reads: an element, or a byte of `bytes`.
    pub fn element(&self) -> Option<Type> {
        match self {
            HeapType::Bytes => Some(Type::Scalar(Ty::U8)),
            HeapType::Vec(element) => Some(*element),
            _ => None,
        }
    }

    /// Whether it is told apart by its parts, which stand before it in the table.
    pub fn is_collection(&self) -> bool {
        matches!(self, HeapType::Vec(_) | HeapType::Map { .. })
    }

    /// The order of the table of types. Collections order by the last of their parts, so that
    /// those that wait for the same part stand together: vectors, then by key, then by value.
    pub fn table_order(&self, other: &HeapType) -> Ordering {
        type Rank<'a> = (u8, &'a str, Option<(Type, Option<Type>, Type)>);
        fn rank(ty: &HeapType) -> Rank<'_> {
            match ty {
                HeapType::String => (0, "", None),
                HeapType::Bytes => (1, "", None),
                HeapType::Record { name, .. } => (2, name, None),
                HeapType::Enum { name, .. } => (3, name, None),
                HeapType::Vec(element) => (4, "", Some((*element, None, *element))),
                HeapType::Map { key, value } => {
                    let last = value.map_or(*key, |value| value.max(*key));
                    (4, "", Some((last, Some(*key), value.unwrap_or(*key))))
                }
            }
        }
        let is_set = |ty: &HeapType| matches!(ty, HeapType::Map { value: None, .. });
        // `Set<T>` has the parts of `Map<T, T>`.
        rank(self).cmp(&rank(other)).then(is_set(other).cmp(&is_set(self)))
    }
}

/// Whether values of a type are decodings: an enum of two variants, the values that are decoded and
/// a record of the `u64` at which they are not.
pub fn is_decoding(types: &[HeapType], ty: Type) -> bool {
    let at = |ty: Type| types.get(usize::from(ty.heap()?));
    let Some(HeapType::Enum { variants, .. }) = at(ty) else { return false };
    let [_, wrong] = &variants[..] else { return false };
    let [wrong] = wrong[..] else { return false };
    matches!(at(wrong), Some(HeapType::Record { fields, .. }) if *fields == [Ty::U64.into()])
}

/// Whether values of a type are vectors of records.
pub fn has_rows(types: &[HeapType], ty: Type) -> bool {
    let at = |ty: Type| types.get(usize::from(ty.heap()?));
    let element = at(ty).and_then(HeapType::element);
    matches!(element.and_then(at), Some(HeapType::Record { .. }))
}

/// Puts types into the order of the table, and gives the new position of each old one.
///
/// Types that no table can hold (a vector of itself) come last, in the order they had.
pub fn sort(types: &mut Vec<HeapType>) -> Vec<u16> {
    // A collection of heap values has its place once its parts have theirs.
    let waits_for = |ty: &HeapType| -> Vec<usize> {
        let parts = ty.parts().filter(|_| ty.is_collection());
        parts.filter_map(Type::heap).map(usize::from).collect()
    };
    let mut missing: Vec<usize> = types.iter().map(|ty| waits_for(ty).len()).collect();
    let mut waiting = vec![Vec::new(); types.len()];
    for (at, ty) in types.iter().enumerate() {
        for part in waits_for(ty) {
            if let Some(list) = waiting.get_mut(part) {
                list.push(at);
            }
        }
    }
    let mut order: Vec<usize> = (0..types.len()).filter(|at| missing[*at] == 0).collect();
    order.sort_by(|a, b| types[*a].table_order(&types[*b]));
    let mut positions = vec![u16::MAX; types.len()];
    let mut next = 0;
    while let Some(at) = order.get(next).copied() {
        positions[at] = u16::try_from(next).unwrap_or(u16::MAX);
        let mut ready = Vec::new();
        for waiter in std::mem::take(&mut waiting[at]) {
            missing[waiter] -= 1;
            if missing[waiter] == 0 {
                ready.push((types[waiter].clone(), waiter));
            }
        }
        ready
            .iter_mut()
            .for_each(|(ty, _)| ty.parts_mut().for_each(|ty| *ty = moved(*ty, &positions)));
        ready.sort_by(|(a, _), (b, _)| a.table_order(b));
        order.extend(ready.into_iter().map(|(_, waiter)| waiter));
        next += 1;
    }
    order.extend((0..types.len()).filter(|at| missing[*at] > 0));
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

    #[test]
    fn collections_of_one_another_have_one_order() {
        let map = |key, value| HeapType::Map { key, value };
        let sorted = vec![
            HeapType::String,
            HeapType::Vec(Ty::U8.into()),
            map(Ty::U8.into(), None),
            map(Ty::U8.into(), Some(Ty::U8.into())),
            map(Type::Heap(0), Some(Type::Heap(0))),
            HeapType::Vec(Type::Heap(3)),
            map(Ty::U8.into(), Some(Type::Heap(4))),
            map(Type::Heap(6), Some(Type::Heap(2))),
        ];
        assert!(sorted.windows(2).all(|pair| pair[0].table_order(&pair[1]).is_lt()));
        let text = "Map<Map<u8, Map<string, string>>, Set<u8>>";
        assert_eq!(Type::Heap(7).text(&sorted), text);
        for turn in 0..sorted.len() {
            let mut types = sorted.clone();
            types.rotate_left(turn);
            let old = |ty: Type| match ty {
                Type::Heap(at) => Type::Heap((at + 8 - turn as u16) % 8),
                scalar => scalar,
            };
            types.iter_mut().flat_map(HeapType::parts_mut).for_each(|ty| *ty = old(*ty));
            sort(&mut types);
            assert_eq!(types, sorted);
        }
    }
}
