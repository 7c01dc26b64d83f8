//! Tables whose entries are named by ids of their own type.
//!
//! In: values. Out: ids that name them, in the order of insertion.
//! Holds always: an id made by `push` of a table is valid in it for ever; nothing is removed.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// A number that names an entry of one kind of table.
pub trait Id: Copy {
    fn from_index(index: usize) -> Self;
    fn index(self) -> usize;
}

/// Declares id types: `FnId = "f", "A function of the package.";`. The word is the printed prefix.
macro_rules! ids {
    ($($name:ident = $prefix:literal, $doc:literal;)*) => {$(
        #[doc = $doc]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $crate::arena::Id for $name {
            fn from_index(index: usize) -> Self {
                $name(index as u32)
            }

            fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
    )*};
}

ids! {
    ModuleId = "module", "A module of the package.";
    ContractId = "contract", "A contract of the package.";
    InterfaceId = "interface", "An interface of the package.";
    StructId = "struct", "A `struct` or `asset` of the package.";
    EnumId = "enum", "An `enum` of the package.";
    FnId = "fn", "A function of the package: of a contract, or free.";
    ConstId = "const", "A constant of the package.";
    ErrorId = "error", "An error type of the package.";
    EventId = "event", "An event type of the package.";
    FieldId = "field", "A field, counted within its state or `struct`.";
    VariantId = "variant", "A variant, counted within its `enum`.";
    LocalId = "_", "A local variable or parameter, counted within its function.";
    TypeParamId = "param", "A type parameter of an item of the package.";
    TraitId = "trait", "A `trait` of the package.";
    ImplId = "impl", "An `impl` of the package.";
    TestId = "test", "A `test` of the package.";
    ErrorSetId = "errors", "A set of errors of the package.";
    RuleId = "rule", "A `rule` of the package.";
    InferId = "?", "An unknown of type inference; never outside `typeck`.";
}

/// A growing table of `T`, read with ids of type `I`.
#[derive(Clone, PartialEq, Eq)]
pub struct Arena<I, T> {
    entries: Vec<T>,
    id: PhantomData<fn(I) -> I>,
}

impl<I: Id, T> Arena<I, T> {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an entry and names it.
    pub fn push(&mut self, entry: T) -> I {
        let id = self.next_id();
        self.entries.push(entry);
        id
    }

    /// The id that the next `push` gives.
    pub fn next_id(&self) -> I {
        I::from_index(self.entries.len())
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator {
        self.entries.iter().enumerate().map(|(index, entry)| (I::from_index(index), entry))
    }

    pub fn values(&self) -> std::slice::Iter<'_, T> {
        self.entries.iter()
    }

    pub fn ids(&self) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + use<I, T> {
        (0..self.entries.len()).map(I::from_index)
    }

    pub fn values_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.entries.iter_mut()
    }
}

impl<I, T> Default for Arena<I, T> {
    fn default() -> Self {
        Arena { entries: Vec::new(), id: PhantomData }
    }
}

impl<I: Id, T> Index<I> for Arena<I, T> {
    type Output = T;

    fn index(&self, id: I) -> &T {
        &self.entries[id.index()]
    }
}

impl<I: Id, T> IndexMut<I> for Arena<I, T> {
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.entries[id.index()]
    }
}

impl<I: Id, T> FromIterator<T> for Arena<I, T> {
    fn from_iter<It: IntoIterator<Item = T>>(iter: It) -> Self {
        Arena { entries: iter.into_iter().collect(), id: PhantomData }
    }
}

impl<I: Id + fmt::Debug, T: fmt::Debug> fmt::Debug for Arena<I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}
