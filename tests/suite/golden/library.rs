//! `docs/library.md`: the library, as its sources describe it.
//!
//! In: the modules of the library. Out: a complaint where the page says something else; with `BLESS=1`
//! the page is written anew.

use super::diff::settle;
use deed_base::{Diagnostics, MessageFormat, SourceMap, render_all};
use deed_compiler::doc::{describe, markdown};
use deed_compiler::thir::Package;

const PAGE: &str = "docs/library.md";

const HEAD: &str = "\
# The library

What every contract has at hand, and what `use std.…` brings. Most of it is written in Deed; what is marked
`native` the engine does itself. A method that changes its receiver takes it `inout`. This page is made from the
library's sources.

";

#[test]
fn the_page_is_the_library() {
    let (mut sources, mut diagnostics) = (SourceMap::new(), Diagnostics::new());
    let mut modules = Vec::new();
    for module in deed_stdlib::MODULES {
        let id = sources.add(format!("{}.deed", module.path), module.text);
        modules.push(deed_syntax::parse(sources.get(id), &mut diagnostics));
    }
    let messages = render_all(&diagnostics.sorted(), &sources, MessageFormat::Short);
    assert!(diagnostics.is_empty(), "{messages}");
    let manual = describe(&Package::default(), &modules, &sources);
    let pages = manual.modules.iter().map(|module| lowered(&markdown(module)));
    let page = HEAD.to_owned() + &pages.collect::<Vec<_>>().join("\n");
    settle(PAGE, &page).unwrap_or_else(|why| panic!("{why}"));
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
