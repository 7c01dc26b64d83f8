//! Packages made in temporary folders, good and bad.

use std::path::Path;

use deed_base::Code;
use deed_base::catalogue::{
    BAD_DEPENDENCY, BAD_LOCK, BAD_MANIFEST, NOT_UTF8, SOURCE_TOO_LARGE, VENDORED_CHANGED,
};
use tempfile::TempDir;

use super::*;

const GOOD: &str = "[package]\nname = \"p\"\nversion = \"0.1.0\"\n";

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    write(folder.path(), files);
    folder
}

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
}

/// A manifest with dependencies.
fn manifest(name: &str, dependencies: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\n[dependencies]\n{dependencies}\n")
}

fn load(path: &Path) -> Result<Vec<RawSource>, Problem> {
    let layout = find(path)?;
    Ok(read_all(&layout)?)
}

/// The code that refuses what lies at `path`, and the line it points to, if it does.
fn refusal(path: &Path) -> (Code, Option<String>) {
    match load(path).expect_err("this must be refused") {
        Problem::Plain(refusal) => (refusal.code, None),
        Problem::Placed { sources, diagnostics } => {
            let first = &diagnostics.sorted()[0];
            (
                first.code,
                Some(sources.get(first.primary.span.source).slice(first.primary.span).into()),
            )
        }
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
    let layout = find(made.path()).expect("a package");
    let sources = read_all(&layout).expect("sources");
    let names: Vec<&str> = sources.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["src/main.deed", "src/a/z.deed", "src/b.deed"]);
    assert_eq!(layout.manifest().expect("a manifest").package.name.0, "p");
    assert_eq!(layout.lock, None, "nothing is locked where nothing is needed");
}

#[test]
fn a_library_needs_no_entry_but_a_source() {
    let made = folder(&[("deed.toml", GOOD), ("src/b.deed", "b"), ("src/a/z.deed", "z")]);
    let sources = read_all(&find(made.path()).expect("a package")).expect("sources");
    let names: Vec<&str> = sources.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["src/a/z.deed", "src/b.deed"]);
    let empty = folder(&[("deed.toml", GOOD), ("src/notes.txt", "")]);
    assert_eq!(refusal(empty.path()).0, UNREADABLE_PACKAGE);
}

#[test]
fn what_cannot_be_read_is_refused_with_its_code() {
    let made = folder(&[
        ("bare/notes.txt", ""),
        ("headless/deed.toml", GOOD),
        ("empty.deed", ""),
        ("notes.txt", "text"),
    ]);
    assert_eq!(refusal(&made.path().join("nothing.deed")).0, UNREADABLE_SOURCE);
    assert_eq!(refusal(&made.path().join("empty.deed")).0, UNREADABLE_SOURCE);
    assert_eq!(refusal(&made.path().join("notes.txt")).0, UNREADABLE_PACKAGE);
    assert_eq!(refusal(&made.path().join("bare")).0, UNREADABLE_PACKAGE);
    assert_eq!(refusal(&made.path().join("headless")).0, UNREADABLE_PACKAGE);
}

#[test]
fn a_file_is_not_read_beyond_its_limit() {
    let made = folder(&[("huge.deed", "")]);
    let path = made.path().join("huge.deed");
    let file = std::fs::File::create(&path).expect("a file");
    file.set_len(50 << 20).expect("a sparse file");
    assert_eq!(refusal(&path).0, SOURCE_TOO_LARGE);
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
        ("[package]\nname = \"a\"\nversion = \"0.1.0\"\n[dependencies]\nb = { git = \"x\" }\n", 5),
    ];
    for (text, line) in bad {
        let problem = Manifest::parse("deed.toml", text.into()).expect_err(text);
        let Problem::Placed { sources, diagnostics } = problem else { panic!("{text}: no place") };
        let first = &diagnostics.sorted()[0];
        assert_eq!(first.code, BAD_MANIFEST);
        let at = sources.locate(first.primary.span);
        assert!(at.starts_with(&format!("deed.toml:{line}:")), "{text}: {at}");
    }
    let problem = Manifest::parse("deed.toml", vec![0xff]).expect_err("no text");
    let Problem::Plain(refusal) = problem else { panic!("bytes that are no text have no place") };
    assert_eq!(refusal.code, NOT_UTF8);
}

#[test]
fn dependencies_come_in_the_order_of_their_names_each_once() {
    let made = folder(&[
        ("app/deed.toml", &manifest("app", "b = { path = \"../b\" }\na = { path = \"../a\" }")),
        ("app/src/main.deed", "app"),
        ("a/deed.toml", &manifest("a", "b = { path = \"../b\" }")),
        ("a/src/main.deed", "a"),
        ("b/deed.toml", &manifest("b", "")),
        ("b/src/main.deed", "b"),
        ("b/src/more.deed", "more"),
    ]);
    let sources = load(&made.path().join("app")).expect("a package");
    let names: Vec<(&str, bool)> =
        sources.iter().map(|file| (file.name.as_str(), file.dependency)).collect();
    let expected = [
        ("src/main.deed", false),
        ("a/src/main.deed", true),
        ("b/src/main.deed", true),
        ("b/src/more.deed", true),
    ];
    assert_eq!(names, expected);
}

#[test]
fn dependencies_that_cannot_be_are_refused_at_their_line() {
    let cases = [
        ("missing = { path = \"../missing\" }", "{ path = \"../missing\" }"),
        ("other = { path = \"../b\" }", "{ path = \"../b\" }"),
        ("back = { path = \"../back\" }", "{ path = \"../app\" }"),
        ("app = { path = \".\" }", "{ path = \".\" }"),
        ("b = { path = \"../b\" }\nc = { path = \"../c\" }", "{ path = \"b\" }"),
        ("bare = { path = \"../bare\" }", "{ path = \"../bare\" }"),
        ("v = \"0.2.0\"", "\"0.2.0\""),
        ("w = \"0.1.0\"", "\"0.1.0\""),
    ];
    for (dependencies, at) in cases {
        let made = folder(&[
            ("app/deed.toml", &manifest("app", dependencies)),
            ("app/src/main.deed", "app"),
            ("b/deed.toml", &manifest("b", "")),
            ("b/src/main.deed", "b"),
            ("back/deed.toml", &manifest("back", "app = { path = \"../app\" }")),
            ("back/src/main.deed", "back"),
            ("bare/src/main.deed", "bare"),
            ("c/deed.toml", &manifest("c", "b = { path = \"b\" }")),
            ("c/src/main.deed", "c"),
            ("c/b/deed.toml", &manifest("b", "")),
            ("c/b/src/main.deed", "another b"),
            ("app/vendor/v/deed.toml", &manifest("v", "")),
            ("app/vendor/v/src/main.deed", "v"),
        ]);
        let found = refusal(&made.path().join("app"));
        assert_eq!(found, (BAD_DEPENDENCY, Some(at.to_owned())), "{dependencies}");
    }
}

#[test]
fn what_is_vendored_stays_what_it_was_locked_as() {
    let made = folder(&[
        ("deed.toml", &manifest("app", "v = \"0.1.0\"")),
        ("src/main.deed", "app"),
        ("vendor/v/deed.toml", &manifest("v", "")),
        ("vendor/v/src/main.deed", "v"),
    ]);
    let lock = find(made.path()).expect("a package").lock.expect("a lock");
    assert!(lock.stale, "the file is missing");
    std::fs::write(&lock.path, &lock.text).expect("a file");
    assert!(!find(made.path()).expect("a package").lock.expect("a lock").stale);
    write(made.path(), &[("vendor/v/src/main.deed", "changed")]);
    assert_eq!(refusal(made.path()).0, VENDORED_CHANGED);
    let newer = manifest("v", "").replace("0.1.0", "0.1.1");
    write(
        made.path(),
        &[("deed.toml", &manifest("app", "v = \"0.1.1\"")), ("vendor/v/deed.toml", &newer)],
    );
    assert!(find(made.path()).expect("a package").lock.expect("a lock").stale);
}

#[test]
fn a_lock_file_that_is_none_is_refused() {
    for text in ["version = 1\nnoise", "version = 2\n", "version = 1\n[[package]]\nname = 3\n"] {
        let made = folder(&[("deed.toml", GOOD), ("src/main.deed", "m"), ("deed.lock", text)]);
        assert_eq!(refusal(made.path()).0, BAD_LOCK, "{text}");
    }
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_are_refused() {
    let made = folder(&[("deed.toml", GOOD), ("src/main.deed", "m")]);
    std::os::unix::fs::symlink("..", made.path().join("src/up")).expect("a link");
    assert_eq!(refusal(made.path()).0, UNREADABLE_PACKAGE);
    let own = made.path().join("own.deed");
    std::os::unix::fs::symlink(&own, &own).expect("a link");
    assert_eq!(refusal(&own).0, UNREADABLE_SOURCE);
}
