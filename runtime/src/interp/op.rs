//! The interpreter's own instructions: bytecode decoded once, at load, to fixed size.
//!
//! In: nothing. Out: `Op`, the data that `translate` makes and `dispatch` runs.
//!
//! A bytecode instruction becomes one `Op` or none (two, where a wrapping result is cut). Types up to 32 bits share operators that
//! compute exactly in 64 bits and compare with the type's greatest value `max` (for signed types
//! the least one is `-max - 1`). A second operand that is a constant in its block is folded in
//! (`…I`), and a comparison whose only reader is the branch behind it becomes one with it.
//! Types of more than one slot go through `Wide`, out of the dispatch loop.

use deed_bytecode::{ContextKind, Ty};
use deed_bytecode::{Op as Operator, TrapKind};

/// A register of the running frame.
pub(crate) type Reg = u16;

/// How many bytes from a jump its target is; always an `Enter`. Block numbers stand here until the
/// whole function is translated.
pub(crate) type Target = i32;

/// One decoded instruction: `d` is written, `a` and `b` are read, all by register.
#[derive(Clone, Copy, Debug)]
#[rustfmt::skip]
pub(crate) enum Op {
    /// The head of a block: charges its static cost.
    Enter { cost: u64 },

    Const { d: Reg, value: u64 },
    /// Copies the four slots at `index` of the wide constants, as many as `slots` says.
    ConstWide { d: Reg, slots: u16, index: u32 },
    Mov { d: Reg, a: Reg },
    MovWide { d: Reg, a: Reg, slots: u16 },

    AddU { d: Reg, a: Reg, b: Reg },
    SubU { d: Reg, a: Reg, b: Reg },
    MulU { d: Reg, a: Reg, b: Reg },
    AddS { d: Reg, a: Reg, b: Reg },
    SubS { d: Reg, a: Reg, b: Reg },
    MulS { d: Reg, a: Reg, b: Reg },
    AddUI { d: Reg, a: Reg, imm: u64 },
    SubUI { d: Reg, a: Reg, imm: u64 },
    MulUI { d: Reg, a: Reg, imm: u64 },
    AddSI { d: Reg, a: Reg, imm: i64 },
    SubSI { d: Reg, a: Reg, imm: i64 },
    MulSI { d: Reg, a: Reg, imm: i64 },

    AddSmallU { d: Reg, a: Reg, b: Reg, max: u32 },
    SubSmallU { d: Reg, a: Reg, b: Reg, max: u32 },
    MulSmallU { d: Reg, a: Reg, b: Reg, max: u32 },
    AddSmallS { d: Reg, a: Reg, b: Reg, max: i32 },
    SubSmallS { d: Reg, a: Reg, b: Reg, max: i32 },
    MulSmallS { d: Reg, a: Reg, b: Reg, max: i32 },
    AddSmallUI { d: Reg, a: Reg, imm: u32, max: u32 },
    SubSmallUI { d: Reg, a: Reg, imm: u32, max: u32 },
    MulSmallUI { d: Reg, a: Reg, imm: u32, max: u32 },
    AddSmallSI { d: Reg, a: Reg, imm: i32, max: i32 },
    SubSmallSI { d: Reg, a: Reg, imm: i32, max: i32 },
    MulSmallSI { d: Reg, a: Reg, imm: i32, max: i32 },

    DivU { d: Reg, a: Reg, b: Reg },
    RemU { d: Reg, a: Reg, b: Reg },
    /// `imm` is not 0.
    DivUI { d: Reg, a: Reg, imm: u64 },
    /// `imm` is not 0.
    RemUI { d: Reg, a: Reg, imm: u64 },
    DivS { d: Reg, a: Reg, b: Reg, max: i64 },
    RemS { d: Reg, a: Reg, b: Reg },
    NegS { d: Reg, a: Reg, max: i64 },

    /// The value, which must lie in `0..=max` as an unsigned slot.
    CastU { d: Reg, a: Reg, max: u64 },
    /// The value, which must lie in `-max - 1..=max` as a signed slot.
    CastS { d: Reg, a: Reg, max: i64 },

    /// Modulo 2^64; narrower types are cut by an `AndI` or a `SignExtend` behind it.
    WrapAdd { d: Reg, a: Reg, b: Reg },
    WrapSub { d: Reg, a: Reg, b: Reg },
    WrapMul { d: Reg, a: Reg, b: Reg },
    WrapAddI { d: Reg, a: Reg, imm: u64 },
    WrapMulI { d: Reg, a: Reg, imm: u64 },
    WrapNeg { d: Reg, a: Reg },
    WrapShl { bits: u8, d: Reg, a: Reg, b: Reg },
    /// Extends the lowest `64 - shift` bits by their sign.
    SignExtend { shift: u8, d: Reg, a: Reg },

    And { d: Reg, a: Reg, b: Reg },
    Or { d: Reg, a: Reg, b: Reg },
    Xor { d: Reg, a: Reg, b: Reg },
    AndI { d: Reg, a: Reg, imm: u64 },
    OrI { d: Reg, a: Reg, imm: u64 },
    XorI { d: Reg, a: Reg, imm: u64 },

    ShlU { bits: u8, d: Reg, a: Reg, b: Reg, max: u64 },
    ShlS { bits: u8, d: Reg, a: Reg, b: Reg, max: i64 },
    ShrU { bits: u8, d: Reg, a: Reg, b: Reg },
    ShrS { bits: u8, d: Reg, a: Reg, b: Reg },
    /// `count` is below the type's width, here and in the next three.
    ShlUI { count: u8, d: Reg, a: Reg, max: u64 },
    ShlSI { count: u8, d: Reg, a: Reg, max: i64 },
    ShrUI { count: u8, d: Reg, a: Reg },
    ShrSI { count: u8, d: Reg, a: Reg },

    Eq { d: Reg, a: Reg, b: Reg },
    Ne { d: Reg, a: Reg, b: Reg },
    LtU { d: Reg, a: Reg, b: Reg },
    LeU { d: Reg, a: Reg, b: Reg },
    LtS { d: Reg, a: Reg, b: Reg },
    LeS { d: Reg, a: Reg, b: Reg },

    /// A typed operator whose type `ty` takes more than one slot; `b` of a shift is one slot.
    Wide { op: Operator, ty: Ty, d: Reg, a: Reg, b: Reg },
    /// A cast of which at least one side takes more than one slot.
    CastWide { wrap: bool, from: Ty, to: Ty, d: Reg, a: Reg },

    Jump { to: Target },
    Branch { a: Reg, yes: Target, no: Target },
    BrEq { a: Reg, b: Reg, yes: Target, no: Target },
    BrLtU { a: Reg, b: Reg, yes: Target, no: Target },
    BrLeU { a: Reg, b: Reg, yes: Target, no: Target },
    BrLtS { a: Reg, b: Reg, yes: Target, no: Target },
    BrLeS { a: Reg, b: Reg, yes: Target, no: Target },
    BrEqI { a: Reg, imm: i32, yes: Target, no: Target },
    BrLtUI { a: Reg, imm: u32, yes: Target, no: Target },
    BrLeUI { a: Reg, imm: u32, yes: Target, no: Target },
    BrLtSI { a: Reg, imm: i32, yes: Target, no: Target },
    BrLeSI { a: Reg, imm: i32, yes: Target, no: Target },
    /// Goes to the target at `first` plus `a`, or plus `count` where `a` is not less than `count`.
    Switch { a: Reg, first: u32, count: u32 },

    /// Calls `function` with the arguments from `a` on; results come to `d` on. The running frame has
    /// `frame` slots, and `back` is the position of the op behind.
    Call { d: Reg, function: u16, a: Reg, frame: u16, back: u32 },
    /// Returns `count` slots from `a` on.
    Ret { a: Reg, count: u16 },
    Throw { error: u16, a: Reg },
    Trap { kind: TrapKind },
    Assert { a: Reg, kind: TrapKind },

    Context { d: Reg, kind: ContextKind },
    Emit { event: u16, a: Reg },
    State { op: StateOp, value: Reg, field: u16, keys: Reg },
    /// An operator on heap values of the type at `ty` of the module's table; of `encode` the type's
    /// code is `c`.
    Heap { op: Operator, ty: u16, a: u16, b: u16, c: u16 },
    /// Reads element `b` of the vector in `a`, whose elements take a byte, or eight; others and what is
    /// out of bounds are left to `Heap`.
    Get8 { ty: u16, d: Reg, a: Reg, b: Reg },
    Get64 { ty: u16, d: Reg, a: Reg, b: Reg },
    /// Puts `b` at index `a` of the vector in `d`, in place; where that cannot be, it is left to `Heap`.
    Set8 { ty: u16, d: Reg, a: Reg, b: Reg },
    Set64 { ty: u16, d: Reg, a: Reg, b: Reg },
    /// Reads a field of the record in `a`, which lies `at` bytes behind the record's begin and takes
    /// eight.
    Field64 { d: Reg, a: Reg, at: u16 },
    /// Puts `b` to field `a` of the record in `d`, in place; where that cannot be, it is left to `Heap`.
    SetField64 { ty: u16, d: Reg, a: u16, b: Reg, at: u16 },
    /// An operator that leaves the contract.
    Outside { op: Operator, a: u16, b: u16, c: u16 },
    /// Goes on with a failure; it leaves the block.
    Fail { a: Reg },
}

/// What is done to a state entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StateOp {
    Load,
    Has,
    Find,
    Store,
    Insert,
    Remove,
    Any,
    First,
    Last,
    Next,
    Prev,
}

impl StateOp {
    /// Whether it looks for a key, not at an entry.
    pub(super) fn walks(self) -> bool {
        use StateOp::{Any, First, Last, Next, Prev};
        matches!(self, Any | First | Last | Next | Prev)
    }
}

impl Op {
    /// Whether `Machine::operate` runs it.
    pub(crate) fn is_operation(self) -> bool {
        matches!(
            self,
            Op::Wide { .. }
                | Op::CastWide { .. }
                | Op::Context { .. }
                | Op::Emit { .. }
                | Op::State { .. }
                | Op::Heap { .. }
                | Op::Outside { .. }
                | Op::Fail { .. }
        )
    }

    /// Of an op that calculates: where the result goes, and the operands that are registers, the first
    /// one twice where there is no second.
    pub(super) fn calculates(self) -> Option<[Reg; 3]> {
        match self {
            Op::AddU { d, a, b }
            | Op::SubU { d, a, b }
            | Op::MulU { d, a, b }
            | Op::WrapAdd { d, a, b }
            | Op::And { d, a, b }
            | Op::Xor { d, a, b } => Some([d, a, b]),
            Op::AddUI { d, a, .. }
            | Op::MulUI { d, a, .. }
            | Op::RemUI { d, a, .. }
            | Op::AndI { d, a, .. }
            | Op::ShrUI { d, a, .. } => Some([d, a, a]),
            _ => None,
        }
    }

    /// Whether it reads or writes a part of a heap value itself.
    pub(super) fn is_part(self) -> bool {
        matches!(
            self,
            Op::Get8 { .. }
                | Op::Get64 { .. }
                | Op::Set8 { .. }
                | Op::Set64 { .. }
                | Op::Field64 { .. }
                | Op::SetField64 { .. }
        )
    }

    /// The targets of an op that jumps.
    pub(super) fn targets(&mut self) -> [Option<&mut Target>; 2] {
        match self {
            Op::Jump { to } => [Some(to), None],
            Op::Branch { yes, no, .. }
            | Op::BrEq { yes, no, .. }
            | Op::BrLtU { yes, no, .. }
            | Op::BrLeU { yes, no, .. }
            | Op::BrLtS { yes, no, .. }
            | Op::BrLeS { yes, no, .. }
            | Op::BrEqI { yes, no, .. }
            | Op::BrLtUI { yes, no, .. }
            | Op::BrLeUI { yes, no, .. }
            | Op::BrLtSI { yes, no, .. }
            | Op::BrLeSI { yes, no, .. } => [Some(yes), Some(no)],
            _ => [None, None],
        }
    }
}

const _: () = assert!(size_of::<Op>() == 16);
