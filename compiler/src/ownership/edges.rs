//! Owners where ways part and meet.
//!
//! Holds always: at the end of a block each edge finds the same values. An argument that lives on
//! beside its parameter gets a second owner; what the other edge takes or keeps and this one does not
//! is let go on this one: at the start of the target where no other way leads there, else in a block
//! of its own.

use std::collections::BTreeSet;

use super::{drop, dup, heap_values};
use crate::mir::cfg::Cfg;
use crate::mir::liveness::Liveness;
use crate::mir::{Block, BlockId, Edge, Function, Inst, Terminator, ValueId};

pub(super) fn run(function: &mut Function, cfg: &Cfg, live: &Liveness) {
    for id in &cfg.order {
        match function.block(*id).terminator {
            Terminator::Jump(_) => jump(function, live, *id),
            Terminator::Branch { .. } => branch(function, cfg, live, *id),
            _ => {}
        }
    }
}

/// Owners for the arguments of a jump are made at the end of its block.
fn jump(function: &mut Function, live: &Liveness, id: BlockId) {
    let span = function.block(id).end;
    let Terminator::Jump(mut edge) = function.block(id).terminator.clone() else { return };
    let taken = Taken::new(function, live, &edge);
    let dups = taken.dup(function, &mut edge, span);
    let block = function.block_mut(id);
    block.insts.extend(dups);
    block.terminator = Terminator::Jump(edge);
}

fn branch(function: &mut Function, cfg: &Cfg, live: &Liveness, id: BlockId) {
    let Terminator::Branch { condition, then, otherwise } = function.block(id).terminator.clone()
    else {
        return;
    };
    let edges = [then, otherwise];
    let taken = edges.each_ref().map(|edge| Taken::new(function, live, edge));
    let [a, b] = edges.each_ref().map(|edge| kept(function, live, edge));
    let all = |at: usize, kept: &BTreeSet<ValueId>| {
        let args = taken[at].args.iter().map(|(_, value)| *value);
        kept.iter().copied().chain(args).collect::<BTreeSet<_>>()
    };
    let owned = [all(0, &a), all(1, &b)];
    let mut edges = edges;
    for at in 0..2 {
        let drops: Vec<ValueId> = owned[1 - at].difference(&owned[at]).copied().collect();
        settle(function, cfg, id, &mut edges[at], &taken[at], &drops);
    }
    let [then, otherwise] = edges;
    function.block_mut(id).terminator = Terminator::Branch { condition, then, otherwise };
}

/// Puts the owners of one edge of a branch in order.
fn settle(
    function: &mut Function,
    cfg: &Cfg,
    from: BlockId,
    edge: &mut Edge,
    taken: &Taken,
    drops: &[ValueId],
) {
    let span = function.block(from).end;
    let mut insts = taken.dup(function, edge, span);
    let no_dups = insts.is_empty();
    insts.extend(drops.iter().map(|value| drop(*value, span)));
    if insts.is_empty() {
        return;
    }
    if no_dups && cfg.predecessors[edge.target.index()].len() == 1 {
        function.block_mut(edge.target).insts.splice(0..0, insts);
        return;
    }
    let target = BlockId(function.blocks.len() as u32);
    let end = Edge { target: edge.target, args: std::mem::take(&mut edge.args) };
    edge.target = target;
    let terminator = Terminator::Jump(end);
    function.blocks.push(Block {
        params: Vec::new(),
        insts,
        terminator,
        loop_head: None,
        end: span,
    });
}

/// What the target of an edge expects beside its parameters.
fn kept(function: &Function, live: &Liveness, edge: &Edge) -> BTreeSet<ValueId> {
    let params = &function.block(edge.target).params;
    let needed = heap_values(function, &live.live_in[edge.target.index()]);
    needed.filter(|value| !params.contains(value)).collect()
}

/// The heap values that an edge gives to parameters.
struct Taken {
    /// The place among the arguments, and the value.
    args: Vec<(usize, ValueId)>,
    /// Those of them that need an owner of their own.
    dups: Vec<usize>,
}

impl Taken {
    fn new(function: &Function, live: &Liveness, edge: &Edge) -> Taken {
        let params = &function.block(edge.target).params;
        let needed = &live.live_in[edge.target.index()];
        let mut taken = Taken { args: Vec::new(), dups: Vec::new() };
        for (at, (param, arg)) in params.iter().zip(&edge.args).enumerate() {
            if !function.ty(*arg).is_heap() || !needed.contains(*param) {
                continue;
            }
            let again = taken.args.iter().any(|(_, value)| value == arg);
            if again || needed.contains(*arg) && !params.contains(arg) {
                taken.dups.push(at);
            }
            taken.args.push((at, *arg));
        }
        taken
    }

    /// Makes the owners that are missing.
    fn dup(&self, function: &mut Function, edge: &mut Edge, span: deed_base::Span) -> Vec<Inst> {
        let mut insts = Vec::new();
        for at in &self.dups {
            let (other, inst) = dup(function, edge.args[*at], span);
            edge.args[*at] = other;
            insts.push(inst);
        }
        insts
    }
}
