//! How values of each heap type lie in memory, found once when a module is loaded.
//!
//! In: a module's table of types. Out: for each type, what its payload is made of.
//!
//! Elements of a vector that are small records or enums lie in it themselves, field behind field
//! ([`Rows`]), so that a million options take nine megabytes and not a million blocks. Their
//! fields that are heap values are references, wherever they lie.

use deed_bytecode::{HeapType, Ty, Type};

use super::node::Entries;
use super::{HEADER, Heap, Ref, SHORT_HEADER, Shapes};

/// The layouts of a module's heap types.
#[derive(Debug)]
pub(crate) struct Layouts {
    layouts: Vec<Layout>,
    shapes: Shapes,
}

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
    /// A vector of records or enums that lie in it.
    Rows(Rows),
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

/// The elements of a vector that lie in it: the number of the variant, if they are enums, and the
/// fields as they would lie in a value of their own.
#[derive(Debug)]
pub(crate) struct Rows {
    /// The type of an element.
    pub(crate) element: u16,
    variants: Vec<Parts>,
    /// Bytes of the number of the variant.
    pub(crate) tag: usize,
    /// Bytes of an element, whatever its variant.
    pub(crate) width: usize,
}

/// The widest element that lies in its vector. A variant that is narrower takes as much, so this
/// bounds what it wastes.
const WIDEST_ROW: usize = 40;

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

/// Bytes of an element or a field; a heap value is there by its reference.
pub(crate) fn bytes_of(ty: Type) -> usize {
    ty.scalar().map_or(REFERENCE, Ty::bytes)
}

impl Layouts {
    pub(crate) fn new(types: &[HeapType]) -> Layouts {
        let layouts = types.iter().zip(0..).map(|(ty, at)| Layout::new(types, ty, at)).collect();
        Layouts { layouts, shapes: Shapes::new(types) }
    }

    pub(crate) fn shapes(&self) -> &Shapes {
        &self.shapes
    }

    /// Bytes of the header of values of a type.
    pub(super) fn header(&self, ty: u16) -> u32 {
        if self.shapes.first(ty).is_some() { SHORT_HEADER } else { HEADER }
    }

    /// The type `bytes`; nothing but `string` stands before it.
    pub(crate) fn bytes(&self) -> u16 {
        let is_text =
            matches!(self.layouts.first(), Some(Layout::Packed { kind: Packed::Text, .. }));
        is_text.into()
    }

    pub(crate) fn of(&self, ty: u16) -> &Layout {
        &self.layouts[usize::from(ty)]
    }
}

impl Layout {
    fn new(types: &[HeapType], ty: &HeapType, at: u16) -> Layout {
        match ty {
            HeapType::String => Layout::Packed { element: Ty::U8, kind: Packed::Text },
            HeapType::Bytes => Layout::Packed { element: Ty::U8, kind: Packed::Bytes },
            HeapType::Vec(Type::Scalar(element)) => {
                Layout::Packed { element: *element, kind: Packed::Vec }
            }
            HeapType::Vec(Type::Heap(element)) => match Rows::new(types, *element) {
                Some(rows) => Layout::Rows(rows),
                None => Layout::References { element: *element },
            },
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
            Layout::References { element } | Layout::Rows(Rows { element, .. }) => {
                Type::Heap(*element)
            }
            // No operator on elements is valid for these.
            Layout::Record(_) | Layout::Enum(_) | Layout::Map(_) => Type::Scalar(Ty::U8),
        }
    }

    /// Bytes of an element in the payload.
    pub(crate) fn width(&self) -> usize {
        match self {
            Layout::Rows(rows) => rows.width,
            _ => bytes_of(self.element()),
        }
    }

    /// What the elements are, if they lie in the vector.
    pub(crate) fn rows(&self) -> Option<&Rows> {
        if let Layout::Rows(rows) = self { Some(rows) } else { None }
    }

    /// The fields of a record, or the payload of a variant.
    pub(crate) fn parts(&self, variant: u32) -> Option<&Parts> {
        match self {
            Layout::Record(parts) => Some(parts),
            Layout::Enum(variants) => variants.get(variant as usize),
            _ => None,
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

    /// Where in a value's own payload references lie.
    pub(super) fn references<'l>(&'l self, heap: &Heap, value: Ref) -> References<'l> {
        match self {
            Layout::Record(_) | Layout::Enum(_) => {
                let parts = self.parts(heap.length(value)).map_or(&[][..], |it| &it.references);
                References { base: heap.payload(value), parts, ..References::NONE }
            }
            Layout::Map(entries) => {
                let base = heap.payload(value);
                let runs = heap.node(entries, value).references();
                References { runs: runs.map(|(at, count)| (base + at, count)), ..References::NONE }
            }
            _ => self.elements(heap.payload(value), heap.length(value)),
        }
    }

    /// Where references lie in that many elements from a place on.
    pub(super) fn elements(&self, at: usize, count: u32) -> References<'_> {
        let count = count as usize;
        match self {
            Layout::References { .. } => {
                References { runs: [(at, count), (0, 0)], ..References::NONE }
            }
            Layout::Rows(rows) if rows.hold_references() => {
                References { rows: Some(rows), next: at, left: count, ..References::NONE }
            }
            _ => References::NONE,
        }
    }
}

impl Rows {
    /// What elements of this type are, if they are records or enums that are small enough.
    fn new(types: &[HeapType], element: u16) -> Option<Rows> {
        let (variants, tag): (Vec<&[Type]>, _) = match types.get(usize::from(element))? {
            HeapType::Record { fields, .. } => (vec![fields], 0),
            HeapType::Enum { variants, .. } => (variants.iter().map(Vec::as_slice).collect(), 1),
            _ => return None,
        };
        let variants: Vec<Parts> = variants.into_iter().map(Parts::new).collect();
        let widest = variants.iter().map(|parts| parts.bytes as usize).max()?;
        let width = tag + widest;
        (1..=WIDEST_ROW).contains(&width).then_some(Rows { element, variants, tag, width })
    }

    /// Whether elements of this type lie in their vectors.
    pub(crate) fn are(types: &[HeapType], element: u16) -> bool {
        Rows::new(types, element).is_some()
    }

    fn hold_references(&self) -> bool {
        self.variants.iter().any(|parts| !parts.references.is_empty())
    }

    /// The variant of the element at a place.
    pub(super) fn variant(&self, heap: &Heap, at: usize) -> u32 {
        if self.tag == 0 { 0 } else { heap.blocks.memory[at].into() }
    }

    /// The fields of a variant; none of one that there is not.
    pub(super) fn parts(&self, variant: u32) -> &[Part] {
        self.variants.get(variant as usize).map_or(&[], |parts| &parts.parts)
    }

    /// How many variants there are; a record is one.
    pub(super) fn variants(&self) -> u32 {
        self.variants.len() as u32
    }

    /// Bytes of a variant's fields.
    pub(super) fn bytes(&self, variant: u32) -> usize {
        self.variants.get(variant as usize).map_or(0, |parts| parts.bytes as usize)
    }

    /// Where references lie in the element at a place.
    pub(super) fn references(&self, heap: &Heap, at: usize) -> References<'_> {
        let parts = self.variants.get(self.variant(heap, at) as usize);
        let parts = parts.map_or(&[][..], |parts| &parts.references);
        References { base: at + self.tag, parts, ..References::NONE }
    }
}

/// A walk over the places where references lie. What it looks at may change behind it.
pub(super) struct References<'l> {
    /// References of a record or variant whose fields begin at `base`.
    parts: &'l [usize],
    base: usize,
    /// Elements to come, the next of them at `next`.
    rows: Option<&'l Rows>,
    next: usize,
    left: usize,
    /// Places of references one after the other, and how many.
    runs: [(usize, usize); 2],
}

impl References<'_> {
    const NONE: References<'static> =
        References { parts: &[], base: 0, rows: None, next: 0, left: 0, runs: [(0, 0); 2] };

    /// The next place in memory.
    pub(super) fn next(&mut self, heap: &Heap) -> Option<usize> {
        loop {
            if let Some((at, rest)) = self.parts.split_first() {
                self.parts = rest;
                return Some(self.base + at);
            }
            let Some(rows) = self.rows.filter(|_| self.left > 0) else { break };
            let References { parts, base, .. } = rows.references(heap, self.next);
            (self.parts, self.base) = (parts, base);
            (self.next, self.left) = (self.next + rows.width, self.left - 1);
        }
        let (at, left) = self.runs.iter_mut().find(|(_, left)| *left > 0)?;
        (*at, *left) = (*at + REFERENCE, *left - 1);
        Some(*at - REFERENCE)
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
            offset += bytes_of(*ty);
            slot += usize::from(ty.slots());
        }
        parts.bytes = offset as u64;
        parts
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }
}
