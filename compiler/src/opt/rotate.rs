//! Turning loops round: the test at the head moves to the end, and a copy of it guards the loop.
//!
//! A turn then ends with a branch back instead of a jump to a test, and a place comes to be that runs
//! once before the first turn and only if there is one: where invariants can be put.
//! Holds always: the same operations run in the same order.

use std::collections::{BTreeMap, BTreeSet};

use super::rewrite::Substitution;
use crate::mir::cfg::Cfg;
use crate::mir::{Block, BlockId, Edge, Function, Place, Program, Terminator, ValueId, compact};

/// Longer heads are not copied, and functions with more blocks times loops are left alone.
const HEAD: usize = 12;
const WORK: usize = 200_000;

pub(super) fn run(program: &mut Program) {
    for function in &mut program.functions {
        let cfg = Cfg::new(function);
        let heads: Vec<BlockId> =
            cfg.order.iter().copied().filter(|id| is_candidate(function, &cfg, *id)).collect();
        if heads.is_empty() || heads.len() * function.blocks.len() > WORK {
            continue;
        }
        for head in heads {
            rotate(function, head);
        }
        compact(function);
    }
}

/// Whether a block is the head of a loop that is left there and returns from one place.
fn is_candidate(function: &Function, cfg: &Cfg, head: BlockId) -> bool {
    let block = function.block(head);
    let is_test = matches!(block.terminator, Terminator::Branch { .. });
    is_test && block.insts.len() <= HEAD && sides(function, cfg, head).is_some()
}

/// The edge into the loop and the edge out of it: whether the first is `then`.
fn sides(function: &Function, cfg: &Cfg, head: BlockId) -> Option<bool> {
    let mut latches = cfg.latches(head);
    let (latch, others) = (latches.next()?, latches.next());
    if others.is_some() || latch == head {
        return None;
    }
    let blocks = cfg.loop_blocks(head);
    // Where the head is all that a turn does, the test stands at the end already.
    if blocks.iter().all(|id| *id == head || function.block(*id).insts.is_empty()) {
        return None;
    }
    let Terminator::Branch { then, otherwise, .. } = &function.block(head).terminator else {
        return None;
    };
    match (blocks.contains(&then.target), blocks.contains(&otherwise.target)) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

fn rotate(function: &mut Function, head: BlockId) {
    let before = Cfg::new(function);
    let Some(then_turns) = sides(function, &before, head) else { return };
    let landings = land(function, head);
    meet(function, head, landings);
    let cfg = Cfg::new(function);
    let Some(used) = used_behind(function, &cfg, head, landings) else { return };
    for (landing, values) in landings.into_iter().zip(&used) {
        rename(function, &cfg, landing, values);
    }
    let guard = copy(function, head);
    lead(function, head, landings, &used, None);
    lead(function, guard.block, landings, &used, Some(&guard.values));
    enter(function, guard.block, landings[usize::from(!then_turns)]);
    for from in &before.predecessors[head.index()] {
        if !before.is_back_edge(*from, head) {
            let edges = function.block_mut(*from).terminator.edges_mut();
            edges.filter(|edge| edge.target == head).for_each(|edge| edge.target = guard.block);
        }
    }
}

/// Puts an empty block on each edge out of the head.
fn land(function: &mut Function, head: BlockId) -> [BlockId; 2] {
    let place = function.block(head).end;
    let mut end = function.block(head).terminator.clone();
    let mut landings = [head; 2];
    for (edge, landing) in end.edges_mut().zip(&mut landings) {
        *landing = BlockId(function.blocks.len() as u32);
        let onward = std::mem::replace(edge, Edge { target: *landing, args: Vec::new() });
        function.blocks.push(block(Terminator::Jump(onward), place));
    }
    function.block_mut(head).terminator = end;
    landings
}

fn block(terminator: Terminator, end: Place) -> Block {
    Block { params: Vec::new(), insts: Vec::new(), terminator, loop_head: None, end }
}

/// Where a way out of the middle of the loop meets the way out of its head, the values of the head
/// that are used from there on become parameters.
fn meet(function: &mut Function, head: BlockId, landings: [BlockId; 2]) {
    let cfg = Cfg::new(function);
    let behind = |id: BlockId| landings.iter().any(|landing| cfg.dominates(*landing, id));
    let onward = landings.map(|landing| function.block(landing).terminator.edges().next().cloned());
    let meeting = onward.into_iter().flatten().map(|edge| edge.target);
    let Some(meeting) = meeting.into_iter().find(|id| *id != head && !behind(*id)) else { return };
    if !cfg.predecessors[meeting.index()].iter().all(|from| behind(*from)) {
        return;
    }
    let block = function.block(head);
    let results = block.insts.iter().flat_map(|inst| inst.results.iter().copied());
    let mine: BTreeSet<ValueId> = block.params.iter().copied().chain(results).collect();
    let mut used = BTreeSet::new();
    for id in cfg.order.iter().filter(|id| cfg.dominates(meeting, **id)) {
        for_each_use(function, *id, |value| {
            if mine.contains(&value) {
                used.insert(value);
            }
        });
    }
    let used: Vec<ValueId> = used.into_iter().collect();
    rename(function, &cfg, meeting, &used);
    let from: BTreeSet<BlockId> = cfg.predecessors[meeting.index()].iter().copied().collect();
    for from in from {
        let edges = function.block_mut(from).terminator.edges_mut();
        edges.filter(|edge| edge.target == meeting).for_each(|edge| edge.args.extend(&used));
    }
}

/// The values of the head that are used behind each landing; nothing where one is used behind both
/// at once.
fn used_behind(
    function: &Function,
    cfg: &Cfg,
    head: BlockId,
    landings: [BlockId; 2],
) -> Option<[Vec<ValueId>; 2]> {
    let mut defined = vec![false; function.values.len()];
    let block = function.block(head);
    let results = block.insts.iter().flat_map(|inst| &inst.results);
    block.params.iter().chain(results).for_each(|value| defined[value.index()] = true);
    let mut used = [Vec::new(), Vec::new()];
    for id in cfg.order.iter().filter(|id| **id != head) {
        let side = landings.iter().position(|landing| cfg.dominates(*landing, *id));
        let mut lost = false;
        for_each_use(function, *id, |value| {
            if defined[value.index()] {
                match side {
                    Some(side) => used[side].push(value),
                    None => lost = true,
                }
            }
        });
        if lost {
            return None;
        }
    }
    for values in &mut used {
        values.sort();
        values.dedup();
    }
    Some(used)
}

fn for_each_use(function: &Function, id: BlockId, mut visit: impl FnMut(ValueId)) {
    let block = function.block(id);
    block.insts.iter().for_each(|inst| inst.op.for_each_operand(&mut visit));
    block.terminator.for_each_operand(&mut visit);
}

/// Makes `values` parameters of a landing, and the uses behind it uses of these.
fn rename(function: &mut Function, cfg: &Cfg, landing: BlockId, values: &[ValueId]) {
    let mut substitution = Substitution::new(function);
    for value in values {
        let data = function.value(*value).clone();
        let param = function.add_value(data);
        function.block_mut(landing).params.push(param);
        substitution.replace(function, *value, param);
    }
    for id in cfg.order.iter().filter(|id| cfg.dominates(landing, **id)) {
        let block = function.block_mut(*id);
        for inst in &mut block.insts {
            inst.op.for_each_operand_mut(|value| *value = substitution.resolve(*value));
        }
        block.terminator.for_each_operand_mut(|value| *value = substitution.resolve(*value));
    }
}

/// The copy of a head.
struct Guard {
    block: BlockId,
    /// What stands for each value of the head.
    values: BTreeMap<ValueId, ValueId>,
}

fn copy(function: &mut Function, head: BlockId) -> Guard {
    let mut copy = function.block(head).clone();
    let mut values = BTreeMap::new();
    let results = copy.insts.iter_mut().flat_map(|inst| &mut inst.results);
    for value in copy.params.iter_mut().chain(results) {
        let data = function.value(*value).clone();
        let new = function.add_value(data);
        values.insert(*value, new);
        *value = new;
    }
    let renew = |value: &mut ValueId| *value = *values.get(value).unwrap_or(value);
    copy.insts.iter_mut().for_each(|inst| inst.op.for_each_operand_mut(renew));
    copy.terminator.for_each_operand_mut(renew);
    copy.loop_head = None;
    function.blocks.push(copy);
    Guard { block: BlockId(function.blocks.len() as u32 - 1), values }
}

/// Gives the landings what they take.
fn lead(
    function: &mut Function,
    from: BlockId,
    landings: [BlockId; 2],
    used: &[Vec<ValueId>; 2],
    renamed: Option<&BTreeMap<ValueId, ValueId>>,
) {
    let new = |value: &ValueId| *renamed.and_then(|names| names.get(value)).unwrap_or(value);
    for edge in function.block_mut(from).terminator.edges_mut() {
        if let Some(side) = landings.iter().position(|landing| *landing == edge.target) {
            edge.args = used[side].iter().map(new).collect();
        }
    }
}

/// Puts a block before the first turn.
fn enter(function: &mut Function, guard: BlockId, body: BlockId) {
    let place = function.block(guard).end;
    let next = BlockId(function.blocks.len() as u32);
    let mut onward = None;
    for edge in function.block_mut(guard).terminator.edges_mut() {
        if edge.target == body {
            onward = Some(std::mem::replace(edge, Edge { target: next, args: Vec::new() }));
        }
    }
    if let Some(onward) = onward {
        function.blocks.push(block(Terminator::Jump(onward), place));
    }
}
