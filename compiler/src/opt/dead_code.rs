//! Dead code: what nobody needs and nobody sees.
//!
//! Holds always: an instruction that can trap stays, whether or not its value is needed.

use crate::mir::{BlockId, Function, Inst, Program, ValueId, compact};

pub(super) fn run(program: &mut Program) {
    for at in 0..program.functions.len() {
        let needed = Needed::new(program, &program.functions[at]);
        let function = &mut program.functions[at];
        drop_unneeded(function, &needed);
        compact(function);
    }
}

/// The values that something visible depends on.
struct Needed {
    values: Vec<bool>,
    /// By block and instruction: whether it stays for what it does.
    stays: Vec<Vec<bool>>,
}

impl Needed {
    fn new(program: &Program, function: &Function) -> Needed {
        let stays = function
            .blocks
            .iter()
            .map(|block| block.insts.iter().map(|inst| is_seen(program, function, inst)).collect());
        let mut needed =
            Needed { stays: stays.collect(), values: vec![false; function.values.len()] };
        needed.find(function);
        needed
    }

    /// Marks what is seen, and backwards from there what it needs.
    fn find(&mut self, function: &Function) {
        let sources = sources(function);
        let mut work = Vec::new();
        for (at, block) in function.blocks.iter().enumerate() {
            for (inst, _) in block.insts.iter().zip(&self.stays[at]).filter(|(_, stays)| **stays) {
                inst.op.for_each_operand(|value| work.push(value));
            }
            // Arguments are needed only where their parameter is.
            let mut end = block.terminator.clone();
            end.edges_mut().for_each(|edge| edge.args.clear());
            end.for_each_operand(|value| work.push(value));
        }
        while let Some(value) = work.pop() {
            if !std::mem::replace(&mut self.values[value.index()], true) {
                work.extend(&sources[value.index()]);
            }
        }
    }
}

/// What each value is made of: operands, or the arguments of a parameter.
fn sources(function: &Function) -> Vec<Vec<ValueId>> {
    let mut sources = vec![Vec::new(); function.values.len()];
    for block in &function.blocks {
        for inst in &block.insts {
            for result in &inst.results {
                inst.op.for_each_operand(|value| sources[result.index()].push(value));
            }
        }
        for edge in block.terminator.edges() {
            for (param, arg) in function.block(edge.target).params.iter().zip(&edge.args) {
                sources[param.index()].push(*arg);
            }
        }
    }
    sources
}

/// Whether an instruction does more than give a value.
fn is_seen(program: &Program, function: &Function, inst: &Inst) -> bool {
    let result = inst.results.first().map(|value| function.ty(*value));
    inst.results.is_empty()
        || inst.op.has_effect()
        || !inst.op.traps(program, function, result).is_empty()
}

fn drop_unneeded(function: &mut Function, needed: &Needed) {
    let keeps = |value: ValueId| needed.values[value.index()];
    for (block, stays) in function.blocks.iter_mut().zip(&needed.stays) {
        let mut stays = stays.iter();
        block.insts.retain(|inst| {
            let stays = stays.next().copied().unwrap_or(true);
            stays || inst.results.iter().copied().any(keeps)
        });
    }
    let kept: Vec<Vec<bool>> = function
        .blocks
        .iter()
        .map(|block| block.params.iter().map(|param| keeps(*param)).collect())
        .collect();
    for (at, kept) in kept.iter().enumerate() {
        if at != BlockId::ENTRY.index() {
            retain(&mut function.blocks[at].params, kept);
        }
    }
    for block in &mut function.blocks {
        for edge in block.terminator.edges_mut() {
            retain(&mut edge.args, &kept[edge.target.index()]);
        }
    }
}

fn retain(values: &mut Vec<ValueId>, kept: &[bool]) {
    let mut kept = kept.iter();
    values.retain(|_| kept.next().copied().unwrap_or(true));
}
