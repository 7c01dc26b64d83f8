//! `tests/verify/`: contracts whose promises are proved, and wrong twins whose promises are not.
//!
//! In: each source. Out: what the verifier says otherwise than the comments expect.
//! Holds always: each source checks without a message of the front end, and has a promise at least.

use super::expectation::{compare, expectations};
use crate::repo;
use crate::stages::{Front, Source, each};
use deed_base::Diagnostics;
use deed_compiler::lower::lower;
use deed_verifier::{Options, Report};

#[test]
fn promises_are_proved_or_not_as_expected() {
    let cases = repo::files("tests/verify", "deed");
    each(cases.into_iter().map(|file| (file, ())).collect(), |file, ()| verify(file));
}

/// Two cases, and with `DEED_SEEDS` all of them (`cargo xtask seeds`).
#[test]
fn the_verdicts_do_not_hang_on_the_seed() {
    let few = ["tests/verify/token.deed", "tests/verify/token_wrong.deed"].map(str::to_string);
    let cases = match std::env::var_os("DEED_SEEDS") {
        Some(_) => repo::files("tests/verify", "deed"),
        None => few.to_vec(),
    };
    each(cases.into_iter().map(|file| (file, ())).collect(), |file, ()| {
        let front = Front::of(&[Source::file(file)]);
        let first = solved(&front, 0)?;
        for seed in 1..SEEDS {
            let other = solved(&front, seed)?;
            let changed = first.iter().zip(&other).filter(|(a, b)| a != b);
            let changed: Vec<_> = changed.map(|(a, b)| format!("{a}, then {b}")).collect();
            if first.len() != other.len() || !changed.is_empty() {
                return Err(format!("with seed {seed}: {}", changed.join("; ")));
            }
        }
        Ok(())
    });
}

const SEEDS: u32 = 5;

/// What the solver says of each promise; calls are not looked for.
fn solved(front: &Front, seed: u32) -> Result<Vec<String>, String> {
    let mut options = Options { search: false, ..Options::default() };
    options.limits.seed = seed;
    let findings = reports(front, &options)?.into_iter().flat_map(|report| report.findings);
    let told = findings
        .map(|it| format!("{} of {}: {}", it.promise.name(), it.function, it.outcome.name()));
    Ok(told.collect())
}

fn verify(file: &str) -> Result<(), String> {
    let front = Front::of(&[Source::file(file)]);
    if !front.diagnostics.is_empty() {
        return Err(front.messages());
    }
    let reports = reports(&front, &Options::default())?;
    if reports.iter().all(|report| report.findings.is_empty()) {
        return Err("there is no promise here".to_string());
    }
    let came: Vec<_> = reports.iter().flat_map(Report::diagnostics).collect();
    let source = front.map.get(front.ids[0]);
    let complaints = compare(expectations(&source.text)?, source, &came);
    if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n")) }
}

/// The cases that expect nothing: all of them is proved.
pub(crate) fn right_ones() -> Vec<String> {
    let cases = repo::files("tests/verify", "deed").into_iter();
    cases.filter(|file| !repo::read(file).contains("//~")).collect()
}

/// The report of each contract.
pub(crate) fn reports(front: &Front, options: &Options) -> Result<Vec<Report>, String> {
    let package = &front.package;
    let verified = package.contracts.ids().map(|id| {
        let mut diagnostics = Diagnostics::new();
        let program = lower(package, id, &mut diagnostics);
        if diagnostics.has_errors() {
            return Err("it cannot be lowered".to_string());
        }
        deed_verifier::verify(package, &front.map, &program, options)
            .map_err(|error| error.to_string())
    });
    verified.collect()
}
