//! Texts that are kept in the tree: the reference page and a listing. `BLESS=1` rewrites them.

mod common;

use deed_bytecode::{disassemble, listing, reference::reference};
use std::path::Path;

fn compare(path: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, text).expect("the tree can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "{} is out of date: run the test with BLESS=1", path.display());
}

#[test]
fn the_reference_page_is_up_to_date() {
    compare("../docs/bytecode.md", &reference());
}

#[test]
fn the_listing_shows_the_source() {
    let source = "module demo.token\n\n    init(total: u128) {\n        self.total = total\n";
    let text =
        disassemble(&common::token(), &|file| (file == "src/main.deed").then(|| source.to_owned()));
    compare("tests/token.listing", &text);
}

#[test]
fn broken_modules_can_be_listed() {
    let mut module = common::token();
    module.schema.clear();
    module.consts.clear();
    module.functions[2].blocks[0].code[0].b = 999;
    let text = listing(&module);
    assert!(text.contains("context        r6, ?999"), "{text}");
}
