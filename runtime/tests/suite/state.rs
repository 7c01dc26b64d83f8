//! State: the default law, what is recorded, what remains of failures.

use deed_bytecode::builder::ModuleBuilder;
use deed_bytecode::{
    Const, ErrorDef, EventDef, EventField, FunctionKind, Inst, Module, Op, StateField, Ty,
    state_key,
};
use deed_runtime::{Config, Found, Limits, Mode, Status, TrapKind};

use crate::support::{CALLER, CONTRACT, Chain, add_function, number, result, trap};

/// `balances: Map<Address, u64 default 0>`, `notes: Map<u8, Map<i16, u256>>`, `count: u64`.
fn fields() -> [StateField; 3] {
    let field = |name: &str, keys: &[Ty], value: Ty, default: Option<Const>| StateField {
        name: name.into(),
        keys: keys.iter().map(|ty| (*ty).into()).collect(),
        value: value.into(),
        default,
    };
    [
        field("balances", &[Ty::Address], Ty::U64, Some(number(Ty::U64, 0))),
        field("notes", &[Ty::U8, Ty::I16], Ty::U256, None),
        field("count", &[], Ty::U64, None),
    ]
}

const BALANCES: u16 = 0;
const NOTES: u16 = 1;
const COUNT: u16 = 2;

fn store() -> Module {
    let mut module = ModuleBuilder::new("test.Store");
    fields().into_iter().for_each(|field| {
        module.field(field);
    });
    let fields = [(Ty::U64, true), (Ty::Address, false)];
    let fields = fields.map(|(ty, index)| EventField { ty: ty.into(), index });
    module.event(EventDef { name: "Moved".into(), code: [9; 4], fields: fields.to_vec() });
    module.error(ErrorDef {
        name: "test.Low".into(),
        code: [7; 4],
        params: vec![Ty::U64.into(), Ty::Bool.into()],
    });
    let (entry, view) = (FunctionKind::Entry, FunctionKind::View);
    let note = [Ty::U8, Ty::I16];
    let valued = [Ty::U8, Ty::I16, Ty::U256];
    add_function(&mut module, "set_balance", entry, &[Ty::Address, Ty::U64], &[], |f| {
        f.push(Inst::untyped(Op::StateStore, f.param(1), BALANCES, f.param(0)));
        f.ret(0);
    });
    add_function(&mut module, "balance", view, &[Ty::Address], &[Ty::U64], |f| {
        let value = f.state_read(Op::StateLoad, BALANCES, f.param(0));
        f.ret(value);
    });
    add_function(&mut module, "has_balance", view, &[Ty::Address], &[Ty::Bool], |f| {
        let value = f.state_read(Op::StateHas, BALANCES, f.param(0));
        f.ret(value);
    });
    for (name, op) in [("put", Op::StateStore), ("insert", Op::StateInsert)] {
        add_function(&mut module, name, entry, &valued, &[], |f| {
            f.push(Inst::untyped(op, f.param(2), NOTES, f.param(0)));
            f.ret(0);
        });
    }
    add_function(&mut module, "remove", entry, &note, &[], |f| {
        f.push(Inst::untyped(Op::StateRemove, 0, NOTES, f.param(0)));
        f.ret(0);
    });
    add_function(&mut module, "note", view, &note, &[Ty::U256], |f| {
        let value = f.state_read(Op::StateLoad, NOTES, f.param(0));
        f.ret(value);
    });
    add_function(&mut module, "find", view, &note, &[Ty::Bool, Ty::U256], |f| {
        let found = f.state_read(Op::StateFind, NOTES, f.param(0));
        f.ret(found);
    });
    // Writes, emits, reads its own write back, and then fails as it is told.
    add_function(&mut module, "fail", entry, &[Ty::U8], &[Ty::U64], |f| {
        let five = f.constant(number(Ty::U64, 5));
        f.push(Inst::untyped(Op::StateStore, five, COUNT, 0));
        let sender = f.context(deed_bytecode::ContextKind::Sender);
        let data = f.gather(&[(five, Ty::U64), (sender, Ty::Address)]);
        f.push(Inst::emit(0, data));
        f.state_read(Op::StateLoad, BALANCES, sender);
        let back = f.state_read(Op::StateLoad, COUNT, 0);
        let (throw, other, trap, ok) = (f.block(), f.block(), f.block(), f.block());
        let one = f.constant(number(Ty::U8, 1));
        let is_one = f.binary(Op::Eq, Ty::U8, f.param(0), one);
        f.branch(is_one, throw, other);
        f.switch_to(throw);
        let yes = f.constant(Const::bool(true));
        let data = f.gather(&[(back, Ty::U64), (yes, Ty::Bool)]);
        f.push(Inst::throw(0, data));
        f.switch_to(other);
        let two = f.constant(number(Ty::U8, 2));
        let is_two = f.binary(Op::Eq, Ty::U8, f.param(0), two);
        f.branch(is_two, trap, ok);
        f.switch_to(trap);
        f.push(Inst::trap(TrapKind::Unreachable));
        f.switch_to(ok);
        f.ret(back);
    });
    module.finish().expect("the store fits")
}

/// The key of an entry, by its keys' canonical encodings.
fn key(field: u16, keys: &[u8]) -> Vec<u8> {
    state_key(&[], &fields()[usize::from(field)], keys).expect("keys of the field")
}

fn balance_args(value: u64) -> Vec<u8> {
    [&CALLER.0[..], &value.to_le_bytes()].concat()
}

#[test]
fn storing_the_default_removes_the_entry() {
    let mut chain = Chain::new(store());
    assert_eq!(result(&chain.call("balance", &CALLER.0)), 0);
    assert_eq!(result(&chain.call("has_balance", &CALLER.0)), 0);
    let outcome = chain.call("set_balance", &balance_args(70));
    assert_eq!(outcome.reads, []);
    assert_eq!(outcome.writes[0].value, Some(70u64.to_le_bytes().to_vec().into()));
    assert_eq!(result(&chain.call("balance", &CALLER.0)), 70);
    assert_eq!(result(&chain.call("has_balance", &CALLER.0)), 1);
    let outcome = chain.call("set_balance", &balance_args(0));
    assert_eq!(outcome.writes[0].value, None);
    assert!(chain.host.entries.is_empty());
}

#[test]
fn maps_without_a_default_tell_present_from_absent() {
    let mut chain = Chain::new(store());
    let at = |b: i16| [&[3u8][..], &b.to_le_bytes()].concat();
    let value = [0xabu8; 32];
    let entry = |b: i16| [at(b), value.to_vec()].concat();
    assert_eq!(trap(&chain.call("note", &at(-1))), TrapKind::MissingKey);
    assert_eq!(chain.call("find", &at(-1)).status, Status::Ok(vec![0; 33]));
    assert_eq!(chain.call("insert", &entry(-1)).status, Status::Ok(vec![]));
    assert_eq!(trap(&chain.call("insert", &entry(-1))), TrapKind::KeyPresent);
    assert_eq!(chain.call("note", &at(-1)).status, Status::Ok(value.to_vec()));
    assert_eq!(chain.call("find", &at(-1)).status, Status::Ok([&[1][..], &value].concat()));
    assert_eq!(trap(&chain.call("note", &at(0))), TrapKind::MissingKey);
    assert_eq!(chain.call("put", &entry(0)).writes.len(), 1);
    assert_eq!(chain.host.entries.len(), 2);
    assert_eq!(chain.call("remove", &at(-1)).writes[0].value, None);
    assert_eq!(trap(&chain.call("note", &at(-1))), TrapKind::MissingKey);
    assert_eq!(chain.host.entries.keys().next(), Some(&key(NOTES, &at(0))));
}

#[test]
fn reads_and_writes_are_recorded_with_what_was_found() {
    let mut chain = Chain::new(store());
    chain.call("set_balance", &balance_args(70));
    let outcome = chain.call("fail", &[0]);
    assert_eq!(result(&outcome), 5);
    assert_eq!(outcome.reads.len(), 1, "a value that was written here is not read from the chain");
    assert_eq!(outcome.reads[0].contract, CONTRACT);
    assert_eq!(outcome.reads[0].key, key(BALANCES, &CALLER.0));
    assert_eq!(outcome.reads[0].value, Some(Found::Bytes(70u64.to_le_bytes().to_vec().into())));
    assert_eq!(outcome.writes.len(), 1);
    assert_eq!(outcome.writes[0].key, key(COUNT, &[]));
    assert_eq!(outcome.events.len(), 1);
    assert_eq!(&*outcome.events[0].name, "Moved");
    assert_eq!(outcome.events[0].data, [&5u64.to_le_bytes()[..], &CALLER.0].concat());
}

#[test]
fn failures_leave_no_trace_but_their_reads() {
    let mut chain = Chain::new(store());
    let thrown = chain.call("fail", &[1]);
    let Status::Error(error) = &thrown.status else { panic!("{:?}", thrown.status) };
    assert_eq!((&*error.name, error.code), ("test.Low", [7; 4]));
    assert_eq!(error.data, [5, 0, 0, 0, 0, 0, 0, 0, 1]);
    let trapped = chain.call("fail", &[2]);
    assert_eq!(trap(&trapped), TrapKind::Unreachable);
    let enough = chain.call("fail", &[0]).gas_used;
    chain.host.entries.clear();
    let starved = chain.run(Mode::Transaction, "fail", &[0], enough - 1);
    assert_eq!((&starved.status, starved.gas_used), (&Status::OutOfGas, enough - 1));
    for outcome in [thrown, trapped, starved] {
        assert_eq!((outcome.events.len(), outcome.writes.len()), (0, 0));
        assert_eq!(outcome.reads.len(), 1);
    }
}

#[test]
fn each_key_is_asked_for_once() {
    let mut chain = Chain::new(store());
    chain.call("fail", &[0]);
    assert_eq!(chain.host.asked.len(), 1);
}

#[test]
fn memory_ends_exactly_at_its_limit() {
    // One entry and one event of `fail(0)`, and the entry it reads.
    let most = 2 * 256 + 8 + 40 + 96 + 40;
    for (memory_bytes, fits) in [(most, true), (most - 1, false)] {
        let limits = Limits { memory_bytes, ..Limits::V1 };
        let mut chain = Chain::with(store(), Config { limits, ..Config::default() });
        let outcome = chain.call("fail", &[0]);
        if fits {
            assert_eq!(result(&outcome), 5);
        } else {
            assert_eq!(trap(&outcome), TrapKind::Memory);
            assert!(outcome.writes.is_empty() && outcome.events.is_empty());
        }
    }
}

#[test]
fn queries_cannot_reach_what_writes() {
    let mut chain = Chain::new(store());
    let outcome = chain.run(Mode::View, "set_balance", &balance_args(1), 1 << 30);
    let Status::Refused(refusal) = outcome.status else { panic!("{:?}", outcome.status) };
    assert_eq!(refusal.trap_kind(), TrapKind::ViewWrite);
    assert_eq!(outcome.gas_used, 0);
}
