//! Specifications that run: `--check-specs`, and promises that `deed verify` breaks on the engine.

use serde_json::Value;

use crate::support::{deed_in, folder};

const PURSE: &str = "module purse

contract Purse {
    state {
        total: u64 = 0
        held: Map<Address, u64 default 0>
    }

    invariant self.total == sum(amount for amount in self.held)

    entry fn put(amount: u64)
        ensures forall who: Address: self.held[who] <= self.total
    {
        self.held[tx.sender] += amount
        if amount != 7 { self.total += amount }
    }
}
";

#[test]
fn a_broken_promise_traps_where_specifications_are_tested() {
    let folder = folder(&[("purse.deed", PURSE)]);
    let calls = ["run", "purse.deed", "--call", "put(5)", "--call", "put(7)"];
    deed_in(folder.path(), &calls).exits(0);
    let run = deed_in(folder.path(), &[&calls[..], &["--check-specs"]].concat()).exits(1);
    let run = run.prints(&["trap", "purse.deed:9:5"]);
    run.says(&["E0705", "this promise is not tested while the contract runs", "purse.deed:12:17"]);
}

#[test]
fn verify_shows_the_calls_that_break_a_promise_as_a_test() {
    let folder = folder(&[("purse.deed", PURSE)]);
    let args = ["verify", "purse.deed", "--json"];
    let objects = deed_in(folder.path(), &args).exits(1).json_lines();
    let findings = objects[0]["contracts"][0]["findings"].as_array().expect("a list");
    let refuted: Vec<&Value> =
        findings.iter().filter(|finding| finding["status"] == "refuted").collect();
    let [broken] = refuted[..] else { panic!("one promise is refuted: {findings:?}") };
    assert_eq!(broken["function"], "put");
    assert_eq!(broken["calls"][1], "put(7) from alice");
    let test = broken["test"].as_str().expect("a test");
    std::fs::write(folder.path().join("purse.deed"), format!("{PURSE}\n{test}\n"))
        .expect("the folder is there");
    deed_in(folder.path(), &["test", "--path", "purse.deed"]).exits(0);
    let run = deed_in(folder.path(), &["test", "--path", "purse.deed", "--check-specs"]).exits(1);
    run.prints(&["FAILED put keeps its promise", "assert at purse.deed:9"]);
}
