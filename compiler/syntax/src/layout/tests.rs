//! What the layout layer makes of texts.

use deed_base::{Diagnostics, SourceMap};

use super::lay_out;
use crate::lexer::lex;
use crate::reporter::Reporter;

/// The tokens as text: `;` for a separating line end, contextual words in upper case.
fn run(text: &str) -> (String, Vec<&'static str>) {
    let mut map = SourceMap::new();
    let id = map.add("t.deed", text);
    let source = map.get(id);
    let mut diagnostics = Diagnostics::new();
    let tokens = lex(source, &mut diagnostics);
    let layout = lay_out(source, &tokens, &mut Reporter::new(&mut diagnostics));
    let words = layout.tokens.iter().map(|t| match source.slice(t.span) {
        _ if t.kind == crate::TokenKind::Newline => ";".to_owned(),
        _ if t.kind == crate::TokenKind::End => "$".to_owned(),
        "" => format!("<{}>", t.kind.text()),
        text if t.kind.is_contextual_word() => text.to_uppercase(),
        text if t.kind == crate::TokenKind::Ident && text == "view" => "'view".to_owned(),
        text => text.to_owned(),
    });
    let words: Vec<String> = words.collect();
    (words.join(" "), diagnostics.iter().map(|d| d.code.id).collect())
}

fn laid(text: &str) -> String {
    let (words, codes) = run(text);
    assert_eq!(codes, Vec::<&str>::new(), "in {text}");
    words
}

#[test]
fn lines_separate_in_braces_only() {
    assert_eq!(laid("{ a\n b }\nc"), "{ a ; b } ; c $");
    assert_eq!(laid("f(a,\n b\n)\n[x\n]"), "f ( a , b ) ; [ x ] $");
    assert_eq!(laid("{\n a\n\n\n b\n}"), "{ a ; b } $");
}

#[test]
fn operators_and_clauses_continue_a_line() {
    assert_eq!(laid("{ a +\n b\n  && c\n - d }"), "{ a + b && c ; - d } $");
    assert_eq!(laid("{ a\n  .b\n  else c }"), "{ a . b else c } $");
    assert_eq!(laid("{ x: Vec<u64>\n y }"), "{ x : Vec < u64 > ; y } $");
    assert_eq!(laid("{ a\n .. }"), "{ a ; .. } $");
}

#[test]
fn a_dot_begins_an_arm() {
    assert_eq!(laid("match x {\n .A => y\n .B => z\n}"), "match x { . A => y ; . B => z } $");
}

#[test]
fn words_are_names_where_a_name_must_be() {
    assert_eq!(laid("{ a.view, view: b }"), "{ a . 'view , 'view : b } $");
    assert_eq!(laid("{ let from = value from at }"), "{ let from = value FROM at } $");
    assert_eq!(laid("{ a..value }"), "{ a .. value } $");
    assert_eq!(
        laid("contract C {\n state { state: A }\n init() {}\n}"),
        "CONTRACT C { STATE { state : A } ; INIT ( ) { } } $"
    );
    assert_eq!(
        laid("{ init(x)\n state.y()\n take(z) }"),
        "{ init ( x ) ; state . y ( ) ; take ( z ) } $"
    );
    assert_eq!(laid("event E(index id: A, index: B)"), "EVENT E ( INDEX id : A , index : B ) $");
}

#[test]
fn brackets_are_repaired_by_indentation() {
    let (words, codes) = run("fn f() {\n  a(b\n  c\n}\nfn g() {\n  d\n");
    assert_eq!(words, "fn f ( ) { a ( b <)> ; c } ; fn g ( ) { d <}> $");
    assert_eq!(codes, ["E0102", "E0102"]);
    let (words, codes) = run("fn f() {\n  if a\n    b\n  }\n}");
    assert_eq!(words, "fn f ( ) { if a ; b } $");
    assert_eq!(codes, ["E0103"]);
}

#[test]
fn a_missing_name_is_put_in() {
    let (words, codes) = run("{ self.\n let }");
    assert_eq!(words, "{ self . <a name> ; let } $");
    assert_eq!(codes, ["E0104"]);
}

#[test]
fn what_is_too_deep_is_cut() {
    for text in
        ["(".repeat(100_000), "- ".repeat(100_000), "a.".repeat(100_000), "A<".repeat(100_000)]
    {
        let (words, codes) = run(&text);
        assert_eq!(codes, ["E0105"]);
        assert!(words.len() < 2_000);
    }
}
