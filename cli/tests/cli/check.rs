//! `deed check` on good and on hostile sources.

use crate::support::{Run, deed, deed_in, folder, lines_of_json};

/// `deed check` of one source.
fn check(source: impl AsRef<[u8]>) -> Run {
    let here = folder(&[("main.deed", source)]);
    deed_in(here.path(), &["check", "main.deed", "--message-format", "short"])
}

#[test]
fn a_good_package_is_checked_in_silence_but_for_one_line() {
    let run = deed(&["check", "examples/token"]).exits(0).says(&["token 0.1.0", "1 contract"]);
    assert_eq!(run.out, "");
    let quiet = deed(&["check", "examples/token", "-q"]).exits(0);
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", ""));
}

#[test]
fn paths_that_lead_to_no_source_are_refused() {
    deed(&["check", "nowhere"]).exits(1).says(&["E0001", "nowhere", "help:"]);
    deed(&["check", "nowhere.deed"]).exits(1).says(&["E0001", "nowhere.deed"]);
    deed(&["check", "examples"]).exits(1).says(&["E0801", "deed.toml"]);
    deed(&["check", "Cargo.toml"]).exits(1).says(&["E0801", ".deed"]);
}

#[test]
fn bytes_that_are_no_source_are_refused() {
    check("").exits(1).says(&["E0001", "empty"]);
    check([b'm', 0xff, 0xfe]).exits(1).says(&["E0002", "main.deed"]);
    check([0u8; 64]).exits(1).says(&["error["]);
}

#[test]
fn a_huge_source_is_refused_before_it_is_read() {
    let here = folder(&[("main.deed", "")]);
    let file = std::fs::File::options().write(true).open(here.path().join("main.deed"));
    file.expect("a file").set_len(50 << 20).expect("a sparse file");
    deed_in(here.path(), &["check", "main.deed"]).exits(1).says(&["E0003", "50 MiB"]);
}

#[test]
fn deep_nesting_is_refused_without_harm() {
    let deep = |open: &str, close: &str| {
        let (open, close) = (open.repeat(100_000), close.repeat(100_000));
        format!("module m\n\nfn f() -> u64 {{\n    return {open}1{close}\n}}\n")
    };
    for (open, close) in [("(", ")"), ("(", ""), ("[", "]"), ("-", ""), ("!", ""), ("f(", ")")] {
        check(deep(open, close)).exits(1).says(&["main.deed:", "error["]);
    }
    let blocks = format!("module m\n\nfn f() {{\n{}\n", "if true {\n".repeat(100_000));
    check(blocks).exits(1).says(&["main.deed:", "error["]);
}

#[test]
fn errors_name_the_place_in_every_form() {
    let source = "module m\n\nfn f() -> u64 {\n    return true\n}\n";
    check(source).exits(1).says(&["main.deed:4:12: error[E03"]);
    let here = folder(&[("main.deed", source)]);
    deed_in(here.path(), &["check", "main.deed"]).exits(1).says(&["main.deed:4:12", "return true"]);
    let json = deed_in(here.path(), &["check", "main.deed", "--message-format", "json"]).exits(1);
    let messages = lines_of_json(&json.err);
    assert_eq!(messages[0]["spans"][0]["start"]["line"], 4);
    assert_eq!(json.out, "");
}

#[test]
fn what_cannot_be_built_is_not_found_fine() {
    let source = "module m\n\nevent Paid(index to: Address)\n\ncontract C {\n    view fn f() -> u64 {\n        \
                  return Paid.where(.to == tx.sender).last(9).len()\n    }\n}\n";
    check(source).exits(1).says(&["main.deed:7:16: error[E0901]", "queries of the index"]);
}

#[test]
fn words_of_other_languages_have_a_remedy() {
    let body = |line: &str| {
        format!(
            "module m\n\ncontract C {{\n    entry fn f(a: u64) {{\n        {line}\n    }}\n}}\n"
        )
    };
    let human = |line: &str| {
        let here = folder(&[("main.deed", body(line))]);
        deed_in(here.path(), &["check", "main.deed"]).exits(1)
    };
    human("require(a > 0)").says(&["E0201", "requires condition else E(..)"]);
    human("let who = msg.sender").says(&["E0201", "tx.sender"]);
    human("let now = block.timestamp").says(&["E0208", "`height`", "`time`"]);
}

#[test]
fn one_mistake_is_one_message() {
    let body = |line: &str| format!("module m\n\nfn f(a: u64) -> bool {{\n    {line}\n}}\n");
    for line in ["return 1 < a < 5", "let b = a\n    - 1\n    return b > 0"] {
        let run = check(body(line)).exits(1);
        assert_eq!(run.err.matches("error[").count(), 1, "{}", run.err);
    }
}

#[test]
fn a_bad_manifest_is_shown_with_its_place() {
    let manifest = "[package]\nname = \"m\"\nversion = \"0.1.0\"\n\n[biuld]\nopt = 2\n";
    let here = folder(&[("deed.toml", manifest), ("src/main.deed", "module m\n")]);
    let run = deed_in(here.path(), &["check", ".", "--message-format", "short"]).exits(1);
    run.says(&["deed.toml:5:2: error[E0802]", "biuld"]);
}

#[test]
fn modules_of_a_package_use_each_other() {
    let manifest = "[package]\nname = \"m\"\nversion = \"0.1.0\"\n";
    let files = [
        ("deed.toml", manifest),
        ("src/main.deed", "module m\n\nuse fees.fee\n\nfn f() -> u64 {\n    return fee(1)\n}\n"),
        ("src/fees.deed", "module fees\n\npub fn fee(x: u64) -> u64 {\n    return x\n}\n"),
    ];
    let here = folder(&files);
    deed_in(here.path(), &["check"]).exits(0).says(&["m 0.1.0", "2 sources"]);
}
