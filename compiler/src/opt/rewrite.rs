//! Tools that passes share: values that stand for others, and counts of uses.

use crate::mir::{Function, Op, ValueId};

/// Values to be replaced by others.
pub(super) struct Substitution {
    by: Vec<Option<ValueId>>,
}

impl Substitution {
    pub(super) fn new(function: &Function) -> Substitution {
        Substitution { by: vec![None; function.values.len()] }
    }

    /// From now on `by` stands for `value`; the name of a variable goes with it.
    pub(super) fn replace(&mut self, function: &mut Function, value: ValueId, by: ValueId) {
        let by = self.resolve(by);
        if by == value {
            return;
        }
        self.by[value.index()] = Some(by);
        if function.value(by).name.is_none() {
            function.values[by.index()].name = function.value(value).name.clone();
        }
    }

    /// What stands for `value` in the end: itself, where it is newer than the substitution.
    pub(super) fn resolve(&self, mut value: ValueId) -> ValueId {
        while let Some(by) = self.by.get(value.index()).copied().flatten() {
            value = by;
        }
        value
    }

    /// Whether anything is to be replaced.
    pub(super) fn is_empty(&self) -> bool {
        self.by.iter().all(Option::is_none)
    }

    /// Replaces all uses in the function.
    pub(super) fn apply(&self, function: &mut Function) {
        if self.is_empty() {
            return;
        }
        for block in &mut function.blocks {
            for inst in &mut block.insts {
                inst.op.for_each_operand_mut(|value| *value = self.resolve(*value));
            }
            block.terminator.for_each_operand_mut(|value| *value = self.resolve(*value));
        }
    }
}

/// How often each value is used.
pub(super) fn use_counts(function: &Function) -> Vec<u32> {
    let mut counts = vec![0; function.values.len()];
    for block in &function.blocks {
        for inst in &block.insts {
            inst.op.for_each_operand(|value| counts[value.index()] += 1);
        }
        block.terminator.for_each_operand(|value| counts[value.index()] += 1);
    }
    counts
}

/// Drops constants that nobody uses.
pub(super) fn drop_unused_constants(function: &mut Function) {
    let counts = use_counts(function);
    let unused = |value: ValueId| counts[value.index()] == 0;
    for block in &mut function.blocks {
        block
            .insts
            .retain(|inst| !(matches!(inst.op, Op::Const(_)) && inst.result().is_some_and(unused)));
    }
}
