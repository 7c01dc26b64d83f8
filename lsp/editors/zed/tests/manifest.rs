//! What Zed reads beside the code.

use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn table(name: &str) -> Table {
    let text = fs::read_to_string(here().join(name)).expect("a file");
    text.parse().unwrap_or_else(|why| panic!("{name}: {why}"))
}

#[test]
fn the_language_and_its_server_fit_each_other() {
    let (extension, language) = (table("extension.toml"), table("languages/deed/config.toml"));
    assert_eq!(extension["language_servers"]["deed"]["languages"][0], language["name"]);
    assert_eq!(extension["version"], Value::from(env!("CARGO_PKG_VERSION")));
    assert_eq!(language["grammar"].as_str(), Some("deed"));
    assert_eq!(language["path_suffixes"][0].as_str(), Some("deed"));
}

#[test]
fn the_queries_that_are_shared_are_those_of_the_grammar() {
    for name in ["highlights.scm", "injections.scm"] {
        let read = |path: PathBuf| fs::read_to_string(path).expect("a query");
        let shared = here().join("../tree-sitter/queries").join(name);
        assert_eq!(read(here().join("languages/deed").join(name)), read(shared), "{name}");
    }
}
