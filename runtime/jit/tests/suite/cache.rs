//! Code that is kept: found again by the same engine, and by no one else's file.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use deed_bytecode::{FunctionKind, Module, Op, Ty, encode};
use deed_jit::{Cache, Jit};
use deed_runtime::{Config, Engine, Mode, Native};
use tempfile::TempDir;

use crate::support::{Chain, number, one_function, result};

/// `f(n)` gives `n + more`.
fn adding(more: u64) -> Module {
    one_function(FunctionKind::View, &[Ty::U64], &[Ty::U64], |f| {
        let more = f.constant(number(Ty::U64, more));
        let sum = f.binary(Op::Add, Ty::U64, f.param(0), more);
        f.ret(sum);
    })
}

/// Calls `f(1)` on an engine of its own, whose code is kept in a folder.
fn run(folder: &Path, key: u8, module: &Module) -> u64 {
    run_with(folder, key, module, Config::default())
}

fn run_with(folder: &Path, key: u8, module: &Module, config: Config) -> u64 {
    let mut chain = Chain::new(module.clone());
    let jit = Jit::new().expect("this machine is one it knows");
    let tier = Arc::new(jit.with_cache(Cache::new(folder, [key; 32])));
    chain.engine = Engine::with_tier(config, Native { tier, after: 0 });
    chain.engine.load(&encode(module)).expect("valid");
    result(&chain.run(Mode::View, "f", &1u64.to_le_bytes(), 1_000_000))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

/// The only file, and what tells it from one that was written later.
fn only(folder: &Path) -> (PathBuf, u64) {
    let files = files(folder);
    assert_eq!(files.len(), 1, "{files:?}");
    (files[0].clone(), fs::metadata(&files[0]).expect("it is there").ino())
}

#[test]
fn code_is_kept_and_found() {
    let folder = TempDir::new().expect("a folder");
    assert_eq!(run(folder.path(), 1, &adding(4)), 5);
    let (path, written) = only(folder.path());
    assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
    assert_eq!(run(folder.path(), 1, &adding(4)), 5);
    assert_eq!(only(folder.path()), (path, written));
    assert_eq!(run(folder.path(), 1, &adding(6)), 7);
    assert_eq!(files(folder.path()).len(), 2);
}

#[test]
fn a_damaged_file_is_made_anew() {
    let folder = TempDir::new().expect("a folder");
    run(folder.path(), 1, &adding(4));
    let (path, _) = only(folder.path());
    let good = fs::read(&path).expect("there");
    let cut = (0..good.len()).step_by(97).map(|length| good[..length].to_vec());
    let changed = (0..good.len()).step_by(61).map(|at| {
        let mut bytes = good.clone();
        bytes[at] ^= 0x10;
        bytes
    });
    let longer = [&good[..], &[0]].concat();
    for damaged in cut.chain(changed).chain([longer]) {
        fs::write(&path, &damaged).expect("written");
        assert_eq!(run(folder.path(), 1, &adding(4)), 5);
        assert_eq!(fs::read(&path).expect("there"), good);
    }
}

#[test]
fn a_foreign_file_is_made_anew() {
    let folder = TempDir::new().expect("a folder");
    run(folder.path(), 1, &adding(4));
    let (path, _) = only(folder.path());
    let good = fs::read(&path).expect("there");
    // Sealed by someone with another key.
    assert_eq!(run(folder.path(), 2, &adding(4)), 5);
    assert_ne!(fs::read(&path).expect("there"), good);
    assert_eq!(run(folder.path(), 1, &adding(4)), 5);
    assert_eq!(fs::read(&path).expect("there"), good);
    // Of another module, under this one's name.
    let other = TempDir::new().expect("a folder");
    run(other.path(), 1, &adding(1000));
    fs::copy(only(other.path()).0, &path).expect("copied");
    assert_eq!(run(folder.path(), 1, &adding(4)), 5);
}

#[test]
fn other_prices_are_other_code() {
    let folder = TempDir::new().expect("a folder");
    run(folder.path(), 1, &adding(4));
    let mut config = Config::default();
    config.limits.call_depth -= 1;
    assert_eq!(run_with(folder.path(), 1, &adding(4), config), 5);
    assert_eq!(files(folder.path()).len(), 2);
}

#[test]
fn a_folder_keeps_its_key() {
    let folder = TempDir::new().expect("a folder");
    let folder = folder.path().join("a/b");
    Cache::own(&folder, || Ok([9; 32])).expect("made");
    Cache::own(&folder, || panic!("there is a key")).expect("found");
    assert_eq!(fs::metadata(&folder).expect("there").permissions().mode() & 0o777, 0o700);
    fs::write(folder.join("key"), [1; 5]).expect("written");
    assert!(Cache::own(&folder, || panic!("there is a key")).is_err());
    // Where nothing can be kept, code is compiled each time.
    assert_eq!(run(Path::new("/proc/no/such/folder"), 1, &adding(4)), 5);
}
