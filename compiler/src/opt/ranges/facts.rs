//! What is known at a place: the interval of each value, and which values are at most which others.
//!
//! Holds always: what was learnt since a mark is forgotten by going back to it, so facts go no further
//! than the blocks that are dominated by where they were learnt.

use super::interval::Interval;
use crate::mir::ValueId;

/// So many values are looked at to find whether one is below another.
const STEPS: usize = 24;

pub(super) struct Facts {
    ranges: Vec<Interval>,
    /// By value: what it is at most, or less than.
    above: Vec<Vec<(ValueId, bool)>>,
    /// What to undo, the latest last.
    log: Vec<Undo>,
}

enum Undo {
    Range(ValueId, Interval),
    Above(ValueId),
}

/// A place to go back to.
#[derive(Clone, Copy)]
pub(super) struct Mark(usize);

impl Facts {
    pub(super) fn new(values: usize) -> Facts {
        Facts {
            ranges: vec![Interval::EMPTY; values],
            above: vec![Vec::new(); values],
            log: Vec::new(),
        }
    }

    pub(super) fn range(&self, value: ValueId) -> Interval {
        self.ranges[value.index()]
    }

    pub(super) fn set(&mut self, value: ValueId, range: Interval) {
        let before = std::mem::replace(&mut self.ranges[value.index()], range);
        if before != range {
            self.log.push(Undo::Range(value, before));
        }
    }

    /// From here on `low <= high`, or `low < high` if `strict`.
    pub(super) fn order(&mut self, low: ValueId, high: ValueId, strict: bool) {
        self.above[low.index()].push((high, strict));
        self.log.push(Undo::Above(low));
    }

    /// Whether `low <= high`, or `low < high` if `strict`.
    pub(super) fn is_below(&self, low: ValueId, high: ValueId, strict: bool) -> bool {
        if low == high || self.range(low).is_below(self.range(high), strict) {
            return !strict || low != high;
        }
        let mut found = vec![(low, false)];
        let mut next = 0;
        while let Some((value, is_less)) = found.get(next).copied().filter(|_| next < STEPS) {
            next += 1;
            for (above, less) in &self.above[value.index()] {
                let less = is_less || *less;
                if *above == high && (less || !strict) {
                    return true;
                }
                if !found.contains(&(*above, less)) {
                    found.push((*above, less));
                }
            }
        }
        false
    }

    /// The values that a value is known to be less than.
    pub(super) fn bounds(&self, value: ValueId) -> impl Iterator<Item = ValueId> + '_ {
        self.above[value.index()].iter().filter(|(_, strict)| *strict).map(|(bound, _)| *bound)
    }

    pub(super) fn mark(&self) -> Mark {
        Mark(self.log.len())
    }

    pub(super) fn go_back(&mut self, mark: Mark) {
        while self.log.len() > mark.0 {
            match self.log.pop() {
                Some(Undo::Range(value, before)) => self.ranges[value.index()] = before,
                Some(Undo::Above(value)) => {
                    self.above[value.index()].pop();
                }
                None => return,
            }
        }
    }
}
