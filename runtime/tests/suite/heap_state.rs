//! Heap values in state, events and errors: `notes: Map<u64, Note>`, with
//! `Note { owner: Address, amount: u64, tags: Vec<string> }`.

use deed_abi::{AbiType, Param, TypeDef, TypeShape, decode};
use deed_bytecode::builder::{FunctionBuilder, ModuleBuilder};
use deed_bytecode::{
    ErrorDef, EventDef, EventField, FunctionKind, Inst, Module, Op, StateField, Ty, Type, state_key,
};
use deed_runtime::{Config, Limits, Status, TrapKind};

use crate::heap::{blob, bytes_of};
use crate::support::{Chain, number, trap};

const U64: Type = Type::Scalar(Ty::U64);
const NOTES: u16 = 0;

fn function(
    m: &mut ModuleBuilder,
    name: &str,
    params: &[Type],
    results: &[Type],
    write: impl FnOnce(&mut FunctionBuilder<'_>),
) {
    let index = m.declare(name, FunctionKind::Entry, params, results);
    let mut code = m.function(index);
    write(&mut code);
    code.finish();
}

fn contract() -> Module {
    let mut m = ModuleBuilder::new("test.Notes");
    let string = m.string();
    let tags = m.vec(string);
    let note = m.record("test.Note", &[Ty::Address.into(), U64, tags]);
    let field =
        StateField { name: "notes".into(), keys: vec![Ty::U64.into()], value: note, default: None };
    m.field(field);
    let fields = [(U64, true), (note, false)].map(|(ty, index)| EventField { ty, index });
    m.event(EventDef { name: "test.Put".into(), code: [1; 4], fields: fields.to_vec() });
    let params = vec![string, U64];
    m.error(ErrorDef { name: "test.Bad".into(), code: [2; 4], params });
    function(&mut m, "put", &[U64, note], &[], |f| {
        let kept = f.dup(note, f.param(1));
        f.push(Inst::untyped(Op::StateStore, kept, NOTES, f.param(0)));
        let data = f.gather(&[(f.param(0), U64), (f.param(1), note)]);
        f.push(Inst::emit(0, data));
        f.ret(0);
    });
    function(&mut m, "get", &[U64], &[note], |f| {
        let value = f.state_read(Op::StateLoad, NOTES, f.param(0));
        f.ret(value);
    });
    // Loads, changes what it loaded, and gives that and what state still has.
    function(&mut m, "peek", &[U64, string], &[note, note], |f| {
        let mine = f.state_read(Op::StateLoad, NOTES, f.param(0));
        let parts = f.heap(Op::RecordOpen, note, &[mine]);
        f.heap(Op::VecPush, tags, &[parts + 5, f.param(1)]);
        let mine = f.heap(Op::RecordMake, note, &[parts]);
        let theirs = f.state_read(Op::StateLoad, NOTES, f.param(0));
        let results = f.gather(&[(mine, note), (theirs, note)]);
        f.ret(results);
    });
    // Adds to the amount `n` times, storing each time.
    function(&mut m, "add", &[U64, U64], &[], |f| {
        let (key, count) = (f.param(0), f.param(1));
        let (head, body, done) = (f.block(), f.block(), f.block());
        f.jump(head);
        f.switch_to(head);
        let zero = f.constant(number(Ty::U64, 0));
        let more = f.binary(Op::Ne, Ty::U64, count, zero);
        f.branch(more, body, done);
        f.switch_to(body);
        let value = f.state_read(Op::StateLoad, NOTES, key);
        let amount = f.heap(Op::RecordGet, note, &[value, 1]);
        let one = f.constant(number(Ty::U64, 1));
        let next = f.binary(Op::Add, Ty::U64, amount, one);
        f.heap(Op::RecordSet, note, &[value, 1, next]);
        f.push(Inst::untyped(Op::StateStore, value, NOTES, key));
        f.push(Inst::typed(Op::Sub, Ty::U64, count, count, one));
        f.jump(head);
        f.switch_to(done);
        f.ret(0);
    });
    function(&mut m, "fail", &[string], &[], |f| {
        let seven = f.constant(number(Ty::U64, 7));
        let data = f.gather(&[(f.param(0), string), (seven, U64)]);
        f.push(Inst::throw(0, data));
    });
    m.finish().expect("small")
}

fn note(amount: u64, tags: &[&str]) -> Vec<u8> {
    let texts: Vec<u8> = tags.iter().flat_map(|tag| blob(tag.len(), tag.as_bytes())).collect();
    [&[7; 32][..], &amount.to_le_bytes(), &blob(tags.len(), &texts)].concat()
}

fn put(chain: &mut Chain, key: u64, note: &[u8]) -> deed_runtime::Outcome {
    chain.call("put", &[&key.to_le_bytes()[..], note].concat())
}

#[test]
fn notes_are_kept_in_their_encoding() {
    let (mut chain, module) = (Chain::new(contract()), contract());
    let bytes = note(5, &["a", "债"]);
    let outcome = put(&mut chain, 1, &bytes);
    let key = state_key(&module.types, &module.schema[0], &1u64.to_le_bytes()).expect("a key");
    assert_eq!(chain.host.entries.get(&key), Some(&bytes));
    assert_eq!(outcome.events[0].data, [&1u64.to_le_bytes()[..], &bytes].concat());
    assert_eq!(bytes_of(&chain.call("get", &1u64.to_le_bytes())), bytes);
    assert_eq!(trap(&chain.call("get", &2u64.to_le_bytes())), TrapKind::MissingKey);
    let field = |name: &str, ty: &str| Param { name: name.into(), ty: ty.parse().expect("type") };
    let fields =
        vec![field("owner", "Address"), field("amount", "u64"), field("tags", "Vec<string>")];
    let types = [TypeDef { name: "test.Note".into(), shape: TypeShape::Struct(fields) }];
    assert!(decode(&types, &AbiType::Named("test.Note".into()), &bytes).is_ok());
}

#[test]
fn what_is_loaded_changes_apart_from_the_state() {
    let mut chain = Chain::new(contract());
    put(&mut chain, 1, &note(5, &["a"]));
    let args = [&1u64.to_le_bytes()[..], &blob(1, b"b")].concat();
    let outcome = chain.call("peek", &args);
    assert_eq!(bytes_of(&outcome), [note(5, &["a", "b"]), note(5, &["a"])].concat());
    assert_eq!((outcome.reads.len(), outcome.writes.len()), (1, 0));
}

#[test]
fn stores_in_a_loop_hold_one_value() {
    let limits = Limits { memory_bytes: 16 << 10, ..Limits::V1 };
    let mut chain = Chain::with(contract(), Config { limits, ..Config::default() });
    put(&mut chain, 1, &note(5, &["tag"]));
    let args = [1u64.to_le_bytes(), 3000u64.to_le_bytes()].concat();
    let outcome = chain.call("add", &args);
    assert_eq!(outcome.status, Status::Ok(vec![]));
    assert_eq!(outcome.writes[0].value, Some(note(3005, &["tag"]).into()));
}

#[test]
fn errors_carry_strings_and_leave_no_trace() {
    let mut chain = Chain::new(contract());
    let outcome = chain.call("fail", &blob(3, b"why"));
    let Status::Error(error) = &outcome.status else { panic!("{:?}", outcome.status) };
    assert_eq!(error.data, [blob(3, b"why"), 7u64.to_le_bytes().to_vec()].concat());
}

#[test]
fn longer_entries_cost_more_and_the_same_once() {
    let mut chain = Chain::new(contract());
    let tag = "x".repeat(1000);
    let short = put(&mut chain, 1, &note(1, &[])).gas_used;
    let long = put(&mut chain, 2, &note(1, &[&tag])).gas_used;
    assert!(long > short + 20 * 1000, "{short} {long}");
    let mut add =
        |n: u64| chain.call("add", &[2u64.to_le_bytes(), n.to_le_bytes()].concat()).gas_used;
    let (none, one, two) = (add(0), add(1), add(2));
    assert!(one - none > 20 * 1000, "the first change pays for the bytes");
    assert!(two - one < 4 * 1000, "another change of the same length does not");
}

#[test]
fn entries_that_are_no_encodings_are_the_hosts_fault() {
    let (mut chain, module) = (Chain::new(contract()), contract());
    let key = state_key(&module.types, &module.schema[0], &1u64.to_le_bytes()).expect("a key");
    chain.host.entries.insert(key, vec![1, 2, 3]);
    let outcome = chain.call("get", &1u64.to_le_bytes());
    assert!(matches!(outcome.status, Status::Fatal(_)), "{:?}", outcome.status);
}
