//! Much garbage, deep values, wide values: no stack overflow, and memory that stays small.

use deed_bytecode::builder::{FunctionBuilder, ModuleBuilder};
use deed_bytecode::{FunctionKind, HeapType, Inst, Module, Op, StateField, Ty, Type};
use deed_runtime::{Config, Limits, Status, TrapKind};

use crate::heap::{bytes_of, u64_const};
use crate::support::{Chain, result, trap};

const U64: Type = Type::Scalar(Ty::U64);

/// Runs `body` as often as the number in `count` says; `body` may end in another block.
fn repeat(f: &mut FunctionBuilder<'_>, count: u16, body: impl FnOnce(&mut FunctionBuilder<'_>)) {
    let (zero, one) = (u64_const(f, 0), u64_const(f, 1));
    let i = f.register(Ty::U64);
    f.push(Inst::mov(Ty::U64, i, count));
    let (head, inner, done) = (f.block(), f.block(), f.block());
    f.jump(head);
    f.switch_to(head);
    let more = f.binary(Op::Ne, Ty::U64, i, zero);
    f.branch(more, inner, done);
    f.switch_to(inner);
    body(f);
    f.push(Inst::typed(Op::Sub, Ty::U64, i, i, one));
    f.jump(head);
    f.switch_to(done);
}

fn large() -> Config {
    let limits =
        Limits { memory_bytes: 1 << 30, value_depth: 1 << 24, value_bytes: 1 << 28, ..Limits::V1 };
    Config { limits, ..Config::default() }
}

#[test]
fn ten_gigabytes_of_garbage_take_a_few_megabytes() {
    let mut m = ModuleBuilder::new("test.Garbage");
    let vec = m.vec(Ty::U64);
    let index = m.declare("f", FunctionKind::View, &[U64, U64], &[U64]);
    let mut f = m.function(index);
    let (count, size) = (f.param(0), f.param(1));
    let kept = f.heap(Op::VecFill, vec, &[size, count]);
    repeat(&mut f, count, |f| {
        let garbage = f.heap(Op::VecFill, vec, &[size, size]);
        f.drop(vec, garbage);
    });
    let length = f.heap(Op::Len, vec, &[kept]);
    f.drop(vec, kept);
    f.ret(length);
    f.finish();
    let mut chain = Chain::new(m.finish().expect("small"));
    let size = (1u64 << 17) - 2;
    let args = [10_240u64.to_le_bytes(), size.to_le_bytes()].concat();
    let outcome = chain.call("f", &args);
    assert_eq!(result(&outcome), size);
    assert!(outcome.peak_bytes < 4 << 20, "{} bytes", outcome.peak_bytes);
}

/// `f(n)`: two lists of `n` nodes, one of which is compared with the other and dropped, and the
/// other returned.
fn deep() -> Module {
    let mut m = ModuleBuilder::new("test.Deep");
    let list = m.recursive(|own| HeapType::Enum {
        name: "test.List".into(),
        variants: vec![vec![], vec![Ty::U8.into(), own]],
    });
    let index = m.declare("f", FunctionKind::View, &[U64], &[Type::Scalar(Ty::Bool), list]);
    let mut f = m.function(index);
    let (count, byte) = (f.param(0), f.constant(crate::support::number(Ty::U8, 3)));
    let lists = [0, 1].map(|_| {
        let value = f.heap(Op::EnumMake, list, &[0, 0]);
        repeat(&mut f, count, |f| {
            let payload = f.gather(&[(byte, Type::Scalar(Ty::U8)), (value, list)]);
            f.push(Inst::typed(Op::EnumMake, list, value, payload, 1));
        });
        value
    });
    let same = f.binary(Op::Eq, list, lists[0], lists[1]);
    f.drop(list, lists[0]);
    let results = f.gather(&[(same, Type::Scalar(Ty::Bool)), (lists[1], list)]);
    f.ret(results);
    f.finish();
    m.finish().expect("small")
}

#[test]
fn a_million_deep_compares_encodes_and_drops() {
    let mut chain = Chain::with(deep(), large());
    let count = 1_000_000u64;
    let bytes = bytes_of(&chain.call("f", &count.to_le_bytes()));
    assert_eq!((bytes.len() as u64, bytes[0]), (2 + 2 * count, 1));
    assert_eq!((bytes[1], bytes[bytes.len() - 1]), (1, 0));
}

#[test]
fn what_could_not_be_read_again_is_not_written() {
    let mut chain = Chain::new(deep());
    assert!(matches!(chain.call("f", &63u64.to_le_bytes()).status, Status::Ok(_)));
    assert_eq!(trap(&chain.call("f", &64u64.to_le_bytes())), TrapKind::Depth);
    assert_eq!(trap(&chain.call("f", &5_000u64.to_le_bytes())), TrapKind::Depth);
}

#[test]
fn a_million_wide_goes_in_and_out() {
    let mut m = ModuleBuilder::new("test.Wide");
    let option = m.option(Ty::U64);
    let vec = m.vec(option);
    let index = m.declare("f", FunctionKind::View, &[U64], &[vec]);
    let mut f = m.function(index);
    let (none, empty) = (f.heap(Op::EnumMake, option, &[0, 0]), u64_const(&mut f, 0));
    let list = f.heap(Op::VecFill, vec, &[empty, none]);
    let count = f.param(0);
    repeat(&mut f, count, |f| {
        let some = f.heap(Op::EnumMake, option, &[count, 1]);
        f.heap(Op::VecPush, vec, &[list, some]);
    });
    f.ret(list);
    f.finish();
    let mut chain = Chain::with(m.finish().expect("small"), large());
    let count = 1_000_000u64;
    let bytes = bytes_of(&chain.call("f", &count.to_le_bytes()));
    assert_eq!(bytes.len() as u64, 4 + 9 * count);
}

/// Every operator on heap values, over and over in a memory that holds a few of them: what is not
/// let go, or is let go twice, shows.
#[test]
fn nothing_is_lost_in_a_loop() {
    let mut m = ModuleBuilder::new("test.Loop");
    let string = m.string();
    let texts = m.vec(string);
    let option = m.option(texts);
    let note = m.record("test.Note", &[U64, option, texts]);
    let (name, keys) = ("note".into(), vec![]);
    m.field(StateField { name, keys, value: note, default: None });
    let index = m.declare("f", FunctionKind::Entry, &[U64, string], &[string]);
    let mut f = m.function(index);
    let (count, text) = (f.param(0), f.param(1));
    let (zero, three) = (u64_const(&mut f, 0), u64_const(&mut f, 3));
    repeat(&mut f, count, |f| {
        let mine = f.dup(string, text);
        let list = f.heap(Op::VecFill, texts, &[three, mine]);
        let none = f.dup(string, text);
        let empty = f.heap(Op::VecFill, texts, &[zero, none]);
        f.heap(Op::Concat, texts, &[list, list]);
        let shared = f.dup(texts, list);
        let first = f.heap(Op::VecGet, texts, &[list, zero]);
        let more = f.literal(string, b" and more than before");
        f.heap(Op::Concat, string, &[first, more]);
        f.heap(Op::VecSwap, texts, &[list, three, first]);
        f.heap(Op::VecSet, texts, &[list, zero, first]);
        let last = f.heap(Op::VecPop, texts, &[shared]);
        f.heap(Op::VecPush, texts, &[shared, more]);
        let bounds = f.gather(&[(zero, U64), (three, U64)]);
        let part = f.heap(Op::Slice, texts, &[shared, bounds]);
        let some = f.heap(Op::EnumMake, option, &[part, 1]);
        let inner = f.heap(Op::EnumGet, option, &[some, 1]);
        let row = f.gather(&[(count, U64), (some, option), (shared, texts)]);
        let record = f.heap(Op::RecordMake, note, &[row]);
        f.heap(Op::RecordSwap, note, &[record, 2, inner]);
        f.heap(Op::RecordSet, note, &[record, 2, list]);
        let twin = f.dup(note, record);
        let other = f.heap(Op::EnumMake, option, &[0, 0]);
        f.heap(Op::RecordSwap, note, &[twin, 1, other]);
        f.binary(Op::Lt, note, record, twin);
        f.push(Inst::untyped(Op::StateStore, record, 0, 0));
        let stored = f.state_read(Op::StateLoad, 0, 0);
        let fields = f.heap(Op::RecordOpen, note, &[stored]);
        let opened = f.heap(Op::EnumOpen, option, &[fields + 1, 1]);
        for list in [opened, fields + 2, inner, empty] {
            f.drop(texts, list);
        }
        f.drop(option, other);
        f.drop(note, twin);
        f.drop(string, last);
    });
    f.push(Inst::untyped(Op::StateRemove, 0, 0, 0));
    f.ret(text);
    f.finish();
    let limits = Limits { memory_bytes: 8 << 10, ..Limits::V1 };
    let config = Config { limits, ..Config::default() };
    let mut chain = Chain::with(m.finish().expect("small"), config);
    let text = crate::heap::blob(5, b"hello");
    let args = [&2_000u64.to_le_bytes()[..], &text].concat();
    let outcome = chain.call("f", &args);
    assert_eq!(bytes_of(&outcome), text);
    let again = chain.call("f", &args);
    assert_eq!((again.gas_used, again.peak_bytes), (outcome.gas_used, outcome.peak_bytes));
}

/// A value that holds itself twice, forty times over, is small and unfolds to more than anyone
/// can look at: comparing or encoding it runs out of gas, and dropping it is nothing.
#[test]
fn what_unfolds_without_end_runs_out_of_gas() {
    for compare in [true, false] {
        let mut m = ModuleBuilder::new("test.Doubling");
        let tree = m.recursive(|own| HeapType::Enum {
            name: "test.Tree".into(),
            variants: vec![vec![], vec![own, own]],
        });
        let index = m.declare("f", FunctionKind::View, &[U64], &[Ty::Bool]);
        let mut f = m.function(index);
        let count = f.param(0);
        let trees = [0, 1].map(|_| {
            let value = f.heap(Op::EnumMake, tree, &[0, 0]);
            repeat(&mut f, count, |f| {
                let twin = f.dup(tree, value);
                let payload = f.gather(&[(value, tree), (twin, tree)]);
                f.push(Inst::typed(Op::EnumMake, tree, value, payload, 1));
            });
            value
        });
        let same = match compare {
            true => f.binary(Op::Eq, tree, trees[0], trees[1]),
            false => f.heap(Op::IsUnique, tree, &[trees[0]]),
        };
        f.drop(tree, trees[0]);
        f.drop(tree, trees[1]);
        f.ret(same);
        f.finish();
        let mut chain = Chain::new(m.finish().expect("small"));
        let run = |chain: &mut Chain, count: u64| {
            chain.run(deed_runtime::Mode::View, "f", &count.to_le_bytes(), 10_000_000).status
        };
        assert_eq!(run(&mut chain, 10), Status::Ok(vec![1]));
        let expected = if compare { Status::OutOfGas } else { Status::Ok(vec![1]) };
        assert_eq!(run(&mut chain, 40), expected);
    }
}
