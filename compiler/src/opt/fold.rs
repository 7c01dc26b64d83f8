//! Constant folding, copy propagation and the laws of arithmetic.
//!
//! Holds always: an operation is computed here only where it would not trap; one that always traps
//! is left as it is, so it traps with the kind and at the place that the machine says.

use num_bigint::BigInt;

use super::parts::{self, Known};
use super::rewrite::Substitution;
use crate::mir::cfg::Cfg;
use crate::mir::{
    BinaryOp, Const, Function, Inst, IntTy, Op, Program, Terminator, Ty, UnaryOp, ValueId,
};

pub(super) fn run(program: &mut Program) {
    program.functions.iter_mut().for_each(function);
}

fn function(function: &mut Function) {
    let mut folder = Folder {
        known: vec![None; function.values.len()],
        substitution: Substitution::new(function),
    };
    for id in Cfg::new(function).order {
        let mut insts = std::mem::take(&mut function.block_mut(id).insts);
        insts.retain_mut(|inst| folder.inst(function, inst));
        function.block_mut(id).insts = insts;
        folder.terminator(&mut function.block_mut(id).terminator);
    }
    folder.substitution.apply(function);
}

/// What an operation comes to.
enum Simpler {
    /// A value that is there already.
    Value(ValueId),
    Const(Const),
    /// A cheaper operation.
    Op(Op),
}

struct Folder {
    /// The operation that defines each value, once it was visited.
    known: Vec<Option<Op>>,
    substitution: Substitution,
}

impl Folder {
    /// Simplifies an instruction; `false` where it is not needed any more.
    fn inst(&mut self, function: &mut Function, inst: &mut Inst) -> bool {
        inst.op.for_each_operand_mut(|value| *value = self.substitution.resolve(*value));
        if let Op::Assert { condition } = inst.op {
            return self.as_bool(condition) != Some(true);
        }
        let Some(result) = inst.result() else { return true };
        match self.simpler(function, &inst.op, function.ty(result)) {
            Some(Simpler::Value(value)) => {
                self.substitution.replace(function, result, value);
                return false;
            }
            Some(Simpler::Const(value)) => inst.op = Op::Const(value),
            Some(Simpler::Op(op)) => inst.op = op,
            None => {}
        }
        self.known[result.index()] = Some(inst.op.clone());
        true
    }

    /// A branch on a negation is the branch the other way round.
    fn terminator(&self, terminator: &mut Terminator) {
        terminator.for_each_operand_mut(|value| *value = self.substitution.resolve(*value));
        if let Terminator::Branch { condition, then, otherwise } = terminator
            && let Some(Op::Unary { op: UnaryOp::Not, arg }) = &self.known[condition.index()]
        {
            *condition = *arg;
            std::mem::swap(then, otherwise);
        }
    }

    fn constant(&self, value: ValueId) -> Option<&Const> {
        match &self.known[value.index()] {
            Some(Op::Const(value)) => Some(value),
            _ => None,
        }
    }

    fn as_bool(&self, value: ValueId) -> Option<bool> {
        match self.constant(value) {
            Some(Const::Bool(value)) => Some(*value),
            _ => None,
        }
    }

    fn as_int(&self, value: ValueId) -> Option<&BigInt> {
        match self.constant(value) {
            Some(Const::Int(_, value)) => Some(value),
            _ => None,
        }
    }

    fn simpler(&self, function: &Function, op: &Op, ty: Ty) -> Option<Simpler> {
        match op {
            Op::Unary { op, arg } => self.unary(*op, *arg, ty),
            Op::Binary { op, left, right } => self
                .computed(*op, *left, *right, ty)
                .or_else(|| self.by_law(function, *op, *left, *right))
                .or_else(|| self.swapped(*op, *left, *right)),
            Op::Cast { arg } if function.ty(*arg) == ty => Some(Simpler::Value(*arg)),
            Op::Cast { arg } => {
                Const::int(ty.as_int()?, self.as_int(*arg)?.clone()).map(Simpler::Const)
            }
            op => {
                let part = parts::part(op, ty, |value| self.known[value.index()].as_ref())?;
                Some(match part {
                    Known::Value(value) => Simpler::Value(value),
                    Known::Tag(tag) => Simpler::Const(Const::int(ty.as_int()?, tag)?),
                })
            }
        }
    }

    fn unary(&self, op: UnaryOp, arg: ValueId, ty: Ty) -> Option<Simpler> {
        match (op, self.known[arg.index()].as_ref()?) {
            (UnaryOp::Not, Op::Const(Const::Bool(value))) => {
                Some(Simpler::Const(Const::Bool(!value)))
            }
            (UnaryOp::Not, Op::Const(Const::Int(int, value))) => {
                Const::int(*int, inverted(*int, value)).map(Simpler::Const)
            }
            (UnaryOp::Not, Op::Unary { op: UnaryOp::Not, arg }) => Some(Simpler::Value(*arg)),
            (UnaryOp::Not, Op::Binary { op, left, right }) if ty == Ty::Bool => {
                let (op, left, right) = (opposite(*op)?, *left, *right);
                Some(Simpler::Op(Op::Binary { op, left, right }))
            }
            (UnaryOp::Neg, Op::Const(Const::Int(int, value))) => {
                Const::int(*int, -value).map(Simpler::Const)
            }
            _ => None,
        }
    }

    /// Both operands are known, and the machine would not trap.
    fn computed(&self, op: BinaryOp, left: ValueId, right: ValueId, ty: Ty) -> Option<Simpler> {
        let (left, right) = (self.constant(left)?, self.constant(right)?);
        if op.is_comparison() {
            return Some(Simpler::Const(Const::Bool(compare(op, left, right))));
        }
        let value = match (left, right) {
            (Const::Bool(left), Const::Bool(right)) => Const::Bool(match op {
                BinaryOp::And => left & right,
                BinaryOp::Or => left | right,
                BinaryOp::Xor => left ^ right,
                _ => return None,
            }),
            (Const::Int(_, left), Const::Int(_, right)) => {
                let int = ty.as_int()?;
                Const::int(int, arithmetic(op, int, left, right)?)?
            }
            _ => return None,
        };
        Some(Simpler::Const(value))
    }

    /// One operand is known, or both are the same.
    fn by_law(
        &self,
        function: &Function,
        op: BinaryOp,
        left: ValueId,
        right: ValueId,
    ) -> Option<Simpler> {
        use BinaryOp::*;
        let ty = function.ty(left);
        if left == right {
            return match op {
                And | Or => Some(Simpler::Value(left)),
                Eq | Le | Ge => Some(Simpler::Const(Const::Bool(true))),
                Ne | Lt | Gt => Some(Simpler::Const(Const::Bool(false))),
                Sub | Xor | WrappingSub => match ty {
                    Ty::Int(int) => Const::int(int, 0).map(Simpler::Const),
                    _ => Some(Simpler::Const(Const::Bool(false))),
                },
                _ => None,
            };
        }
        if ty == Ty::Bool {
            let (known, other) = match (self.as_bool(left), self.as_bool(right)) {
                (Some(known), None) => (known, right),
                (None, Some(known)) => (known, left),
                _ => return None,
            };
            return bool_law(op, known, other);
        }
        let right = self.as_int(right)?;
        let (zero, one) = (BigInt::ZERO, BigInt::from(1));
        let neutral = match op {
            Add | Sub | Or | Xor | Shl | Shr | WrappingAdd | WrappingSub => *right == zero,
            Mul | Div | WrappingMul => *right == one,
            _ => false,
        };
        let absorbs =
            matches!(op, Mul | And | WrappingMul) && *right == zero || op == Rem && *right == one;
        match ty {
            _ if neutral => Some(Simpler::Value(left)),
            Ty::Int(int) if absorbs => Const::int(int, zero).map(Simpler::Const),
            _ => None,
        }
    }

    /// A known operand goes to the right, where the laws look for it.
    fn swapped(&self, op: BinaryOp, left: ValueId, right: ValueId) -> Option<Simpler> {
        let swap =
            op.is_commutative() && self.constant(left).is_some() && self.constant(right).is_none();
        swap.then_some(Simpler::Op(Op::Binary { op, left: right, right: left }))
    }
}

fn bool_law(op: BinaryOp, known: bool, other: ValueId) -> Option<Simpler> {
    use BinaryOp::*;
    match (op, known) {
        (And | Eq, true) | (Or | Xor | Ne, false) => Some(Simpler::Value(other)),
        (And, false) => Some(Simpler::Const(Const::Bool(false))),
        (Or, true) => Some(Simpler::Const(Const::Bool(true))),
        (Eq, false) | (Xor | Ne, true) => {
            Some(Simpler::Op(Op::Unary { op: UnaryOp::Not, arg: other }))
        }
        _ => None,
    }
}

/// Every bit of a value inverted.
fn inverted(int: IntTy, value: &BigInt) -> BigInt {
    if int.is_signed() { -value - 1 } else { int.max() - value }
}

fn opposite(op: BinaryOp) -> Option<BinaryOp> {
    use BinaryOp::*;
    Some(match op {
        Eq => Ne,
        Ne => Eq,
        Lt => Ge,
        Ge => Lt,
        Le => Gt,
        Gt => Le,
        _ => return None,
    })
}

fn compare(op: BinaryOp, left: &Const, right: &Const) -> bool {
    // The order of constants of one type is the machine's: by value, or byte by byte.
    let order = left.cmp(right);
    match op {
        BinaryOp::Eq => order.is_eq(),
        BinaryOp::Ne => order.is_ne(),
        BinaryOp::Lt => order.is_lt(),
        BinaryOp::Le => order.is_le(),
        BinaryOp::Gt => order.is_gt(),
        _ => order.is_ge(),
    }
}

/// The result over all integers; out of the type's range where the machine would trap.
fn arithmetic(op: BinaryOp, int: IntTy, left: &BigInt, right: &BigInt) -> Option<BigInt> {
    use BinaryOp::*;
    let divides = *right != BigInt::ZERO;
    let count = || u32::try_from(right).ok().filter(|count| *count < int.bits());
    Some(match op {
        Add => left + right,
        Sub => left - right,
        Mul => left * right,
        Div if divides => left / right,
        Rem if divides => left % right,
        Shl => left << count()?,
        Shr => left >> count()?,
        And => left & right,
        Or => left | right,
        Xor => left ^ right,
        WrappingAdd => wrapped(int, left + right),
        WrappingSub => wrapped(int, left - right),
        WrappingMul => wrapped(int, left * right),
        _ => return None,
    })
}

/// The value of the type that equals `value` modulo 2^bits.
fn wrapped(int: IntTy, value: BigInt) -> BigInt {
    let modulus = BigInt::from(1) << int.bits();
    let low: BigInt = ((value % &modulus) + &modulus) % &modulus;
    if low > int.max() { low - modulus } else { low }
}
