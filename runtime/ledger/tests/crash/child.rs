//! The process that is killed.

use std::io::Write;
use std::path::Path;

use deed_bytecode::encode;
use deed_ledger::{Action, Ledger};

use crate::counter::{adds, counter, key, sign};

/// Commits blocks and tells their hashes, for as long as it lives.
pub(crate) fn commit_until_killed(folder: &Path) {
    let mut ledger = crate::open(folder);
    tell("ready");
    loop {
        let height = ledger.height() + 1;
        if height == 1 {
            let module = encode(&counter());
            let code = ledger.publish(&module).expect("the counter is a module");
            let action = Action::Deploy { code, args: 1u64.to_le_bytes().to_vec() };
            apply(&mut ledger, "alice", action);
        }
        fill(&mut ledger, height);
        let header = ledger.seal().expect("the block is committed");
        tell(&format!("{} {} sealed", header.height, header.hash(ledger.hasher())));
    }
}

/// Up to five transactions, of which every seventh fails.
fn fill(ledger: &mut Ledger, height: u64) {
    let Some(contract) = ledger.deployed("Counter").expect("the ledger works") else { return };
    for number in 0..height % 6 {
        let from = ["alice", "bob", "carol"][((height + number) % 3) as usize];
        apply(ledger, from, adds(contract, (height * 5 + number) % 7));
    }
}

fn apply(ledger: &mut Ledger, from: &str, action: Action) {
    let signed = sign(ledger, &key(from), action);
    ledger.apply(&signed, None).expect("it is signed");
}

fn tell(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).expect("the parent listens");
}
