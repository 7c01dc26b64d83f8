//! Every operator on every type, against integers without bounds: at the edges in full, in
//! between by chance; with operands from registers and from constants, alone and before a branch.

use deed_bytecode::builder::{FunctionBuilder, ModuleBuilder};
use deed_bytecode::{Const, FunctionKind, Inst, Module, Op, Ty};
use deed_runtime::{Mode, Status, TrapKind};
use num_bigint::BigInt;
use proptest::prelude::*;

use crate::model;
use crate::support::{Chain, add_function, one_function, trap};
use crate::tiers;

const BINARY: [Op; 17] = [
    Op::Add,
    Op::Sub,
    Op::Mul,
    Op::Div,
    Op::Rem,
    Op::WrapAdd,
    Op::WrapSub,
    Op::WrapMul,
    Op::And,
    Op::Or,
    Op::Xor,
    Op::Eq,
    Op::Ne,
    Op::Lt,
    Op::Le,
    Op::Gt,
    Op::Ge,
];
const SHIFTS: [Op; 3] = [Op::Shl, Op::Shr, Op::WrapShl];
const UNARY: [Op; 3] = [Op::Neg, Op::WrapNeg, Op::Not];

fn integers() -> impl Iterator<Item = Ty> {
    Ty::ALL.into_iter().filter(|ty| ty.is_int())
}

/// Whether an operator gives a `bool`.
fn compares(op: Op) -> bool {
    matches!(op, Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge)
}

fn result_type(op: Op, ty: Ty) -> Ty {
    if compares(op) { Ty::Bool } else { ty }
}

/// Values at which operators change their mind.
fn edges(ty: Ty) -> Vec<BigInt> {
    let (least, greatest) = model::bounds(ty);
    let half = BigInt::from(1) << (ty.bits() / 2);
    let mut edges = vec![
        least.clone(),
        &least + 1,
        &least / 2 - 1,
        BigInt::from(-1),
        BigInt::from(0),
        BigInt::from(1),
        BigInt::from(2),
        BigInt::from(3),
        &half - 1,
        half.clone(),
        -half,
        &greatest / 2,
        &greatest / 2 + 1,
        &greatest - 1,
        greatest.clone(),
    ];
    edges.retain(|value| *value >= least && *value <= greatest);
    edges
}

/// Calls `function` with encoded arguments and compares with what the model says.
fn check(
    chain: &mut Chain,
    function: &str,
    args: &[u8],
    ty: Ty,
    expected: Result<BigInt, TrapKind>,
) {
    let outcome = chain.run(Mode::Transaction, function, args, 1 << 30);
    match (&outcome.status, expected) {
        (Status::Ok(bytes), Ok(value)) => {
            assert_eq!(model::decode(ty, bytes), value, "{function}({args:?})");
        }
        (Status::Trap(trap), Err(kind)) => assert_eq!(trap.kind, kind, "{function}({args:?})"),
        (status, expected) => panic!("{function}({args:?}): {status:?}, not {expected:?}"),
    }
}

/// A module with a function for each of these operators on `ty`, named like it.
fn table(ty: Ty, ops: &[Op], right: Option<Ty>) -> Module {
    let mut module = ModuleBuilder::new("test.Table");
    for op in ops {
        let params = [Some(ty), right].into_iter().flatten().collect::<Vec<_>>();
        let results = [result_type(*op, ty)];
        add_function(&mut module, op.info().mnemonic, FunctionKind::View, &params, &results, |f| {
            let value = match right {
                Some(_) => f.binary(*op, ty, f.param(0), f.param(1)),
                None => f.unary(*op, ty, f.param(0)),
            };
            f.ret(value);
        });
    }
    module.finish().expect("the table fits")
}

#[test]
fn binary_operators_at_the_edges() {
    for ty in integers() {
        let mut chain = Chain::new(table(ty, &BINARY, Some(ty)));
        for b in edges(ty) {
            for c in edges(ty) {
                let args = [model::encode(ty, &b), model::encode(ty, &c)].concat();
                for op in BINARY {
                    let expected = model::operate(op, ty, &b, &c);
                    check(&mut chain, op.info().mnemonic, &args, result_type(op, ty), expected);
                }
            }
        }
    }
}

#[test]
fn shifts_at_the_edges() {
    for ty in integers() {
        let mut chain = Chain::new(table(ty, &SHIFTS, Some(Ty::U32)));
        let bits = ty.bits();
        for b in edges(ty) {
            for count in [0, 1, 7, bits / 2, bits - 2, bits - 1, bits, bits + 1, 256, u32::MAX] {
                let args = [model::encode(ty, &b), count.to_le_bytes().to_vec()].concat();
                for op in SHIFTS {
                    let expected = model::operate(op, ty, &b, &count.into());
                    check(&mut chain, op.info().mnemonic, &args, ty, expected);
                }
            }
        }
    }
}

#[test]
fn unary_operators_at_the_edges() {
    for ty in integers() {
        let ops = UNARY.into_iter().filter(|op| *op != Op::Neg || ty.is_signed());
        let ops: Vec<Op> = ops.collect();
        let mut chain = Chain::new(table(ty, &ops, None));
        for b in edges(ty) {
            for op in &ops {
                let expected = model::operate(*op, ty, &b, &0.into());
                check(&mut chain, op.info().mnemonic, &model::encode(ty, &b), ty, expected);
            }
        }
    }
}

#[test]
fn casts_between_all_types_at_the_edges_of_both() {
    for from in integers() {
        for to in integers() {
            let mut module = ModuleBuilder::new("test.Casts");
            for (name, op) in [("cast", Op::Cast), ("wrap", Op::WrapCast)] {
                add_function(&mut module, name, FunctionKind::View, &[from], &[to], |f| {
                    let (dst, src) = (f.register(to), f.param(0));
                    f.push(Inst { op, ..Inst::cast(to, dst, src, from) });
                    f.ret(dst);
                });
            }
            let mut chain = Chain::new(module.finish().expect("two functions fit"));
            let (least, greatest) = model::bounds(from);
            let values = edges(from).into_iter().chain(edges(to));
            for value in values.filter(|value| *value >= least && *value <= greatest) {
                let args = model::encode(from, &value);
                check(&mut chain, "cast", &args, to, model::cast(to, &value));
                check(&mut chain, "wrap", &args, to, Ok(model::wrapped(to, value)));
            }
        }
    }
}

/// A function that leaves the result of a comparison to a branch.
fn branch_on(f: &mut FunctionBuilder<'_>, op: Op, ty: Ty, left: u16, right: u16) {
    let holds = f.binary(op, ty, left, right);
    let (yes, no) = (f.block(), f.block());
    f.branch(holds, yes, no);
    for (block, value) in [(yes, true), (no, false)] {
        f.switch_to(block);
        let value = f.constant(Const::bool(value));
        f.ret(value);
    }
}

/// `b op c` in all the forms that the interpreter tells apart.
fn forms(op: Op, ty: Ty, right: Ty, b: &BigInt, c: &BigInt) -> Module {
    let constant = |ty: Ty, value: &BigInt| {
        Const::from_bytes(ty, &model::encode(ty, value)).expect("encodings are canonical")
    };
    let (left, right_value) = (constant(ty, b), constant(right, c));
    let mut module = ModuleBuilder::new("test.Forms");
    for (name, b_known, c_known) in
        [("rr", false, false), ("rc", false, true), ("cr", true, false), ("cc", true, true)]
    {
        let view = FunctionKind::View;
        let pick = |f: &mut FunctionBuilder<'_>, known: bool, index: usize, value: Const| {
            if known { f.constant(value) } else { f.param(index) }
        };
        add_function(&mut module, name, view, &[ty, right], &[result_type(op, ty)], |f| {
            let b = pick(f, b_known, 0, left);
            let c = pick(f, c_known, 1, right_value);
            let value = f.binary(op, ty, b, c);
            f.ret(value);
        });
        if compares(op) {
            let name = format!("branch_{name}");
            add_function(&mut module, &name, view, &[ty, right], &[Ty::Bool], |f| {
                let b = pick(f, b_known, 0, left);
                let c = pick(f, c_known, 1, right_value);
                branch_on(f, op, ty, b, c);
            });
        }
    }
    module.finish().expect("eight functions fit")
}

fn check_forms(op: Op, ty: Ty, right: Ty, b: &BigInt, c: &BigInt) {
    let mut chain = Chain::new(forms(op, ty, right, b, c));
    let args = [model::encode(ty, b), model::encode(right, c)].concat();
    let expected = model::operate(op, ty, b, c);
    for name in ["rr", "rc", "cr", "cc"] {
        check(&mut chain, name, &args, result_type(op, ty), expected.clone());
        if compares(op) {
            check(&mut chain, &format!("branch_{name}"), &args, Ty::Bool, expected.clone());
        }
    }
}

/// Edges, values near zero and near powers of two, and any bits at all.
fn value(ty: Ty) -> impl Strategy<Value = BigInt> {
    let wrap = move |value: BigInt| model::wrapped(ty, value);
    prop_oneof![
        3 => proptest::sample::select(edges(ty)),
        2 => (-40i64..40).prop_map(move |small| wrap(small.into())),
        2 => (0..ty.bits(), -2i64..3).prop_map(move |(bit, near)| {
            wrap((BigInt::from(1) << bit) + near)
        }),
        2 => proptest::collection::vec(any::<u8>(), ty.bytes())
            .prop_map(move |bytes| model::decode(ty, &bytes)),
    ]
}

/// Two values, often equal or next to each other: where comparisons change their mind.
fn values(ty: Ty) -> impl Strategy<Value = (BigInt, BigInt)> {
    let near = (value(ty), -1i64..2).prop_map(move |(value, offset)| {
        let other = model::wrapped(ty, &value + offset);
        (value, other)
    });
    prop_oneof![2 => (value(ty), value(ty)), 1 => near]
}

fn binary_case() -> impl Strategy<Value = (Op, Ty, (BigInt, BigInt))> {
    let types = integers().collect::<Vec<_>>();
    (proptest::sample::select(BINARY.to_vec()), proptest::sample::select(types))
        .prop_flat_map(|(op, ty)| (Just(op), Just(ty), values(ty)))
}

fn shift_case() -> impl Strategy<Value = (Op, Ty, BigInt, BigInt)> {
    let types = integers().collect::<Vec<_>>();
    (proptest::sample::select(SHIFTS.to_vec()), proptest::sample::select(types)).prop_flat_map(
        |(op, ty)| {
            let count = (0..ty.bits() + 3).prop_map(BigInt::from);
            (Just(op), Just(ty), value(ty), count)
        },
    )
}

proptest! {
    #![proptest_config(tiers::cases(2000))]

    #[test]
    fn binary_operators_in_every_form((op, ty, (b, c)) in binary_case()) {
        check_forms(op, ty, ty, &b, &c);
    }

    #[test]
    fn shifts_in_every_form((op, ty, b, c) in shift_case()) {
        check_forms(op, ty, Ty::U32, &b, &c);
    }
}

#[test]
fn bools_have_logic_and_order() {
    let ops = [Op::And, Op::Or, Op::Xor, Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge];
    let mut chain = Chain::new(table(Ty::Bool, &ops, Some(Ty::Bool)));
    for b in [0u8, 1] {
        for c in [0u8, 1] {
            for op in ops {
                let expected = model::operate(op, Ty::U8, &b.into(), &c.into());
                check(&mut chain, op.info().mnemonic, &[b, c], Ty::Bool, expected);
            }
        }
    }
    let mut chain = Chain::new(table(Ty::Bool, &[Op::Not], None));
    check(&mut chain, "not", &[0], Ty::Bool, Ok(1.into()));
    check(&mut chain, "not", &[1], Ty::Bool, Ok(0.into()));
}

#[test]
fn addresses_order_byte_by_byte_in_reading_order() {
    let ops = [Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge];
    for ty in [Ty::Address, Ty::Hash] {
        let mut chain = Chain::new(table(ty, &ops, Some(ty)));
        let values = [[0; 32], edge(0, 1), edge(7, 1), edge(8, 1), edge(31, 1), edge(0, 255)];
        for b in values {
            for c in values {
                let held = [b == c, b != c, b < c, b <= c, b > c, b >= c];
                for (op, held) in ops.into_iter().zip(held) {
                    let expected = Ok(u8::from(held).into());
                    check(&mut chain, op.info().mnemonic, &[b, c].concat(), Ty::Bool, expected);
                }
            }
        }
    }
}

/// Zeros but for one byte.
fn edge(at: usize, value: u8) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[at] = value;
    bytes
}

#[test]
fn a_failed_assertion_traps_with_its_kind() {
    for kind in [TrapKind::Assert, TrapKind::Requires] {
        let module = one_function(FunctionKind::View, &[Ty::Bool], &[], |f| {
            f.push(Inst::assert(f.param(0), kind));
            f.ret(0);
        });
        let mut chain = Chain::new(module);
        assert_eq!(chain.call("f", &[1]).status, Status::Ok(vec![]));
        assert_eq!(trap(&chain.call("f", &[0])), kind);
    }
}
