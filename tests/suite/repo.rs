//! The repository as the tests see it: its root and its files.
//!
//! In: the place of this package. Out: paths relative to the root, with `/`, in order.
//! Holds always: build output and hidden state of tools are no part of the repository.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that tools make.
const NOT_OURS: [&str; 4] = [".git", ".deed", "node_modules", "target"];

/// The folder of the workspace's manifest.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package lies in the workspace")
}

/// Every file under `folder` (relative to the root) whose name ends in `.extension`.
pub(crate) fn files(folder: &str, extension: &str) -> Vec<String> {
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    let mut names: Vec<String> = found
        .iter()
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .map(|path| relative(path))
        .collect();
    names.sort();
    names
}

/// The text of a file of the repository.
pub(crate) fn read(name: &str) -> String {
    let path = root().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name} cannot be read: {error}"))
}

/// Fails with all complaints at once, each on lines of its own.
#[track_caller]
pub(crate) fn report(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("a folder of the repository can be listed").path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if !path.is_dir() {
            found.push(path);
        } else if !NOT_OURS.contains(&name) {
            walk(&path, found);
        }
    }
}

fn relative(path: &Path) -> String {
    let inside = path.strip_prefix(root()).expect("only files of the repository are listed");
    inside.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
