//! The types of heap values, each once.
//!
//! In: descriptions of types. Out: [`TypeId`]s, and the table [`Types`] that explains them.
//! Holds always: two ids name two types; records and enums are told apart by their names, the others
//! by what they are made of; parts of a collection stand before it in the table.

use std::collections::HashMap;

use deed_bytecode::limits;

use super::{Ty, TypeId};

/// A type of heap values.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum HeapType {
    /// UTF-8.
    String,
    Bytes,
    /// A struct or tuple: its fields in order.
    Record {
        name: String,
        fields: Vec<Ty>,
    },
    /// The payload of each variant, in order.
    Enum {
        name: String,
        variants: Vec<Vec<Ty>>,
    },
    Vec(Ty),
    /// Entries in the order of their keys; without values it is a set.
    Map {
        key: Ty,
        value: Option<Ty>,
    },
}

/// What makes a type the same as another.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Key {
    String,
    Bytes,
    Record(String),
    Enum(String),
    Vec(Ty),
    Map(Ty, Option<Ty>),
}

/// The heap types of a program.
#[derive(Clone, Default, Debug)]
pub struct Types {
    entries: Vec<HeapType>,
    /// Asked by key, never walked.
    known: HashMap<Key, TypeId>,
}

impl Types {
    /// The type, put into the table if it is new. A record or enum of a name that is known is taken
    /// to be the known one.
    pub fn intern(&mut self, ty: HeapType) -> Ty {
        match ty {
            HeapType::Record { name, fields } => self.record(&name, |_| fields),
            HeapType::Enum { name, variants } => self.enumeration(&name, |_| variants),
            HeapType::String => self.entry(Key::String, ty).0,
            HeapType::Bytes => self.entry(Key::Bytes, ty).0,
            HeapType::Vec(element) => self.entry(Key::Vec(element), ty).0,
            HeapType::Map { key, value } => self.entry(Key::Map(key, value), ty).0,
        }
    }

    /// The record of this name. Its fields are found, where they are not known yet, when the record
    /// has its id: they may be of its own type.
    pub fn record(&mut self, name: &str, fields: impl FnOnce(&mut Types) -> Vec<Ty>) -> Ty {
        let (ty, is_new) = self.declare_record(name);
        if is_new {
            let fields = fields(self);
            self.define(ty, HeapType::Record { name: name.to_string(), fields });
        }
        ty
    }

    /// The enum of this name, as [`Self::record`].
    pub fn enumeration(
        &mut self,
        name: &str,
        variants: impl FnOnce(&mut Types) -> Vec<Vec<Ty>>,
    ) -> Ty {
        let (ty, is_new) = self.declare_enum(name);
        if is_new {
            let variants = variants(self);
            self.define(ty, HeapType::Enum { name: name.to_string(), variants });
        }
        ty
    }

    /// The record of this name, and whether it is new: it has no fields then, until
    /// [`Self::define`] gives it some.
    pub fn declare_record(&mut self, name: &str) -> (Ty, bool) {
        let empty = HeapType::Record { name: name.to_string(), fields: Vec::new() };
        self.entry(Key::Record(name.to_string()), empty)
    }

    /// The enum of this name, as [`Self::declare_record`].
    pub fn declare_enum(&mut self, name: &str) -> (Ty, bool) {
        let empty = HeapType::Enum { name: name.to_string(), variants: Vec::new() };
        self.entry(Key::Enum(name.to_string()), empty)
    }

    /// Says what a declared record or enum is made of.
    pub fn define(&mut self, ty: Ty, what: HeapType) {
        if let Ty::Heap(id) = ty {
            self.entries[id.index()] = what;
        }
    }

    fn entry(&mut self, key: Key, ty: HeapType) -> (Ty, bool) {
        let next = TypeId(self.entries.len() as u32);
        let id = *self.known.entry(key).or_insert(next);
        let is_new = id == next;
        if is_new {
            self.entries.push(ty);
        }
        (Ty::Heap(id), is_new)
    }

    pub fn string(&mut self) -> Ty {
        self.intern(HeapType::String)
    }

    pub fn bytes(&mut self) -> Ty {
        self.intern(HeapType::Bytes)
    }

    pub fn vec(&mut self, element: Ty) -> Ty {
        self.intern(HeapType::Vec(element))
    }

    pub fn map(&mut self, key: Ty, value: Ty) -> Ty {
        self.intern(HeapType::Map { key, value: Some(value) })
    }

    pub fn set(&mut self, element: Ty) -> Ty {
        self.intern(HeapType::Map { key: element, value: None })
    }

    /// `Option<inner>`: variant 0 is `None`, variant 1 `Some`.
    pub fn option(&mut self, inner: Ty) -> Ty {
        let name = format!("Option<{}>", self.text(inner));
        self.enumeration(&name, |_| vec![Vec::new(), vec![inner]])
    }

    /// In the order of their ids.
    pub fn iter(&self) -> std::slice::Iter<'_, HeapType> {
        self.entries.iter()
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What a heap type is; nothing for a scalar, or an id of another table.
    pub fn get(&self, ty: Ty) -> Option<&HeapType> {
        match ty {
            Ty::Heap(id) => self.entries.get(id.index()),
            _ => None,
        }
    }

    /// The fields of a record.
    pub fn fields(&self, ty: Ty) -> Option<&[Ty]> {
        match self.get(ty)? {
            HeapType::Record { fields, .. } => Some(fields),
            _ => None,
        }
    }

    /// The payloads of an enum's variants.
    pub fn variants(&self, ty: Ty) -> Option<&[Vec<Ty>]> {
        match self.get(ty)? {
            HeapType::Enum { variants, .. } => Some(variants),
            _ => None,
        }
    }

    /// What an index reads: an element, or a byte of `bytes`.
    pub fn element(&self, ty: Ty) -> Option<Ty> {
        match self.get(ty)? {
            HeapType::Bytes => Some(Ty::Int(super::IntTy::U8)),
            HeapType::Vec(element) => Some(*element),
            _ => None,
        }
    }

    /// The key and, of a map, the value of a map's or set's entries.
    pub fn entries(&self, ty: Ty) -> Option<(Ty, Option<Ty>)> {
        match self.get(ty)? {
            HeapType::Map { key, value } => Some((*key, *value)),
            _ => None,
        }
    }

    /// Whether it has a length.
    pub fn is_counted(&self, ty: Ty) -> bool {
        self.is_sequence(ty) || self.entries(ty).is_some()
    }

    /// Whether it is `string`, `bytes` or a vector.
    pub fn is_sequence(&self, ty: Ty) -> bool {
        matches!(self.get(ty), Some(HeapType::String | HeapType::Bytes | HeapType::Vec(_)))
    }

    /// The name as in source: `Vec<scf.Note>`.
    pub fn text(&self, ty: Ty) -> String {
        self.text_within(ty, &mut limits::COLLECTIONS.clone())
    }

    /// The same, with `…` for collections beyond as many as are `left`.
    fn text_within(&self, ty: Ty, left: &mut usize) -> String {
        let (head, parts) = match self.get(ty) {
            Some(HeapType::String) => return "string".to_string(),
            Some(HeapType::Bytes) => return "bytes".to_string(),
            Some(HeapType::Record { name, .. } | HeapType::Enum { name, .. }) => {
                return name.clone();
            }
            None => return ty.to_string(),
            Some(HeapType::Vec(element)) => ("Vec", (*element, None)),
            Some(HeapType::Map { key, value: None }) => ("Set", (*key, None)),
            Some(HeapType::Map { key, value }) => ("Map", (*key, *value)),
        };
        let Some(fewer) = left.checked_sub(1) else { return "…".to_string() };
        *left = fewer;
        let (first, second) = parts;
        let first = self.text_within(first, left);
        match second {
            Some(second) => format!("{head}<{first}, {}>", self.text_within(second, left)),
            None => format!("{head}<{first}>"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_has_one_id() {
        let mut types = Types::default();
        let (string, numbers) = (types.string(), types.vec(Ty::U64));
        assert_eq!((types.string(), types.vec(Ty::U64)), (string, numbers));
        assert_ne!(types.vec(string), numbers);
        let option = types.option(numbers);
        assert_eq!(types.text(option), "Option<Vec<u64>>");
        assert_eq!(types.variants(option), Some(&[vec![], vec![numbers]][..]));
        assert_eq!(types.len(), 4);
    }

    #[test]
    fn a_record_may_hold_itself() {
        let mut types = Types::default();
        let (tree, is_new) = types.declare_record("Tree");
        assert!(is_new);
        let children = types.vec(tree);
        let fields = vec![Ty::U64, children];
        types.define(tree, HeapType::Record { name: "Tree".into(), fields });
        assert_eq!(types.declare_record("Tree"), (tree, false));
        assert_eq!(types.fields(tree), Some(&[Ty::U64, children][..]));
        assert_eq!(types.text(children), "Vec<Tree>");
    }
}
