//! Maps in the state, entry by entry.
//!
//! Holds always: the key of an entry is evaluated before the values that go there.

use deed_base::Span;

use super::super::cfg::Join;
use super::super::function::FnLowering;
use super::{Node, Stored};
use crate::mir::{Op, Terminator, TrapKind, Ty, ValueId};
use crate::thir::{Expr, MapOp, Place};

impl FnLowering<'_, '_> {
    /// The entry of a map in the state at a key.
    pub(in crate::lower) fn map_entry(&mut self, map: &Place, key: &Expr) -> Option<Stored> {
        let Some(super::Located::Part(part)) = self.locate(map)? else { return None };
        let Node::Map(value) = *self.lowering.storage.node(part.node) else { return None };
        let key = self.expr(key)?;
        Some(part.below(value, key))
    }

    /// Puts a value where there must be none.
    pub(super) fn insert_entry(&mut self, entry: &Stored, value: ValueId, span: Span) {
        if let Node::Value(field) = *self.lowering.storage.node(entry.node)
            && !self.lowering.program.field(field).has_made_default
        {
            let keys = entry.keys.clone();
            return self.effect(Op::StateInsert { field, keys, value }, span);
        }
        let present = self.is_present(entry, span);
        let (taken, free) = self.branch(present, span);
        self.end_block(taken, span, Terminator::Trap(TrapKind::KeyPresent));
        self.at = Some(free);
        self.store_whole(entry, value, span);
    }

    /// Removes an entry, and tells whether there was one.
    pub(super) fn remove_entry(&mut self, entry: &Stored, span: Span) -> ValueId {
        let had = self.is_present(entry, span);
        self.clear_whole(entry, span);
        had
    }

    /// An entry as an `Option`, taken out or replaced as `op` says.
    pub(in crate::lower) fn entry_or_none(
        &mut self,
        op: MapOp,
        entry: &Stored,
        new: Option<ValueId>,
        option: Ty,
        span: Span,
    ) -> Option<ValueId> {
        self.entry_or(op, entry, new, span, |this, entry| match entry {
            Some(value) => Some(this.some(option, value, span)),
            None => Some(this.none(option, span)),
        })
    }

    /// What `f` makes of an entry that is there, or of none; the entry is taken out or replaced
    /// before, as `op` says.
    pub(in crate::lower) fn entry_or(
        &mut self,
        op: MapOp,
        entry: &Stored,
        new: Option<ValueId>,
        span: Span,
        mut f: impl FnMut(&mut Self, Option<ValueId>) -> Option<ValueId>,
    ) -> Option<ValueId> {
        let present = self.is_present(entry, span);
        let (present, absent) = self.branch(present, span);
        let env = self.env.clone();
        let mut join = Join::default();
        self.at = Some(present);
        let old = self.load_whole(entry, span);
        if op == MapOp::Take {
            self.clear_whole(entry, span);
        }
        if let Some(new) = new {
            self.replace_whole(entry, new, span);
        }
        let value = f(self, Some(old));
        self.lead(&mut join, value);
        self.at = Some(absent);
        self.env = env;
        if let Some(new) = new {
            self.store_whole(entry, new, span);
        }
        let value = f(self, None);
        self.lead(&mut join, value);
        self.meet(join, span)
    }
}
