//! What must hold of a ledger that was opened after a kill.

use deed_bytecode::state_key;
use deed_ledger::{EventFilter, Ledger, Receipt, SignedTransaction, TransactionFilter, merkle};
use deed_runtime::Status;

use crate::counter::{ask, counter, ok};

/// Checks all blocks from a height on.
pub(crate) fn blocks(ledger: &Ledger, from: u64) {
    let hasher = ledger.hasher();
    let mut sum = sum_at(ledger, from - 1);
    for height in from..=ledger.height() {
        let header = ledger.header(height).expect("the block is there");
        let parent = ledger.header(height - 1).expect("its parent is there");
        assert_eq!(header.parent, parent.hash(hasher), "block {height} follows another one");
        let receipts = ledger.receipts(height).expect("the ledger works");
        let bytes: Vec<Vec<u8>> = receipts.iter().map(Receipt::to_bytes).collect();
        assert_eq!(header.receipts_root, merkle::root(hasher, &bytes), "receipts of {height}");
        let hashes: Vec<[u8; 32]> = receipts.iter().map(|receipt| receipt.tx_hash.0).collect();
        assert_eq!(header.transactions_root, merkle::root(hasher, &hashes));
        for receipt in &receipts {
            let position = ledger.position(&receipt.tx_hash).expect("the ledger works");
            assert_eq!(position, Some(receipt.position()), "a receipt is not found by its hash");
            sum += added(receipt);
        }
        rows(ledger, height, &receipts);
        assert_eq!(sum_at(ledger, height), sum, "the state of block {height}");
    }
    if let Some(contract) = ledger.deployed("Counter").expect("the ledger works") {
        assert_eq!(ask(ledger, &contract, "count"), ok(sum));
    }
}

/// What a transaction has added to the counter.
fn added(receipt: &Receipt) -> u64 {
    let of = |data: &[u8]| u64::from_le_bytes(data[32..40].try_into().expect("8 bytes"));
    let deployed = matches!(receipt.target, deed_ledger::Target::Deploy) && receipt.is_ok();
    u64::from(deployed) + receipt.events.iter().map(|event| of(&event.data)).sum::<u64>()
}

/// The index rows of a block lead to its events and transactions, to all and no others.
fn rows(ledger: &Ledger, height: u64, receipts: &[Receipt]) {
    let events = receipts.iter().map(|receipt| receipt.events.len()).sum::<usize>();
    let heights = height..=height;
    let contract = ledger.deployed("Counter").expect("the ledger works");
    let filter = EventFilter { contract, heights: heights.clone(), ..EventFilter::default() };
    assert_eq!(ledger.events(&filter).expect("the ledger works").rows.len(), events);
    let filter = TransactionFilter { contract, heights, ..TransactionFilter::default() };
    let found = ledger.transactions(&filter).expect("the ledger works").rows;
    let found: Vec<&Receipt> = found.iter().map(|row| &row.receipt).collect();
    assert_eq!(found, receipts.iter().collect::<Vec<_>>());
}

/// The counter after a block, proven against the block's state root.
fn sum_at(ledger: &Ledger, height: u64) -> u64 {
    let Some(contract) = ledger.deployed("Counter").expect("the ledger works") else { return 0 };
    let key = state_key(&[], &counter().schema[0], &[]).expect("a key");
    let (value, proof) = ledger.prove(&contract, &key, height).expect("there is a proof");
    let header = ledger.header(height).expect("the block is there");
    assert!(proof.verify(ledger.hasher(), &header, &contract, &key, value.as_deref()));
    value.map_or(0, |value| u64::from_le_bytes(value.try_into().expect("8 bytes")))
}

/// Runs all transactions again, in memory; gives how many there were.
pub(crate) fn replay(ledger: &Ledger) -> usize {
    let mut again = Ledger::new(ledger.engine().clone(), ledger.genesis().clone());
    let mut count = 0;
    for height in 1..=ledger.height() {
        for receipt in ledger.receipts(height).expect("the ledger works") {
            let kept = ledger.transaction(receipt.position()).expect("the ledger works");
            let (transaction, witness) = kept.expect("it is there");
            let witness = witness.expect("it is signed");
            let module = receipt.code.and_then(|code| ledger.code(&code).expect("it works"));
            let signed = SignedTransaction { transaction, witness };
            let execution = again.apply(&signed, module.as_deref()).expect("it ran before");
            assert_eq!(execution.receipt(), receipt);
            assert!(!matches!(receipt.status, Status::Refused(_)));
            count += 1;
        }
        let header = again.seal().expect("memory does not fail");
        assert_eq!(header, ledger.header(height).expect("the block is there"));
    }
    count
}
