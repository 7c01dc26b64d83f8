//! What is known of the bits that two values have in common.
//!
//! In: two integers, read as rows of bits in two's complement without an end. Out: `a & b`, and laws about it.
//! Holds always: every law is true of all integers; the test below tries each on thousands of them. An operation on
//! what another one gave is led back to operations on the values that this one had: `(a | b) & c` is
//! `(a & c) + (b & c) - (a & b & c)`, and a chain of `&` is one set of values, in whatever order it was written.

use num_bigint::BigInt;

use super::arith::Desk;
use super::bits::Bitwise;
use crate::vc::term::{Node, Sort, TermId};

/// The function that stands for `&`.
const BOTH: &str = "bits of both";

/// Below these powers of two the bits of two values stay, if both lie below.
const WIDTHS: [u32; 10] = [1, 2, 3, 4, 5, 8, 16, 32, 64, 128];

/// How often an operation on the result of another one is led back.
const MAX_DEPTH: u32 = 3;

impl Desk<'_> {
    /// `a & b` of values of which no bit is known.
    pub(super) fn both_unknown(&mut self, a: TermId, b: TermId) -> TermId {
        self.both_at(a, b, 0)
    }

    fn both_at(&mut self, a: TermId, b: TermId, depth: u32) -> TermId {
        let mut leaves = self.leaves(a);
        leaves.extend(self.leaves(b));
        leaves.sort();
        leaves.dedup();
        let Some((first, rest)) = leaves.split_first() else { return a };
        rest.iter().fold(*first, |chain, leaf| self.pair(chain, *leaf, depth))
    }

    /// The values of a chain of `&`.
    fn leaves(&self, id: TermId) -> Vec<TermId> {
        match self.facts.bits.get(&id) {
            Some((Bitwise::And, a, b)) => [self.leaves(*a), self.leaves(*b)].concat(),
            _ => vec![id],
        }
    }

    fn pair(&mut self, a: TermId, b: TermId, depth: u32) -> TermId {
        let both = self.terms.apply(BOTH, vec![a, b], Sort::Int);
        if self.facts.bits.insert(both, (Bitwise::And, a, b)).is_some() {
            return both;
        }
        self.bounds(a, b, both);
        for (one, other) in [(a, b), (b, a)] {
            self.apart(one, other, both);
            if depth < MAX_DEPTH {
                self.lead_back(one, other, both, depth + 1);
                self.complement(one, other, both, depth + 1);
            }
        }
        both
    }

    fn bounds(&mut self, a: TermId, b: TermId, both: TermId) {
        let t = &mut *self.terms;
        let zero = t.int(0);
        let mut laws = Vec::new();
        for x in [a, b] {
            let (positive, from, to) = (t.le(zero, x), t.le(zero, both), t.le(both, x));
            let bounds = t.and([from, to]);
            laws.push(t.implies(positive, bounds));
        }
        let (below_a, below_b) = (t.lt(a, zero), t.lt(b, zero));
        let down = t.and([below_a, below_b]);
        let (under_a, under_b) = (t.le(both, a), t.le(both, b));
        let under = t.and([under_a, under_b]);
        laws.push(t.implies(down, under));
        let (equal, same) = (t.eq(a, b), t.eq(both, a));
        laws.push(t.implies(equal, same));
        let sum = t.add(a, b);
        let any = t.sub(sum, both);
        for width in WIDTHS {
            let power = t.int(BigInt::from(1) << width);
            let parts = [t.le(zero, a), t.le(zero, b), t.lt(a, power), t.lt(b, power)];
            let (fit, fits) = (t.and(parts), t.lt(any, power));
            laws.push(t.implies(fit, fits));
        }
        self.facts.extend(laws);
    }

    /// `(x | y) & other` and `(x ^ y) & other` by the bits that each has in common with the other.
    fn lead_back(&mut self, one: TermId, other: TermId, both: TermId, depth: u32) {
        let Some((op, x, y)) = self.facts.bits.get(&one).copied() else { return };
        if op == Bitwise::And || [x, y, other].iter().any(|part| self.number(*part).is_some()) {
            return;
        }
        let (in_x, in_y) = (self.both_at(x, other, depth), self.both_at(y, other, depth));
        let common = self.both_at(x, y, depth);
        let in_all = self.both_at(common, other, depth);
        let sum = self.terms.add(in_x, in_y);
        let mut parts = self.terms.sub(sum, in_all);
        if op == Bitwise::Xor {
            parts = self.terms.sub(parts, in_all);
        }
        self.facts.equal(self.terms, both, parts);
    }

    /// `other & !x` is what of the other is not in `x`; `!x` is `-1 - x`, or the largest value less `x`.
    fn complement(&mut self, one: TermId, other: TermId, both: TermId, depth: u32) {
        let Node::Sub(top, x) = *self.terms.node(one) else { return };
        let Some(most) = self.number(top) else { return };
        let next: BigInt = &most + 1;
        let is_top =
            most == BigInt::from(-1) || (next > BigInt::from(1) && &next & &most == BigInt::ZERO);
        if !is_top || self.number(x).is_some() {
            return;
        }
        let common = self.both_at(x, other, depth);
        let t = &mut *self.terms;
        let rest = t.sub(other, common);
        let law = t.eq(both, rest);
        let law = if most < BigInt::ZERO {
            law
        } else {
            let zero = t.int(0);
            let fit = [t.le(zero, x), t.le(x, top), t.le(zero, other), t.le(other, top)];
            let fit = t.and(fit);
            t.implies(fit, law)
        };
        self.facts.push(law);
    }

    /// A multiple of a power of two and what lies below that power have no bit in common.
    fn apart(&mut self, high: TermId, low: TermId, both: TermId) {
        let Node::Mul(x, y) = *self.terms.node(high) else { return };
        let factor = [x, y].into_iter().find_map(|part| self.number(part).map(|n| (part, n)));
        let Some((power, value)) = factor else { return };
        if value <= BigInt::ZERO || (&value & (&value - 1)) != BigInt::ZERO {
            return;
        }
        let t = &mut *self.terms;
        let zero = t.int(0);
        let (from, to, nothing) = (t.le(zero, low), t.lt(low, power), t.eq(both, zero));
        let fits = t.and([from, to]);
        let law = t.implies(fits, nothing);
        self.facts.push(law);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::exec::facts::Facts;
    use crate::vc::term::Terms;

    const OPS: [Bitwise; 3] = [Bitwise::And, Bitwise::Or, Bitwise::Xor];

    fn on_numbers(op: Bitwise, a: &BigInt, b: &BigInt) -> BigInt {
        match op {
            Bitwise::And => a & b,
            Bitwise::Or => a | b,
            Bitwise::Xor => a ^ b,
        }
    }

    /// Small numbers of both signs, and some around the ends of types.
    fn numbers() -> Vec<BigInt> {
        let near = (-3..=4).map(BigInt::from);
        let ends = [7_u32, 64].into_iter().flat_map(|bits| {
            let end = BigInt::from(1) << bits;
            [-end.clone(), &end - 1_u32, end]
        });
        near.chain(ends).collect()
    }

    /// What a term is with numbers in the place of its variables. What stands for `&` is worked out first.
    fn valued(t: &mut Terms, id: TermId, known: &mut HashMap<TermId, TermId>) -> TermId {
        for part in t.below(id) {
            let Node::Apply(_, parts, _) = t.node(part).clone() else { continue };
            if known.contains_key(&part) {
                continue;
            }
            let mut bits = parts.iter().map(|part| {
                let value = t.replaced(*part, known);
                match t.node(value) {
                    Node::Int(value) => value.clone(),
                    other => panic!("{other:?} is no number"),
                }
            });
            let (Some(one), Some(other)) = (bits.next(), bits.next()) else {
                panic!("it has two parts");
            };
            let value = t.int(one & other);
            known.insert(part, value);
        }
        t.replaced(id, known)
    }

    /// All laws of `(a op1 b) op2 c`, and of complements, for these numbers; and that the result is the right one.
    fn try_all(outer: Bitwise, inner: Bitwise, complement: Option<i64>) {
        let mut terms = Terms::new();
        let mut facts = Facts::default();
        let [a, b, c] = ["a", "b", "c"].map(|name| terms.fresh(name, Sort::Int));
        let top = complement.map(|top| terms.int(top));
        let flipped = top.map_or(c, |top| terms.sub(top, c));
        let mut desk = Desk { terms: &mut terms, facts: &mut facts };
        let first = desk.bitwise(inner, a, b);
        let whole = desk.bitwise(outer, first, flipped);
        let laws = facts.list().to_vec();
        assert!(laws.len() > 20, "{outer:?} {inner:?} says something");
        let all = terms.and(laws);
        let numbers = numbers();
        for (at, x) in numbers.iter().enumerate() {
            let mut t = terms.clone();
            for y in &numbers {
                // Of the third number a part of them each time: all are met in the end.
                for z in numbers.iter().skip(at % 4).step_by(4) {
                    let mut known = HashMap::new();
                    for (name, value) in [(a, x), (b, y), (c, z)] {
                        let value = t.int(value.clone());
                        known.insert(name, value);
                    }
                    let value = valued(&mut t, all, &mut known);
                    assert_eq!(t.node(value), &Node::Bool(true), "{x} {y} {z}");
                    let third = complement.map_or(z.clone(), |top| top - z);
                    let right = on_numbers(outer, &on_numbers(inner, x, y), &third);
                    let value = valued(&mut t, whole, &mut known);
                    assert_eq!(t.node(value), &Node::Int(right), "{x} {y} {z}");
                }
            }
        }
    }

    #[test]
    fn every_law_is_true_of_all_numbers_that_are_tried() {
        for outer in OPS {
            for inner in OPS {
                try_all(outer, inner, None);
            }
        }
    }

    #[test]
    fn what_a_complement_leaves_is_true_too() {
        for top in [-1, 255, 127] {
            try_all(Bitwise::And, Bitwise::Or, Some(top));
        }
    }
}
