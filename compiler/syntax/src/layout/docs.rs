//! Doc comments beside the tokens.
//!
//! In: docs with the place of the token they stand before. Out: the doc of what begins at a place.
//! Holds always: a doc is given out once, and what nobody asked for can be reported.

use std::cell::Cell;

use crate::ast::Doc;

#[derive(Default)]
pub(crate) struct Docs {
    pub(crate) module: Option<Doc>,
    /// In source order.
    entries: Vec<Entry>,
}

struct Entry {
    before: u32,
    doc: Doc,
    taken: Cell<bool>,
}

impl Docs {
    pub(super) fn extend(&mut self, before: u32, doc: Option<Doc>) {
        self.entries.extend(doc.map(|doc| Entry { before, doc, taken: Cell::new(false) }));
    }

    /// The doc of what begins at `start`.
    pub(crate) fn take(&self, start: u32) -> Option<Doc> {
        let at = self.entries.binary_search_by_key(&start, |e| e.before).ok()?;
        let entry = &self.entries[at];
        entry.taken.set(true);
        Some(entry.doc.clone())
    }

    /// Docs that describe nothing.
    pub(crate) fn unclaimed(&self) -> impl Iterator<Item = &Doc> {
        self.entries.iter().filter(|e| !e.taken.get()).map(|e| &e.doc)
    }
}
