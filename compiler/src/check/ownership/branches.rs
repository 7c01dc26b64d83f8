//! Paths that part and meet: they must agree on what is held.

use deed_base::Span;

use super::area::Root;
use super::errors::Leaving;
use super::patterns::Hold;
use super::state::State;
use super::{Checker, Use, end_of};
use crate::arena::LocalId;
use crate::thir::{Arm, Block, Expr, ExprKind, Try};

/// A path up to where it meets others.
#[derive(Clone)]
pub(super) struct Outcome {
    pub(super) state: State,
    /// Where it ends, and what a message says about it if something is still held there.
    pub(super) end: Span,
    pub(super) held: &'static str,
}

impl Outcome {
    pub(super) fn at(state: State, end: Span) -> Outcome {
        Outcome { state, end, held: "still held on the path that ends here" }
    }
}

impl<'p> Checker<'p, '_> {
    /// Paths meet here.
    pub(super) fn join(&mut self, outcomes: Vec<Outcome>) {
        let mut outcomes = outcomes.into_iter().filter(|outcome| outcome.state.reachable);
        let Some(first) = outcomes.next() else {
            self.state.reachable = false;
            return;
        };
        let mut state = first.state.clone();
        for other in outcomes {
            for root in state.differences(&other.state) {
                self.meet(root, &mut state, &first, &other);
            }
            state.absorb_deaths(&other.state);
        }
        self.state = state;
    }

    /// Two paths differ in what a root holds.
    fn meet(&mut self, root: Root, state: &mut State, first: &Outcome, other: &Outcome) {
        let owes = |state: &State| state.holes(root).is_some_and(|holes| self.owes(root, holes));
        let (here, there) = (owes(state), owes(&other.state));
        if (here || there) && self.said.insert(root) {
            let leak = if here { first } else { other };
            self.d.push(self.some_paths(root, leak, here && there));
        }
        state.empty(root);
    }

    /// `if`, with or without a value.
    pub(super) fn branch(
        &mut self,
        cond: &'p Expr,
        then: &'p Block,
        otherwise: Option<&'p Block>,
        how: Use,
    ) {
        self.open();
        let (no, lost) = self.cond(cond);
        self.block(then, how);
        let end = end_of(then.span);
        self.close(end);
        let yes = Outcome::at(std::mem::replace(&mut self.state, no), end);
        self.open();
        lost.into_iter().for_each(|local| self.in_scope(local));
        otherwise.iter().for_each(|block| self.block(block, how));
        let end = otherwise.map_or(cond.span, |block| end_of(block.span));
        self.close(end);
        let mut no = Outcome::at(self.state.clone(), end);
        if otherwise.is_none() {
            no = Outcome { held: "still held where this does not hold", ..no };
        }
        self.join(vec![yes, no]);
    }

    /// The condition of an `if` or `while`: afterwards it holds. Gives the state where it does not,
    /// and what is left of the value there.
    pub(super) fn cond(&mut self, cond: &'p Expr) -> (State, Vec<LocalId>) {
        let ExprKind::Let { pattern, value } = &cond.kind else {
            self.expr(cond, Use::Look);
            return (self.state.clone(), Vec::new());
        };
        let hold = self.subject(value, std::iter::once(&**pattern), false);
        let mut no = self.state.clone();
        let lost = self.left_by(pattern, &hold, &mut no);
        self.bind(pattern, &hold);
        (no, lost)
    }

    pub(super) fn match_arms(&mut self, subject: &'p Expr, arms: &'p [Arm], how: Use) {
        let hold = self.subject(subject, arms.iter().map(|arm| &arm.pattern), false);
        let mut base = self.state.clone();
        let mut outcomes = Vec::with_capacity(arms.len());
        for (index, arm) in arms.iter().enumerate() {
            self.state = base.clone();
            self.open();
            let hold = match self.nothing_left(&arms[..index], arm) {
                true => Hold::Nothing,
                false => hold.clone(),
            };
            if let Some(guard) = &arm.guard {
                self.bind(&arm.pattern, &hold.looked_at());
                self.expr(guard, Use::Look);
                base.absorb_deaths(&self.state);
            }
            self.bind(&arm.pattern, &hold);
            self.block(&arm.body, how);
            let end = end_of(arm.body.span);
            self.close(end);
            outcomes.push(Outcome::at(self.state.clone(), end));
        }
        if !arms.is_empty() {
            self.join(outcomes);
        }
    }

    /// `value else { .. }`: the block runs without a content, and leaves.
    pub(super) fn else_leave(&mut self, value: &'p Expr, otherwise: &'p Block, how: Use) {
        self.expr(value, how);
        let found = self.state.clone();
        self.open();
        if how == Use::Take && self.has_linear_failure(&value.ty) {
            let left = self.nameless(value.span);
            self.state.fill(Root::Local(left));
            self.in_scope(left);
        }
        self.block(otherwise, Use::Take);
        self.close(end_of(otherwise.span));
        self.state = found;
    }

    /// `e?` may leave the function.
    pub(super) fn propagate(&mut self, value: &'p Expr, span: Span) {
        self.expr(value, Use::Take);
        self.leave(span, Leaving::Propagate);
    }

    /// `inside` may run or not.
    pub(super) fn maybe(&mut self, end: Span, inside: impl FnOnce(&mut Self)) {
        let without = Outcome::at(self.state.clone(), end);
        inside(self);
        let with = Outcome::at(self.state.clone(), end);
        self.join(vec![without, with]);
    }

    /// A handler starts from what was held before the body, whose work is undone then.
    pub(super) fn attempt(&mut self, attempt: &'p Try, how: Use) {
        let before = self.state.clone();
        let handlers = attempt.catches.iter().map(|catch| &catch.body);
        let mut outcomes = Vec::new();
        for block in [&attempt.body].into_iter().chain(handlers) {
            self.state = before.clone();
            self.block(block, how);
            outcomes.push(Outcome::at(self.state.clone(), end_of(block.span)));
        }
        self.join(outcomes);
    }
}
