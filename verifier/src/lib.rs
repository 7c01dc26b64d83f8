//! Proofs and counterexamples on Z3.
//!
//! In: the typed tree of a package and the middle form of a contract, before any optimisation. Out:
//! [`Report`]: for each promise of the specification whether every run keeps it.
//! Holds always: no IO; the same input, limits and solver give the same report, but for times and for a
//! solver that is stopped because it takes too long. The way of the data: `exec` runs each function on
//! symbols and writes conditions (`vc`), `driver` has them answered by what is remembered (`cache`) or by
//! `solver`, `report` says what that means, and `replay` looks on the engine for calls that break what is
//! not proved.

pub mod cache;
mod driver;
mod exec;
mod replay;
mod report;
mod rounds;
mod solver;
mod vc;
pub mod worker;

use std::collections::HashSet;
use std::sync::Arc;

use deed_base::{SourceMap, Span};
use deed_compiler::arena::FnId;
use deed_compiler::mir::{Function, Program};
use deed_compiler::thir::Package;

use cache::Nothing;
pub use driver::{Desk, Progress};
use driver::{Driver, Question};
use exec::{Effort, Given, Guesses};
pub use report::{Cost, Finding, Outcome, Remark, RemarkKind, Report, Run};
use rounds::{Guessed, Rounds};
use solver::Verdict;
pub use solver::{Limits, SolverError, z3_version};
pub use vc::Promise;

/// What to verify, and what it may cost.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// Only the function of this name.
    pub function: Option<String>,
    pub limits: Limits,
    /// Whether calls are looked for that break what is not proved.
    pub search: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { function: None, limits: Limits::default(), search: true }
    }
}

/// Verifies a contract against its specification, and remembers nothing.
///
/// # Errors
/// The solver's library is not the pinned version.
pub fn verify(
    package: &Package,
    sources: &SourceMap,
    program: &Program,
    options: &Options,
) -> Result<Report, SolverError> {
    let desk = Desk { store: &Nothing, progress: &|_| {}, workers: None };
    verify_with(package, sources, program, options, &desk)
}

/// Verifies a contract against its specification, with what earlier runs found out.
///
/// # Errors
/// The solver's library is not the pinned version.
pub fn verify_with(
    package: &Package,
    sources: &SourceMap,
    program: &Program,
    options: &Options,
    desk: &Desk<'_>,
) -> Result<Report, SolverError> {
    let z3_version = z3_version()?;
    let mut driver = Driver::new(desk, &z3_version);
    let functions: Vec<&Function> = selected(program, options).collect();
    let mut costs: Vec<Cost> = functions.iter().map(|function| Cost::of(&function.name)).collect();
    let (trusted, mut findings) = spec_fns(package, program, options, &mut driver);
    let given = Given { package, program, trusted: &trusted };
    let rounds = Rounds { given, limits: options.limits };
    let mut guessed = Guessed::new(Effort::FIRST, functions.len());
    let mut conditions =
        rounds.with_kept_invariants(&functions, &mut guessed, &mut driver, &mut costs);
    let mut own = rounds.findings(&conditions, &mut driver, &mut costs);
    rounds.guess_more(&functions, &mut conditions, &mut own, &mut driver, &mut costs);
    findings.extend(own.into_iter().flatten());
    let remarks = rounds.remarks(&functions, &conditions, &findings, &mut driver, &mut costs);
    if options.function.is_none() {
        findings.extend(not_asked(package, program));
    }
    if options.search {
        let seed = options.limits.seed;
        replay::replay(package, sources, &program.name, seed, &mut findings, driver.store());
    }
    let mut assumptions: Vec<_> =
        conditions.iter().flat_map(|function| function.assumptions.iter().copied()).collect();
    assumptions.sort();
    assumptions.dedup();
    Ok(Report { z3_version, limits: options.limits, findings, remarks, assumptions, costs })
}

/// The verification conditions as text, for `--emit vc`.
pub fn conditions_text(package: &Package, program: &Program, options: &Options) -> String {
    let mut text = String::new();
    let given = Given { package, program, trusted: &HashSet::new() };
    let guesses = Guesses { dropped: None, found: &[], effort: Effort::FIRST };
    for function in selected(program, options) {
        let function = exec::conditions(given, function, guesses);
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
    let Some((id, contract)) = exec::contract_of(package, program) else { return Vec::new() };
    let rules = package.rules.values().filter(|rule| rule.contract == id);
    let finding = |span: Span| Finding {
        promise: Promise::Rule,
        function: contract.name.text.to_string(),
        clause: span,
        place: span,
        outcome: Outcome::Undecided("a rule is not proved yet".to_string()),
    };
    rules.map(|rule| finding(rule.name.span)).collect()
}

/// The functions of specifications that call themselves and are proved to end, and what came of each.
fn spec_fns(
    package: &Package,
    program: &Program,
    options: &Options,
    driver: &mut Driver<'_>,
) -> (HashSet<FnId>, Vec<Finding>) {
    let (mut ends, mut findings) = (HashSet::new(), Vec::new());
    for (id, conditions) in exec::spec_fns(package, program) {
        let conditions = Arc::new(conditions);
        let questions: Vec<Question> =
            (0..conditions.list.len()).map(|at| (conditions.clone(), at)).collect();
        let answers = driver.answer(&questions, options.limits);
        if answers.iter().all(|answer| answer.verdict == Verdict::Holds) {
            ends.insert(id);
        }
        let asked =
            options.function.as_deref().is_none_or(|only| only == conditions.list[0].function);
        let own = conditions.list.iter().zip(answers).filter(|_| asked);
        findings.extend(own.filter_map(|(condition, it)| Finding::of(condition, it.verdict)));
    }
    // A circle is proved as a whole or not at all.
    let whole = |id: &FnId| exec::circle(package, *id).iter().all(|other| ends.contains(other));
    (ends.iter().copied().filter(whole).collect(), findings)
}

fn selected<'a>(program: &'a Program, options: &'a Options) -> impl Iterator<Item = &'a Function> {
    let wanted = |name: &str| options.function.as_deref().is_none_or(|only| only == name);
    program.functions.iter().filter(move |function| wanted(&function.name))
}
