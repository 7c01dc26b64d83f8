//! What each block expects, found from its code: for producers that do not keep track.
//!
//! Backward over the control-flow graph: a block expects what it, or a successor, reads and
//! it has not written before. Types come from the roles of the operators, so this works on
//! any function whose indexes are in range.

use crate::module::{Function, LiveIn, Module};
use crate::op::Role;
use crate::types::Type;
use std::collections::BTreeMap;

/// Registers and the types of the values in them.
type Live = BTreeMap<u16, Type>;

/// Sets [`crate::Block::live_in`] of every block of function `index`.
///
/// # Panics
/// If there is no such function.
pub fn infer_live_in(module: &mut Module, index: u16) {
    let function = &module.functions[usize::from(index)];
    let found = expectations(module, function);
    let blocks = &mut module.functions[usize::from(index)].blocks;
    for (block, live) in blocks.iter_mut().zip(found) {
        block.live_in = live.into_iter().map(|(reg, ty)| LiveIn { reg, ty }).collect();
    }
}

fn expectations(module: &Module, function: &Function) -> Vec<Live> {
    let mut predecessors = vec![Vec::new(); function.blocks.len()];
    for (number, block) in function.blocks.iter().enumerate() {
        for target in block.code.last().into_iter().flat_map(|inst| function.successors(*inst)) {
            if let Some(list) = predecessors.get_mut(usize::from(target)) {
                list.push(number);
            }
        }
    }
    let mut expected = vec![Live::new(); function.blocks.len()];
    let mut pending: Vec<usize> = (0..function.blocks.len()).collect();
    let mut queued = vec![true; function.blocks.len()];
    while let Some(number) = pending.pop() {
        queued[number] = false;
        let live = transfer(module, function, number, &expected);
        if live == expected[number] {
            continue;
        }
        expected[number] = live;
        for &before in &predecessors[number] {
            if !std::mem::replace(&mut queued[before], true) {
                pending.push(before);
            }
        }
    }
    expected
}

/// What block `number` expects if its successors expect what `expected` says.
fn transfer(module: &Module, function: &Function, number: usize, expected: &[Live]) -> Live {
    let code = &function.blocks[number].code;
    let mut live = Live::new();
    for target in code.last().into_iter().flat_map(|inst| function.successors(*inst)) {
        live.extend(expected.get(usize::from(target)).into_iter().flatten());
    }
    for inst in code.iter().rev() {
        let operands = || inst.op.info().roles.into_iter().zip(inst.operands());
        let values = |shape, base| {
            let types = module.types(function, *inst, shape).unwrap_or_default();
            types.at(base).filter_map(|(reg, ty)| Some((reg?, ty)))
        };
        for (role, base) in operands() {
            if let Role::Def(shape) = role {
                values(shape, base).for_each(|(reg, ty)| forget(&mut live, reg, ty));
            }
        }
        for (role, base) in operands() {
            if let Role::Use(shape) | Role::Take(shape) | Role::Change(shape) = role {
                live.extend(values(shape, base));
            }
        }
    }
    live
}

/// Removes what a definition of `ty` in `reg` writes.
fn forget(live: &mut Live, reg: u16, ty: Type) {
    for slot in reg..reg.saturating_add(ty.slots()) {
        live.remove(&slot);
    }
}
