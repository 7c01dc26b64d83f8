//! What earlier searches came to.
//!
//! In: a trial and where its search begins. Out: what the search came to, if it was made before.
//! Holds always: the key is a hash of the module that is tried, byte by byte, and of all that the search
//! depends on, so what is remembered is what the search would find again.

use deed_bytecode::Int;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::trial::{Budget, Trial};
use crate::cache::{Key, Store};
use crate::report::Run;

/// What a search came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Found {
    /// The goal that was reached, by its place in the trial, and how.
    pub(super) reached: Option<(usize, Run)>,
    /// The number of the next sequence.
    pub(super) number: u64,
    pub(super) budget: Budget,
}

/// The key of a search from `number` on.
pub(super) fn key(trial: &Trial, numbers: &[Int], seed: u32, number: u64, budget: Budget) -> Key {
    let mut hash = Sha256::new();
    let made = concat!("deed ", env!("CARGO_PKG_VERSION"), " replay 3");
    hash.update(format!("{made} seed {seed} from {number} gas {}\n", budget.gas()));
    for module in trial.modules() {
        hash.update((module.len() as u64).to_be_bytes());
        hash.update(module);
    }
    for (goal, place) in trial.goals.iter().zip(trial.places()) {
        hash.update(format!("goal {place} of {}\n", goal.function));
    }
    numbers.iter().for_each(|number| hash.update(format!("number {number}\n")));
    Key(hash.finalize().into())
}

/// What was found by this key, if the store has it and it fits the trial.
pub(super) fn recall(store: &dyn Store, key: &Key, trial: &Trial) -> Option<Found> {
    let value: Value = serde_json::from_str(&store.get(key)?).ok()?;
    let number = value["number"].as_u64()?;
    let budget = Budget::of(value["gas"].as_u64()?);
    let reached = match &value["goal"] {
        Value::Null => None,
        goal => {
            let goal = usize::try_from(goal.as_u64()?).ok()?;
            let steps = value["steps"].as_array()?.iter();
            let steps =
                steps.map(|step| step.as_str().map(str::to_owned)).collect::<Option<_>>()?;
            let test = value["test"].as_str().map(str::to_owned);
            let [before, after] = [&value["before"], &value["after"]].map(pairs);
            let lines = value["lines"].as_array()?.iter();
            let lines =
                lines.map(|line| u32::try_from(line.as_u64()?).ok()).collect::<Option<_>>()?;
            Some((goal, Run { steps, test, before: before?, after: after?, lines }))
                .filter(|(goal, _)| *goal < trial.goals.len())
        }
    };
    Some(Found { reached, number, budget })
}

/// Places with what they hold.
fn pairs(value: &Value) -> Option<Vec<(String, String)>> {
    let pair = |pair: &Value| {
        let text = |at: usize| pair[at].as_str().map(str::to_owned);
        Some((text(0)?, text(1)?))
    };
    value.as_array()?.iter().map(pair).collect()
}

pub(super) fn keep(store: &dyn Store, key: &Key, found: &Found) {
    let run = found.reached.as_ref().map(|(_, run)| run);
    let text = json!({
        "number": found.number,
        "gas": found.budget.gas(),
        "goal": found.reached.as_ref().map(|(goal, _)| goal),
        "steps": run.map(|run| &run.steps),
        "test": run.and_then(|run| run.test.as_ref()),
        "before": run.map(|run| &run.before),
        "after": run.map(|run| &run.after),
        "lines": run.map(|run| &run.lines),
    });
    store.put(key, &text.to_string());
}
