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

#[test]
fn the_verdicts_do_not_hang_on_the_seed() {
    for file in ["tests/verify/token.deed", "tests/verify/token_wrong.deed"] {
        let front = Front::of(&[Source::file(file)]);
        let outcomes = |seed| {
            let mut options = Options::default();
            options.limits.seed = seed;
            let reports = reports(&front, &options).expect("the case can be verified");
            let findings = reports.into_iter().flat_map(|report| report.findings);
            findings.map(|finding| finding.outcome.name()).collect::<Vec<_>>()
        };
        let first = outcomes(0);
        for seed in 1..5 {
            assert_eq!(outcomes(seed), first, "{file} with seed {seed}");
        }
    }
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
