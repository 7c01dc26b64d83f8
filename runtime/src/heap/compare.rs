//! The order of heap values: part by part, vectors by their elements and then by length, maps by
//! keys and values in turn and then by length, variants by number. Equality is the same question.
//!
//! In: two values of one type. Out: their order. The work is charged as it is done, so two
//! values that share much and unfold to more than anyone can look at run out of gas, and a list
//! of pairs stands in for the host's stack.

use std::cmp::Ordering;

use deed_bytecode::{Ty, Type};

use super::node::Cursor;
use super::{Arena, Layout, Ref, payload};
use crate::interp::Stop;

/// Two values that are equal up to part `next`.
struct Pair {
    left: Ref,
    right: Ref,
    next: usize,
    /// Where the walks through maps are.
    cursors: [Cursor; 2],
}

impl Arena<'_> {
    pub(crate) fn compare(&mut self, left: Ref, right: Ref) -> Result<Ordering, Stop> {
        let mut pairs = Vec::new();
        let order = self.compare_heads(left, right, &mut pairs)?;
        if order.is_ne() {
            return Ok(order);
        }
        while let Some(pair) = pairs.last_mut() {
            let (l, r) = (pair.left, pair.right);
            let part = self.part(pair);
            pair.next += 1;
            let order = match part {
                None => {
                    pairs.pop();
                    // Records and variants that come here are of equal length.
                    self.heap.length(l).cmp(&self.heap.length(r))
                }
                Some((Type::Heap(_), places)) => {
                    let [l, r] = places.map(|at| self.heap.reference(at));
                    self.compare_heads(l, r, &mut pairs)?
                }
                Some((Type::Scalar(ty), places)) => {
                    let [l, r] = places.map(|at| &self.heap.blocks.memory[at..at + ty.bytes()]);
                    scalars(ty, l, r)
                }
            };
            if order.is_ne() {
                return Ok(order);
            }
        }
        Ok(Ordering::Equal)
    }

    /// The next part of two values if both have it: its type, and where it lies in memory.
    fn part(&self, pair: &mut Pair) -> Option<(Type, [usize; 2])> {
        let Pair { left, right, next: at, cursors } = pair;
        let (layout, at) = (self.layouts.of(self.heap.ty(*left)), *at);
        let length = self.heap.length(*left);
        let both = length.min(self.heap.length(*right)) as usize;
        let (ty, offset) = match (layout.parts(length), layout.entries()) {
            (Some(parts), _) => parts.parts.get(at).map(|part| (part.ty, part.offset))?,
            (None, Some(entries)) => {
                let [l, r] = cursors;
                (at < both * entries.parts()).then_some(())?;
                let (ty, l) = l.part(self.heap, entries, *left, at);
                let (_, r) = r.part(self.heap, entries, *right, at);
                return Some((ty, [l, r]));
            }
            (None, None) => (at < both).then(|| (layout.element(), at * layout.width()))?,
        };
        Some((ty, [*left, *right].map(|value| payload(value) + offset)))
    }

    /// Compares what needs no look at further values, and notes the pair if there are some.
    fn compare_heads(
        &mut self,
        left: Ref,
        right: Ref,
        pairs: &mut Vec<Pair>,
    ) -> Result<Ordering, Stop> {
        self.charge(self.schedule.heap_visit)?;
        if left == right {
            return Ok(Ordering::Equal);
        }
        let layout = self.layouts.of(self.heap.ty(left));
        let (l, r) = (self.heap.length(left), self.heap.length(right));
        match layout {
            Layout::Packed { element, .. } => {
                let both = layout.payload_bytes(l.min(r));
                self.charge_bytes(both)?;
                let [left, right] =
                    [left, right].map(|value| self.heap.bytes(value, both as usize));
                Ok(packed(*element, left, right).then(l.cmp(&r)))
            }
            Layout::Enum(_) if l != r => Ok(l.cmp(&r)),
            Layout::Enum(_) | Layout::Record(_) | Layout::References { .. } | Layout::Map(_) => {
                self.charge_bytes(layout.payload_bytes(l).min(layout.payload_bytes(r)))?;
                pairs.push(Pair { left, right, next: 0, cursors: Default::default() });
                Ok(Ordering::Equal)
            }
        }
    }
}

/// The order of as many packed elements.
fn packed(ty: Ty, left: &[u8], right: &[u8]) -> Ordering {
    if left == right {
        return Ordering::Equal;
    }
    let elements = left.chunks_exact(ty.bytes()).zip(right.chunks_exact(ty.bytes()));
    let mut orders = elements.map(|(left, right)| scalars(ty, left, right));
    orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// The order of two scalars by their encodings.
pub(super) fn scalars(ty: Ty, left: &[u8], right: &[u8]) -> Ordering {
    if matches!(ty, Ty::Address | Ty::Hash) {
        return left.cmp(right);
    }
    let top = |bytes: &[u8]| bytes.last().is_some_and(|byte| byte & 0x80 != 0);
    let by_sign = if ty.is_signed() { top(right).cmp(&top(left)) } else { Ordering::Equal };
    by_sign.then_with(|| left.iter().rev().cmp(right.iter().rev()))
}
