//! Runs a function on symbols and collects what must hold.
//!
//! In: a function of the middle form before optimisation, and the clauses of its specification. Out:
//! [`Condition`]s over one arena of terms.
//! Holds always: every run of the machine is a run of the symbols. Blocks are taken in an order in
//! which each follows its predecessors; where ways meet, values and state are chosen by the way taken;
//! a loop is cut at its head, where everything it changes is forgotten but its invariants. A trap or
//! throw ends a way: what follows may assume that it did not happen. What has no model is any value,
//! which can only lose proofs.

mod arith;
mod bits;
mod clause;
mod counter;
mod facts;
mod flow;
mod heap;
mod lemmas;
mod probes;
mod reach;
mod relations;
mod spec_fns;
mod state;
mod sums;
mod tallies;
mod value;

use std::collections::{HashMap, HashSet};

use deed_base::Span;
use deed_compiler::arena::{ContractId, FnId, LocalId};
use deed_compiler::mir::{ContextKind, FnKind, Function, IntTy, Program, Ty};
use deed_compiler::thir::{self, Clause};

use crate::vc::term::{TermId, Terms};
use crate::vc::{Candidate, Condition, Promise};
use clause::Scope;
use facts::Facts;
use flow::{Exit, Flow, Measures, own_result};
use state::State;

/// The conditions of one function, with the arena they are written in.
pub(crate) struct Conditions {
    pub terms: Terms,
    pub list: Vec<Condition>,
    /// The `assume`s on the way.
    pub assumptions: Vec<Span>,
    /// The turns of its loops, where more is guessed about these.
    pub slices: Vec<Slice>,
}

pub(crate) use probes::empty_promises;
pub(crate) use relations::{Found, Slice, relations};
pub(crate) use spec_fns::{circle, spec_fns};

/// What a function is verified with.
#[derive(Clone, Copy)]
pub(crate) struct Given<'a> {
    pub package: &'a thir::Package,
    pub program: &'a Program,
    /// Functions of specifications that call themselves and are proved to end.
    pub trusted: &'a HashSet<FnId>,
}

/// How much is guessed about loops, and how it is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Effort {
    /// Whether more than the contract's invariants is guessed: what has one of a few shapes.
    pub templates: bool,
    /// Over how many turns of a loop its invariants are shown.
    pub turns: u32,
}

impl Effort {
    /// The contract's invariants alone, from turn to turn.
    pub(crate) const FIRST: Effort = Effort { templates: false, turns: 1 };
}

/// What is guessed about the loops of a function.
#[derive(Clone, Copy)]
pub(crate) struct Guesses<'a> {
    /// Guesses that are known to fail; nothing is guessed without.
    pub dropped: Option<&'a HashSet<Candidate>>,
    /// Relations that were found.
    pub found: &'a [Found],
    pub effort: Effort,
}

/// Collects the conditions of one function. Loops are tried to keep what is guessed.
pub(crate) fn conditions<'a>(
    given: Given<'a>,
    function: &'a Function,
    guesses: Guesses<'a>,
) -> Conditions {
    let mut run = Run::new(given, function);
    (run.dropped, run.found) = (guesses.dropped, guesses.found);
    (run.templates, run.turns) = (guesses.effort.templates, guesses.effort.turns);
    run.whole();
    let (assumptions, slices) = (run.assumptions, run.slices);
    Conditions { terms: run.terms, list: run.conditions, assumptions, slices }
}

/// What a run is told from outside, as the source writes it.
const CONTEXT: [(ContextKind, &str, Ty); 9] = [
    (ContextKind::Sender, "tx.sender", Ty::Address),
    (ContextKind::SelfAddress, "self.address", Ty::Address),
    (ContextKind::Height, "block.height", Ty::U64),
    (ContextKind::Time, "block.time", Ty::U64),
    (ContextKind::Value, "tx.value", Ty::Int(IntTy::U128)),
    (ContextKind::TxHash, "tx.hash", Ty::Hash),
    (ContextKind::TxIndex, "tx.index", Ty::Int(IntTy::U32)),
    (ContextKind::BlockHash, "block.hash", Ty::Hash),
    (ContextKind::ChainId, "block.chain_id", Ty::Hash),
];

fn context(terms: &mut Terms, facts: &mut Facts) -> HashMap<ContextKind, TermId> {
    let any = |(kind, name, ty)| (kind, value::unknown(terms, facts, name, ty));
    CONTEXT.into_iter().map(any).collect()
}

/// One function's run.
struct Run<'a> {
    package: &'a thir::Package,
    program: &'a Program,
    trusted: &'a HashSet<FnId>,
    function: &'a Function,
    terms: Terms,
    facts: Facts,
    conditions: Vec<Condition>,
    unmodelled: Vec<String>,
    context: HashMap<ContextKind, TermId>,
    watched: Vec<(String, TermId)>,
    assumptions: Vec<Span>,
    /// Inside a callee, whose own promises are its own matter: it is proved by itself, for all states.
    quiet: bool,
    /// Invariants that loops are known not to keep; without it none is tried.
    dropped: Option<&'a HashSet<Candidate>>,
    /// Whether more is guessed about loops than that.
    templates: bool,
    /// Relations that the numbers of loops are tried to keep.
    found: &'a [Found],
    slices: Vec<Slice>,
    /// Over how many turns of a loop its invariants are shown.
    turns: u32,
    /// Inside a loop that is run turn by turn.
    in_turn: bool,
    /// What is run here is asked elsewhere.
    silent: bool,
    /// What falls with each call that comes back to the function, as it was at its start.
    own_measures: Measures,
}

impl<'a> Run<'a> {
    fn new(given: Given<'a>, function: &'a Function) -> Self {
        let Given { package, program, trusted } = given;
        let (mut terms, mut facts) = (Terms::new(), Facts::default());
        let context = context(&mut terms, &mut facts);
        let name = |(kind, name, _): (ContextKind, &str, Ty)| (name.to_string(), context[&kind]);
        let watched = CONTEXT.map(name).to_vec();
        Run {
            package,
            program,
            trusted,
            function,
            terms,
            facts,
            conditions: Vec::new(),
            unmodelled: Vec::new(),
            context,
            watched,
            assumptions: Vec::new(),
            quiet: false,
            dropped: None,
            templates: false,
            found: &[],
            slices: Vec::new(),
            turns: 1,
            in_turn: false,
            silent: false,
            own_measures: Measures::new(),
        }
    }

    /// From a state that keeps its promises, through the body, to every way out.
    fn whole(&mut self) {
        let entry = self.entry_state();
        let args = self.arguments();
        let locals = named(self.function, &args);
        self.assume_entry(&entry, &locals);
        self.watched.extend(entry.scalars(self.program));
        self.own_measures =
            self.measures(&self.function.spec.decreases, Moment::start(&entry, &locals));
        let start = Flow { pc: self.terms.bool(true), state: entry.clone() };
        self.ask_consistent();
        let exit = self.body(self.function, &args, start, 0);
        self.ask_returns(&exit, &entry, &locals);
        self.ask_throws(&exit, &entry, &locals);
        self.ask_traps(&exit, &entry, &locals);
    }

    fn entry_state(&mut self) -> State {
        if self.function.kind == FnKind::Init {
            State::empty(&mut self.terms, &mut self.facts, self.program)
        } else {
            State::unknown(&mut self.terms, &mut self.facts, self.program)
        }
    }

    fn arguments(&mut self) -> Vec<TermId> {
        let function = self.function;
        let mut args = Vec::new();
        for param in function.params() {
            let data = function.value(*param);
            let name = data.name.clone().unwrap_or_else(|| param.to_string());
            let arg = value::unknown(&mut self.terms, &mut self.facts, &name, data.ty);
            self.watched.push((name, arg));
            args.push(arg);
        }
        args
    }

    /// What a caller owes: preconditions; and what the last transaction left: invariants.
    fn assume_entry(&mut self, entry: &State, locals: &Locals) {
        let nobody = Locals::new();
        let mut clauses: Vec<(&Clause, &Locals)> = Vec::new();
        if starts_with_invariants(self.function.kind) {
            clauses.extend(self.program.invariants.iter().map(|clause| (clause, &nobody)));
        }
        // On `entry` and `init` the machine checks preconditions itself, in the body.
        if matches!(self.function.kind, FnKind::Private | FnKind::View) {
            let own = self.function.spec.requires.iter();
            clauses.extend(own.map(|requires| (&requires.clause, locals)));
        }
        for (clause, locals) in clauses {
            let scope = Moment::start(entry, locals);
            if let Some(fact) = self.clause(clause, scope) {
                self.facts.push(fact);
            }
        }
    }

    /// Contradictory facts prove everything; that must not pass for a proof.
    fn ask_consistent(&mut self) {
        let goal = self.terms.bool(false);
        let span = self.function.span;
        self.ask(Promise::Consistent, span, span, goal);
    }

    fn ask_returns(&mut self, exit: &Exit, entry: &State, locals: &Locals) {
        let keeps = matches!(self.function.kind, FnKind::Init | FnKind::Entry | FnKind::Payable);
        for way in &exit.returns {
            self.facts.at(&self.terms, way.flow.pc);
            let ended = at_the_end(self.package, self.function, locals, &way.results);
            let scope = Moment {
                now: &way.flow.state,
                locals: &ended,
                entry: (entry, locals),
                result: own_result(self.function, &way.results),
            };
            for clause in &self.function.spec.ensures {
                self.ask_clause(Promise::Ensures, clause, way.span, way.flow.pc, scope);
            }
            // A clause of the contract knows nothing of a function's variables, and numbers its own as these are.
            let nobody = Locals::new();
            let scope = Moment { locals: &nobody, entry: (entry, &nobody), result: None, ..scope };
            for clause in self.program.invariants.iter().filter(|_| keeps) {
                self.ask_clause(Promise::Invariant, clause, way.span, way.flow.pc, scope);
            }
            // A deployment has no state before it.
            let steps = keeps && self.function.kind != FnKind::Init;
            for clause in step_invariants(self.package, self.program).iter().filter(|_| steps) {
                self.ask_clause(Promise::StepInvariant, clause, way.span, way.flow.pc, scope);
            }
        }
    }

    /// `throws E when c`: where E is thrown, c held at entry; `exactly`: where c held, no way returns.
    fn ask_throws(&mut self, exit: &Exit, entry: &State, locals: &Locals) {
        let function = self.function;
        for promise in &function.spec.throws_when {
            let scope = Moment::start(entry, locals);
            for way in &exit.throws {
                if self.program.errors[way.error.index()].source != promise.error {
                    continue;
                }
                self.facts.at(&self.terms, way.pc);
                self.ask_clause(Promise::Throws, &promise.clause, way.span, way.pc, scope);
            }
            if promise.exactly {
                for way in &exit.returns {
                    self.facts.at(&self.terms, way.flow.pc);
                    self.ask_not(Promise::Throws, &promise.clause, way.span, way.flow.pc, scope);
                }
            }
        }
    }

    /// A clause at a moment: state now, state at entry, variables, result.
    fn clause(&mut self, clause: &Clause, at: Moment<'_>) -> Option<TermId> {
        self.value_of(&clause.cond, at)
    }

    /// What an expression of a specification is at a moment.
    fn value_of(&mut self, expr: &thir::Expr, at: Moment<'_>) -> Option<TermId> {
        let scope = Scope {
            package: self.package,
            program: self.program,
            locals: at.locals.clone(),
            result: at.result,
            now: at.now,
            entry: at.entry,
            context: &self.context,
            trusted: self.trusted,
        };
        match clause::translate(&mut self.terms, &mut self.facts, expr, &scope) {
            Ok(term) => Some(term),
            Err(clause::Unmodelled(what)) => {
                self.note(what);
                None
            }
        }
    }

    fn ask_clause(
        &mut self,
        promise: Promise,
        clause: &Clause,
        place: Span,
        pc: TermId,
        at: Moment<'_>,
    ) {
        let goal = match self.clause(clause, at) {
            Some(term) => self.terms.implies(pc, term),
            None => self.terms.bool(false),
        };
        self.ask(promise, clause.span, place, goal);
    }

    fn ask_not(
        &mut self,
        promise: Promise,
        clause: &Clause,
        place: Span,
        pc: TermId,
        at: Moment<'_>,
    ) {
        let goal = match self.clause(clause, at) {
            Some(term) => {
                let not = self.terms.not(term);
                self.terms.implies(pc, not)
            }
            None => self.terms.bool(false),
        };
        self.ask(promise, clause.span, place, goal);
    }

    fn ask(&mut self, promise: Promise, clause: Span, place: Span, goal: TermId) {
        if !self.quiet {
            self.add(promise, (clause, place), goal, None);
        }
    }

    fn add(
        &mut self,
        promise: Promise,
        (clause, place): (Span, Span),
        goal: TermId,
        candidate: Option<Candidate>,
    ) {
        // Turn by turn a place may well be out of reach that is within it elsewhere.
        if self.silent || (self.turns > 1 && promise.is_probe()) {
            return;
        }
        self.conditions.push(Condition {
            promise,
            function: self.function.name.clone(),
            clause,
            place,
            facts: self.facts.list().to_vec(),
            goal,
            watched: self.touched(goal),
            unmodelled: self.unmodelled.clone(),
            candidate,
        });
    }

    /// Of what can be shown, that which the goal depends on.
    fn touched(&self, goal: TermId) -> Vec<(String, TermId)> {
        let below: HashSet<TermId> = self.terms.below(goal).into_iter().collect();
        self.watched.iter().filter(|(_, term)| below.contains(term)).cloned().collect()
    }

    /// An `assume` is reported, whoever wrote it.
    fn assumed(&mut self, clause: &Clause) {
        if !self.assumptions.contains(&clause.span) {
            self.assumptions.push(clause.span);
        }
    }

    fn note(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.unmodelled.contains(&what) {
            self.unmodelled.push(what);
        }
    }
}

/// What the contract promises of the states before and after each transaction.
fn step_invariants<'a>(package: &'a thir::Package, program: &Program) -> &'a [Clause] {
    contract_of(package, program).map_or(&[], |(_, contract)| &contract.step_invariants)
}

/// The contract that a program was made of.
pub(crate) fn contract_of<'a>(
    package: &'a thir::Package,
    program: &Program,
) -> Option<(ContractId, &'a thir::Contract)> {
    package.contracts.iter().find(|(_, contract)| {
        package.full_name(contract.module, None, &contract.name.text) == program.name
    })
}

/// Whether a function is proved for states alone in which the contract's invariants hold, as between transactions.
/// Where the contract calls it itself they may not.
fn starts_with_invariants(kind: FnKind) -> bool {
    matches!(kind, FnKind::Entry | FnKind::Payable | FnKind::View)
}

/// A function's parameters, as its specification names them.
fn named(function: &Function, args: &[TermId]) -> Locals {
    let values: HashMap<_, _> = function.params().iter().zip(args).collect();
    let known = function.locals.iter().filter_map(|(l, v)| Some((*l, **values.get(v)?)));
    known.collect()
}

/// What a function's parameters are in the end: the `inout` ones what it made of them.
fn at_the_end(
    package: &thir::Package,
    function: &Function,
    entry: &Locals,
    results: &[TermId],
) -> Locals {
    let mut locals = entry.clone();
    let Some(source) = function.source else { return locals };
    let params = package.functions[source].params.iter();
    let changed = params.filter(|param| param.mode == thir::ParamMode::Inout);
    let own = results.len().saturating_sub(function.inouts);
    locals.extend(changed.map(|param| param.local).zip(results[own..].iter().copied()));
    locals
}

/// What the variables of a specification are.
type Locals = HashMap<LocalId, TermId>;

/// A point of a run, as a clause sees it.
#[derive(Clone, Copy)]
struct Moment<'m> {
    now: &'m State,
    locals: &'m Locals,
    /// The state and the parameters at the function's entry.
    entry: (&'m State, &'m Locals),
    result: Option<TermId>,
}

impl<'m> Moment<'m> {
    /// Where a function begins.
    fn start(state: &'m State, locals: &'m Locals) -> Moment<'m> {
        Moment { now: state, locals, entry: (state, locals), result: None }
    }
}
