//! What variables are, and what they owe when their block ends.
//!
//! Holds always: an owner is consumed when its block ends; an `inout` parameter is whole when its
//! function does.

use deed_base::Span;

use super::area::{Area, Root};
use super::state::Holes;
use super::{Checker, Scope, errors};
use crate::arena::{FieldId, Id, LocalId};
use crate::thir::{ParamMode, StructKind};
use crate::ty::Ty;

/// What a variable is.
#[derive(Clone, Debug)]
pub(super) enum Role {
    /// Plain data of its own.
    Plain,
    /// It owns a linear value.
    Owner { made: Span },
    /// Nothing names it: what a pattern leaves behind.
    Nameless { left: Span },
    /// It looks at what another place holds; of a view parameter that is no place of the function.
    View { of: Option<Area>, made: Span },
    /// An `inout` parameter.
    Lent,
}

impl Checker<'_, '_> {
    /// A variable gets a value of its own.
    pub(super) fn own(&mut self, local: LocalId, made: Span) {
        let ty = &self.function.locals[local].ty;
        if !self.is_linear(ty) {
            self.roles[local.index()] = Role::Plain;
            return;
        }
        self.roles[local.index()] = Role::Owner { made };
        self.state.fill(Root::Local(local));
        self.in_scope(local);
    }

    /// A variable looks at a place.
    pub(super) fn lend(&mut self, local: LocalId, of: Option<Area>, made: Span) {
        if of.is_some() {
            self.views.push(local);
        }
        self.roles[local.index()] = Role::View { of, made };
        self.in_scope(local);
    }

    /// An `inout` parameter.
    pub(super) fn borrow(&mut self, local: LocalId) {
        self.roles[local.index()] = Role::Lent;
        if self.is_linear(&self.function.locals[local].ty) {
            self.state.fill(Root::Local(local));
        }
    }

    /// A linear value that no name reaches: only a throw gets rid of it.
    pub(super) fn nameless(&mut self, left: Span) -> LocalId {
        let local = LocalId::from_index(self.roles.len());
        self.roles.push(Role::Nameless { left });
        local
    }

    /// The variable ends with the innermost block.
    pub(super) fn in_scope(&mut self, local: LocalId) {
        self.scopes.last_mut().into_iter().for_each(|scope| scope.locals.push(local));
    }

    pub(super) fn open(&mut self) {
        self.scopes.push(Scope { locals: Vec::new(), views: self.views.len() });
    }

    /// A block ends: its variables must be consumed.
    pub(super) fn close(&mut self, end: Span) {
        let Scope { locals, views } = self.scopes.pop().unwrap_or_default();
        self.views.truncate(views);
        for local in locals {
            self.state.revive(local);
            self.must_be_consumed(Root::Local(local), end, errors::Leaving::End);
            self.state.empty(Root::Local(local));
        }
    }

    /// Reports a value that is still held where its path ends.
    pub(super) fn must_be_consumed(&mut self, root: Root, end: Span, how: errors::Leaving) {
        if !self.state.reachable || matches!(self.role(root), Some(Role::Lent)) {
            return;
        }
        let owes = self.state.holes(root).is_some_and(|holes| self.owes(root, holes));
        if owes && self.blame(root) {
            self.d.push(self.left_behind(root, end, how));
        }
    }

    /// Reports `inout` parameters that have lost a part.
    pub(super) fn must_be_whole(&mut self, end: Span) {
        if !self.state.reachable {
            return;
        }
        let params = &self.function.params;
        for param in params.iter().filter(|param| param.mode == ParamMode::Inout) {
            let root = Root::Local(param.local);
            let linear = self.is_linear(&self.function.locals[param.local].ty);
            let whole = self.state.holes(root).is_some_and(Holes::is_empty);
            if linear && !whole && self.said.insert(root) {
                self.d.push(self.not_whole(root, end));
            }
        }
    }

    /// Control leaves the function here, with everything that is done.
    pub(super) fn leave(&mut self, span: Span, how: errors::Leaving) {
        if !self.state.reachable {
            return;
        }
        for root in self.state.held() {
            if matches!(root, Root::Local(_)) {
                self.must_be_consumed(root, span, how);
            }
        }
        self.must_be_whole(span);
    }

    /// What a root is; `None` for a field of the state.
    pub(super) fn role(&self, root: Root) -> Option<&Role> {
        match root {
            Root::Local(local) => self.roles.get(local.index()),
            Root::State(_) => None,
        }
    }

    /// Whether something linear is left of a value with these holes.
    pub(super) fn owes(&self, root: Root, holes: &Holes) -> bool {
        match self.root_ty(root) {
            Some(ty) => self.is_left(&mut Vec::new(), ty, holes),
            None => true,
        }
    }

    fn is_left(&self, path: &mut Vec<u32>, ty: &Ty, holes: &Holes) -> bool {
        if !self.is_linear(ty) || holes.contains(path) {
            return false;
        }
        if !holes.iter().any(|hole| hole.starts_with(path)) {
            return true;
        }
        let parts: Vec<Ty> = match ty {
            Ty::Tuple(parts) => parts.clone(),
            Ty::Struct(id, args) if self.package.structs[*id].kind == StructKind::Struct => {
                let fields = self.package.structs[*id].fields.ids();
                fields.map(|field: FieldId| self.package.field_ty(*id, args, field)).collect()
            }
            // An asset is more than its parts.
            _ => return true,
        };
        parts.iter().enumerate().any(|(index, part)| {
            path.push(index as u32);
            let left = self.is_left(path, part, holes);
            path.pop();
            left
        })
    }
}
