//! Shapes: what a record is, or an enum's value of one variant, in one number.
//!
//! In: a module's table of types. Out: for each record and enum the number of its first variant's
//! shape; for each shape its type, its variant, and the size of its values. The header of such a
//! value has room for this number and the owners only, which is what makes small nodes small.
//!
//! What always holds: a value that has a shape shares a slab with others; a type has shapes for
//! all its variants or for none, and then its values say all in a long header.

use std::sync::Arc;

use deed_bytecode::{HeapType, Type};

use super::layout::bytes_of;
use super::{SHORT_HEADER, classes};

/// The shapes of a module's types.
#[derive(Debug)]
pub struct Shapes {
    /// By type: the number of its first shape.
    first: Vec<Option<u16>>,
    shapes: Arc<[Shape]>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) ty: u16,
    pub(crate) variant: u16,
    /// Bytes that a value takes, its header included.
    pub(crate) size: u16,
}

/// How many shapes a module may have; types beyond that get none.
const MOST: usize = 1 << 15;

impl Shapes {
    pub fn new(types: &[HeapType]) -> Shapes {
        let (mut first, mut shapes) = (Vec::with_capacity(types.len()), Vec::new());
        for (ty, at) in types.iter().zip(0..) {
            let these = shapes_of(ty, at).filter(|these| shapes.len() + these.len() <= MOST);
            first.push(these.as_ref().map(|_| shapes.len() as u16));
            shapes.extend(these.into_iter().flatten());
        }
        Shapes { first, shapes: shapes.into() }
    }

    /// The number of the shape of a type's first variant, if its values have short headers. Those of the
    /// others follow.
    pub fn first(&self, ty: u16) -> Option<u16> {
        self.first.get(usize::from(ty)).copied().flatten()
    }

    /// All of them, by number.
    pub(super) fn all(&self) -> &Arc<[Shape]> {
        &self.shapes
    }
}

/// The shapes of a type's variants; nothing of a type that is no record or enum, or has large ones.
fn shapes_of(ty: &HeapType, at: u16) -> Option<Vec<Shape>> {
    let shape = |(variant, fields): (u16, &[Type])| {
        let bytes = fields.iter().map(|ty| bytes_of(*ty) as u64).sum::<u64>();
        let size = classes::rounded(bytes + u64::from(SHORT_HEADER));
        (size <= classes::SMALL).then_some(Shape { ty: at, variant, size: size as u16 })
    };
    match ty {
        HeapType::Record { fields, .. } => {
            [(0, fields.as_slice())].into_iter().map(shape).collect()
        }
        HeapType::Enum { variants, .. } => {
            (0..).zip(variants.iter().map(Vec::as_slice)).map(shape).collect()
        }
        _ => None,
    }
}
