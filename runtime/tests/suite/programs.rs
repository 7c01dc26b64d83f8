//! Whole programs by chance: the interpreter against one that folds, fuses and skips nothing.
//!
//! The other interpreter steps through bytecode as it stands, with unbounded integers for
//! registers and the schedule's prices added up by hand. Status, place of a trap and gas must be
//! the same for every program and every limit.

use deed_bytecode::builder::ModuleBuilder;
use deed_bytecode::{Const, FunctionKind, GasClass, Inst, Module, Op, Ty, Type};
use deed_runtime::{GasSchedule, Mode, Status, TrapKind};
use num_bigint::BigInt;
use proptest::prelude::*;

use crate::model;
use crate::support::{Chain, add_function};
use crate::tiers;

/// The variables of every program: a few of each type, all parameters.
const TYPES: [Ty; 6] = [Ty::U64, Ty::I64, Ty::U8, Ty::I32, Ty::U256, Ty::Bool];
const EACH: usize = 3;

/// One step of a program, over variables of one type.
#[derive(Clone, Debug)]
enum Step {
    Const(usize, usize, u64),
    Binary(Op, usize, [usize; 3]),
    /// Into a variable of type `bool`.
    Compare(Op, usize, [usize; 3]),
    Not(usize, [usize; 2]),
    Cast(bool, [usize; 2], [usize; 2]),
    Mov(usize, [usize; 2]),
    Assert(usize),
}

/// How a block goes on; blocks are counted modulo their number.
#[derive(Clone, Debug)]
enum End {
    Jump(usize),
    Branch(usize, usize, usize),
    /// By a variable of this type; the last is for other values.
    Switch(usize, usize, Vec<usize>),
    Ret,
}

type Program = Vec<(Vec<Step>, End)>;

/// Those that cannot trap stand here more than once, so that programs live long.
#[rustfmt::skip]
const ARITHMETIC: [Op; 19] = [
    Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Rem,
    Op::WrapAdd, Op::WrapSub, Op::WrapMul,
    Op::And, Op::Or, Op::Xor, Op::And, Op::Or, Op::Xor,
    Op::Add, Op::And, Op::Or, Op::Xor, Op::Xor,
];
const COMPARISONS: [Op; 6] = [Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge];

/// The index of `bool` in `TYPES`.
const BOOL: usize = TYPES.len() - 1;

fn step() -> impl Strategy<Value = Step> {
    // Mostly the first, so that steps meet on the same variables.
    let ints = prop_oneof![2 => Just(0), 1 => 0..BOOL];
    let any_type = prop_oneof![2 => Just(0), 1 => 0..TYPES.len()];
    let three = proptest::array::uniform3(0..EACH);
    let two = proptest::array::uniform2(0..EACH);
    prop_oneof![
        3 => (any_type.clone(), 0..EACH, 0u64..20).prop_map(|(ty, v, value)| Step::Const(ty, v, value)),
        8 => (proptest::sample::select(ARITHMETIC.to_vec()), ints.clone(), three.clone())
            .prop_map(|(op, ty, vars)| Step::Binary(op, ty, vars)),
        3 => (proptest::sample::select(COMPARISONS.to_vec()), ints, three)
            .prop_map(|(op, ty, vars)| Step::Compare(op, ty, vars)),
        1 => (any_type.clone(), two.clone()).prop_map(|(ty, vars)| Step::Not(ty, vars)),
        1 => (any::<bool>(), proptest::array::uniform2(0..BOOL), two.clone())
            .prop_map(|(wraps, types, vars)| Step::Cast(wraps, types, vars)),
        1 => (any_type, two).prop_map(|(ty, vars)| Step::Mov(ty, vars)),
        // Rarely, since most fail.
        1 => (0..EACH * 8).prop_map(|v| if v < EACH { Step::Assert(v) } else { Step::Mov(0, [0, 1]) }),
    ]
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        1 => (0usize..8).prop_map(End::Jump),
        4 => (0..EACH, 0usize..8, 0usize..8).prop_map(|(v, yes, no)| End::Branch(v, yes, no)),
        1 => (0..4usize, 0..EACH, proptest::collection::vec(0usize..8, 1..5))
            .prop_map(|(ty, v, targets)| End::Switch(ty, v, targets)),
        2 => Just(End::Ret),
    ]
}

/// A block; half of the branches follow a comparison that they take.
fn block() -> impl Strategy<Value = (Vec<Step>, End)> {
    (proptest::collection::vec(step(), 0..14), end(), any::<bool>()).prop_map(
        |(mut steps, end, fuses)| {
            if let (true, End::Branch(v, ..)) = (fuses, &end) {
                let op = COMPARISONS[steps.len() % COMPARISONS.len()];
                let (ty, at) = (steps.len() % BOOL, steps.len() % EACH);
                steps.push(Step::Const(ty, at, 5));
                steps.push(Step::Compare(op, ty, [*v, (at + 1) % EACH, at]));
            }
            (steps, end)
        },
    )
}

/// The register of a variable.
fn register(ty: usize, variable: usize) -> u16 {
    let before: u16 = TYPES[..ty].iter().map(|ty| ty.slots() * EACH as u16).sum();
    before + TYPES[ty].slots() * variable as u16
}

fn params() -> Vec<Ty> {
    TYPES.into_iter().flat_map(|ty| [ty; EACH]).collect()
}

fn module(program: &Program) -> Module {
    let mut module = ModuleBuilder::new("test.Program");
    let constant = |ty: usize, value: u64| match TYPES[ty] {
        Ty::Bool => Const::bool(value % 2 == 1),
        ty => Const::int(ty, value).expect("below 20"),
    };
    // Constants first, so that their indices are known while a function is written.
    let consts: Vec<Vec<u16>> = (0..TYPES.len())
        .map(|ty| (0..20).map(|value| module.constant(constant(ty, value))).collect())
        .collect();
    add_function(&mut module, "f", FunctionKind::View, &params(), &[Ty::U64; EACH], |f| {
        let blocks: Vec<u16> = program.iter().map(|_| f.block()).collect();
        let target = |index: usize| blocks[index % blocks.len()];
        f.jump(blocks[0]);
        for ((steps, end), block) in program.iter().zip(&blocks) {
            f.switch_to(*block);
            steps.iter().for_each(|step| f.push(instruction(step, &consts)));
            match end {
                End::Jump(to) => f.jump(target(*to)),
                End::Branch(v, yes, no) => f.branch(register(BOOL, *v), target(*yes), target(*no)),
                End::Switch(ty, v, targets) => {
                    let (last, others) = targets.split_last().expect("there is one");
                    let others: Vec<u16> = others.iter().map(|to| target(*to)).collect();
                    f.switch(TYPES[*ty], register(*ty, *v), &others, target(*last));
                }
                End::Ret => f.ret(0),
            }
        }
    });
    module.finish().expect("a program fits")
}

fn instruction(step: &Step, consts: &[Vec<u16>]) -> Inst {
    let at = register;
    match step {
        Step::Const(ty, v, value) => {
            Inst::constant(TYPES[*ty], at(*ty, *v), consts[*ty][*value as usize])
        }
        Step::Binary(op, ty, [d, b, c]) => {
            Inst::typed(*op, TYPES[*ty], at(*ty, *d), at(*ty, *b), at(*ty, *c))
        }
        Step::Compare(op, ty, [d, b, c]) => {
            Inst::typed(*op, TYPES[*ty], at(BOOL, *d), at(*ty, *b), at(*ty, *c))
        }
        Step::Not(ty, [d, b]) => Inst::typed(Op::Not, TYPES[*ty], at(*ty, *d), at(*ty, *b), 0),
        Step::Cast(wraps, [to, from], [d, b]) => {
            let cast = Inst::cast(TYPES[*to], at(*to, *d), at(*from, *b), TYPES[*from]);
            Inst { op: if *wraps { Op::WrapCast } else { Op::Cast }, ..cast }
        }
        Step::Mov(ty, [d, b]) => Inst::mov(TYPES[*ty], at(*ty, *d), at(*ty, *b)),
        Step::Assert(v) => Inst::assert(at(BOOL, *v), TrapKind::Assert),
    }
}

/// How a run ended, in either interpreter: well, with the `u64` variables.
#[derive(Debug, PartialEq)]
enum Ended {
    Ok(Vec<BigInt>),
    Trap(TrapKind, u32),
    OutOfGas,
}

/// What an instruction costs, by hand.
fn cost(inst: Inst) -> u64 {
    let schedule = GasSchedule::V1;
    let from = match inst.op {
        Op::Cast | Op::WrapCast => Ty::from_byte(inst.c as u8),
        _ => None,
    };
    let width =
        match [inst.ty.and_then(Type::scalar), from].into_iter().flatten().map(Ty::slots).max() {
            Some(4) => 2,
            Some(2) => 1,
            _ => 0,
        };
    match inst.op.info().gas {
        GasClass::Move => schedule.moves[width],
        GasClass::Alu => schedule.alu[width],
        GasClass::Multiply => schedule.multiply[width],
        GasClass::Divide => schedule.divide[width],
        GasClass::Flow if inst.op == Op::Ret => schedule.flow + schedule.call_slot * EACH as u64,
        GasClass::Flow => schedule.flow,
        other => panic!("no program has {other:?}"),
    }
}

/// Steps through the bytecode as it stands; gives the end and the gas used.
fn interpret(module: &Module, registers: &mut [BigInt], limit: u64) -> (Ended, u64) {
    let function = &module.functions[0];
    let (mut block, mut gas) = (0, limit);
    loop {
        let code = &function.blocks[block].code;
        let price: u64 = code.iter().map(|inst| cost(*inst)).sum();
        if gas < price {
            return (Ended::OutOfGas, limit);
        }
        gas -= price;
        let start: usize = function.blocks[..block].iter().map(|block| block.code.len()).sum();
        let (last, body) = code.split_last().expect("blocks are not empty");
        for (at, inst) in body.iter().enumerate() {
            match value(module, registers, *inst) {
                Ok(Some(value)) => registers[usize::from(inst.a)] = value,
                Ok(None) => {}
                Err(kind) => return (Ended::Trap(kind, (start + at) as u32), limit - gas),
            }
        }
        let holds = registers[usize::from(last.a)] != BigInt::from(0);
        block = usize::from(match last.op {
            Op::Jump => last.a,
            Op::Branch if holds => last.b,
            Op::Branch => last.c,
            Op::Switch => {
                let table = &function.tables[usize::from(last.b)];
                let value = usize::try_from(&registers[usize::from(last.a)]).unwrap_or(usize::MAX);
                table[value.min(table.len() - 1)]
            }
            _ => return (Ended::Ok(registers[..EACH].to_vec()), limit - gas),
        });
    }
}

fn value(module: &Module, registers: &[BigInt], inst: Inst) -> Result<Option<BigInt>, TrapKind> {
    let register = |index: u16| registers.get(usize::from(index)).cloned().unwrap_or_default();
    let (a, b, c) = (register(inst.a), register(inst.b), register(inst.c));
    let ty = inst.ty.and_then(Type::scalar).unwrap_or(Ty::Bool);
    Ok(Some(match inst.op {
        Op::Assert if a == BigInt::from(0) => return Err(TrapKind::Assert),
        Op::Assert => return Ok(None),
        Op::Const => {
            let constant = module.consts[usize::from(inst.b)];
            model::decode(ty, &constant.to_bytes())
        }
        Op::Mov => b,
        Op::Not if ty == Ty::Bool => BigInt::from(1) - b,
        Op::Cast => model::cast(ty, &b)?,
        Op::WrapCast => model::wrapped(ty, b),
        op => model::operate(op, ty, &b, &c)?,
    }))
}

proptest! {
    #![proptest_config(tiers::cases(1500))]

    #[test]
    fn programs_end_alike(
        program in proptest::collection::vec(block(), 1..7),
        seed in proptest::collection::vec(0u64..300, TYPES.len() * EACH),
        limit in 60u64..1500,
    ) {
        let module = module(&program);
        let values = params().into_iter().zip(&seed).map(|(ty, seed)| match ty {
            Ty::Bool => BigInt::from(seed % 2),
            ty => model::wrapped(ty, BigInt::from(*seed) - 20),
        });
        let values: Vec<BigInt> = values.collect();
        let encoded = params().into_iter().zip(&values).map(|(ty, value)| model::encode(ty, value));
        let args = encoded.collect::<Vec<_>>().concat();
        let mut registers = vec![BigInt::from(0); usize::from(module.functions[0].slots)];
        for (ty, values) in values.chunks(EACH).enumerate() {
            for (variable, value) in values.iter().enumerate() {
                registers[usize::from(register(ty, variable))] = value.clone();
            }
        }
        let expected = interpret(&module, &mut registers, limit);
        let prepaid = GasSchedule::V1.argument_byte * args.len() as u64;
        let outcome = Chain::new(module).run(Mode::View, "f", &args, limit + prepaid);
        let ended = match outcome.status {
            Status::Ok(bytes) => {
                Ended::Ok(bytes.chunks(8).map(|value| model::decode(Ty::U64, value)).collect())
            }
            Status::Trap(trap) => Ended::Trap(trap.kind, trap.pc),
            Status::OutOfGas => Ended::OutOfGas,
            other => panic!("a program ended with {other:?}"),
        };
        prop_assert_eq!((ended, outcome.gas_used - prepaid), expected);
    }
}
