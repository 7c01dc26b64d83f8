//! What a client can check with nothing but a block's header, and the state at past heights.

use deed_bytecode::state_key;
use deed_ledger::store::Memory;
use deed_ledger::{Genesis, Hasher, Ledger, LedgerError};
use deed_runtime::{Address, COINS};

use crate::support::{add, counter, deploy, key, ok, question};

/// A chain that keeps its history, with a counter that has been at 10, 11, … 10 + n.
fn chain(hasher: Hasher, n: u64) -> (Ledger, Address) {
    let holder = key("alice").public().address();
    let genesis = Genesis { hasher, coins: vec![(holder, 1000)], ..Genesis::default() };
    let engine = Ledger::default().engine().clone();
    let ledger = Ledger::open(engine, Box::new(Memory::default()), genesis);
    let mut ledger = ledger.expect("memory does not fail");
    let contract = deploy(&mut ledger, "alice", 10).contract;
    for _ in 0..n {
        add(&mut ledger, &contract, 1);
    }
    (ledger, contract)
}

fn count_key() -> Vec<u8> {
    state_key(&[], &counter().schema[0], &[]).expect("a key")
}

#[test]
fn entries_are_proven_at_every_height() {
    for hasher in [Hasher::Sha256, Hasher::Sm3] {
        let (ledger, contract) = chain(hasher, 20);
        for height in 1..=21 {
            let header = ledger.header(height).expect("the block is there");
            let (value, proof) = ledger.prove(&contract, &count_key(), height).expect("a proof");
            let expected = (9 + height).to_le_bytes();
            assert_eq!(value.as_deref(), Some(&expected[..]));
            let proves = |value: Option<&[u8]>, key: &[u8]| {
                proof.verify(hasher, &header, &contract, key, value)
            };
            assert!(proves(Some(&expected), &count_key()));
            assert!(!proves(Some(&[0; 8]), &count_key()), "another value");
            assert!(!proves(None, &count_key()), "it is there");
            assert!(!proves(Some(&expected), b"another key"));
            let other = ledger.header(height - 1).expect("the block is there");
            assert!(!proof.verify(hasher, &other, &contract, &count_key(), Some(&expected)));
        }
    }
}

#[test]
fn what_is_not_there_is_proven_too() {
    let (ledger, contract) = chain(Hasher::Sha256, 5);
    let header = ledger.head();
    for number in 0..200_u8 {
        let key = [number, 1, 2, 3];
        let (value, proof) = ledger.prove(&contract, &key, header.height).expect("a proof");
        assert_eq!(value, None);
        assert!(proof.verify(Hasher::Sha256, header, &contract, &key, None));
        assert!(!proof.verify(Hasher::Sha256, header, &contract, &key, Some(b"")));
        assert!(!proof.verify(Hasher::Sha256, header, &contract, &count_key(), None));
    }
    let (_, proof) = ledger.prove(&contract, &count_key(), 0).expect("a proof");
    let genesis = ledger.header(0).expect("the block is there");
    assert!(proof.verify(Hasher::Sha256, &genesis, &contract, &count_key(), None));
}

#[test]
fn coins_are_proven() {
    let (ledger, contract) = chain(Hasher::Sm3, 0);
    let holder = key("alice").public().address();
    let (_, proof) = ledger.prove(&COINS, &holder.0, 1).expect("a proof");
    let holds = |coins| proof.verify_coins(Hasher::Sm3, ledger.head(), &holder, coins);
    assert_eq!((holds(1000), holds(1001), holds(0)), (true, false, false));
    let (_, proof) = ledger.prove(&COINS, &contract.0, 1).expect("a proof");
    assert!(proof.verify_coins(Hasher::Sm3, ledger.head(), &contract, 0));
}

#[test]
fn damaged_proofs_prove_nothing() {
    let (ledger, contract) = chain(Hasher::Sha256, 30);
    let header = ledger.head();
    let (value, proof) = ledger.prove(&contract, &count_key(), header.height).expect("a proof");
    let verify = |path: Vec<u8>| {
        let proof = deed_ledger::EntryProof { path };
        proof.verify(Hasher::Sha256, header, &contract, &count_key(), value.as_deref())
    };
    assert!(verify(proof.path.clone()));
    for at in 0..proof.path.len() {
        assert!(!verify(proof.path[..at].to_vec()), "cut off at {at}");
        let mut changed = proof.path.clone();
        changed[at] ^= 0x55;
        assert!(!verify(changed), "changed at {at}");
    }
}

#[test]
fn receipts_are_proven_with_their_events() {
    let (mut ledger, contract) = chain(Hasher::Sha256, 0);
    let key = key("alice");
    for amount in 1..=5 {
        let signed = crate::support::sign(&ledger, &key, crate::support::adds(contract, amount));
        ledger.apply(&signed, None).expect("it is signed");
    }
    let header = ledger.seal().expect("memory does not fail");
    let receipts = ledger.receipts(header.height).expect("the ledger works");
    assert_eq!(receipts.len(), 5);
    for receipt in &receipts {
        let proof = ledger.prove_receipt(receipt).expect("the ledger works").expect("it is there");
        assert!(proof.verify(Hasher::Sha256, &header, receipt));
        let mut forged = receipt.clone();
        forged.events[0].data[0] ^= 1;
        assert!(!proof.verify(Hasher::Sha256, &header, &forged));
        assert_eq!(ledger.prove_receipt(&forged), Ok(None));
    }
}

#[test]
fn the_past_can_be_asked_until_it_is_pruned() {
    let (mut ledger, contract) = chain(Hasher::Sha256, 20);
    let question = question(&contract, "count");
    let count = |ledger: &Ledger, height| ledger.query_at(&question, height).map(|it| it.status);
    let kept = |ledger: &Ledger, heights: std::ops::RangeInclusive<u64>| {
        for height in heights {
            assert_eq!(count(ledger, height), Ok(ok(9 + height)));
            let (value, proof) = ledger.prove(&contract, &count_key(), height).expect("a proof");
            let header = ledger.header(height).expect("the block is there");
            let key = count_key();
            assert!(proof.verify(Hasher::Sha256, &header, &contract, &key, value.as_deref()));
        }
    };
    kept(&ledger, 1..=21);
    let future = LedgerError::NoHeight { height: 22, oldest: 0, newest: 21 };
    assert_eq!(count(&ledger, 22), Err(future));
    ledger.prune(15).expect("memory does not fail");
    kept(&ledger, 15..=21);
    let past = LedgerError::NoHeight { height: 14, oldest: 15, newest: 21 };
    assert_eq!(count(&ledger, 14), Err(past));
    add(&mut ledger, &contract, 1);
    kept(&ledger, 15..=22);
    assert!(ledger.receipts(3).is_ok_and(|receipts| receipts.len() == 1), "receipts stay");
}

#[test]
fn chains_that_keep_history_and_chains_that_do_not_have_the_same_roots() {
    let (keeps, _) = chain(Hasher::Sha256, 20);
    let genesis = keeps.genesis().clone();
    let mut forgets = Ledger::new(keeps.engine().clone(), genesis);
    let contract = deploy(&mut forgets, "alice", 10).contract;
    for _ in 0..20 {
        add(&mut forgets, &contract, 1);
    }
    assert_eq!(keeps.head_hash(), forgets.head_hash());
    let gone = LedgerError::NoHeight { height: 20, oldest: 21, newest: 21 };
    assert_eq!(forgets.get_at(&contract, &count_key(), 20), Err(gone));
}
