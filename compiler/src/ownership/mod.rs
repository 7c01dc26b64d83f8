//! Who owns heap values: every value is taken exactly once on every way.
//!
//! In: a valid program. Out: the same one in which each heap value has one owner at a time, and
//! operations take what [`Op::takes`] says.
//! Holds always: the last use of a value takes it, so that what it changes is changed in place;
//! earlier ones take a second owner, made by `dup` just before. A value whose last use only reads it,
//! or that is not used on some way, is let go by `drop`: right after this use, or where the ways part.
//! Nothing else changes: the pass runs at every level of optimisation, last.

mod edges;

use crate::mir::cfg::Cfg;
use crate::mir::liveness::{Liveness, ValueSet};
use crate::mir::{BlockId, Function, Inst, Op, Place, Program, Terminator, Ty, ValueData, ValueId};

/// Makes owners explicit in every function.
pub fn run(program: &mut Program) {
    program.functions.iter_mut().filter(|function| has_heap_values(function)).for_each(function);
}

fn has_heap_values(function: &Function) -> bool {
    function.values.iter().any(|value| value.ty.is_heap())
}

fn function(function: &mut Function) {
    let cfg = Cfg::new(function);
    let live = Liveness::new(function, &cfg);
    for id in &cfg.order {
        block(function, &live, *id);
    }
    drop_unused_params(function, &live);
    edges::run(function, &cfg, &live);
}

/// Rewrites a block from its end to its start; edges are left for later.
fn block(function: &mut Function, live: &Liveness, id: BlockId) {
    let mut needed = live.live_out[id.index()].clone();
    live.terminator_uses(function, id, |value| {
        needed.insert(value);
    });
    let place = function.block(id).end;
    let mut end =
        std::mem::replace(&mut function.block_mut(id).terminator, Terminator::Return(Vec::new()));
    let mut reversed = Vec::new();
    if let Terminator::Return(args) | Terminator::Throw { args, .. } | Terminator::Fail(args) =
        &mut end
    {
        reversed.extend(dup_repeated(function, args, place));
    }
    function.block_mut(id).terminator = end;
    for inst in std::mem::take(&mut function.block_mut(id).insts).into_iter().rev() {
        Visit { function, needed: &mut needed, reversed: &mut reversed }.inst(inst);
    }
    reversed.reverse();
    function.block_mut(id).insts = reversed;
}

/// Gives all but the first of equal heap values another owner.
fn dup_repeated(function: &mut Function, args: &mut [ValueId], place: Place) -> Vec<Inst> {
    let mut dups = Vec::new();
    for at in 1..args.len() {
        if function.ty(args[at]).is_heap() && args[..at].contains(&args[at]) {
            let (value, inst) = dup(function, args[at], place);
            args[at] = value;
            dups.push(inst);
        }
    }
    dups
}

/// A second owner of `value`, and the instruction that makes it.
fn dup(function: &mut Function, value: ValueId, place: Place) -> (ValueId, Inst) {
    let data = ValueData { ty: function.ty(value), name: None, place };
    let other = function.add_value(data);
    (other, Inst { results: vec![other], op: Op::Dup { value }, place })
}

fn drop(value: ValueId, place: Place) -> Inst {
    Inst { results: Vec::new(), op: Op::Drop { value }, place }
}

/// One step backward through a block.
struct Visit<'a> {
    function: &'a mut Function,
    /// What is needed after the step.
    needed: &'a mut ValueSet,
    /// What follows, the last instruction first.
    reversed: &'a mut Vec<Inst>,
}

impl Visit<'_> {
    fn inst(mut self, mut inst: Inst) {
        let place = inst.place;
        for result in &inst.results {
            if self.is_heap(*result) && !self.needed.contains(*result) {
                self.reversed.push(drop(*result, place));
            }
            self.needed.remove(*result);
        }
        let operands = operands(&inst.op);
        let mut dups = Vec::new();
        for (at, (value, takes)) in operands.iter().copied().enumerate() {
            if !self.is_heap(value) {
                continue;
            }
            let is_first = !operands[..at].iter().any(|(other, _)| *other == value);
            let is_read = operands.iter().any(|(other, takes)| *other == value && !takes);
            let is_last = !self.needed.contains(value);
            if takes && !(is_first && is_last && !is_read) {
                dups.push((at, value));
            }
            if is_first && is_last && is_read && !opens(&mut inst.op) {
                self.reversed.push(drop(value, place));
            }
        }
        self.dup_operands(inst, &dups);
        for (value, _) in operands {
            self.needed.insert(value);
        }
    }

    /// Adds an instruction, with other owners of these operands.
    fn dup_operands(&mut self, mut inst: Inst, dups: &[(usize, ValueId)]) {
        let mut before = Vec::new();
        for (at, value) in dups {
            let (other, dup) = dup(self.function, *value, inst.place);
            let mut place = 0;
            inst.op.for_each_operand_mut(|operand| {
                if place == *at {
                    *operand = other;
                }
                place += 1;
            });
            before.push(dup);
        }
        self.reversed.push(inst);
        self.reversed.extend(before);
    }

    fn is_heap(&self, value: ValueId) -> bool {
        self.function.ty(value).is_heap()
    }
}

/// The operands in order, each with whether it is taken.
fn operands(op: &Op) -> Vec<(ValueId, bool)> {
    let mut operands = Vec::new();
    op.for_each_operand(|value| operands.push((value, op.takes(operands.len()))));
    operands
}

/// Makes an operation that reads an enum for the last time take it apart.
fn opens(op: &mut Op) -> bool {
    match *op {
        Op::EnumGet { value, variant } => {
            *op = Op::EnumOpen { value, variant };
            true
        }
        _ => false,
    }
}

/// Lets go of the function's parameters that nobody needs.
fn drop_unused_params(function: &mut Function, live: &Liveness) {
    let needed = &live.live_in[BlockId::ENTRY.index()];
    let unused = |value: &&ValueId| function.ty(**value).is_heap() && !needed.contains(**value);
    let drops: Vec<Inst> = function
        .params()
        .iter()
        .filter(unused)
        .map(|value| drop(*value, function.value(*value).place))
        .collect();
    function.block_mut(BlockId::ENTRY).insts.splice(0..0, drops);
}

/// The heap values of a set.
fn heap_values<'a>(
    function: &'a Function,
    values: &'a ValueSet,
) -> impl Iterator<Item = ValueId> + 'a {
    values.iter().filter(|value| matches!(function.ty(*value), Ty::Heap(_)))
}
