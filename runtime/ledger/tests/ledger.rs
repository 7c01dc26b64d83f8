//! The ledger from outside: a counter is deployed, called and asked.

use deed_bytecode::builder::ModuleBuilder;
use deed_bytecode::{Const, state_key};
use deed_bytecode::{
    ErrorDef, FunctionKind, HeapType, Inst, Module, Op, StateField, Ty, Type, encode,
};
use deed_ledger::{
    Execution, Genesis, Ledger, LedgerError, Message, Query, Target, account, contract_address,
    describe_key,
};
use deed_runtime::{Address, Refusal, Status};
use sha2::{Digest, Sha256};

const GAS: u64 = 1 << 30;

/// `init(start: u64)` throws `Zero` on 0; `add(n) -> u64`; `count() -> u64`; `height() -> u64`.
fn counter() -> Module {
    let mut module = ModuleBuilder::new("test.Counter");
    let field = module.field(StateField {
        name: "count".into(),
        keys: vec![],
        value: Ty::U64.into(),
        default: None,
    });
    module.error(ErrorDef { name: "test.Zero".into(), code: [0, 0, 0, 1], params: vec![] });
    let init = module.declare("init", FunctionKind::Init, &[Ty::U64], Type::NONE);
    let mut f = module.function(init);
    let zero = f.constant(Const::int(Ty::U64, 0u8).expect("0 is a u64"));
    f.push(Inst::untyped(Op::StateStore, f.param(0), field, 0));
    let is_zero = f.binary(Op::Eq, Ty::U64, f.param(0), zero);
    let (bad, good) = (f.block(), f.block());
    f.branch(is_zero, bad, good);
    f.switch_to(bad);
    f.push(Inst::throw(0, 0));
    f.switch_to(good);
    f.ret(0);
    f.finish();
    let add = module.declare("add", FunctionKind::Entry, &[Ty::U64], &[Ty::U64]);
    let mut f = module.function(add);
    let old = f.state_read(Op::StateLoad, field, 0);
    let new = f.binary(Op::Add, Ty::U64, old, f.param(0));
    f.push(Inst::untyped(Op::StateStore, new, field, 0));
    f.ret(new);
    f.finish();
    let count = module.declare("count", FunctionKind::View, Type::NONE, &[Ty::U64]);
    let mut f = module.function(count);
    let value = f.state_read(Op::StateLoad, field, 0);
    f.ret(value);
    f.finish();
    let height = module.declare("height", FunctionKind::View, Type::NONE, &[Ty::U64]);
    let mut f = module.function(height);
    let value = f.context(deed_bytecode::ContextKind::Height);
    f.ret(value);
    f.finish();
    module.finish().expect("the counter fits")
}

fn deploy(ledger: &mut Ledger, from: &str, start: u64) -> Execution {
    let args = start.to_le_bytes();
    let tx = Message { from: account(from), args: &args, value: 0, gas_limit: GAS };
    ledger.deploy(&encode(&counter()), &tx).expect("the counter is a module")
}

fn add(ledger: &mut Ledger, contract: &Address, amount: u64) -> Execution {
    let args = amount.to_le_bytes();
    let tx = Message { from: account("bob"), args: &args, value: 0, gas_limit: GAS };
    ledger.call(contract, "add", &tx).expect("the ledger works")
}

fn ask(ledger: &Ledger, contract: &Address, function: &str) -> Status {
    let (contract, from) = (*contract, account("carol"));
    ledger.query(&Query { contract, function, args: &[], from, gas_limit: GAS }).status
}

fn ok(value: u64) -> Status {
    Status::Ok(value.to_le_bytes().to_vec())
}

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
    assert_eq!(added.state_bytes, 16);
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
    let tx = Message { from: account("bob"), args: &args, value: 0, gas_limit: GAS };
    let again = ledger.call(&contract, "init", &tx).expect("the ledger works");
    assert_eq!(again.outcome.status, Status::Refused(Refusal::InitAgain));
    assert_eq!(ledger.height(), 4);
}

#[test]
fn what_is_no_module_is_no_transaction() {
    let mut ledger = Ledger::default();
    let tx = Message { from: account("alice"), args: &[], value: 0, gas_limit: GAS };
    assert!(matches!(ledger.deploy(b"nonsense", &tx), Err(LedgerError::Load(_))));
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
    assert_eq!(describe_key(&module, &key(1, &keys)), "held[true][-5][(\"hi\", 7)]");
    assert_eq!(describe_key(&module, &[0xab, 0x01]), "0xab01");
}
