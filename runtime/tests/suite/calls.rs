//! Calls: arguments and results, recursion and its limits, who may call what, context.

use deed_bytecode::builder::{FunctionBuilder, ModuleBuilder};
use deed_bytecode::{ContextKind, Debug, FunctionDebug, FunctionKind, Inst, Line, Module, Op, Ty};
use deed_runtime::{Config, Limits, Mode, Refusal, Status, TrapKind};

use crate::support::{CALLER, CONTRACT, Chain, add_function, number, one_function, result, trap};

/// Goes on in one of two blocks, by whether the first parameter is 0.
fn if_zero(f: &mut FunctionBuilder<'_>) -> (u16, u16) {
    let zero = f.constant(number(Ty::U64, 0));
    let done = f.binary(Op::Eq, Ty::U64, f.param(0), zero);
    let (end, more) = (f.block(), f.block());
    f.branch(done, end, more);
    (end, more)
}

/// `down(n)` calls itself `n` times and gives `n`; its frame has at least `slots` slots.
fn recursive(slots: u16) -> Module {
    let mut module = ModuleBuilder::new("test.Down");
    let down = module.declare("down", FunctionKind::View, &[Ty::U64], &[Ty::U64]);
    let mut f = module.function(down);
    let (end, more) = if_zero(&mut f);
    f.switch_to(end);
    f.ret(f.param(0));
    f.switch_to(more);
    let one = f.constant(number(Ty::U64, 1));
    let less = f.binary(Op::Sub, Ty::U64, f.param(0), one);
    let below = f.call(down, less);
    let value = f.binary(Op::Add, Ty::U64, below, one);
    f.reserve(slots);
    f.ret(value);
    f.finish();
    module.finish().expect("one function fits")
}

#[test]
fn recursion_ends_exactly_at_the_depth_limit() {
    let limits = Limits { call_depth: 10, ..Limits::V1 };
    let mut chain = Chain::with(recursive(0), Config { limits, ..Config::default() });
    assert_eq!(result(&chain.call("down", &9u64.to_le_bytes())), 9);
    assert_eq!(trap(&chain.call("down", &10u64.to_le_bytes())), TrapKind::Depth);
    assert_eq!(result(&chain.call("down", &9u64.to_le_bytes())), 9);
}

#[test]
fn recursion_ends_exactly_at_the_slot_limit() {
    let limits = Limits { frame_slots: 1000, ..Limits::V1 };
    let mut chain = Chain::with(recursive(100), Config { limits, ..Config::default() });
    assert_eq!(result(&chain.call("down", &9u64.to_le_bytes())), 9);
    assert_eq!(trap(&chain.call("down", &10u64.to_le_bytes())), TrapKind::Depth);
}

#[test]
fn deep_recursion_within_the_limits_is_fine() {
    let mut chain = Chain::new(recursive(120));
    let deepest = u64::from(Limits::V1.call_depth) - 1;
    let outcome = chain.call("down", &deepest.to_le_bytes());
    assert_eq!(result(&outcome), deepest);
    assert!(outcome.peak_bytes >= 120 * 8 * deepest);
    assert_eq!(trap(&chain.call("down", &(deepest + 1).to_le_bytes())), TrapKind::Depth);
}

/// `swap(a: u256, b: u8) -> (u8, u256)` by way of a private function.
#[test]
fn values_of_several_slots_pass_through_calls() {
    let mut module = ModuleBuilder::new("test.Swap");
    let (params, results) = ([Ty::U256, Ty::U8], [Ty::U8, Ty::U256]);
    let inner = add_function(&mut module, "inner", FunctionKind::Private, &params, &results, |f| {
        let both = f.gather(&[(f.param(1), Ty::U8), (f.param(0), Ty::U256)]);
        f.ret(both);
    });
    add_function(&mut module, "swap", FunctionKind::View, &params, &results, |f| {
        let _ = f.constant(number(Ty::U256, 77));
        let arguments = f.gather(&[(f.param(0), Ty::U256), (f.param(1), Ty::U8)]);
        let both = f.call(inner, arguments);
        f.ret(both);
    });
    let mut chain = Chain::new(module.finish().expect("two functions fit"));
    let wide: Vec<u8> = (100..132).collect();
    let outcome = chain.call("swap", &[&wide[..], &[9]].concat());
    assert_eq!(outcome.status, Status::Ok([&[9], &wide[..]].concat()));
}

#[test]
fn arguments_must_be_exactly_the_encodings() {
    let module = one_function(FunctionKind::Entry, &[Ty::U16, Ty::Bool], &[Ty::Bool], |f| {
        f.ret(f.param(1));
    });
    let mut chain = Chain::new(module);
    assert_eq!(result(&chain.call("f", &[1, 0, 1])), 1);
    for args in [&[][..], &[1, 0], &[1, 0, 1, 0], &[1, 0, 2]] {
        let outcome = chain.call("f", args);
        assert!(matches!(outcome.status, Status::Refused(Refusal::BadArgument(_))), "{args:?}");
    }
}

#[test]
fn only_what_is_public_can_be_called_and_init_only_once() {
    let mut module = ModuleBuilder::new("test.Kinds");
    for (name, kind) in [
        ("init", FunctionKind::Init),
        ("act", FunctionKind::Entry),
        ("look", FunctionKind::View),
        ("secret", FunctionKind::Private),
    ] {
        add_function(&mut module, name, kind, &[], &[], |f| f.ret(0));
    }
    let mut chain = Chain::new(module.finish().expect("four functions fit"));
    let mut status = |mode, name| chain.run(mode, name, &[], 1 << 20).status;
    let ok = Status::Ok(vec![]);
    let unknown = |name: &str| Status::Refused(Refusal::UnknownFunction(name.into()));
    assert_eq!(status(Mode::Init, ""), ok);
    assert_eq!(status(Mode::Transaction, "act"), ok);
    assert_eq!(status(Mode::Transaction, "look"), ok);
    assert_eq!(status(Mode::View, "look"), ok);
    assert_eq!(status(Mode::Transaction, "init"), Status::Refused(Refusal::InitAgain));
    assert_eq!(status(Mode::Transaction, "secret"), unknown("secret"));
    assert_eq!(status(Mode::Transaction, "nothing"), unknown("nothing"));
    assert_eq!(status(Mode::View, "act"), Status::Refused(Refusal::NotAView("act".into())));
}

#[test]
fn a_contract_without_init_takes_no_arguments() {
    let mut chain = Chain::new(one_function(FunctionKind::View, &[], &[], |f| f.ret(0)));
    assert_eq!(chain.run(Mode::Init, "", &[], 0).status, Status::Ok(vec![]));
    let outcome = chain.run(Mode::Init, "", &[1], 0);
    assert!(matches!(outcome.status, Status::Refused(Refusal::BadArgument(_))));
}

#[test]
fn the_context_is_the_hosts() {
    let results = [Ty::Address, Ty::Address, Ty::U64, Ty::U64];
    let module = one_function(FunctionKind::View, &[], &results, |f| {
        let values: Vec<_> =
            ContextKind::ALL.iter().map(|kind| (f.context(*kind), kind.ty())).collect();
        let all = f.gather(&values);
        f.ret(all);
    });
    let expected =
        [&CALLER.0[..], &CONTRACT.0, &7u64.to_le_bytes(), &1_000u64.to_le_bytes()].concat();
    assert_eq!(Chain::new(module).call("f", &[]).status, Status::Ok(expected));
}

#[test]
fn traps_name_their_place() {
    let mut module = one_function(FunctionKind::View, &[Ty::U64], &[Ty::U64], |f| {
        let _ = f.constant(number(Ty::U64, 3));
        let one = f.constant(number(Ty::U64, 1));
        let next = f.block();
        f.jump(next);
        f.switch_to(next);
        let sum = f.binary(Op::Add, Ty::U64, f.param(0), one);
        f.ret(sum);
    });
    let line = |start, line, column| Line { start, file: 0, line, column, call: 0 };
    let lines = vec![line(0, 1, 1), line(3, 12, 9), line(4, 13, 1)];
    module.debug = Some(Debug {
        files: vec!["src/main.deed".into()],
        functions: vec![FunctionDebug { lines, ..FunctionDebug::default() }],
    });
    let mut chain = Chain::new(module);
    let outcome = chain.call("f", &u64::MAX.to_le_bytes());
    let Status::Trap(trap) = outcome.status else { panic!("{:?}", outcome.status) };
    assert_eq!((trap.kind, trap.function, trap.pc), (TrapKind::Overflow, 0, 3));
    let loaded = chain.engine.load(&chain.host.code).expect("it loaded before");
    let place = loaded.locate(trap.function, trap.pc).expect("the module has debug tables");
    assert_eq!(place.to_string(), "src/main.deed:12:9");
}

#[test]
fn a_switch_goes_to_the_target_of_its_value() {
    for ty in [Ty::U8, Ty::I16, Ty::U32, Ty::I64, Ty::U64] {
        let module = one_function(FunctionKind::View, &[ty], &[Ty::U64], |f| {
            let blocks: Vec<u16> = (0..3).map(|_| f.block()).collect();
            f.switch(ty, f.param(0), &[blocks[1], blocks[0], blocks[1]], blocks[2]);
            for (block, value) in blocks.into_iter().zip([10, 11, 12]) {
                f.switch_to(block);
                let value = f.constant(number(Ty::U64, value));
                f.ret(value);
            }
        });
        let mut chain = Chain::new(module);
        let mut ends = |argument: i64| {
            let bytes = argument.to_le_bytes();
            let Status::Ok(bytes) = chain.call("f", &bytes[..ty.bytes()]).status else {
                panic!("a switch ends well")
            };
            bytes[0]
        };
        assert_eq!([0, 1, 2, 3, 100].map(&mut ends), [11, 10, 11, 12, 12], "{ty}");
        assert_eq!([-1, -128, -127].map(&mut ends), [12; 3], "{ty}");
    }
}

#[test]
fn the_second_function_has_places_of_its_own() {
    let mut module = ModuleBuilder::new("test.Two");
    let inner = add_function(&mut module, "inner", FunctionKind::Private, &[], &[], |f| {
        let _ = f.constant(number(Ty::U64, 1));
        f.push(Inst::trap(TrapKind::Unreachable));
    });
    add_function(&mut module, "outer", FunctionKind::View, &[], &[], |f| {
        f.call(inner, 0);
        f.ret(0);
    });
    let outcome = Chain::new(module.finish().expect("two functions fit")).call("outer", &[]);
    let Status::Trap(trap) = outcome.status else { panic!("{:?}", outcome.status) };
    assert_eq!((trap.kind, trap.function, trap.pc), (TrapKind::Unreachable, 0, 1));
}
