//! Every construct parses, and its tree is the one on record.

use std::path::Path;

use deed_base::{Diagnostics, MessageFormat, SourceMap, render_all};
use deed_syntax::{lex, parse, print_module, print_tokens};

fn golden(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/syntax").join(file);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, text).expect("the record can be written");
    }
    let recorded = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(recorded == text, "{file} differs; BLESS=1 records what is now:\n{text}");
}

fn source(file: &str) -> SourceMap {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/syntax").join(file);
    let text = std::fs::read_to_string(path).expect("the fixture is there");
    let mut sources = SourceMap::new();
    sources.add(file, text);
    sources
}

#[test]
fn every_construct_has_its_tree() {
    for file in ["everything", "taste"] {
        let sources = source(&format!("{file}.deed"));
        let source = sources.files().next().expect("one source");
        let mut diagnostics = Diagnostics::new();
        let module = parse(source, &mut diagnostics);
        let messages = render_all(&diagnostics.sorted(), &sources, MessageFormat::Short);
        assert_eq!(messages, "");
        golden(&format!("{file}.ast"), &print_module(&module));
    }
}

#[test]
fn tokens_are_printed_one_a_line() {
    let mut sources = SourceMap::new();
    let id = sources.add("a.deed", "fn f() // x\n\"a{b}\" 数\n");
    let tokens = lex(sources.get(id), &mut Diagnostics::new());
    let expected = "1:1 word fn\n1:4 name f\n1:5 sign (\n1:6 sign )\n1:8 comment // x\n1:12 newline \\n\n\
        2:1 string \\\"a{\n2:4 name b\n2:5 string }\\\"\n2:8 name 数\n2:9 newline \\n\n3:1 end\n";
    assert_eq!(print_tokens(sources.get(id), &tokens), expected);
}
