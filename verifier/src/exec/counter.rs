//! Loops that count: what is known of the counter without an invariant.
//!
//! In: a loop's head. Out: the counter and its bound, where the loop is `while c < bound` with a step
//! of one at the end of every turn, as `for c in start..bound` is.
//! Holds always, of such a loop: `start <= c`, and `c <= bound` unless no turn began.

use deed_compiler::mir::cfg::Cfg;
use deed_compiler::mir::{BinaryOp, BlockId, Const, Function, Inst, Op, Terminator, ValueId};

/// A counter as a parameter of the head, by its place in the list.
pub(super) struct Counter {
    pub(super) param: usize,
    pub(super) bound: ValueId,
}

/// The counter of a loop, if it has one.
pub(super) fn counter(function: &Function, cfg: &Cfg, head: BlockId) -> Option<Counter> {
    let block = function.block(head);
    let Terminator::Branch { condition, then, .. } = &block.terminator else { return None };
    let Op::Binary { op: BinaryOp::Lt, left, right } = &definition(function, *condition)?.op else {
        return None;
    };
    let param = block.params.iter().position(|param| param == left)?;
    let blocks = cfg.loop_blocks(head);
    let goes_on = blocks.contains(&then.target);
    let inside = blocks.iter().any(|block| defines(function, *block, *right));
    let steps = cfg.latches(head).all(|latch| {
        let edges = function.block(latch).terminator.edges();
        edges
            .filter(|edge| edge.target == head)
            .all(|edge| edge.args.get(param).is_some_and(|next| is_next(function, *next, *left)))
    });
    (goes_on && !inside && steps).then_some(Counter { param, bound: *right })
}

/// Whether `next` is `counter + 1`. It cannot wrap: the turn began below the bound.
fn is_next(function: &Function, next: ValueId, counter: ValueId) -> bool {
    let Some(Op::Binary { op, left, right }) = definition(function, next).map(|inst| &inst.op)
    else {
        return false;
    };
    let adds = matches!(op, BinaryOp::Add | BinaryOp::WrappingAdd);
    adds && *left == counter && is_one(function, *right)
}

fn is_one(function: &Function, value: ValueId) -> bool {
    let op = definition(function, value).map(|inst| &inst.op);
    matches!(op, Some(Op::Const(Const::Int(_, one))) if *one == 1.into())
}

fn definition(function: &Function, value: ValueId) -> Option<&Inst> {
    let insts = function.blocks.iter().flat_map(|block| &block.insts);
    insts.into_iter().find(|inst| inst.results.contains(&value))
}

fn defines(function: &Function, block: BlockId, value: ValueId) -> bool {
    let block = function.block(block);
    block.params.contains(&value) || block.insts.iter().any(|inst| inst.results.contains(&value))
}
