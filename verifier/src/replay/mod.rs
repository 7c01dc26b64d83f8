//! Calls that break a promise, on the engine.
//!
//! In: a contract, and findings that are no proofs. Out: those of them that were seen to be broken are
//! [`Outcome::Refuted`], with the calls that do it from a fresh deployment on, as few and as small as were
//! found.
//! Holds always: what is called refuted has happened: the contract, built to test the clause, trapped at
//! that clause; the same package and seed give the same answer.

mod sequence;
mod shorten;
mod step;
mod text;
mod trial;

use deed_base::{SourceMap, Span};
use deed_bytecode::Int;
use deed_compiler::thir::Package;

use self::sequence::Sequences;
use self::trial::{Budget, Trial};
use crate::report::{Finding, Outcome};
use crate::vc::Promise;

/// So many sequences of calls are tried.
const SEQUENCES: u64 = 1_000;

/// A promise that may be broken.
#[derive(Clone, Debug)]
struct Goal {
    /// Its place among the findings.
    finding: usize,
    clause: Span,
    /// The function that is to break it.
    function: String,
}

/// Tries calls at random until every promise in doubt is broken, or enough was tried.
pub(crate) fn replay(
    package: &Package,
    sources: &SourceMap,
    contract: &str,
    seed: u32,
    findings: &mut [Finding],
) {
    let numbers: Vec<Int> = findings.iter().flat_map(numbers).collect();
    let mut goals: Vec<Goal> = findings.iter().enumerate().filter_map(goal).collect();
    let mut budget = Budget::default();
    let mut number = 0;
    // Each promise that was broken is tested no more, for it stands before others.
    while let Some(trial) = Trial::build(package, sources, contract, &goals) {
        let sequences = Sequences::new(package, &trial, &numbers, seed);
        let Some((reached, run)) = search(&trial, &sequences, &mut number, &mut budget) else {
            return;
        };
        let goal = goals.remove(reached);
        findings[goal.finding].outcome = Outcome::Refuted(run);
    }
}

/// The first promise that is broken, and how; nothing where the tries are used up.
fn search(
    trial: &Trial,
    sequences: &Sequences<'_>,
    number: &mut u64,
    budget: &mut Budget,
) -> Option<(usize, crate::report::Run)> {
    while *number < SEQUENCES && !budget.is_used_up() {
        let wanted = &trial.goals[(*number % trial.goals.len() as u64) as usize];
        let steps = sequences.get(*number, &wanted.function);
        *number += 1;
        let Some(reached) = trial.run(&steps, budget) else { continue };
        let goal = (0..trial.goals.len()).find(|goal| trial.is(*goal, &reached));
        if let Some(goal) = goal {
            let steps = shorten::shorten(trial, goal, steps, &reached);
            return Some((goal, text::run(trial, goal, &steps)));
        }
    }
    None
}

/// The finding as a goal, if it is one that a run can decide.
fn goal((at, finding): (usize, &Finding)) -> Option<Goal> {
    let in_doubt = !matches!(finding.outcome, Outcome::Proved | Outcome::Refuted(_));
    let by_a_call =
        !matches!(finding.promise, Promise::Consistent | Promise::StepInvariant | Promise::Rule);
    (in_doubt && by_a_call).then(|| Goal {
        finding: at,
        clause: finding.clause,
        function: finding.function.clone(),
    })
}

/// The numbers of a solver's model, which are worth a try.
fn numbers(finding: &Finding) -> Vec<Int> {
    let Outcome::NotProved(values) = &finding.outcome else { return Vec::new() };
    values.iter().filter_map(|(_, value)| value.parse().ok()).collect()
}
