//! Hostile texts: a tree and messages, never a panic, a hang or an overflow.

use std::time::{Duration, Instant};

use deed_base::{Diagnostics, SourceMap};
use deed_syntax::{format, lex, parse, print_module, read_source};
use proptest::prelude::*;

const EVERYTHING: &str = include_str!("../../../tests/syntax/everything.deed");

/// Reads a text by every way in; the codes found.
fn read(text: &str) -> Vec<&'static str> {
    let mut sources = SourceMap::new();
    let id = sources.add("a.deed", text);
    let mut diagnostics = Diagnostics::new();
    let module = parse(sources.get(id), &mut diagnostics);
    let printed = print_module(&module);
    assert!(printed.starts_with("(module"));
    for d in diagnostics.iter() {
        assert!((d.primary.span.end as usize) <= text.len(), "{d:?}");
    }
    assert_eq!(format(sources.get(id)).is_err(), diagnostics.has_errors());
    diagnostics.iter().map(|d| d.code.id).collect()
}

#[test]
fn deep_nesting_is_refused_once() {
    let deep = [
        "(",
        "[",
        "{",
        "-",
        "!",
        "- ",
        "(-",
        "f(",
        "x[",
        "a.b.",
        "a?.",
        "1 + ",
        "1 ==> ",
        "a ?? ",
        "a = ",
        "|x| ",
        "if a {",
        "if a {} else ",
        "match a { _ => ",
        "forall x: u64: ",
        "Map<u8, ",
        "fn() -> ",
        "&& ",
        "\"{",
        "let x: [[",
        "try { ",
        "(a, ",
        "S { a: ",
        "f(a, g(",
        "while a { ",
        "1..",
        "a in ",
        "view ",
        "await ",
    ];
    for part in deep {
        for head in
            ["module a\nfn f() {\n    let x = ", "module a\nfn f(x: ", "module a\nfn f() {\n", ""]
        {
            let codes = read(&format!("{head}{}", part.repeat(1_000)));
            let refused = codes.contains(&"E0105");
            assert!(refused || !codes.is_empty(), "{part} behind {head} is fine");
            assert!(codes.iter().filter(|c| **c == "E0105").count() <= 1);
        }
    }
}

#[test]
fn very_deep_nesting_is_refused_as_well() {
    for part in ["(", "{", "-", "Vec<", "a.", "if a {"] {
        let text = format!("module a\nfn f() {{\n    let x: X = {}", part.repeat(100_000));
        let refusals = read(&text).iter().filter(|c| **c == "E0105").count();
        assert_eq!(refusals, 1, "{part}");
    }
}

#[test]
fn what_is_wide_is_not_deep() {
    let lines = "    a.b.c(1 + 2 * 3, x[4], S { a: 1 })\n".repeat(2_000);
    assert_eq!(read(&format!("module a\nfn f() {{\n{lines}}}\n")), Vec::<&str>::new());
    let list = "Some(a + b), ".repeat(5_000);
    assert_eq!(read(&format!("module a\nconst X: A = [{list}]\n")), Vec::<&str>::new());
    let sum = "self.a + ".repeat(150);
    assert_eq!(read(&format!("module a\nconst X: A = {sum}1\n")), Vec::<&str>::new());
}

#[test]
fn messages_stay_few_and_time_short() {
    let parts = [
        "\u{202e}", "@", "fn f(\n", "} ", "let = \n", "\"\n", "; ", "0x ", "self.\n", "(\n)",
        "1..\n",
    ];
    for part in parts {
        let started = Instant::now();
        let codes = read(&part.repeat(200_000 / part.len()));
        assert!(codes.len() <= 200, "{} messages for {part:?}", codes.len());
        assert!(
            started.elapsed() < Duration::from_secs(10),
            "{part:?} takes {:?}",
            started.elapsed()
        );
    }
}

#[test]
fn the_largest_source_is_read() {
    let mut bytes = b"// ".repeat(SourceMap::MAX_LEN / 4);
    bytes.resize(SourceMap::MAX_LEN, b'(');
    let (mut sources, mut diagnostics) = (SourceMap::new(), Diagnostics::new());
    let id = read_source("a.deed", &bytes, &mut sources, &mut diagnostics).expect("it is UTF-8");
    assert_eq!(lex(sources.get(id), &mut diagnostics).len(), 2);
    bytes.fill(b'(');
    let id = read_source("b.deed", &bytes, &mut sources, &mut diagnostics).expect("it is UTF-8");
    parse(sources.get(id), &mut diagnostics);
    assert_eq!(diagnostics.iter().map(|d| d.code.id).collect::<Vec<_>>(), ["E0105"]);
}

#[test]
fn small_sources_are_read() {
    for text in [
        "", "\n", "\u{feff}", "// x", "/* x", "\0", ".", "module", "module a", "a.", "{", "}",
        "\"", "\\",
    ] {
        read(text);
    }
}

/// Words and signs that make up programs.
fn token() -> impl Strategy<Value = &'static str> {
    let mut parts: Vec<&'static str> = EVERYTHING.split_whitespace().collect();
    parts.extend([
        "\n", "\n", "\n    ", "(", ")", "[", "]", "{", "}", "<", ">", "|", ".", "\"", "\"{", "}\"",
        ",",
    ]);
    prop::sample::select(parts)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_text_gives_a_tree(text in "\\PC{0,200}") {
        read(&text);
    }

    #[test]
    fn any_bytes_are_judged(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let (mut sources, mut diagnostics) = (SourceMap::new(), Diagnostics::new());
        let read = read_source("a.deed", &bytes, &mut sources, &mut diagnostics);
        prop_assert_eq!(read.is_some(), std::str::from_utf8(&bytes).is_ok());
    }

    #[test]
    fn any_tokens_give_a_tree(tokens in prop::collection::vec(token(), 0..80)) {
        read(&tokens.join(" "));
    }

    #[test]
    fn any_damage_gives_a_tree(at in 0..EVERYTHING.len(), len in 0..60usize, put in token()) {
        let start = (0..=at).rev().find(|i| EVERYTHING.is_char_boundary(*i)).unwrap_or(0);
        let end = (at + len).min(EVERYTHING.len());
        let end = (end..=EVERYTHING.len()).find(|i| EVERYTHING.is_char_boundary(*i)).unwrap_or(start);
        read(&format!("{}{put}{}", &EVERYTHING[..start], &EVERYTHING[end..]));
    }
}
