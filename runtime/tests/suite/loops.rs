//! Loops that count: whether they end, trap or run out of gas where they have to, at any number of
//! turns, with vectors that are too short or held elsewhere.

use deed_bytecode::builder::{FunctionBuilder, ModuleBuilder};
use deed_bytecode::{Inst, Module, Op, Ty, Type};
use deed_runtime::{Mode, Outcome, Status, TrapKind};
use proptest::prelude::*;

use crate::heap::{blob, bytes_of, module, u64_const};
use crate::support::{Chain, trap};
use crate::tiers;

const U64: Type = Type::Scalar(Ty::U64);

/// `f(from, end, step, twos, all)`: for `j` from `from` by `step` below `end`, at least once, adds `twos[j]` to a
/// sum and puts `j` into `all[j]`, and, where the sum is 4, into `all[0]` too; the vectors have as many
/// elements as is said, and `all` has another owner if `shared`. Gives the sum and `all`.
fn two_vectors(shared: bool) -> Module {
    let types = |m: &mut ModuleBuilder| (m.vec(U64), vec![U64; 5], vec![U64, m.vec(U64)]);
    module(types, |f, vec| {
        let [from, end, step, reads, puts] = [0, 1, 2, 3, 4].map(|at| f.param(at));
        let (zero, two, four) = (u64_const(f, 0), u64_const(f, 2), u64_const(f, 4));
        let all = f.heap(Op::VecFill, vec, &[puts, zero]);
        let twos = f.heap(Op::VecFill, vec, &[reads, two]);
        let kept = shared.then(|| f.heap(Op::Dup, vec, &[all]));
        let [j, sum] = [(); 2].map(|()| f.register(Ty::U64));
        f.push(Inst::mov(Ty::U64, j, from));
        f.push(Inst::mov(Ty::U64, sum, zero));
        let [turn, often, latch, behind] = [(); 4].map(|()| f.block());
        f.jump(turn);
        f.switch_to(turn);
        let found = f.register(Ty::U64);
        f.push(Inst::typed(Op::VecGet, vec, found, twos, j));
        f.push(Inst::typed(Op::Add, Ty::U64, sum, sum, found));
        f.push(Inst::typed(Op::VecSet, vec, all, j, j));
        let at_four = f.binary(Op::Eq, Ty::U64, sum, four);
        f.branch(at_four, often, latch);
        f.switch_to(often);
        f.push(Inst::typed(Op::VecSet, vec, all, zero, j));
        f.jump(latch);
        f.switch_to(latch);
        count_on(f, Ty::U64, (j, end, step), (turn, behind));
        f.switch_to(behind);
        kept.into_iter().for_each(|kept| f.push(Inst::typed(Op::Drop, vec, kept, 0, 0)));
        f.push(Inst::typed(Op::Drop, vec, twos, 0, 0));
        let results = f.gather(&[(sum, U64), (all, vec)]);
        f.ret(results);
    })
}

/// `j += step`, and back to `turn` while `j < end`.
fn count_on(
    f: &mut FunctionBuilder<'_>,
    ty: Ty,
    (j, end, step): (u16, u16, u16),
    (turn, behind): (u16, u16),
) {
    f.push(Inst::typed(Op::Add, ty, j, j, step));
    let more = f.binary(Op::Lt, ty, j, end);
    f.branch(more, turn, behind);
}

/// What `two_vectors` gives, if no gas ends it; it goes on for ever where the step is 0.
fn expected([from, end, step, reads, puts]: [u64; 5]) -> Result<Vec<u8>, TrapKind> {
    let mut all = vec![0u64; puts as usize];
    let (mut j, mut sum) = (from, 0u64);
    loop {
        let at = usize::try_from(j).ok().filter(|at| *at < all.len().min(reads as usize));
        let at = at.ok_or(TrapKind::OutOfBounds)?;
        sum += 2;
        all[at] = j;
        if sum == 4 {
            all[0] = j;
        }
        j = j.checked_add(step).ok_or(TrapKind::Overflow)?;
        if j >= end {
            let elements: Vec<u8> = all.iter().flat_map(|value| value.to_le_bytes()).collect();
            return Ok([&sum.to_le_bytes()[..], &blob(all.len(), &elements)].concat());
        }
    }
}

fn words(values: &[u64]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn run(chain: &mut Chain, args: &[u8], gas: u64) -> Outcome {
    chain.run(Mode::Transaction, "f", args, gas)
}

#[test]
fn turns_do_what_they_say_wherever_the_end_is() {
    for shared in [false, true] {
        let mut chain = Chain::new(two_vectors(shared));
        let ends = [0, 1, 5, 8, 9, u64::MAX - 1, u64::MAX];
        for (from, end) in [0, 1, 7, 8].into_iter().flat_map(|from| ends.map(|end| (from, end))) {
            let steps = [1, 2, 3, u64::MAX - 7, u64::MAX];
            let lengths = [(8, 8), (5, 8), (8, 5)];
            for (step, (reads, puts)) in
                steps.into_iter().flat_map(|step| lengths.map(|lengths| (step, lengths)))
            {
                let args = [from, end, step, reads, puts];
                let outcome = run(&mut chain, &words(&args), 1 << 40);
                match expected(args) {
                    Ok(bytes) => assert_eq!(bytes_of(&outcome), bytes, "{args:?}"),
                    Err(kind) => assert_eq!(trap(&outcome), kind, "{args:?}"),
                }
            }
        }
    }
}

#[test]
fn gas_ends_them_at_every_place() {
    for shared in [false, true] {
        let mut chain = Chain::new(two_vectors(shared));
        for args in [[0, 6, 1, 6, 6], [1, 6, 2, 6, 6], [5, 5, 1, 6, 7], [0, 7, 1, 6, 8]] {
            let whole = run(&mut chain, &words(&args), 1 << 40).gas_used;
            for gas in 0..whole {
                let outcome = run(&mut chain, &words(&args), gas);
                assert_eq!((&outcome.status, outcome.gas_used), (&Status::OutOfGas, gas));
            }
            assert_eq!(run(&mut chain, &words(&args), whole).gas_used, whole);
        }
        // It never ends by itself.
        let outcome = run(&mut chain, &words(&[0, 6, 0, 6, 6]), 100_000);
        assert_eq!((outcome.status, outcome.gas_used), (Status::OutOfGas, 100_000));
    }
}

/// `f(from, end, step)`: how many turns a counter of a narrower type makes.
fn turns(ty: Ty) -> Module {
    let narrow = Type::Scalar(ty);
    module(
        |_| (narrow, vec![narrow; 3], vec![U64]),
        |f, _| {
            let [from, end, step] = [0, 1, 2].map(|at| f.param(at));
            let (zero, one) = (u64_const(f, 0), u64_const(f, 1));
            let (j, count) = (f.register(ty), f.register(Ty::U64));
            f.push(Inst::mov(ty, j, from));
            f.push(Inst::mov(Ty::U64, count, zero));
            let (turn, behind) = (f.block(), f.block());
            f.jump(turn);
            f.switch_to(turn);
            f.push(Inst::typed(Op::Add, Ty::U64, count, count, one));
            count_on(f, ty, (j, end, step), (turn, behind));
            f.switch_to(behind);
            f.ret(count);
        },
    )
}

#[test]
fn narrow_counters_do_not_pass_their_greatest_value() {
    for (ty, bytes) in [(Ty::U8, 1), (Ty::U16, 2), (Ty::U32, 4)] {
        let mut chain = Chain::new(turns(ty));
        let most = u64::MAX >> (64 - 8 * bytes);
        for (from, end, step) in [
            (0, 200, 1),
            (most - 3, most, 1),
            (most - 3, most - 1, 2),
            (most - 3, most, 2),
            (most, 0, 1),
            (0, most, most),
            (9, 3, 0),
        ] {
            let args =
                [from, end, step].map(|value| value.to_le_bytes()[..bytes].to_vec()).concat();
            let (mut j, mut count) = (from, 0u64);
            let turns = loop {
                (j, count) = (j + step, count + 1);
                match (j > most, j >= end) {
                    (true, _) => break None,
                    (_, true) => break Some(count),
                    _ => {}
                }
            };
            let outcome = run(&mut chain, &args, 1 << 40);
            match turns {
                Some(count) => assert_eq!(bytes_of(&outcome), count.to_le_bytes()),
                None => assert_eq!(trap(&outcome), TrapKind::Overflow),
            }
        }
    }
}

/// What a loop by chance does, over four variables and two vectors.
#[derive(Clone, Debug)]
enum Step {
    Sum(Op, usize, usize),
    /// Of a vector at a variable, or at the counter.
    Get(usize, usize, Option<usize>),
    Put(usize, usize, Option<usize>),
    Swap(usize, usize, Option<usize>),
}

/// Its steps at the beginning of a turn, in some turns, and before and behind counting.
type Turn = [Vec<Step>; 4];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let variable = || 0..4usize;
    let at = || proptest::option::of(variable());
    let ops =
        prop::sample::select(vec![Op::Add, Op::WrapAdd, Op::Sub, Op::Xor, Op::And, Op::WrapMul]);
    let step = prop_oneof![
        (ops, variable(), variable()).prop_map(|(op, to, of)| Step::Sum(op, to, of)),
        (variable(), 0..2usize, at()).prop_map(|(to, vec, at)| Step::Get(to, vec, at)),
        (variable(), 0..2usize, at()).prop_map(|(of, vec, at)| Step::Put(of, vec, at)),
        (variable(), 0..2usize, at()).prop_map(|(of, vec, at)| Step::Swap(of, vec, at)),
    ];
    prop::collection::vec(step, 0..4)
}

/// `f(from, end, step, length)` with this turn; gives the variables and both vectors.
fn by_chance(turn: &Turn, shared: bool) -> Module {
    let types = |m: &mut ModuleBuilder| {
        let vec = m.vec(U64);
        (vec, vec![U64; 4], vec![U64, U64, U64, U64, vec, vec])
    };
    module(types, |f, vec| {
        let [from, end, step, length] = [0, 1, 2, 3].map(|at| f.param(at));
        let three = u64_const(f, 3);
        let vectors =
            [f.heap(Op::VecFill, vec, &[length, three]), f.heap(Op::VecFill, vec, &[end, end])];
        let kept = shared.then(|| f.heap(Op::Dup, vec, &[vectors[0]]));
        let variables = [0, 1, 2, 5].map(|value| {
            let (variable, first) = (f.register(Ty::U64), u64_const(f, value));
            f.push(Inst::mov(Ty::U64, variable, first));
            variable
        });
        let j = f.register(Ty::U64);
        f.push(Inst::mov(Ty::U64, j, from));
        let write = |f: &mut FunctionBuilder<'_>, steps: &[Step]| {
            for step in steps {
                let index = |at: Option<usize>| at.map_or(j, |at| variables[at]);
                f.push(match *step {
                    Step::Sum(op, to, of) => {
                        Inst::typed(op, Ty::U64, variables[to], variables[to], variables[of])
                    }
                    Step::Get(to, of, at) => {
                        Inst::typed(Op::VecGet, vec, variables[to], vectors[of], index(at))
                    }
                    Step::Put(of, to, at) => {
                        Inst::typed(Op::VecSet, vec, vectors[to], index(at), variables[of])
                    }
                    Step::Swap(of, to, at) => {
                        Inst::typed(Op::VecSwap, vec, vectors[to], index(at), variables[of])
                    }
                });
            }
        };
        let [first, sometimes, latch, behind] = [(); 4].map(|()| f.block());
        f.jump(first);
        f.switch_to(first);
        write(f, &turn[0]);
        let odd = f.binary(Op::Lt, Ty::U64, variables[0], variables[1]);
        f.branch(odd, sometimes, latch);
        f.switch_to(sometimes);
        write(f, &turn[1]);
        f.jump(latch);
        f.switch_to(latch);
        write(f, &turn[2]);
        f.push(Inst::typed(Op::Add, Ty::U64, j, j, step));
        write(f, &turn[3]);
        let more = f.binary(Op::Lt, Ty::U64, j, end);
        f.branch(more, first, behind);
        f.switch_to(behind);
        kept.into_iter().for_each(|kept| f.push(Inst::typed(Op::Drop, vec, kept, 0, 0)));
        let results = variables.map(|it| (it, U64)).into_iter().chain(vectors.map(|it| (it, vec)));
        let results = f.gather(&results.collect::<Vec<_>>());
        f.ret(results);
    })
}

proptest! {
    #![proptest_config(tiers::cases(2000))]

    /// With any gas: the chain compares its tiers at each call.
    #[test]
    fn loops_by_chance_end_alike(
        turn in [steps(), steps(), steps(), steps()],
        shared: bool,
        (from, end, step, length) in (0..4u64, 0..20u64, 0..4u64, 0..24u64),
    ) {
        let mut chain = Chain::new(by_chance(&turn, shared));
        let args = words(&[from, end, step, length]);
        let most = run(&mut chain, &args, 20_000).gas_used;
        for gas in (0..most).rev().take(60).chain((0..most).step_by(97)) {
            prop_assert_eq!(run(&mut chain, &args, gas).status, Status::OutOfGas);
        }
    }
}
