//! What proofs take.
//!
//! In: a contract with sixty functions, and with `DEED_PROOF_TIMES` the right ones of `tests/verify/` function
//! by function. Out: a table of times (`cargo xtask times`).
//! Holds always: the large contract is proved whole.

#![expect(clippy::print_stdout, reason = "the table is what it is for")]

use super::golden::verify::{reports, right_ones};
use crate::stages::{Front, Source};
use deed_verifier::{Options, Report};
use std::fmt::Write;
use std::time::{Duration, Instant};

const POTS: usize = 4;
const GROUPS: usize = 20;

#[test]
fn sixty_functions_are_proved() {
    let source = Source { name: "sixty.deed".to_string(), bytes: sixty().into_bytes() };
    let front = Front::of(&[source]);
    assert!(front.diagnostics.is_empty(), "{}", front.messages());
    let began = Instant::now();
    let reports = reports(&front, &Options::default()).expect("it can be verified");
    let whole = began.elapsed();
    assert!(reports.iter().all(Report::all_proved), "not everything of it is proved");
    let promises: usize = reports.iter().map(|report| report.findings.len()).sum();
    println!("a contract with 60 functions and {promises} promises: {:.1} s", whole.as_secs_f64());
    if std::env::var_os("DEED_PROOF_TIMES").is_some() {
        println!("{}", table(&times_by_function()));
    }
}

/// The solver's time for all questions about each function of each case.
fn times_by_function() -> Vec<(String, Duration)> {
    let mut times = Vec::new();
    for file in right_ones() {
        let front = Front::of(&[Source::file(&file)]);
        let found = reports(&front, &Options::default()).expect("the case can be verified");
        let costs = found.into_iter().flat_map(|report| report.costs);
        times.extend(costs.map(|cost| (format!("{}, {file}", cost.function), cost.time)));
    }
    times.sort_by_key(|(_, time)| *time);
    times
}

fn table(times: &[(String, Duration)]) -> String {
    let at = |hundredth: usize| times[(times.len() - 1) * hundredth / 100].1.as_secs_f64();
    let mut text = String::from("| functions | p50 | p95 | longest |\n|---|---|---|---|\n");
    let (name, _) = &times[times.len() - 1];
    let _ = write!(
        text,
        "| {} | {:.2} s | {:.2} s | {:.2} s, {name} |",
        times.len(),
        at(50),
        at(95),
        at(100)
    );
    text
}

/// Twenty groups of three functions over four pots, of each of which the total is kept.
fn sixty() -> String {
    let mut text =
        String::from("module sixty\n\nerror Short(have: u64)\n\ncontract Sixty {\n    state {\n");
    for pot in 0..POTS {
        let _ = writeln!(text, "        total{pot}: u64 = 0");
        let _ = writeln!(text, "        pot{pot}: Map<Address, u64 default 0>");
    }
    text.push_str("    }\n\n");
    for pot in 0..POTS {
        let _ = writeln!(
            text,
            "    invariant self.total{pot} == sum(amount for amount in self.pot{pot})"
        );
    }
    for group in 0..GROUPS {
        let pot = group % POTS;
        let _ = write!(
            text,
            "
    entry fn put{group}(amount: u64)
        ensures self.total{pot} == old(self.total{pot}) + amount
    {{
        self.pot{pot}[tx.sender] += amount
        self.total{pot} += amount
    }}

    entry fn take{group}(amount: u64) throws Short
        throws Short exactly when self.pot{pot}[tx.sender] < amount
        ensures self.total{pot} + amount == old(self.total{pot})
    {{
        let have = self.pot{pot}[tx.sender]
        if have < amount {{ throw Short(have) }}
        self.pot{pot}[tx.sender] = have - amount
        self.total{pot} -= amount
    }}

    entry fn move{group}(to: Address, amount: u64) throws Short
        ensures self.total{pot} == old(self.total{pot})
        ensures to != tx.sender ==> self.pot{pot}[to] == old(self.pot{pot}[to]) + amount
    {{
        let have = self.pot{pot}[tx.sender]
        if have < amount {{ throw Short(have) }}
        self.pot{pot}[tx.sender] = have - amount
        self.pot{pot}[to] += amount
    }}
"
        );
    }
    text.push_str("}\n");
    text
}
