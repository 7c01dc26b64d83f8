//! What is said about mistakes: the whole text of each message, on record.

use std::fmt::Write;
use std::path::Path;

use deed_base::{Diagnostics, MessageFormat, SourceMap, render_all};
use deed_syntax::parse;

/// The fixture is split at lines `//--`; each part is read on its own.
#[test]
fn each_mistake_has_its_message() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/syntax");
    let fixture = std::fs::read_to_string(folder.join("mistakes.txt")).expect("the fixture");
    let mut out = String::new();
    for part in fixture.split("//--\n") {
        let mut sources = SourceMap::new();
        let id = sources.add("m.deed", part);
        let mut diagnostics = Diagnostics::new();
        parse(sources.get(id), &mut diagnostics);
        assert!(!diagnostics.is_empty(), "nothing is wrong with\n{part}");
        let messages = render_all(&diagnostics.sorted(), &sources, MessageFormat::Short);
        let _ = writeln!(out, "{part}{messages}");
    }
    let record = folder.join("mistakes.out");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&record, &out).expect("the record can be written");
    }
    let recorded = std::fs::read_to_string(&record).unwrap_or_default();
    assert!(recorded == out, "messages differ; BLESS=1 records what is now:\n{out}");
}
