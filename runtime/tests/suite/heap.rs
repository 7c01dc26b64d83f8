//! Heap values in registers: what each operator gives, when it traps, and that no change is ever
//! seen through another register.

use deed_bytecode::builder::{FunctionBuilder, ModuleBuilder};
use deed_bytecode::{FunctionKind, Inst, Module, Op, Ty, Type};
use deed_runtime::{Config, GasSchedule, Limits, Mode, Outcome, Status, TrapKind};
use proptest::prelude::*;

use crate::support::{Chain, number, trap};
use crate::tiers;

/// A module with one function, `f`, that `write` writes; heap types come from `types`.
pub(crate) fn module<T: Copy>(
    types: impl FnOnce(&mut ModuleBuilder) -> (T, Vec<Type>, Vec<Type>),
    write: impl FnOnce(&mut FunctionBuilder<'_>, T),
) -> Module {
    let mut module = ModuleBuilder::new("test.Heap");
    let (types, params, results) = types(&mut module);
    let index = module.declare("f", FunctionKind::Entry, &params, &results);
    let mut code = module.function(index);
    write(&mut code, types);
    code.finish();
    module.finish().expect("a module of a test fits")
}

pub(crate) fn u64_const(f: &mut FunctionBuilder<'_>, value: u64) -> u16 {
    f.constant(number(Ty::U64, value))
}

pub(crate) fn bytes_of(outcome: &Outcome) -> Vec<u8> {
    match &outcome.status {
        Status::Ok(bytes) => bytes.clone(),
        other => panic!("the call ended with {other:?}"),
    }
}

/// A string or `bytes`, or packed elements, in the canonical encoding.
pub(crate) fn blob(count: usize, bytes: &[u8]) -> Vec<u8> {
    [&(count as u32).to_le_bytes(), bytes].concat()
}

const U64: Type = Type::Scalar(Ty::U64);

#[test]
fn strings_join_and_are_cut_between_characters() {
    let module = module(
        |m| (m.string(), vec![U64, U64], vec![m.string(), U64]),
        |f, string| {
            let (text, more) = (f.literal(string, "债权".as_bytes()), f.literal(string, b"!"));
            f.heap(Op::Concat, string, &[text, more]);
            let range = f.gather(&[(f.param(0), U64), (f.param(1), U64)]);
            let part = f.heap(Op::Slice, string, &[text, range]);
            let length = f.heap(Op::Len, string, &[text]);
            f.drop(string, text);
            f.drop(string, more);
            let results = f.gather(&[(part, string), (length, U64)]);
            f.ret(results);
        },
    );
    let mut chain = Chain::new(module);
    let mut slice =
        |from: u64, to: u64| chain.call("f", &[from.to_le_bytes(), to.to_le_bytes()].concat());
    let expected = [blob(4, "权!".as_bytes()), 7u64.to_le_bytes().to_vec()].concat();
    assert_eq!(bytes_of(&slice(3, 7)), expected);
    assert_eq!(bytes_of(&slice(7, 7))[..4], [0; 4]);
    for (from, to) in [(1, 3), (0, 4), (0, 8), (2, 1), (u64::MAX, 0), (8, 8)] {
        assert_eq!(trap(&slice(from, to)), TrapKind::OutOfBounds, "{from}..{to}");
    }
}

/// A list of numbers in the canonical encoding.
fn numbers(values: &[u64]) -> Vec<u8> {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    blob(values.len(), &bytes)
}

#[test]
fn elements_out_of_bounds_trap() {
    for op in [Op::VecGet, Op::VecSet, Op::VecSwap] {
        let module = module(
            |m| (m.vec(Ty::U64), vec![m.vec(Ty::U64), U64], vec![m.vec(Ty::U64)]),
            |f, vec| {
                let (list, index) = (f.param(0), f.param(1));
                let nine = u64_const(f, 9);
                match op {
                    Op::VecGet => drop(f.heap(op, vec, &[list, index])),
                    _ => drop(f.heap(op, vec, &[list, index, nine])),
                }
                f.ret(list);
            },
        );
        let mut chain = Chain::new(module);
        let mut call = |index: u64| {
            chain.call("f", &[numbers(&[1, 2]), index.to_le_bytes().to_vec()].concat())
        };
        let expected = if op == Op::VecGet { [1, 2] } else { [1, 9] };
        assert_eq!(bytes_of(&call(1)), numbers(&expected));
        for index in [2, u64::MAX, 1 << 32] {
            assert_eq!(trap(&call(index)), TrapKind::OutOfBounds);
        }
    }
    let module = module(
        |m| (m.vec(Ty::U64), vec![m.vec(Ty::U64)], vec![m.vec(Ty::U64)]),
        |f, vec| {
            f.heap(Op::VecPop, vec, &[f.param(0)]);
            f.ret(f.param(0));
        },
    );
    let mut chain = Chain::new(module);
    assert_eq!(bytes_of(&chain.call("f", &numbers(&[3, 4]))), numbers(&[3]));
    assert_eq!(trap(&chain.call("f", &numbers(&[]))), TrapKind::OutOfBounds);
}

#[test]
fn nested_vectors_are_values() {
    // `f(list)`: a list of it twice; then the inner ones change apart.
    let module = module(
        |m| {
            let inner = m.vec(Ty::U8);
            let outer = m.vec(inner);
            ((inner, outer), vec![inner], vec![outer, outer])
        },
        |f, (inner, outer)| {
            let two = u64_const(f, 2);
            let both = f.heap(Op::VecFill, outer, &[two, f.param(0)]);
            let kept = f.dup(outer, both);
            let (zero, one) = (u64_const(f, 0), u64_const(f, 1));
            let first = f.heap(Op::VecGet, outer, &[both, zero]);
            let byte = f.constant(number(Ty::U8, 7));
            f.heap(Op::VecPush, inner, &[first, byte]);
            f.heap(Op::VecSwap, outer, &[both, one, first]);
            f.drop(inner, first);
            let results = f.gather(&[(both, outer), (kept, outer)]);
            f.ret(results);
        },
    );
    let mut chain = Chain::new(module);
    let (before, after) = (blob(2, &[1, 2]), blob(3, &[1, 2, 7]));
    let expected =
        [blob(2, &[]), before.clone(), after, blob(2, &[]), before.clone(), before.clone()];
    assert_eq!(bytes_of(&chain.call("f", &before)), expected.concat());
}

/// `Status`: `Live`, `Paid(u128, string)`; `Note { id: u64, status: Status, tags: Vec<string> }`.
fn note(m: &mut ModuleBuilder) -> (Type, Type, Type) {
    let (string, u128) = (m.string(), Type::Scalar(Ty::U128));
    let status = m.enumeration("test.Status", &[&[], &[u128, string]]);
    let tags = m.vec(string);
    (m.record("test.Note", &[U64, status, tags]), status, tags)
}

#[test]
fn records_and_enums_change_in_place_and_apart() {
    let module = module(
        |m| {
            let (note, status, tags) = note(m);
            ((note, status, tags, m.string()), vec![note], vec![note, note])
        },
        |f, (note, status, tags, string)| {
            let before = f.dup(note, f.param(0));
            let parts = f.heap(Op::RecordOpen, note, &[f.param(0)]);
            let tag = f.literal(string, b"new");
            f.heap(Op::VecPush, tags, &[parts + 2, tag]);
            f.drop(status, parts + 1);
            let text = f.literal(string, b"paid");
            let amount = f.constant(number(Ty::U128, 5));
            let payload = f.gather(&[(amount, Type::Scalar(Ty::U128)), (text, string)]);
            let paid = f.heap(Op::EnumMake, status, &[payload, 1]);
            let row = f.gather(&[(parts, U64), (paid, status), (parts + 2, tags)]);
            let after = f.heap(Op::RecordMake, note, &[row]);
            let id = f.heap(Op::RecordGet, note, &[after, 0]);
            let next = f.binary(Op::Add, Ty::U64, id, id);
            f.heap(Op::RecordSet, note, &[after, 0, next]);
            let results = f.gather(&[(before, note), (after, note)]);
            f.ret(results);
        },
    );
    let mut chain = Chain::new(module);
    let tag = blob(1, b"a");
    let before = [&4u64.to_le_bytes()[..], &[0], &blob(1, &tag)].concat();
    let paid = [&[1][..], &5u128.to_le_bytes(), &blob(4, b"paid")].concat();
    let after = [&8u64.to_le_bytes()[..], &paid, &blob(2, &tag), &blob(3, b"new")].concat();
    assert_eq!(bytes_of(&chain.call("f", &before)), [before.clone(), after].concat());
}

#[test]
fn the_payload_of_another_variant_traps() {
    for op in [Op::EnumGet, Op::EnumOpen] {
        let module = module(
            |m| (m.option(Ty::U64), vec![m.option(Ty::U64)], vec![U64]),
            |f, option| {
                let value = f.heap(op, option, &[f.param(0), 1]);
                if op == Op::EnumGet {
                    f.drop(option, f.param(0));
                }
                f.ret(value);
            },
        );
        let mut chain = Chain::new(module);
        assert_eq!(bytes_of(&chain.call("f", &[1, 9, 0, 0, 0, 0, 0, 0, 0])), 9u64.to_le_bytes());
        assert_eq!(trap(&chain.call("f", &[0])), TrapKind::Unreachable);
    }
}

#[test]
fn order_goes_part_by_part() {
    let module = module(
        |m| {
            let inner = m.vec(Ty::I16);
            let option = m.option(inner);
            let string = m.string();
            let pair = m.record("(Option<Vec<i16>>, string)", &[option, string]);
            (pair, vec![pair, pair], vec![Ty::Bool.into(), Ty::Bool.into(), Ty::Bool.into()])
        },
        |f, pair| {
            let (left, right) = (f.param(0), f.param(1));
            let less = f.binary(Op::Lt, pair, left, right);
            let least = f.binary(Op::Le, pair, left, right);
            let same = f.binary(Op::Eq, pair, left, right);
            f.drop(pair, left);
            f.drop(pair, right);
            let results = f.gather(&[(less, Ty::Bool), (least, Ty::Bool), (same, Ty::Bool)]);
            f.ret(results);
        },
    );
    let mut chain = Chain::new(module);
    let some = |values: &[i16]| {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        [vec![1], blob(values.len(), &bytes)].concat()
    };
    let pair = |option: Vec<u8>, text: &str| [option, blob(text.len(), text.as_bytes())].concat();
    let ascending = [
        pair(vec![0], "z"),
        pair(some(&[]), "z"),
        pair(some(&[-300, 5]), "a"),
        pair(some(&[-300, 5]), "aa"),
        pair(some(&[-300, 5]), "b"),
        pair(some(&[-300, 5, 0]), "a"),
        pair(some(&[-1]), ""),
        pair(some(&[0]), ""),
        pair(some(&[256]), ""),
    ];
    for (l, left) in ascending.iter().enumerate() {
        for (r, right) in ascending.iter().enumerate() {
            let outcome = chain.call("f", &[&left[..], right].concat());
            assert_eq!(bytes_of(&outcome), [l < r, l <= r, l == r].map(u8::from), "{l} {r}");
        }
    }
}

/// What the lists of a random program hold, by Rust's own vectors.
#[derive(Default)]
struct Lists {
    /// The registers that own a list.
    held: Vec<(u16, Vec<u64>)>,
}

/// A straight program on lists of numbers, and what it returns: every list that is left.
fn program(steps: &[(u8, u8, u8, u64)]) -> (Module, Vec<Vec<u64>>) {
    let mut module = ModuleBuilder::new("test.Random");
    let (vec, mut lists) = (module.vec(Ty::U64), Lists::default());
    // The results are as many lists as are left: the body is written first, and then again.
    for pass in 0..2 {
        let count = lists.held.len();
        lists.held.clear();
        let results = vec![vec; count];
        let index = module.declare(format!("f{pass}"), FunctionKind::Entry, Type::NONE, &results);
        let mut f = module.function(index);
        steps.iter().for_each(|step| lists.step(&mut f, vec, *step));
        let row: Vec<(u16, Type)> = lists.held.iter().map(|held| (held.0, vec)).collect();
        let base = f.gather(&row);
        f.ret(base);
        f.finish();
    }
    module.module_mut().functions.remove(0);
    let module = module.finish().expect("small");
    (module, lists.held.into_iter().map(|held| held.1).collect())
}

impl Lists {
    fn step(&mut self, f: &mut FunctionBuilder<'_>, vec: Type, step: (u8, u8, u8, u64)) {
        let (what, first, second, number) = step;
        if self.held.is_empty() || what % 8 == 0 && self.held.len() < 20 {
            let bytes: Vec<u8> = [number, 7].iter().flat_map(|it| it.to_le_bytes()).collect();
            self.held.push((f.literal(vec, &bytes), vec![number, 7]));
            return;
        }
        let at = usize::from(first) % self.held.len();
        let other = self.held[usize::from(second) % self.held.len()].clone();
        let value = u64_const(f, number);
        let (reg, list) = &mut self.held[at];
        let reg = *reg;
        match what % 8 {
            1 | 2 if list.len() < 200 => {
                let copy = list.clone();
                let dup = f.dup(vec, reg);
                self.held.push((dup, copy));
            }
            3 if list.len() + other.1.len() < 200 => {
                f.heap(Op::Concat, vec, &[reg, other.0]);
                list.extend(other.1);
            }
            4 if !list.is_empty() => {
                let index = usize::from(second) % list.len();
                let index_reg = u64_const(f, index as u64);
                f.heap(Op::VecSet, vec, &[reg, index_reg, value]);
                list[index] = number;
            }
            5 if !list.is_empty() => {
                f.heap(Op::VecPop, vec, &[reg]);
                list.pop();
            }
            6 => {
                let (from, to) = (list.len() / 3, list.len());
                let (start, end) = (u64_const(f, from as u64), u64_const(f, to as u64));
                let range = f.gather(&[(start, Ty::U64), (end, Ty::U64)]);
                let part = f.heap(Op::Slice, vec, &[reg, range]);
                f.drop(vec, reg);
                self.held[at] = (part, other_slice(&self.held[at].1, from));
            }
            _ => {
                f.heap(Op::VecPush, vec, &[reg, value]);
                list.push(number);
            }
        }
    }
}

fn other_slice(list: &[u64], from: usize) -> Vec<u64> {
    list[from..].to_vec()
}

proptest! {
    #![proptest_config(tiers::cases(256))]

    #[test]
    fn lists_are_as_rusts(steps in prop::collection::vec(any::<(u8, u8, u8, u64)>(), 1..80)) {
        let (module, expected) = program(&steps);
        let mut chain = Chain::new(module);
        let expected: Vec<u8> = expected.iter().flat_map(|list| numbers(list)).collect();
        prop_assert_eq!(bytes_of(&chain.call("f1", &[])), expected);
    }
}

#[test]
fn memory_is_limited_by_live_bytes_and_gas_is_exact() {
    // `f(n)`: n bytes of zeros, of which the length remains.
    let module = module(
        |m| (m.bytes(), vec![U64], vec![U64]),
        |f, bytes| {
            let zero = f.constant(number(Ty::U8, 0));
            let value = f.heap(Op::VecFill, bytes, &[f.param(0), zero]);
            let length = f.heap(Op::Len, bytes, &[value]);
            f.drop(bytes, value);
            f.ret(length);
        },
    );
    let limits = Limits { memory_bytes: 1 << 20, ..Limits::V1 };
    let mut chain = Chain::with(module, Config { limits, ..Config::default() });
    let mut call = |n: u64, gas: u64| chain.run(Mode::Transaction, "f", &n.to_le_bytes(), gas);
    let most = (1 << 20) - 16;
    assert_eq!(bytes_of(&call(most, 1 << 40)), most.to_le_bytes());
    assert_eq!(call(most, 1 << 40).status, call(most, 1 << 40).status);
    for n in [most + 1, u64::MAX >> 1] {
        assert_eq!(trap(&call(n, 1 << 62)), TrapKind::Memory);
    }
    let v1 = GasSchedule::V1;
    let fixed = v1.argument_byte * 8 + v1.moves[0] + 3 * v1.heap + v1.flow + v1.call_slot;
    let slots = v1.moves[0] * (2 + 1 + 1);
    let cost = fixed + slots + v1.heap_value + v1.heap_chunk * (1 << 20) / 32;
    let exact = call(most, cost);
    assert_eq!((exact.gas_used, bytes_of(&exact).len()), (cost, 8));
    assert_eq!(call(most, cost - 1).status, Status::OutOfGas);
}

/// `while i < n { vec[i] = value; i += 1 }`, entered at `head`; goes on at `behind`.
fn fill(
    f: &mut FunctionBuilder<'_>,
    vec: (Type, u16),
    (i, n, value): (u16, u16, u16),
    (head, behind): (u16, u16),
) {
    let inside = f.block();
    f.switch_to(head);
    let more = f.binary(Op::Lt, Ty::U64, i, n);
    f.branch(more, inside, behind);
    f.switch_to(inside);
    f.push(Inst::typed(Op::VecSet, vec.0, vec.1, i, value));
    let one = u64_const(f, 1);
    f.push(Inst::typed(Op::Add, Ty::U64, i, i, one));
    f.jump(head);
}

/// The second loop begins right behind the first one, which may be passed by, and the vector may have
/// another owner before.
#[test]
fn loops_put_into_one_vector_by_turns() {
    let [shared, alone] = [true, false].map(|shared| {
        module(
            |m| (m.vec(U64), vec![U64, U64], vec![m.vec(U64), m.vec(U64)]),
            |f, vec| {
                let (n, skip) = (f.param(0), f.param(1));
                let (zero, five) = (u64_const(f, 0), u64_const(f, 5));
                let all = f.heap(Op::VecFill, vec, &[n, zero]);
                let kept = match shared {
                    true => f.heap(Op::Dup, vec, &[all]),
                    false => f.heap(Op::VecFill, vec, &[n, five]),
                };
                let [i, k] = [(); 2].map(|()| f.register(Ty::U64));
                f.push(Inst::mov(Ty::U64, i, zero));
                f.push(Inst::mov(Ty::U64, k, zero));
                let [first, second, behind] = [(); 3].map(|()| f.block());
                let skips = f.binary(Op::Ne, Ty::U64, skip, zero);
                f.branch(skips, second, first);
                fill(f, (vec, all), (i, n, five), (first, second));
                fill(f, (vec, all), (k, skip, n), (second, behind));
                f.switch_to(behind);
                let results = f.gather(&[(all, vec), (kept, vec)]);
                f.ret(results);
            },
        )
    });
    let list = |values: &[u64]| {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        blob(values.len(), &bytes)
    };
    for (module, kept) in [(shared, [0; 3]), (alone, [5; 3])] {
        let mut chain = Chain::new(module);
        for (skip, all) in [(0u64, [5, 5, 5]), (1, [3, 0, 0]), (3, [3, 3, 3])] {
            let args = [3u64.to_le_bytes(), skip.to_le_bytes()].concat();
            let expected = [list(&all), list(&kept)].concat();
            assert_eq!(bytes_of(&chain.call("f", &args)), expected);
        }
        let args = [3u64.to_le_bytes(), 4u64.to_le_bytes()].concat();
        assert_eq!(trap(&chain.call("f", &args)), TrapKind::OutOfBounds);
    }
}
