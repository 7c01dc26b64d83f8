//! Inlining: the code of a small function in the place of its call.
//!
//! Holds always: of the functions that can call themselves only small ones change: each call of itself in what was
//! written becomes a copy, once, so that recursion makes half as many calls.

use super::functions::{bottom_up, callees};
use crate::mir::{
    Block, BlockId, Edge, FnKind, FuncId, Function, InlinedCall, Inst, Op, Place, Program,
    Terminator, ValueData, ValueId, compact,
};

/// A function of at most this many instructions and blocks is inlined everywhere.
const SMALL: usize = 32;
/// The same, where code may grow for speed.
const MIDDLING: usize = 160;
/// A private function with one call is inlined up to this size.
const CALLED_ONCE: usize = 400;
/// Nothing is inlined into a function that has grown beyond this size.
const LARGE: usize = 4000;

pub(super) fn run(program: &mut Program) {
    inline_up_to(program, SMALL);
}

pub(super) fn run_more(program: &mut Program) {
    inline_up_to(program, MIDDLING);
}

fn inline_up_to(program: &mut Program, small: usize) {
    let order = bottom_up(program);
    let mut recursive = vec![false; program.functions.len()];
    order.iter().for_each(|(id, is_recursive)| recursive[id.index()] = *is_recursive);
    let mut calls = vec![0; program.functions.len()];
    for callee in program.functions.iter().flat_map(callees) {
        calls[callee.index()] += 1;
    }
    for (id, is_recursive) in order {
        let worth = |callee: FuncId, place: Place| {
            let function = program.function(callee);
            if is_recursive {
                // A copy's calls stand in a call that was inlined.
                return callee == id && place.call == 0 && size(function) <= SMALL;
            }
            let once = function.kind == FnKind::Private && calls[callee.index()] == 1;
            let limit = if once { CALLED_ONCE } else { small };
            !recursive[callee.index()] && size(function) <= limit
        };
        if let Some(inlined) = inline_calls(program, id, worth) {
            program.functions[id.index()] = inlined;
        }
    }
}

fn size(function: &Function) -> usize {
    function.blocks.iter().map(|block| block.insts.len() + 1).sum()
}

/// A function with the calls inlined that are worth it; nothing where none is.
fn inline_calls(
    program: &Program,
    id: FuncId,
    worth: impl Fn(FuncId, Place) -> bool,
) -> Option<Function> {
    let wanted = |inst: &Inst| match &inst.op {
        Op::Call { function, .. } if worth(*function, inst.place) => Some(*function),
        _ => None,
    };
    let source = program.function(id);
    source.blocks.iter().flat_map(|block| &block.insts).find_map(wanted)?;
    let mut function = source.clone();
    let mut block = 0;
    while block < function.blocks.len() && size(&function) <= LARGE {
        let insts = &function.blocks[block].insts;
        let call = insts.iter().enumerate().find_map(|(at, inst)| Some((at, wanted(inst)?)));
        if let Some((at, callee)) = call {
            inline(&mut function, BlockId(block as u32), at, program.function(callee));
        }
        block += 1;
    }
    compact(&mut function);
    Some(function)
}

/// Puts the code of `callee` in the place of instruction `at` of `block`: the block jumps to a copy
/// of the callee's blocks, which return to a new block with what came after the call.
fn inline(function: &mut Function, block: BlockId, at: usize, callee: &Function) {
    let first_value = function.values.len() as u32;
    let first_call = function.inlined.len() as u32 + 1;
    let first_block = function.blocks.len() as u32;
    let after = BlockId(first_block + callee.blocks.len() as u32);

    let caller = function.block_mut(block);
    let rest = caller.insts.split_off(at + 1);
    let Some(call) = caller.insts.pop() else { return };
    let Op::Call { args, .. } = call.op else { return };
    let entry = Edge { target: BlockId(first_block), args };
    let end = std::mem::replace(&mut caller.terminator, Terminator::Jump(entry));
    let end_place = std::mem::replace(&mut caller.end, call.place);

    let here = Here { first_value, first_block, first_call };
    function.inlined.push(InlinedCall { function: callee.name.clone(), place: call.place });
    let calls = callee.inlined.iter().cloned();
    function
        .inlined
        .extend(calls.map(|call| InlinedCall { place: here.place(call.place), ..call }));
    let values = callee.values.iter().cloned();
    function.values.extend(values.map(|data| ValueData { place: here.place(data.place), ..data }));
    for source in &callee.blocks {
        let mut copy = source.clone();
        here.renumber(&mut copy);
        if let Terminator::Return(args) = copy.terminator {
            copy.terminator = Terminator::Jump(Edge { target: after, args });
        }
        function.blocks.push(copy);
    }
    function.blocks.push(Block {
        params: call.results,
        insts: rest,
        terminator: end,
        loop_head: None,
        end: end_place,
    });
}

/// Where the numbers of what is copied begin in the function that it comes to.
struct Here {
    first_value: u32,
    first_block: u32,
    /// The call that is inlined; those inlined into the callee follow it.
    first_call: u32,
}

impl Here {
    fn place(&self, place: Place) -> Place {
        Place { call: place.call + self.first_call, ..place }
    }

    fn renumber(&self, block: &mut Block) {
        let renumber = |value: &mut ValueId| value.0 += self.first_value;
        block.params.iter_mut().for_each(renumber);
        for inst in &mut block.insts {
            inst.results.iter_mut().for_each(renumber);
            inst.op.for_each_operand_mut(renumber);
            inst.place = self.place(inst.place);
        }
        block.end = self.place(block.end);
        block.terminator.for_each_operand_mut(renumber);
        block.terminator.edges_mut().for_each(|edge| edge.target.0 += self.first_block);
    }
}
