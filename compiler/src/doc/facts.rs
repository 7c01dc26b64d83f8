//! The effects of a function, in words.

use super::Fact;
use crate::abi::state_path;
use crate::thir::{FnOwner, Function, Package};

/// What a function does besides computing; nothing is said of what it does not do.
pub(super) fn facts(package: &Package, function: &Function) -> Vec<Fact> {
    let effects = &function.effects;
    let contract = function.contract().map(|id| &package.contracts[id]);
    let paths = |set: &std::collections::BTreeSet<crate::thir::StatePath>| {
        let contract = contract.into_iter();
        contract.flat_map(|it| set.iter().map(move |path| state_path(it, function, path))).collect()
    };
    let events = effects.emits.iter().map(|id| package.events[*id].name.text.to_string());
    let outside = effects.outside.iter().map(|id| called(package, &package.functions[*id]));
    let made = effects.deploys.iter().map(|id| package.contracts[*id].name.text.to_string());
    let traps = effects.traps.iter().map(ToString::to_string);
    let all = [
        ("reads", paths(&effects.reads)),
        ("writes", paths(&effects.writes)),
        ("emits", events.collect::<Vec<String>>()),
        ("calls", outside.collect()),
        ("deploys", made.collect()),
        ("sends", effects.pays.then(|| "coins".to_owned()).into_iter().collect()),
        ("may trap", traps.collect()),
    ];
    let told = all.into_iter().filter(|(_, values)| !values.is_empty());
    told.map(|(label, values)| Fact { label, values }).collect()
}

/// A function of another contract, as `Bank.pay`.
fn called(package: &Package, function: &Function) -> String {
    let of = match function.owner {
        FnOwner::Contract(id) => &package.contracts[id].name.text,
        FnOwner::Interface(id) => &package.interfaces[id].name.text,
        _ => return function.name.text.to_string(),
    };
    format!("{of}.{}", function.name.text)
}
