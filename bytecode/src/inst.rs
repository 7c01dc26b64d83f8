//! One instruction: `{ op, ty, a, b, c }`, an operator, a type and three numbers of 16 bits.
//!
//! The constructors give the common forms; what the operands of each operator mean is in
//! [`crate::op`]. An instruction by itself promises nothing: validation of its module does.

use crate::kinds::{ContextKind, TrapKind};
use crate::op::Op;
use crate::ty::Ty;
use crate::types::Type;

/// An instruction. `ty` is `None` for operators that carry no type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Inst {
    pub op: Op,
    pub ty: Option<Type>,
    pub a: u16,
    pub b: u16,
    pub c: u16,
}

impl Inst {
    /// An operator that carries a type.
    pub fn typed(op: Op, ty: impl Into<Type>, a: u16, b: u16, c: u16) -> Inst {
        Inst { op, ty: Some(ty.into()), a, b, c }
    }

    /// An operator that carries none.
    pub const fn untyped(op: Op, a: u16, b: u16, c: u16) -> Inst {
        Inst { op, ty: None, a, b, c }
    }

    pub fn constant(ty: Ty, dst: u16, index: u16) -> Inst {
        Inst::typed(Op::Const, ty, dst, index, 0)
    }

    /// Moves a value; a heap value is gone from `src` then.
    pub fn mov(ty: impl Into<Type>, dst: u16, src: u16) -> Inst {
        Inst::typed(Op::Mov, ty, dst, src, 0)
    }

    /// `dst` of type `to` := `src` of type `from`.
    pub fn cast(to: Ty, dst: u16, src: u16, from: Ty) -> Inst {
        Inst::typed(Op::Cast, to, dst, src, from as u16)
    }

    pub const fn jump(block: u16) -> Inst {
        Inst::untyped(Op::Jump, block, 0, 0)
    }

    pub const fn branch(condition: u16, then: u16, otherwise: u16) -> Inst {
        Inst::untyped(Op::Branch, condition, then, otherwise)
    }

    /// Continues where jump table `table` says for the value in `value`.
    pub fn switch(ty: Ty, value: u16, table: u16) -> Inst {
        Inst::typed(Op::Switch, ty, value, table, 0)
    }

    /// Returns the results from `base` on; 0 where there are none.
    pub const fn ret(base: u16) -> Inst {
        Inst::untyped(Op::Ret, base, 0, 0)
    }

    pub const fn throw(error: u16, base: u16) -> Inst {
        Inst::untyped(Op::Throw, error, base, 0)
    }

    pub const fn trap(kind: TrapKind) -> Inst {
        Inst::untyped(Op::Trap, kind as u16, 0, 0)
    }

    /// Traps with `kind` unless `condition` holds.
    pub const fn assert(condition: u16, kind: TrapKind) -> Inst {
        Inst::untyped(Op::Assert, condition, kind as u16, 0)
    }

    pub const fn call(results: u16, function: u16, arguments: u16) -> Inst {
        Inst::untyped(Op::Call, results, function, arguments)
    }

    pub const fn context(dst: u16, kind: ContextKind) -> Inst {
        Inst::untyped(Op::Context, dst, kind as u16, 0)
    }

    pub const fn emit(event: u16, base: u16) -> Inst {
        Inst::untyped(Op::Emit, event, base, 0)
    }

    /// The operands in order, to go with the roles of the operator.
    pub const fn operands(self) -> [u16; 3] {
        [self.a, self.b, self.c]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_stay_small() {
        assert!(size_of::<Inst>() <= 12);
    }
}
