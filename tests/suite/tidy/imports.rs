//! Who may import whom.
//!
//! In: the manifests. Out: a complaint for each edge that [`ROOMS`] does not allow.
//! Holds always: the table is the one of `docs/architecture.md`; an edge is added in both or not
//! at all.
//!
//! A dev-dependency may reach whatever the room reaches through others already, since a test may look
//! through a layer. A test that needs more than that is an end-to-end test and belongs in `tests/`.

use crate::repo;
use std::collections::BTreeSet;

struct Room {
    package: &'static str,
    /// The packages of ours that it may name under `[dependencies]`.
    may_import: &'static [&'static str],
}

const fn room(package: &'static str, may_import: &'static [&'static str]) -> Room {
    Room { package, may_import }
}

const BASE: &str = "deed-base";
const SYNTAX: &str = "deed-syntax";
const COMPILER: &str = "deed-compiler";
const BYTECODE: &str = "deed-bytecode";
const ABI: &str = "deed-abi";
const RUNTIME: &str = "deed-runtime";
const LEDGER: &str = "deed-ledger";
const JIT: &str = "deed-jit";
const WASM: &str = "deed-wasm";
const Z3: &str = "deed-z3";
const VERIFIER: &str = "deed-verifier";
const LSP: &str = "deed-lsp";
const TESTING: &str = "deed-testing";
const STDLIB: &str = "deed-stdlib";
const PACKAGE: &str = "deed-package";
const ALLOCATOR: &str = "deed-allocator";
const CLI: &str = "deed";
const TESTS: &str = "deed-tests";

/// Everything but the two rooms that nobody imports.
const ALL: &[&str] = &[
    BASE, SYNTAX, COMPILER, BYTECODE, ABI, RUNTIME, LEDGER, JIT, WASM, VERIFIER, LSP, TESTING,
    STDLIB, Z3, PACKAGE, ALLOCATOR,
];

const ROOMS: &[Room] = &[
    room(BASE, &[]),
    room(BYTECODE, &[]),
    room(STDLIB, &[]),
    room(PACKAGE, &[BASE]),
    room(Z3, &[]),
    room(ALLOCATOR, &[]),
    room(ABI, &[BYTECODE]),
    room(SYNTAX, &[BASE]),
    room(COMPILER, &[SYNTAX, BASE, ABI, BYTECODE, STDLIB]),
    room(RUNTIME, &[ABI, BYTECODE]),
    room(JIT, &[RUNTIME, BYTECODE]),
    room(WASM, &[RUNTIME, BYTECODE]),
    room(LEDGER, &[RUNTIME, ABI, BYTECODE]),
    room("deed-capi", &[RUNTIME, JIT, WASM, LEDGER, ABI, BYTECODE]),
    room("deed-chains", &[RUNTIME, JIT, WASM, LEDGER, ABI, BYTECODE]),
    room(VERIFIER, &[COMPILER, SYNTAX, LEDGER, RUNTIME, ABI, BYTECODE, BASE, Z3]),
    room(TESTING, &[COMPILER, SYNTAX, VERIFIER, LEDGER, RUNTIME, ABI, BYTECODE, BASE, Z3]),
    room(LSP, &[TESTING, VERIFIER, LEDGER, RUNTIME, COMPILER, SYNTAX, ABI, BASE, Z3, PACKAGE]),
    room(CLI, ALL),
    room(TESTS, ALL),
    // Workspaces of their own.
    room("deed-benches", ALL),
    room("deed-zed", &[]),
    room("tree-sitter-deed", &[]),
    room("xtask", &[Z3]),
];

/// A crate from outside, and the only packages that may name it.
const OUTSIDE: &[(&str, &[&str])] = &[
    ("ariadne", &[BASE]),
    ("logos", &[SYNTAX]),
    ("lalrpop", &[SYNTAX]),
    ("lalrpop-util", &[SYNTAX]),
    ("tower-lsp", &[LSP]),
    ("tower-service", &[LSP]),
    ("clap", &[CLI]),
    ("z3", &[VERIFIER]),
];

struct Manifest {
    path: String,
    package: String,
    dependencies: Vec<String>,
    dev_dependencies: Vec<String>,
}

#[test]
fn every_import_is_allowed() {
    let manifests = manifests();
    assert!(manifests.len() >= 10, "the manifests were not found");
    let mut complaints = Vec::new();
    for manifest in &manifests {
        judge(manifest, &mut complaints);
    }
    repo::report(&complaints);
}

#[test]
fn the_table_has_no_circle() {
    for room in ROOMS {
        let reached: BTreeSet<&str> = room.may_import.iter().copied().flat_map(reach).collect();
        assert!(!reached.contains(room.package), "{} may reach itself", room.package);
    }
}

/// The solver's types stay behind two files: terms out of conditions, and models into values.
#[test]
fn at_most_two_files_import_z3() {
    let users: Vec<String> = repo::files("", "rs")
        .into_iter()
        .filter(|name| {
            let text = repo::read(name);
            text.lines().any(|line| {
                let code = line.trim_start();
                !code.starts_with("//") && (code.starts_with("use z3") || code.contains(" z3::"))
            })
        })
        .filter(|name| !name.starts_with("tests/suite/"))
        .collect();
    assert!(users.len() <= 2, "more than two files import z3: {users:?}");
    assert!(
        users.iter().all(|name| name.starts_with("verifier/")),
        "z3 outside verifier: {users:?}"
    );
}

/// The language server's core and features speak of places and words, not of the protocol.
#[test]
fn only_the_adapter_imports_tower_lsp() {
    let users = repo::files("", "rs").into_iter().filter(|name| {
        let text = repo::read(name);
        let code = |line: &str| !line.trim_start().starts_with("//") && line.contains("tower_lsp");
        !name.starts_with("tests/suite/") && text.lines().any(code)
    });
    let strangers: Vec<String> = users.filter(|n| !n.starts_with("lsp/src/server/")).collect();
    assert!(strangers.is_empty(), "tower_lsp outside lsp/src/server: {strangers:?}");
}

/// A run path does not travel from a library to the binaries that use it.
#[test]
fn whoever_links_the_verifier_gives_its_binaries_the_run_path_of_z3() {
    let mut complaints = Vec::new();
    for Manifest { path, dependencies, dev_dependencies, .. } in manifests() {
        let rooms = ROOMS.iter().map(|room| room.package);
        let mut linking = rooms.filter(|package| reach(package).contains(VERIFIER));
        let links = linking.any(|package| {
            dependencies.iter().chain(&dev_dependencies).any(|name| name == package)
        });
        if links && !dependencies.iter().any(|name| name == Z3) {
            complaints.push(format!("{path}: needs a build.rs that calls `{Z3}`, as cli has"));
        }
    }
    repo::report(&complaints);
}

fn judge(manifest: &Manifest, complaints: &mut Vec<String>) {
    let Manifest { path, package, .. } = manifest;
    let Some(room) = ROOMS.iter().find(|room| room.package == package) else {
        complaints.push(format!("{path}: `{package}` has no row in the table of imports"));
        return;
    };
    let reached: BTreeSet<&str> = room.may_import.iter().copied().flat_map(reach).collect();
    for name in &manifest.dependencies {
        if is_ours(name) && !room.may_import.contains(&name.as_str()) {
            complaints.push(format!("{path}: `{package}` may not import `{name}`"));
        }
    }
    for name in &manifest.dev_dependencies {
        // Itself it may name, to be tested with other features.
        if is_ours(name) && name != package && !reached.contains(name.as_str()) {
            complaints.push(format!(
                "{path}: a test of `{package}` may not import `{name}`; move the test to tests/"
            ));
        }
    }
    for name in manifest.dependencies.iter().chain(&manifest.dev_dependencies) {
        let rule = OUTSIDE.iter().find(|(outside, _)| outside == name);
        if let Some((_, users)) = rule.filter(|(_, users)| !users.contains(&package.as_str())) {
            complaints.push(format!("{path}: only {users:?} may import `{name}`"));
        }
    }
}

/// A package and all that it may import, directly or through others.
fn reach(package: &'static str) -> BTreeSet<&'static str> {
    let direct = ROOMS.iter().filter(|room| room.package == package).flat_map(|r| r.may_import);
    direct.copied().flat_map(reach).chain([package]).collect()
}

fn is_ours(package: &str) -> bool {
    ROOMS.iter().any(|room| room.package == package) || package.starts_with("deed-")
}

fn manifests() -> Vec<Manifest> {
    let named = repo::files("", "toml").into_iter().filter(|name| name.ends_with("/Cargo.toml"));
    named.map(read_manifest).collect()
}

fn read_manifest(path: String) -> Manifest {
    let text = repo::read(&path);
    let table: toml::Table =
        text.parse().unwrap_or_else(|error| panic!("{path} is no manifest: {error}"));
    let package = table["package"]["name"].as_str().unwrap_or_default().to_string();
    let mut dependencies = names(&table, "dependencies");
    dependencies.extend(names(&table, "build-dependencies"));
    let dev_dependencies = names(&table, "dev-dependencies");
    Manifest { path, package, dependencies, dev_dependencies }
}

fn names(table: &toml::Table, section: &str) -> Vec<String> {
    let section = table.get(section).and_then(toml::Value::as_table);
    section.map(|s| s.keys().cloned().collect()).unwrap_or_default()
}
