//! `deed verify`: what is remembered between runs, and what damaged memory does.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{deed_in, folder};

const TALLY: &str = "module tally

contract Tally {
    state { n: u64 = 0 }

    invariant self.n <= 1000

    entry fn add(by: u64)
        ensures self.n == old(self.n) + by
    {
        if self.n + by <= 1000 { self.n += by }
    }

    entry fn clear()
        ensures self.n == 0
    {
        self.n = 0
    }
}
";

/// What comes of it, and how many questions were asked and remembered.
fn verified(folder: &Path, args: &[&str]) -> (Value, u64, u64) {
    let args = [&["verify", "tally.deed", "--json"], args].concat();
    let object = deed_in(folder, &args).exits(1).json_lines().remove(0);
    let contract = &object["contracts"][0];
    let count = |name: &str| contract[name].as_u64().expect("a number");
    (contract["findings"].clone(), count("questions"), count("remembered"))
}

#[test]
fn a_second_run_asks_nothing() {
    let folder = folder(&[("tally.deed", TALLY)]);
    let (first, asked, _) = verified(folder.path(), &[]);
    let again = verified(folder.path(), &[]);
    assert_eq!(again, (first.clone(), asked, asked));
    assert!(folder.path().join(".deed/proofs/answers").exists());
    // What a formula does not speak of may change.
    let moved = format!("// Nothing is as it was.\n{TALLY}");
    fs::write(folder.path().join("tally.deed"), moved).expect("the folder is there");
    let (_, asked, remembered) = verified(folder.path(), &[]);
    assert_eq!(remembered, asked);
    // Another seed is another question.
    let (_, asked, remembered) = verified(folder.path(), &["--seed", "7"]);
    assert!(remembered < asked, "{remembered} of {asked}");
}

#[test]
fn without_a_cache_nothing_is_kept() {
    let folder = folder(&[("tally.deed", TALLY)]);
    verified(folder.path(), &["--no-cache"]);
    assert!(!folder.path().join(".deed").exists());
    verified(folder.path(), &["--cache", "kept/here"]);
    assert!(folder.path().join("kept/here/answers").exists());
    assert!(!folder.path().join(".deed").exists());
}

#[test]
fn a_damaged_cache_costs_time_alone() {
    let folder = folder(&[("tally.deed", TALLY)]);
    let (first, asked, _) = verified(folder.path(), &["--cache", "c"]);
    let path = folder.path().join("c/answers");
    let whole = fs::read(&path).expect("it was written");
    let part = whole[..whole.len() / 8].to_vec();
    let mut lied = String::from_utf8_lossy(&whole).replace("{\"fails\"", "\"holds\"").into_bytes();
    lied.extend(b"\nnot a line\n\xff\xfe\n");
    for damaged in [part, lied, Vec::new()] {
        fs::write(&path, &damaged).expect("it may be written");
        let (findings, again, remembered) = verified(folder.path(), &["--cache", "c"]);
        assert_eq!((findings, again), (first.clone(), asked));
        assert!(remembered < asked, "what was damaged is asked again");
        let (findings, _, remembered) = verified(folder.path(), &["--cache", "c"]);
        assert_eq!((findings, remembered), (first.clone(), asked), "and is whole then");
    }
}

#[test]
fn a_file_of_somebody_else_is_left_alone() {
    let folder = folder(&[("tally.deed", TALLY), ("c/answers", "my diary\n")]);
    let args = ["verify", "tally.deed", "--cache", "c"];
    let run = deed_in(folder.path(), &args).exits(1);
    run.says(&["holds something else; answers are not kept"]);
    let kept = fs::read_to_string(folder.path().join("c/answers")).expect("it is there");
    assert_eq!(kept, "my diary\n");
}

#[test]
fn a_folder_that_is_a_file_is_no_hindrance() {
    let folder = folder(&[("tally.deed", TALLY), ("c", "")]);
    let args = ["verify", "tally.deed", "--cache", "c"];
    deed_in(folder.path(), &args).exits(1).says(&["cannot be written"]);
}
