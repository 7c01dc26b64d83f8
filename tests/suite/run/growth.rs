//! What the library does takes no more steps than it should: gas at `n`, `2n` and `4n`.
//!
//! In: `tests/growth/`, contracts whose views take an `n`. Out: those whose gas grows faster than the file
//! says. Gas follows the steps and is the same on every machine, so no clock is asked.

use std::fmt::Write;

use super::chain::Chain;
use super::script::{Action, Call, Step};
use crate::stages::{Front, Source};
use deed_compiler::opt::OptLevel;

/// How many times as much `n` more may cost once `n` is twice as large: 2 for `n`, 2.25 for `n * log n`, a
/// level of a tree on top now and then; 4 for `n * n`.
const LINEAR: f64 = 3.0;
const SQUARE: f64 = 4.4;

#[test]
fn the_library_grows_as_it_says() {
    let front = Front::of(&[Source::file("tests/growth/library.deed")]);
    let built = front.build_all(OptLevel::Full).unwrap_or_else(|why| panic!("{why}"));
    let mut chain = Chain::new(&built);
    let (mut table, mut complaints) = (String::new(), 0);
    for function in built[0].abi.functions.iter().filter(|function| function.name != "init") {
        let gas = [64, 128, 256].map(|n| used(&mut chain, &function.name, n) as f64);
        let growth = (gas[2] - gas[1]) / (gas[1] - gas[0]);
        let most = if function.name.ends_with("_squared") { SQUARE } else { LINEAR };
        let mark = if growth > most { "  too fast" } else { "" };
        complaints += usize::from(growth > most);
        let row = format!(
            "{:22}{:>10}{:>10}{:>10}{growth:>7.2}{mark}",
            function.name, gas[0], gas[1], gas[2]
        );
        writeln!(table, "{row}").expect("a string takes all");
    }
    assert_eq!(complaints, 0, "\n{table}");
    assert!(table.lines().count() > 40);
}

fn used(chain: &mut Chain<'_>, function: &str, n: u64) -> u64 {
    let args = vec![n.to_string()];
    let call = Call { args, gas: Some(500_000_000), ..Call::to(function) };
    let ended = chain.step(&Step { line: 0, action: Action::Call(call), events: Vec::new() });
    let ended = ended.unwrap_or_else(|why| panic!("{function}: {why}")).expect("a call");
    assert!(ended.status.starts_with("ok"), "{function}({n}): {}", ended.status);
    ended.gas
}
