//! Limits on what goes in and out of a call: the last byte that fits, and the first that does not.

use deed_bytecode::builder::ModuleBuilder;
use deed_bytecode::{ErrorDef, EventDef, EventField, FunctionKind, Inst, Module, Op, StateField};
use deed_runtime::{Config, Limits, Refusal, Status, TrapKind};

use crate::support::{Chain, trap};

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
