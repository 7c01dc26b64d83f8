//! Clauses of specifications as tests that run.
//!
//! In: a function's clauses and those of its contract, where [`SpecChecks`] asks for them. Out: an
//! [`Op::Assert`] at each clause's place, wherever its promise has to be kept.
//! Holds always: unbounded integers are `i256` here, so a test that would go beyond traps with an
//! overflow; a clause that has no form that runs ([`runs`]) leaves no test and gets a warning; a clause
//! that is not asked for leaves no code.

mod binders;
mod runs;

use std::collections::{HashMap, HashSet};

use deed_base::Span;

use super::Lowering;
use super::cfg::Env;
use super::errors::untested;
use super::function::FnLowering;
use crate::arena::{ErrorId, FnId};
use crate::build::SpecChecks;
use crate::mir::{FnKind, Op, ValueId};
use crate::thir::visit::{Node, each_clause, walk_expr, walk_function};
use crate::thir::{self, Clause, Expr, ExprKind, LoopSpec};

/// What is asked of a lowering whose specifications run.
pub(super) struct Specs {
    checks: SpecChecks,
    /// The functions that the contract calls itself.
    called_inside: HashSet<FnId>,
    /// The clauses that were named for having no form that runs.
    named: HashSet<Span>,
}

/// What the tests of one function need to know of its start, and of its end.
#[derive(Default)]
pub(super) struct Checks {
    /// The values of `old(e)`, by the places of these.
    old: HashMap<Span, ValueId>,
    throws: Vec<Condition>,
    ensures: Vec<Clause>,
    /// Where the function returns.
    result: Option<ValueId>,
}

/// `throws E when c`: what `c` was at the start.
struct Condition {
    error: ErrorId,
    held: ValueId,
    exactly: bool,
    span: Span,
}

impl Specs {
    /// Nothing where no clause is to be tested.
    pub(super) fn of(
        package: &thir::Package,
        contract: &thir::Contract,
        checks: &SpecChecks,
    ) -> Option<Specs> {
        if *checks == SpecChecks::None {
            return None;
        }
        let mut called_inside = HashSet::new();
        for id in &contract.functions {
            walk_function(&package.functions[*id], &mut |node| {
                if let Node::Expr(Expr { kind: ExprKind::Call { function, .. }, .. }) = node {
                    called_inside.insert(*function);
                }
            });
        }
        Some(Specs { checks: checks.clone(), called_inside, named: HashSet::new() })
    }

    fn is_wanted(&self, clause: &Clause) -> bool {
        match &self.checks {
            SpecChecks::None => false,
            SpecChecks::All => true,
            SpecChecks::Only(places) => places.contains(&clause.span),
        }
    }
}

impl Lowering<'_> {
    /// Says once of a clause that it is not tested.
    fn untested(&mut self, span: Span) {
        let Some(specs) = &mut self.specs else { return };
        if specs.named.insert(span) {
            self.diagnostics.push(untested(span));
        }
    }
}

impl FnLowering<'_, '_> {
    fn checks_specs(&self) -> bool {
        self.lowering.specs.is_some() && self.at.is_some()
    }

    /// At the start of a function: what its clauses say of that moment.
    pub(super) fn check_start(&mut self, source: &thir::Function) {
        if !self.checks_specs() {
            return;
        }
        self.remember_old(source);
        for requires in source.spec.requires.iter().filter(|requires| requires.check.is_none()) {
            self.check(&requires.clause);
        }
        for throws in &source.spec.throws_when {
            let clause = &throws.clause;
            let Some(held) = self.clause_value(clause) else { continue };
            let (error, exactly, span) = (throws.error, throws.exactly, clause.span);
            self.checks.throws.push(Condition { error, held, exactly, span });
        }
        self.checks.ensures.clone_from(&source.spec.ensures);
    }

    /// Computes what stands under `old` anywhere in the function and in its contract's promises.
    fn remember_old(&mut self, source: &thir::Function) {
        let mut found: Vec<&Expr> = Vec::new();
        each_clause(source, &mut |clause| {
            walk_expr(clause, &mut |node| {
                if let Node::Expr(Expr { kind: ExprKind::Old(inner), .. }) = node {
                    found.push(inner);
                }
            });
        });
        for inner in found {
            if self.can_run(inner)
                && let Some(value) = self.expr(inner)
            {
                self.checks.old.insert(inner.span, value);
            }
        }
    }

    /// Before a `return`: what the function and its contract promise of it.
    pub(super) fn check_return(&mut self, result: Option<ValueId>) {
        if !self.checks_specs() {
            return;
        }
        self.checks.result = result;
        for clause in self.checks.ensures.clone() {
            self.check(&clause);
        }
        let exact = self.checks.throws.iter().filter(|condition| condition.exactly);
        let exact: Vec<_> = exact.map(|condition| (condition.held, condition.span)).collect();
        for (held, span) in exact {
            let condition = self.not(held, span);
            self.effect(Op::Assert { condition }, span);
        }
        if self.keeps_invariants() {
            self.check_invariants();
        }
    }

    /// The contract's invariants, which have variables of their own.
    fn check_invariants(&mut self) {
        let contract = self.lowering.contract;
        let env = std::mem::replace(&mut self.env, Env::new(contract.locals.len()));
        let aliases = std::mem::take(&mut self.aliases);
        let source = self.source.take();
        contract.invariants.iter().for_each(|clause| self.check(clause));
        (self.env, self.aliases, self.source) = (env, aliases, source);
    }

    /// Invariants hold between calls from outside. A function that the contract calls itself may be
    /// called where they do not, so it is left alone.
    fn keeps_invariants(&self) -> bool {
        let from_outside =
            matches!(self.function.kind, FnKind::Init | FnKind::Entry | FnKind::Payable);
        let specs = self.lowering.specs.as_ref();
        let called = |id: FnId| specs.is_some_and(|specs| specs.called_inside.contains(&id));
        from_outside && !self.source.is_some_and(called)
    }

    /// Before a `throw` out of the function.
    pub(super) fn check_throw(&mut self, error: ErrorId) {
        if !self.checks_specs() {
            return;
        }
        let meant = self.checks.throws.iter().filter(|condition| condition.error == error);
        let meant: Vec<_> = meant.map(|condition| (condition.held, condition.span)).collect();
        for (condition, span) in meant {
            self.effect(Op::Assert { condition }, span);
        }
    }

    /// Where the turns of a loop begin.
    pub(super) fn check_loop(&mut self, spec: &LoopSpec) {
        if self.checks_specs() {
            spec.invariants.iter().for_each(|clause| self.check(clause));
        }
    }

    /// An `assert` that has no form that runs without `check_specs`.
    pub(super) fn check_assert(&mut self, clause: &Clause) {
        if self.checks_specs() {
            self.check(clause);
        }
    }

    fn check(&mut self, clause: &Clause) {
        if let Some(condition) = self.clause_value(clause) {
            self.effect(Op::Assert { condition }, clause.span);
        }
    }

    /// Whether a clause holds here; nothing where it has no form that runs.
    fn clause_value(&mut self, clause: &Clause) -> Option<ValueId> {
        self.at?;
        let specs = self.lowering.specs.as_ref()?;
        if !specs.is_wanted(clause) {
            return None;
        }
        if !self.can_run(&clause.cond) {
            self.lowering.untested(clause.span);
            return None;
        }
        self.expr(&clause.cond)
    }

    pub(super) fn old_value(&self, inner: &Expr) -> Option<ValueId> {
        self.checks.old.get(&inner.span).copied()
    }

    pub(super) fn result_value(&self) -> Option<ValueId> {
        self.checks.result
    }
}
