//! Fewer calls, and smaller values.
//!
//! In: steps that reach a goal. Out: steps that reach it still, from which no single one can be left
//! out, and none of whose values can be replaced by one of the smaller ones.

use deed_abi::Value;
use deed_abi::sample::smaller;
use deed_ledger::account;

use super::step::{ACTORS, Sent, Step};
use super::trial::{Budget, Reached, Trial};

pub(super) fn shorten(
    trial: &Trial,
    goal: usize,
    mut steps: Vec<Step>,
    reached: &Reached,
) -> Vec<Step> {
    steps.truncate(reached.step + 1);
    // Of its own: finding many calls must not keep the last of them from being shortened.
    let mut budget = Budget::default();
    'again: loop {
        let candidates = fewer(&steps).into_iter().chain(by_one(&steps));
        for tried in candidates.chain(simpler(trial, &steps)) {
            if budget.is_used_up() {
                return steps;
            }
            let reached = trial.run(&tried, &mut budget);
            if let Some(reached) = reached.filter(|reached| trial.is(goal, reached)) {
                steps = tried;
                steps.truncate(reached.step + 1);
                continue 'again;
            }
        }
        return steps;
    }
}

/// The steps without one of them; the deployment stays.
fn fewer(steps: &[Step]) -> Vec<Vec<Step>> {
    let without = |at: usize| {
        let mut kept = steps.to_vec();
        kept.remove(at);
        kept
    };
    (1..steps.len()).map(without).collect()
}

/// The steps with one account in the place of a later one, as sender and in arguments.
fn by_one(steps: &[Step]) -> Vec<Vec<Step>> {
    let mut found = Vec::new();
    for (later, earlier) in (1..ACTORS.len()).flat_map(|at| (0..at).map(move |by| (at, by))) {
        let [old, new] = [later, earlier].map(|at| Value::Bytes(account(ACTORS[at]).0.to_vec()));
        let mut tried = steps.to_vec();
        for sent in tried.iter_mut().filter_map(Step::sent_mut) {
            sent.from = if sent.from == later { earlier } else { sent.from };
            sent.args.iter_mut().filter(|arg| **arg == old).for_each(|arg| *arg = new.clone());
        }
        if tried != steps {
            found.push(tried);
        }
    }
    found
}

/// The steps with one value of one of them made smaller, or sent by an account nearer to the first.
fn simpler(trial: &Trial, steps: &[Step]) -> Vec<Vec<Step>> {
    let mut found = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let Some(sent) = step.sent() else { continue };
        let mut replace = |change: &dyn Fn(&mut Sent)| {
            let mut tried = steps.to_vec();
            if let Some(sent) = tried[at].sent_mut() {
                change(sent);
            }
            found.push(tried);
        };
        if sent.value > 0 {
            replace(&|sent| sent.value = 0);
        }
        (0..sent.from).for_each(|from| replace(&|sent| sent.from = from));
        let function = match step {
            Step::Call { function, .. } => trial.abi.functions.get(*function),
            _ => trial.init(),
        };
        let params = function.map_or(&[][..], |function| &function.params);
        for (number, (param, value)) in params.iter().zip(&sent.args).enumerate() {
            for candidate in smaller(value, &param.ty) {
                replace(&|sent| sent.args[number] = candidate.clone());
            }
        }
    }
    found
}
