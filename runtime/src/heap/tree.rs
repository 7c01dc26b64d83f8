//! Changes of maps and sets: a B+-tree whose nodes are heap values.
//!
//! In: a map, which is taken, and entries by their position. Out: the map that is there
//! afterwards. A change goes down to a leaf and makes every node on its path this map's own, by
//! a copy where someone else holds it too, and comes back up along the path. What a parent says
//! about a child is right again before anything can fail, so that a call that ends in between
//! has lost nothing that others hold.
//!
//! The shape hangs on the operations alone: a full node that gets a row behind its last one leaves
//! it to a new node, else its upper half; after a removal a node joins a neighbour if both have
//! few rows. So entries that come in order fill their nodes.

use deed_bytecode::{TrapKind, Ty};

use super::node::{Entries, ROWS};
use super::{Arena, REFERENCE, Ref, payload};
use crate::interp::Stop;

/// Rows that two neighbours may have in all to be joined: fewer than a node holds, so that the
/// next insertions do not part them again.
const JOINED_ROWS: usize = 12;

/// More levels than fit into 32-bit offsets.
const LEVELS: usize = 24;

/// The nodes from the root to a leaf, all of them the map's own, each with the row that leads on.
struct Path {
    steps: [(Ref, usize); LEVELS],
    /// The level of the leaf; the root's is 0.
    leaf: usize,
}

impl Path {
    fn leaf(&self) -> (Ref, usize) {
        self.steps[self.leaf]
    }
}

/// Which child an entry at the place between two belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Between {
    /// An entry that comes: it is behind those of the first.
    Before,
    /// An entry that is there: it is the first of the second.
    After,
}

impl Arena<'_> {
    /// A new node with room for that many rows, and none in it.
    pub(super) fn node_of_rows(&mut self, ty: u16, height: u8, rows: usize) -> Result<Ref, Stop> {
        let bytes = self.layouts.of(ty).row_bytes(height > 0) * rows;
        let node = self.allocate(ty, 0, bytes as u64)?;
        self.heap.set_rows(node, height, 0);
        Ok(node)
    }

    /// Puts a value under a key, both of which are taken.
    pub(crate) fn map_put(&mut self, map: Ref, key: &[u64], value: &[u64]) -> Result<Ref, Stop> {
        let (found, position) = self.map_find(map, key)?;
        if !found {
            return self.insert_entry(map, position as u32, key, value);
        }
        let map = self.map_set(map, position, value)?;
        if self.entries(map).key.heap().is_some() {
            self.drop(key[0] as Ref);
        }
        Ok(map)
    }

    /// Puts a value, which is taken, in the place of an entry's, which is dropped.
    pub(crate) fn map_set(&mut self, map: Ref, position: u64, value: &[u64]) -> Result<Ref, Stop> {
        let mut slots = [0; Ty::MAX_SLOTS];
        let count = value.len().min(Ty::MAX_SLOTS);
        slots[..count].copy_from_slice(&value[..count]);
        let map = self.map_swap(map, position, &mut slots)?;
        if self.entries(map).value.is_some_and(|ty| ty.heap().is_some()) {
            self.drop(slots[0] as Ref);
        }
        Ok(map)
    }

    /// Exchanges an entry's value with the one in `slots`.
    pub(crate) fn map_swap(
        &mut self,
        map: Ref,
        position: u64,
        slots: &mut [u64],
    ) -> Result<Ref, Stop> {
        self.check_position(map, position)?;
        let entries = self.entries(map);
        let path = self.own_path(map, position as u32, Between::After)?;
        let (leaf, row) = path.leaf();
        let node = self.heap.node(entries, leaf);
        if let Some(ty) = node.value {
            self.exchange(ty, node.value_at(row), slots);
        }
        Ok(path.steps[0].0)
    }

    /// Takes an entry out; its value comes to `slots`.
    pub(crate) fn map_take(
        &mut self,
        map: Ref,
        position: u64,
        slots: &mut [u64],
    ) -> Result<Ref, Stop> {
        self.check_position(map, position)?;
        let entries = self.entries(map);
        let mut path = self.own_path(map, position as u32, Between::After)?;
        let (leaf, row) = path.leaf();
        let node = self.heap.node(entries, leaf);
        if let Some(ty) = node.value {
            self.heap.load(ty, node.value_at(row), slots);
        }
        if node.key.heap().is_some() {
            let key = self.heap.reference(node.key_at(row));
            self.drop(key);
        }
        self.heap.close_row(&node, row);
        self.heap.recount(entries, leaf);
        for level in (0..path.leaf).rev() {
            self.settle(entries, &mut path, level)?;
        }
        Ok(self.shallow(entries, path.steps[0].0))
    }

    fn check_position(&self, map: Ref, position: u64) -> Result<(), Stop> {
        let inside = position < u64::from(self.heap.length(map));
        if inside { Ok(()) } else { Err(TrapKind::OutOfBounds.into()) }
    }

    /// Goes down to an entry or, with [`Between::Before`], to where one is to come.
    fn own_path(&mut self, map: Ref, position: u32, between: Between) -> Result<Path, Stop> {
        let entries = self.entries(map);
        let mut path = Path { steps: [(0, 0); LEVELS], leaf: 0 };
        let (mut at, mut left) = (map, position);
        loop {
            self.charge(self.schedule.map_node)?;
            at = self.prepare(at, 0)?;
            path.steps[path.leaf].0 = at;
            self.link(entries, &path, path.leaf);
            let node = self.heap.node(entries, at);
            if node.is_leaf() {
                path.steps[path.leaf].1 = left as usize;
                return Ok(path);
            }
            let mut row = 0;
            while row + 1 < node.rows {
                let below = self.heap.below(&node, row);
                if left < below || left == below && between == Between::Before {
                    break;
                }
                left -= below;
                row += 1;
            }
            path.steps[path.leaf].1 = row;
            at = self.heap.child(&node, row);
            path.leaf += 1;
            if path.leaf == LEVELS {
                return Err(TrapKind::Memory.into());
            }
        }
    }

    /// Tells the parent of a path's node where the node lies now.
    fn link(&mut self, entries: &Entries, path: &Path, level: usize) {
        if let Some(above) = level.checked_sub(1) {
            let (parent, row) = path.steps[above];
            let place = self.heap.node(entries, parent).value_at(row);
            self.heap.set_reference(place, path.steps[level].0);
        }
    }

    /// Puts an entry, whose key is not there, at its position.
    pub(super) fn insert_entry(
        &mut self,
        map: Ref,
        position: u32,
        key: &[u64],
        value: &[u64],
    ) -> Result<Ref, Stop> {
        let entries = self.entries(map);
        let mut path = self.own_path(map, position, Between::Before)?;
        let (_, row) = path.leaf();
        let mut split = self.insert_row(entries, &mut path, row, key, value)?;
        self.heap.recount(entries, path.leaf().0);
        while let Some(above) = path.leaf.checked_sub(1) {
            path.leaf = above;
            let (parent, row) = path.leaf();
            if position == 0 {
                self.heap.refresh_key(self.layouts, entries, parent, row);
            }
            if let Some(sibling) = split {
                let mut key = [0; Ty::MAX_SLOTS];
                self.heap.own_key(&self.heap.node(entries, sibling), 0, &mut key);
                let child = [u64::from(sibling)];
                split = self.insert_row(entries, &mut path, row + 1, &key, &child)?;
            }
            self.heap.recount(entries, path.leaf().0);
        }
        let root = path.steps[0].0;
        match split {
            Some(sibling) => self.root_of(entries, root, sibling),
            None => Ok(root),
        }
    }

    /// Puts a row into the last node of the path; gives the node that this one parted with.
    fn insert_row(
        &mut self,
        entries: &Entries,
        path: &mut Path,
        row: usize,
        key: &[u64],
        value: &[u64],
    ) -> Result<Option<Ref>, Stop> {
        let at = path.leaf().0;
        let node = self.heap.node(entries, at);
        if node.rows < ROWS {
            let at = self.prepare(at, node.bytes(node.rows + 1))?;
            path.steps[path.leaf].0 = at;
            self.link(entries, path, path.leaf);
            self.heap.open_row(&self.heap.node(entries, at), row, key, value);
            return Ok(None);
        }
        let keep = if row == ROWS { ROWS } else { ROWS / 2 };
        let right = self.node_of_rows(entries.ty, node.height, ROWS - keep + 1)?;
        self.heap.split_rows(&node, keep, right);
        let (into, row) = if row > keep || keep == ROWS { (right, row - keep) } else { (at, row) };
        self.heap.open_row(&self.heap.node(entries, into), row, key, value);
        self.heap.recount(entries, right);
        Ok(Some(right))
    }

    /// A node above two.
    fn root_of(&mut self, entries: &Entries, left: Ref, right: Ref) -> Result<Ref, Stop> {
        let height = self.heap.node(entries, left).height + 1;
        let root = self.node_of_rows(entries.ty, height, 2)?;
        for (row, child) in [left, right].into_iter().enumerate() {
            let mut key = [0; Ty::MAX_SLOTS];
            self.heap.own_key(&self.heap.node(entries, child), 0, &mut key);
            let node = self.heap.node(entries, root);
            self.heap.open_row(&node, row, &key, &[u64::from(child)]);
        }
        self.heap.recount(entries, root);
        Ok(root)
    }

    /// Brings a node of the path in order after the row below it lost one of its own.
    fn settle(&mut self, entries: &Entries, path: &mut Path, level: usize) -> Result<(), Stop> {
        let (parent, row) = path.steps[level];
        let node = self.heap.node(entries, parent);
        let child = self.heap.node(entries, self.heap.child(&node, row));
        if child.rows == 0 {
            self.heap.free_block(child.at);
            self.forget_row(entries, parent, row);
        } else {
            self.heap.refresh_key(self.layouts, entries, parent, row);
            let rows_of = |row| self.heap.node(entries, self.heap.child(&node, row)).rows;
            let few = |other: usize| child.rows + rows_of(other) <= JOINED_ROWS;
            if row + 1 < node.rows && few(row + 1) {
                self.join(entries, parent, row)?;
            } else if row > 0 && few(row - 1) {
                self.join(entries, parent, row - 1)?;
            }
        }
        self.heap.recount(entries, parent);
        Ok(())
    }

    /// Forgets a row of a node above the leaves, but for what was below it.
    fn forget_row(&mut self, entries: &Entries, at: Ref, row: usize) {
        let node = self.heap.node(entries, at);
        if node.key.heap().is_some() {
            let key = self.heap.reference(node.key_at(row));
            self.drop(key);
        }
        self.heap.close_row(&node, row);
    }

    /// Joins the nodes below a row and below the next one.
    fn join(&mut self, entries: &Entries, parent: Ref, row: usize) -> Result<(), Stop> {
        let node = self.heap.node(entries, parent);
        let [left, right] = [row, row + 1].map(|row| self.heap.child(&node, row));
        let right = self.heap.node(entries, right);
        let rows = self.heap.node(entries, left).rows + right.rows;
        let left = self.prepare(left, right.bytes(rows))?;
        self.heap.set_reference(node.value_at(row), left);
        let left = self.heap.node(entries, left);
        self.heap.append_rows(&left, &right);
        if self.heap.is_unique(right.at) {
            self.heap.free_block(right.at);
        } else {
            for (first, count) in right.references() {
                for at in 0..count {
                    let part = payload(right.at) + first + at * REFERENCE;
                    let part = self.heap.reference(part);
                    self.heap.dup(part);
                }
            }
            self.drop(right.at);
        }
        self.heap.recount(entries, left.at);
        self.forget_row(entries, parent, row + 1);
        Ok(())
    }

    /// A root that is a leaf, or has more than one row.
    fn shallow(&mut self, entries: &Entries, mut root: Ref) -> Ref {
        loop {
            let node = self.heap.node(entries, root);
            if node.is_leaf() || node.rows > 1 {
                return root;
            }
            let child = self.heap.child(&node, 0);
            if self.heap.is_unique(root) {
                self.forget_row(entries, root, 0);
                self.heap.free_block(root);
            } else {
                self.heap.dup(child);
                self.drop(root);
            }
            root = child;
        }
    }

    /// A map with nodes for `count` entries that are still to be written, as if they had come in
    /// order; [`Arena::finish_map`] completes it.
    pub(super) fn map_skeleton(&mut self, ty: u16, count: u32) -> Result<Ref, Stop> {
        let full = (0..count as usize / ROWS).map(|_| ROWS);
        let rest = Some(count as usize % ROWS).filter(|rest| *rest > 0 || count == 0);
        let mut nodes = Vec::new();
        for rows in full.chain(rest) {
            let leaf = self.node_of_rows(ty, 0, rows)?;
            self.heap.set_rows(leaf, 0, rows);
            self.clear_references(leaf);
            nodes.push(leaf);
        }
        let entries = self.entries(nodes[0]);
        nodes.iter().for_each(|leaf| self.heap.recount(entries, *leaf));
        let mut height = 0;
        while nodes.len() > 1 {
            height += 1;
            let mut above = Vec::with_capacity(nodes.len().div_ceil(ROWS));
            for children in nodes.chunks(ROWS) {
                let at = self.node_of_rows(ty, height, children.len())?;
                self.heap.set_rows(at, height, children.len());
                self.clear_references(at);
                let node = self.heap.node(entries, at);
                for (row, child) in children.iter().enumerate() {
                    self.heap.set_reference(node.value_at(row), *child);
                }
                self.heap.recount(entries, at);
                above.push(at);
            }
            nodes = above;
        }
        Ok(nodes[0])
    }

    /// Gives the nodes above the leaves their keys, when the leaves have theirs.
    pub(super) fn finish_map(&mut self, map: Ref) {
        let entries = self.entries(map);
        let mut open = vec![map];
        while let Some(at) = open.pop() {
            let node = self.heap.node(entries, at);
            if node.is_leaf() {
                continue;
            }
            for row in 0..node.rows {
                let mut least = self.heap.node(entries, self.heap.child(&node, row));
                open.push(least.at);
                while !least.is_leaf() {
                    least = self.heap.node(entries, self.heap.child(&least, 0));
                }
                let mut key = [0; Ty::MAX_SLOTS];
                self.heap.own_key(&least, 0, &mut key);
                self.heap.store(node.key, node.key_at(row), &key);
            }
        }
    }
}
