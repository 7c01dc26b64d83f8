//! Kills a process that commits blocks, again and again, and looks at what is left.
//!
//! In: `DEED_CRASH_KILLS`, how often (20 without it). Out: a line of summary, or a panic that names what was
//! lost. `cargo xtask crash 200` runs it.
//!
//! The parent starts itself as a child that opens the ledger and commits blocks of signed transactions
//! until it is killed, by SIGKILL, at a moment by chance; it tells the parent the hash of each block once
//! `seal` has come back. Then the parent opens the ledger and compares: no block that was told is missing or
//! another one; every block's receipts, roots, index rows and proofs agree. At the end all transactions
//! run once more on a ledger in memory, which must come to the same blocks.

#![expect(clippy::print_stdout, reason = "a test of its own making tells what it saw")]

mod child;
#[path = "../suite/counter.rs"]
mod counter;
mod verify;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use deed_ledger::store::Disk;
use deed_ledger::{Genesis, Ledger};
use tempfile::TempDir;

/// Set for the child: the folder of the ledger.
const FOLDER: &str = "DEED_CRASH_FOLDER";

/// The blocks that were told by children before they were killed: heights and hashes as text.
type Told = Vec<(u64, String)>;

fn main() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return child::commit_until_killed(Path::new(&folder));
    }
    let kills = std::env::var("DEED_CRASH_KILLS").ok();
    let kills: u64 = kills.map_or(20, |kills| kills.parse().expect("a number of kills"));
    let folder = TempDir::new().expect("a folder");
    let start = Instant::now();
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let (mut told_blocks, mut ahead, mut seen) = (0, 0, 0);
    for kill in 0..kills {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // From a child that has not opened the ledger yet to one that has committed some blocks.
        let blocks = (seed >> 60) as usize % 9;
        let told = run_and_kill(folder.path(), blocks, (seed >> 33) as u32 % 1000);
        let ledger = open(folder.path());
        let last = told.last().map_or(0, |(height, _)| *height).max(seen);
        assert!(ledger.height() >= last, "kill {kill}: block {last} was told and is lost");
        assert!(ledger.height() <= last + 1, "kill {kill}: more than one block was under way");
        for (height, hash) in &told {
            let header = ledger.header(*height).expect("the block is there");
            assert_eq!(header.hash(ledger.hasher()).to_string(), *hash, "kill {kill}: {height}");
        }
        told_blocks += told.len();
        ahead += u64::from(ledger.height() > last);
        verify::blocks(&ledger, seen + 1);
        seen = ledger.height();
    }
    let ledger = open(folder.path());
    let transactions = verify::replay(&ledger);
    println!(
        "crash: {kills} kills, {seen} blocks with {transactions} transactions, {told_blocks} blocks told and \
         none lost, {ahead} committed but not told; all receipts, roots, rows and proofs agree; {:.1} s",
        start.elapsed().as_secs_f64()
    );
}

fn open(folder: &Path) -> Ledger {
    let engine = Ledger::default().engine().clone();
    let disk = Disk::open(folder).unwrap_or_else(|error| panic!("{error}"));
    Ledger::open(engine, Box::new(disk), Genesis::default()).unwrap_or_else(|e| panic!("{e}"))
}

/// Runs a child until it has told so many lines, and then for as many thousandths of the time that it
/// has taken for one, so that the kill strikes anywhere in the making of a block. Gives the blocks that
/// it told.
fn run_and_kill(folder: &Path, lines: usize, thousandths: u32) -> Told {
    let own = std::env::current_exe().expect("this program has a path");
    let start = Instant::now();
    let mut child = Command::new(own)
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the child starts");
    let output = BufReader::new(child.stdout.take().expect("its output is piped"));
    let mut output = output.lines().map_while(Result::ok);
    let mut told: Vec<String> = output.by_ref().take(lines).collect();
    assert_eq!(told.len(), lines, "the child ended by itself");
    let each = start.elapsed() / (lines.max(1) as u32);
    std::thread::sleep(each.min(Duration::from_secs(5)) * thousandths / 1000);
    child.kill().expect("it can be killed");
    child.wait().expect("it has ended");
    told.extend(output);
    // The first line says that the ledger is open; one that was cut off tells nothing.
    let block = |line: &String| {
        let (height, hash) = line.strip_suffix(" sealed")?.split_once(' ')?;
        Some((height.parse().ok()?, hash.to_owned()))
    };
    told.iter().filter_map(block).collect()
}
