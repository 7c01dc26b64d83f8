//! The types of heap values, each once.
//!
//! In: descriptions of types. Out: [`TypeId`]s, and the table [`Types`] that explains them.
//! Holds always: two ids name two types; records and enums are told apart by their names, the others
//! by what they are made of; a vector's element stands before it in the table.

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
}

/// What makes a type the same as another.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Key {
    String,
    Bytes,
    Record(String),
    Enum(String),
    Vec(Ty),
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

    /// Whether it is `string`, `bytes` or a vector: what has a length.
    pub fn is_sequence(&self, ty: Ty) -> bool {
        matches!(self.get(ty), Some(HeapType::String | HeapType::Bytes | HeapType::Vec(_)))
    }

    /// The name as in source: `Vec<scf.Note>`.
    pub fn text(&self, ty: Ty) -> String {
        let mut inner = ty;
        let mut depth = 0;
        while let Some(HeapType::Vec(element)) = self.get(inner)
            && depth < limits::VEC_DEPTH
        {
            inner = *element;
            depth += 1;
        }
        let name = match self.get(inner) {
            Some(HeapType::String) => "string".to_string(),
            Some(HeapType::Bytes) => "bytes".to_string(),
            Some(HeapType::Record { name, .. } | HeapType::Enum { name, .. }) => name.clone(),
            Some(HeapType::Vec(_)) => "…".to_string(),
            None => inner.to_string(),
        };
        "Vec<".repeat(depth) + &name + &">".repeat(depth)
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
