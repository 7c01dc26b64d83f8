//! The ledger from outside: a counter is deployed, called and asked.

use deed_bytecode::{HeapType, StateField, Ty, Type, state_key};
use deed_ledger::{
    Genesis, Ledger, LedgerError, Message, Target, account, contract_address, describe_key,
};
use deed_runtime::{Address, Refusal, Status};
use sha2::{Digest, Sha256};

use crate::support::{GAS, add, ask, counter, deploy, ok};

#[test]
fn a_contract_lives() {
    let mut ledger = Ledger::default();
    let deployed = deploy(&mut ledger, "alice", 40);
    assert!(deployed.is_ok());
    assert_eq!((deployed.height, &deployed.target), (1, &Target::Deploy));
    let added = add(&mut ledger, &deployed.contract, 2);
    assert_eq!((added.height, &added.target), (2, &Target::Call("add".into())));
    assert_eq!(added.outcome.status, ok(42));
    assert_eq!(added.time, Genesis::default().time + 2);
    // A sum, and what bob has added under his address.
    assert_eq!(added.state_bytes, 16 + 8 + 32 + 8);
    assert_ne!(added.state_root, deployed.state_root);
    assert_eq!(ask(&ledger, &deployed.contract, "count"), ok(42));
    assert_eq!(ask(&ledger, &deployed.contract, "height"), ok(2));
    for execution in [&deployed, &added] {
        let receipts = ledger.receipts(execution.height).expect("memory does not fail");
        assert_eq!(receipts, [execution.receipt()]);
        assert_eq!(
            ledger.header(execution.height).map(|it| it.state_root),
            Ok(execution.state_root)
        );
    }
}

#[test]
fn failures_move_nothing_but_the_chain() {
    let mut ledger = Ledger::default();
    let failed = deploy(&mut ledger, "alice", 0);
    assert_eq!(failed.status_name(), "error");
    assert_eq!(ledger.contracts(None, 9), Ok(vec![]));
    assert_eq!(ledger.code(&failed.module.as_ref().expect("a module").hash()), Ok(None));
    assert_eq!(ledger.account(&account("alice")).map(|alice| alice.nonce), Ok(1));
    assert!(matches!(ask(&ledger, &failed.contract, "count"), Status::Refused(Refusal::NoCode(_))));
    let contract = deploy(&mut ledger, "alice", 1).contract;
    assert_ne!(contract, failed.contract, "the nonce was used up");
    let overflow = add(&mut ledger, &contract, u64::MAX);
    assert_eq!((overflow.status_name(), overflow.outcome.writes.len()), ("trap", 0));
    assert_eq!(ask(&ledger, &contract, "count"), ok(1));
    let args = 1u64.to_le_bytes();
    let message = Message { from: account("bob"), args: &args, value: 0, gas_limit: GAS };
    let again = ledger.call(&contract, "init", &message).expect("the ledger works");
    assert_eq!(again.outcome.status, Status::Refused(Refusal::InitAgain));
    assert_eq!(ledger.height(), 4);
}

#[test]
fn what_is_no_module_is_no_transaction() {
    let mut ledger = Ledger::default();
    let message = Message { from: account("alice"), args: &[], value: 0, gas_limit: GAS };
    assert!(matches!(ledger.deploy(b"nonsense", &message), Err(LedgerError::Load(_))));
    assert_eq!((ledger.height(), ledger.receipts(1)), (0, Ok(vec![])));
}

#[test]
fn queries_and_the_same_history_change_nothing() {
    let history = || {
        let mut ledger = Ledger::default();
        let contract = deploy(&mut ledger, "alice", 1).contract;
        add(&mut ledger, &contract, 5);
        let head = ledger.head_hash();
        assert_eq!(ask(&ledger, &contract, "count"), ok(6));
        assert!(matches!(ask(&ledger, &contract, "add"), Status::Refused(Refusal::NotAView(_))));
        assert_eq!(ledger.head_hash(), head);
        (head, ledger.header(1).expect("it was made"))
    };
    assert_eq!(history(), history());
}

#[test]
fn addresses_come_from_creator_nonce_and_code() {
    let mut ledger = Ledger::default();
    let first = deploy(&mut ledger, "alice", 1);
    let second = deploy(&mut ledger, "alice", 1);
    let other = deploy(&mut ledger, "bob", 1);
    let code = first.module.as_ref().expect("it was deployed").hash();
    assert_eq!(first.contract, contract_address(&account("alice"), 0, &code));
    assert_eq!(second.contract, contract_address(&account("alice"), 1, &code));
    assert_eq!(other.contract, contract_address(&account("bob"), 0, &code));
    let named: [u8; 32] = Sha256::digest(b"deed account alice").into();
    assert_eq!(account("alice"), Address(named));
}

#[test]
fn time_moves_forward_only_once_there_is_a_block() {
    let mut ledger = Ledger::default();
    let start = ledger.time();
    assert!(ledger.warp_to(start - 1000));
    assert_eq!(deploy(&mut ledger, "alice", 1).time, start - 999);
    assert!(ledger.warp_to(start));
    assert!(!ledger.warp_to(start - 1));
    assert_eq!(ledger.time(), start);
}

#[test]
fn keys_read_as_in_source() {
    let mut module = counter();
    module.schema.push(StateField {
        name: "held".into(),
        keys: vec![Ty::Bool.into(), Ty::I16.into(), Type::Heap(1)],
        value: Ty::U8.into(),
        default: None,
    });
    let pair = vec![Type::Heap(0), Ty::U8.into()];
    module.types = vec![HeapType::String, HeapType::Record { name: "Pair".into(), fields: pair }];
    let key = |index: usize, keys: &[u8]| {
        state_key(&module.types, &module.schema[index], keys).expect("keys of the field")
    };
    assert_eq!(describe_key(&module, &key(0, &[])), "count");
    let keys = [1, 0xfb, 0xff, 2, 0, 0, 0, b'h', b'i', 7];
    assert_eq!(describe_key(&module, &key(2, &keys)), "held[true][-5][(\"hi\", 7)]");
    assert_eq!(describe_key(&module, &[0xab, 0x01]), "0xab01");
}
