//! The blocks that are reached, in the order in which they are lowered, and what each charges.
//!
//! In: a function. Out: its [`Graph`].
//!
//! A block's cost is due when it is entered. Where a block does nothing that can be seen or can
//! fail, some of it can be left to the blocks behind it, which charge it with their own: whether
//! the gas runs out at this block or at the next is the same outcome, and so is what is left
//! where it does not. All blocks that lead to a common one leave it the same amount, the least
//! that any of them costs; along every path the sum is what it was.

use deed_bytecode::{Block, Function, Op, Type};
use deed_runtime::tier::Unit;

use super::loops::{Loop, loops};

pub(super) struct Graph {
    /// Reached blocks; all but those that jump back come before what they lead to.
    pub(super) order: Vec<usize>,
    /// Edges into each block from reached ones; the way into the function is one.
    pub(super) predecessors: Vec<u32>,
    /// The number of each block's first instruction.
    pub(super) first: Vec<u32>,
    /// What is charged at each block.
    pub(super) charges: Vec<u64>,
    /// Whether a later block jumps back to a block.
    pub(super) repeats: Vec<bool>,
    /// The loops, an outer one before those within it; none are looked for in a function of very many blocks.
    pub(super) loops: Vec<Loop>,
}

/// In functions of more blocks no loops are looked for, so that it takes no time to speak of.
const MOST_BLOCKS: usize = 1_000;

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
        let (mut predecessors, mut repeats) = (vec![0; count], vec![false; count]);
        predecessors[0] = 1;
        let mut seen = vec![false; count];
        for number in &order {
            seen[*number] = true;
            for next in successors(function, *number) {
                predecessors[next] += 1;
                repeats[next] |= seen[next];
            }
        }
        let charges = charges(unit, function, &order);
        let loops = match count <= MOST_BLOCKS && repeats.contains(&true) {
            true => loops(count, &order, |block| successors(function, block).collect()),
            false => Vec::new(),
        };
        Graph { order, predecessors, first, charges, repeats, loops }
    }

    /// How many loops are around a block.
    pub(super) fn depth(&self, block: usize) -> usize {
        self.loops.iter().filter(|it| it.contains(block)).count()
    }
}

/// What each block charges: its cost, and what blocks before it have left, but for what it leaves.
fn charges(unit: &Unit<'_>, function: &Function, order: &[usize]) -> Vec<u64> {
    let mut groups = Groups((0..function.blocks.len()).collect());
    let mut before = vec![None; function.blocks.len()];
    for number in order {
        for next in successors(function, *number) {
            match before[next] {
                Some(other) => groups.join(*number, other),
                None => before[next] = Some(*number),
            }
        }
    }
    let mut left = vec![u64::MAX; function.blocks.len()];
    let costs: Vec<u64> = function.blocks.iter().map(|it| unit.cost(function, it)).collect();
    for number in order {
        let group = groups.of(*number);
        let most = if passes_on(&function.blocks[*number]) { costs[*number] } else { 0 };
        left[group] = left[group].min(most);
    }
    // The way into the function leaves nothing.
    if let Some(other) = before[0] {
        left[groups.of(other)] = 0;
    }
    let mut charges = costs;
    for number in order {
        let found = before[*number].map_or(0, |other| left[groups.of(other)]);
        let own = charges[*number] - left[groups.of(*number)];
        charges[*number] = own.saturating_add(found);
    }
    charges
}

/// Blocks in groups: each names another of its group, or itself.
struct Groups(Vec<usize>);

impl Groups {
    fn of(&mut self, mut block: usize) -> usize {
        while self.0[block] != block {
            // Halves the way for the next who asks.
            self.0[block] = self.0[self.0[block]];
            block = self.0[block];
        }
        block
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.of(a), self.of(b));
        self.0[a] = b;
    }
}

/// The blocks that a block leads to, one for each way there.
pub(super) fn successors(function: &Function, number: usize) -> impl Iterator<Item = usize> + '_ {
    let last = function.blocks[number].code.last();
    last.into_iter().flat_map(|inst| function.successors(*inst)).map(usize::from)
}

/// Whether a block does nothing but compute values and go on.
fn passes_on(block: &Block) -> bool {
    use Op::*;
    block.code.iter().all(|inst| match inst.op {
        Jump | Branch | Switch | Const | Mov | Not | And | Or | Xor => true,
        WrapAdd | WrapSub | WrapMul | WrapNeg | WrapCast => true,
        Eq | Ne | Lt | Le | Gt | Ge => matches!(inst.ty, Some(Type::Scalar(_))),
        _ => false,
    })
}

/// Blocks in reverse postorder of a walk from the first.
fn order(function: &Function) -> Vec<usize> {
    let targets = |number: usize| -> Vec<usize> { successors(function, number).collect() };
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
