//! `deed build`, `deed abi`, `deed disasm`.

use std::path::Path;

use serde_json::Value;

use crate::support::{deed, deed_in, folder, root};

fn built(opt: &str) -> tempfile::TempDir {
    let out = folder::<&str>(&[]);
    let folder = out.path().to_str().expect("a path in UTF-8");
    let run = deed(&["build", "examples/token", "-O", opt, "-o", folder]).exits(0);
    run.says(&["built", "Token.deedc"]);
    out
}

#[test]
fn a_build_writes_module_and_interface_and_nothing_else() {
    let out = built("2");
    let names = std::fs::read_dir(out.path()).expect("a folder");
    let mut names: Vec<_> = names.map(|entry| entry.expect("an entry").file_name()).collect();
    names.sort();
    assert_eq!(names, ["Token.abi.json", "Token.deedc"]);
    let abi = std::fs::read(out.path().join("Token.abi.json")).expect("an interface");
    let abi: Value = serde_json::from_slice(&abi).expect("JSON");
    assert_eq!(abi["contract"], "token.Token");
}

#[test]
fn the_same_sources_give_the_same_bytes() {
    let bytes = |folder: &Path| std::fs::read(folder.join("Token.deedc")).expect("a module");
    for opt in ["0", "2"] {
        assert_eq!(bytes(built(opt).path()), bytes(built(opt).path()));
    }
}

#[test]
fn every_form_is_printed() {
    let forms = [
        ("tokens", "contract"),
        ("ast", "(module token"),
        ("hir", "Token"),
        ("thir", "Token"),
        ("mir", "hand_over"),
        ("bytecode", "transfer"),
        ("abi", "total_supply"),
    ];
    for (form, word) in forms {
        let run = deed(&["build", "examples/token", "--emit", form, "-O0"]).exits(0);
        assert!(run.out.contains(word), "{form} has no `{word}`:\n{}", run.out);
    }
}

#[test]
fn a_module_file_is_listed_and_described_as_its_sources_are() {
    let out = built("2");
    let module = out.path().join("Token.deedc");
    let module = module.to_str().expect("a path in UTF-8");
    deed(&["disasm", module]).exits(0).prints(&["transfer", "code hash"]);
    let of_file = deed(&["abi", module]).exits(0).prints(&["balance_of"]);
    let of_source = deed(&["abi", "examples/token"]).exits(0);
    assert_eq!(of_file.out, of_source.out);
}

#[test]
fn a_module_that_is_cut_short_or_changed_is_refused() {
    let out = built("2");
    let whole = std::fs::read(out.path().join("Token.deedc")).expect("a module");
    let cut = out.path().join("cut.deedc");
    for length in [0, 4, 6, 20, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&cut, &whole[..length]).expect("a file");
        for command in ["disasm", "abi", "run"] {
            let run = deed_in(out.path(), &[command, "cut.deedc"]).exits(1);
            assert_eq!(run.says(&["E0806", "cut.deedc"]).out, "", "{command} of {length} bytes");
        }
    }
}

#[test]
fn bad_choices_are_refused() {
    deed(&["build", "examples/token", "-O", "4"]).exits(2).says(&["4", "0..=3"]);
    deed(&["build", "examples/token", "--emit", "clif"]).exits(2).says(&["clif", "bytecode"]);
    deed(&["build", "examples/token", "--target", "wasm"]).exits(2).says(&["not built yet"]);
    let run = deed(&["build", "examples/token", "--contract", "Coin"]).exits(1);
    run.says(&["E0805", "`Coin`", "`token.Token`"]);
    let here = folder(&[("empty.deed", "module m\n")]);
    deed_in(here.path(), &["build", "empty.deed"]).exits(1).says(&["E0805", "no contract"]);
    let root = root().join("Cargo.toml");
    let file = root.to_str().expect("a path in UTF-8");
    deed(&["build", "examples/token", "-o", file]).exits(1).says(&["cannot be written"]);
}

#[test]
fn a_contract_beyond_the_limits_of_the_machine_is_refused() {
    let list = |count: usize| -> String { (0..count).map(|i| format!("x{i}: u64, ")).collect() };
    let deep = format!("{}u64 default 0{}", "Map<u64, ".repeat(20), ">".repeat(20));
    let bodies = [
        (format!("    entry fn f({}) {{\n    }}", list(300).trim_end_matches(", ")), "3:10"),
        (format!("    entry fn {}() {{\n    }}", "f".repeat(1000)), "3:10"),
        (format!("    state {{\n        x: {deep}\n    }}"), "5:9"),
    ];
    for (body, place) in bodies {
        let source = format!("module m\n\ncontract C {{\n{body}\n}}\n");
        let here = folder(&[("main.deed", source)]);
        let run = deed_in(here.path(), &["build", "main.deed"]).exits(1);
        run.says(&["E0903", &format!("main.deed:{place}")]);
    }
}

#[test]
fn one_of_several_contracts_is_chosen_by_name() {
    let source = "module m\n\ncontract A {\n}\n\ncontract B {\n    view fn two() -> u64 {\n        \
                  return 2\n    }\n}\n";
    let here = folder(&[("main.deed", source)]);
    deed_in(here.path(), &["build", "main.deed"]).exits(0).says(&["A.deedc", "B.deedc"]);
    let unclear = deed_in(here.path(), &["run", "main.deed"]).exits(1);
    unclear.says(&["E0805", "`m.A`", "`m.B`"]);
    let run = ["run", "main.deed", "--contract", "B", "--call", "two()"];
    deed_in(here.path(), &run).exits(0).prints(&["ok        2"]);
}
