//! Simplifying the flow of control: branches that are decided, blocks that do nothing, blocks that
//! always follow each other, parameters that are always the same.
//!
//! Holds always: each step leaves fewer branches, blocks, ways into blocks with a choice, or
//! parameters, so the steps come to an end.

use std::collections::BTreeSet;

use super::rewrite::{Substitution, drop_unused_constants, use_counts};
use crate::mir::cfg::Cfg;
use crate::mir::{BlockId, Const, Edge, Function, Op, Program, Terminator, ValueId, compact};

pub(super) fn run(program: &mut Program) {
    for function in &mut program.functions {
        while step(function) {
            compact(function);
        }
        compact(function);
    }
}

/// Takes each step once where it is possible; tells whether one was.
fn step(function: &mut Function) -> bool {
    // They would keep a block from being empty.
    drop_unused_constants(function);
    let mut changed = decide_branches(function);
    changed |= drop_params(function);
    changed |= thread_decided(function);
    changed |= skip_empty(function);
    changed |= join_blocks(function);
    changed
}

/// The values that are a known `bool`.
fn known_bools(function: &Function) -> Vec<Option<bool>> {
    let mut known = vec![None; function.values.len()];
    for inst in function.blocks.iter().flat_map(|block| &block.insts) {
        if let (Op::Const(Const::Bool(value)), Some(result)) = (&inst.op, inst.result()) {
            known[result.index()] = Some(*value);
        }
    }
    known
}

/// A branch on a known condition, or with one target, is a jump.
fn decide_branches(function: &mut Function) -> bool {
    let known = known_bools(function);
    let mut changed = false;
    for block in &mut function.blocks {
        let Terminator::Branch { condition, then, otherwise } = &block.terminator else { continue };
        let edge = match known[condition.index()] {
            Some(true) => then,
            Some(false) => otherwise,
            None if then == otherwise => then,
            None => continue,
        };
        block.terminator = Terminator::Jump(edge.clone());
        changed = true;
    }
    changed
}

/// A parameter that is the same on all ways in is that value.
fn drop_params(function: &mut Function) -> bool {
    let cfg = Cfg::new(function);
    let mut substitution = Substitution::new(function);
    for id in cfg.order.iter().skip(1) {
        for at in (0..function.block(*id).params.len()).rev() {
            let param = function.block(*id).params[at];
            if let Some(value) = only_argument(function, &cfg, &substitution, *id, at) {
                substitution.replace(function, param, value);
                function.block_mut(*id).params.remove(at);
                let ways: BTreeSet<BlockId> =
                    cfg.predecessors[id.index()].iter().copied().collect();
                for from in ways {
                    let edges = function.block_mut(from).terminator.edges_mut();
                    edges.filter(|edge| edge.target == *id).for_each(|edge| {
                        edge.args.remove(at);
                    });
                }
            }
        }
    }
    substitution.apply(function);
    !substitution.is_empty()
}

/// The one value that comes as argument `at` of `block`, the parameter itself aside.
fn only_argument(
    function: &Function,
    cfg: &Cfg,
    substitution: &Substitution,
    block: BlockId,
    at: usize,
) -> Option<ValueId> {
    let param = function.block(block).params[at];
    let mut only = None;
    for from in &cfg.predecessors[block.index()] {
        let edges = function.block(*from).terminator.edges();
        for edge in edges.filter(|edge| edge.target == block) {
            let arg = substitution.resolve(edge.args[at]);
            if arg != param && *only.get_or_insert(arg) != arg {
                return None;
            }
        }
    }
    only
}

/// A block that only branches on a parameter is passed by where the argument is known.
fn thread_decided(function: &mut Function) -> bool {
    let known = known_bools(function);
    let counts = use_counts(function);
    let mut changed = false;
    for from in function.block_ids() {
        let Terminator::Jump(edge) = &function.block(from).terminator else { continue };
        let Some(passed) = decided(function, edge, &known, &counts) else { continue };
        function.block_mut(from).terminator = Terminator::Jump(passed);
        changed = true;
    }
    changed
}

/// Where a jump leads in the end, if the block in between only decides by a known argument.
fn decided(
    function: &Function,
    edge: &Edge,
    known: &[Option<bool>],
    counts: &[u32],
) -> Option<Edge> {
    let block = function.block(edge.target);
    let Terminator::Branch { condition, then, otherwise } = &block.terminator else { return None };
    let at = block.params.iter().position(|param| param == condition)?;
    let next = if known[edge.args[at].index()]? { then } else { otherwise };
    let passes = block.insts.is_empty() && used_at_end_only(function, edge.target, counts);
    passes.then(|| through(edge, &block.params, next))
}

/// Whether nothing but the end of a block uses its parameters.
fn used_at_end_only(function: &Function, id: BlockId, counts: &[u32]) -> bool {
    let block = function.block(id);
    let mut here = vec![0; block.params.len()];
    block.terminator.for_each_operand(|value| {
        if let Some(at) = block.params.iter().position(|param| *param == value) {
            here[at] += 1;
        }
    });
    block.params.iter().zip(here).all(|(param, here)| counts[param.index()] == here)
}

/// The edge `next` out of a block that is entered by `edge` and has no instructions.
fn through(edge: &Edge, params: &[ValueId], next: &Edge) -> Edge {
    let arg = |value: &ValueId| match params.iter().position(|param| param == value) {
        Some(at) => edge.args[at],
        None => *value,
    };
    Edge { target: next.target, args: next.args.iter().map(arg).collect() }
}

/// A block that only jumps is passed by. A branch passes it by only where no argument is to be
/// brought, since bringing one from a branch needs a block.
fn skip_empty(function: &mut Function) -> bool {
    let counts = use_counts(function);
    let mut changed = false;
    for from in function.block_ids() {
        let mut end = function.block(from).terminator.clone();
        let is_jump = matches!(end, Terminator::Jump(_));
        for edge in end.edges_mut() {
            let block = function.block(edge.target);
            let Terminator::Jump(next) = &block.terminator else { continue };
            let passes = block.insts.is_empty()
                && next.target != edge.target
                && (is_jump || next.args.is_empty())
                && used_at_end_only(function, edge.target, &counts);
            if passes {
                *edge = through(edge, &block.params, next);
                changed = true;
            }
        }
        // The counts are of before, and so at worst too high for what is passed by from now on.
        function.block_mut(from).terminator = end;
    }
    changed
}

/// A block with one way in, from a jump, is one with the block before it.
fn join_blocks(function: &mut Function) -> bool {
    let cfg = Cfg::new(function);
    let mut substitution = Substitution::new(function);
    let mut changed = false;
    for id in cfg.order.iter().rev() {
        let Terminator::Jump(edge) = &function.block(*id).terminator else { continue };
        let Edge { target, args } = edge.clone();
        if target == *id || cfg.predecessors[target.index()].len() != 1 {
            continue;
        }
        let next = function.block_mut(target);
        let params = std::mem::take(&mut next.params);
        let insts = std::mem::take(&mut next.insts);
        let end = std::mem::replace(&mut next.terminator, Terminator::Return(Vec::new()));
        let place = next.end;
        for (param, arg) in params.into_iter().zip(args) {
            substitution.replace(function, param, arg);
        }
        let block = function.block_mut(*id);
        block.insts.extend(insts);
        block.terminator = end;
        block.end = place;
        changed = true;
    }
    substitution.apply(function);
    changed
}
