//! Tidying a function: blocks in the order of control, values in the order of their definition.
//!
//! In: a [`Function`]. Out: the same function without blocks that nothing reaches and values that
//! nothing defines, and with fresh numbers.
//! Holds always: block `n` comes after its predecessors but those on back edges; the numbers depend
//! on the code alone.

use super::cfg::Cfg;
use super::{BlockId, Function, LocalValues, ValueId};

/// Renumbers blocks and values, and drops what is not in use.
pub fn compact(function: &mut Function) {
    let order = Cfg::new(function).order;
    renumber_blocks(function, &order);
    renumber_values(function);
}

fn renumber_blocks(function: &mut Function, order: &[BlockId]) {
    let mut number = vec![BlockId::ENTRY; function.blocks.len()];
    for (at, block) in order.iter().enumerate() {
        number[block.index()] = BlockId(at as u32);
    }
    let mut old: Vec<_> = std::mem::take(&mut function.blocks).into_iter().map(Some).collect();
    function.blocks = order.iter().filter_map(|block| old[block.index()].take()).collect();
    for block in &mut function.blocks {
        for edge in block.terminator.edges_mut() {
            edge.target = number[edge.target.index()];
        }
    }
}

fn renumber_values(function: &mut Function) {
    let mut number: Vec<Option<ValueId>> = vec![None; function.values.len()];
    let mut values = Vec::new();
    for block in &function.blocks {
        let results = block.insts.iter().flat_map(|inst| inst.results.iter().copied());
        for value in block.params.iter().copied().chain(results) {
            number[value.index()] = Some(ValueId(values.len() as u32));
            values.push(function.values[value.index()].clone());
        }
    }
    function.values = values;
    let renumber = |value: &mut ValueId| {
        if let Some(new) = number[value.index()] {
            *value = new;
        }
    };
    // A clause may name a value that is gone; it has none then.
    let renumber_locals = |locals: &mut LocalValues| {
        locals.retain(|_, value| number[value.index()].is_some());
        locals.values_mut().for_each(renumber);
    };
    for block in &mut function.blocks {
        block.params.iter_mut().for_each(renumber);
        for inst in &mut block.insts {
            inst.results.iter_mut().for_each(renumber);
            inst.op.for_each_operand_mut(renumber);
        }
        block.terminator.for_each_operand_mut(renumber);
        block.loop_head.iter_mut().for_each(|head| renumber_locals(&mut head.locals));
    }
    renumber_locals(&mut function.locals);
    function.claims.iter_mut().for_each(|claim| renumber_locals(&mut claim.locals));
}
