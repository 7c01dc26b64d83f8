//! `deed test`: verdicts, exit codes, filters, seeds, JSON.

use crate::support::{deed, deed_in, folder, lines_of_json};

const TESTS: &str = r#"module small

error Odd(n: u64)

contract Even {
    state {
        last: u64 = 0
    }

    entry fn put(n: u64) throws Odd {
        if n % 2 == 1 { throw Odd(n) }
        self.last = n
    }
}

test "even numbers go in" (n: u64) {
    let even = deploy Even()
    even.put(n)
}

test "odd numbers stay out" {
    let even = deploy Even()
    expect throw Odd(3) in even.put(3) from bob
}
"#;

#[test]
fn the_tests_of_the_examples_pass() {
    let run = deed(&["test", "--path", "examples/token", "--seed", "1", "--gas-report"]).exits(0);
    run.prints(&["7 passed, 0 failed; seed 1", "Token.transfer", "(100 values)"]);
}

#[test]
fn what_applications_share_holds() {
    let run = deed(&["test", "--path", "examples/shared", "--runs", "3", "--seed", "1"]).exits(0);
    run.prints(&["9 passed, 0 failed", "what m of n approve is decided, and done once"]);
}

#[test]
fn reference_contracts_hold() {
    let run = deed(&["test", "--path", "examples/standard"]).exits(0);
    run.prints(&["9 passed, 0 failed", "what the council approved is paid after two days"]);
    let run = deed(&["verify", "examples/standard"]).exits(0);
    run.prints(&["Token: 18 of 18 proved", "Assets: 12 of 12 proved", "Deeds: 9 of 9 proved"])
        .prints(&["NoteBook: 19 of 19 proved", "Treasury: 8 of 8 proved"]);
}

#[test]
fn what_holds_of_receivables_holds() {
    let run =
        deed(&["test", "--path", "examples/receivable", "--runs", "3", "--seed", "1"]).exits(0);
    run.prints(&["23 passed, 0 failed", "nothing of it is forged or lost  (3 values)"]);
}

#[test]
fn a_failing_property_shows_its_smallest_values() {
    let folder = folder(&[("small.deed", TESTS)]);
    let run = deed_in(folder.path(), &["test", "--path", "small.deed", "--seed", "5"]).exits(1);
    run.prints(&[
        "FAILED even numbers go in",
        "threw Odd(n: \"1\")",
        "with n: \"1\"",
        "small.deed:18",
    ]);
    let run = deed_in(folder.path(), &["test", "odd", "--path", "small.deed"]).exits(0);
    run.prints(&["1 passed, 0 failed, 1 left out"]);
}

#[test]
fn results_are_json_lines_and_a_seed_repeats_them() {
    let folder = folder(&[("small.deed", TESTS)]);
    let args = ["test", "--path", "small.deed", "--seed", "5", "--json"];
    let first = lines_of_json(&deed_in(folder.path(), &args).exits(1).out);
    let again = lines_of_json(&deed_in(folder.path(), &args).exits(1).out);
    assert_eq!(first.len(), 3);
    assert_eq!(first[0]["status"], "failed");
    assert_eq!(first[0]["failure"]["arguments"], again[0]["failure"]["arguments"]);
    assert_eq!(first[1]["status"], "ok");
    assert_eq!(first[2]["seed"], 5);
}

#[test]
fn the_clock_goes_back_only_before_the_first_block() {
    let clock = r#"module clock

contract Clock {
    view fn now() -> u64 { return block.time.seconds() }
}

test "any time to begin with" {
    warp to Time.of(1000)
    let clock = deploy Clock()
    assert clock.now() >= 1000 && clock.now() < 1100
}

test "then only forward" {
    let clock = deploy Clock()
    warp to Time.of(1000)
    assert clock.now() > 1000
}
"#;
    let folder = folder(&[("clock.deed", clock)]);
    let run = deed_in(folder.path(), &["test", "--path", "clock.deed"]).exits(1);
    run.prints(&["1 passed, 1 failed", "the clock cannot go back: there are blocks already"]);
}
