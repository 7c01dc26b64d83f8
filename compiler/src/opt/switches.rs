//! Choices by number: a chain of blocks that compare one value with constants becomes one `switch`.
//!
//! So a `match` on an enum or on integers goes to its arm at once, whichever it is. A chain is followed
//! where each block has one way in and does nothing but the next comparison.
//! Holds always: the first comparison that holds decides, as before; a `switch` costs no more than the
//! first comparison alone.

use num_bigint::BigInt;

use super::rewrite::use_counts;
use crate::mir::cfg::Cfg;
use crate::mir::{
    BinaryOp, BlockId, Const, Edge, Function, Inst, IntTy, Op, Program, Terminator, Ty, ValueData,
    ValueId, compact,
};

/// Chains of fewer comparisons stay.
const LEAST: usize = 2;
/// The targets of a switch: at most so many for each comparison, and so many in all.
const SPREAD: u64 = 4;
const MOST: u64 = 256;

pub(super) fn run(program: &mut Program) {
    for function in &mut program.functions {
        let chains = Search::new(function).chains();
        if !chains.is_empty() {
            chains.into_iter().for_each(|chain| apply(function, chain));
            compact(function);
        }
    }
}

/// Comparisons of one value, in their order.
struct Chain {
    head: BlockId,
    value: ValueId,
    int: IntTy,
    tests: Vec<(u64, Edge)>,
    otherwise: Edge,
}

/// What is compared: a value, or the tag of one, which may be asked for again and again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Subject {
    Value(ValueId),
    TagOf(ValueId),
}

/// The end of a block that asks whether a value is some constant.
struct Test {
    subject: Subject,
    value: ValueId,
    number: u64,
    equal: Edge,
    other: Edge,
}

struct Search<'a> {
    function: &'a Function,
    cfg: Cfg,
    made: Vec<Option<&'a Op>>,
    uses: Vec<u32>,
}

impl<'a> Search<'a> {
    fn new(function: &'a Function) -> Search<'a> {
        let mut made = vec![None; function.values.len()];
        for inst in function.blocks.iter().flat_map(|block| &block.insts) {
            inst.results.iter().for_each(|result| made[result.index()] = Some(&inst.op));
        }
        Search { function, cfg: Cfg::new(function), made, uses: use_counts(function) }
    }

    fn chains(&self) -> Vec<Chain> {
        let mut taken = vec![false; self.function.blocks.len()];
        let mut chains = Vec::new();
        for head in &self.cfg.order {
            if taken[head.index()] {
                continue;
            }
            let Some((chain, blocks)) = self.chain(*head) else { continue };
            blocks.iter().for_each(|block| taken[block.index()] = true);
            chains.push(chain);
        }
        chains
    }

    /// The chain that begins at a block, and its further blocks.
    fn chain(&self, head: BlockId) -> Option<(Chain, Vec<BlockId>)> {
        let Test { subject, value, number, equal, other } = self.test(head)?;
        let int = self.function.ty(value).as_int()?;
        let (mut tests, mut otherwise) = (vec![(number, equal)], other);
        let mut blocks = Vec::new();
        while let Some(next) = self.next(&otherwise, subject) {
            blocks.push(otherwise.target);
            tests.push((next.number, next.equal));
            otherwise = next.other;
        }
        let fits = tests.len() >= LEAST && table(&tests).is_some();
        fits.then_some((Chain { head, value, int, tests, otherwise }, blocks))
    }

    /// The test that an edge leads to, if there is nothing else there.
    fn next(&self, edge: &Edge, subject: Subject) -> Option<Test> {
        let block = self.function.block(edge.target);
        let alone =
            block.params.is_empty() && self.cfg.predecessors[edge.target.index()].len() == 1;
        let only_here = |inst: &Inst| {
            let is_part = matches!(
                inst.op,
                Op::Const(_)
                    | Op::EnumTag { .. }
                    | Op::Binary { op: BinaryOp::Eq | BinaryOp::Ne, .. }
            );
            is_part && inst.result().is_some_and(|result| self.uses[result.index()] == 1)
        };
        // A comparison, its constant and the tag: more is not for this test.
        if !alone || block.insts.len() > 3 || !block.insts.iter().all(only_here) {
            return None;
        }
        self.test(edge.target).filter(|test| test.subject == subject)
    }

    fn test(&self, id: BlockId) -> Option<Test> {
        let end = &self.function.block(id).terminator;
        let Terminator::Branch { condition, then, otherwise } = end else { return None };
        let (is, left, right) = match self.made[condition.index()]? {
            Op::Binary { op: BinaryOp::Eq, left, right } => (true, *left, *right),
            Op::Binary { op: BinaryOp::Ne, left, right } => (false, *left, *right),
            _ => return None,
        };
        let (value, number) = match (self.number(left), self.number(right)) {
            (None, Some(number)) => (left, number),
            (Some(number), None) => (right, number),
            _ => return None,
        };
        let subject = match self.made[value.index()] {
            Some(Op::EnumTag { value }) => Subject::TagOf(*value),
            _ => Subject::Value(value),
        };
        let (equal, other) = if is { (then, otherwise) } else { (otherwise, then) };
        Some(Test { subject, value, number, equal: equal.clone(), other: other.clone() })
    }

    /// A constant that a switch can have for a target.
    fn number(&self, value: ValueId) -> Option<u64> {
        match self.made[value.index()]? {
            Op::Const(Const::Int(int, number)) if int.bits() <= 64 => u64::try_from(number).ok(),
            _ => None,
        }
    }
}

/// The number that the table of a chain begins with, and its length; nothing where it would be large.
fn table(tests: &[(u64, Edge)]) -> Option<(u64, u64)> {
    let least = tests.iter().map(|(number, _)| *number).min()?;
    let greatest = tests.iter().map(|(number, _)| *number).max()?;
    let most = MOST.min(tests.len() as u64 * SPREAD);
    [0, least].into_iter().find_map(|first| {
        let length = (greatest - first).checked_add(1)?;
        (length <= most).then_some((first, length))
    })
}

fn apply(function: &mut Function, chain: Chain) {
    let Chain { head, mut value, int, tests, otherwise } = chain;
    let Some((first, length)) = table(&tests) else { return };
    let mut targets = vec![otherwise.clone(); length as usize];
    for (number, edge) in tests.into_iter().rev() {
        targets[(number - first) as usize] = edge;
    }
    if first > 0 {
        value = less(function, head, value, (int, first));
    }
    function.block_mut(head).terminator = Terminator::Switch { value, targets, otherwise };
}

/// The value less a number, modulo the width of the type: what was below it is far above then.
fn less(
    function: &mut Function,
    block: BlockId,
    value: ValueId,
    (int, number): (IntTy, u64),
) -> ValueId {
    let place = function.block(block).end;
    let mut add = |op| {
        let result = function.add_value(ValueData { ty: Ty::Int(int), name: None, place });
        function.block_mut(block).insts.push(Inst { results: vec![result], op, place });
        result
    };
    let number = add(Op::Const(Const::Int(int, BigInt::from(number))));
    add(Op::Binary { op: BinaryOp::WrappingSub, left: value, right: number })
}
