//! What is checked and not executed yet: lowering says so, and nothing else.
//!
//! In: contracts that pass the checks. Out: building each gives E0901 alone, and no module.

use deed_base::{Diagnostics, SourceMap, catalogue::NOT_YET};
use deed_compiler::{BuildOptions, build, check};

const DECLARED: &str = "enum Status {\n    Live\n    Pledged(to: Address, until: u64)\n}\n
fn half(n: u64) -> Result<u64, u8> {\n    if n == 1 { return Err(1) }\n    return Ok(n)\n}\n
fn small(n: u64) -> Option<u64> {\n    if n == 1 { return None }\n    return Some(n)\n}\n
fn twice(n: u64) -> Result<u64, u8> {\n    return Ok(half(n)? * 2)\n}\n";

/// Statements of a view with the parameter `n`.
const BODIES: [&str; 20] = [
    "let s = Status.Live",
    "let s = Status.Pledged(tx.sender, n)",
    "let s: Status = .Live\nif s == .Live { return 1 }",
    "let pair = (n, true)",
    "let sum = (n, n).0 + n",
    "var pair = (n, n)\npair.0 += 1",
    "let some = Some(n)",
    "let none: Option<u64> = None",
    "let made: Result<u64, u8> = Ok(n)",
    "let made = half(n) else { return 2 }",
    "let made = small(n) ?? 3",
    "let made = twice(n) else { return 2 }",
    "let _ = small(n)",
    "while small(n) == None {}",
    "if small(n) == Some(n) { return 2 }",
    "match n {\n0 => return 1\n_ => {}\n}",
    "var m = n\nm = match m {\n0 => 1\n_ => m\n}\nwhile m > 0 { m -= 1 }",
    "if let Some(m) = small(n) { return m }",
    "var m = n\nwhile let Some(k) = small(m) { m = k }",
    "let (a, b) = (n, 2u64)\nlet Some(c) = small(n) else { return a }\nlet d = b + c",
];

fn assert_later(source: &str) {
    let mut sources = SourceMap::new();
    let id = sources.add("later.deed", source.to_owned());
    let mut d = Diagnostics::new();
    check(&sources, &[id], &mut d);
    assert!(!d.has_errors(), "the checks refuse {source}: {:?}", d.sorted());
    let built = build(&sources, &[id], &BuildOptions::default(), &mut d);
    assert!(built.is_none() && d.has_errors(), "was built: {source}");
    for diagnostic in d.sorted() {
        assert_eq!(diagnostic.code.id, NOT_YET.id, "{source}: {diagnostic:?}");
    }
}

#[test]
fn statements_are_answered_with_not_yet() {
    for body in BODIES {
        let contract = format!(
            "contract C {{\n    view fn f(n: u64) -> u64 {{\n{body}\n        return n\n    }}\n}}\n"
        );
        assert_later(&format!("module later\n\n{DECLARED}\n{contract}"));
    }
}

#[test]
fn types_at_boundaries_are_answered_with_not_yet() {
    let types = ["Status", "Option<u64>", "Result<u64, u8>", "(u64, bool)"];
    for ty in types {
        let contract = format!(
            "contract C {{\n    state {{\n        field: Map<u64, {ty}>\n    }}\n\n    entry fn f(a: {ty}) -> {ty} {{\n        self.field[1] = a\n        return self.field[2]\n    }}\n}}\n"
        );
        assert_later(&format!("module later\n\n{DECLARED}\n{contract}"));
    }
}
