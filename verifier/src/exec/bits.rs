//! Operations on bits as arithmetic.
//!
//! In: integers, read as rows of bits in two's complement without an end. Out: their `&`, `|` and `^`, and powers
//! of two for shifts by a variable count. What is known of two values neither of which is a mask says `lemmas`.
//! Holds always: every fact is true of all integers, in the range of a type or not, so that a value on a way that
//! traps contradicts nothing. `a + b = (a | b) + (a & b)` and `a ^ b = (a | b) - (a & b)` make one operation of the
//! three. A constant mask is cut into runs of ones, each of which is a remainder of a quotient.

use num_bigint::BigInt;

use super::arith::Desk;
use crate::vc::term::{Node, Sort, TermId};

/// A mask of more runs of ones than this is known by bounds alone.
const MAX_RUNS: usize = 6;

/// The largest count of a shift of which the power of two is known.
const MAX_COUNT: u32 = 64;

/// What is done bit by bit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Bitwise {
    And,
    Or,
    Xor,
}

impl Desk<'_> {
    pub(super) fn bitwise(&mut self, op: Bitwise, a: TermId, b: TermId) -> TermId {
        let both = self.both(a, b);
        let sum = self.terms.add(a, b);
        let value = match op {
            Bitwise::And => return both,
            Bitwise::Or => self.terms.sub(sum, both),
            Bitwise::Xor => {
                let rest = self.terms.sub(sum, both);
                self.terms.sub(rest, both)
            }
        };
        self.facts.bits.insert(value, (op, a, b));
        value
    }

    /// `a & b`
    pub(super) fn both(&mut self, a: TermId, b: TermId) -> TermId {
        let (value, mask) = if self.number(a).is_some() { (b, a) } else { (a, b) };
        let Some(mask) = self.number(mask) else { return self.both_unknown(a, b) };
        if mask >= BigInt::ZERO {
            return self.masked(value, &mask).unwrap_or_else(|| self.both_unknown(a, b));
        }
        // x & m leaves out of x what the complement of m lets pass.
        match self.masked(value, &(BigInt::from(-1) - mask)) {
            Some(out) => self.terms.sub(value, out),
            None => self.both_unknown(a, b),
        }
    }

    /// The bits of a value that a mask which is not negative lets pass.
    fn masked(&mut self, value: TermId, mask: &BigInt) -> Option<TermId> {
        let runs = runs(mask)?;
        let mut sum = self.terms.int(0);
        for (from, length) in runs {
            let [low, size] = [from, length].map(|bits| self.terms.int(BigInt::from(1) << bits));
            let above = if from == 0 { value } else { self.floor(value, low).0 };
            let part = self.floor(above, size).1;
            let part = self.terms.mul(part, low);
            sum = self.terms.add(sum, part);
        }
        Some(sum)
    }

    /// Two to the power of a count; at least one, of a negative count too.
    pub(super) fn power_of_two(&mut self, count: TermId) -> TermId {
        let t = &mut *self.terms;
        let power = t.apply("power of two", vec![count], Sort::Int);
        let one = t.int(1);
        let mut laws = vec![t.le(one, power)];
        for exponent in 0..MAX_COUNT {
            let (number, value) = (t.int(exponent), t.int(BigInt::from(1) << exponent));
            let (is, has) = (t.eq(count, number), t.eq(power, value));
            laws.push(t.implies(is, has));
        }
        let (most, top) = (t.int(MAX_COUNT), t.int(BigInt::from(1) << MAX_COUNT));
        let (beyond, large) = (t.le(most, count), t.le(top, power));
        laws.push(t.implies(beyond, large));
        self.facts.extend(laws);
        power
    }

    pub(super) fn number(&self, id: TermId) -> Option<BigInt> {
        match self.terms.node(id) {
            Node::Int(value) => Some(value.clone()),
            _ => None,
        }
    }
}

/// The runs of ones in a number that is not negative, each with its lowest bit and its length; nothing where
/// there are too many.
fn runs(mask: &BigInt) -> Option<Vec<(u64, u64)>> {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for at in (0..mask.bits()).filter(|at| mask.bit(*at)) {
        match runs.last_mut() {
            Some((from, length)) if *from + *length == at => *length += 1,
            _ => runs.push((at, 1)),
        }
    }
    (runs.len() <= MAX_RUNS).then_some(runs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_cut_into_runs() {
        assert_eq!(runs(&0b1111.into()), Some(vec![(0, 4)]));
        assert_eq!(runs(&0b110_0100.into()), Some(vec![(2, 1), (5, 2)]));
        assert_eq!(runs(&BigInt::ZERO), Some(Vec::new()));
        assert_eq!(runs(&0x5555_5555_u64.into()), None);
    }
}
