//! How the state is kept: which rows a field of the state has, and what lies in them.
//!
//! In: the types of a contract's state. Out: a tree of [`Node`]s for each field, and the rows of the
//! program ([`StateField`]s), each a family of entries with the same keys.
//!
//! A collection in a state field, a map's value or a struct's field has rows of its own, so that it is
//! read and written element by element: the keys of all maps on the way to it come first in theirs.
//! Everything else lies whole in the row of what holds it. An empty collection has no entries, and
//! so is the same as one that is not there.
//!
//! | part of the state | rows |
//! |---|---|
//! | a value at `a` | `a` |
//! | `Map` at `a` | those of its values, with its key behind the others |
//! | struct at `a` with collections | `a`, a record of its other fields; those of the collections at `a.field` |
//! | `Set` at `a` | `a.has`, with the element as last key; its entries hold `true` |
//! | `Vec` at `a` | `a.at`, with the position (`u64`) as last key; `a.len`, the length, 0 if absent |
//!
//! Holds always: the first row of the field with number *n* is row *n* of the program, so that
//! whoever knows a field's number finds it; further rows follow behind those of all fields.

mod collections;
mod each;
mod maps;
mod place;
mod vectors;
mod whole;

use std::collections::HashMap;

use deed_base::Span;
use deed_bytecode::limits;

use super::Lowering;
use super::errors::{default_with_collections, nested_too_deep};
use super::instance::Work;
use crate::layout::{Part, Shape};
use crate::mir::{Const, FieldId, FuncId, HeapType, IntTy, StateField, Ty};
use crate::ty;
use crate::value::Value;

pub(super) use place::{Entry, Located, Stored};
pub(super) use whole::{WholeWork, lower_whole};

/// A node of the trees of the state.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct NodeId(u32);

/// A part of the state: how it is kept.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// A value, whole in its row.
    Value(FieldId),
    /// A struct with collections: the row of its other fields, and where each field is.
    Struct {
        inline: FieldId,
        fields: Vec<Field>,
    },
    /// Its values.
    Map(NodeId),
    Set(FieldId),
    Vec(VecNode),
}

/// Where a field of a struct with collections is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Field {
    /// A field of the record in the struct's row.
    Inline(usize),
    Stored(NodeId),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct VecNode {
    pub(super) elements: FieldId,
    pub(super) length: FieldId,
}

/// The trees of a contract's state.
#[derive(Default)]
pub(super) struct Storage {
    nodes: Vec<Node>,
    /// What each node holds, and how many keys lead to it.
    types: Vec<(ty::Ty, usize)>,
    /// The root of each field, by its number.
    roots: Vec<NodeId>,
    /// What absent entries of rows read, where that is no constant of the machine.
    defaults: HashMap<FieldId, (Value, ty::Ty)>,
    /// The functions that read, write and clear whole parts.
    whole: HashMap<WholeWork, FuncId>,
}

impl Storage {
    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The type of what a node holds.
    pub(super) fn ty(&self, id: NodeId) -> &ty::Ty {
        &self.types[id.0 as usize].0
    }

    /// How many keys lead to a node.
    pub(super) fn depth(&self, id: NodeId) -> usize {
        self.types[id.0 as usize].1
    }

    /// What an absent entry of a row reads, where that is no constant of the machine.
    pub(super) fn made_default(&self, row: FieldId) -> Option<(Value, ty::Ty)> {
        self.defaults.get(&row).cloned()
    }

    pub(super) fn root(&self, field: FieldId) -> NodeId {
        self.roots[field.index()]
    }
}

impl Lowering<'_> {
    /// Lays out the state of the contract.
    pub(super) fn state(&mut self) {
        let contract = self.contract;
        let mut rows = Rows::new(contract.state.len());
        for (number, field) in contract.state.values().enumerate() {
            let at = At {
                name: field.name.text.to_string(),
                keys: Vec::new(),
                default: None,
                span: field.name.span,
                number,
            };
            let root = match field.ghost || matches!(field.ty, ty::Ty::Table(_)) {
                true => self.ghost_node(at, &mut rows),
                false => self.node(&field.ty, at, &mut rows),
            };
            self.storage.roots.push(root);
        }
        self.program.state = rows.finish();
    }

    /// A field that no code names, or whose uses were reported: its row keeps the numbers of the others as they are.
    fn ghost_node(&mut self, at: At, rows: &mut Rows) -> NodeId {
        let row = rows.add(at, Ty::Bool, None);
        rows.mark(row, |row| row.ghost = true);
        self.storage.nodes.push(Node::Value(row));
        self.storage.types.push((ty::Ty::Bool, 0));
        NodeId(self.storage.nodes.len() as u32 - 1)
    }

    /// A row that has an entry wherever there is something at a node.
    pub(super) fn row_of(&self, node: NodeId) -> FieldId {
        match self.storage.node(node) {
            Node::Value(field) | Node::Set(field) => *field,
            Node::Struct { inline, .. } => *inline,
            Node::Vec(vec) => vec.length,
            Node::Map(value) => self.row_of(*value),
        }
    }

    /// The number of a function that deals with a whole part.
    pub(super) fn number_whole(&mut self, work: WholeWork) -> FuncId {
        if let Some(known) = self.storage.whole.get(&work) {
            return *known;
        }
        let number = self.instances.push(Work::Whole(work));
        self.storage.whole.insert(work, number);
        number
    }

    /// Lays out what has this type. Types that hold themselves in maps would have no end.
    fn node(&mut self, ty: &ty::Ty, at: At, rows: &mut Rows) -> NodeId {
        if at.keys.len() > limits::KEYS - 1 && !rows.too_deep {
            rows.too_deep = true;
            self.diagnostics.push(nested_too_deep(at.span));
        }
        let depth = at.keys.len();
        let node = match ty {
            _ if rows.too_deep => Node::Value(FieldId(0)),
            ty::Ty::Map(map) => {
                let key = self.machine(&map.key, at.span);
                let default = map.default.clone();
                Node::Map(self.node(&map.value, At { default, ..at.below(key) }, rows))
            }
            ty::Ty::Set(of) => {
                let element = self.machine(of, at.span);
                Node::Set(rows.add(at.part("has").below(element), Ty::Bool, None))
            }
            ty::Ty::Vec(of) => {
                let element = self.machine(of, at.span);
                let elements = rows.add(at.part("at").below(Ty::U64), element, None);
                let zero = Const::int(IntTy::U64, 0);
                let length = rows.add(at.part("len"), Ty::U64, zero);
                Node::Vec(VecNode { elements, length })
            }
            ty => match self.package.shape(ty) {
                Shape::Record(parts) if self.is_stored_apart(ty) => {
                    self.struct_node(ty, &parts, at, rows)
                }
                _ => self.value_node(ty, at, rows),
            },
        };
        self.storage.nodes.push(node);
        self.storage.types.push((ty.clone(), depth));
        NodeId(self.storage.nodes.len() as u32 - 1)
    }

    /// A struct with collections: its other fields in one record.
    fn struct_node(&mut self, ty: &ty::Ty, parts: &[Part], at: At, rows: &mut Rows) -> Node {
        let inline = parts.iter().filter(|part| !self.is_stored_apart(&part.ty));
        let inline: Vec<Part> = inline.cloned().collect();
        let name = format!("{} in state", self.package.type_name(ty));
        let (record, is_new) = self.program.types.declare_record(&name);
        if is_new {
            let fields = inline.iter().map(|part| self.machine(&part.ty, at.span)).collect();
            self.program.types.define(record, HeapType::Record { name, fields });
        }
        if at.default.is_some() && !rows.too_deep {
            self.diagnostics.push(default_with_collections(at.span));
        }
        let row = rows.add(at.clone(), record, None);
        let mut place = 0;
        let fields = parts.iter().map(|part| {
            if self.is_stored_apart(&part.ty) {
                return Field::Stored(self.node(&part.ty, at.part(&part.name), rows));
            }
            place += 1;
            Field::Inline(place - 1)
        });
        Node::Struct { fields: fields.collect(), inline: row }
    }

    fn value_node(&mut self, ty: &ty::Ty, at: At, rows: &mut Rows) -> Node {
        let machine = self.machine(ty, at.span);
        let Some(default) = at.default.clone() else {
            return Node::Value(rows.add(at, machine, None));
        };
        let scalar = self.scalar_constant(&default, ty);
        let is_made = scalar.is_none();
        let row = rows.add(at, machine, scalar);
        if is_made {
            rows.mark(row, |row| row.has_made_default = true);
            self.storage.defaults.insert(row, (default, ty.clone()));
        }
        Node::Value(row)
    }

    /// Whether a field of a struct in the state has rows of its own.
    fn is_stored_apart(&self, ty: &ty::Ty) -> bool {
        match ty {
            ty::Ty::Map(_) | ty::Ty::Set(_) | ty::Ty::Vec(_) => true,
            ty::Ty::Struct(..) => match self.package.shape(ty) {
                Shape::Record(parts) => parts.iter().any(|part| self.is_stored_apart(&part.ty)),
                _ => false,
            },
            _ => false,
        }
    }
}

/// A place in the tree of a field.
#[derive(Clone)]
struct At {
    name: String,
    keys: Vec<Ty>,
    /// What an absent value reads, in a map that says so.
    default: Option<Value>,
    span: Span,
    /// The field.
    number: usize,
}

impl At {
    fn below(&self, key: Ty) -> At {
        let mut at = At { default: None, ..self.clone() };
        at.keys.push(key);
        at
    }

    fn part(&self, name: &str) -> At {
        At { name: format!("{}.{name}", self.name), default: None, ..self.clone() }
    }
}

/// Rows as they are found.
struct Rows {
    /// The first one of each field.
    first: Vec<Option<StateField>>,
    further: Vec<StateField>,
    /// Reported; what is laid out from here on is not used.
    too_deep: bool,
}

impl Rows {
    fn new(fields: usize) -> Rows {
        Rows { first: vec![None; fields], further: Vec::new(), too_deep: false }
    }

    fn add(&mut self, at: At, value: Ty, default: Option<Const>) -> FieldId {
        let (has_made_default, ghost) = (false, false);
        let At { name, keys, span, .. } = at;
        let row = StateField { name, keys, value, default, has_made_default, ghost, span };
        if self.first[at.number].is_none() {
            self.first[at.number] = Some(row);
            return FieldId(at.number as u32);
        }
        self.further.push(row);
        FieldId((self.first.len() + self.further.len() - 1) as u32)
    }

    /// Says more of a row that was added.
    fn mark(&mut self, row: FieldId, mark: impl Fn(&mut StateField)) {
        let row = match row.index().checked_sub(self.first.len()) {
            Some(at) => self.further.get_mut(at),
            None => self.first[row.index()].as_mut(),
        };
        row.into_iter().for_each(mark);
    }

    fn finish(self) -> Vec<StateField> {
        self.first.into_iter().flatten().chain(self.further).collect()
    }
}
