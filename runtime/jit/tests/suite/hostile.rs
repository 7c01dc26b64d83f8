//! Modules that were made to break a compiler: too much of everything. Some are left to the
//! interpreter; whatever becomes of them, they end as it says.

use deed_bytecode::builder::{FunctionBuilder, ModuleBuilder};
use deed_bytecode::{FunctionKind, Inst, Module, Op, Ty};
use deed_runtime::{Mode, TrapKind};

use crate::support::{Chain, add_function, number, result, trap};

const U64: Ty = Ty::U64;

fn hostile(write: impl FnOnce(&mut FunctionBuilder<'_>)) -> Module {
    let mut module = ModuleBuilder::new("hostile.One");
    add_function(&mut module, "f", FunctionKind::View, &[U64], &[U64], write);
    module.finish().expect("it fits")
}

#[test]
fn ten_thousand_locals_live_at_once() {
    let module = hostile(|f| {
        let (n, one) = (f.param(0), f.constant(number(U64, 1)));
        let mut all = vec![n];
        for _ in 0..10_000 {
            let last = *all.last().expect("not empty");
            all.push(f.binary(Op::Add, U64, last, one));
        }
        let sum = f.constant(number(U64, 0));
        for local in all {
            f.push(Inst::typed(Op::Add, U64, sum, sum, local));
        }
        f.ret(sum);
    });
    let mut chain = Chain::new(module);
    assert_eq!(result(&chain.call("f", &5u64.to_le_bytes())), 10_001 * 5 + 10_000 * 10_001 / 2);
}

#[test]
fn many_registers_live_through_many_blocks() {
    let module = hostile(|f| {
        let n = f.param(0);
        let all: Vec<u16> = (0..300).map(|_| f.register(U64)).collect();
        all.iter().for_each(|register| f.push(Inst::mov(U64, *register, n)));
        for register in &all {
            let (next, other) = (f.block(), f.block());
            let less = f.binary(Op::Lt, U64, *register, n);
            f.branch(less, other, next);
            f.switch_to(other);
            f.jump(next);
            f.switch_to(next);
        }
        let sum = f.constant(number(U64, 0));
        for register in all {
            f.push(Inst::typed(Op::Add, U64, sum, sum, register));
        }
        f.ret(sum);
    });
    let mut chain = Chain::new(module);
    assert_eq!(result(&chain.call("f", &3u64.to_le_bytes())), 900);
}

#[test]
fn a_function_as_long_as_can_be_is_interpreted() {
    let module = hostile(|f| {
        let n = f.param(0);
        for _ in 0..150_000 {
            f.push(Inst::typed(Op::Xor, U64, n, n, n));
        }
        f.ret(n);
    });
    let mut chain = Chain::new(module);
    assert_eq!(result(&chain.call("f", &3u64.to_le_bytes())), 0);
}

/// `f(n)` calls itself `n` times with a frame of so many slots.
fn recursion(slots: u16) -> Module {
    let mut module = ModuleBuilder::new("test.Recursion");
    let index = module.declare("f", FunctionKind::View, &[U64], &[U64]);
    let mut f = module.function(index);
    let n = f.param(0);
    let zero = f.constant(number(U64, 0));
    let (more, done) = (f.block(), f.block());
    let is = f.binary(Op::Gt, U64, n, zero);
    f.branch(is, more, done);
    f.switch_to(more);
    let one = f.constant(number(U64, 1));
    let less = f.binary(Op::Sub, U64, n, one);
    let argument = f.gather(&[(less, U64)]);
    let deeper = f.call(index, argument);
    let sum = f.binary(Op::Add, U64, deeper, one);
    f.ret(sum);
    f.switch_to(done);
    f.ret(n);
    f.reserve(slots);
    f.finish();
    module.finish().expect("small")
}

#[test]
fn recursion_ends_exactly_at_its_limits() {
    for (slots, deepest) in [(0, 1024), (128, 1024), (129, 1016), (1000, 131), (4_000, 32)] {
        let mut chain = Chain::new(recursion(slots));
        let mut f = |n: u64| chain.run(Mode::View, "f", &n.to_le_bytes(), 1 << 20);
        assert_eq!(result(&f(deepest - 1)), deepest - 1, "{slots} slots");
        assert_eq!(trap(&f(deepest)), TrapKind::Depth, "{slots} slots");
        assert_eq!(trap(&f(1 << 40)), TrapKind::Depth, "{slots} slots");
    }
}
