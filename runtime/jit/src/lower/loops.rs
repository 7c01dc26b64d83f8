//! The loops of a function.
//!
//! In: its blocks in reverse postorder, and what each leads to. Out: for each block that some block jumps
//! back to, and through which alone the way leads there, the blocks between the two: a natural loop.
//! What goes round in another way is no loop here. Dominators are found as by Cooper, Harvey and Kennedy,
//! "A Simple, Fast Dominance Algorithm" (2001).

/// A loop: where it is entered, and which blocks it has.
#[derive(Clone)]
pub(super) struct Loop {
    pub(super) header: usize,
    inside: Vec<bool>,
}

impl Loop {
    pub(super) fn contains(&self, block: usize) -> bool {
        self.inside[block]
    }

    pub(super) fn blocks(&self) -> impl Iterator<Item = usize> + '_ {
        self.inside.iter().enumerate().filter_map(|(block, inside)| inside.then_some(block))
    }
}

/// The loops among `count` blocks, an outer one before those within it.
pub(super) fn loops(
    count: usize,
    order: &[usize],
    successors: impl Fn(usize) -> Vec<usize>,
) -> Vec<Loop> {
    let mut predecessors = vec![Vec::new(); count];
    for block in order {
        for next in successors(*block) {
            predecessors[next].push(*block);
        }
    }
    let dominators = Dominators::of(count, order, &predecessors);
    let mut found = Vec::new();
    for header in order {
        let back: Vec<usize> = predecessors[*header]
            .iter()
            .copied()
            .filter(|block| dominators.dominates(*header, *block))
            .collect();
        if !back.is_empty() {
            found.push(natural(*header, back, count, &predecessors));
        }
    }
    found
}

/// The header and what leads to the jumps back without passing it.
fn natural(header: usize, back: Vec<usize>, count: usize, predecessors: &[Vec<usize>]) -> Loop {
    let mut inside = vec![false; count];
    inside[header] = true;
    let mut open = back;
    while let Some(block) = open.pop() {
        if !std::mem::replace(&mut inside[block], true) {
            open.extend(&predecessors[block]);
        }
    }
    Loop { header, inside }
}

/// The block before each that every way to it passes last.
struct Dominators {
    before: Vec<Option<usize>>,
    /// Where a block comes in the order.
    place: Vec<usize>,
}

impl Dominators {
    fn of(count: usize, order: &[usize], predecessors: &[Vec<usize>]) -> Dominators {
        let mut place = vec![usize::MAX; count];
        for (at, block) in order.iter().enumerate() {
            place[*block] = at;
        }
        let mut found = Dominators { before: vec![None; count], place };
        found.before[0] = Some(0);
        let mut changed = true;
        while changed {
            changed = false;
            for block in order.iter().skip(1) {
                let known = predecessors[*block].iter().filter(|it| found.before[**it].is_some());
                let common = known.copied().reduce(|a, b| found.common(a, b));
                changed |= found.before[*block] != common;
                found.before[*block] = common;
            }
        }
        found
    }

    /// The last block that the ways to both have passed.
    fn common(&self, mut a: usize, mut b: usize) -> usize {
        while a != b {
            if self.place[a] < self.place[b] {
                (a, b) = (b, a);
            }
            a = self.before[a].unwrap_or(0);
        }
        a
    }

    fn dominates(&self, over: usize, mut block: usize) -> bool {
        while self.place[block] > self.place[over] {
            block = self.before[block].unwrap_or(0);
        }
        block == over
    }
}
