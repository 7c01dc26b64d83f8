//! Places: reading, moving and writing what they hold.
//!
//! Holds always: only variables are moved from, whole or by their fields; an entry or element, and
//! state, is emptied by `take`, `replace` and their like, which leave something in its place.

use deed_base::Span;

use super::area::{Area, Root};
use super::roles::Role;
use super::{Checker, Use, errors};
use crate::arena::{Id, LocalId};
use crate::thir::visit::place_parts;
use crate::thir::{FnKind, Place, PlaceStep, StructDef, StructKind};

impl<'p> Checker<'p, '_> {
    /// What a place is a piece of; of a view, what that looks at.
    pub(super) fn area(&self, place: &Place) -> Area {
        let area = Area::of(place, self.package);
        match self.role(area.root) {
            Some(Role::View { of: Some(of), .. }) => {
                let mut whole = of.clone();
                whole.steps.extend(area.steps);
                whole
            }
            _ => area,
        }
    }

    /// Evaluates the keys and indexes of a place.
    pub(super) fn keys(&mut self, place: &'p Place) {
        place_parts(place, &mut |part| self.part(part));
    }

    pub(super) fn read(&mut self, place: &'p Place, how: Use) {
        self.keys(place);
        if let Root::Local(local) = place.base {
            self.use_view(local, place.span);
        }
        if how == Use::Take && self.is_linear(&place.ty) {
            self.take(place);
        } else {
            self.must_be_there(place);
        }
    }

    /// A view is used, which must be alive.
    fn use_view(&mut self, local: LocalId, span: Span) {
        if !matches!(self.roles.get(local.index()), Some(Role::View { of: Some(_), .. })) {
            return;
        }
        self.uses.push((local, span));
        let Some(write) = self.state.death(local) else { return };
        if self.state.reachable && self.said.insert(Root::Local(local)) {
            let name = &self.function.locals[local].name;
            self.d.push(errors::dead_view(name, span, write));
        }
    }

    /// Reports a place whose value was moved out.
    pub(super) fn must_be_there(&mut self, place: &'p Place) -> bool {
        let root = place.base;
        if !matches!(self.role(root), Some(Role::Owner { .. } | Role::Lent))
            || !self.root_ty(root).is_some_and(|ty| self.is_linear(ty))
        {
            return true;
        }
        let way = fixed_part(place);
        let whole = self.is_linear(&place.ty);
        let there = self.state.holes(root).is_some_and(|holes| {
            let inside = |hole: &Vec<u32>| whole && hole.starts_with(&way);
            !holes.iter().any(|hole| way.starts_with(hole) || inside(hole))
        });
        if !there && self.state.reachable && self.said.insert(root) {
            self.d.push(self.used_after_move(root, place.span));
        }
        there
    }

    /// The value moves out of its place.
    fn take(&mut self, place: &'p Place) {
        let Some(path) = Area::of(place, self.package).fixed() else {
            self.failed = true;
            self.d.push(self.copied_out(place));
            return;
        };
        let root = place.base;
        match self.role(root) {
            None => {
                self.failed = true;
                self.d.push(self.copied_out(place));
            }
            Some(Role::View { made, .. }) => {
                let made = *made;
                self.failed = true;
                if self.said.insert(root) {
                    self.d.push(self.moved_from_view(place, made));
                }
            }
            Some(Role::Owner { .. } | Role::Lent) => {
                if !self.must_be_there(place) {
                    self.failed = true;
                    return;
                }
                self.must_be_ours(place);
                match path.is_empty() {
                    true => self.state.empty(root),
                    false => self.state.dig(root, path),
                }
                self.moved.insert(root, place.span);
                self.write(&self.area(place), place.span);
            }
            Some(Role::Plain | Role::Nameless { .. }) => {}
        }
    }

    /// The place gets a value, whose evaluation lies behind.
    pub(super) fn assign(&mut self, place: &'p Place) {
        self.must_be_ours(place);
        if !self.is_linear(&place.ty) {
            if !place.path.is_empty() {
                self.must_be_there(place);
            }
        } else if let Some(path) = Area::of(place, self.package).fixed() {
            self.put(place, path);
        } else {
            self.d.push(self.overwritten(place, place.base));
        }
        self.write(&self.area(place), place.span);
    }

    /// A linear value goes into a place that must be empty.
    fn put(&mut self, place: &'p Place, path: Vec<u32>) {
        let root = place.base;
        let Some(role) = self.role(root) else {
            let sets = self.function.kind == FnKind::Init && path.is_empty();
            if !sets || self.state.holes(root).is_some() {
                self.d.push(self.overwritten(place, root));
            }
            return self.state.fill(root);
        };
        if !matches!(role, Role::Owner { .. } | Role::Lent | Role::Plain) {
            return;
        }
        self.filled.insert(root, place.span);
        let holes = self.state.holes(root);
        match holes {
            None if path.is_empty() => {
                self.state.fill(root);
                if let Root::Local(local) = root {
                    self.owned_again(local);
                }
            }
            Some(holes) if path.is_empty() && !self.owes(root, holes) => self.state.fill(root),
            Some(holes) if holes.contains(&path) => self.state.mend(root, &path),
            Some(holes) if !holes.iter().any(|hole| path.starts_with(hole)) => {
                if self.said.insert(root) {
                    self.d.push(self.overwritten(place, root));
                }
            }
            _ => {
                if self.said.insert(root) {
                    self.d.push(self.used_after_move(root, place.span));
                }
            }
        }
    }

    /// A variable that was given away holds a value again.
    fn owned_again(&mut self, local: LocalId) {
        if matches!(self.roles[local.index()], Role::Plain) {
            self.roles[local.index()] = Role::Owner { made: self.function.locals[local].name.span };
            self.in_scope(local);
        }
    }

    /// The fields of an asset change in its own module alone.
    pub(super) fn must_be_ours(&mut self, place: &Place) {
        if let Some(def) = self.foreign_asset(place) {
            self.d.push(errors::changed_elsewhere(def, place.span));
        }
    }

    /// An asset of another module that a place goes into.
    fn foreign_asset(&self, place: &Place) -> Option<&'p StructDef> {
        place.path.iter().find_map(|step| match step {
            PlaceStep::Field(id, _) => {
                let def = &self.package.structs[*id];
                let foreign = def.module != self.function.module;
                (def.kind == StructKind::Asset && foreign).then_some(def)
            }
            _ => None,
        })
    }

    /// Something is written: views of it die, and nobody may be iterating it.
    pub(super) fn write(&mut self, area: &Area, span: Span) {
        if !self.state.reachable {
            return;
        }
        if let Some(guard) = self.guards.iter().rev().find(|guard| guard.area.overlaps(area)) {
            let diagnostic = errors::changed_while_iterated(span, guard.span);
            self.d.push(diagnostic);
        }
        for index in 0..self.views.len() {
            let view = self.views[index];
            if let Role::View { of: Some(of), .. } = &self.roles[view.index()]
                && of.overlaps(area)
            {
                self.state.kill(view, span);
            }
        }
    }
}

/// The way into a place through fields and parts, up to the first entry or element.
fn fixed_part(place: &Place) -> Vec<u32> {
    let steps = place.path.iter().map_while(|step| match step {
        PlaceStep::Field(_, field) => Some(field.index() as u32),
        PlaceStep::Part(part) => Some(*part),
        PlaceStep::Key(_) | PlaceStep::Index(_) => None,
    });
    steps.collect()
}
