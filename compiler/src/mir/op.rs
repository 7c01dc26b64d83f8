//! What an instruction does.
//!
//! In: nothing. Out: [`Op`] and its parts, its operands, and the traps it can end in.
//! Holds always: an operation touches state, context or events only where its name says so, and
//! traps only with the kinds that [`Op::traps`] lists (a call: whatever its callee does).

use deed_bytecode::{ContextKind, TrapKind};

use super::{ClaimId, Const, EventId, FieldId, FuncId, Function, Program, Ty, ValueId};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum UnaryOp {
    /// Of a signed integer; traps where the result does not fit.
    Neg,
    /// Of a `bool`, or of each bit of an integer.
    Not,
}

impl UnaryOp {
    pub fn name(self) -> &'static str {
        match self {
            UnaryOp::Neg => "neg",
            UnaryOp::Not => "not",
        }
    }
}

/// Both operands have one type, shift counts excepted (`u32`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    /// Rounds toward zero.
    Div,
    /// Has the sign of the left operand; `MIN % -1` is 0.
    Rem,
    /// Traps where a bit is lost.
    Shl,
    /// Keeps the sign; loses nothing by definition.
    Shr,
    And,
    Or,
    Xor,
    WrappingAdd,
    WrappingSub,
    WrappingMul,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl BinaryOp {
    pub fn name(self) -> &'static str {
        match self {
            BinaryOp::Add => "add",
            BinaryOp::Sub => "sub",
            BinaryOp::Mul => "mul",
            BinaryOp::Div => "div",
            BinaryOp::Rem => "rem",
            BinaryOp::Shl => "shl",
            BinaryOp::Shr => "shr",
            BinaryOp::And => "and",
            BinaryOp::Or => "or",
            BinaryOp::Xor => "xor",
            BinaryOp::WrappingAdd => "wrapping_add",
            BinaryOp::WrappingSub => "wrapping_sub",
            BinaryOp::WrappingMul => "wrapping_mul",
            BinaryOp::Eq => "eq",
            BinaryOp::Ne => "ne",
            BinaryOp::Lt => "lt",
            BinaryOp::Le => "le",
            BinaryOp::Gt => "gt",
            BinaryOp::Ge => "ge",
        }
    }

    pub fn is_comparison(self) -> bool {
        use BinaryOp::*;
        matches!(self, Eq | Ne | Lt | Le | Gt | Ge)
    }

    pub fn is_shift(self) -> bool {
        matches!(self, BinaryOp::Shl | BinaryOp::Shr)
    }

    /// Whether swapping the operands changes nothing.
    pub fn is_commutative(self) -> bool {
        use BinaryOp::*;
        matches!(self, Add | Mul | And | Or | Xor | WrappingAdd | WrappingMul | Eq | Ne)
    }
}

/// An operation on values. State places are a field and one key for each map level.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Op {
    Const(Const),
    Unary {
        op: UnaryOp,
        arg: ValueId,
    },
    Binary {
        op: BinaryOp,
        left: ValueId,
        right: ValueId,
    },
    /// To the integer type of the result; traps where the value does not fit.
    Cast {
        arg: ValueId,
    },
    Call {
        function: FuncId,
        args: Vec<ValueId>,
    },
    /// The value at a place; where nothing is stored the field's default, else a trap. A plain
    /// field is always stored: it is assigned in `init` before any use.
    StateLoad {
        field: FieldId,
        keys: Vec<ValueId>,
    },
    /// Puts a value, whether or not one is there.
    StateStore {
        field: FieldId,
        keys: Vec<ValueId>,
        value: ValueId,
    },
    /// Whether a value is stored.
    StateHas {
        field: FieldId,
        keys: Vec<ValueId>,
    },
    /// Puts a value; traps where one is stored.
    StateInsert {
        field: FieldId,
        keys: Vec<ValueId>,
        value: ValueId,
    },
    /// Forgets the value, if one is stored.
    StateRemove {
        field: FieldId,
        keys: Vec<ValueId>,
    },
    Context(ContextKind),
    Emit {
        event: EventId,
        args: Vec<ValueId>,
    },
    /// Traps where the condition is false.
    Assert {
        condition: ValueId,
    },
    /// What a specification says at this point; nothing when it runs.
    Claim(ClaimId),
}

impl Op {
    /// Calls `visit` with each operand, in the order of evaluation.
    pub fn for_each_operand(&self, mut visit: impl FnMut(ValueId)) {
        match self {
            Op::Const(_) | Op::Context(_) | Op::Claim(_) => {}
            Op::Unary { arg, .. } | Op::Cast { arg } => visit(*arg),
            Op::Binary { left, right, .. } => {
                visit(*left);
                visit(*right);
            }
            Op::Call { args, .. } | Op::Emit { args, .. } => args.iter().copied().for_each(visit),
            Op::StateLoad { keys, .. }
            | Op::StateHas { keys, .. }
            | Op::StateRemove { keys, .. } => keys.iter().copied().for_each(visit),
            Op::StateStore { keys, value, .. } | Op::StateInsert { keys, value, .. } => {
                keys.iter().copied().chain([*value]).for_each(visit);
            }
            Op::Assert { condition } => visit(*condition),
        }
    }

    /// Calls `visit` with each operand, to replace it.
    pub fn for_each_operand_mut(&mut self, mut visit: impl FnMut(&mut ValueId)) {
        match self {
            Op::Const(_) | Op::Context(_) | Op::Claim(_) => {}
            Op::Unary { arg, .. } | Op::Cast { arg } => visit(arg),
            Op::Binary { left, right, .. } => {
                visit(left);
                visit(right);
            }
            Op::Call { args, .. } | Op::Emit { args, .. } => args.iter_mut().for_each(visit),
            Op::StateLoad { keys, .. }
            | Op::StateHas { keys, .. }
            | Op::StateRemove { keys, .. } => keys.iter_mut().for_each(visit),
            Op::StateStore { keys, value, .. } | Op::StateInsert { keys, value, .. } => {
                keys.iter_mut().for_each(&mut visit);
                visit(value);
            }
            Op::Assert { condition } => visit(condition),
        }
    }

    /// The kinds of trap this operation can end in, in the order in which they are tested; a call's
    /// are its callee's and not listed. `result` is the type of what it gives.
    pub fn traps(&self, program: &Program, function: &Function, result: Option<Ty>) -> &[TrapKind] {
        use TrapKind::*;
        match self {
            Op::Unary { op: UnaryOp::Neg, .. } => &[Overflow],
            Op::Binary { op, left, .. } => binary_traps(*op, function.ty(*left)),
            Op::Cast { arg } => match (function.ty(*arg), result) {
                (Ty::Int(from), Some(Ty::Int(to))) if to.holds_all_of(from) => &[],
                _ => &[LossyCast],
            },
            Op::StateLoad { field, keys } if !keys.is_empty() => {
                if program.field(*field).default.is_none() { &[MissingKey] } else { &[] }
            }
            Op::StateInsert { .. } => &[KeyPresent],
            Op::Assert { .. } => &[Assert],
            _ => &[],
        }
    }

    /// Whether the operation changes what others can see: state, events, or through a call anything.
    pub fn has_effect(&self) -> bool {
        matches!(
            self,
            Op::Call { .. }
                | Op::StateStore { .. }
                | Op::StateInsert { .. }
                | Op::StateRemove { .. }
                | Op::Emit { .. }
        )
    }
}

fn binary_traps(op: BinaryOp, ty: Ty) -> &'static [TrapKind] {
    use TrapKind::*;
    let signed = matches!(ty, Ty::Int(int) if int.is_signed());
    match op {
        BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul => &[Overflow],
        BinaryOp::Div if signed => &[DivisionByZero, Overflow],
        BinaryOp::Div | BinaryOp::Rem => &[DivisionByZero],
        BinaryOp::Shl => &[BadShift, Overflow],
        BinaryOp::Shr => &[BadShift],
        _ => &[],
    }
}
