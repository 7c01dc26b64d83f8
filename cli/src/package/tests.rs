//! Packages made in temporary folders, good and bad.

use std::path::Path;

use deed_base::Code;
use deed_base::catalogue::{BAD_MANIFEST, NOT_UTF8, SOURCE_TOO_LARGE};
use tempfile::TempDir;

use super::*;

const GOOD: &str = "[package]\nname = \"p\"\nversion = \"0.1.0\"\n";

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    folder
}

/// The code that refuses what lies at `path`.
fn refusal(path: &Path) -> Code {
    match load(path).expect_err("this must be refused") {
        Failure::Plain(trouble) => trouble.code.expect("a code"),
        Failure::Sources { diagnostics, .. } => diagnostics.sorted()[0].code,
        Failure::Unread => panic!("nothing was printed"),
    }
}

#[test]
fn the_entry_comes_first_and_names_are_relative() {
    let made = folder(&[
        ("deed.toml", GOOD),
        ("src/main.deed", "m"),
        ("src/a/z.deed", "z"),
        ("src/b.deed", "b"),
        ("src/notes.txt", "no source"),
    ]);
    let package = load(made.path()).expect("a package");
    let names: Vec<&str> = package.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["src/main.deed", "src/a/z.deed", "src/b.deed"]);
    assert_eq!(package.manifest.expect("a manifest").package.name.0, "p");
}

#[test]
fn what_cannot_be_read_is_refused_with_its_code() {
    let made = folder(&[
        ("bare/notes.txt", ""),
        ("headless/deed.toml", GOOD),
        ("empty.deed", ""),
        ("notes.txt", "text"),
    ]);
    assert_eq!(refusal(&made.path().join("nothing.deed")), UNREADABLE_SOURCE);
    assert_eq!(refusal(&made.path().join("empty.deed")), UNREADABLE_SOURCE);
    assert_eq!(refusal(&made.path().join("notes.txt")), UNREADABLE_PACKAGE);
    assert_eq!(refusal(&made.path().join("bare")), UNREADABLE_PACKAGE);
    assert_eq!(refusal(&made.path().join("headless")), UNREADABLE_PACKAGE);
}

#[test]
fn a_file_is_not_read_beyond_its_limit() {
    let made = folder(&[("huge.deed", "")]);
    let path = made.path().join("huge.deed");
    let file = std::fs::File::create(&path).expect("a file");
    file.set_len(50 << 20).expect("a sparse file");
    assert_eq!(refusal(&path), SOURCE_TOO_LARGE);
}

#[test]
fn manifests_are_read_strictly() {
    let bad = [
        ("[package]\nname = 1\n", 2),
        ("[package\n", 1),
        ("[package]\nname = \"a b\"\nversion = \"0.1.0\"\n", 2),
        ("[package]\nname = \"a\"\nversion = \"1\"\n", 3),
        ("[package]\nname = \"a\"\nversion = \"0.1.0\"\nverison = \"1\"\n", 4),
        ("[package]\nname = \"a\"\nversion = \"0.1.0\"\n[build]\nopt = 7\n", 5),
    ];
    for (text, line) in bad {
        let failure = Manifest::parse("deed.toml", text.into()).expect_err(text);
        let Failure::Sources { sources, diagnostics, .. } = failure else {
            panic!("{text}: no place")
        };
        let first = &diagnostics.sorted()[0];
        assert_eq!(first.code, BAD_MANIFEST);
        let at = sources.locate(first.primary.span);
        assert!(at.starts_with(&format!("deed.toml:{line}:")), "{text}: {at}");
    }
    let failure = Manifest::parse("deed.toml", vec![0xff]).expect_err("no text");
    let Failure::Plain(trouble) = failure else { panic!("bytes that are no text have no place") };
    assert_eq!(trouble.code, Some(NOT_UTF8));
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_are_refused() {
    let made = folder(&[("deed.toml", GOOD), ("src/main.deed", "m")]);
    std::os::unix::fs::symlink("..", made.path().join("src/up")).expect("a link");
    assert_eq!(refusal(made.path()), UNREADABLE_PACKAGE);
    let own = made.path().join("own.deed");
    std::os::unix::fs::symlink(&own, &own).expect("a link");
    assert_eq!(refusal(&own), UNREADABLE_SOURCE);
}
