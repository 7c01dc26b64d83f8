//! Making constants where they are passed on: as arguments of a block, a call, an event or an error.
//!
//! Such a value has to stand in a certain register. A constant that is made there costs what the
//! move would, keeps no register busy before, and never takes part in a cycle of moves.

use deed_base::Span;

use super::rewrite::drop_unused_constants;
use crate::mir::{
    BlockId, Const, Edge, Function, Inst, Op, Program, Terminator, ValueData, ValueId,
};

pub(super) fn run(program: &mut Program) {
    for function in &mut program.functions {
        let constants = constants(function);
        for id in function.block_ids() {
            block(function, &constants, id);
        }
        drop_unused_constants(function);
    }
}

type Constants = Vec<Option<Const>>;

fn constants(function: &Function) -> Constants {
    let mut constants = vec![None; function.values.len()];
    for inst in function.blocks.iter().flat_map(|block| &block.insts) {
        if let (Op::Const(value), Some(result)) = (&inst.op, inst.result) {
            constants[result.index()] = Some(value.clone());
        }
    }
    constants
}

fn block(function: &mut Function, constants: &Constants, id: BlockId) {
    let old = std::mem::take(&mut function.block_mut(id).insts);
    let mut insts = Vec::with_capacity(old.len());
    for mut inst in old {
        if let Op::Call { args, .. } | Op::Emit { args, .. } = &mut inst.op {
            remake(function, constants, &mut insts, args, inst.span);
        }
        insts.push(inst);
    }
    let mut end = function.block(id).terminator.clone();
    if let Terminator::Jump(Edge { args, .. }) | Terminator::Throw { args, .. } = &mut end {
        let span = function.block(id).end;
        remake(function, constants, &mut insts, args, span);
    }
    let block = function.block_mut(id);
    block.insts = insts;
    block.terminator = end;
}

/// Makes the constants among `args` anew at the end of `insts`.
fn remake(
    function: &mut Function,
    constants: &Constants,
    insts: &mut Vec<Inst>,
    args: &mut [ValueId],
    span: Span,
) {
    for arg in args {
        let Some(Some(value)) = constants.get(arg.index()) else { continue };
        let data = ValueData { name: None, ..function.value(*arg).clone() };
        *arg = function.add_value(data);
        insts.push(Inst { result: Some(*arg), op: Op::Const(value.clone()), span });
    }
}
