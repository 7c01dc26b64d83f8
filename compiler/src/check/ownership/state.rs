//! What is held at a point of a function.
//!
//! Holds always: a root that is not listed holds nothing; a hole is a part that was moved out, and no
//! hole lies in another.

use std::collections::BTreeSet;

use deed_base::Span;

use super::area::Root;
use super::persistent::Persistent;
use crate::arena::{FieldId, Id, LocalId};

/// The parts that were moved out of a value, each as a way through fields and parts.
pub(super) type Holes = BTreeSet<Vec<u32>>;

#[derive(Clone, Debug)]
pub(super) struct State {
    /// Whether control can come here.
    pub(super) reachable: bool,
    held: Persistent<Holes>,
    /// The views whose place was written, and where.
    dead: Persistent<Span>,
}

impl State {
    pub(super) fn new() -> Self {
        State { reachable: true, held: Persistent::default(), dead: Persistent::default() }
    }

    /// The holes of a value; `None` if there is no value.
    pub(super) fn holes(&self, root: Root) -> Option<&Holes> {
        self.held.get(key(root))
    }

    /// Everything that holds something.
    pub(super) fn held(&self) -> Vec<Root> {
        self.held.entries().into_iter().map(|(key, _)| root(key)).collect()
    }

    /// The root holds a whole value.
    pub(super) fn fill(&mut self, root: Root) {
        self.held.insert(key(root), Holes::new());
    }

    /// The root holds nothing.
    pub(super) fn empty(&mut self, root: Root) {
        self.held.remove(key(root));
    }

    /// A part is moved out.
    pub(super) fn dig(&mut self, root: Root, path: Vec<u32>) {
        if let Some(mut holes) = self.holes(root).cloned() {
            holes.retain(|hole| !hole.starts_with(&path));
            holes.insert(path);
            self.held.insert(key(root), holes);
        }
    }

    /// A part is put back.
    pub(super) fn mend(&mut self, root: Root, path: &[u32]) {
        if let Some(mut holes) = self.holes(root).cloned() {
            holes.remove(path);
            self.held.insert(key(root), holes);
        }
    }

    /// Where the place of a view was written, if it was.
    pub(super) fn death(&self, view: LocalId) -> Option<Span> {
        self.dead.get(view.index() as u32).copied()
    }

    pub(super) fn kill(&mut self, view: LocalId, span: Span) {
        if self.death(view).is_none() {
            self.dead.insert(view.index() as u32, span);
        }
    }

    /// The view ends, and another of its name may begin.
    pub(super) fn revive(&mut self, view: LocalId) {
        self.dead.remove(view.index() as u32);
    }

    /// The views that died on the way from `earlier`.
    pub(super) fn died_since(&self, earlier: &State) -> Vec<(LocalId, Span)> {
        let changed = self.dead.differences(&earlier.dead).into_iter();
        let new = changed.filter(|view| earlier.dead.get(*view).is_none());
        new.filter_map(|view| Some((LocalId::from_index(view as usize), *self.dead.get(view)?)))
            .collect()
    }

    /// The roots that hold something else in another state.
    pub(super) fn differences(&self, other: &State) -> Vec<Root> {
        let changed = self.held.differences(&other.held).into_iter();
        changed.filter(|key| self.held.get(*key) != other.held.get(*key)).map(root).collect()
    }

    /// A view is dead if it is so on any path.
    pub(super) fn absorb_deaths(&mut self, other: &State) {
        other.died_since(self).into_iter().for_each(|(view, span)| self.kill(view, span));
    }
}

/// Variables and fields of the state take turns.
fn key(root: Root) -> u32 {
    match root {
        Root::Local(local) => local.index() as u32 * 2,
        Root::State(field) => field.index() as u32 * 2 + 1,
    }
}

fn root(key: u32) -> Root {
    let index = (key / 2) as usize;
    match key % 2 {
        0 => Root::Local(LocalId::from_index(index)),
        _ => Root::State(FieldId::from_index(index)),
    }
}
