//! Where ways part and meet: the values of variables, and the blocks at which ways join.
//!
//! Holds always: a join with one way in makes no block, and a variable that has one value on all
//! ways in makes no parameter.

use deed_base::Span;

use super::function::FnLowering;
use crate::arena::{Id, LocalId};
use crate::mir::{BlockId, Edge, LocalValues, Terminator, ValueData, ValueId};

/// The value of each variable that is in scope.
#[derive(Clone)]
pub(super) struct Env {
    values: Vec<Option<ValueId>>,
}

impl Env {
    /// Takes over what the variables that it has hold now.
    pub(super) fn catch_up(&mut self, now: &Env) {
        for (value, now) in self.values.iter_mut().zip(&now.values) {
            *value = value.and(*now);
        }
    }

    pub(super) fn new(locals: usize) -> Env {
        Env { values: vec![None; locals] }
    }

    pub(super) fn get(&self, local: LocalId) -> Option<ValueId> {
        self.values[local.index()]
    }

    pub(super) fn set(&mut self, local: LocalId, value: ValueId) {
        self.values[local.index()] = Some(value);
    }

    pub(super) fn forget(&mut self, local: LocalId) {
        self.values[local.index()] = None;
    }

    /// All of it, for the clauses that stand here.
    pub(super) fn snapshot(&self) -> LocalValues {
        let values = self.values.iter().enumerate();
        values.filter_map(|(at, value)| Some((LocalId::from_index(at), (*value)?))).collect()
    }
}

/// Ways that will meet.
#[derive(Default)]
pub(super) struct Join {
    ways: Vec<Way>,
}

struct Way {
    /// A block that has no end yet.
    from: BlockId,
    env: Env,
    /// What the way brings, where the join gives a value.
    value: Option<ValueId>,
}

impl FnLowering<'_, '_> {
    /// Leads the current place to `join`, if control comes here.
    pub(super) fn lead(&mut self, join: &mut Join, value: Option<ValueId>) {
        if let Some(from) = self.at.take() {
            join.ways.push(Way { from, env: self.env.clone(), value });
        }
    }

    /// Goes on where the ways meet, and gives the value they bring.
    pub(super) fn meet(&mut self, mut join: Join, span: Span) -> Option<ValueId> {
        if join.ways.len() <= 1 {
            let way = join.ways.pop()?;
            self.at = Some(way.from);
            self.env = way.env;
            return way.value;
        }
        let block = self.new_block(span);
        let mut columns = vec![Vec::new(); join.ways.len()];
        let value = self.meet_values(block, &join.ways, &mut columns, |way| way.value, span);
        let mut env = Env::new(join.ways[0].env.values.len());
        for at in 0..env.values.len() {
            let of = |way: &Way| way.env.values[at];
            if let Some(value) = self.meet_values(block, &join.ways, &mut columns, of, span) {
                self.assign(LocalId::from_index(at), value);
                env.values[at] = Some(value);
            }
        }
        for (way, args) in join.ways.iter().zip(columns) {
            self.end_block(way.from, span, Terminator::Jump(Edge { target: block, args }));
        }
        self.at = Some(block);
        self.env = env;
        value
    }

    /// The value where ways meet: the same on all, or a new parameter; nothing where a way has none.
    fn meet_values(
        &mut self,
        block: BlockId,
        ways: &[Way],
        columns: &mut [Vec<ValueId>],
        of: impl Fn(&Way) -> Option<ValueId>,
        span: Span,
    ) -> Option<ValueId> {
        let first = of(&ways[0])?;
        if ways.iter().all(|way| of(way) == Some(first)) {
            return Some(first);
        }
        let values: Vec<ValueId> = ways.iter().map(of).collect::<Option<_>>()?;
        for (column, value) in columns.iter_mut().zip(values) {
            column.push(value);
        }
        Some(self.new_param(block, first, span))
    }

    /// A new parameter of `block`, of the type of `value`.
    pub(super) fn new_param(&mut self, block: BlockId, value: ValueId, span: Span) -> ValueId {
        let data = ValueData { ty: self.function.ty(value), name: None, place: span.into() };
        let param = self.function.add_value(data);
        self.function.block_mut(block).params.push(param);
        param
    }
}
