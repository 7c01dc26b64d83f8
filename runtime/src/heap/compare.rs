//! The order of heap values: part by part, vectors by their elements and then by length, maps by
//! keys and values in turn and then by length, variants by number. Equality is the same question.
//!
//! In: two values of one type. Out: their order. The work is charged as it is done, so two
//! values that share much and unfold to more than anyone can look at run out of gas, and a list
//! of pairs stands in for the host's stack.

use std::cmp::Ordering;

use deed_bytecode::{Ty, Type};

use super::parts::{Step, Walk};
use super::{Arena, Layout, Ref};
use crate::interp::Stop;

/// Two values that are equal up to where the walks are.
struct Pair {
    left: Walk,
    right: Walk,
}

impl Arena<'_> {
    pub(crate) fn compare(&mut self, left: Ref, right: Ref) -> Result<Ordering, Stop> {
        let mut pairs = Vec::new();
        let order = self.compare_heads(left, right, &mut pairs)?;
        if order.is_ne() {
            return Ok(order);
        }
        while let Some(Pair { left, right }) = pairs.last_mut() {
            let layout = self.layouts.of(self.heap.ty(left.value));
            let steps = [&mut *left, &mut *right].map(|walk| walk.step(self.heap, layout));
            let order = match steps {
                [Step::Part(Type::Heap(_), l), Step::Part(_, r)] => {
                    // Who has no parts behind this one need not be come back to.
                    if left.is_over(layout) {
                        pairs.pop();
                    }
                    let [l, r] = [l, r].map(|at| self.heap.reference(at));
                    self.compare_heads(l, r, &mut pairs)?
                }
                [Step::Part(Type::Scalar(ty), l), Step::Part(_, r)] => {
                    let [l, r] = [l, r].map(|at| &self.heap.blocks.memory[at..at + ty.bytes()]);
                    scalars(ty, l, r)
                }
                [Step::Row(l), Step::Row(r)] => self.compare_rows(layout, [l, r])?,
                // Records and variants that come here are of equal length.
                _ => {
                    let lengths = [left.value, right.value].map(|it| self.heap.length(it));
                    pairs.pop();
                    lengths[0].cmp(&lengths[1])
                }
            };
            if order.is_ne() {
                return Ok(order);
            }
        }
        Ok(Ordering::Equal)
    }

    /// Compares which variants two elements are that lie in their vectors.
    fn compare_rows(&mut self, layout: &Layout, places: [usize; 2]) -> Result<Ordering, Stop> {
        self.charge(self.schedule.heap_visit)?;
        let Some(rows) = layout.rows() else { return Ok(Ordering::Equal) };
        let [l, r] = places.map(|at| rows.variant(self.heap, at));
        if l == r {
            self.charge_bytes(rows.bytes(l) as u64)?;
        }
        Ok(l.cmp(&r))
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
            _ => {
                if layout.rows().is_none() {
                    self.charge_bytes(layout.payload_bytes(l).min(layout.payload_bytes(r)))?;
                }
                let [left, right] =
                    [left, right].map(|value| Walk::whole(self.heap, layout, value));
                pairs.push(Pair { left, right });
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
