//! What numbers a value can be: an interval, closed on both sides.
//!
//! In: intervals of operands. Out: an interval with every result that exact arithmetic can give.
//! Holds always: a bound is exact or too wide, never too narrow. Bounds beyond 127 bits are not told
//! apart: the least `i128` as `low` means no lower bound, the greatest as `high` no upper one.

use num_bigint::BigInt;

use crate::mir::{BinaryOp, IntTy};

/// No numbers at all where `low > high`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Interval {
    pub(super) low: i128,
    pub(super) high: i128,
}

/// No lower bound, as `low`.
const NONE_BELOW: i128 = i128::MIN;
/// No upper bound, as `high`.
const NONE_ABOVE: i128 = i128::MAX;

impl Interval {
    pub(super) const EMPTY: Interval = Interval { low: 0, high: -1 };
    pub(super) const BOOL: Interval = Interval { low: 0, high: 1 };
    const ALL: Interval = Interval { low: NONE_BELOW, high: NONE_ABOVE };

    pub(super) fn new(low: i128, high: i128) -> Interval {
        Interval { low, high }
    }

    /// All numbers of a type.
    pub(super) fn of(int: IntTy) -> Interval {
        let magnitude = int.bits() - u32::from(int.is_signed());
        let high = if magnitude < 127 { (1 << magnitude) - 1 } else { NONE_ABOVE };
        let low = match int.is_signed() {
            false => 0,
            true if magnitude < 127 => -high - 1,
            true => NONE_BELOW,
        };
        Interval { low, high }
    }

    pub(super) fn constant(value: &BigInt) -> Interval {
        match i128::try_from(value) {
            Ok(value) => Interval::new(value, value),
            Err(_) if value.sign() == num_bigint::Sign::Minus => {
                Interval::new(NONE_BELOW, i128::MIN + 1)
            }
            Err(_) => Interval::new(i128::MAX, NONE_ABOVE),
        }
    }

    pub(super) fn is_empty(self) -> bool {
        self.low > self.high
    }

    /// The one number, if there is only one.
    pub(super) fn only(self) -> Option<i128> {
        let is_exact = self.low == self.high && self.low != NONE_BELOW && self.high != NONE_ABOVE;
        is_exact.then_some(self.low)
    }

    pub(super) fn lies_in(self, other: Interval) -> bool {
        self.is_empty() || other.low <= self.low && self.high <= other.high
    }

    /// Whether every number, as exact arithmetic gave it, is one of the type.
    pub(super) fn fits(self, int: IntTy) -> bool {
        let is_bounded = self.high != NONE_ABOVE && (!int.is_signed() || self.low != NONE_BELOW);
        is_bounded && self.lies_in(Interval::of(int))
    }

    /// Whether every number here is at most every number there, or less if `strict`.
    pub(super) fn is_below(self, other: Interval, strict: bool) -> bool {
        if self.high == NONE_ABOVE || other.low == NONE_BELOW {
            return false;
        }
        if strict { self.high < other.low } else { self.high <= other.low }
    }

    pub(super) fn meet(self, other: Interval) -> Interval {
        Interval::new(self.low.max(other.low), self.high.min(other.high))
    }

    pub(super) fn join(self, other: Interval) -> Interval {
        match (self.is_empty(), other.is_empty()) {
            (true, _) => other,
            (_, true) => self,
            _ => Interval::new(self.low.min(other.low), self.high.max(other.high)),
        }
    }

    /// At most the numbers of `other`, or fewer if `strict`.
    pub(super) fn at_most(self, other: Interval, strict: bool) -> Interval {
        let least = if strict { add_high(other.high, -1) } else { other.high };
        Interval::new(self.low, self.high.min(least))
    }

    pub(super) fn at_least(self, other: Interval, strict: bool) -> Interval {
        let most = if strict { add_low(other.low, 1) } else { other.low };
        Interval::new(self.low.max(most), self.high)
    }

    /// Without a number that is an end.
    pub(super) fn without(self, number: i128) -> Interval {
        let low = if self.low == number { add_low(self.low, 1) } else { self.low };
        let high = if self.high == number { add_high(self.high, -1) } else { self.high };
        Interval::new(low, high)
    }

    /// What the exact result of an operation can be; nothing is known where it is not arithmetic.
    pub(super) fn exact(op: BinaryOp, left: Interval, right: Interval) -> Interval {
        use BinaryOp::*;
        match op {
            Add | WrappingAdd => left.plus(right),
            Sub | WrappingSub => left.plus(right.negated()),
            Mul | WrappingMul => left.times(right),
            Div => left.divided(right),
            Rem => left.remainder(right),
            Shl => left.shifted_up(right),
            Shr => left.shifted_down(right),
            And => left.and(right),
            Or | Xor => left.or(right),
            _ => Interval::ALL,
        }
    }

    fn plus(self, other: Interval) -> Interval {
        Interval::new(add_low(self.low, other.low), add_high(self.high, other.high))
    }

    pub(super) fn negated(self) -> Interval {
        // The two ends without a bound change places.
        let negated = |bound: i128| match bound {
            NONE_BELOW => NONE_ABOVE,
            NONE_ABOVE => NONE_BELOW,
            bound => -bound,
        };
        Interval::new(negated(self.high), negated(self.low))
    }

    fn times(self, other: Interval) -> Interval {
        if self.low >= 0 && other.low >= 0 {
            let high = match (self.high, other.high) {
                (0, _) | (_, 0) => 0,
                (NONE_ABOVE, _) | (_, NONE_ABOVE) => NONE_ABOVE,
                (left, right) => left.saturating_mul(right),
            };
            return Interval::new(self.low.saturating_mul(other.low), high);
        }
        if !self.is_bounded() || !other.is_bounded() {
            return Interval::ALL;
        }
        let ends = [(self.low, other.low), (self.low, other.high)];
        let ends = ends.into_iter().chain([(self.high, other.low), (self.high, other.high)]);
        let products = ends.map(|(left, right)| left.saturating_mul(right));
        products.fold(Interval::EMPTY, |all, one| all.join(Interval::new(one, one)))
    }

    fn is_bounded(self) -> bool {
        self.low != NONE_BELOW && self.high != NONE_ABOVE
    }

    fn divided(self, by: Interval) -> Interval {
        if by.low <= 0 {
            return Interval::ALL;
        }
        let high = if self.high == NONE_ABOVE { NONE_ABOVE } else { self.high.max(0) / by.low };
        match self.low {
            low if low >= 0 && by.high != NONE_ABOVE => Interval::new(low / by.high, high),
            low => Interval::new(low.min(0), high),
        }
    }

    /// It has the sign of what is divided.
    fn remainder(self, by: Interval) -> Interval {
        if by.low <= 0 {
            return Interval::ALL;
        }
        let most = add_high(by.high, -1);
        let high = self.high.max(0).min(most);
        let low = match most {
            _ if self.low >= 0 => 0,
            NONE_ABOVE => self.low,
            most => self.low.max(-most),
        };
        Interval::new(low, high)
    }

    fn shifted_up(self, by: Interval) -> Interval {
        let factor = |count: i128| u32::try_from(count).ok().filter(|count| *count < 126);
        match (factor(by.low), factor(by.high)) {
            (Some(low), Some(high)) => self.times(Interval::new(1 << low, 1 << high)),
            _ => Interval::ALL,
        }
    }

    /// Rounds down, so a number comes no further than 0 or -1.
    fn shifted_down(self, by: Interval) -> Interval {
        let count = |count: i128| count.clamp(0, 126) as u32;
        let high = match self.high {
            NONE_ABOVE => NONE_ABOVE,
            high if high < 0 => -1,
            high => high >> count(by.low),
        };
        let exact = self.low >= 0 && by.high <= 126;
        let low = if exact { self.low >> count(by.high) } else { self.low.min(0) };
        Interval::new(low, high)
    }

    fn and(self, other: Interval) -> Interval {
        match (self.low >= 0, other.low >= 0) {
            (true, true) => Interval::new(0, self.high.min(other.high)),
            (true, false) => Interval::new(0, self.high),
            (false, true) => Interval::new(0, other.high),
            (false, false) => Interval::ALL,
        }
    }

    /// No bit beyond the highest of either.
    fn or(self, other: Interval) -> Interval {
        let high = self.high.max(other.high);
        if self.low < 0 || other.low < 0 || high == NONE_ABOVE {
            return Interval::ALL;
        }
        let bits = i128::BITS - high.leading_zeros();
        Interval::new(0, if bits < 127 { (1 << bits) - 1 } else { NONE_ABOVE })
    }
}

fn add_low(left: i128, right: i128) -> i128 {
    if left == NONE_BELOW || right == NONE_BELOW { NONE_BELOW } else { left.saturating_add(right) }
}

fn add_high(left: i128, right: i128) -> i128 {
    if left == NONE_ABOVE || right == NONE_ABOVE { NONE_ABOVE } else { left.saturating_add(right) }
}
