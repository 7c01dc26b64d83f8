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
use crate::mir::{Block, BlockId, Edge, Function, Inst, Place, Terminator, ValueId};

pub(super) fn run(function: &mut Function, cfg: &Cfg, live: &Liveness) {
    for id in &cfg.order {
        match function.block(*id).terminator {
            Terminator::Jump(_) => jump(function, live, *id),
            Terminator::Branch { .. } | Terminator::Switch { .. } => {
                choice(function, cfg, live, *id)
            }
            _ => {}
        }
    }
}

/// Owners for the arguments of a jump are made at the end of its block.
fn jump(function: &mut Function, live: &Liveness, id: BlockId) {
    let place = function.block(id).end;
    let Terminator::Jump(mut edge) = function.block(id).terminator.clone() else { return };
    let taken = Taken::new(function, live, &edge);
    let dups = taken.dup(function, &mut edge, place);
    let block = function.block_mut(id);
    block.insts.extend(dups);
    block.terminator = Terminator::Jump(edge);
}

/// What one way takes or keeps is let go on the others.
fn choice(function: &mut Function, cfg: &Cfg, live: &Liveness, id: BlockId) {
    let mut end = function.block(id).terminator.clone();
    let taken: Vec<Taken> = end.edges().map(|edge| Taken::new(function, live, edge)).collect();
    let owned = end.edges().zip(&taken).map(|(edge, taken)| {
        let args = taken.args.iter().map(|(_, value)| *value);
        kept(function, live, edge).into_iter().chain(args).collect::<BTreeSet<_>>()
    });
    let owned: Vec<BTreeSet<ValueId>> = owned.collect();
    let all: BTreeSet<ValueId> = owned.iter().flatten().copied().collect();
    for (at, edge) in end.edges_mut().enumerate() {
        let drops: Vec<ValueId> = all.difference(&owned[at]).copied().collect();
        settle(function, cfg, id, edge, &taken[at], &drops);
    }
    function.block_mut(id).terminator = end;
}

/// Puts the owners of one edge of a choice in order.
fn settle(
    function: &mut Function,
    cfg: &Cfg,
    from: BlockId,
    edge: &mut Edge,
    taken: &Taken,
    drops: &[ValueId],
) {
    let place = function.block(from).end;
    let mut insts = taken.dup(function, edge, place);
    let no_dups = insts.is_empty();
    insts.extend(drops.iter().map(|value| drop(*value, place)));
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
        end: place,
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
    fn dup(&self, function: &mut Function, edge: &mut Edge, place: Place) -> Vec<Inst> {
        let mut insts = Vec::new();
        for at in &self.dups {
            let (other, inst) = dup(function, edge.args[*at], place);
            edge.args[*at] = other;
            insts.push(inst);
        }
        insts
    }
}
