//! Walks through the keys of the state: their order, against a model, and what they depend on.

use std::collections::{BTreeMap, BTreeSet};

use deed_bytecode::builder::{FunctionBuilder, ModuleBuilder};
use deed_bytecode::{FunctionKind, Inst, Module, Op, StateField, Ty, Type, key_operand};
use deed_runtime::{Config, GasSchedule, Mode, RangeRead, Status, TrapKind};
use proptest::prelude::*;

use crate::support::{Chain, result, trap};
use crate::tiers;

/// `words: Map<u8, Map<string, u64>>` and functions on it; the keys are a `u8` and a `string`.
fn words() -> Module {
    let mut module = ModuleBuilder::new("test.Words");
    let text = module.string();
    let (name, keys) = ("words".into(), vec![Ty::U8.into(), text]);
    module.field(StateField { name, keys, value: Ty::U64.into(), default: None });
    let both: [Type; 2] = [Ty::U8.into(), text];
    let (outer, inner) = (key_operand(0, 0).expect("few"), key_operand(0, 1).expect("few"));
    let mut add = |name: &str,
                   params: &[Type],
                   results: &[Type],
                   write: &dyn Fn(&mut FunctionBuilder<'_>)| {
        let index = module.declare(name, FunctionKind::Entry, params, results);
        let mut code = module.function(index);
        write(&mut code);
        code.finish();
    };
    add("put", &[Ty::U8.into(), text, Ty::U64.into()], &[], &|f| {
        f.push(Inst::untyped(Op::StateStore, f.param(2), 0, f.param(0)));
        f.ret(0);
    });
    add("remove", &both, &[], &|f| {
        f.push(Inst::untyped(Op::StateRemove, 0, 0, f.param(0)));
        f.ret(0);
    });
    for (name, op) in [("next", Op::StateNext), ("prev", Op::StatePrev)] {
        add(name, &both, &[Ty::Bool.into(), text], &|f| {
            let found = f.state_read(op, inner, f.param(0));
            f.ret(found);
        });
    }
    for (name, op) in [("first", Op::StateFirst), ("last", Op::StateLast)] {
        add(name, &[Ty::U8.into()], &[text], &|f| {
            let key = f.state_read(op, inner, f.param(0));
            f.ret(key);
        });
        add(&format!("{name}_group"), &[], &[Ty::U8.into()], &|f| {
            let key = f.state_read(op, outer, 0);
            f.ret(key);
        });
    }
    for (name, op) in [("next_group", Op::StateNext), ("prev_group", Op::StatePrev)] {
        add(name, &[Ty::U8.into()], &[Ty::Bool.into(), Ty::U8.into()], &|f| {
            let found = f.state_read(op, outer, f.param(0));
            f.ret(found);
        });
    }
    add("any", &[Ty::U8.into()], &[Ty::Bool.into()], &|f| {
        let any = f.state_read(Op::StateAny, inner, f.param(0));
        f.ret(any);
    });
    add("drain", &[Ty::U8.into()], &[Ty::U64.into()], &drain);
    module.finish().expect("the module fits")
}

/// Adds up and removes the entries of a group, the least first, and puts the last one back.
fn drain(f: &mut FunctionBuilder<'_>) {
    let (inner, text) = (key_operand(0, 1).expect("few"), Type::Heap(0));
    let zero = f.constant(crate::support::number(Ty::U64, 0));
    let sum = f.register(Ty::U64);
    f.push(Inst::mov(Ty::U64, sum, zero));
    let (head, body, done) = (f.block(), f.block(), f.block());
    f.jump(head);
    f.switch_to(head);
    let any = f.state_read(Op::StateAny, inner, f.param(0));
    f.branch(any, body, done);
    f.switch_to(body);
    let key = f.state_read(Op::StateFirst, inner, f.param(0));
    let kept = f.dup(text, key);
    let keys = f.gather(&[(f.param(0), Ty::U8.into()), (key, text)]);
    let value = f.state_read(Op::StateLoad, 0, keys);
    f.push(Inst::typed(Op::Add, Ty::U64, sum, sum, value));
    let keys = f.gather(&[(f.param(0), Ty::U8.into()), (kept, text)]);
    f.push(Inst::untyped(Op::StateRemove, 0, 0, keys));
    f.jump(head);
    f.switch_to(done);
    f.ret(sum);
}

fn text(text: &str) -> Vec<u8> {
    [&(text.len() as u32).to_le_bytes()[..], text.as_bytes()].concat()
}

fn keys(group: u8, word: &str) -> Vec<u8> {
    [&[group][..], &text(word)].concat()
}

fn put(chain: &mut Chain, group: u8, word: &str, value: u64) {
    let args = [keys(group, word), value.to_le_bytes().to_vec()].concat();
    assert_eq!(chain.call("put", &args).status, Status::Ok(vec![]));
}

fn found(found: bool, word: &str) -> Status {
    Status::Ok([&[u8::from(found)][..], &text(word)].concat())
}

#[test]
fn steps_go_in_the_order_of_keys() {
    let mut chain = Chain::new(words());
    let all = ["", "\0", "a", "a\0", "aa", "b"];
    for word in ["b", "aa", "", "a\0", "\0", "a"] {
        put(&mut chain, 7, word, 1);
    }
    put(&mut chain, 6, "z", 1);
    put(&mut chain, 8, "", 1);
    assert_eq!(chain.call("first", &[7]).status, Status::Ok(text("")));
    assert_eq!(chain.call("last", &[7]).status, Status::Ok(text("b")));
    for pair in all.windows(2) {
        assert_eq!(chain.call("next", &keys(7, pair[0])).status, found(true, pair[1]));
        assert_eq!(chain.call("prev", &keys(7, pair[1])).status, found(true, pair[0]));
    }
    assert_eq!(chain.call("next", &keys(7, "b")).status, found(false, "b"));
    assert_eq!(chain.call("prev", &keys(7, "")).status, found(false, ""));
    assert_eq!(chain.call("next", &keys(7, "ab")).status, found(true, "b"), "from no entry");
    assert_eq!(result(&chain.call("any", &[7])), 1);
    assert_eq!(result(&chain.call("any", &[9])), 0);
    assert_eq!(trap(&chain.call("first", &[9])), TrapKind::MissingKey);
    assert_eq!(trap(&chain.call("last", &[0])), TrapKind::MissingKey);
}

#[test]
fn outer_keys_are_walked_once_each() {
    let mut chain = Chain::new(words());
    for (group, word) in [(3, "x"), (3, "y"), (5, ""), (255, "end"), (255, "\u{ff}")] {
        put(&mut chain, group, word, 1);
    }
    assert_eq!(chain.call("first_group", &[]).status, Status::Ok(vec![3]));
    assert_eq!(chain.call("last_group", &[]).status, Status::Ok(vec![255]));
    let step = |chain: &mut Chain, name: &str, from: u8| chain.call(name, &[from]).status;
    assert_eq!(step(&mut chain, "next_group", 3), Status::Ok(vec![1, 5]));
    assert_eq!(step(&mut chain, "next_group", 5), Status::Ok(vec![1, 255]));
    assert_eq!(step(&mut chain, "next_group", 255), Status::Ok(vec![0, 255]));
    assert_eq!(step(&mut chain, "prev_group", 255), Status::Ok(vec![1, 5]));
    assert_eq!(step(&mut chain, "prev_group", 3), Status::Ok(vec![0, 3]));
}

#[test]
fn a_walk_says_what_it_depends_on() {
    let mut chain = Chain::new(words());
    put(&mut chain, 1, "a", 1);
    put(&mut chain, 1, "c", 1);
    let entries: Vec<Vec<u8>> = chain.host.entries.keys().cloned().collect();
    let outcome = chain.call("next", &keys(1, "a"));
    assert_eq!(outcome.reads, [], "the value was not asked for");
    let [RangeRead { start, end, keys: passed, .. }] = &outcome.ranges[..] else {
        panic!("{:?}", outcome.ranges)
    };
    assert_eq!(*start, [&entries[0][..], &[0]].concat());
    assert_eq!(*end, [&entries[1][..], &[0]].concat());
    assert_eq!(*passed, [entries[1].clone()]);
    let outcome = chain.call("next", &keys(1, "c"));
    assert_eq!(outcome.ranges.len(), 1);
    assert_eq!(outcome.ranges[0].keys, [] as [Vec<u8>; 0], "nothing to the end of the group");
    let outcome = chain.call("drain", &[1]);
    assert_eq!(result(&outcome), 2);
    assert_eq!((outcome.reads.len(), outcome.ranges.len()), (2, 1));
    assert_eq!(outcome.ranges[0].keys, entries);
    assert_eq!(outcome.writes.len(), 2);
}

#[test]
fn a_walk_pays_for_each_question_and_may_run_out() {
    let mut chain = Chain::new(words());
    for word in ["a", "b", "c", "d"] {
        put(&mut chain, 1, word, 1);
    }
    let cold = GasSchedule::V1.state_cold;
    let used = |chain: &mut Chain, group: u8| {
        chain.run(Mode::Transaction, "drain", &[group], 1 << 40).gas_used
    };
    let (four, none) = (used(&mut chain, 1), used(&mut chain, 2));
    assert!((cold..cold + 300).contains(&none), "one question: {none}");
    let each = (four - none) / 4;
    let change = GasSchedule::V1.state_change;
    assert!((cold + change..cold + change + 1_000).contains(&each), "{each}");
    let short = chain.run(Mode::Transaction, "drain", &[1], four - 1);
    assert_eq!((short.status, short.gas_used), (Status::OutOfGas, four - 1));
    assert_eq!(short.writes, []);
}

#[test]
fn keys_are_bounded() {
    let mut config = Config::default();
    config.limits.key_bytes = 8 + 1 + 2 + 10;
    let mut chain = Chain::with(words(), config);
    put(&mut chain, 1, "0123456789", 1);
    let long = [keys(1, "0123456789a"), vec![0; 8]].concat();
    assert_eq!(trap(&chain.call("put", &long)), TrapKind::Memory);
    let zeros = [keys(1, "\0\0\0\0\0\0"), vec![0; 8]].concat();
    assert_eq!(trap(&chain.call("put", &zeros)), TrapKind::Memory, "a zero takes two bytes");
}

#[derive(Clone, Debug)]
enum Step {
    Put(u8, String),
    Remove(u8, String),
    Next(u8, String),
    Prev(u8, String),
    NextGroup(u8),
    PrevGroup(u8),
    Any(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let word = || "[\\x00ab]{0,3}".prop_map(String::from);
    let group = || prop_oneof![0u8..3, 254u8..=255];
    prop::collection::vec(
        prop_oneof![
            3 => (group(), word()).prop_map(|(g, w)| Step::Put(g, w)),
            2 => (group(), word()).prop_map(|(g, w)| Step::Remove(g, w)),
            2 => (group(), word()).prop_map(|(g, w)| Step::Next(g, w)),
            2 => (group(), word()).prop_map(|(g, w)| Step::Prev(g, w)),
            1 => group().prop_map(Step::NextGroup),
            1 => group().prop_map(Step::PrevGroup),
            1 => group().prop_map(Step::Any),
        ],
        1..24,
    )
}

type Model = BTreeSet<(u8, Vec<u8>)>;

/// What a step changes, and what it gives.
fn modelled(model: &mut Model, step: &Step) -> Vec<u8> {
    let answer = |found: Option<&(u8, Vec<u8>)>, given: &str| {
        let word = found.map_or(given.as_bytes(), |(_, word)| word);
        let text = String::from_utf8(word.to_vec()).expect("it was text");
        [&[u8::from(found.is_some())][..], &self::text(&text)].concat()
    };
    let group_answer =
        |found: Option<u8>, given: u8| vec![u8::from(found.is_some()), found.unwrap_or(given)];
    match step {
        Step::Put(group, word) => {
            model.insert((*group, word.clone().into_bytes()));
            Vec::new()
        }
        Step::Remove(group, word) => {
            model.remove(&(*group, word.clone().into_bytes()));
            Vec::new()
        }
        Step::Next(group, word) => {
            let key = (*group, word.clone().into_bytes());
            let mut later = model.iter().filter(|entry| entry.0 == *group && **entry > key);
            answer(later.next(), word)
        }
        Step::Prev(group, word) => {
            let key = (*group, word.clone().into_bytes());
            let mut earlier = model.iter().rev().filter(|entry| entry.0 == *group && **entry < key);
            answer(earlier.next(), word)
        }
        Step::NextGroup(from) => {
            group_answer(model.iter().map(|entry| entry.0).find(|group| group > from), *from)
        }
        Step::PrevGroup(from) => {
            group_answer(model.iter().rev().map(|entry| entry.0).find(|group| group < from), *from)
        }
        Step::Any(of) => vec![u8::from(model.iter().any(|(group, _)| group == of))],
    }
}

/// One entry that makes all steps in one call, and gives what they give one after the other.
fn script(steps: &[Step]) -> Module {
    let mut module = ModuleBuilder::new("test.Script");
    let text = module.string();
    let (name, keys) = ("words".into(), vec![Ty::U8.into(), text]);
    module.field(StateField { name, keys, value: Ty::U64.into(), default: None });
    let results: Vec<Type> = steps
        .iter()
        .flat_map(|step| match step {
            Step::Put(..) | Step::Remove(..) => vec![],
            Step::Next(..) | Step::Prev(..) => vec![Ty::Bool.into(), text],
            Step::NextGroup(_) | Step::PrevGroup(_) => vec![Ty::Bool.into(), Ty::U8.into()],
            Step::Any(_) => vec![Ty::Bool.into()],
        })
        .collect();
    let index = module.declare("f", FunctionKind::Entry, Type::NONE, &results);
    let mut f = module.function(index);
    let mut given = Vec::new();
    for step in steps {
        emit(&mut f, step, text, &mut given);
    }
    let row = f.gather(&given);
    f.ret(if given.is_empty() { 0 } else { row });
    f.finish();
    module.finish().expect("the script fits")
}

fn emit(f: &mut FunctionBuilder<'_>, step: &Step, text: Type, given: &mut Vec<(u16, Type)>) {
    let (outer, inner) = (key_operand(0, 0).expect("few"), key_operand(0, 1).expect("few"));
    let number = |f: &mut FunctionBuilder<'_>, group: &u8| {
        f.constant(crate::support::number(Ty::U8, u64::from(*group)))
    };
    let keys = |f: &mut FunctionBuilder<'_>, group: &u8, word: &str| {
        let (group, word) = (number(f, group), f.literal(text, word.as_bytes()));
        f.gather(&[(group, Ty::U8.into()), (word, text)])
    };
    let read = match step {
        Step::Put(group, word) => {
            let keys = keys(f, group, word);
            let one = f.constant(crate::support::number(Ty::U64, 1));
            return f.push(Inst::untyped(Op::StateStore, one, 0, keys));
        }
        Step::Remove(group, word) => {
            let keys = keys(f, group, word);
            return f.push(Inst::untyped(Op::StateRemove, 0, 0, keys));
        }
        Step::Next(group, word) => (Op::StateNext, inner, keys(f, group, word), Some(text)),
        Step::Prev(group, word) => (Op::StatePrev, inner, keys(f, group, word), Some(text)),
        Step::NextGroup(group) => (Op::StateNext, outer, number(f, group), Some(Ty::U8.into())),
        Step::PrevGroup(group) => (Op::StatePrev, outer, number(f, group), Some(Ty::U8.into())),
        Step::Any(group) => (Op::StateAny, inner, number(f, group), None),
    };
    let (op, along, keys, key) = read;
    let to = f.state_read(op, along, keys);
    given.push((to, Ty::Bool.into()));
    given.extend(key.map(|ty| (to + 1, ty)));
}

proptest! {
    #![proptest_config(tiers::cases(256))]

    /// Whatever is in the chain and whatever the call itself writes and removes, steps see the
    /// entries that are there at that moment, in one call as in many.
    #[test]
    fn walks_agree_with_a_model(before in steps(), within in steps()) {
        let mut model = Model::new();
        let mut chain = Chain::new(words());
        for step in &before {
            if let Step::Put(group, word) = step {
                put(&mut chain, *group, word, 1);
                modelled(&mut model, step);
            }
        }
        let committed = chain.host.entries.clone();
        let mut scripted = Chain::new(script(&within));
        scripted.host.entries = committed.clone();
        let outcome = scripted.run(Mode::Transaction, "f", &[], 1 << 40);
        let expected: Vec<u8> = within.iter().flat_map(|step| modelled(&mut model, step)).collect();
        prop_assert_eq!(&outcome.status, &Status::Ok(expected));
        depends(&outcome.ranges, &committed);
        scripted.host.apply(&outcome.writes);
        prop_assert_eq!(scripted.host.entries.len(), model.len());
    }
}

/// Stretches ascend, are disjoint, and name exactly the committed keys in them.
fn depends(ranges: &[RangeRead], committed: &BTreeMap<Vec<u8>, Vec<u8>>) {
    assert!(ranges.windows(2).all(|pair| pair[0].end < pair[1].start), "{ranges:?}");
    for range in ranges {
        let within = committed.range(range.start.clone()..range.end.clone());
        let within: Vec<Vec<u8>> = within.map(|(key, _)| key.clone()).collect();
        assert_eq!(range.keys, within);
    }
}
