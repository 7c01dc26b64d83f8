//! Proofs and counterexamples on Z3.
//!
//! In: the typed tree of a package and the middle form of a contract, before any optimisation. Out:
//! [`Report`]: for each promise of the specification whether every run keeps it.
//! Holds always: no IO; the same input, limits and solver give the same report. The way of the data:
//! `exec` runs each function on symbols and writes conditions (`vc`), `solver` answers them one by
//! one, `report` says what that means, and `replay` looks on the engine for calls that break what is
//! not proved.

mod exec;
mod replay;
mod report;
mod solver;
mod vc;

use std::collections::HashSet;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use deed_base::{SourceMap, Span};
use deed_compiler::mir::{Function, Program};
use deed_compiler::thir::Package;

use exec::Conditions;
pub use report::{Finding, Outcome, Report, Run};
use solver::Verdict;
pub use solver::{Limits, SolverError, z3_version};
pub use vc::Promise;

/// What to verify, and what it may cost.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// Only the function of this name.
    pub function: Option<String>,
    pub limits: Limits,
}

/// Verifies a contract against its specification.
///
/// # Errors
/// The solver's library is not the pinned version.
pub fn verify(
    package: &Package,
    sources: &SourceMap,
    program: &Program,
    options: &Options,
) -> Result<Report, SolverError> {
    let z3_version = z3_version()?;
    let functions: Vec<Conditions> = selected(program, options)
        .map(|function| with_kept_invariants(package, program, function, options.limits))
        .collect();
    let queries: Vec<(&Conditions, usize)> = functions
        .iter()
        .flat_map(|function| (0..function.list.len()).map(move |at| (function, at)))
        .collect();
    let verdicts = answer_all(&queries, options.limits);
    let mut findings: Vec<Finding> = queries
        .iter()
        .zip(verdicts)
        .filter_map(|((function, at), verdict)| Finding::of(&function.list[*at], verdict))
        .collect();
    if options.function.is_none() {
        findings.extend(not_asked(package, program));
    }
    replay::replay(package, sources, &program.name, options.limits.seed, &mut findings);
    let mut assumptions: Vec<_> =
        functions.iter().flat_map(|function| function.assumptions.iter().copied()).collect();
    assumptions.sort();
    assumptions.dedup();
    Ok(Report { z3_version, findings, assumptions })
}

/// The verification conditions as text, for `--emit vc`.
pub fn conditions_text(package: &Package, program: &Program, options: &Options) -> String {
    let mut text = String::new();
    for function in selected(program, options) {
        let function = exec::conditions(package, program, function, None);
        for condition in &function.list {
            let (name, promise) = (&condition.function, condition.promise.name());
            text.push_str(&format!("; {name}: {promise}\n"));
            text.push_str(&vc::print::query(&function.terms, condition));
            text.push('\n');
        }
    }
    text
}

/// What is promised of transactions in a row, which no condition speaks of yet.
fn not_asked(package: &Package, program: &Program) -> Vec<Finding> {
    let named = package.contracts.iter().find(|(_, contract)| {
        package.full_name(contract.module, None, &contract.name.text) == program.name
    });
    let Some((id, contract)) = named else { return Vec::new() };
    let finding = |promise: Promise, span: Span| Finding {
        promise,
        function: contract.name.text.to_string(),
        clause: span,
        place: span,
        outcome: Outcome::Undecided(format!("a {} is not proved yet", promise.name())),
    };
    let steps = contract.step_invariants.iter();
    let steps = steps.map(|clause| finding(Promise::StepInvariant, clause.span));
    let rules = package.rules.values().filter(|rule| rule.contract == id);
    steps.chain(rules.map(|rule| finding(Promise::Rule, rule.name.span))).collect()
}

fn selected<'a>(program: &'a Program, options: &'a Options) -> impl Iterator<Item = &'a Function> {
    let wanted = |name: &str| options.function.as_deref().is_none_or(|only| only == name);
    program.functions.iter().filter(move |function| wanted(&function.name))
}

/// A function's conditions, its loops with as many of the contract's invariants as they keep.
fn with_kept_invariants(
    package: &Package,
    program: &Program,
    function: &Function,
    limits: Limits,
) -> Conditions {
    // A guess is worth less than a promise that somebody made.
    let limits = Limits { rlimit: limits.rlimit / 4, ..limits };
    let mut dropped = HashSet::new();
    loop {
        let mut conditions = exec::conditions(package, program, function, Some(&dropped));
        let tried: Vec<(&Conditions, usize)> = (0..conditions.list.len())
            .filter(|at| conditions.list[*at].candidate.is_some())
            .map(|at| (&conditions, at))
            .collect();
        let verdicts = answer_all(&tried, limits);
        let failed = tried.iter().zip(verdicts).filter(|(_, verdict)| *verdict != Verdict::Holds);
        let failed: Vec<_> =
            failed.filter_map(|((_, at), _)| conditions.list[*at].candidate).collect();
        if failed.is_empty() {
            conditions.list.retain(|condition| condition.candidate.is_none());
            return conditions;
        }
        dropped.extend(failed);
    }
}

/// Asks every question, on as many threads as there are cores; the answers keep their order.
fn answer_all(queries: &[(&Conditions, usize)], limits: Limits) -> Vec<Verdict> {
    let next = AtomicUsize::new(0);
    let answers: Vec<OnceLock<Verdict>> = queries.iter().map(|_| OnceLock::new()).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads.min(queries.len()) {
            scope.spawn(|| {
                loop {
                    let mine = next.fetch_add(1, Ordering::Relaxed);
                    let Some((function, at)) = queries.get(mine) else { return };
                    let verdict = solver::check(&function.terms, &function.list[*at], limits);
                    answers[mine].get_or_init(|| verdict);
                }
            });
        }
    });
    let lost = || Verdict::Unknown("the solver was stopped".to_string());
    answers.into_iter().map(|answer| answer.into_inner().unwrap_or_else(lost)).collect()
}
