//! Operators on maps against the standard library's maps: what they give, what is left, on every
//! tier with the same gas and memory.

use std::collections::BTreeMap;

use deed_bytecode::builder::{FunctionBuilder, ModuleBuilder};
use deed_bytecode::{FunctionKind, Inst, Module, Op, Ty, Type};
use proptest::prelude::*;

use crate::heap::{bytes_of, u64_const};
use crate::support::Chain;
use crate::tiers;

const U16: Type = Type::Scalar(Ty::U16);
const U64: Type = Type::Scalar(Ty::U64);

/// What an operation does, by its number.
const KINDS: u64 = 8;
const KEYS: u64 = 48;

/// Runs the code only where the condition holds.
fn only_if(
    f: &mut FunctionBuilder<'_>,
    condition: u16,
    then: impl FnOnce(&mut FunctionBuilder<'_>),
) {
    let (inside, after) = (f.block(), f.block());
    f.branch(condition, inside, after);
    f.switch_to(inside);
    then(f);
    f.jump(after);
    f.switch_to(after);
}

/// `f(map, operations, text)`: the map after all of them, and a number that hangs on what each gave.
fn module() -> Module {
    let mut m = ModuleBuilder::new("test.Maps");
    let bytes = m.bytes();
    let (map, steps) = (m.map(U16, bytes), m.vec(U64));
    let index = m.declare("f", FunctionKind::View, &[map, steps, bytes], &[map, U64]);
    let mut f = m.function(index);
    let (held, operations, text) = (f.param(0), f.param(1), f.param(2));
    let (zero, one) = (u64_const(&mut f, 0), u64_const(&mut f, 1));
    let (i, sum) = (f.register(U64), f.register(U64));
    f.push(Inst::mov(Ty::U64, i, zero));
    f.push(Inst::mov(Ty::U64, sum, zero));
    let (head, body, done) = (f.block(), f.block(), f.block());
    f.jump(head);
    f.switch_to(head);
    let length = f.heap(Op::Len, steps, &[operations]);
    let more = f.binary(Op::Lt, Ty::U64, i, length);
    f.branch(more, body, done);
    f.switch_to(body);
    let step = f.heap(Op::VecGet, steps, &[operations, i]);
    f.push(Inst::typed(Op::Add, Ty::U64, i, i, one));
    operation(&mut f, [map, bytes], [held, text, step, sum]);
    f.jump(head);
    f.switch_to(done);
    f.drop(steps, operations);
    f.drop(bytes, text);
    let results = f.gather(&[(held, map), (sum, U64)]);
    f.ret(results);
    f.finish();
    m.finish().expect("small")
}

/// One operation on `held`: `step` is its key and, times the number of keys, its kind.
fn operation(
    f: &mut FunctionBuilder<'_>,
    [map, bytes]: [Type; 2],
    [held, text, step, sum]: [u16; 4],
) {
    let keys = u64_const(f, KEYS);
    let kind = f.binary(Op::Div, Ty::U64, step, keys);
    let key = f.binary(Op::Rem, Ty::U64, step, keys);
    let key = f.cast(Ty::U16, key, Ty::U64);
    let found = f.heap(Op::MapFind, map, &[held, key]);
    let place = found + 1;
    let size = f.heap(Op::Len, map, &[held]);
    for term in [place, size] {
        f.push(Inst::typed(Op::Add, Ty::U64, sum, sum, term));
    }
    let is = |f: &mut FunctionBuilder<'_>, wanted: u64| {
        let wanted = u64_const(f, wanted);
        f.binary(Op::Eq, Ty::U64, kind, wanted)
    };
    let there = |f: &mut FunctionBuilder<'_>, wanted: u64| {
        let is = is(f, wanted);
        f.binary(Op::And, Ty::Bool, is, found)
    };
    let few = u64_const(f, 3);
    let puts = f.binary(Op::Lt, Ty::U64, kind, few);
    only_if(f, puts, |f| {
        let copy = f.dup(bytes, text);
        f.heap(Op::MapPut, map, &[held, key, copy]);
    });
    let takes = there(f, 3);
    only_if(f, takes, |f| {
        let taken = f.heap(Op::MapTake, map, &[held, place]);
        f.drop(bytes, taken);
    });
    let sets = there(f, 4);
    only_if(f, sets, |f| {
        let own = f.heap(Op::MapGet, map, &[held, place]);
        let both = f.gather(&[(own, bytes)]);
        f.heap(Op::Concat, bytes, &[both, text]);
        f.heap(Op::MapSet, map, &[held, place, both]);
    });
    let swaps = there(f, 5);
    only_if(f, swaps, |f| {
        let other = f.literal(bytes, b"!");
        f.heap(Op::MapSwap, map, &[held, place, other]);
        let length = f.heap(Op::Len, bytes, &[other]);
        f.push(Inst::typed(Op::Add, Ty::U64, sum, sum, length));
        f.drop(bytes, other);
    });
    let names = there(f, 6);
    only_if(f, names, |f| {
        let name = f.heap(Op::MapKey, map, &[held, place]);
        let name = f.cast(Ty::U64, name, Ty::U16);
        f.push(Inst::typed(Op::Add, Ty::U64, sum, sum, name));
    });
    // A copy that is changed leaves the map as it was.
    let copies = there(f, 7);
    only_if(f, copies, |f| {
        let copy = f.dup(map, held);
        let taken = f.heap(Op::MapTake, map, &[copy, place]);
        f.drop(bytes, taken);
        f.drop(map, copy);
    });
}

/// What the function should give.
fn expected(held: &BTreeMap<u16, Vec<u8>>, steps: &[u64], text: &[u8]) -> Vec<u8> {
    let (mut held, mut sum) = (held.clone(), 0u64);
    for step in steps {
        let (kind, key) = (step / KEYS, (step % KEYS) as u16);
        sum += held.range(..key).count() as u64 + held.len() as u64;
        let there = held.contains_key(&key);
        match kind {
            0..3 => _ = held.insert(key, text.to_vec()),
            3 => _ = held.remove(&key),
            4 if there => held.entry(key).or_default().extend(text),
            5 if there => sum += held.insert(key, b"!".to_vec()).map_or(0, |old| old.len() as u64),
            6 if there => sum += u64::from(key),
            _ => {}
        }
    }
    [encoded(&held), sum.to_le_bytes().to_vec()].concat()
}

fn counted(count: usize) -> Vec<u8> {
    (count as u32).to_le_bytes().to_vec()
}

fn encoded(held: &BTreeMap<u16, Vec<u8>>) -> Vec<u8> {
    let mut bytes = counted(held.len());
    for (key, value) in held {
        bytes.extend_from_slice(&key.to_le_bytes());
        bytes.extend(counted(value.len()));
        bytes.extend_from_slice(value);
    }
    bytes
}

proptest! {
    #![proptest_config(tiers::cases(48))]

    #[test]
    fn maps_are_maps_on_every_tier(
        held in prop::collection::btree_map(0u16..60, prop::collection::vec(any::<u8>(), 0..4), 0..50),
        steps in prop::collection::vec(0..KINDS * KEYS, 0..120),
        text in prop::collection::vec(any::<u8>(), 0..3),
    ) {
        let mut args = encoded(&held);
        args.extend(counted(steps.len()));
        steps.iter().for_each(|step| args.extend_from_slice(&step.to_le_bytes()));
        args.extend(counted(text.len()));
        args.extend_from_slice(&text);
        let outcome = Chain::new(module()).call("f", &args);
        prop_assert_eq!(bytes_of(&outcome), expected(&held, &steps, &text));
    }
}
