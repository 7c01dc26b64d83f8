//! What a condition that holds, and an instruction that went well, tell of values.

use super::facts::Facts;
use super::interval::Interval;
use crate::mir::{
    BinaryOp, Const, Function, HeapType, Op, Program, Terminator, Ty, UnaryOp, ValueId,
};

/// Conditions are looked into so deep.
const DEPTH: u32 = 6;

/// A function with what defines its values, and what is known at the place of work.
pub(super) struct Known<'a> {
    pub(super) program: &'a Program,
    pub(super) function: &'a Function,
    /// The operation that defines each value; parameters of blocks have none.
    pub(super) made: Vec<Option<&'a Op>>,
    pub(super) facts: Facts,
}

impl<'a> Known<'a> {
    pub(super) fn new(program: &'a Program, function: &'a Function) -> Known<'a> {
        let mut made = vec![None; function.values.len()];
        for inst in function.blocks.iter().flat_map(|block| &block.insts) {
            inst.results.iter().for_each(|result| made[result.index()] = Some(&inst.op));
        }
        Known { program, function, made, facts: Facts::new(function.values.len()) }
    }

    /// All that a value can be by its type; nothing that matters for what is no number.
    pub(super) fn all(&self, value: ValueId) -> Interval {
        match self.function.ty(value) {
            Ty::Int(int) => Interval::of(int),
            _ => Interval::BOOL,
        }
    }

    fn is_number(&self, value: ValueId) -> bool {
        matches!(self.function.ty(value), Ty::Int(_) | Ty::Bool)
    }

    /// What a value can be here.
    pub(super) fn range(&self, value: ValueId) -> Interval {
        let range = self.facts.range(value);
        if range.is_empty() { self.all(value) } else { range }
    }

    /// Takes for granted what an edge of a terminator says; `false` where it cannot be taken.
    pub(super) fn follow(&mut self, end: &Terminator, edge: usize) -> bool {
        match end {
            Terminator::Branch { condition, .. } => self.assume(*condition, edge == 0, DEPTH),
            Terminator::Switch { value, targets, .. } => {
                let count = targets.len() as i128;
                let range = self.range(*value);
                let narrowed = match edge < targets.len() {
                    true => range.meet(Interval::new(edge as i128, edge as i128)),
                    false if range.low >= 0 => range.at_least(Interval::new(count, count), false),
                    false => range,
                };
                self.narrow(*value, narrowed)
            }
            _ => true,
        }
    }

    /// Takes for granted that a condition is so.
    pub(super) fn assume(&mut self, condition: ValueId, is: bool, depth: u32) -> bool {
        let value = i128::from(is);
        let narrowed = self.range(condition).meet(Interval::new(value, value));
        if !self.narrow(condition, narrowed) {
            return false;
        }
        let (Some(op), Some(depth)) = (self.made[condition.index()], depth.checked_sub(1)) else {
            return true;
        };
        match *op {
            Op::Unary { op: UnaryOp::Not, arg } => self.assume(arg, !is, depth),
            Op::Binary { op: BinaryOp::And, left, right } if is => {
                self.assume(left, true, depth) && self.assume(right, true, depth)
            }
            Op::Binary { op: BinaryOp::Or, left, right } if !is => {
                self.assume(left, false, depth) && self.assume(right, false, depth)
            }
            Op::Binary { op, left, right } if op.is_comparison() && self.is_number(left) => {
                self.compare(op, left, right, is)
            }
            _ => true,
        }
    }

    fn compare(&mut self, op: BinaryOp, left: ValueId, right: ValueId, is: bool) -> bool {
        use BinaryOp::*;
        match (op, is) {
            (Lt, true) | (Ge, false) => self.below(left, right, true),
            (Le, true) | (Gt, false) => self.below(left, right, false),
            (Gt, true) | (Le, false) => self.below(right, left, true),
            (Ge, true) | (Lt, false) => self.below(right, left, false),
            (Eq, true) | (Ne, false) => {
                self.below(left, right, false) && self.below(right, left, false)
            }
            _ => self.differ(left, right) && self.differ(right, left),
        }
    }

    fn differ(&mut self, value: ValueId, other: ValueId) -> bool {
        let range = self.range(value);
        match self.range(other).only() {
            Some(number) => self.narrow(value, range.without(number)),
            None => true,
        }
    }

    /// Takes for granted that `low <= high`, or `low < high` if `strict`.
    pub(super) fn below(&mut self, low: ValueId, high: ValueId, strict: bool) -> bool {
        let (under, over) = (self.range(low), self.range(high));
        self.facts.order(low, high, strict);
        self.narrow(low, under.at_most(over, strict))
            && self.narrow(high, over.at_least(under, strict))
    }

    /// Notes what a value can be at most; `false` where it can be nothing.
    fn narrow(&mut self, value: ValueId, range: Interval) -> bool {
        if range.is_empty() {
            return false;
        }
        self.facts.set(value, range);
        true
    }

    /// Notes what an instruction gives, and what is so because it went well.
    pub(super) fn done(&mut self, op: &Op, result: ValueId) {
        let all = self.all(result);
        let range = self.result(op, result).meet(all);
        self.facts.set(result, if range.is_empty() { all } else { range });
        match *op {
            Op::Binary { op, left, right } if self.function.ty(result).as_int().is_some() => {
                self.relate(op, left, right, result);
            }
            Op::Cast { arg } => {
                self.facts.order(arg, result, false);
                self.facts.order(result, arg, false);
                let narrowed = self.range(arg).meet(self.range(result));
                self.narrow(arg, narrowed);
            }
            _ => {}
        }
    }

    /// What an operation that went well says of its operands and its result. What wraps says nothing.
    fn relate(&mut self, op: BinaryOp, left: ValueId, right: ValueId, result: ValueId) {
        use BinaryOp::*;
        let (a, b) = (self.range(left), self.range(right));
        let (low, high) = (a.low >= 0, b.low >= 0);
        match op {
            Add => {
                if high {
                    self.facts.order(left, result, b.low > 0);
                }
                if low {
                    self.facts.order(right, result, a.low > 0);
                }
            }
            Sub => {
                if high {
                    self.facts.order(result, left, b.low > 0);
                }
                if self.all(left).low == 0 {
                    self.below(right, left, false);
                }
            }
            Div | Shr if low && high => self.facts.order(result, left, false),
            Rem if low && high => {
                self.facts.order(result, left, false);
                self.facts.order(result, right, true);
            }
            And => {
                if low {
                    self.facts.order(result, left, false);
                }
                if high {
                    self.facts.order(result, right, false);
                }
            }
            _ => {}
        }
    }

    fn result(&self, op: &Op, result: ValueId) -> Interval {
        let all = self.all(result);
        match op {
            Op::Const(Const::Int(_, value)) => Interval::constant(value),
            Op::Const(Const::Bool(value)) => Interval::new(i128::from(*value), i128::from(*value)),
            Op::Binary { op, left, right } if op.is_comparison() => {
                match self.decided(*op, *left, *right) {
                    Some(is) => Interval::new(i128::from(is), i128::from(is)),
                    None => Interval::BOOL,
                }
            }
            Op::Binary { op, left, right } => self.computed(*op, *left, *right, all),
            Op::Unary { op: UnaryOp::Neg, arg } => self.range(*arg).negated(),
            Op::Unary { op: UnaryOp::Not, arg } if self.function.ty(*arg) == Ty::Bool => {
                let range = self.range(*arg);
                Interval::new(1 - range.high, 1 - range.low)
            }
            Op::Cast { arg } => self.range(*arg),
            // Lengths are written with four bytes.
            Op::Len { .. } => Interval::new(0, u32::MAX.into()),
            Op::EnumTag { value } => match self.program.types.get(self.function.ty(*value)) {
                Some(HeapType::Enum { variants, .. }) => {
                    Interval::new(0, variants.len() as i128 - 1)
                }
                _ => all,
            },
            _ => all,
        }
    }

    fn computed(&self, op: BinaryOp, left: ValueId, right: ValueId, all: Interval) -> Interval {
        let mut exact = Interval::exact(op, self.range(left), self.range(right));
        let is_less = op == BinaryOp::Sub || op == BinaryOp::WrappingSub;
        if is_less && self.facts.is_below(right, left, false) {
            exact = exact.at_least(Interval::new(0, 0), false);
        }
        let wraps =
            matches!(op, BinaryOp::WrappingAdd | BinaryOp::WrappingSub | BinaryOp::WrappingMul);
        let met = exact.meet(all);
        if wraps && !self.is_exact(op, left, right) || met.is_empty() { all } else { met }
    }

    /// Whether an addition, subtraction or multiplication gives the exact result.
    pub(super) fn is_exact(&self, op: BinaryOp, left: ValueId, right: ValueId) -> bool {
        let Some(int) = self.function.ty(left).as_int() else { return false };
        let is_difference = matches!(op, BinaryOp::Sub | BinaryOp::WrappingSub);
        if is_difference && !int.is_signed() && self.facts.is_below(right, left, false) {
            return true;
        }
        Interval::exact(op, self.range(left), self.range(right)).fits(int)
    }

    /// How a comparison ends, if that is known.
    pub(super) fn decided(&self, op: BinaryOp, left: ValueId, right: ValueId) -> Option<bool> {
        use BinaryOp::*;
        if !self.is_number(left) {
            return None;
        }
        let below = |low, high, strict| self.facts.is_below(low, high, strict);
        let is = |yes: bool, no: bool| if yes { Some(true) } else { no.then_some(false) };
        match op {
            Lt => is(below(left, right, true), below(right, left, false)),
            Le => is(below(left, right, false), below(right, left, true)),
            Gt => is(below(right, left, true), below(left, right, false)),
            Ge => is(below(right, left, false), below(left, right, true)),
            _ => {
                let differ = below(left, right, true) || below(right, left, true);
                let same = below(left, right, false) && below(right, left, false);
                is(same, differ).map(|same| same == (op == Eq))
            }
        }
    }
}
