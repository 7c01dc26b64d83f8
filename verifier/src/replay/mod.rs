//! Calls that break a promise, on the engine.
//!
//! In: a contract, and findings that are no proofs. Out: those of them that were seen to be broken are
//! [`Outcome::Refuted`], with the calls that do it from a fresh deployment on, as few and as small as were
//! found.
//! Holds always: what is called refuted has happened: the contract, built to test the clause, trapped at
//! that clause; the same package and seed give the same answer.

mod memory;
mod sequence;
mod shorten;
mod step;
mod story;
mod text;
mod trial;

use deed_base::{SourceMap, Span};
use deed_bytecode::Int;
use deed_compiler::thir::Package;

use self::memory::Found;
use self::sequence::Sequences;
use self::trial::{Budget, Trial};
use crate::cache::Store;
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
    /// Where a run that breaks it traps: the clause, which is tested, or the place that promises not to trap.
    place: Span,
    /// The function that is to break it.
    function: String,
}

impl Goal {
    /// Whether a trap of the function's own breaks it, and not the test of a clause.
    fn is_trap(&self) -> bool {
        self.clause != self.place
    }
}

/// Tries calls at random until every promise in doubt is broken, or enough was tried.
pub(crate) fn replay(
    package: &Package,
    sources: &SourceMap,
    contract: &str,
    seed: u32,
    findings: &mut [Finding],
    store: &dyn Store,
) {
    let numbers: Vec<Int> = findings.iter().flat_map(numbers).collect();
    let goal = |(at, finding)| goal(sources, at, finding);
    let mut goals: Vec<Goal> = findings.iter().enumerate().filter_map(goal).collect();
    let mut budget = Budget::default();
    let mut number = 0;
    // Each promise that was broken is tested no more, for it stands before others.
    while let Some(trial) = Trial::build(package, sources, contract, &goals) {
        let key = memory::key(&trial, &numbers, seed, number, budget);
        let found = memory::recall(store, &key, &trial).unwrap_or_else(|| {
            let sequences = Sequences::new(package, &trial, &numbers, seed);
            let found = search(&trial, &sequences, number, budget);
            memory::keep(store, &key, &found);
            found
        });
        (number, budget) = (found.number, found.budget);
        let Some((reached, run)) = found.reached else { return };
        let finding = trial.goals[reached].finding;
        goals = trial.goals;
        goals.remove(reached);
        findings[finding].outcome = Outcome::Refuted(run);
    }
}

/// The first promise that is broken, and how; none where the tries are used up.
fn search(trial: &Trial, sequences: &Sequences<'_>, from: u64, budget: Budget) -> Found {
    let mut found = Found { reached: None, number: from, budget };
    while found.number < SEQUENCES && !found.budget.is_used_up() {
        let wanted = &trial.goals[(found.number % trial.goals.len() as u64) as usize];
        let steps = sequences.get(found.number, &wanted.function);
        found.number += 1;
        let Some(reached) = trial.run(&steps, &mut found.budget) else { continue };
        let goal = (0..trial.goals.len()).find(|goal| trial.is(*goal, &reached));
        if let Some(goal) = goal {
            let steps = shorten::shorten(trial, goal, steps, &reached);
            found.reached = Some((goal, text::run(trial, goal, &steps)));
            return found;
        }
    }
    found
}

/// The finding as a goal, if it is one that a run can decide.
fn goal(sources: &SourceMap, at: usize, finding: &Finding) -> Option<Goal> {
    let in_doubt = !matches!(finding.outcome, Outcome::Proved | Outcome::Refuted(_));
    let clause = finding.clause;
    // Of one with a condition a trap alone says nothing.
    let never_traps = || sources.get(clause.source).slice(clause) == "no_trap";
    let place = match finding.promise {
        Promise::NoTrap => never_traps().then_some(finding.place),
        promise => promise.is_seen_by_runs().then_some(clause),
    };
    let place = place.filter(|_| in_doubt)?;
    Some(Goal { finding: at, clause, place, function: finding.function.clone() })
}

/// The numbers of a solver's model, which are worth a try.
fn numbers(finding: &Finding) -> Vec<Int> {
    let Outcome::NotProved(values) = &finding.outcome else { return Vec::new() };
    values.iter().filter_map(|(_, value)| value.parse().ok()).collect()
}
