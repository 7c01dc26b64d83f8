//! Gas: charged by block, at its entry, and never a unit more or less.

use deed_bytecode::builder::ModuleBuilder;
use deed_bytecode::{Const, EventDef, FunctionKind, Inst, Module, Op, StateField, Ty};
use deed_runtime::{GasSchedule, Mode, Outcome, Status};

use crate::support::{Chain, add_function, number, result};

const V1: GasSchedule = GasSchedule::V1;

/// `f(n)`: writes `a`, emits, and then, in another block, writes `b`, if `n` is not 0.
fn two_blocks() -> Module {
    let mut module = ModuleBuilder::new("test.Blocks");
    let field = |name: &str| StateField {
        name: name.into(),
        keys: vec![],
        value: Ty::U64.into(),
        default: Some(number(Ty::U64, 0)),
    };
    let (a, b) = (module.field(field("a")), module.field(field("b")));
    let event = module.event(EventDef { name: "E".into(), code: [1; 4], fields: vec![] });
    add_function(&mut module, "f", FunctionKind::Entry, &[Ty::U64], &[], |f| {
        let n = f.param(0);
        f.push(Inst::untyped(Op::StateStore, n, a, 0));
        f.push(Inst::emit(event, 0));
        let zero = f.constant(number(Ty::U64, 0));
        let more = f.binary(Op::Ne, Ty::U64, n, zero);
        let (second, end) = (f.block(), f.block());
        f.branch(more, second, end);
        f.switch_to(second);
        f.push(Inst::untyped(Op::StateStore, n, b, 0));
        f.jump(end);
        f.switch_to(end);
        f.ret(0);
    });
    module.finish().expect("one function fits")
}

/// What a first write of an entry of two_blocks costs beside its block.
const WRITE: u64 = V1.state_cold + V1.state_change + V1.state_byte * 16;
/// A plain field has no keys, so only the operator itself costs something.
const KEY: u64 = V1.state;
const ARGS: u64 = V1.argument_byte * 8;
const FIRST: u64 = KEY + V1.event + V1.moves[0] + V1.alu[0] + V1.flow;
const SECOND: u64 = KEY + V1.flow;
const END: u64 = V1.flow;

fn run(gas: u64) -> (Outcome, usize) {
    let mut chain = Chain::new(two_blocks());
    let outcome = chain.run(Mode::Transaction, "f", &5u64.to_le_bytes(), gas);
    let asked = chain.host.asked.len();
    (outcome, asked)
}

#[test]
fn the_exact_cost_suffices_and_one_less_does_not() {
    let total = ARGS + FIRST + WRITE + SECOND + WRITE + END;
    for gas in [total, total + 1] {
        let (outcome, _) = run(gas);
        assert_eq!((&outcome.status, outcome.gas_used), (&Status::Ok(vec![]), total));
        assert_eq!((outcome.writes.len(), outcome.events.len()), (2, 1));
    }
    // Each of these is a boundary: a block's entry or a dynamic charge.
    let boundaries =
        [ARGS, ARGS + FIRST, ARGS + FIRST + WRITE, ARGS + FIRST + WRITE + SECOND, total];
    for boundary in boundaries {
        for gas in [boundary - 1, boundary, boundary + 1].into_iter().filter(|gas| *gas < total) {
            let (outcome, asked) = run(gas);
            assert_eq!((&outcome.status, outcome.gas_used), (&Status::OutOfGas, gas));
            assert!(outcome.writes.is_empty() && outcome.events.is_empty());
            assert_eq!(asked, 0, "a blind write asks the host nothing");
        }
    }
}

#[test]
fn a_block_that_does_not_fit_does_not_begin() {
    let mut module = ModuleBuilder::new("test.Reads");
    let field = StateField {
        name: "a".into(),
        keys: vec![Ty::U8.into()],
        value: Ty::U64.into(),
        default: Some(number(Ty::U64, 9)),
    };
    let field = module.field(field);
    add_function(&mut module, "f", FunctionKind::View, &[], &[Ty::U64], |f| {
        let first = f.constant(number(Ty::U8, 1));
        f.state_read(Op::StateLoad, field, first);
        let next = f.block();
        f.jump(next);
        f.switch_to(next);
        let second = f.constant(number(Ty::U8, 2));
        let value = f.state_read(Op::StateLoad, field, second);
        f.ret(value);
    });
    let mut chain = Chain::new(module.finish().expect("one function fits"));
    let load = V1.state + V1.state_key_byte;
    let first = V1.moves[0] + load + V1.flow;
    let second = V1.moves[0] + load + V1.flow + V1.call_slot;
    let reads = |gas: u64, chain: &mut Chain| {
        let outcome = chain.run(Mode::View, "f", &[], gas);
        (outcome.reads.len(), outcome.status == Status::OutOfGas, outcome.gas_used)
    };
    let touched = first + V1.state_cold;
    assert_eq!(reads(first - 1, &mut chain), (0, true, first - 1));
    assert_eq!(reads(touched - 1, &mut chain), (0, true, touched - 1));
    assert_eq!(reads(touched, &mut chain), (1, true, touched));
    assert_eq!(reads(touched + second - 1, &mut chain), (1, true, touched + second - 1));
    let total = touched + second + V1.state_cold;
    assert_eq!(reads(total - 1, &mut chain), (1, true, total - 1));
    assert_eq!(reads(total, &mut chain), (2, false, total));
}

#[test]
fn folding_and_fusing_change_no_cost() {
    let mut module = ModuleBuilder::new("test.Loop");
    add_function(&mut module, "sum", FunctionKind::View, &[Ty::U64], &[Ty::U64], |f| {
        let n = f.param(0);
        let (i, sum) = (f.register(Ty::U64), f.register(Ty::U64));
        let zero = f.constant(number(Ty::U64, 0));
        f.push(Inst::mov(Ty::U64, i, zero));
        f.push(Inst::mov(Ty::U64, sum, zero));
        let (head, body, end) = (f.block(), f.block(), f.block());
        f.jump(head);
        f.switch_to(head);
        let more = f.binary(Op::Lt, Ty::U64, i, n);
        f.branch(more, body, end);
        f.switch_to(body);
        f.push(Inst::typed(Op::Add, Ty::U64, sum, sum, i));
        let one = f.constant(number(Ty::U64, 1));
        f.push(Inst::typed(Op::Add, Ty::U64, i, i, one));
        f.jump(head);
        f.switch_to(end);
        f.ret(sum);
    });
    let mut chain = Chain::new(module.finish().expect("one function fits"));
    for n in [0u64, 1, 10, 1000] {
        let outcome = chain.call("sum", &n.to_le_bytes());
        assert_eq!(result(&outcome), n * n.saturating_sub(1) / 2);
        assert_eq!(outcome.gas_used, ARGS + 4 + (n + 1) * 2 + n * 4 + 2);
    }
}

#[test]
fn every_loop_ends() {
    let mut module = ModuleBuilder::new("test.Forever");
    add_function(&mut module, "f", FunctionKind::View, &[], &[], |f| {
        let head = f.block();
        f.jump(head);
        f.switch_to(head);
        let _ = f.constant(Const::bool(true));
        f.jump(head);
    });
    let mut chain = Chain::new(module.finish().expect("one function fits"));
    let outcome = chain.run(Mode::View, "f", &[], 100_000);
    assert_eq!((outcome.status, outcome.gas_used), (Status::OutOfGas, 100_000));
}
