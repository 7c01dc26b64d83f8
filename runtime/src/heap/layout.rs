//! How values of each heap type lie in memory, found once when a module is loaded.
//!
//! In: a module's table of types. Out: for each type, what its payload is made of.

use deed_bytecode::{HeapType, Ty, Type};

use super::node::Entries;
use super::{Heap, Ref};

/// The layouts of a module's heap types.
#[derive(Debug, Default)]
pub(crate) struct Layouts(Vec<Layout>);

#[derive(Debug)]
pub(crate) enum Layout {
    /// `string`, `bytes`, or a vector of scalars.
    Packed {
        element: Ty,
        kind: Packed,
    },
    /// A vector of references.
    References {
        element: u16,
    },
    Record(Parts),
    Enum(Vec<Parts>),
    /// The nodes of a map or set.
    Map(Entries),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packed {
    Text,
    Bytes,
    Vec,
}

/// Fields that lie one after the other.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    pub(crate) parts: Vec<Part>,
    /// Where those of them lie that are references.
    references: Vec<usize>,
    bytes: u64,
}

/// A field: where it lies in the payload, and where in the registers that hold all fields.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub(crate) ty: Type,
    pub(crate) offset: usize,
    pub(crate) slot: usize,
}

/// Bytes of a reference.
pub(crate) const REFERENCE: usize = 4;

impl Layouts {
    pub(crate) fn new(types: &[HeapType]) -> Layouts {
        Layouts(types.iter().zip(0..).map(|(ty, at)| Layout::new(ty, at)).collect())
    }

    /// The type `bytes`; nothing but `string` stands before it.
    pub(crate) fn bytes(&self) -> u16 {
        let is_text = matches!(self.0.first(), Some(Layout::Packed { kind: Packed::Text, .. }));
        is_text.into()
    }

    pub(crate) fn of(&self, ty: u16) -> &Layout {
        &self.0[usize::from(ty)]
    }
}

impl Layout {
    fn new(ty: &HeapType, at: u16) -> Layout {
        match ty {
            HeapType::String => Layout::Packed { element: Ty::U8, kind: Packed::Text },
            HeapType::Bytes => Layout::Packed { element: Ty::U8, kind: Packed::Bytes },
            HeapType::Vec(Type::Scalar(element)) => {
                Layout::Packed { element: *element, kind: Packed::Vec }
            }
            HeapType::Vec(Type::Heap(element)) => Layout::References { element: *element },
            HeapType::Record { fields, .. } => Layout::Record(Parts::new(fields)),
            HeapType::Enum { variants, .. } => {
                Layout::Enum(variants.iter().map(|payload| Parts::new(payload)).collect())
            }
            HeapType::Map { key, value } => {
                Layout::Map(Entries { key: *key, value: *value, ty: at })
            }
        }
    }

    /// The element of a type that has elements.
    pub(crate) fn element(&self) -> Type {
        match self {
            Layout::Packed { element, .. } => Type::Scalar(*element),
            Layout::References { element } => Type::Heap(*element),
            // No operator on elements is valid for these.
            Layout::Record(_) | Layout::Enum(_) | Layout::Map(_) => Type::Scalar(Ty::U8),
        }
    }

    /// Bytes of an element in the payload.
    pub(crate) fn width(&self) -> usize {
        self.element().scalar().map_or(REFERENCE, Ty::bytes)
    }

    /// The fields of a record, or the payload of a variant.
    pub(crate) fn parts(&self, variant: u32) -> Option<&Parts> {
        match self {
            Layout::Record(parts) => Some(parts),
            Layout::Enum(variants) => variants.get(variant as usize),
            Layout::Packed { .. } | Layout::References { .. } | Layout::Map(_) => None,
        }
    }

    /// What a map's rows are; nothing for another type.
    pub(crate) fn entries(&self) -> Option<&Entries> {
        if let Layout::Map(entries) = self { Some(entries) } else { None }
    }

    /// Bytes of a row in a map's leaf, or in a node above the leaves.
    pub(super) fn row_bytes(&self, above: bool) -> usize {
        match self.entries() {
            Some(entries) if above => entries.row_bytes_above(),
            Some(entries) => entries.bytes(),
            None => 0,
        }
    }

    /// Bytes of a value of this length: of its payload, or of all entries of a map.
    pub(crate) fn payload_bytes(&self, length: u32) -> u64 {
        match self.parts(length) {
            Some(parts) => parts.bytes,
            None => {
                let width = self.entries().map_or_else(|| self.width(), Entries::bytes);
                u64::from(length) * width as u64
            }
        }
    }

    /// Bytes in use of this value's own payload.
    pub(super) fn used_bytes(&self, heap: &Heap, value: Ref) -> u64 {
        match self.entries().map(|entries| heap.node(entries, value)) {
            Some(node) => node.bytes(node.rows),
            None => self.payload_bytes(heap.length(value)),
        }
    }

    /// Where in the payload of that many elements references lie.
    pub(super) fn elements(&self, count: u32) -> impl Iterator<Item = usize> + use<> {
        let count = if matches!(self, Layout::References { .. }) { count as usize } else { 0 };
        (0..count).map(|at| at * REFERENCE)
    }

    /// Where in this value's own payload references lie.
    pub(super) fn references(&self, heap: &Heap, value: Ref) -> impl Iterator<Item = usize> + '_ {
        let length = heap.length(value);
        let runs = match self.entries() {
            Some(entries) => heap.node(entries, value).references(),
            None => [(0, self.elements(length).count()), (0, 0)],
        };
        let runs = runs.into_iter();
        let runs = runs.flat_map(|(first, count)| (0..count).map(move |at| first + at * REFERENCE));
        let parts = self.parts(length).map_or(&[][..], |parts| &parts.references);
        runs.chain(parts.iter().copied())
    }
}

impl Parts {
    fn new(types: &[Type]) -> Parts {
        let mut parts = Parts::default();
        let (mut offset, mut slot) = (0, 0);
        for ty in types {
            parts.parts.push(Part { ty: *ty, offset, slot });
            if ty.heap().is_some() {
                parts.references.push(offset);
            }
            offset += ty.scalar().map_or(REFERENCE, Ty::bytes);
            slot += usize::from(ty.slots());
        }
        parts.bytes = offset as u64;
        parts
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }
}
