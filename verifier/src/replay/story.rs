//! What calls that break a promise do.
//!
//! In: a trial and its steps. Out: what the state holds before the last step and after it, and the lines that this
//! step runs.
//! Holds always: here the contract runs as it is deployed, without tests of clauses, so that the last step goes on
//! where the tested contract stops. Where it ends in a throw or a trap nothing is different after it.

use std::collections::{BTreeMap, BTreeSet};

use deed_bytecode::Module;
use deed_ledger::{Execution, account, describe_key, describe_value};

use super::step::{ACTORS, Step};
use super::trial::Trial;

/// So many places are shown.
const MOST_PLACES: usize = 12;

/// Of the last step.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Story {
    pub(super) before: Vec<(String, String)>,
    pub(super) after: Vec<(String, String)>,
    /// Of the file in which the clause stands, ascending.
    pub(super) lines: Vec<u32>,
}

type Stored = BTreeMap<Vec<u8>, Vec<u8>>;

/// Nothing where the steps cannot be made.
pub(super) fn story(trial: &Trial, goal: usize, steps: &[Step]) -> Story {
    let executions = trial.untested(steps);
    let Some((last, earlier)) = executions.split_last() else { return Story::default() };
    let Some(module) = last.module.as_ref().map(|module| module.module()) else {
        return Story::default();
    };
    let mut stored = Stored::new();
    earlier.iter().for_each(|execution| apply(&mut stored, execution));
    let mut places = touched(last);
    places.extend(stored.keys().cloned());
    let before = shown(module, &places, &stored);
    apply(&mut stored, last);
    Story { before, after: shown(module, &places, &stored), lines: lines(trial, goal, last) }
}

fn apply(stored: &mut Stored, execution: &Execution) {
    let own = execution.outcome.writes.iter().filter(|it| it.contract == execution.contract);
    for write in own {
        match &write.value {
            Some(value) => stored.insert(write.key.to_vec(), value.to_vec()),
            None => stored.remove(&write.key[..]),
        };
    }
}

/// The keys that a call reads or writes.
fn touched(execution: &Execution) -> BTreeSet<Vec<u8>> {
    let outcome = &execution.outcome;
    let reads = outcome.reads.iter().map(|read| (read.contract, read.key.to_vec()));
    let writes = outcome.writes.iter().map(|write| (write.contract, write.key.to_vec()));
    let own = reads.chain(writes).filter(|(contract, _)| *contract == execution.contract);
    own.map(|(_, key)| key).collect()
}

fn shown(module: &Module, keys: &BTreeSet<Vec<u8>>, stored: &Stored) -> Vec<(String, String)> {
    let entry = |key: &Vec<u8>| {
        let value = describe_value(module, key, stored.get(key).map(Vec::as_slice));
        (named(format!("self.{}", describe_key(module, key))), named(value))
    };
    let mut entries: Vec<_> = keys.iter().map(entry).collect();
    entries.sort();
    entries.truncate(MOST_PLACES);
    entries
}

/// With the names of accounts in the place of their addresses.
fn named(text: String) -> String {
    ACTORS
        .iter()
        .fold(text, |text, name| text.replace(&account(name).to_string(), &format!("@{name}")))
}

fn lines(trial: &Trial, goal: usize, last: &Execution) -> Vec<u32> {
    let Some(profile) = &last.outcome.profile else { return Vec::new() };
    let file = trial.places()[goal].split(':').next().unwrap_or_default().to_owned();
    let lines = profile.lines().into_iter().filter_map(|line| line.at);
    let own: BTreeSet<u32> = lines.filter(|at| at.file == file).map(|at| at.line).collect();
    own.into_iter().collect()
}
