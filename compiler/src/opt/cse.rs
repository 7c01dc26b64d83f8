//! Common subexpressions: the same operation on the same values gives the same value, wherever the
//! first one dominates the second. One that could trap did not, or the second is not reached.

use std::collections::HashMap;

use super::rewrite::Substitution;
use crate::mir::cfg::Cfg;
use crate::mir::{BlockId, Function, Inst, Op, Program, ValueId};

pub(super) fn run(program: &mut Program) {
    program.functions.iter_mut().for_each(function);
}

/// Where an operation has been computed; only asked by key, never walked.
type Table = HashMap<(Op, crate::mir::Ty), Vec<(BlockId, ValueId)>>;

fn function(function: &mut Function) {
    let cfg = Cfg::new(function);
    let mut table = Table::new();
    let mut substitution = Substitution::new(function);
    for id in &cfg.order {
        let mut insts = std::mem::take(&mut function.block_mut(*id).insts);
        insts.retain_mut(|inst| {
            inst.op.for_each_operand_mut(|value| *value = substitution.resolve(*value));
            match known(&cfg, &mut table, function, inst, *id) {
                Some((result, value)) => {
                    substitution.replace(function, result, value);
                    false
                }
                None => true,
            }
        });
        function.block_mut(*id).insts = insts;
    }
    substitution.apply(function);
}

/// The result of an instruction and the value that it equals, if there is one; else notes it.
fn known(
    cfg: &Cfg,
    table: &mut Table,
    function: &Function,
    inst: &Inst,
    block: BlockId,
) -> Option<(ValueId, ValueId)> {
    let result = inst.result?;
    let key = (normal_form(&inst.op)?, function.ty(result));
    let entries = table.entry(key).or_default();
    let same = entries.iter().find(|(above, _)| cfg.dominates(*above, block));
    let same = same.map(|(_, value)| (result, *value));
    if same.is_none() {
        entries.push((block, result));
    }
    same
}

/// An operation that depends on its operands alone, its operands in order where order is nothing.
fn normal_form(op: &Op) -> Option<Op> {
    match op {
        Op::Binary { op, left, right } if op.is_commutative() && left > right => {
            Some(Op::Binary { op: *op, left: *right, right: *left })
        }
        Op::Const(_) | Op::Unary { .. } | Op::Binary { .. } | Op::Cast { .. } | Op::Context(_) => {
            Some(op.clone())
        }
        _ => None,
    }
}
