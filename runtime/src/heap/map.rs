//! Maps and sets: what is there. Changes are in `tree`.
//!
//! In: maps, keys in slots, positions in the order of keys. Out: positions, keys and values. A
//! search pays for each node that it comes to and for each comparison.

use std::cmp::Ordering;

use deed_bytecode::{TrapKind, Ty, Type};

use super::node::{Entries, Node};
use super::{Arena, Heap, Layout, Ref};
use crate::interp::Stop;

impl<'a> Arena<'a> {
    /// What a map's rows are.
    pub(super) fn entries(&self, map: Ref) -> &'a Entries {
        const NONE: Entries = Entries { key: Type::Scalar(Ty::Bool), value: None, ty: 0 };
        let layouts = self.layouts;
        match layouts.of(self.heap.ty(map)) {
            Layout::Map(entries) => entries,
            // No operator on entries is valid for other types.
            _ => &NONE,
        }
    }

    /// A map without entries.
    pub(crate) fn map_new(&mut self, ty: u16) -> Result<Ref, Stop> {
        self.node_of_rows(ty, 0, 0)
    }

    /// Whether a key is there, and how many lesser ones are.
    pub(crate) fn map_find(&mut self, map: Ref, key: &[u64]) -> Result<(bool, u64), Stop> {
        let entries = self.entries(map);
        let mut before = 0;
        let mut node = self.heap.node(entries, map);
        loop {
            self.charge(self.schedule.map_node)?;
            let (row, found) = self.search(&node, key)?;
            if node.is_leaf() {
                return Ok((found, before + row as u64));
            }
            let row = if found { row } else { row.saturating_sub(1) };
            before += (0..row).map(|row| u64::from(self.heap.below(&node, row))).sum::<u64>();
            node = self.heap.node(entries, self.heap.child(&node, row));
        }
    }

    /// The first row whose key is not less, and whether its key is this one.
    fn search(&mut self, node: &Node, key: &[u64]) -> Result<(usize, bool), Stop> {
        if let Type::Scalar(ty) = node.key
            && ty.slots() == 1
        {
            let (row, found, compared) = self.heap.search(node, ty, key[0]);
            self.charge(self.schedule.map_key.saturating_mul(compared))?;
            return Ok((row, found));
        }
        let (mut low, mut high) = (0, node.rows);
        while low < high {
            let middle = (low + high) / 2;
            match self.compare_key(node, middle, key)? {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return Ok((middle, true)),
                Ordering::Greater => high = middle,
            }
        }
        Ok((low, false))
    }

    /// The order of a row's key and the one in slots.
    fn compare_key(&mut self, node: &Node, row: usize, key: &[u64]) -> Result<Ordering, Stop> {
        let mut here = [0; Ty::MAX_SLOTS];
        self.heap.load(node.key, node.key_at(row), &mut here);
        match node.key {
            Type::Heap(_) => self.compare(here[0] as Ref, key[0] as Ref),
            Type::Scalar(ty) => {
                self.charge(self.schedule.map_key)?;
                let slots = usize::from(ty.slots());
                Ok(scalars(ty, &here[..slots], &key[..slots]))
            }
        }
    }

    /// The leaf and the row of an entry, which must be there.
    fn entry(&mut self, map: Ref, position: u64) -> Result<(Node, usize), Stop> {
        if position >= u64::from(self.heap.length(map)) {
            return Err(TrapKind::OutOfBounds.into());
        }
        let entries = self.entries(map);
        let nodes = 1 + u64::from(self.heap.node(entries, map).height);
        self.charge(self.schedule.map_node.saturating_mul(nodes))?;
        Ok(self.heap.locate(entries, map, position as u32))
    }

    pub(crate) fn map_key(
        &mut self,
        map: Ref,
        position: u64,
        slots: &mut [u64],
    ) -> Result<(), Stop> {
        let (node, row) = self.entry(map, position)?;
        self.heap.own_key(&node, row, slots);
        Ok(())
    }

    pub(crate) fn map_get(
        &mut self,
        map: Ref,
        position: u64,
        slots: &mut [u64],
    ) -> Result<(), Stop> {
        let (node, row) = self.entry(map, position)?;
        if let Some(ty) = node.value {
            self.heap.load(ty, node.value_at(row), slots);
            if ty.heap().is_some() {
                self.heap.dup(slots[0] as Ref);
            }
        }
        Ok(())
    }
}

impl Heap {
    /// The first row whose key is not less than one of a slot, whether its key is this one, and how many
    /// were looked at.
    fn search(&self, node: &Node, ty: Ty, key: u64) -> (usize, bool, u64) {
        // Turns the order of signed numbers into that of unsigned ones.
        let turned = |slot: u64| if ty.is_signed() { slot ^ 1 << 63 } else { slot };
        let (mut low, mut high, mut compared) = (0, node.rows, 0);
        while low < high {
            let middle = (low + high) / 2;
            let mut here = [0];
            self.load_scalar(ty, node.key_at(middle), &mut here);
            compared += 1;
            match turned(here[0]).cmp(&turned(key)) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return (middle, true, compared),
                Ordering::Greater => high = middle,
            }
        }
        (low, false, compared)
    }
}

/// The order of two scalars as registers hold them.
fn scalars(ty: Ty, left: &[u64], right: &[u64]) -> Ordering {
    match ty {
        Ty::Address | Ty::Hash => left
            .iter()
            .map(|slot| slot.swap_bytes())
            .cmp(right.iter().map(|slot| slot.swap_bytes())),
        _ => {
            let tops = left.last().zip(right.last());
            let (left_top, right_top) = tops.map_or((0, 0), |(left, right)| (*left, *right));
            let by_top = match ty.is_signed() {
                true => (left_top as i64).cmp(&(right_top as i64)),
                false => left_top.cmp(&right_top),
            };
            by_top.then_with(|| left.iter().rev().cmp(right.iter().rev()))
        }
    }
}
