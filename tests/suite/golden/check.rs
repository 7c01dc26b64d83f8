//! `tests/check/`: sources that expect diagnostics of themselves.
//!
//! In: each source alone, or all of a folder `NAME.package` together. Out: what differs.

use super::expectation::{compare, expectations};
use crate::repo;
use crate::stages::{Front, Source, each};
use std::collections::BTreeMap;

/// What lies here is linted as well.
const LINTS: &str = "tests/check/lints/";

/// What lies here is made into the middle form as well.
const LOWERED: [&str; 2] = ["tests/check/later/", "tests/check/lowered/"];

#[test]
fn sources_say_what_they_expect() {
    each(cases(), |_, files| check(&files));
}

/// The files of each case, by the name of the file or of the package's folder.
pub(super) fn cases() -> Vec<(String, Vec<String>)> {
    let mut cases: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in repo::files("tests/check", "deed") {
        let package = file.find(".package/").map(|at| file[..at].to_string() + ".package");
        cases.entry(package.unwrap_or_else(|| file.clone())).or_default().push(file);
    }
    cases.into_iter().collect()
}

/// Checks a case, and lints it if it lies where lints are tried.
pub(super) fn front(sources: &[Source]) -> Front {
    let lints = sources.iter().any(|source| source.name.starts_with(LINTS));
    if lints { Front::linted(sources) } else { Front::of(sources) }
}

fn check(files: &[String]) -> Result<(), String> {
    let sources: Vec<Source> = files.iter().map(|file| Source::file(file)).collect();
    let mut front = front(&sources);
    if files.iter().any(|file| LOWERED.iter().any(|folder| file.starts_with(folder))) {
        front.lower();
    }
    let came = front.diagnostics.sorted();
    let mut complaints = Vec::new();
    for id in &front.ids {
        let file = front.map.get(*id);
        let expected = expectations(&file.text).map_err(|why| format!("{}:{why}", file.name))?;
        complaints.extend(compare(expected, file, &came));
    }
    if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n")) }
}
