//! What a specification notices: proved contracts with one mistake each.
//!
//! In: the fully specified examples of `tests/verify/`, or with `DEED_MUTANTS_ALL` all right ones; `DEED_MUTANTS`
//! (how many to try), `DEED_MUTANTS_SEED`. Out: a table of what the verifier said of them (`cargo xtask mutants`),
//! with the place of each that it took for right.
//! Holds always: the same seed takes the same mutants. A mutant that the optimiser makes the same code of is none.
//! What survives of a fully specified one means the same.

#![expect(clippy::print_stdout, reason = "the table is what it is for")]

mod mutate;

use super::golden::verify::{reports, right_ones};
use crate::repo;
use crate::stages::{Front, Source};
use deed_base::Diagnostics;
use deed_bytecode::Module;
use deed_compiler::opt::OptLevel;
use deed_verifier::{Options, Outcome, Report};
use mutate::{Kind, Mutant, mutants};

/// How many are tried where nobody says how many.
const FEW: usize = 24;

/// The examples whose clauses say all that the functions do: every result, what is written, what is left as it was,
/// of each error exactly when it is thrown, and when no run traps.
const FULLY_SPECIFIED: [&str; 23] = [
    "algorithms/fibonacci",
    "algorithms/filled",
    "algorithms/least_place",
    "algorithms/linear_search",
    "algorithms/midpoint",
    "algorithms/odd_squares",
    "algorithms/reverse",
    "algorithms/same_lists",
    "algorithms/stack",
    "auction",
    "contracts/escrow_arbiter",
    "contracts/guest_list",
    "contracts/hand_over",
    "contracts/time_lock",
    "contracts/token_allowance",
    "contracts/token_mint_burn",
    "contracts/token_pause",
    "escrow",
    "loop_state",
    "presence",
    "rounding/saturating",
    "token",
    "vault",
];

/// What became of a mutant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    /// The front end refused it.
    Refused,
    /// It is the same code.
    Same,
    Refuted,
    NotProved,
    Undecided,
    /// Every promise was proved.
    Survived,
}

const FATES: [Fate; 6] =
    [Fate::Refused, Fate::Same, Fate::Refuted, Fate::NotProved, Fate::Undecided, Fate::Survived];

/// A mutant of a file, by the place in the text.
struct Case {
    file: String,
    text: String,
    mutant: Mutant,
}

#[test]
fn mistakes_are_noticed() {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse().ok());
    let limit = number("DEED_MUTANTS").unwrap_or(FEW as u64) as usize;
    let seed = number("DEED_MUTANTS_SEED").unwrap_or(1);
    let cases = sample(seed, limit);
    let mut tried = Vec::new();
    for case in &cases {
        let fate = fate(case);
        if fate == Fate::Survived {
            println!("survived: {}", described(case));
        }
        tried.push((case.mutant.kind, fate));
    }
    let table = table(&tried);
    println!("{table}");
    let count = |wanted: fn(Fate) -> bool| tried.iter().filter(|(_, fate)| wanted(*fate)).count();
    let counted = count(|fate| !matches!(fate, Fate::Refused | Fate::Same));
    let noticed = count(|fate| matches!(fate, Fate::Refuted | Fate::NotProved));
    println!("{noticed} of {counted} were refuted or not proved");
    // What is not fully specified may leave more open.
    let least = if everything() { 5 } else { 9 };
    assert!(counted > 0 && noticed * 10 >= counted * least, "mistakes go unnoticed:\n{table}");
}

/// Whether all right ones are asked for.
fn everything() -> bool {
    std::env::var_os("DEED_MUTANTS_ALL").is_some()
}

fn is_full(file: &str) -> bool {
    let name = file.trim_start_matches("tests/verify/").trim_end_matches(".deed");
    FULLY_SPECIFIED.contains(&name)
}

/// So many of all mutants there are, chosen by the seed.
fn sample(seed: u64, limit: usize) -> Vec<Case> {
    let mut all: Vec<(u64, Case)> = Vec::new();
    for file in right_ones().into_iter().filter(|file| everything() || is_full(file)) {
        let text = repo::read(&file);
        let mut diagnostics = Diagnostics::new();
        let front = Front::of(&[Source::file(&file)]);
        let module = deed_syntax::parse(front.map.get(front.ids[0]), &mut diagnostics);
        for mutant in mutants(&module, &text) {
            let order = mixed(seed ^ mixed(all.len() as u64 + 1));
            all.push((order, Case { file: file.clone(), text: text.clone(), mutant }));
        }
    }
    all.sort_by_key(|(order, _)| *order);
    all.truncate(limit);
    all.sort_by(|(_, a), (_, b)| {
        (&a.file, a.mutant.span.start).cmp(&(&b.file, b.mutant.span.start))
    });
    all.into_iter().map(|(_, case)| case).collect()
}

/// A number that looks like chance (Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", 2014).
fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn fate(case: &Case) -> Fate {
    let text = case.mutant.applied(&case.text);
    let front = Front::of(&[Source { name: case.file.clone(), bytes: text.into_bytes() }]);
    if front.diagnostics.has_errors() {
        return Fate::Refused;
    }
    if code(&front) == code(&Front::of(&[Source::file(&case.file)])) {
        return Fate::Same;
    }
    match reports(&front, &Options::default()) {
        Ok(reports) => worst(&reports),
        Err(_) => Fate::Refused,
    }
}

/// What the optimiser makes of the contracts.
fn code(front: &Front) -> Option<Vec<Module>> {
    let compiled = front.build_all(OptLevel::Most).ok()?.into_iter();
    Some(compiled.map(|compiled| Module { debug: None, ..compiled.built.module }).collect())
}

fn worst(reports: &[Report]) -> Fate {
    let findings = reports.iter().flat_map(|report| &report.findings);
    let fates = findings.map(|finding| match finding.outcome {
        Outcome::Refuted(_) => Fate::Refuted,
        Outcome::NotProved(_) => Fate::NotProved,
        Outcome::Undecided(_) => Fate::Undecided,
        Outcome::Proved => Fate::Survived,
    });
    let found: Vec<Fate> = fates.collect();
    FATES.into_iter().find(|fate| found.contains(fate)).unwrap_or(Fate::Survived)
}

fn described(case: &Case) -> String {
    let Mutant { kind, span, text } = &case.mutant;
    let before = &case.text[..span.start as usize];
    let line = before.lines().count().max(1);
    let old = &case.text[span.start as usize..span.end as usize];
    let old = old.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{}:{line}: {}: `{old}` became `{text}`", case.file, kind.name())
}

/// A row for each kind of mistake, and one for all.
fn table(tried: &[(Kind, Fate)]) -> String {
    let head = "| mistake | mutants | did not compile | same code | refuted | not proved | undecided | survived |";
    let mut rows = vec![head.to_string(), "|---|---|---|---|---|---|---|---|".to_string()];
    let row = |name: &str, of: &dyn Fn(Kind) -> bool| {
        let mine: Vec<Fate> = tried.iter().filter(|(kind, _)| of(*kind)).map(|it| it.1).collect();
        let count = |fate: Fate| mine.iter().filter(|other| **other == fate).count().to_string();
        let counts: Vec<String> = FATES.into_iter().map(count).collect();
        format!("| {name} | {} | {} |", mine.len(), counts.join(" | "))
    };
    rows.extend(Kind::ALL.into_iter().map(|kind| row(kind.name(), &|other| other == kind)));
    rows.push(row("all", &|_| true));
    rows.join("\n")
}
