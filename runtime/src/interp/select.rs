//! Which op a bytecode instruction becomes.
//!
//! In: one instruction, and what is known of its second operand. Out: the op. Everything here is
//! by type and operator alone; `translate` decides about neighbours and checks registers.
//! `None` means that the instruction has a form that no valid module has.

use deed_bytecode::{ContextKind, HeapType, Inst, Module, Op as Operator, TrapKind, Ty, Type};

use super::op::{Op, StateOp, Target};
use crate::heap::{SHORT_HEADER, Shapes, bytes_of};

/// Whether the instruction is a typed operator whose values all take one slot.
pub(super) fn is_narrow(inst: Inst) -> bool {
    let from = match inst.op {
        Operator::Cast | Operator::WrapCast => source(inst),
        Operator::Encode => None,
        _ => scalar(inst),
    };
    [scalar(inst), from].iter().all(|ty| ty.is_some_and(|ty| ty.slots() == 1))
}

pub(super) fn is_compare(inst: Inst) -> bool {
    use Operator::{Eq, Ge, Gt, Le, Lt, Ne};
    matches!(inst.op, Eq | Ne | Lt | Le | Gt | Ge)
}

/// Finds a constant that can stand in for operand `c`, turning commutative operators round.
/// Comparisons are left alone: see `fold_compare`.
pub(super) fn fold(inst: Inst, known: impl Fn(u16) -> Option<u64>) -> (Inst, Option<u64>) {
    use Operator::{Add, And, Div, Mul, Or, Rem, Shl, Shr, Sub, Xor};
    use Operator::{WrapAdd, WrapMul, WrapSub};
    let Some(ty) = scalar(inst).filter(|_| is_narrow(inst)) else { return (inst, None) };
    match inst.op {
        Add | Mul | And | Or | Xor | WrapAdd | WrapMul => match (known(inst.c), known(inst.b)) {
            (Some(constant), _) => (inst, Some(constant)),
            (None, Some(constant)) => (Inst { b: inst.c, c: inst.b, ..inst }, Some(constant)),
            (None, None) => (inst, None),
        },
        Sub | WrapSub => (inst, known(inst.c)),
        Div | Rem if !ty.is_signed() => (inst, known(inst.c).filter(|divisor| *divisor != 0)),
        Shl | Shr => (inst, known(inst.c).filter(|count| *count < u64::from(ty.bits()))),
        _ => (inst, None),
    }
}

/// The same for a comparison that is joined with a branch, whose constants have 32 bits.
pub(super) fn fold_compare(inst: Inst, known: impl Fn(u16) -> Option<u64>) -> (Inst, Option<u64>) {
    let unsigned = |value: &u64| u32::try_from(*value).is_ok();
    let signed = |value: &u64| i32::try_from(*value as i64).is_ok();
    let equality = matches!(inst.op, Operator::Eq | Operator::Ne);
    let by_sign = equality || scalar(inst).is_some_and(Ty::is_signed);
    let fits =
        |reg: u16| known(reg).filter(|value| if by_sign { signed(value) } else { unsigned(value) });
    if let Some(constant) = fits(inst.c) {
        return (inst, Some(constant));
    }
    match fits(inst.b) {
        Some(constant) => (mirrored(inst), Some(constant)),
        None => (inst, None),
    }
}

/// The comparison that holds for `(c, b)` exactly where `inst` holds for `(b, c)`.
fn mirrored(inst: Inst) -> Inst {
    let op = match inst.op {
        Operator::Lt => Operator::Gt,
        Operator::Le => Operator::Ge,
        Operator::Gt => Operator::Lt,
        Operator::Ge => Operator::Le,
        same => same,
    };
    Inst { op, b: inst.c, c: inst.b, ..inst }
}

/// One op for a comparison and the branch on its result. Targets are block numbers still.
pub(super) fn compare_and_branch(compare: Inst, constant: Option<u64>, branch: Inst) -> Option<Op> {
    use Operator::{Eq, Ge, Gt, Le, Lt, Ne};
    let signed = scalar(compare)?.is_signed();
    let (then, otherwise) = (Target::from(branch.b), Target::from(branch.c));
    // `≠`, `>` and `≥` against a constant are their opposites with the targets exchanged.
    let flip = matches!(compare.op, Ne) || constant.is_some() && matches!(compare.op, Gt | Ge);
    let (yes, no) = if flip { (otherwise, then) } else { (then, otherwise) };
    let (a, b) = match (compare.op, constant) {
        (Gt | Ge, None) => (compare.c, compare.b),
        _ => (compare.b, compare.c),
    };
    Some(match (compare.op, constant, signed) {
        (Eq | Ne, None, _) => Op::BrEq { a, b, yes, no },
        (Lt | Gt, None, false) => Op::BrLtU { a, b, yes, no },
        (Le | Ge, None, false) => Op::BrLeU { a, b, yes, no },
        (Lt | Gt, None, true) => Op::BrLtS { a, b, yes, no },
        (Le | Ge, None, true) => Op::BrLeS { a, b, yes, no },
        (Eq | Ne, Some(imm), _) => Op::BrEqI { a, imm: imm as i32, yes, no },
        (Lt | Ge, Some(imm), false) => Op::BrLtUI { a, imm: imm as u32, yes, no },
        (Le | Gt, Some(imm), false) => Op::BrLeUI { a, imm: imm as u32, yes, no },
        (Lt | Ge, Some(imm), true) => Op::BrLtSI { a, imm: imm as i32, yes, no },
        (Le | Gt, Some(imm), true) => Op::BrLeSI { a, imm: imm as i32, yes, no },
        _ => return None,
    })
}

/// The op for a typed operator on values of one slot.
pub(super) fn narrow(module: &Module, inst: Inst, constant: Option<u64>) -> Option<Op> {
    use Operator as O;
    let ty = scalar(inst)?;
    let (d, a, b) = (inst.a, inst.b, inst.c);
    let bits = ty.bits() as u8;
    Some(match (inst.op, constant) {
        (O::Const, _) => Op::Const { d, value: module.consts.get(usize::from(a))?.slots()[0] },
        (O::Mov, _) => Op::Mov { d, a },
        (O::Add | O::Sub | O::Mul, None) => arithmetic(inst, ty),
        (O::Add | O::Sub | O::Mul, Some(imm)) => arithmetic_with(inst, ty, imm),
        (O::Div, None) if ty.is_signed() => Op::DivS { d, a, b, max: greatest_signed(ty) },
        (O::Rem, None) if ty.is_signed() => Op::RemS { d, a, b },
        (O::Div, None) => Op::DivU { d, a, b },
        (O::Rem, None) => Op::RemU { d, a, b },
        (O::Div, Some(imm)) => Op::DivUI { d, a, imm },
        (O::Rem, Some(imm)) => Op::RemUI { d, a, imm },
        (O::Neg, _) => Op::NegS { d, a, max: greatest_signed(ty) },
        (O::Cast, _) => cast(inst, source(inst)?, ty),
        (O::WrapCast, _) => Op::Mov { d, a },
        (O::WrapAdd, None) => Op::WrapAdd { d, a, b },
        (O::WrapSub, None) => Op::WrapSub { d, a, b },
        (O::WrapMul, None) => Op::WrapMul { d, a, b },
        (O::WrapAdd, Some(imm)) => Op::WrapAddI { d, a, imm },
        (O::WrapSub, Some(imm)) => Op::WrapAddI { d, a, imm: imm.wrapping_neg() },
        (O::WrapMul, Some(imm)) => Op::WrapMulI { d, a, imm },
        (O::WrapNeg, _) => Op::WrapNeg { d, a },
        (O::WrapShl, _) => Op::WrapShl { d, a, b, bits },
        (O::And, None) => Op::And { d, a, b },
        (O::Or, None) => Op::Or { d, a, b },
        (O::Xor, None) => Op::Xor { d, a, b },
        (O::And, Some(imm)) => Op::AndI { d, a, imm },
        (O::Or, Some(imm)) => Op::OrI { d, a, imm },
        (O::Xor, Some(imm)) => Op::XorI { d, a, imm },
        (O::Not, _) => Op::XorI { d, a, imm: mask(ty) },
        (O::Shl | O::Shr, constant) => shift(inst, ty, constant),
        (O::Eq, _) => Op::Eq { d, a, b },
        (O::Ne, _) => Op::Ne { d, a, b },
        (O::Lt | O::Le, _) => ordered(inst, ty),
        (O::Gt | O::Ge, _) => ordered(mirrored(inst), ty),
        _ => return None,
    })
}

/// What cuts the 64-bit result of a wrapping operator to a narrower type, in place.
pub(super) fn cut(inst: Inst) -> Option<Op> {
    use Operator::{WrapAdd, WrapCast, WrapMul, WrapNeg, WrapShl, WrapSub};
    let ty = scalar(inst).filter(|ty| ty.bits() < 64)?;
    if !matches!(inst.op, WrapAdd | WrapSub | WrapMul | WrapNeg | WrapShl | WrapCast) {
        return None;
    }
    let (d, a) = (inst.a, inst.a);
    Some(match ty.is_signed() {
        true => Op::SignExtend { d, a, shift: 64 - ty.bits() as u8 },
        false => Op::AndI { d, a, imm: mask(ty) },
    })
}

/// The op for an element of a vector of unsigned bytes or of numbers of 64 bits.
pub(super) fn element(module: &Module, inst: Inst) -> Option<Op> {
    let ty = inst.ty.and_then(Type::heap)?;
    let element = module.heap_type(inst.ty?)?.element()?.scalar()?;
    let (d, a, b) = (inst.a, inst.b, inst.c);
    match (inst.op, element) {
        (Operator::VecGet, Ty::U8) => Some(Op::Get8 { ty, d, a, b }),
        (Operator::VecGet, Ty::U64 | Ty::I64) => Some(Op::Get64 { ty, d, a, b }),
        (Operator::VecSet, Ty::U8) => Some(Op::Set8 { ty, d, a, b }),
        (Operator::VecSet, Ty::U64 | Ty::I64) => Some(Op::Set64 { ty, d, a, b }),
        _ => None,
    }
}

/// The op for a field of a record that is a number of 64 bits.
pub(super) fn field(module: &Module, shapes: &Shapes, inst: Inst) -> Option<Op> {
    let ty = inst.ty.and_then(Type::heap)?;
    let HeapType::Record { fields, .. } = module.heap_type(inst.ty?)? else { return None };
    let (d, a, b) = (inst.a, inst.b, inst.c);
    let index = if inst.op == Operator::RecordGet { b } else { a };
    let (before, rest) = fields.split_at_checked(index.into())?;
    let (Type::Scalar(Ty::U64) | Type::Scalar(Ty::I64)) = rest.first()? else { return None };
    shapes.first(inst.ty?.heap()?)?;
    let bytes: usize = before.iter().copied().map(bytes_of).sum();
    let at = u16::try_from(bytes + SHORT_HEADER as usize).ok()?;
    match inst.op {
        Operator::RecordGet => Some(Op::Field64 { d, a, at }),
        Operator::RecordSet => Some(Op::SetField64 { ty, d, a, b, at }),
        _ => None,
    }
}

/// The op for everything that is not `narrow`. Targets are block numbers still.
pub(crate) fn other(inst: Inst) -> Option<Op> {
    use Operator as O;
    let (a, b, c) = (inst.a, inst.b, inst.c);
    let trap = |operand: u16| TrapKind::from_byte(u8::try_from(operand).ok()?);
    let state = |op| Op::State { op, value: a, field: b, keys: c };
    if let (O::Encode, Some(of)) = (inst.op, inst.ty) {
        return Some(Op::Heap { op: inst.op, ty: 0, a, b, c: of.code() });
    }
    if let Some(Type::Heap(ty)) = inst.ty {
        if inst.op == O::Mov {
            return Some(Op::Mov { d: a, a: b });
        }
        if inst.op == O::Fail {
            return Some(Op::Fail { a });
        }
        return Some(Op::Heap { op: inst.op, ty, a, b, c });
    }
    Some(match (inst.op, scalar(inst)) {
        (O::Const, Some(ty)) => Op::ConstWide { d: a, slots: ty.slots(), index: b.into() },
        (O::Mov, Some(ty)) => Op::MovWide { d: a, a: b, slots: ty.slots() },
        (O::Cast, Some(to)) => Op::CastWide { wrap: false, from: source(inst)?, to, d: a, a: b },
        (O::WrapCast, Some(to)) => Op::CastWide { wrap: true, from: source(inst)?, to, d: a, a: b },
        (op, Some(ty)) => Op::Wide { op, ty, d: a, a: b, b: c },
        (O::Jump, None) => Op::Jump { to: a.into() },
        (O::Branch, None) => Op::Branch { a, yes: b.into(), no: c.into() },
        // What depends on the function is put in by `translate`.
        (O::Ret, None) => Op::Ret { a, count: 0 },
        (O::Throw, None) => Op::Throw { error: a, a: b },
        (O::Trap, None) => Op::Trap { kind: trap(a)? },
        (O::Assert, None) => Op::Assert { a, kind: trap(b)? },
        (O::Call, None) => Op::Call { d: a, function: b, a: c, frame: 0, back: 0 },
        (O::Context, None) => {
            Op::Context { d: a, kind: ContextKind::from_byte(u8::try_from(b).ok()?)? }
        }
        (
            op @ (O::ContractCall
            | O::Deploy
            | O::HostCall
            | O::Balance
            | O::Pay
            | O::Unique
            | O::Native),
            None,
        ) => Op::Outside { op, a, b, c },
        (O::Emit, None) => Op::Emit { event: a, a: b },
        (O::StateLoad, None) => state(StateOp::Load),
        (O::StateHas, None) => state(StateOp::Has),
        (O::StateFind, None) => state(StateOp::Find),
        (O::StateStore, None) => state(StateOp::Store),
        (O::StateInsert, None) => state(StateOp::Insert),
        (O::StateRemove, None) => state(StateOp::Remove),
        (O::StateAny, None) => state(StateOp::Any),
        (O::StateFirst, None) => state(StateOp::First),
        (O::StateLast, None) => state(StateOp::Last),
        (O::StateNext, None) => state(StateOp::Next),
        (O::StatePrev, None) => state(StateOp::Prev),
        _ => return None,
    })
}

fn arithmetic(inst: Inst, ty: Ty) -> Op {
    use Operator::{Add, Sub};
    let Inst { a: d, b: a, c: b, .. } = inst;
    match (ty.is_signed(), ty.bits()) {
        (false, 64) => match inst.op {
            Add => Op::AddU { d, a, b },
            Sub => Op::SubU { d, a, b },
            _ => Op::MulU { d, a, b },
        },
        (true, 64) => match inst.op {
            Add => Op::AddS { d, a, b },
            Sub => Op::SubS { d, a, b },
            _ => Op::MulS { d, a, b },
        },
        (false, _) => {
            let max = mask(ty) as u32;
            match inst.op {
                Add => Op::AddSmallU { d, a, b, max },
                Sub => Op::SubSmallU { d, a, b, max },
                _ => Op::MulSmallU { d, a, b, max },
            }
        }
        (true, _) => {
            let max = greatest_signed(ty) as i32;
            match inst.op {
                Add => Op::AddSmallS { d, a, b, max },
                Sub => Op::SubSmallS { d, a, b, max },
                _ => Op::MulSmallS { d, a, b, max },
            }
        }
    }
}

fn arithmetic_with(inst: Inst, ty: Ty, constant: u64) -> Op {
    use Operator::{Add, Sub};
    let Inst { a: d, b: a, .. } = inst;
    match (ty.is_signed(), ty.bits()) {
        (false, 64) => match inst.op {
            Add => Op::AddUI { d, a, imm: constant },
            Sub => Op::SubUI { d, a, imm: constant },
            _ => Op::MulUI { d, a, imm: constant },
        },
        (true, 64) => match inst.op {
            Add => Op::AddSI { d, a, imm: constant as i64 },
            Sub => Op::SubSI { d, a, imm: constant as i64 },
            _ => Op::MulSI { d, a, imm: constant as i64 },
        },
        (false, _) => {
            let (imm, max) = (constant as u32, mask(ty) as u32);
            match inst.op {
                Add => Op::AddSmallUI { d, a, imm, max },
                Sub => Op::SubSmallUI { d, a, imm, max },
                _ => Op::MulSmallUI { d, a, imm, max },
            }
        }
        (true, _) => {
            let (imm, max) = (constant as i32, greatest_signed(ty) as i32);
            match inst.op {
                Add => Op::AddSmallSI { d, a, imm, max },
                Sub => Op::SubSmallSI { d, a, imm, max },
                _ => Op::MulSmallSI { d, a, imm, max },
            }
        }
    }
}

fn shift(inst: Inst, ty: Ty, constant: Option<u64>) -> Op {
    let Inst { a: d, b: a, c: b, .. } = inst;
    let (bits, count) = (ty.bits() as u8, constant.map(|count| count as u8));
    let (max, signed_max) = (mask(ty), greatest_signed(ty));
    match (inst.op, ty.is_signed(), count) {
        (Operator::Shl, false, None) => Op::ShlU { d, a, b, bits, max },
        (Operator::Shl, true, None) => Op::ShlS { d, a, b, bits, max: signed_max },
        (Operator::Shl, false, Some(count)) => Op::ShlUI { d, a, count, max },
        (Operator::Shl, true, Some(count)) => Op::ShlSI { d, a, count, max: signed_max },
        (_, false, None) => Op::ShrU { d, a, b, bits },
        (_, true, None) => Op::ShrS { d, a, b, bits },
        (_, false, Some(count)) => Op::ShrUI { d, a, count },
        (_, true, Some(count)) => Op::ShrSI { d, a, count },
    }
}

/// `<` or `≤`.
fn ordered(inst: Inst, ty: Ty) -> Op {
    let Inst { a: d, b: a, c: b, .. } = inst;
    match (inst.op, ty.is_signed()) {
        (Operator::Lt, false) => Op::LtU { d, a, b },
        (Operator::Lt, true) => Op::LtS { d, a, b },
        (_, false) => Op::LeU { d, a, b },
        (_, true) => Op::LeS { d, a, b },
    }
}

/// A negative value is, as an unsigned slot, above every value of a signed type.
fn cast(inst: Inst, from: Ty, to: Ty) -> Op {
    let (d, a) = (inst.a, inst.b);
    match (from.is_signed(), to.is_signed()) {
        (true, true) => Op::CastS { d, a, max: greatest_signed(to) },
        (false, true) => Op::CastU { d, a, max: greatest_signed(to) as u64 },
        (true, false) => Op::CastU { d, a, max: mask(to).min(i64::MAX as u64) },
        (false, false) => Op::CastU { d, a, max: mask(to) },
    }
}

/// The scalar type that the instruction carries.
fn scalar(inst: Inst) -> Option<Ty> {
    inst.ty.and_then(Type::scalar)
}

/// The type that a cast starts from.
fn source(inst: Inst) -> Option<Ty> {
    u8::try_from(inst.c).ok().and_then(Ty::from_byte)
}

/// The bits that values of a type may have set in their slot: for unsigned types the greatest
/// value, for signed ones all, since they are extended by their sign.
fn mask(ty: Ty) -> u64 {
    if ty.is_signed() { u64::MAX } else { u64::MAX >> (64 - ty.bits()) }
}

/// The greatest value of a signed type; for unsigned ones it is not asked.
fn greatest_signed(ty: Ty) -> i64 {
    i64::MAX >> (64 - ty.bits())
}
