//! Value ranges: checks, comparisons and branches that can only end one way.
//!
//! What a value can be is found from constants, from what conditions say on the ways that they lead,
//! from what went well before (a difference of unsigned numbers that did not overflow tells which of
//! them is greater), and for what turns with a loop by widening to the ends of its type and narrowing
//! again. Then arithmetic that cannot overflow wraps, which is the same and needs no check, a decided
//! comparison is a constant, and what was only there for its trap, which never comes, is dropped.
//!
//! Holds always: decisions are taken from a walk whose assumptions about loops it has itself confirmed.
//! Narrow arithmetic keeps its check, which is no dearer than cutting a result to the type's width. A
//! machine cannot trust a module to stay within bounds, so an access keeps its check too.

mod facts;
mod interval;
mod learn;

use std::collections::HashMap;

use super::rewrite::{Substitution, use_counts};
use crate::mir::cfg::Cfg;
use crate::mir::{BinaryOp, BlockId, Const, Function, Inst, Op, Program, Terminator, Ty, ValueId};
use facts::Mark;
use interval::Interval;
use learn::Known;

/// Walks over a function until its loops are understood, or all about them is given up.
const WALKS: usize = 6;
/// Functions with more instructions are left alone.
const LARGE: usize = 50_000;

pub(super) fn run(program: &mut Program) {
    for at in 0..program.functions.len() {
        let changes = decide(program, &program.functions[at]);
        apply(&mut program.functions[at], changes);
    }
}

/// What is to be done to an instruction.
enum Change {
    Op(Op),
    /// Another value is the same.
    Same(ValueId),
    Drop,
}

/// What is to be done to a function, in the order of the places.
#[derive(Default)]
struct Changes {
    insts: HashMap<(BlockId, usize), Change>,
    /// Blocks that always leave by one edge, counted in the order of the text.
    ends: Vec<(BlockId, usize)>,
}

fn decide(program: &Program, function: &Function) -> Changes {
    let insts = function.blocks.iter().flat_map(|block| &block.insts);
    let mut numbers = insts.clone().filter(|inst| matches!(inst.op, Op::Binary { .. }));
    if numbers.next().is_none() || insts.count() > LARGE {
        return Changes::default();
    }
    Walker::new(program, function).run()
}

struct Walker<'a> {
    known: Known<'a>,
    cfg: Cfg,
    /// The blocks that each block dominates immediately, in the order of control.
    below: Vec<Vec<BlockId>>,
    uses: Vec<u32>,
    /// What comes to each parameter on the ways in that were walked.
    forward: Vec<Interval>,
    /// What comes to it on the ways back: found by this walk, and assumed by it.
    found: Vec<Interval>,
    assumed: Vec<Interval>,
    changes: Changes,
}

impl<'a> Walker<'a> {
    fn new(program: &'a Program, function: &'a Function) -> Walker<'a> {
        let cfg = Cfg::new(function);
        let mut below = vec![Vec::new(); function.blocks.len()];
        for id in &cfg.order {
            if let Some(above) = cfg.immediate_dominator(*id) {
                below[above.index()].push(*id);
            }
        }
        let none = vec![Interval::EMPTY; function.values.len()];
        Walker {
            known: Known::new(program, function),
            cfg,
            below,
            uses: use_counts(function),
            forward: none.clone(),
            found: none.clone(),
            assumed: none,
            changes: Changes::default(),
        }
    }

    /// Walks with wider assumptions until one is confirmed, then with narrower ones while they are.
    fn run(mut self) -> Changes {
        let mut confirmed = None;
        for left in (0..WALKS).rev() {
            self.walk();
            let changes = std::mem::take(&mut self.changes);
            let holds = self.holds();
            if holds && (self.found == self.assumed || left == 0) {
                return changes;
            }
            match (holds, confirmed.is_some()) {
                (true, _) => {
                    confirmed = Some(changes);
                    self.assumed = self.found.clone();
                }
                (false, true) => break,
                (false, false) => self.widen(left == 1),
            }
        }
        confirmed.unwrap_or_default()
    }

    /// Whether nothing came back that was not assumed.
    fn holds(&self) -> bool {
        let params = self.forward.iter().zip(&self.assumed).map(|(a, b)| a.join(*b));
        self.found.iter().zip(params).all(|(found, param)| found.lies_in(param))
    }

    /// Gives up the bounds that did not hold, or all.
    fn widen(&mut self, all: bool) {
        for at in 0..self.found.len() {
            let (found, before) = (self.found[at], self.forward[at].join(self.assumed[at]));
            if found.is_empty() || found.lies_in(before) && !all {
                continue;
            }
            let most = self.known.all(ValueId(at as u32));
            let low = if all || found.low < before.low { most.low } else { before.low };
            let high = if all || found.high > before.high { most.high } else { before.high };
            self.assumed[at] = Interval::new(low, high);
        }
    }

    /// Visits every block behind its dominator, with what holds there.
    fn walk(&mut self) {
        self.forward.fill(Interval::EMPTY);
        self.found.fill(Interval::EMPTY);
        let start = self.known.facts.mark();
        // A block to visit, or a place to go back to when all that it dominates has been visited.
        enum Step {
            Visit(BlockId),
            Leave(Mark),
        }
        let mut steps = vec![Step::Visit(BlockId::ENTRY)];
        while let Some(step) = steps.pop() {
            match step {
                Step::Leave(mark) => self.known.facts.go_back(mark),
                Step::Visit(id) => {
                    steps.push(Step::Leave(self.known.facts.mark()));
                    self.block(id);
                    let below = self.below[id.index()].iter().rev();
                    steps.extend(below.map(|id| Step::Visit(*id)));
                }
            }
        }
        self.known.facts.go_back(start);
    }

    fn block(&mut self, id: BlockId) {
        let function = self.known.function;
        let block = function.block(id);
        for param in &block.params {
            let at = param.index();
            let range = self.forward[at].join(self.assumed[at]);
            let is_known = id != BlockId::ENTRY && !range.is_empty();
            self.known.facts.set(*param, if is_known { range } else { self.known.all(*param) });
        }
        if let [from] = self.cfg.predecessors[id.index()][..] {
            let end = &function.block(from).terminator;
            if let Some(edge) = end.edges().position(|edge| edge.target == id) {
                self.known.follow(end, edge);
            }
        }
        for (at, inst) in block.insts.iter().enumerate() {
            if let Some(change) = self.inst(inst) {
                self.changes.insts.insert((id, at), change);
            }
        }
        self.end(id, &block.terminator);
    }

    /// Visits an instruction; tells what becomes of it.
    fn inst(&mut self, inst: &Inst) -> Option<Change> {
        if let Op::Assert { condition } = inst.op {
            let holds = self.known.range(condition).only() == Some(1);
            self.known.assume(condition, true, 1);
            return holds.then_some(Change::Drop);
        }
        let Some(result) = inst.result() else {
            // Of several results nothing is known: they may be all that their types hold.
            for result in &inst.results {
                let all = self.known.all(*result);
                self.known.facts.set(*result, all);
            }
            return None;
        };
        let change = self.change(&inst.op, result);
        self.known.done(&inst.op, result);
        change
    }

    fn change(&self, op: &Op, result: ValueId) -> Option<Change> {
        use BinaryOp::*;
        if self.uses[result.index()] == 0 && self.goes_well(op, result) {
            return Some(Change::Drop);
        }
        let Op::Binary { op, left, right } = *op else { return None };
        if op.is_comparison() {
            let is = self.known.decided(op, left, right)?;
            return Some(Change::Op(Op::Const(Const::Bool(is))));
        }
        let int = self.known.function.ty(result).as_int()?;
        let wrapping = match op {
            Add => WrappingAdd,
            Sub => WrappingSub,
            Mul => WrappingMul,
            Rem => {
                let (a, b) = (self.known.range(left), self.known.range(right));
                let same = a.low >= 0 && (a.is_below(b, true));
                return same.then_some(Change::Same(left));
            }
            _ => return None,
        };
        let exact = int.bits() >= 64 && self.known.is_exact(op, left, right);
        exact.then_some(Change::Op(Op::Binary { op: wrapping, left, right }))
    }

    /// Whether an operation that might trap by itself will not.
    fn goes_well(&self, op: &Op, result: ValueId) -> bool {
        use BinaryOp::*;
        match *op {
            Op::Binary { op: op @ (Add | Sub | Mul), left, right } => {
                self.known.is_exact(op, left, right)
            }
            Op::Binary { op: Div | Rem, right, .. } => self.known.range(right).low > 0,
            Op::Binary { op: Shr, left, right } => match self.known.function.ty(left) {
                Ty::Int(int) => self.known.range(right).high < i128::from(int.bits()),
                _ => false,
            },
            Op::Cast { arg } => match self.known.function.ty(result) {
                Ty::Int(int) => self.known.range(arg).fits(int),
                _ => false,
            },
            Op::VecGet { vec, index } | Op::RowGet { vec, index } => self.is_within(vec, index),
            _ => false,
        }
    }

    /// Whether an index is less than a length that was asked for.
    fn is_within(&self, vec: ValueId, index: ValueId) -> bool {
        let is_length = |value: &ValueId| match self.known.made[value.index()] {
            Some(Op::Len { value }) => *value == vec,
            _ => false,
        };
        self.known.facts.bounds(index).any(|bound| is_length(&bound))
    }

    /// Brings arguments to their parameters.
    fn end(&mut self, id: BlockId, end: &Terminator) {
        let mut ways = Vec::new();
        for (at, edge) in end.edges().enumerate() {
            let mark = self.known.facts.mark();
            if self.known.follow(end, at) {
                ways.push(at);
                let back = self.cfg.is_back_edge(id, edge.target);
                let params = &self.known.function.block(edge.target).params;
                for (param, arg) in params.iter().zip(&edge.args) {
                    let range = self.known.range(*arg);
                    let met = if back { &mut self.found } else { &mut self.forward };
                    met[param.index()] = met[param.index()].join(range);
                }
            }
            self.known.facts.go_back(mark);
        }
        if let ([way], Some(_)) = (&ways[..], end.decider()) {
            self.changes.ends.push((id, *way));
        }
    }
}

fn apply(function: &mut Function, mut changes: Changes) {
    let mut substitution = Substitution::new(function);
    if !changes.insts.is_empty() {
        for id in function.block_ids() {
            let mut insts = std::mem::take(&mut function.block_mut(id).insts);
            let mut place = 0..;
            insts.retain_mut(|inst| match changes.insts.remove(&(id, place.next().unwrap_or(0))) {
                None => true,
                Some(Change::Drop) => false,
                Some(Change::Op(op)) => {
                    inst.op = op;
                    true
                }
                Some(Change::Same(value)) => {
                    inst.results.iter().for_each(|it| substitution.replace(function, *it, value));
                    false
                }
            });
            function.block_mut(id).insts = insts;
        }
    }
    for (id, way) in changes.ends {
        let block = function.block_mut(id);
        let edge = block.terminator.edges().nth(way).cloned();
        edge.into_iter().for_each(|edge| block.terminator = Terminator::Jump(edge));
    }
    substitution.apply(function);
}
