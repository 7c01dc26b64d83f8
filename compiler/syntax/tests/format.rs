//! The formatter: idempotent, loses nothing, changes no tree.

use deed_base::{Diagnostics, SourceMap};
use deed_syntax::{format, parse, print_module};
use proptest::prelude::*;

const TASTE: &str = include_str!("../../../tests/syntax/taste.deed");
const EVERYTHING: &str = include_str!("../../../tests/syntax/everything.deed");

fn run(text: &str) -> String {
    let mut sources = SourceMap::new();
    let id = sources.add("a.deed", text);
    match format(sources.get(id)) {
        Ok(text) => text,
        Err(diagnostics) => panic!("{:?} in\n{text}", diagnostics.sorted()),
    }
}

fn tree(text: &str) -> String {
    let mut sources = SourceMap::new();
    let id = sources.add("a.deed", text);
    print_module(&parse(sources.get(id), &mut Diagnostics::new()))
}

fn comments(text: &str) -> usize {
    text.matches("//").count() + text.matches("/*").count()
}

fn check(text: &str) -> String {
    let once = run(text);
    same_lines(&once, &run(&once));
    same_lines(&tree(text), &tree(&once));
    assert_eq!(comments(text), comments(&once));
    once
}

fn same_lines(left: &str, right: &str) {
    for (at, (l, r)) in left.lines().zip(right.lines()).enumerate() {
        assert_eq!(l, r, "line {}", at + 1);
    }
    assert_eq!(left, right);
}

#[test]
fn the_fixtures_are_canonical_but_for_aligned_comments() {
    let squeezed: String = TASTE
        .lines()
        .map(|line| match line.split_once(" //") {
            Some((code, comment)) if !code.trim().is_empty() => {
                format!("{} //{comment}\n", code.trim_end())
            }
            _ => format!("{line}\n"),
        })
        .collect();
    same_lines(&squeezed, &check(TASTE));
    check(EVERYTHING);
}

/// The sources below a folder of the repository.
fn sources(folder: &str) -> Vec<std::path::PathBuf> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (mut open, mut found) = (vec![root.join(folder)], Vec::new());
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            match path.extension() {
                _ if path.is_dir() => open.push(path),
                Some(extension) if extension == "deed" => found.push(path),
                _ => {}
            }
        }
    }
    assert!(!found.is_empty(), "{folder} has no source");
    found
}

#[test]
fn the_sources_of_the_repository_are_canonical() {
    for folder in ["stdlib/src", "examples", "cli/templates", "tests/run", "tests/verify"] {
        for path in sources(folder) {
            let text = std::fs::read_to_string(&path).expect("a source");
            let once = check(&text);
            assert!(once == text, "`deed fmt {}` changes it", path.display());
        }
    }
}

#[test]
fn whatever_parses_keeps_its_tree_and_its_comments() {
    let mut kept = 0;
    for path in sources("tests") {
        let text = std::fs::read_to_string(&path).expect("a source");
        let mut map = SourceMap::new();
        let id = map.add("a.deed", text.as_str());
        if format(map.get(id)).is_ok() {
            check(&text);
            kept += 1;
        }
    }
    assert!(kept > 200, "only {kept} sources parse");
}

#[test]
fn a_blank_line_stands_behind_the_header() {
    assert_eq!(check("module a.b\nuse c.d\nfn f() {}\n"), "module a.b\n\nuse c.d\nfn f() {}\n");
    assert_eq!(
        check("//! Docs.\nmodule a // so\n// then\nfn f() {}"),
        "//! Docs.\nmodule a // so\n\n// then\nfn f() {}\n"
    );
    assert_eq!(check("module a"), "module a\n");
}

#[test]
fn untidy_text_becomes_tidy() {
    let untidy = "module  a\n\n\n\nuse b . { c ,d }\nfn f( a:u64 ,b : Map < u8,Vec<u8>> )->u64\n  requires a>b\n    {\n\n\
        // one\nlet x=- a+f( - 1 ,!b ) // two\n\n\n  if a<b{ return x>>2 }\n  else\n  { g(|x,y|x|y, ||3) }\n\
        foo(1,\n2)\nreturn  x [ 1 .. 2 ] . y ? \n/* three */\n}\n\nstruct S{a:u8,b:[u8;2]}\n\
        fn g() { let S{a,..}=s\nmatch x{.A=>h(),.B(..)|.C=>{}}\n  a\n.b()\n.c(S{\na:1\n})\n}";
    let tidy = "module a\n\nuse b.{c, d}\nfn f(a: u64, b: Map<u8, Vec<u8>>) -> u64\n    requires a > b\n{\n    \
        // one\n    let x = -a + f(-1, !b) // two\n\n    if a < b { return x >> 2 } else { g(|x, y| x | y, || 3) }\n    \
        foo(1,\n        2)\n    return x[1..2].y?\n    /* three */\n}\n\nstruct S { a: u8, b: [u8; 2] }\n\
        fn g() {\n    let S { a, .. } = s\n    match x { .A => h(), .B(..) | .C => {} }\n    a\n        .b()\n        .c(S {\n            a: 1\n        })\n}\n";
    let untidy = untidy.replace("fn g() { let", "fn g() {\nlet");
    same_lines(&check(&untidy), tidy);
}

#[test]
fn what_is_too_long_for_a_line_gets_several() {
    let long = "module a\n\ncontract C {\n    entry fn transfer(from_account: Address, to_account: Address, amount: u64, reason: string) -> u64 throws TooMuch, TooLittle { return 1 }\n}\n\n\
        enum Kind { TheVeryFirst(number: u64), Second(number: u64), Third(number: u64), Fourth(number: u64), TheFifth(number: u64) }\n\n\
        fn f(a: Map<u64, u64>) -> u64 {\n    let point = Point { first: computed(1, 2, 3), second: computed(4, 5, 6), third: computed(7, 8, 9_000_000), the_fourth: 10 } // all\n\
    for (k, v) in a { use_it(k, v, the_first_of_many_arguments, the_second_of_many_arguments, the_third_of_many_arguments) }\n    return point.first\n}\n";
    let tidy = "module a\n\ncontract C {\n    entry fn transfer(\n        from_account: Address,\n        to_account: Address,\n        amount: u64,\n        reason: string,\n    ) -> u64 throws TooMuch, TooLittle { return 1 }\n}\n\n\
        enum Kind {\n    TheVeryFirst(number: u64),\n    Second(number: u64),\n    Third(number: u64),\n    Fourth(number: u64),\n    TheFifth(number: u64)\n}\n\n\
        fn f(a: Map<u64, u64>) -> u64 {\n    let point = Point {\n        first: computed(1, 2, 3),\n        second: computed(4, 5, 6),\n        third: computed(7, 8, 9_000_000),\n        the_fourth: 10\n    } // all\n    for (k, v) in a {\n        use_it(k, v, the_first_of_many_arguments, the_second_of_many_arguments, the_third_of_many_arguments)\n    }\n    return point.first\n}\n";
    same_lines(&check(long), tidy);
    let open = "module a\n\nfn f(w: u64) -> u64 { var v = w\n    v += 1\n    return v }\n";
    same_lines(
        &check(open),
        "module a\n\nfn f(w: u64) -> u64 {\n    var v = w\n    v += 1\n    return v\n}\n",
    );
}

#[test]
fn a_loops_clauses_stand_below_each_other() {
    let tidy = "module a\n\nfn f(n: u64)\n    decreases n\n{\n    while n > 0 {\n        invariant n > 0 &&\n            n < 9\n        \
        // falls\n        decreases n,\n            n - 1\n        n -= 1\n    }\n}\n";
    same_lines(&check(tidy), tidy);
    let untidy = tidy
        .replace("        // falls\n        decreases", "    // falls\n                decreases");
    same_lines(&check(&untidy), tidy);
}

#[test]
fn what_cannot_be_read_is_left_alone() {
    let mut sources = SourceMap::new();
    let id = sources.add("a.deed", "module a\nfn (");
    assert!(format(sources.get(id)).is_err());
    assert_eq!(run("module a"), "module a\n");
}

/// Changes blanks where they mean nothing: before a line, at its end, between lines.
fn restyle(text: &str, choices: &[u8]) -> String {
    let mut choices = choices.iter().cycle();
    let mut out = String::new();
    for line in text.lines() {
        let choice = choices.next().copied().unwrap_or(0);
        let item = !line.starts_with(' ');
        let indent = if item { 0 } else { 1 + usize::from(choice % 7) };
        out.extend(std::iter::repeat_n(' ', indent));
        out.push_str(line.trim_start());
        out.push_str(["", " ", "\t", " \t"][usize::from(choice >> 3 & 3)]);
        out.push_str(["\n", "\n", "\n\n", "\r\n"][usize::from(choice >> 5 & 3)]);
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_style_becomes_the_one(choices in prop::collection::vec(any::<u8>(), 1..64)) {
        check(&restyle(TASTE, &choices));
        check(&restyle(EVERYTHING, &choices));
    }
}
