//! A ledger in a file: opened again, opened twice, damaged, and from the future.

use std::fs;
use std::path::Path;

use deed_ledger::store::{Batch, Disk, Store, StoreError, Table};
use deed_ledger::{Genesis, Ledger, LedgerError};
use tempfile::TempDir;

use crate::support::{adds, ask, deploy_signed, key, ok, sign};

fn open(folder: &Path) -> Result<Ledger, LedgerError> {
    let engine = Ledger::default().engine().clone();
    Ledger::open(engine, Box::new(Disk::open(folder)?), Genesis::default())
}

/// A folder with a ledger that has a counter at `count`.
fn made(count: u64) -> (TempDir, deed_runtime::Address) {
    let folder = TempDir::new().expect("a folder");
    let mut ledger = open(folder.path()).expect("a new ledger");
    let contract = deploy_signed(&mut ledger, &key("alice"), 1).expect("it is signed").contract;
    for _ in 1..count {
        let signed = sign(&ledger, &key("alice"), adds(contract, 1));
        ledger.submit(&signed, None).expect("it is signed");
    }
    (folder, contract)
}

#[test]
fn a_ledger_is_what_it_was_when_it_is_opened_again() {
    let (folder, contract) = made(5);
    let ledger = open(folder.path()).expect("the ledger");
    assert_eq!((ledger.height(), ask(&ledger, &contract, "count")), (5, ok(5)));
    let (head, receipts) = (ledger.head_hash(), ledger.receipts(5));
    drop(ledger);
    let mut ledger = open(folder.path()).expect("the ledger");
    assert_eq!((ledger.head_hash(), ledger.receipts(5)), (head, receipts));
    let signed = sign(&ledger, &key("alice"), adds(contract, 10));
    assert!(ledger.submit(&signed, None).is_ok());
    assert_eq!(ask(&ledger, &contract, "count"), ok(15));
}

#[test]
fn what_was_not_sealed_is_gone() {
    let (folder, contract) = made(2);
    let mut ledger = open(folder.path()).expect("the ledger");
    let signed = sign(&ledger, &key("alice"), adds(contract, 10));
    ledger.apply(&signed, None).expect("it is signed");
    assert_eq!(ask(&ledger, &contract, "count"), ok(12));
    drop(ledger);
    let ledger = open(folder.path()).expect("the ledger");
    assert_eq!((ledger.height(), ask(&ledger, &contract, "count")), (2, ok(2)));
}

#[test]
fn one_process_opens_it_at_a_time() {
    let (folder, _) = made(1);
    let first = open(folder.path()).expect("the ledger");
    let second = open(folder.path()).expect_err("it is open");
    assert!(matches!(second, LedgerError::Store(StoreError::InUse { .. })), "{second}");
    drop(first);
    assert!(open(folder.path()).is_ok());
}

#[test]
fn a_newer_format_is_refused() {
    let (folder, _) = made(1);
    let mut store = Disk::open(folder.path()).expect("the file");
    let mut batch = Batch::default();
    batch.put(Table::Meta, *b"format", 2u32.to_le_bytes());
    store.commit(batch).expect("it is written");
    drop(store);
    let refused = open(folder.path()).expect_err("it is newer");
    let expected = StoreError::Newer { found: 2, known: deed_ledger::FORMAT };
    assert_eq!(refused, LedgerError::Store(expected));
    assert!(refused.to_string().contains("format 2"), "{refused}");
}

/// Whether opening fails as it should, or finds all that there was.
fn is_whole_or_refused(folder: &Path, what: &str) -> bool {
    match open(folder) {
        Err(LedgerError::Store(StoreError::Damaged { .. } | StoreError::Inconsistent(_))) => true,
        Err(other) => panic!("{what}: {other}"),
        Ok(ledger) => {
            assert_eq!(ledger.height(), 3, "{what}");
            (1..=3).for_each(|height| {
                let receipts = ledger.receipts(height).expect("the ledger works");
                assert_eq!(receipts.len(), 1, "{what}");
            });
            false
        }
    }
}

#[test]
fn truncated_files_are_refused() {
    let (folder, _) = made(3);
    let file = folder.path().join("ledger.redb");
    let whole = fs::read(&file).expect("the file");
    let lengths = [1, 8, 63, 64, 100, 319, 320, 511, 512, 4095, 4096, 8192];
    let tails = [1, 511, 4096, 100_000].map(|tail| whole.len() - tail);
    let shares = (1..8).map(|part| whole.len() * part / 8);
    let mut refused = 0;
    for length in lengths.into_iter().chain(tails).chain(shares) {
        fs::write(&file, &whole[..length]).expect("it is written");
        refused += usize::from(is_whole_or_refused(folder.path(), &format!("{length} bytes")));
    }
    assert!(refused >= 16, "only {refused} were refused");
    fs::write(&file, &whole).expect("it is written");
    assert!(open(folder.path()).is_ok());
}

#[test]
fn damaged_files_are_refused() {
    let (folder, _) = made(3);
    let file = folder.path().join("ledger.redb");
    let whole = fs::read(&file).expect("the file");
    let mut seed = 1_u64;
    let mut refused = 0;
    for round in 0..60 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(round);
        let at = match round % 3 {
            0 => (seed >> 33) as usize % 400,
            _ => (seed >> 33) as usize % whole.len(),
        };
        let mut damaged = whole.clone();
        damaged[at] ^= 1 << (seed >> 61);
        fs::write(&file, &damaged).expect("it is written");
        refused += usize::from(is_whole_or_refused(folder.path(), &format!("bit at byte {at}")));
    }
    assert!(refused > 0, "nothing was refused");
}

#[test]
fn files_that_are_no_ledger_are_refused() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("ledger.redb");
    for text in [&b"not a ledger"[..], &[0; 10_000], &[0xff; 4096], b"redb"] {
        fs::write(&file, text).expect("it is written");
        let refused = open(folder.path()).expect_err("it is none");
        assert!(matches!(refused, LedgerError::Store(StoreError::Damaged { .. })), "{refused}");
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("file"), "").expect("it is written");
    let refused = open(&folder.path().join("file/ledger")).expect_err("it cannot be");
    assert!(matches!(&refused, LedgerError::Store(StoreError::Io { .. })), "{refused}");
}
