//! Limits on what goes in and out of a call: the last byte that fits, and the first that does not.

use deed_bytecode::builder::ModuleBuilder;
use deed_bytecode::{
    ContextKind, ErrorDef, EventDef, EventField, FunctionKind, Inst, Module, Op, StateField, Ty,
};
use deed_runtime::{Config, Limits, Mode, Refusal, Status, TrapKind};

use crate::support::{Chain, number, result, trap};

/// Functions that send the bytes they are given each its own way.
fn ways() -> Module {
    let mut m = ModuleBuilder::new("test.Ways");
    let bytes = m.bytes();
    let (name, keys, default) = ("kept".into(), vec![], None);
    let kept = m.field(StateField { name, keys, value: bytes, default });
    let fields = vec![EventField { ty: bytes, index: false }];
    let event = m.event(EventDef { name: "test.Seen".into(), code: [1; 4], fields });
    let params = vec![bytes];
    let error = m.error(ErrorDef { name: "test.Bad".into(), code: [2; 4], params });
    let mut add = |name: &str, results: &[_], inst: fn(u16, [u16; 3]) -> Option<Inst>| {
        let index = m.declare(name, FunctionKind::Entry, &[bytes], results);
        let mut f = m.function(index);
        let given = f.param(0);
        match inst(given, [kept, event, error]) {
            Some(inst) => {
                f.push(inst);
                if inst.op != Op::Throw {
                    f.ret(0);
                }
            }
            None => f.ret(given),
        }
        f.finish();
    };
    add("result", &[bytes], |_, _| None);
    add("entry", &[], |given, [kept, ..]| Some(Inst::untyped(Op::StateStore, given, kept, 0)));
    add("event", &[], |given, [_, event, _]| Some(Inst::emit(event, given)));
    add("error", &[], |given, [.., error]| Some(Inst::untyped(Op::Throw, error, given, 0)));
    m.finish().expect("small")
}

#[test]
fn results_entries_events_and_errors_are_of_bounded_size() {
    let limits = Limits { value_bytes: 100, ..Limits::V1 };
    let mut chain = Chain::with(ways(), Config { limits, ..Config::default() });
    // Bytes are four of length and themselves.
    let longest = crate::heap::blob(96, &[7; 96]);
    let longer = crate::heap::blob(97, &[7; 97]);
    for way in ["result", "entry", "event"] {
        let outcome = chain.call(way, &longest);
        assert!(matches!(outcome.status, Status::Ok(_)), "{way}: {:?}", outcome.status);
    }
    assert!(matches!(chain.call("error", &longest).status, Status::Error(_)));
    for way in ["result", "entry", "event", "error"] {
        let outcome = chain.call(way, &longer);
        assert_eq!(trap(&outcome), TrapKind::Memory, "{way}");
        assert!(outcome.writes.is_empty() && outcome.events.is_empty(), "{way} leaves no trace");
    }
}

#[test]
fn arguments_are_of_bounded_size() {
    let limits = Limits { argument_bytes: 100, ..Limits::V1 };
    let mut chain = Chain::with(ways(), Config { limits, ..Config::default() });
    let longest = crate::heap::blob(96, &[7; 96]);
    assert!(matches!(chain.call("result", &longest).status, Status::Ok(_)));
    let outcome = chain.call("result", &crate::heap::blob(97, &[7; 97]));
    assert!(matches!(outcome.status, Status::Refused(Refusal::BadArgument(_))));
}

/// `f(n)` goes `n` times through operators of every kind: in place and not, wide, on state and context,
/// calls and returns.
fn everything() -> Module {
    let mut m = ModuleBuilder::new("test.Everything");
    let (name, keys, default) = ("kept".into(), vec![], None);
    let kept = m.field(StateField { name, keys, value: Ty::U64.into(), default });
    let (longs, shorts) = (m.vec(Ty::U64), m.vec(Ty::I16));
    let same = m.declare("same", FunctionKind::Private, &[Ty::U64], &[Ty::U64]);
    let mut f = m.function(same);
    let param = f.param(0);
    f.ret(param);
    f.finish();
    let index = m.declare("f", FunctionKind::Entry, &[Ty::U64], &[Ty::U64]);
    let mut f = m.function(index);
    let n = f.param(0);
    let [zero, one] = [0, 1].map(|value| f.constant(number(Ty::U64, value)));
    let (size, short) = (f.constant(number(Ty::U64, 3)), f.constant(number(Ty::I16, 5)));
    let vec = f.heap(Op::VecFill, longs, &[size, zero]);
    let rows = f.heap(Op::VecFill, shorts, &[size, short]);
    let wide = f.constant(number(Ty::U256, 0));
    let i = f.register(Ty::U64);
    f.push(Inst::mov(Ty::U64, i, zero));
    let (head, body, behind) = (f.block(), f.block(), f.block());
    f.jump(head);
    f.switch_to(head);
    let more = f.binary(Op::Lt, Ty::U64, i, n);
    f.branch(more, body, behind);
    f.switch_to(body);
    let argument = f.gather(&[(i, Ty::U64)]);
    let given = f.call(same, argument);
    f.push(Inst::typed(Op::VecSet, longs, vec, one, given));
    let back = f.heap(Op::VecGet, longs, &[vec, one]);
    f.push(Inst::typed(Op::VecSet, shorts, rows, one, short));
    let other = f.dup(longs, vec);
    f.push(Inst::typed(Op::VecSet, longs, vec, zero, back));
    f.drop(longs, other);
    let long = f.cast(Ty::U256, back, Ty::U64);
    f.push(Inst::typed(Op::Add, Ty::U256, wide, wide, long));
    f.push(Inst::untyped(Op::StateStore, back, kept, 0));
    f.context(ContextKind::Sender);
    f.push(Inst::typed(Op::Add, Ty::U64, i, i, one));
    f.jump(head);
    f.switch_to(behind);
    f.drop(longs, vec);
    f.drop(shorts, rows);
    let sum = f.cast(Ty::U64, wide, Ty::U256);
    f.ret(sum);
    f.finish();
    m.finish().expect("small")
}

/// Where handlers jump to each other, one that called instead would use up the stack.
#[test]
fn a_long_run_takes_no_more_of_the_hosts_stack_than_a_short_one() {
    let run = || {
        let mut chain = Chain::new(everything());
        let n = 30_000u64;
        let outcome = chain.run(Mode::Transaction, "f", &n.to_le_bytes(), 1 << 40);
        assert_eq!(result(&outcome), n * (n - 1) / 2);
    };
    let thread = std::thread::Builder::new().stack_size(4 << 20).spawn(run);
    thread.expect("a thread").join().expect("it ends");
}
