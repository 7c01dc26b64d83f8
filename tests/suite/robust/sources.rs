//! Sources that nobody means: the front end answers each with diagnostics.
//!
//! In: random bytes and tokens, huge and deep texts. Out: nothing; a panic, an overflow of the stack, or
//! an error that is not told fails the test.

use crate::stages::{Front, Source};
use proptest::prelude::*;

/// Words and signs of the language, a few of which make every construct begin.
const TOKENS: &[&str] = &[
    "contract",
    "C",
    "state",
    "init",
    "entry",
    "view",
    "fn",
    "f",
    "g",
    "x",
    "self",
    ".",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    "::",
    ":",
    ",",
    ";",
    "->",
    "=>",
    "=",
    "==",
    "+=",
    "+",
    "-",
    "*",
    "/",
    "%",
    "!",
    "&&",
    "||",
    "==>",
    "&",
    "|",
    "^",
    "<<",
    ">>",
    "..",
    "..=",
    "?",
    "??",
    "if",
    "else",
    "while",
    "for",
    "in",
    "match",
    "let",
    "var",
    "return",
    "throw",
    "throws",
    "emit",
    "assert",
    "requires",
    "ensures",
    "invariant",
    "decreases",
    "forall",
    "exists",
    "sum",
    "old",
    "result",
    "true",
    "false",
    "0",
    "1u8",
    "255",
    "0xff",
    "\"text\"",
    "b\"x\"",
    "'",
    "\"",
    "Map",
    "u64",
    "bool",
    "Address",
    "default",
    "struct",
    "enum",
    "asset",
    "interface",
    "trait",
    "impl",
    "event",
    "error",
    "const",
    "module",
    "use",
    "test",
    "try",
    "catch",
    "await",
    "async",
    "every",
    "inout",
    "take",
    "pub",
    "//",
    "/// doc",
    "//!",
    "\n",
    "\n",
    "\n    ",
    " ",
    "契",
    "\u{202e}",
    "\0",
    "#",
    "@",
    "$",
];

fn front(text: impl Into<Vec<u8>>) -> Front {
    Front::of(&[Source { name: "soup.deed".into(), bytes: text.into() }])
}

/// The source gives at least one error.
#[track_caller]
fn refused(text: impl Into<Vec<u8>>) -> Front {
    let front = front(text);
    assert!(front.diagnostics.has_errors(), "nothing was said of it");
    front
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_get_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        front(bytes).messages();
    }

    #[test]
    fn any_text_gets_an_answer(text in "\\PC{0,200}") {
        front(text).messages();
    }

    #[test]
    fn any_tokens_get_an_answer(tokens in prop::collection::vec(prop::sample::select(TOKENS), 0..120)) {
        front(tokens.join(" ")).messages();
    }

    /// A real contract with one part cut out or doubled.
    #[test]
    fn a_damaged_contract_gets_an_answer(start in 0usize..4000, length in 0usize..60, twice: bool) {
        let text = crate::repo::read("examples/token/src/main.deed");
        let (start, end) = (start.min(text.len()), (start + length).min(text.len()));
        let mut bytes = text.into_bytes();
        let part: Vec<u8> = bytes[start..end].to_vec();
        bytes.splice(start..if twice { start } else { end }, if twice { part } else { Vec::new() });
        front(bytes).messages();
    }
}

#[test]
fn an_empty_source_lacks_only_its_module() {
    let messages = refused("").messages();
    assert_eq!((messages.lines().count(), messages.contains("E0108")), (1, true), "{messages}");
}

#[test]
fn a_source_of_fifty_megabytes_is_refused() {
    let front = refused(vec![b' '; 50 << 20]);
    assert!(front.messages().contains("E0003"), "{}", front.messages());
}

#[test]
fn the_largest_source_is_read() {
    let line = "// nothing but words, as many as a source may hold at the very most\n";
    let text = String::from("module words\n") + &line.repeat((16 << 20) / line.len() - 1);
    assert!(front(text).diagnostics.is_empty());
}

#[test]
fn endless_nesting_is_refused() {
    const DEEP: usize = 100_000;
    let in_body = |body: String| {
        format!("module deep\n\ncontract C {{\n    view fn f() -> u64 {{\n{body}\n    }}\n}}\n")
    };
    let nested = |open: &str, core: &str, close: &str| {
        format!("{}{core}{}", open.repeat(DEEP), close.repeat(DEEP))
    };
    let deep = [
        in_body(format!("return {}", nested("(", "1", ")"))),
        in_body(format!("return {}", nested("-", "1", ""))),
        in_body(format!("return {}", nested("!", "true", ""))),
        in_body(format!("return {}", nested("f(", "1", ")"))),
        in_body(format!("return {}", nested("x[", "1", "]"))),
        in_body(format!("return {}", nested("[", "1", "]"))),
        in_body(nested("{", "", "}")),
        in_body(nested("if true {\n", "", "}\n")),
        in_body(nested("while true {\n", "", "}\n")),
        in_body(format!("return {}", nested("if true { 1 } else ", "{ 2 }", ""))),
        in_body(format!("let x: {} = 1", nested("Vec<", "u8", ">"))),
        in_body(format!("let x: {} = 1", nested("(", "u8", ")"))),
        in_body(format!("return {}", nested("forall x in m: ", "true", ""))),
        in_body(format!("return {}", nested("|x| ", "x", ""))),
        nested("contract C {\n", "", "}\n"),
        nested("(", "", ""),
        nested("{", "", ""),
        nested("[", "", ""),
        nested("", "", ")"),
        nested("", "", "}"),
        nested("\"", "", ""),
        nested("\"{", "", ""),
    ];
    for text in deep {
        refused(text).messages();
    }
}

/// Flat things may be long: a chain of operators is no nesting that the user made.
#[test]
fn long_flat_texts_get_an_answer() {
    const LONG: usize = 20_000;
    let flat = [
        format!("const A: u64 = {}0\n", "0 + ".repeat(LONG)),
        format!("const A: bool = {}true\n", "true && ".repeat(LONG)),
        format!("const A: bool = {}true\n", "true ==> ".repeat(LONG)),
        format!("const A: u64 = {}0\n", "a.".repeat(LONG)),
        format!("const A: u64 = {}0\n", "a ?? ".repeat(LONG)),
        format!(
            "module deep\n\ncontract C {{\n    entry fn f() {{\n{}    }}\n}}\n",
            "assert true\n".repeat(LONG)
        ),
        (0..LONG).map(|n| format!("const A{n}: u64 = {n}\n")).collect(),
    ];
    for text in flat {
        front(text).messages();
    }
}
