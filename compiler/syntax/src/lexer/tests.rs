//! What the lexer makes of texts.

use deed_base::{Diagnostics, SourceMap};

use super::lex;
use crate::token::TokenKind::{self, *};

fn run(text: &str) -> (Vec<TokenKind>, Vec<&'static str>) {
    let mut map = SourceMap::new();
    let id = map.add("t.deed", text);
    let mut diagnostics = Diagnostics::new();
    let tokens = lex(map.get(id), &mut diagnostics);
    (tokens.iter().map(|t| t.kind).collect(), diagnostics.iter().map(|d| d.code.id).collect())
}

fn kinds(text: &str) -> Vec<TokenKind> {
    let (kinds, codes) = run(text);
    assert_eq!(codes, Vec::<&str>::new(), "in {text}");
    kinds
}

#[test]
fn signs_are_as_long_as_they_can_be() {
    assert_eq!(kinds("a..=b ==> c.*"), [Ident, DotDotEq, Ident, Implies, Ident, DotStar, End]);
    assert_eq!(kinds("x >>= 1"), [Ident, Gt, GtEq, Int, End]);
    assert_eq!(kinds("t.0.1"), [Ident, Dot, Int, Dot, Int, End]);
    assert_eq!(kinds("1..5"), [Int, DotDot, Int, End]);
}

#[test]
fn words_are_hard_or_names() {
    assert_eq!(kinds("fn fnx _ _a 契约 é"), [Fn, Ident, Underscore, Ident, Ident, Ident, End]);
    assert_eq!(kinds("state from fn数"), [Ident, Ident, Ident, End]);
    assert_eq!(kinds("数1 契a é_2 a数1"), [Ident, Ident, Ident, Ident, End]);
}

#[test]
fn comments_and_docs_are_kept() {
    let text = "//! m\n/// d\n//// c\n/* a /* b */ */ x";
    let expected = [ModuleDoc, Newline, DocComment, Newline, Comment, Newline, Comment, Ident, End];
    assert_eq!(kinds(text), expected);
}

#[test]
fn strings_hold_expressions() {
    assert_eq!(kinds(r#""a \{ \" b""#), [Str, End]);
    let nested = r#""a {f("x{y}")} b {Z { a }}""#;
    let expected = [
        StrHead, Ident, LParen, StrHead, Ident, StrTail, RParen, StrMid, Ident, LBrace, Ident,
        RBrace, StrTail, End,
    ];
    assert_eq!(kinds(nested), expected);
    assert_eq!(kinds(r#"b"\xff" hex"00_ff""#), [Bytes, Bytes, End]);
}

#[test]
fn each_mistake_has_its_code() {
    let cases = [
        ("\"abc\nx", "E0004"),
        ("\"a {b\nx", "E0004"),
        ("/* a /* */", "E0005"),
        ("a ； b", "E0006"),
        ("1u65", "E0007"),
        (r#""\q""#, "E0008"),
        ("hex\"0\"", "E0009"),
        ("b\"é\"", "E0009"),
        ("// \u{202e}x", "E0010"),
        ("a\u{202e}", "E0010"),
        ("p\u{0430}y", "E0011"),
        ("\u{0440}\u{0430}\u{0443}", "E0011"),
    ];
    for (text, code) in cases {
        let (_, codes) = run(text);
        assert_eq!(codes, [code], "in {text:?}");
    }
}

#[test]
fn a_line_ends_a_broken_string() {
    let (kinds, _) = run("\"a {b\nx");
    assert_eq!(kinds, [StrHead, Ident, StrTail, Newline, Ident, End]);
}
