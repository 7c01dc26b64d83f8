//! Whole parts of the state: read as a value, written from one, cleared.
//!
//! What is one entry is read and written where that is asked for. For the others there is a private
//! function for each node and each of the three, made when it is first called; its parameters are the
//! keys, and for a write the value behind them.

use deed_base::Span;

use super::super::function::FnLowering;
use super::super::{Lowering, function};
use super::{Field, Node, NodeId, Stored, VecNode};
use crate::mir::{BinaryOp, Const, Function, Op, TrapKind, Ty, ValueId};

/// What is done with a whole part of the state.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(in crate::lower) enum Whole {
    Load,
    /// Where there is nothing yet.
    Store,
    Clear,
}

/// A function that is to be made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(in crate::lower) struct WholeWork {
    node: NodeId,
    what: Whole,
}

/// Makes the function.
pub(in crate::lower) fn lower_whole(lowering: &mut Lowering<'_>, work: WholeWork) -> Function {
    let field = lowering.row_of(work.node);
    let row = lowering.program.field(field);
    let (name, span) = (row.name.clone(), row.span);
    let depth = lowering.storage.depth(work.node);
    let keys: Vec<Ty> = row.keys[..depth].to_vec();
    let verb = match work.what {
        Whole::Load => "load",
        Whole::Store => "store",
        Whole::Clear => "clear",
    };
    function::lower_made(lowering, format!("{verb} {name}/{depth}"), span, |this| {
        let keys = keys.iter().map(|ty| this.plain_param(*ty, None, span)).collect();
        let part = Stored { node: work.node, keys };
        let ty = this.lowering.storage.ty(work.node).clone();
        match work.what {
            Whole::Load => {
                let ty = this.lowering.machine(&ty, span);
                this.function.results = vec![ty];
                let value = this.load_parts(&part, ty, span);
                this.return_value(value, span);
            }
            Whole::Store => {
                let ty = this.lowering.machine(&ty, span);
                let value = this.plain_param(ty, None, span);
                this.store_parts(&part, value, span);
                this.return_value(None, span);
            }
            Whole::Clear => {
                this.clear_parts(&part, span);
                this.return_value(None, span);
            }
        }
    })
}

impl FnLowering<'_, '_> {
    /// The value at a part of the state; a value that is not there traps.
    pub(in crate::lower) fn load_whole(&mut self, part: &Stored, span: Span) -> ValueId {
        if let Node::Value(field) = *self.lowering.storage.node(part.node) {
            return self.load(field, part.keys.clone(), span);
        }
        let ty = self.lowering.storage.ty(part.node).clone();
        let ty = self.lowering.machine(&ty, span);
        let op = self.whole_call(part, Whole::Load, None);
        self.value(op, ty, span)
    }

    /// Puts a value where there may be one.
    pub(in crate::lower) fn replace_whole(&mut self, part: &Stored, value: ValueId, span: Span) {
        if !matches!(self.lowering.storage.node(part.node), Node::Value(_)) {
            self.clear_whole(part, span);
        }
        self.store_whole(part, value, span);
    }

    /// Puts a value where there is nothing, or one entry at most.
    pub(in crate::lower) fn store_whole(&mut self, part: &Stored, value: ValueId, span: Span) {
        if let Node::Value(field) = *self.lowering.storage.node(part.node) {
            return self.put(field, part.keys.clone(), value, span);
        }
        let op = self.whole_call(part, Whole::Store, Some(value));
        self.effect(op, span);
    }

    /// Removes what is there, if anything is.
    pub(in crate::lower) fn clear_whole(&mut self, part: &Stored, span: Span) {
        let op = match *self.lowering.storage.node(part.node) {
            Node::Value(field) => Op::StateRemove { field, keys: part.keys.clone() },
            _ => self.whole_call(part, Whole::Clear, None),
        };
        self.effect(op, span);
    }

    fn whole_call(&mut self, part: &Stored, what: Whole, value: Option<ValueId>) -> Op {
        let function = self.lowering.number_whole(WholeWork { node: part.node, what });
        Op::Call { function, args: part.keys.iter().copied().chain(value).collect() }
    }

    fn load_parts(&mut self, part: &Stored, ty: Ty, span: Span) -> Option<ValueId> {
        match self.lowering.storage.node(part.node).clone() {
            Node::Value(field) => Some(self.load(field, part.keys.clone(), span)),
            Node::Struct { inline, fields } => {
                let record = self.load(inline, part.keys.clone(), span);
                let mut values = Vec::new();
                for field in fields {
                    values.push(match field {
                        Field::Inline(at) => self.field(record, at, span),
                        Field::Stored(node) => {
                            let keys = part.keys.clone();
                            self.load_whole(&Stored { node, keys }, span)
                        }
                    });
                }
                Some(self.record(ty, values, span))
            }
            Node::Vec(vec) => Some(self.load_elements(vec, part, ty, span)),
            Node::Set(_) | Node::Map(_) => Some(self.load_entries(part, ty, None, span)),
        }
    }

    /// A map or set, entry by entry; traps where there are more than `max`.
    pub(in crate::lower) fn load_entries(
        &mut self,
        part: &Stored,
        ty: Ty,
        max: Option<ValueId>,
        span: Span,
    ) -> ValueId {
        let values = match self.lowering.storage.node(part.node) {
            Node::Map(values) => Some(*values),
            _ => None,
        };
        let field = self.lowering.row_of(values.unwrap_or(part.node));
        let empty = self.list_of(ty, Vec::new(), span);
        let all = self.along((field, &part.keys), vec![empty], span, |this, turn| {
            let (map, key) = (turn.carried[0], turn.key);
            if let Some(max) = max {
                let length = this.value(Op::Len { value: map }, Ty::U64, span);
                let fits = this.compare(BinaryOp::Lt, length, max, span);
                this.trap_unless(fits, TrapKind::OutOfBounds, span);
            }
            let value = values.map(|values| this.load_whole(&part.below(values, key), span));
            vec![this.value(Op::MapPut { map, key, value }, ty, span)]
        });
        all[0]
    }

    /// Puts the entries of a map or set where there are none.
    fn store_entries(&mut self, part: &Stored, map: ValueId, span: Span) {
        let node = self.lowering.storage.node(part.node).clone();
        let length = self.value(Op::Len { value: map }, Ty::U64, span);
        self.count_up(length, Vec::new(), span, |this, turn| {
            let key = this.key_at(map, turn.key, span);
            match node {
                Node::Map(values) => {
                    let value = this.value_at(map, turn.key, span);
                    this.store_whole(&part.below(values, key), value, span);
                }
                _ => {
                    let field = this.lowering.row_of(part.node);
                    let keys = part.below(part.node, key).keys;
                    let value = this.constant(Const::Bool(true), span);
                    this.effect(Op::StateStore { field, keys, value }, span);
                }
            }
            Vec::new()
        });
    }

    fn load_elements(&mut self, vec: VecNode, part: &Stored, ty: Ty, span: Span) -> ValueId {
        let length = self.load(vec.length, part.keys.clone(), span);
        let empty = self.list_of(ty, Vec::new(), span);
        let all = self.count_up(length, vec![empty], span, |this, turn| {
            let keys = part.below(part.node, turn.key).keys;
            let value = this.load(vec.elements, keys, span);
            let push = Op::VecPush { vec: turn.carried[0], value };
            vec![this.value(push, ty, span)]
        });
        all[0]
    }

    fn store_parts(&mut self, part: &Stored, value: ValueId, span: Span) {
        match self.lowering.storage.node(part.node).clone() {
            Node::Value(field) => self.put(field, part.keys.clone(), value, span),
            Node::Struct { inline, fields } => {
                let values = (0..fields.len()).map(|at| self.field(value, at, span)).collect();
                self.store_fields(part, (inline, &fields), values, span);
            }
            Node::Vec(vec) => {
                let length = self.value(Op::Len { value }, Ty::U64, span);
                self.count_up(length, Vec::new(), span, |this, turn| {
                    let keys = part.below(part.node, turn.key).keys;
                    let value = this.element(value, turn.key, span);
                    this.effect(Op::StateStore { field: vec.elements, keys, value }, span);
                    Vec::new()
                });
                let keys = part.keys.clone();
                let store = Op::StateStore { field: vec.length, keys, value: length };
                self.effect(store, span);
            }
            Node::Set(_) | Node::Map(_) => self.store_entries(part, value, span),
        }
    }

    /// Puts the fields of a struct where there are none.
    fn store_fields(
        &mut self,
        part: &Stored,
        (inline, fields): (crate::mir::FieldId, &[Field]),
        values: Vec<ValueId>,
        span: Span,
    ) {
        let both = || fields.iter().zip(&values);
        let own = both().filter(|(field, _)| matches!(field, Field::Inline(_)));
        let own = own.map(|(_, value)| *value).collect();
        let ty = self.lowering.program.field(inline).value;
        let record = self.value(Op::RecordMake { fields: own }, ty, span);
        let keys = part.keys.clone();
        self.effect(Op::StateStore { field: inline, keys, value: record }, span);
        for (field, value) in both() {
            if let Field::Stored(node) = *field {
                let keys = part.keys.clone();
                self.store_whole(&Stored { node, keys }, *value, span);
            }
        }
    }

    fn clear_parts(&mut self, part: &Stored, span: Span) {
        let keys = part.keys.clone();
        match self.lowering.storage.node(part.node).clone() {
            Node::Value(field) => self.effect(Op::StateRemove { field, keys }, span),
            Node::Struct { inline, fields } => {
                self.effect(Op::StateRemove { field: inline, keys: keys.clone() }, span);
                for field in fields {
                    if let Field::Stored(node) = field {
                        self.clear_whole(&Stored { node, keys: keys.clone() }, span);
                    }
                }
            }
            Node::Vec(vec) => {
                let length = self.load(vec.length, keys.clone(), span);
                self.count_up(length, Vec::new(), span, |this, turn| {
                    let keys = part.below(part.node, turn.key).keys;
                    this.effect(Op::StateRemove { field: vec.elements, keys }, span);
                    Vec::new()
                });
                self.effect(Op::StateRemove { field: vec.length, keys }, span);
            }
            Node::Set(field) => {
                self.along((field, &keys), Vec::new(), span, |this, turn| {
                    let keys = part.below(part.node, turn.key).keys;
                    this.effect(Op::StateRemove { field, keys }, span);
                    Vec::new()
                });
            }
            Node::Map(value) => {
                let field = self.lowering.row_of(value);
                self.along((field, &keys), Vec::new(), span, |this, turn| {
                    this.clear_whole(&part.below(value, turn.key), span);
                    Vec::new()
                });
            }
        }
    }
}
