//! The nodes of maps: tables of keys and, behind these, values; above the leaves the values are
//! nodes, and each key is the least one below.
//!
//! In: places in memory that lie in a node. Out: rows moved about. A node is a heap value of its
//! map's type whose length is the number of entries in it and below it; its height and the number
//! of its rows stand beside the type, in the same word of the header.
//!
//! Nothing here allocates or counts owners, except where a row gets a key of its own.

use deed_bytecode::{Ty, Type};

use super::{Heap, Layouts, REFERENCE, Ref, Word, payload};

/// The most rows of a node.
pub(crate) const ROWS: usize = 16;

/// What the rows of a map's leaves are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entries {
    pub(crate) key: Type,
    /// Nothing for a set.
    pub(crate) value: Option<Type>,
    /// The map's own type, as which nodes stand in nodes.
    pub(crate) ty: u16,
}

impl Entries {
    /// Values of the machine in an entry.
    pub(crate) fn parts(&self) -> usize {
        1 + usize::from(self.value.is_some())
    }

    /// Bytes of an entry in its leaf.
    pub(crate) fn bytes(&self) -> usize {
        width(self.key) + self.value.map_or(0, width)
    }

    /// Bytes of a row above the leaves.
    pub(super) fn row_bytes_above(&self) -> usize {
        width(self.key) + REFERENCE
    }
}

fn width(ty: Type) -> usize {
    ty.scalar().map_or(REFERENCE, Ty::bytes)
}

/// A node, as it was when it was looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) at: Ref,
    /// 0 for a leaf.
    pub(crate) height: u8,
    pub(crate) rows: usize,
    pub(crate) key: Type,
    pub(crate) value: Option<Type>,
    widths: [usize; 2],
}

impl Node {
    pub(crate) fn is_leaf(&self) -> bool {
        self.height == 0
    }

    /// Bytes of that many rows.
    pub(crate) fn bytes(&self, rows: usize) -> u64 {
        (rows * (self.widths[0] + self.widths[1])) as u64
    }

    /// Where a key lies in memory.
    pub(crate) fn key_at(&self, row: usize) -> usize {
        payload(self.at) + row * self.widths[0]
    }

    /// Where a value lies in memory.
    pub(crate) fn value_at(&self, row: usize) -> usize {
        payload(self.at) + self.rows * self.widths[0] + row * self.widths[1]
    }

    /// Where in the payload references lie one after the other: from where on, and how many.
    pub(super) fn references(&self) -> [(usize, usize); 2] {
        let count = |ty: Type| if ty.heap().is_some() { self.rows } else { 0 };
        let values = self.rows * self.widths[0];
        [(0, count(self.key)), (values, self.value.map_or(0, count))]
    }
}

impl Heap {
    pub(crate) fn node(&self, entries: &Entries, at: Ref) -> Node {
        let word = self.word(at, Word::Type);
        let (height, rows) = ((word >> 16) as u8, (word >> 24) as usize);
        let value = if height == 0 { entries.value } else { Some(Type::Heap(entries.ty)) };
        let widths = [width(entries.key), value.map_or(0, width)];
        Node { at, height, rows, key: entries.key, value, widths }
    }

    /// Says how many rows a node has, and how high it stands.
    pub(super) fn set_rows(&mut self, at: Ref, height: u8, rows: usize) {
        let ty = u32::from(self.ty(at));
        self.set_word(at, Word::Type, ty | u32::from(height) << 16 | (rows as u32) << 24);
    }

    /// The node in a row of one above the leaves.
    pub(super) fn child(&self, node: &Node, row: usize) -> Ref {
        self.reference(node.value_at(row))
    }

    /// How many entries are below a row.
    pub(super) fn below(&self, node: &Node, row: usize) -> u32 {
        self.length(self.child(node, row))
    }

    /// Counts the entries of a node anew.
    pub(super) fn recount(&mut self, entries: &Entries, at: Ref) {
        let node = self.node(entries, at);
        let count = match node.is_leaf() {
            true => node.rows as u32,
            false => (0..node.rows).map(|row| self.below(&node, row)).sum(),
        };
        self.set_word(at, Word::Length, count);
    }

    /// The leaf and the row of an entry that is there.
    pub(crate) fn locate(&self, entries: &Entries, map: Ref, position: u32) -> (Node, usize) {
        let (mut node, mut left) = (self.node(entries, map), position);
        while !node.is_leaf() {
            let mut row = 0;
            while row + 1 < node.rows && left >= self.below(&node, row) {
                left -= self.below(&node, row);
                row += 1;
            }
            node = self.node(entries, self.child(&node, row));
        }
        (node, left as usize)
    }

    /// Puts a row before another; there is room.
    pub(super) fn open_row(&mut self, node: &Node, row: usize, key: &[u64], value: &[u64]) {
        let more = Node { rows: node.rows + 1, ..*node };
        let (here, end) = (node.value_at(row), node.value_at(node.rows));
        self.blocks.memory.copy_within(here..end, more.value_at(row + 1));
        self.blocks.memory.copy_within(node.value_at(0)..here, more.value_at(0));
        self.blocks
            .memory
            .copy_within(node.key_at(row)..node.key_at(node.rows), more.key_at(row + 1));
        self.store(node.key, more.key_at(row), key);
        if let Some(ty) = node.value {
            self.store(ty, more.value_at(row), value);
        }
        self.set_rows(node.at, node.height, more.rows);
    }

    /// Forgets a row, whose values have been taken care of.
    pub(super) fn close_row(&mut self, node: &Node, row: usize) {
        let fewer = Node { rows: node.rows - 1, ..*node };
        let (here, next) = (node.value_at(row), node.value_at(row + 1));
        let end = node.value_at(node.rows);
        self.blocks
            .memory
            .copy_within(node.key_at(row + 1)..node.key_at(node.rows), node.key_at(row));
        self.blocks.memory.copy_within(node.value_at(0)..here, fewer.value_at(0));
        self.blocks.memory.copy_within(next..end, fewer.value_at(row));
        self.set_rows(node.at, node.height, fewer.rows);
    }

    /// Moves the rows from `keep` on into a node without rows that has room.
    pub(super) fn split_rows(&mut self, node: &Node, keep: usize, into: Ref) {
        let left = Node { rows: keep, ..*node };
        let right = Node { at: into, rows: node.rows - keep, ..*node };
        self.blocks.memory.copy_within(node.key_at(keep)..node.key_at(node.rows), right.key_at(0));
        self.blocks
            .memory
            .copy_within(node.value_at(keep)..node.value_at(node.rows), right.value_at(0));
        self.blocks.memory.copy_within(node.value_at(0)..node.value_at(keep), left.value_at(0));
        self.set_rows(node.at, node.height, keep);
        self.set_rows(into, node.height, right.rows);
    }

    /// Copies the rows of a node behind those of another that has room.
    pub(super) fn append_rows(&mut self, left: &Node, right: &Node) {
        let both = Node { rows: left.rows + right.rows, ..*left };
        let values = [left, right].map(|node| node.value_at(0)..node.value_at(node.rows));
        let [own, more] = values;
        self.blocks.memory.copy_within(own, both.value_at(0));
        let keys = right.key_at(0)..right.key_at(right.rows);
        self.blocks.memory.copy_within(keys, both.key_at(left.rows));
        self.blocks.memory.copy_within(more, both.value_at(left.rows));
        self.set_rows(left.at, left.height, both.rows);
    }

    /// A key with an owner of its own, into slots.
    pub(super) fn own_key(&mut self, node: &Node, row: usize, slots: &mut [u64]) {
        self.load(node.key, node.key_at(row), slots);
        if node.key.heap().is_some() {
            self.dup(slots[0] as Ref);
        }
    }

    /// Makes a row's key the least one below it.
    pub(super) fn refresh_key(
        &mut self,
        layouts: &Layouts,
        entries: &Entries,
        at: Ref,
        row: usize,
    ) {
        let node = self.node(entries, at);
        let child = self.node(entries, self.child(&node, row));
        let mut key = [0; Ty::MAX_SLOTS];
        self.own_key(&child, 0, &mut key);
        if node.key.heap().is_some() {
            let old = self.reference(node.key_at(row));
            self.drop(layouts, old);
        }
        self.store(node.key, node.key_at(row), &key);
    }
}

/// The last leaf that was looked at, for walks in the order of keys.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cursor {
    leaf: Ref,
    first: u32,
}

impl Cursor {
    /// The leaf and the row of an entry that is there.
    pub(crate) fn seek(
        &mut self,
        heap: &Heap,
        entries: &Entries,
        map: Ref,
        position: u32,
    ) -> (Node, usize) {
        if self.leaf != 0 && position >= self.first {
            let node = heap.node(entries, self.leaf);
            let row = (position - self.first) as usize;
            if row < node.rows {
                return (node, row);
            }
        }
        let (node, row) = heap.locate(entries, map, position);
        *self = Cursor { leaf: node.at, first: position - row as u32 };
        (node, row)
    }

    /// Where part `at` of the entries lies in memory: keys and values in turn.
    pub(crate) fn part(
        &mut self,
        heap: &Heap,
        entries: &Entries,
        map: Ref,
        at: usize,
    ) -> (Type, usize) {
        let parts = entries.parts();
        let (node, row) = self.seek(heap, entries, map, (at / parts) as u32);
        match entries.value.filter(|_| at % parts == 1) {
            Some(value) => (value, node.value_at(row)),
            None => (entries.key, node.key_at(row)),
        }
    }
}
