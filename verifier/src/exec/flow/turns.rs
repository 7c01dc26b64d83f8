//! Loops that are run over several turns.
//!
//! In: a loop's head and `k`, at least two. Out: the conditions of its invariants, and the ways out.
//! Holds always: the invariants are asked of the first `k` arrivals at the head, each by itself, and of any later
//! one with the help of the `k` before it (Sheeran, Singh and Stalmarck, "Checking Safety Properties Using Induction
//! and a SAT-Solver", 2000). The first turns and a later one leave the loop; between them the turns that only help
//! ask nothing and have no way out, for each of them is a first or a later one as well. Loops within loops are cut
//! as elsewhere.

use std::collections::HashMap;

use deed_compiler::mir::{BlockId, ValueId};

use super::{Arrival, Body, Flow, Run, params};
use crate::vc::term::TermId;

/// What values are on a way.
pub(super) type Carried = HashMap<ValueId, TermId>;

/// A turn of a loop.
pub(super) struct Turn {
    head: BlockId,
    blocks: Vec<BlockId>,
    kind: Kind,
    /// The ways back to the head.
    ends: Vec<Arrival>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// One of the first turns.
    First,
    /// It is known to have gone well.
    Helps,
    /// Any later one.
    Later,
}

impl Turn {
    /// Whether a block comes next in the same turn.
    pub(super) fn goes_on(&self, to: BlockId) -> bool {
        to != self.head && self.blocks.contains(&to)
    }
}

impl<'a> Run<'a> {
    /// Whether a loop is run by turns, and not cut at its head alone.
    pub(super) fn is_run_by_turns(&self, body: &Body<'a>, head: BlockId) -> bool {
        let blocks = body.cfg.loop_blocks(head);
        let mut inner = blocks.iter().filter(|block| **block != head);
        self.turns > 1
            && body.turn.is_none()
            && !self.in_turn
            && inner.all(|block| body.cfg.latches(*block).next().is_none())
    }

    /// All turns of a loop; `flow` is the way to its head.
    pub(super) fn run_turns(&mut self, body: &mut Body<'a>, head: BlockId, flow: Flow) {
        let within = body.cfg.loop_blocks(head);
        let order = body.cfg.order.iter().copied();
        let blocks: Vec<BlockId> = order.filter(|block| within.contains(block)).collect();
        for block in &blocks {
            let block = body.function.block(*block);
            let made = block.insts.iter().flat_map(|inst| &inst.results);
            body.carried.extend(block.params.iter().chain(made));
        }
        self.in_turn = true;
        self.all_turns(body, head, &blocks, flow);
        self.in_turn = false;
        body.turn = None;
        body.starts.remove(&head);
    }

    fn all_turns(
        &mut self,
        body: &mut Body<'a>,
        head: BlockId,
        blocks: &[BlockId],
        mut flow: Flow,
    ) {
        let starts = params(body, head);
        for _ in 1..self.turns {
            self.ask_start(body, head, &flow);
            self.believe_loop(body, head, &mut flow);
            let Some(next) = self.one_turn(body, (head, blocks), Kind::First, flow) else { return };
            flow = next;
        }
        self.ask_start(body, head, &flow);
        // The turns that help may be the first ones.
        self.forget_turns(body, head, &starts, &mut flow);
        for _ in 1..self.turns {
            self.believe_loop(body, head, &mut flow);
            let Some(next) = self.one_turn(body, (head, blocks), Kind::Helps, flow) else { return };
            flow = next;
        }
        self.believe_loop(body, head, &mut flow);
        self.one_turn(body, (head, blocks), Kind::Later, flow);
    }

    /// Runs the blocks of a loop once; back at the head it has the parameters of the next turn.
    fn one_turn(
        &mut self,
        body: &mut Body<'a>,
        (head, blocks): (BlockId, &[BlockId]),
        kind: Kind,
        flow: Flow,
    ) -> Option<Flow> {
        let exit = &body.exit;
        let left = (exit.returns.len(), exit.throws.len(), exit.traps.len());
        let silent = self.silent;
        self.silent |= kind == Kind::Helps;
        body.turn = Some(Turn { head, blocks: blocks.to_vec(), kind, ends: Vec::new() });
        self.facts.at(&self.terms, flow.pc);
        self.rest(body, head, flow);
        for block in blocks.iter().filter(|block| **block != head) {
            self.block(body, *block);
        }
        self.silent = silent;
        if kind == Kind::Helps {
            body.exit.returns.truncate(left.0);
            body.exit.throws.truncate(left.1);
            body.exit.traps.truncate(left.2);
        }
        let ends = body.turn.take().map(|turn| turn.ends).unwrap_or_default();
        if ends.is_empty() {
            return None;
        }
        let met = self.meet(ends);
        self.facts.at(&self.terms, met.flow.pc);
        body.values.extend(met.carried);
        let params = &body.function.block(head).params;
        body.values.extend(params.iter().copied().zip(met.args));
        Some(met.flow)
    }

    /// A way out of a turn: back to the head, or out of the loop, perhaps to the next turn of one around it.
    pub(super) fn leave_turn(
        &mut self,
        body: &mut Body<'a>,
        from: BlockId,
        to: BlockId,
        arrival: Arrival,
    ) {
        let Some(turn) = &mut body.turn else { unreachable!("asked by whoever runs a turn") };
        let (back, kind) = (to == turn.head, turn.kind);
        match kind {
            Kind::Later if back => self.turn_loop(body, to, &arrival.args, &arrival.flow),
            _ if back => {
                self.ask_end(body, to, &arrival);
                body.turn.iter_mut().for_each(|turn| turn.ends.push(arrival.clone()));
            }
            Kind::Helps => {}
            _ if body.cfg.is_back_edge(from, to) => {
                self.turn_loop(body, to, &arrival.args, &arrival.flow);
            }
            _ => body.arrivals.entry(to).or_default().push(arrival),
        }
    }

    /// A first turn falls too.
    fn ask_end(&mut self, body: &mut Body<'a>, head: BlockId, arrival: &Arrival) {
        let params = body.function.block(head).params.clone();
        let here: Vec<_> = params.iter().map(|param| body.values[param]).collect();
        body.values.extend(params.iter().copied().zip(arrival.args.iter().copied()));
        self.ask_turn_falls(body, head, &arrival.flow);
        body.values.extend(params.into_iter().zip(here));
    }
}
