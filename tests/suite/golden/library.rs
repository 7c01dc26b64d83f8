//! `docs/library.md`: the library, as its sources describe it, and the examples in them.
//!
//! In: the modules of the library. Out: a complaint where the page says something else; with `BLESS=1`
//! the page is written anew. Examples that do not hold.

use std::collections::HashSet;

use super::diff::settle;
use crate::repo;
use crate::stages::{Front, Source};
use deed_base::{Diagnostics, MessageFormat, SourceMap, render_all};
use deed_compiler::doc::{Entry, Manual, ModuleDoc, describe, markdown};
use deed_compiler::thir::Package;

const PAGE: &str = "docs/library.md";

const HEAD: &str = "\
# The library

What every contract has at hand, and what `use std.…` brings. Most of it is written in Deed; what is marked
`native` the engine does itself. A method that changes its receiver takes it `inout`. This page is made from the
library's sources, and the test suite runs every example.

Functions say what they take in steps, and `n` is how much they are given. What says nothing of it takes the same few
steps, whatever it is given. Gas follows the steps: one is some 5 to 50 gas, and what functions do that are handed over
comes on top. Each is measured at 64, 128 and 256. Natives have [prices of their own](bytecode.md#natives). A module
that nothing imports costs nothing.

";

#[test]
fn the_page_is_the_library() {
    let manual = manual();
    let pages = manual.modules.iter().map(|module| lowered(&markdown(module)));
    let page = HEAD.to_owned() + &contents(&manual) + &pages.collect::<Vec<_>>().join("\n");
    settle(PAGE, &page).unwrap_or_else(|why| panic!("{why}"));
}

/// What the sources say of themselves.
pub(crate) fn manual() -> Manual {
    let (mut sources, mut diagnostics) = (SourceMap::new(), Diagnostics::new());
    let mut modules = Vec::new();
    for module in deed_stdlib::MODULES {
        let id = sources.add(format!("{}.deed", module.path), module.text);
        modules.push(deed_syntax::parse(sources.get(id), &mut diagnostics));
    }
    let messages = render_all(&diagnostics.sorted(), &sources, MessageFormat::Short);
    assert!(diagnostics.is_empty(), "{messages}");
    describe(&Package::default(), &modules, &sources)
}

/// The modules, each with the first sentence of its page.
fn contents(manual: &Manual) -> String {
    let rows = manual.modules.iter().map(|ModuleDoc { path, text, .. }| {
        let first = text.split("\n\n").next().unwrap_or_default().replace('\n', " ");
        format!("| [`{path}`](#{}) | {first} |\n", path.replace('.', ""))
    });
    let rows: String = rows.collect();
    format!("| module | what |\n|---|---|\n{rows}\n")
}

/// A page as a part of another: every heading one level below, and code that stands alone as text.
fn lowered(page: &str) -> String {
    let lines = page.lines().map(|line| match line {
        "```deed" => "```text\n".to_owned(),
        line if line.starts_with('#') => format!("#{line}\n"),
        line => format!("{line}\n"),
    });
    lines.collect()
}

#[test]
fn its_examples_hold() {
    let examples = deed_stdlib::MODULES.iter().flat_map(|module| {
        let name = module.path.replace('.', "_");
        let numbered = (1..).zip(examples(module.text));
        numbered.map(move |(at, text)| as_test(&format!("{name}_{at}"), &text)).collect::<Vec<_>>()
    });
    let examples: Vec<Source> = examples.collect();
    assert!(examples.len() > 50, "there are {} examples", examples.len());
    let Front { map, package, mut diagnostics, .. } = Front::of(&examples);
    let options = deed_testing::Options {
        filter: None,
        runs: 1,
        seed: 1,
        threads: 2,
        opt: 2,
        profile: false,
        check_specs: true,
    };
    let summary = deed_testing::run(&package, &map, &options, &mut diagnostics);
    let messages = render_all(&diagnostics.sorted(), &map, MessageFormat::Short);
    let summary = summary.unwrap_or_else(|| panic!("{messages}"));
    let tests: usize = examples.iter().map(|it| tests_in(&it.bytes)).sum();
    assert_eq!(summary.verdicts.len(), tests);
    for verdict in &summary.verdicts {
        assert!(verdict.failure.is_none(), "{}: {:?}", verdict.group, verdict.failure);
    }
}

/// The fences with `deed` in the documentation of a module.
fn examples(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = text.lines().map(|line| line.trim_start().strip_prefix("///").map(str::trim));
    while let Some(line) = lines.next() {
        if line == Some("```deed") {
            let body = lines.by_ref().map_while(|line| line.filter(|line| *line != "```"));
            found.push(body.flat_map(|line| [line, "\n"]).collect());
        }
    }
    found
}

/// An example as a module; its imports go first, and what declares nothing is a test.
fn as_test(name: &str, example: &str) -> Source {
    let (uses, body): (Vec<&str>, Vec<&str>) =
        example.lines().partition(|line| line.starts_with("use "));
    let (uses, body) = (uses.join("\n"), body.join("\n"));
    let body = match tests_in(body.as_bytes()) {
        0 => format!("test \"{name}\" {{\n{body}\n}}"),
        _ => body,
    };
    let text = format!("module {name}\n\n{uses}\n\n{body}\n");
    Source { name: format!("{name}.deed"), bytes: text.into_bytes() }
}

/// How many tests a text has.
fn tests_in(text: &[u8]) -> usize {
    let lines = text.split(|byte| *byte == b'\n');
    lines.filter(|line| line.starts_with(b"test \"")).count()
}

/// The members of an item, but of what a type has by a trait, which tells of them.
fn own(entry: &Entry) -> &[Entry] {
    if entry.kind == "impl" && entry.name.contains(" for ") { &[] } else { &entry.members }
}

/// Errors of calls that wait for an answer, which contracts cannot make yet.
const WITHOUT_EXAMPLE: [&str; 2] = ["TimedOut", "Unknown"];

#[test]
fn every_public_item_is_told_and_shown() {
    let manual = manual();
    let examples: String = deed_stdlib::MODULES.iter().flat_map(|it| examples(it.text)).collect();
    let names: HashSet<&str> =
        examples.split(|it: char| !it.is_alphanumeric() && it != '_').collect();
    let standard: String =
        repo::files("examples/standard", "deed").iter().map(|file| repo::read(file)).collect();
    let mut complaints = Vec::new();
    for module in &manual.modules {
        for item in module.entries.iter().flat_map(|entry| [entry].into_iter().chain(own(entry))) {
            let name = format!("{}: {} {}", module.path, item.kind, item.name);
            if item.text.is_empty() && item.kind != "impl" {
                complaints.push(format!("{name} has no text"));
            }
        }
        for entry in &module.entries {
            let shown = |item: &Entry| match item.kind {
                "interface" => standard.contains(&format!("implements {} {{", item.name)),
                "impl" => true,
                kind if kind.ends_with("fn") || kind == "const" => item.text.contains("```deed"),
                _ => names.contains(&*item.name) || WITHOUT_EXAMPLE.contains(&&*item.name),
            };
            // What an interface asks for, the contracts of `examples/standard` have.
            let members = own(entry).iter().filter(|_| entry.kind != "interface");
            let missing = [entry].into_iter().chain(members).filter(|item| !shown(item));
            complaints.extend(missing.map(|item| {
                format!("{}: {} {} has no example", module.path, item.kind, item.name)
            }));
        }
    }
    repo::report(&complaints);
}
