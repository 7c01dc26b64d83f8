//! Optimisation changes gas and nothing else: programs by chance, run at every level.
//!
//! In: seeds. Out: nothing, or the program and the calls whose outcomes differ.
//! Holds always: a seed that failed once is named in the failure, and fails again.

mod program;

use crate::twin::Twin;
use deed_base::{Diagnostics, MessageFormat, SourceMap, render_all};
use deed_compiler::opt::OptLevel;

use crate::stages::LEVELS;
use deed_compiler::{BuildOptions, build};
use deed_ledger::{Execution, Message, account};
use deed_runtime::Status;

const GAS: u64 = 100_000_000;
/// How many programs are tried; more find more, and take longer.
const SEEDS: u64 = 40;

/// All that a transaction shows, without addresses that depend on the code.
#[derive(PartialEq, Debug)]
struct Shown {
    status: String,
    events: Vec<(String, Vec<u8>)>,
    writes: Vec<(Vec<u8>, Option<Vec<u8>>)>,
}

impl Shown {
    fn of(receipt: &Execution) -> Shown {
        let outcome = &receipt.outcome;
        let status = match &outcome.status {
            Status::Trap(trap) => format!("trap {}", trap.kind.name()),
            Status::Error(thrown) => format!("error {} {:?}", thrown.name, thrown.data),
            other => format!("{other:?}"),
        };
        let event = |event: &deed_runtime::Event| (event.name.to_string(), event.data.clone());
        let write = |write: &deed_runtime::Write| {
            (write.key.to_vec(), write.value.as_ref().map(|value| value.to_vec()))
        };
        Shown {
            status,
            events: outcome.events.iter().map(event).collect(),
            writes: outcome.writes.iter().map(write).collect(),
        }
    }
}

fn module(source: &str, opt: OptLevel) -> Vec<u8> {
    let (mut map, mut d) = (SourceMap::new(), Diagnostics::new());
    let id = deed_syntax::read_source("main.deed", source.as_bytes(), &mut map, &mut d);
    let ids: Vec<_> = id.into_iter().collect();
    let built = build(&map, &ids, &BuildOptions { opt, ..BuildOptions::default() }, &mut d);
    let messages = || render_all(&d.sorted(), &map, MessageFormat::Short);
    let built = built.unwrap_or_else(|| panic!("{}\n{source}", messages()));
    deed_bytecode::validate(built.module.clone()).expect("the compiler makes valid modules");
    deed_bytecode::encode(&built.module)
}

/// Runs the same calls on a fresh chain, and tells what they showed and used.
fn run(source: &str, seed: u64, level: OptLevel) -> Vec<(Shown, u64)> {
    let mut chance = program::Chance::new(seed ^ 0x5eed);
    let mut ledger = Twin::default();
    let from = account("alice");
    let tx = Message { from, args: &[], value: 0, gas_limit: GAS };
    let made = ledger.deploy(&module(source, level), &tx).expect("the module loads");
    let mut shown = vec![(Shown::of(&made), made.outcome.gas_used)];
    for turn in 0..8 {
        let mut args = chance.below(6).to_le_bytes().to_vec();
        args.extend((chance.below(20) as i32 - 5).to_le_bytes());
        args.push((chance.below(2)) as u8);
        let (name, args) = match turn % 4 {
            3 => ("peek", &args[..8]),
            2 => ("again", &args[..]),
            _ => ("run", &args[..]),
        };
        let tx = Message { from, args, value: 0, gas_limit: GAS };
        let receipt = ledger.call(&made.contract, name, &tx).expect("the ledger works");
        shown.push((Shown::of(&receipt), receipt.outcome.gas_used));
    }
    shown
}

#[test]
fn every_level_shows_the_same() {
    let (mut runs, mut failed) = (0, 0);
    for seed in 0..SEEDS {
        let source = program::contract(seed);
        let [none, basic, full, most] = LEVELS.map(|level| run(&source, seed, level));
        for (at, (first, gas)) in none.iter().enumerate() {
            for (level, other) in [("1", &basic[at]), ("2", &full[at]), ("3", &most[at])] {
                assert_eq!(*first, other.0, "seed {seed}, call {at}, -O {level}\n{source}");
            }
            runs += 1;
            // A block is paid for where it starts, and blocks get longer: a failure may cost more.
            if !first.status.starts_with("Ok") {
                failed += 1;
                continue;
            }
            let gas = [*gas, basic[at].1, full[at].1, most[at].1];
            let falls = gas.is_sorted_by(|a, b| a >= b);
            assert!(falls, "seed {seed}, call {at}: gas rises with the level: {gas:?}\n{source}");
        }
    }
    assert!(failed * 4 < runs * 3, "too many runs fail to say much: {failed} of {runs}");
}
