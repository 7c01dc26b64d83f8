//! The blocks that are reached, in the order in which they are lowered, and what each charges.
//!
//! In: a function. Out: its [`Graph`].
//!
//! A block's cost is due when it is entered. Where a block does nothing that can be seen or can
//! fail, and each block behind it has no other way in, its cost is charged together with theirs:
//! whether the gas runs out at this block or at the next is the same outcome, and so is what is
//! left where it does not. A loop has a block that is entered from two places, so every turn
//! charges.

use deed_bytecode::{Block, Function, Op, Type};
use deed_runtime::tier::Unit;

pub(super) struct Graph {
    /// Reached blocks; all but those that jump back come before what they lead to.
    pub(super) order: Vec<usize>,
    /// Edges into each block from reached ones; the way into the function is one.
    pub(super) predecessors: Vec<u32>,
    /// The number of each block's first instruction.
    pub(super) first: Vec<u32>,
    /// What is charged at each block.
    pub(super) charges: Vec<u64>,
}

impl Graph {
    pub(super) fn of(unit: &Unit<'_>, function: &Function) -> Graph {
        let count = function.blocks.len();
        let mut first = Vec::with_capacity(count);
        let mut next = 0;
        for block in &function.blocks {
            first.push(next);
            next += block.code.len() as u32;
        }
        let order = order(function);
        let mut predecessors = vec![0; count];
        predecessors[0] = 1;
        for number in &order {
            for next in successors(&function.blocks[*number]) {
                predecessors[next] += 1;
            }
        }
        let mut charges = vec![0u64; count];
        for number in &order {
            let block = &function.blocks[*number];
            // What blocks before it have left to it stands there already.
            let due = charges[*number].saturating_add(unit.cost(function, block));
            let alone = successors(block).all(|next| predecessors[next] == 1);
            if alone && passes_on(block) {
                successors(block).for_each(|next| charges[next] = due);
                charges[*number] = 0;
            } else {
                charges[*number] = due;
            }
        }
        Graph { order, predecessors, first, charges }
    }
}

fn successors(block: &Block) -> impl Iterator<Item = usize> {
    block.code.last().into_iter().flat_map(|inst| inst.successors()).map(usize::from)
}

/// Whether a block does nothing but compute values and go on.
fn passes_on(block: &Block) -> bool {
    use Op::*;
    block.code.iter().all(|inst| match inst.op {
        Jump | Branch | Const | Mov | Not | And | Or | Xor => true,
        WrapAdd | WrapSub | WrapMul | WrapNeg | WrapCast => true,
        Eq | Ne | Lt | Le | Gt | Ge => matches!(inst.ty, Some(Type::Scalar(_))),
        _ => false,
    })
}

/// Blocks in reverse postorder of a walk from the first.
fn order(function: &Function) -> Vec<usize> {
    let targets = |number: usize| -> Vec<usize> { successors(&function.blocks[number]).collect() };
    let mut seen = vec![false; function.blocks.len()];
    let mut postorder = Vec::new();
    let mut open = vec![(0, targets(0))];
    seen[0] = true;
    while let Some((number, left)) = open.last_mut() {
        match left.pop() {
            Some(next) if !seen[next] => {
                seen[next] = true;
                open.push((next, targets(next)));
            }
            Some(_) => {}
            None => {
                postorder.push(*number);
                open.pop();
            }
        }
    }
    postorder.reverse();
    postorder
}
