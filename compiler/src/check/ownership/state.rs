//! What is held at a point of a function.
//!
//! Holds always: a root that is not listed holds nothing; a hole is a part that was moved out, and no
//! hole lies in another. A state is shared until it changes, so that branches that touch nothing
//! cost nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use deed_base::Span;

use super::area::Root;
use crate::arena::LocalId;

/// The parts that were moved out of a value, each as a way through fields and parts.
pub(super) type Holes = BTreeSet<Vec<u32>>;

#[derive(Clone, Debug)]
pub(super) struct State {
    /// Whether control can come here.
    pub(super) reachable: bool,
    held: Rc<BTreeMap<Root, Holes>>,
    /// The views whose place was written, and where.
    dead: Rc<BTreeMap<LocalId, Span>>,
}

impl State {
    pub(super) fn new() -> Self {
        State { reachable: true, held: Rc::default(), dead: Rc::default() }
    }

    /// The holes of a value; `None` if there is no value.
    pub(super) fn holes(&self, root: Root) -> Option<&Holes> {
        self.held.get(&root)
    }

    /// Everything that holds something.
    pub(super) fn held(&self) -> impl Iterator<Item = (Root, &Holes)> {
        self.held.iter().map(|(root, holes)| (*root, holes))
    }

    /// The root holds a whole value.
    pub(super) fn fill(&mut self, root: Root) {
        Rc::make_mut(&mut self.held).insert(root, Holes::new());
    }

    /// The root holds nothing.
    pub(super) fn empty(&mut self, root: Root) {
        if self.held.contains_key(&root) {
            Rc::make_mut(&mut self.held).remove(&root);
        }
    }

    /// A part is moved out.
    pub(super) fn dig(&mut self, root: Root, path: Vec<u32>) {
        if let Some(holes) = Rc::make_mut(&mut self.held).get_mut(&root) {
            holes.retain(|hole| !hole.starts_with(&path));
            holes.insert(path);
        }
    }

    /// A part is put back.
    pub(super) fn mend(&mut self, root: Root, path: &[u32]) {
        if let Some(holes) = Rc::make_mut(&mut self.held).get_mut(&root) {
            holes.remove(path);
        }
    }

    /// Where the place of a view was written, if it was.
    pub(super) fn death(&self, view: LocalId) -> Option<Span> {
        self.dead.get(&view).copied()
    }

    pub(super) fn kill(&mut self, view: LocalId, span: Span) {
        if !self.dead.contains_key(&view) {
            Rc::make_mut(&mut self.dead).insert(view, span);
        }
    }

    /// The view ends, and another of its name may begin.
    pub(super) fn revive(&mut self, view: LocalId) {
        if self.dead.contains_key(&view) {
            Rc::make_mut(&mut self.dead).remove(&view);
        }
    }

    /// The views that died on the way from `earlier`.
    pub(super) fn died_since(&self, earlier: &State) -> Vec<(LocalId, Span)> {
        if Rc::ptr_eq(&self.dead, &earlier.dead) {
            return Vec::new();
        }
        let new = self.dead.iter().filter(|(view, _)| !earlier.dead.contains_key(view));
        new.map(|(view, span)| (*view, *span)).collect()
    }

    /// The roots that hold something else in another state.
    pub(super) fn differences(&self, other: &State) -> Vec<Root> {
        if Rc::ptr_eq(&self.held, &other.held) {
            return Vec::new();
        }
        let roots: BTreeSet<Root> = self.held.keys().chain(other.held.keys()).copied().collect();
        roots.into_iter().filter(|root| self.holes(*root) != other.holes(*root)).collect()
    }

    /// A view is dead if it is so on any path.
    pub(super) fn absorb_deaths(&mut self, other: &State) {
        other.died_since(self).into_iter().for_each(|(view, span)| self.kill(view, span));
    }
}
