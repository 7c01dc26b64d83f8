//! Loops around operators, run and timed.

use deed_bytecode::builder::{FunctionBuilder, ModuleBuilder};
use deed_bytecode::{Const, FunctionKind, Inst, Module, Op, Ty, Type, encode};
use deed_runtime::hosts::Memory;
use deed_runtime::{Address, Call, Config, Context, Engine, Hash, Limits, Mode, Outcome, Status};
use rustix::time::{ClockId, clock_gettime};

pub(crate) const U64: Type = Type::Scalar(Ty::U64);

/// An operator in a loop.
pub(crate) struct Loop {
    pub(crate) class: &'static str,
    pub(crate) name: &'static str,
    /// How often the loop is run.
    pub(crate) turns: u64,
    /// How often the operator stands in it.
    pub(crate) copies: u64,
    /// Makes the module; its function `f` takes the number of turns.
    pub(crate) module: Module,
    /// Modules at the addresses `[1; 32]` and on, beside the first at `[0xc0; 32]`.
    pub(crate) others: Vec<Module>,
}

/// Of one operator.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub(crate) gas: f64,
    pub(crate) ns: f64,
}

const CONTRACT: Address = Address([0xc0; 32]);

/// A function `f(turns)` with a loop; `before` runs once, and gives what the body and `after` get.
pub(crate) fn looped<T>(
    kind: FunctionKind,
    declare: impl FnOnce(&mut ModuleBuilder) -> T,
    before: impl FnOnce(&mut FunctionBuilder<'_>, &T) -> Vec<u16>,
    body: impl FnOnce(&mut FunctionBuilder<'_>, &T, &[u16]),
    after: impl FnOnce(&mut FunctionBuilder<'_>, &T, &[u16]),
) -> Module {
    let mut module = ModuleBuilder::new("bench.Loop");
    let declared = declare(&mut module);
    let index = module.declare("f", kind, &[U64], &[] as &[Type]);
    let mut f = module.function(index);
    let held = before(&mut f, &declared);
    let one = f.constant(number(1));
    let zero = f.constant(number(0));
    let i = f.register(U64);
    f.push(Inst::mov(Ty::U64, i, f.param(0)));
    let (head, inner, done) = (f.block(), f.block(), f.block());
    f.jump(head);
    f.switch_to(head);
    let more = f.binary(Op::Ne, U64, i, zero);
    f.branch(more, inner, done);
    f.switch_to(inner);
    body(&mut f, &declared, &held);
    f.push(Inst::typed(Op::Sub, Ty::U64, i, i, one));
    f.jump(head);
    f.switch_to(done);
    after(&mut f, &declared, &held);
    f.ret(0);
    f.finish();
    module.finish().expect("small")
}

pub(crate) fn number(value: u64) -> Const {
    Const::int(Ty::U64, value).expect("a u64")
}

/// The loop alone, one turn.
pub(crate) fn empty() -> Measured {
    let module = looped(FunctionKind::View, |_| (), |_, ()| vec![], |_, (), _| (), |_, (), _| ());
    let it = Loop { class: "", name: "", turns: 1 << 20, copies: 1, module, others: Vec::new() };
    measure(it, &Measured { gas: 0.0, ns: 0.0 })
}

pub(crate) fn measure(it: Loop, empty: &Measured) -> Measured {
    let mut ready = Ready::of(&it);
    let (mut least, mut gas) = ([f64::INFINITY; 2], 0);
    for _ in 0..7 {
        let runs = [it.turns, 0].map(|turns| ready.run(turns));
        least = [0, 1].map(|at| least[at].min(runs[at].0));
        gas = runs[0].1 - runs[1].1;
    }
    let least = least[0] - least[1];
    let turns = it.turns as f64;
    Measured {
        gas: (gas as f64 / turns - empty.gas) / it.copies as f64,
        ns: ((least / turns - empty.ns) / it.copies as f64).max(0.01),
    }
}

/// A loop on a chain, to be run.
pub(crate) struct Ready {
    name: &'static str,
    engine: Engine,
    memory: Memory,
    mode: Mode,
}

impl Ready {
    pub(crate) fn of(it: &Loop) -> Ready {
        let limits = Limits { memory_bytes: 1 << 30, argument_bytes: 1 << 28, ..Limits::V1 };
        let engine = Engine::new(Config { limits, ..Config::default() });
        let context = Context {
            chain_id: "bench".into(),
            height: 1,
            time: 1,
            tx_id: Hash::default(),
            tx_index: 0,
            parent: Hash::default(),
        };
        let mut memory = Memory::new(context);
        for (at, module) in std::iter::once(&it.module).chain(&it.others).enumerate() {
            let loaded = engine.load(&encode(module));
            let hash = loaded.unwrap_or_else(|why| panic!("{}: {why}", it.name));
            let address = if at == 0 { CONTRACT } else { Address([at as u8; 32]) };
            memory.deploy(address, hash.hash(), encode(module));
        }
        let writes = it.module.functions.iter().any(|f| f.kind == FunctionKind::Entry);
        let mode = if writes { Mode::Transaction } else { Mode::View };
        Ready { name: it.name, engine, memory, mode }
    }

    /// Nanoseconds and gas of so many turns.
    pub(crate) fn run(&mut self, turns: u64) -> (f64, u64) {
        let start = processor_time();
        let outcome = call(&self.engine, &mut self.memory, self.mode, &turns.to_le_bytes());
        let time = processor_time() - start;
        assert!(matches!(outcome.status, Status::Ok(_)), "{}: {:?}", self.name, outcome.status);
        (time, outcome.gas_used)
    }
}

/// Nanoseconds that this thread has had a processor: what other processes do is not counted.
pub(crate) fn processor_time() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

fn call(engine: &Engine, memory: &mut Memory, mode: Mode, args: &[u8]) -> Outcome {
    let caller = Address([1; 32]);
    let call = Call {
        contract: CONTRACT,
        function: "f",
        args,
        caller,
        value: 0,
        gas_limit: 1 << 60,
        mode,
    };
    engine.call(memory, &call)
}

/// Additions, shifts, comparisons and the like a second, in a loop of eleven of them.
pub(crate) fn simple_operations() -> f64 {
    let module = looped(
        FunctionKind::View,
        |_| (),
        |f, ()| {
            let start = [1u64, 0, 0xffff_ffff, 1_664_525, 1_013_904_223];
            let mut held = start
                .map(|value| {
                    let constant = f.constant(number(value));
                    let register = f.register(U64);
                    f.push(Inst::mov(Ty::U64, register, constant));
                    register
                })
                .to_vec();
            held.push(f.constant(Const::int(Ty::U32, 13u64).expect("small")));
            held
        },
        |f, (), held| {
            let [x, sum, mask, times, plus, by] = held else { return };
            let put = |f: &mut FunctionBuilder<'_>, op: Op, to: u16, left: u16, right: u16| {
                f.push(Inst::typed(op, Ty::U64, to, left, right));
            };
            put(f, Op::Mul, *x, *x, *times);
            put(f, Op::Add, *x, *x, *plus);
            let high = f.binary(Op::Shr, Ty::U64, *x, *by);
            put(f, Op::Xor, *x, *x, high);
            put(f, Op::And, *x, *x, *mask);
            put(f, Op::Xor, *sum, *sum, *x);
            put(f, Op::And, *sum, *sum, *mask);
            put(f, Op::Add, *sum, *sum, *x);
        },
        |_, (), _| (),
    );
    let turns = 1 << 22;
    let it = Loop { class: "", name: "mix", turns, copies: 1, module, others: Vec::new() };
    // With the loop's own subtraction, comparison and branch: eleven.
    11e9 / measure(it, &Measured { gas: 0.0, ns: 0.0 }).ns
}
