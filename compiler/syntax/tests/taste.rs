//! The design's own example.

use deed_base::{Diagnostics, MessageFormat, SourceMap, render_all};
use deed_syntax::{ast::Module, parse};

const TASTE: &str = include_str!("../../../tests/syntax/taste.deed");

fn read(text: &str) -> (Module, String) {
    let mut sources = SourceMap::new();
    let id = sources.add("taste.deed", text);
    let mut diagnostics = Diagnostics::new();
    let module = parse(sources.get(id), &mut diagnostics);
    (module, render_all(&diagnostics.sorted(), &sources, MessageFormat::Short))
}

#[test]
fn the_taste_parses() {
    let (module, messages) = read(TASTE);
    assert_eq!(messages, "");
    assert_eq!(module.path.to_string(), "scf.receivable");
    assert_eq!((module.uses.len(), module.items.len()), (2, 8));
}
