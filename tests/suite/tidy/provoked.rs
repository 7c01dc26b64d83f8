//! Every code of the catalogue is provoked by a case, with the words of its message.
//!
//! In: the expectations in `tests/check` and `tests/verify`. Out: the codes that no case expects.
//! Holds always: a code that no single source can provoke is listed here with the tests that do.

use crate::repo;
use deed_base::catalogue;
use std::collections::BTreeSet;

/// As many cases as the whole language needs at least.
const FEWEST: usize = 400;

/// What needs files, bytes that are no text, a command line or a module, and the tests that give it that.
const ELSEWHERE: &[(&str, &str)] = &[
    ("E0001", "cli/tests/cli/check.rs"),
    ("E0002", "cli/tests/cli/check.rs"),
    ("E0003", "cli/tests/cli/check.rs"),
    ("E0801", "cli/tests/cli/check.rs"),
    ("E0802", "cli/tests/cli/check.rs"),
    ("E0803", "cli/tests/cli/run.rs"),
    ("E0804", "cli/tests/cli/run.rs"),
    ("E0805", "cli/tests/cli/build.rs"),
    ("E0806", "cli/tests/cli/build.rs"),
    ("E0705", "cli/tests/cli/specs.rs"),
    ("E0807", "cli/package/src/tests.rs"),
    ("E0808", "cli/package/src/tests.rs"),
    ("E0809", "cli/package/src/tests.rs"),
    ("E0810", "cli/tests/cli/script.rs"),
    ("E0903", "cli/tests/cli/build.rs"),
];

#[test]
fn every_code_is_provoked() {
    let mut provoked = BTreeSet::new();
    for file in
        repo::files("tests/check", "deed").into_iter().chain(repo::files("tests/verify", "deed"))
    {
        provoked.extend(expected(&repo::read(&file)));
    }
    let mut complaints = Vec::new();
    for code in catalogue::all() {
        let elsewhere = ELSEWHERE.iter().find(|(id, _)| *id == code.id);
        let wrong = match (elsewhere, provoked.contains(code.id)) {
            (None, false) => "no case expects it with a message; write one in `tests/check`",
            (Some(_), true) => "a case expects it, so it need not be listed here",
            (Some((id, file)), false) if !names(&repo::read(file), id) => {
                "the tests that are listed here do not speak of it"
            }
            _ => continue,
        };
        complaints.push(format!("{}: {wrong}", code.id));
    }
    repo::report(&complaints);
}

#[test]
#[expect(clippy::print_stdout, reason = "the count is worth knowing")]
fn there_are_cases_for_the_whole_language() {
    let folders = ["check", "run", "verify", "emit"];
    let counts: Vec<usize> = folders
        .iter()
        .map(|folder| repo::files(&format!("tests/{folder}"), "deed").len())
        .collect();
    let all: usize = counts.iter().sum();
    println!("{all} golden cases: {counts:?} of {folders:?}");
    assert!(all >= FEWEST, "{all} golden cases are fewer than {FEWEST}");
}

/// The codes that the comments of a source expect, each with a part of its message.
fn expected(text: &str) -> Vec<String> {
    let comments = text.lines().filter_map(|line| line.split_once("//~"));
    let heads = comments.filter_map(|(_, comment)| comment.split_once("]: "));
    let codes = heads.filter(|(_, message)| !message.trim().is_empty());
    codes.filter_map(|(head, _)| head.split_once('[')).map(|(_, id)| id.to_string()).collect()
}

/// Whether a test speaks of a code, by its number or its name in the catalogue.
fn names(test: &str, id: &str) -> bool {
    let declared =
        repo::files("compiler/base/src/catalogue", "rs").into_iter().map(|file| repo::read(&file));
    let names: Vec<String> = declared
        .flat_map(|text| text.lines().map(str::to_string).collect::<Vec<_>>())
        .filter(|line| line.contains(&format!("\"{id}\"")))
        .filter_map(|line| line.split_whitespace().next().map(str::to_string))
        .collect();
    test.contains(id) || names.iter().any(|name| test.contains(name.as_str()))
}
