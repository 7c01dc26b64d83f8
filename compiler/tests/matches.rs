//! The check of patterns is bounded: many variants are no trouble, too many combinations an error.

use std::fmt::Write;

use deed_base::{Diagnostics, SourceMap};
use deed_compiler::check;

/// The codes that a source gives.
fn codes(source: String) -> Vec<&'static str> {
    let mut sources = SourceMap::new();
    let id = sources.add("matches.deed", source);
    let mut d = Diagnostics::new();
    check(&sources, &[id], &mut d);
    d.sorted().iter().map(|diagnostic| diagnostic.code.id).collect()
}

fn with_variants(count: usize, arms: &str) -> String {
    let mut source = String::from("module wide\n\nenum Wide {\n");
    for index in 0..count {
        let _ = writeln!(source, "    V{index}(u64)");
    }
    source + "}\n\nfn f(w: Wide) -> u64 {\n    match w {\n" + arms + "    }\n}\n"
}

#[test]
fn ten_thousand_variants_are_no_trouble() {
    let count = 10_000;
    let mut arms = String::new();
    for index in 0..count - 1 {
        let _ = writeln!(arms, "        .V{index}(n) => return n");
    }
    assert_eq!(codes(with_variants(count, &arms)), ["E0319"]);
    let all = format!("{arms}        _ => return 0\n");
    assert_eq!(codes(with_variants(count, &all)), [""; 0]);
    let twice = format!("{all}        .V7(n) => return n\n");
    assert_eq!(codes(with_variants(count, &twice)), ["E0320"]);
}

#[test]
fn too_many_combinations_are_an_error_in_bounded_time() {
    let parts = 24;
    let types = vec!["bool"; parts].join(", ");
    let mut source = format!("module deep\n\nfn f(t: ({types})) -> u64 {{\n    match t {{\n");
    for at in 0..parts {
        let mut row = vec!["_"; parts];
        row[at] = "true";
        row[(at + parts / 2) % parts] = "false";
        let _ = writeln!(source, "        ({}) => return 1", row.join(", "));
    }
    source += "        _ => return 0\n    }\n}\n";
    assert_eq!(codes(source), ["E0321"]);
}
