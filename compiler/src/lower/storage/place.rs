//! Where a place in the state lies: a part with rows of its own, or an entry of a row.
//!
//! Holds always: the keys and positions of a place are evaluated once, from left to right. Whether an
//! element of a `Vec` is there is asked when it is read or written, not before.

use deed_base::Span;

use super::super::function::FnLowering;
use super::{Field, Node, NodeId};
use crate::arena::Id;
use crate::mir::{FieldId, Op, TrapKind, Ty, ValueId, Walk};
use crate::thir::{Expr, ExprKind, Place, PlaceBase, PlaceStep};

/// A part of the state, its keys known.
#[derive(Clone, Debug)]
pub(in crate::lower) struct Stored {
    pub(in crate::lower) node: NodeId,
    pub(in crate::lower) keys: Vec<ValueId>,
}

/// An entry of a row.
#[derive(Clone, Debug)]
pub(in crate::lower) struct Entry {
    field: FieldId,
    keys: Vec<ValueId>,
    /// Whether it is an element of a `Vec`, which is there or out of bounds.
    is_element: bool,
}

/// Where a place of the state lies.
pub(in crate::lower) enum Located {
    Part(Stored),
    /// A value, with the field of it that the place goes on with, and how many steps of the path
    /// lead there.
    Entry {
        entry: Entry,
        field: Option<usize>,
        steps: usize,
    },
}

impl Stored {
    /// A map's entry, or an element.
    pub(in crate::lower) fn below(&self, node: NodeId, key: ValueId) -> Stored {
        let mut keys = self.keys.clone();
        keys.push(key);
        Stored { node, keys }
    }
}

impl FnLowering<'_, '_> {
    /// The part of the state that a place begins in, if it does.
    fn base_of(&self, place: &Place) -> Option<Stored> {
        match place.base {
            PlaceBase::State(field) => {
                let root = self.lowering.storage.root(crate::lower::field_number(field));
                Some(Stored { node: root, keys: Vec::new() })
            }
            PlaceBase::Local(local) => self.aliases.get(&local).cloned(),
        }
    }

    /// Where a place of the state lies; nothing for other places.
    pub(in crate::lower) fn locate(&mut self, place: &Place) -> Option<Option<Located>> {
        let Some(mut part) = self.base_of(place) else { return Some(None) };
        for (at, step) in place.path.iter().enumerate() {
            let steps = at + 1;
            match (self.lowering.storage.node(part.node).clone(), step) {
                (Node::Map(value), PlaceStep::Key(key)) => {
                    let key = self.expr(key)?;
                    part = part.below(value, key);
                }
                (Node::Struct { inline, fields }, PlaceStep::Field(_, field)) => {
                    match fields[field.index()] {
                        Field::Stored(node) => part.node = node,
                        Field::Inline(field) => {
                            let entry = Entry { field: inline, keys: part.keys, is_element: false };
                            return Some(Some(Located::Entry { entry, field: Some(field), steps }));
                        }
                    }
                }
                (Node::Vec(vec), PlaceStep::Index(index)) => {
                    let index = self.expr(index)?;
                    let keys = part.below(part.node, index).keys;
                    let entry = Entry { field: vec.elements, keys, is_element: true };
                    return Some(Some(Located::Entry { entry, field: None, steps }));
                }
                (Node::Value(field), _) => {
                    let entry = Entry { field, keys: part.keys, is_element: false };
                    return Some(Some(Located::Entry { entry, field: None, steps: at }));
                }
                _ => {
                    self.not_yet(place.span, "places of this kind in the state");
                    return None;
                }
            }
        }
        let steps = place.path.len();
        Some(Some(match *self.lowering.storage.node(part.node) {
            Node::Value(field) => {
                let entry = Entry { field, keys: part.keys, is_element: false };
                Located::Entry { entry, field: None, steps }
            }
            _ => Located::Part(part),
        }))
    }

    /// The part of the state that an expression names: a collection, or a struct with some.
    pub(in crate::lower) fn stored(&mut self, expr: &Expr) -> Option<Option<Stored>> {
        let (ExprKind::Read(place) | ExprKind::Inout(place)) = &expr.kind else {
            return Some(None);
        };
        if !self.is_stored(place) {
            return Some(None);
        }
        Some(match self.locate(place)? {
            Some(Located::Part(part)) => Some(part),
            _ => None,
        })
    }

    /// Whether a place is a part of the state with rows of its own; evaluates nothing.
    pub(in crate::lower) fn is_stored(&self, place: &Place) -> bool {
        let Some(Stored { mut node, .. }) = self.base_of(place) else { return false };
        for step in &place.path {
            node = match (self.lowering.storage.node(node), step) {
                (Node::Map(value), PlaceStep::Key(_)) => *value,
                (Node::Struct { fields, .. }, PlaceStep::Field(_, field)) => {
                    match fields[field.index()] {
                        Field::Stored(node) => node,
                        Field::Inline(_) => return false,
                    }
                }
                _ => return false,
            };
        }
        !matches!(self.lowering.storage.node(node), Node::Value(_))
    }

    pub(in crate::lower) fn load_entry(&mut self, entry: &Entry, span: Span) -> ValueId {
        self.in_bounds(entry, span);
        self.load(entry.field, entry.keys.clone(), span)
    }

    pub(in crate::lower) fn store_entry(&mut self, entry: &Entry, value: ValueId, span: Span) {
        self.in_bounds(entry, span);
        self.put(entry.field, entry.keys.clone(), value, span);
    }

    fn in_bounds(&mut self, entry: &Entry, span: Span) {
        if entry.is_element {
            let op = Op::StateHas { field: entry.field, keys: entry.keys.clone() };
            let is_there = self.value(op, Ty::Bool, span);
            self.trap_unless(is_there, TrapKind::OutOfBounds, span);
        }
    }

    /// Whether there is something at a part of the state.
    pub(super) fn is_present(&mut self, part: &Stored, span: Span) -> ValueId {
        let field = self.lowering.row_of(part.node);
        let keys = part.keys.clone();
        let op = match self.lowering.program.field(field).keys.len() == keys.len() {
            true => Op::StateHas { field, keys },
            false => Op::StateWalk { walk: Walk::Any, field, keys },
        };
        self.value(op, Ty::Bool, span)
    }
}
