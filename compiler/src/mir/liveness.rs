//! Which values are needed where.
//!
//! In: a function. Out: for each block the values needed at its start and after its end.
//! Holds always: a block's parameters are defined by the block, so they are in `live_in` where the
//! block or what follows needs them, and never in the `live_out` of the blocks before it.
//!
//! The usual backward data flow over sets of bits, one row a block.

use super::cfg::Cfg;
use super::{BlockId, Function, ValueId};

/// A set of values.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ValueSet {
    words: Vec<u64>,
}

impl ValueSet {
    pub(crate) fn new(values: usize) -> ValueSet {
        ValueSet { words: vec![0; values.div_ceil(64)] }
    }

    pub(crate) fn contains(&self, value: ValueId) -> bool {
        self.words[value.index() / 64] >> (value.index() % 64) & 1 == 1
    }

    /// Whether it was new.
    pub(crate) fn insert(&mut self, value: ValueId) -> bool {
        let new = !self.contains(value);
        self.words[value.index() / 64] |= 1 << (value.index() % 64);
        new
    }

    pub(crate) fn remove(&mut self, value: ValueId) {
        self.words[value.index() / 64] &= !(1 << (value.index() % 64));
    }

    fn union(&mut self, other: &ValueSet) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
    }

    /// The members in the order of their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = ValueId> + '_ {
        let words = self.words.iter().enumerate().filter(|(_, word)| **word != 0);
        words.flat_map(|(at, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros())?;
                rest &= rest - 1;
                Some(ValueId(at as u32 * 64 + bit))
            })
        })
    }
}

pub(crate) struct Liveness {
    pub(crate) live_in: Vec<ValueSet>,
    pub(crate) live_out: Vec<ValueSet>,
}

impl Liveness {
    pub(crate) fn new(function: &Function, cfg: &Cfg) -> Liveness {
        let empty = ValueSet::new(function.values.len());
        let mut live = Liveness {
            live_in: vec![empty.clone(); function.blocks.len()],
            live_out: vec![empty; function.blocks.len()],
        };
        let mut changed = true;
        while changed {
            changed = false;
            for block in cfg.order.iter().rev() {
                changed |= live.visit(function, *block);
            }
        }
        live
    }

    /// Brings one block up to date; tells whether what it needs has grown.
    fn visit(&mut self, function: &Function, id: BlockId) -> bool {
        let block = function.block(id);
        let mut live = ValueSet::new(function.values.len());
        for edge in block.terminator.edges() {
            let mut needed = self.live_in[edge.target.index()].clone();
            for param in &function.block(edge.target).params {
                needed.remove(*param);
            }
            live.union(&needed);
        }
        self.live_out[id.index()] = live.clone();
        self.terminator_uses(function, id, |value| {
            live.insert(value);
        });
        for inst in block.insts.iter().rev() {
            inst.results.iter().for_each(|result| live.remove(*result));
            inst.op.for_each_operand(|value| {
                live.insert(value);
            });
        }
        let grown = live != self.live_in[id.index()];
        self.live_in[id.index()] = live;
        grown
    }

    /// What the end of a block needs: its operands, and of the arguments those whose parameter is
    /// needed.
    pub(crate) fn terminator_uses(
        &self,
        function: &Function,
        id: BlockId,
        mut visit: impl FnMut(ValueId),
    ) {
        let terminator = &function.block(id).terminator;
        terminator.decider().into_iter().for_each(&mut visit);
        terminator.leaving().iter().copied().for_each(&mut visit);
        for edge in terminator.edges() {
            let params = &function.block(edge.target).params;
            let needed = &self.live_in[edge.target.index()];
            let pairs = params.iter().zip(&edge.args);
            pairs.filter(|(param, _)| needed.contains(**param)).for_each(|(_, arg)| visit(*arg));
        }
    }
}
