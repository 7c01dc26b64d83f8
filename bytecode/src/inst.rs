//! One instruction: eight bytes, little-endian `{ op: u8, ty: u8, a: u16, b: u16, c: u16 }`.
//!
//! The constructors give the common forms; what the operands of each operator mean is in
//! [`crate::op`]. An instruction by itself promises nothing: validation of its module does.

use crate::kinds::{ContextKind, TrapKind};
use crate::op::Op;
use crate::ty::Ty;

/// An instruction. `ty` is `None` for operators that carry no type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Inst {
    pub op: Op,
    pub ty: Option<Ty>,
    pub a: u16,
    pub b: u16,
    pub c: u16,
}

/// Why eight bytes are no instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadInst {
    /// No operator has this number.
    Op(u8),
    /// No type has this number.
    Ty(u8),
}

impl Inst {
    pub const BYTES: usize = 8;

    /// An operator that carries a type.
    pub const fn typed(op: Op, ty: Ty, a: u16, b: u16, c: u16) -> Inst {
        Inst { op, ty: Some(ty), a, b, c }
    }

    /// An operator that carries none.
    pub const fn untyped(op: Op, a: u16, b: u16, c: u16) -> Inst {
        Inst { op, ty: None, a, b, c }
    }

    pub const fn constant(ty: Ty, dst: u16, index: u16) -> Inst {
        Inst::typed(Op::Const, ty, dst, index, 0)
    }

    pub const fn mov(ty: Ty, dst: u16, src: u16) -> Inst {
        Inst::typed(Op::Mov, ty, dst, src, 0)
    }

    /// `dst` of type `to` := `src` of type `from`.
    pub const fn cast(to: Ty, dst: u16, src: u16, from: Ty) -> Inst {
        Inst::typed(Op::Cast, to, dst, src, from as u16)
    }

    pub const fn jump(block: u16) -> Inst {
        Inst::untyped(Op::Jump, block, 0, 0)
    }

    pub const fn branch(condition: u16, then: u16, otherwise: u16) -> Inst {
        Inst::untyped(Op::Branch, condition, then, otherwise)
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

    pub const fn encode(self) -> [u8; Inst::BYTES] {
        let ty = match self.ty {
            Some(ty) => ty as u8,
            None => 0,
        };
        let [a, b, c] = [self.a.to_le_bytes(), self.b.to_le_bytes(), self.c.to_le_bytes()];
        [self.op as u8, ty, a[0], a[1], b[0], b[1], c[0], c[1]]
    }

    /// The instruction these bytes stand for.
    ///
    /// # Errors
    /// If the operator's or the type's number is not one.
    pub fn decode(bytes: [u8; Inst::BYTES]) -> Result<Inst, BadInst> {
        let op = Op::from_byte(bytes[0]).ok_or(BadInst::Op(bytes[0]))?;
        let ty = match bytes[1] {
            0 => None,
            byte => Some(Ty::from_byte(byte).ok_or(BadInst::Ty(byte))?),
        };
        let word = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        Ok(Inst { op, ty, a: word(2), b: word(4), c: word(6) })
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
        assert_eq!(size_of::<Inst>(), Inst::BYTES);
    }
}
