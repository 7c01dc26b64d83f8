//! Names the build: code that one build has kept is not run by another.
//!
//! In: the sources that compiled code depends on, and the versions of what they use. Out: `DEED_JIT_BUILD`,
//! a hash of them.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// This package, what it shares layouts with, and the lock file of the workspace, if it is there.
const SOURCES: [&str; 4] = ["src", "../src", "../../bytecode/src", "../../Cargo.lock"];

fn main() {
    let mut hash = DefaultHasher::new();
    env::var("CARGO_PKG_VERSION").unwrap_or_default().hash(&mut hash);
    let mut files = BTreeSet::new();
    for source in SOURCES {
        println!("cargo::rerun-if-changed={source}");
        collect(Path::new(source), &mut files);
    }
    for file in files {
        file.hash(&mut hash);
        fs::read(&file).unwrap_or_default().hash(&mut hash);
    }
    println!("cargo::rustc-env=DEED_JIT_BUILD={:016x}", hash.finish());
}

/// The files at a path or below it.
fn collect(path: &Path, files: &mut BTreeSet<PathBuf>) {
    match fs::read_dir(path) {
        Ok(entries) => entries.flatten().for_each(|entry| collect(&entry.path(), files)),
        Err(_) if path.is_file() => _ = files.insert(path.to_owned()),
        Err(_) => {}
    }
}
