//! How fast contracts are built, in lines a second, stage by stage.
//!
//! In: generated sources, as many lines as the first argument says, and one contract of some two hundred
//! lines. Out: a table: the best of several rounds for each stage, and of the passes the dearest.
//! Stages run on one thread; `valgrind --tool=callgrind` on two sizes gives instructions a line.
//!
//! `cargo bench -p deed-compiler --bench build -- 5000 2`: lines, and the level.

#![expect(clippy::print_stdout, reason = "the table is what it is for")]

#[path = "../../tests/benches/front_end/generate.rs"]
mod generate;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use deed_base::{Diagnostics, SourceId, SourceMap};
use deed_compiler::codegen::{Codes, generate as code};
use deed_compiler::opt::{OptLevel, optimise_watched};
use deed_compiler::{BuildOptions, build_checked, check, lower, own_contracts};

const ROUNDS: usize = 5;

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|text| text.parse::<usize>().ok());
    let lines = numbers.next().unwrap_or(5_000);
    let level = OptLevel::from_number(numbers.next().unwrap_or(2) as u8).unwrap_or_default();
    for lines in [200, lines] {
        let (sources, ids, lines) = package(lines);
        let rounds: Vec<Times> = (0..ROUNDS).map(|_| round(&sources, &ids, level)).collect();
        show(lines, &rounds);
    }
}

type Times = BTreeMap<String, Duration>;

fn package(lines: usize) -> (SourceMap, Vec<SourceId>, usize) {
    let (mut sources, mut ids, mut count) = (SourceMap::new(), Vec::new(), 0);
    for (name, text) in generate::package(lines) {
        count += text.lines().count();
        ids.push(sources.add(name, text));
    }
    (sources, ids, count)
}

/// Builds everything: once as users do, and once stage by stage.
fn round(sources: &SourceMap, ids: &[SourceId], level: OptLevel) -> Times {
    let (mut times, mut d) = (Times::new(), Diagnostics::new());
    let start = Instant::now();
    let package = check(sources, ids, &mut d);
    times.insert("1 check".into(), start.elapsed());
    let contracts = own_contracts(&package, sources);
    for id in &contracts {
        let contract = &package.contracts[*id];
        let name = package.full_name(contract.module, None, &contract.name.text);
        let options = BuildOptions { opt: level, contract: Some(name), ..BuildOptions::default() };
        let built = build_checked(&package, sources, &options, &mut d).expect("it has no errors");
        black_box(deed_bytecode::encode(&built.module));
    }
    times.insert("0 all".into(), start.elapsed());
    for id in contracts {
        let start = Instant::now();
        let mut program = lower::lower(&package, id, &mut d);
        *times.entry("2 lower".into()).or_default() += start.elapsed();
        let mut last = Instant::now();
        optimise_watched(&mut program, level, |pass, _| {
            let now = Instant::now();
            *times.entry(format!("4 {}", pass.name)).or_default() += now - last;
            *times.entry("3 optimise".into()).or_default() += now - last;
            last = now;
        });
        let start = Instant::now();
        let module = code(&program, sources, &Codes::new()).expect("it is small");
        *times.entry("5 generate".into()).or_default() += start.elapsed();
        let start = Instant::now();
        black_box(deed_bytecode::validate(module).is_ok());
        *times.entry("6 validate".into()).or_default() += start.elapsed();
    }
    times
}

fn show(lines: usize, rounds: &[Times]) {
    println!("{lines} lines");
    for stage in rounds.iter().flat_map(|times| times.keys()).take(rounds[0].len()) {
        let best = rounds.iter().filter_map(|times| times.get(stage)).min();
        let best = best.copied().unwrap_or_default();
        let speed = lines as f64 / best.as_secs_f64();
        println!("  {stage:<28} {:>9.3} ms {speed:>12.0} lines/s", best.as_secs_f64() * 1e3);
    }
}
