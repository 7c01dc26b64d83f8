//! Loop invariants: what is the same in every turn is computed before the first.
//!
//! Holds always: only what runs in the first turn is moved, unless the run fails, so nobody pays for
//! what was not needed. What can trap is moved only where nothing that traps or is seen would run
//! before it; state is read earlier only where no turn writes it.

use std::collections::BTreeSet;

use super::state_reads::{fields_written, may_write};
use crate::mir::cfg::Cfg;
use crate::mir::{BlockId, FieldId, Function, Inst, Op, Program, Terminator};

/// Functions with more blocks times loops are left alone.
const WORK: usize = 200_000;

pub(super) fn run(program: &mut Program) {
    let written = fields_written(program);
    for at in 0..program.functions.len() {
        let moves = Hoister::new(program, &written, &program.functions[at]).moves();
        apply(&mut program.functions[at], &moves);
    }
}

/// An instruction, by block and place, and the block at whose end it is to stand.
struct Move {
    from: (BlockId, usize),
    to: BlockId,
}

/// Moves in this order. What is moved twice comes to where it is moved last.
fn apply(function: &mut Function, moves: &[Move]) {
    let mut taken: BTreeSet<(BlockId, usize)> = BTreeSet::new();
    let last: Vec<&Move> = moves.iter().rev().filter(|one| taken.insert(one.from)).collect();
    let inst = |one: &&Move| function.block(one.from.0).insts[one.from.1].clone();
    let added: Vec<(BlockId, Inst)> = last.iter().rev().map(|one| (one.to, inst(one))).collect();
    for (id, block) in function.blocks.iter_mut().enumerate() {
        let mut place = 0..;
        block.insts.retain(|_| {
            let at = place.next().unwrap_or_default();
            !taken.contains(&(BlockId(id as u32), at))
        });
    }
    for (to, inst) in added {
        function.block_mut(to).insts.push(inst);
    }
}

struct Hoister<'a> {
    program: &'a Program,
    written: &'a [BTreeSet<FieldId>],
    function: &'a Function,
    cfg: Cfg,
    /// Where each value is made, moves included.
    home: Vec<BlockId>,
    /// Whether a value is what a parameter begins as. A constant of this kind is made at no more cost
    /// than it is copied, and moved away it would keep a register.
    begins: Vec<bool>,
    moves: Vec<Move>,
}

/// One loop.
struct Turn {
    blocks: BTreeSet<BlockId>,
    /// The block before the first turn.
    before: BlockId,
    /// The fields that a turn may write; nothing where it may write any.
    writes: Option<BTreeSet<FieldId>>,
}

impl<'a> Hoister<'a> {
    fn new(
        program: &'a Program,
        written: &'a [BTreeSet<FieldId>],
        function: &'a Function,
    ) -> Hoister<'a> {
        let cfg = Cfg::new(function);
        let mut home = vec![BlockId::ENTRY; function.values.len()];
        for id in &cfg.order {
            let block = function.block(*id);
            let results = block.insts.iter().flat_map(|inst| &inst.results);
            block.params.iter().chain(results).for_each(|value| home[value.index()] = *id);
        }
        let mut begins = vec![false; function.values.len()];
        let ends = function.blocks.iter().flat_map(|block| block.terminator.edges());
        ends.flat_map(|edge| &edge.args).for_each(|value| begins[value.index()] = true);
        Hoister { program, written, function, cfg, home, begins, moves: Vec::new() }
    }

    /// Inner loops first, so that what leaves one may leave the next as well.
    fn moves(mut self) -> Vec<Move> {
        let is_head = |id: &BlockId| self.cfg.latches(*id).next().is_some();
        let heads: Vec<BlockId> = self.cfg.order.iter().copied().filter(is_head).collect();
        if heads.len() * self.function.blocks.len() <= WORK {
            heads.into_iter().rev().for_each(|head| self.visit(head));
        }
        self.moves
    }

    fn visit(&mut self, head: BlockId) {
        let blocks: BTreeSet<BlockId> = self.cfg.loop_blocks(head).into_iter().collect();
        let mut outside =
            self.cfg.predecessors[head.index()].iter().filter(|from| !blocks.contains(from));
        let (Some(before), None) = (outside.next().copied(), outside.next()) else { return };
        if !matches!(self.function.block(before).terminator, Terminator::Jump(_)) {
            return;
        }
        let writes = self.writes(&blocks);
        let turn = Turn { blocks, before, writes };
        let order: Vec<BlockId> = self.cfg.order.clone();
        let mut first = Some(head);
        for id in order.into_iter().filter(|id| turn.blocks.contains(id)) {
            let runs_first = first == Some(id);
            if runs_first || self.is_certain(&turn, id) {
                first = self.block(&turn, id, runs_first).then(|| self.only_next(id)).flatten();
            }
        }
    }

    /// The block that alone follows this one, and follows no other.
    fn only_next(&self, id: BlockId) -> Option<BlockId> {
        let Terminator::Jump(edge) = &self.function.block(id).terminator else { return None };
        (self.cfg.predecessors[edge.target.index()].len() == 1).then_some(edge.target)
    }

    fn writes(&self, blocks: &BTreeSet<BlockId>) -> Option<BTreeSet<FieldId>> {
        let insts = blocks.iter().flat_map(|id| &self.function.block(*id).insts);
        let mut writes = BTreeSet::new();
        for inst in insts {
            writes.extend(may_write(self.written, &inst.op)?);
        }
        Some(writes)
    }

    /// Whether a block runs in every turn, or the run fails.
    fn is_certain(&self, turn: &Turn, id: BlockId) -> bool {
        let mut blocks = turn.blocks.iter();
        blocks.all(|from| {
            let end = &self.function.block(*from).terminator;
            let leaves = end.edges().any(|edge| {
                edge.target == self.head(turn)
                    || !turn.blocks.contains(&edge.target) && !self.fails(edge.target)
            });
            !leaves || self.cfg.dominates(id, *from)
        })
    }

    fn head(&self, turn: &Turn) -> BlockId {
        match &self.function.block(turn.before).terminator {
            Terminator::Jump(edge) => edge.target,
            _ => turn.before,
        }
    }

    fn fails(&self, id: BlockId) -> bool {
        let end = &self.function.block(id).terminator;
        matches!(end, Terminator::Throw { .. } | Terminator::Fail(_) | Terminator::Trap(_))
    }

    /// Moves what can be moved out of a block; tells whether what follows would still be the first
    /// to trap or to be seen.
    fn block(&mut self, turn: &Turn, id: BlockId, mut is_first: bool) -> bool {
        for (at, inst) in self.function.block(id).insts.iter().enumerate() {
            if self.moves_out(turn, inst, is_first) {
                self.moves.push(Move { from: (id, at), to: turn.before });
                inst.results.iter().for_each(|value| self.home[value.index()] = turn.before);
            } else {
                is_first &= !inst.op.has_effect() && !self.traps(inst);
            }
        }
        is_first
    }

    fn traps(&self, inst: &Inst) -> bool {
        let result = inst.results.first().map(|value| self.function.ty(*value));
        !inst.op.traps(self.program, self.function, result).is_empty()
    }

    fn moves_out(&self, turn: &Turn, inst: &Inst, is_first: bool) -> bool {
        let Some(result) = inst.result() else { return false };
        let is_heap = self.function.ty(result).is_heap();
        let is_same = match &inst.op {
            Op::Const(_) => !self.begins[result.index()],
            Op::Unary { .. }
            | Op::Binary { .. }
            | Op::Cast { .. }
            | Op::Context(_)
            | Op::Len { .. }
            | Op::EnumTag { .. } => true,
            Op::VecGet { .. } | Op::RecordGet { .. } => !is_heap,
            Op::StateLoad { field, .. } | Op::StateHas { field, .. } => {
                turn.writes.as_ref().is_some_and(|writes| !writes.contains(field))
            }
            _ => false,
        };
        let mut outside = true;
        inst.op.for_each_operand(|value| {
            outside &= !turn.blocks.contains(&self.home[value.index()]);
        });
        is_same && outside && (is_first || !self.traps(inst))
    }
}
