//! The shape of a function: orders of blocks, predecessors, dominators, loops.
//!
//! In: a [`Function`]. Out: [`Cfg`].
//! Holds always: everything is found without recursion, in an order that depends on the function
//! alone. Dominators by Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm" (2001).

use super::{BlockId, Function};

/// The shape of one function at one moment.
pub struct Cfg {
    /// Reachable blocks, each after all its predecessors but those on back edges.
    pub order: Vec<BlockId>,
    /// Reachable predecessors by block; one entry for each edge.
    pub predecessors: Predecessors,
    /// The place of each block in `order`.
    position: Vec<Option<u32>>,
    /// The immediate dominator of each block but the first and the unreachable ones.
    dominator: Vec<Option<BlockId>>,
    /// The blocks that each block dominates, as a range of a walk over the dominator tree.
    subtree: Vec<(u32, u32)>,
}

/// The sources of the edges into each block, all in one list.
pub struct Predecessors {
    /// Where the part of each block begins; last, where the list ends.
    starts: Vec<u32>,
    sources: Vec<BlockId>,
}

impl Predecessors {
    fn new(function: &Function, order: &[BlockId]) -> Predecessors {
        let edges = || {
            order.iter().flat_map(|from| {
                function.block(*from).terminator.edges().map(|edge| (*from, edge.target.index()))
            })
        };
        let mut starts = vec![0; function.blocks.len() + 1];
        edges().for_each(|(_, to)| starts[to + 1] += 1);
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut sources = vec![BlockId::ENTRY; starts.last().map_or(0, |count| *count as usize)];
        for (from, to) in edges() {
            sources[next[to] as usize] = from;
            next[to] += 1;
        }
        Predecessors { starts, sources }
    }
}

impl std::ops::Index<usize> for Predecessors {
    type Output = [BlockId];

    fn index(&self, block: usize) -> &[BlockId] {
        &self.sources[self.starts[block] as usize..self.starts[block + 1] as usize]
    }
}

impl Cfg {
    pub fn new(function: &Function) -> Cfg {
        let order = reverse_postorder(function);
        let mut position = vec![None; function.blocks.len()];
        for (at, block) in order.iter().enumerate() {
            position[block.index()] = Some(at as u32);
        }
        let predecessors = Predecessors::new(function, &order);
        let count = function.blocks.len();
        let (dominator, subtree) = (vec![None; count], vec![(0, 0); count]);
        let mut cfg = Cfg { order, predecessors, position, dominator, subtree };
        cfg.find_dominators();
        cfg.number_subtrees();
        cfg
    }

    pub fn is_reachable(&self, block: BlockId) -> bool {
        self.position[block.index()].is_some()
    }

    /// The place of a block in `order`.
    pub fn position(&self, block: BlockId) -> Option<u32> {
        self.position[block.index()]
    }

    /// The closest other block that every way to `block` passes.
    pub fn immediate_dominator(&self, block: BlockId) -> Option<BlockId> {
        self.dominator[block.index()]
    }

    /// Whether every way to `below` passes `above`; a block dominates itself. An unreachable block
    /// neither dominates nor is dominated.
    pub fn dominates(&self, above: BlockId, below: BlockId) -> bool {
        let (start, end) = self.subtree[above.index()];
        let (at, _) = self.subtree[below.index()];
        start <= at && at < end
    }

    /// Whether an edge leads back to a block that dominates its source: a loop's turn.
    pub fn is_back_edge(&self, from: BlockId, to: BlockId) -> bool {
        self.dominates(to, from)
    }

    /// The blocks from which a loop returns to its head; empty where `head` is no loop head.
    pub fn latches(&self, head: BlockId) -> impl Iterator<Item = BlockId> + '_ {
        let sources = self.predecessors[head.index()].iter().copied();
        sources.filter(move |from| self.is_back_edge(*from, head))
    }

    /// All blocks of the natural loop of `head`, the head first; empty where it is no loop head.
    pub fn loop_blocks(&self, head: BlockId) -> Vec<BlockId> {
        let mut work: Vec<BlockId> = self.latches(head).collect();
        if work.is_empty() {
            return Vec::new();
        }
        let mut blocks = vec![head];
        let mut seen = vec![false; self.position.len()];
        seen[head.index()] = true;
        while let Some(block) = work.pop() {
            if !std::mem::replace(&mut seen[block.index()], true) {
                blocks.push(block);
                work.extend(&self.predecessors[block.index()]);
            }
        }
        blocks
    }

    fn find_dominators(&mut self) {
        let mut changed = true;
        while changed {
            changed = false;
            for at in 1..self.order.len() {
                let block = self.order[at];
                let known = self.predecessors[block.index()].iter().copied();
                let known =
                    known.filter(|p| *p == BlockId::ENTRY || self.dominator[p.index()].is_some());
                let found = known.reduce(|a, b| self.common_dominator(a, b));
                if found != self.dominator[block.index()] {
                    self.dominator[block.index()] = found;
                    changed = true;
                }
            }
        }
    }

    /// Gives each block the range of its subtree, by sizes: a block's immediate dominator stands
    /// before it in `order`, so one pass up counts and one pass down places.
    fn number_subtrees(&mut self) {
        let mut size = vec![1u32; self.dominator.len()];
        for block in self.order.iter().rev() {
            if let Some(above) = self.dominator[block.index()] {
                size[above.index()] += size[block.index()];
            }
        }
        let mut next = vec![1u32; self.dominator.len()];
        for block in &self.order {
            let start = match self.dominator[block.index()] {
                Some(above) => next[above.index()],
                None => 0,
            };
            if let Some(above) = self.dominator[block.index()] {
                next[above.index()] += size[block.index()];
            }
            self.subtree[block.index()] = (start, start + size[block.index()]);
            next[block.index()] = start + 1;
        }
    }

    fn common_dominator(&self, mut a: BlockId, mut b: BlockId) -> BlockId {
        while a != b {
            let lower =
                if self.position[a.index()] > self.position[b.index()] { &mut a } else { &mut b };
            match self.dominator[lower.index()] {
                Some(above) => *lower = above,
                None => return BlockId::ENTRY,
            }
        }
        a
    }
}

/// Reachable blocks in reverse postorder; a branch's `then` side comes before its other side.
fn reverse_postorder(function: &Function) -> Vec<BlockId> {
    let count = |block: BlockId| function.block(block).terminator.edges().count();
    let mut seen = vec![false; function.blocks.len()];
    let mut postorder = Vec::with_capacity(function.blocks.len());
    seen[BlockId::ENTRY.index()] = true;
    // Each entry: a block, and how many of its edges are still to visit, the last of these first.
    let mut stack = vec![(BlockId::ENTRY, count(BlockId::ENTRY))];
    while let Some((block, left)) = stack.last_mut() {
        let next = left.checked_sub(1).and_then(|at| {
            *left = at;
            function.block(*block).terminator.edges().nth(at)
        });
        match next.map(|edge| edge.target) {
            Some(next) if seen[next.index()] => {}
            Some(next) => {
                seen[next.index()] = true;
                stack.push((next, count(next)));
            }
            None => {
                postorder.push(*block);
                stack.pop();
            }
        }
    }
    postorder.reverse();
    postorder
}
