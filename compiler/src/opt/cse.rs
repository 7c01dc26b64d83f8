//! Common subexpressions: the same operation on the same values gives the same value, wherever the
//! first one dominates the second. One that could trap did not, or the second is not reached.
//!
//! Constants are told apart by what they are, and yet made wherever they are needed: sharing one
//! would save nothing and keep a register busy.

use std::collections::HashMap;

use super::rewrite::Substitution;
use crate::mir::cfg::Cfg;
use crate::mir::{BlockId, Const, Function, Inst, Op, Program, Ty, ValueId};

pub(super) fn run(program: &mut Program) {
    program.functions.iter_mut().for_each(function);
}

/// Where something is computed, and as what values.
type Computed = (BlockId, Vec<ValueId>);

/// What has been computed; asked by key, never walked.
#[derive(Default)]
struct Table {
    known: HashMap<(Op, Ty), Vec<Computed>>,
    /// The first value that is some constant, and by value which that is.
    constants: HashMap<Const, ValueId>,
    constant: HashMap<ValueId, ValueId>,
}

fn function(function: &mut Function) {
    let cfg = Cfg::new(function);
    let mut table = Table::default();
    let mut substitution = Substitution::new(function);
    for id in &cfg.order {
        let mut insts = std::mem::take(&mut function.block_mut(*id).insts);
        insts.retain_mut(|inst| {
            inst.op.for_each_operand_mut(|value| *value = substitution.resolve(*value));
            let known = known(&cfg, &mut table, function, inst, *id);
            for (result, value) in inst.results.iter().zip(known.iter().flatten()) {
                substitution.replace(function, *result, *value);
            }
            known.is_none()
        });
        function.block_mut(*id).insts = insts;
    }
    substitution.apply(function);
}

/// The values that the results of an instruction equal, if there are such; else notes these.
fn known(
    cfg: &Cfg,
    table: &mut Table,
    function: &Function,
    inst: &Inst,
    block: BlockId,
) -> Option<Vec<ValueId>> {
    let result = *inst.results.first()?;
    if let Op::Const(value) = &inst.op {
        let first = *table.constants.entry(value.clone()).or_insert(result);
        table.constant.insert(result, first);
        return None;
    }
    let ty = function.ty(result);
    let holds_heap = inst.results.iter().any(|result| function.ty(*result).is_heap());
    let key = (table.normal_form(&inst.op, holds_heap)?, ty);
    let entries = table.known.entry(key).or_default();
    let same = entries.iter().find(|(above, _)| cfg.dominates(*above, block));
    let same = same.map(|(_, values)| values.clone());
    if same.is_none() {
        entries.push((block, inst.results.clone()));
    }
    same
}

impl Table {
    /// An operation that depends on its operands alone; like constants are one, and operands stand
    /// in order where order is nothing.
    fn normal_form(&self, op: &Op, holds_heap: bool) -> Option<Op> {
        let mut op = match op {
            Op::Unary { .. } | Op::Binary { .. } | Op::Cast { .. } | Op::Context(_) => op.clone(),
            Op::Len { .. } | Op::EnumTag { .. } => op.clone(),
            // A part that is a heap value would be kept, and so shared, for longer.
            Op::VecGet { .. } | Op::RowGet { .. } | Op::RecordGet { .. } | Op::EnumGet { .. }
                if !holds_heap =>
            {
                op.clone()
            }
            _ => return None,
        };
        op.for_each_operand_mut(|value| *value = *self.constant.get(value).unwrap_or(value));
        match op {
            Op::Binary { op, left, right } if op.is_commutative() && left > right => {
                Some(Op::Binary { op, left: right, right: left })
            }
            op => Some(op),
        }
    }
}
