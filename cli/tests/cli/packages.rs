//! `deed new`, `deed init`, and paths that are no packages.

use crate::support::{deed, deed_in, folder};

#[test]
fn new_makes_a_package_and_changes_nothing_that_exists() {
    let here = folder::<&str>(&[]);
    deed_in(here.path(), &["new", "work/vault"]).exits(0).says(&["work/vault"]);
    let manifest = std::fs::read_to_string(here.path().join("work/vault/deed.toml"));
    assert!(manifest.expect("a manifest").contains("name = \"vault\""));
    deed_in(here.path(), &["new", "work/vault"]).exits(2).says(&["exists already"]);
    deed_in(here.path(), &["new", "1st"]).exits(2).says(&["`1st` is no name"]);
    assert!(!here.path().join("1st").exists(), "a refused name leaves no folder behind");
}

#[test]
fn init_fills_a_folder_once() {
    let here = folder(&[("vault/notes.txt", "mine")]);
    deed_in(here.path(), &["init", "vault"]).exits(0);
    assert!(here.path().join("vault/src/main.deed").exists());
    deed_in(here.path(), &["init", "vault"]).exits(2).says(&["exists already"]);
    deed_in(here.path(), &["init", "nowhere"]).exits(1).says(&["E0001", "nowhere"]);
}

#[test]
fn files_that_are_no_modules_are_refused() {
    let here = folder(&[("a.deedc", &b""[..]), ("b.deedc", b"DEED"), ("c.deedc", &[0xff; 64])]);
    for name in ["a.deedc", "b.deedc", "c.deedc"] {
        let run = deed_in(here.path(), &["disasm", name]).exits(1).says(&["E0806", name]);
        assert_eq!(run.out, "", "{name}");
    }
    std::fs::create_dir(here.path().join("d.deedc")).expect("a folder");
    deed_in(here.path(), &["disasm", "d.deedc"]).exits(1).says(&["E0001", "not a regular file"]);
}

#[test]
fn fmt_changes_what_check_names_and_nothing_else() {
    let here = folder(&[("a.deed", "module a\ncontract C{init(){}}\n")]);
    let path = here.path().join("a.deed");
    let before = std::fs::read(&path).expect("a source");
    deed_in(here.path(), &["fmt", "a.deed", "--check"]).exits(1).prints(&["a.deed"]);
    assert_eq!(std::fs::read(&path).expect("a source"), before, "a check changes nothing");
    deed_in(here.path(), &["fmt", "a.deed"]).exits(0).says(&["formatted: 1 of 1"]);
    deed_in(here.path(), &["fmt", "a.deed", "--check"]).exits(0);
    deed_in(here.path(), &["check", "a.deed"]).exits(0);
    std::fs::write(&path, "module a\n\ncontract {").expect("a file");
    deed_in(here.path(), &["fmt", "a.deed"]).exits(1).says(&["a.deed:3"]);
    assert_eq!(std::fs::read(&path).expect("a source"), b"module a\n\ncontract {");
}

#[test]
fn what_is_shown_to_users_is_formatted() {
    for path in ["examples/token", "cli/templates/counter/src/main.deed"] {
        deed(&["fmt", path, "--check"]).exits(0);
    }
}
