//! The catalogue of diagnostics and its pages agree.
//!
//! In: `compiler/base/src/catalogue/` and `docs/errors/`. Out: complaints.
//! Holds always: a code is unique, stands in the file of its stage, and has a page under its title.

use crate::repo;
use deed_base::catalogue;
use std::collections::{BTreeMap, BTreeSet};

/// The stage's file in the catalogue, and how its codes begin.
const RANGES: &[(&str, &str)] = &[
    ("lexing", "E00"),
    ("parsing", "E01"),
    ("names", "E02"),
    ("types", "E03"),
    ("contracts", "E04"),
    ("ownership", "E05"),
    ("constants", "E06"),
    ("verification", "E07"),
    ("chain", "E04"),
    ("packages", "E08"),
    ("unfinished", "E09"),
    ("lints", "E10"),
];

#[test]
fn codes_are_unique() {
    let mut titles = BTreeMap::new();
    for code in catalogue::all() {
        let earlier = titles.insert(code.id, code.title);
        assert_eq!(earlier, None, "{} stands twice in the catalogue", code.id);
    }
}

#[test]
fn codes_stand_in_the_file_of_their_stage() {
    let known: BTreeSet<&str> = catalogue::all().map(|code| code.id).collect();
    let mut complaints = Vec::new();
    for file in repo::files("compiler/base/src/catalogue", "rs") {
        let stage = file.rsplit('/').next().unwrap_or_default().trim_end_matches(".rs");
        if stage == "mod" {
            continue;
        }
        let Some((_, prefix)) = RANGES.iter().find(|(name, _)| *name == stage) else {
            complaints.push(format!("{file}: the stage has no range of codes; give it one here"));
            continue;
        };
        for id in declared(&repo::read(&file)) {
            if !id.starts_with(prefix) {
                complaints.push(format!("{file}: {id} is out of the stage's range {prefix}xx"));
            }
            if !known.contains(id.as_str()) {
                complaints.push(format!("{file}: {id} is missing from `catalogue::all`"));
            }
        }
    }
    repo::report(&complaints);
}

#[test]
fn every_code_has_its_page() {
    let mut complaints = Vec::new();
    for code in catalogue::all() {
        let (id, title) = (code.id, format!("# {}: {}", code.id, code.title));
        match code.page.split_once('\n') {
            Some((first, rest)) if first == title && !rest.trim().is_empty() => {}
            Some((first, _)) if first == title => complaints.push(format!("{id}: page is empty")),
            _ => complaints.push(format!("docs/errors/{id}.md: its first line is not `{title}`")),
        }
    }
    repo::report(&complaints);
}

#[test]
fn every_page_has_its_code() {
    let orphans: Vec<String> = repo::files("docs/errors", "md")
        .into_iter()
        .filter(|page| {
            let name = page.rsplit('/').next().unwrap_or_default().trim_end_matches(".md");
            name.starts_with('E') && catalogue::find(name).is_none()
        })
        .map(|page| format!("{page}: no such code in the catalogue"))
        .collect();
    repo::report(&orphans);
}

/// The codes that a file of the catalogue declares: `NAME = "E0301", …`.
fn declared(text: &str) -> Vec<String> {
    let quoted = text.split("= \"E").skip(1);
    quoted.filter_map(|rest| rest.split_once('"')).map(|(digits, _)| format!("E{digits}")).collect()
}
