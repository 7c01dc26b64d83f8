//! Programs as data: what the generator makes, the printer writes and the evaluator runs.
//!
//! Holds always, by construction: a program is well typed, ends, and returns on every path; no two
//! operations in it depend on an order that the language leaves open (it leaves none).

mod evaluate;
mod generate;
mod print;

pub(crate) use evaluate::{Ended, Machine};
pub(crate) use generate::generate;
pub(crate) use print::print;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ty {
    Bool,
    Int { signed: bool, bits: u32 },
}

/// Index of a variable among those in scope; it is printed as `v3`.
pub(crate) type Var = usize;

#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// The types of the state's scalars, each 0 or `false` at first.
    pub(crate) scalars: Vec<Ty>,
    /// The types of the values of the state's maps from `u64`, each 0 by default.
    pub(crate) maps: Vec<Ty>,
    /// Private functions without effects; each calls only those before it.
    pub(crate) helpers: Vec<Function>,
    pub(crate) entry: Function,
}

#[derive(Clone, Debug)]
pub(crate) struct Function {
    pub(crate) params: Vec<Ty>,
    pub(crate) result: Ty,
    pub(crate) body: Vec<Stmt>,
}

#[derive(Clone, Debug)]
pub(crate) enum Stmt {
    /// Brings the next variable into scope.
    Define {
        mutable: bool,
        value: Expr,
    },
    Assign(Var, Expr),
    OpAssign(Var, Op, Expr),
    SetScalar(usize, Expr),
    SetMap(usize, Expr, Expr),
    If(Expr, Vec<Stmt>, Vec<Stmt>),
    /// The next variable runs over a range of literals.
    For(Ty, i128, i128, Vec<Stmt>),
    /// The next variable counts down to zero.
    While(u8, Vec<Stmt>),
    Break,
    Continue,
    Assert(Expr),
    Emit(Expr),
    Return(Expr),
}

#[derive(Clone, Debug)]
pub(crate) struct Expr {
    pub(crate) ty: Ty,
    pub(crate) kind: ExprKind,
}

#[derive(Clone, Debug)]
pub(crate) enum ExprKind {
    Literal(i128),
    Var(Var),
    Scalar(usize),
    MapAt(usize, Box<Expr>),
    Binary(Op, Box<Expr>, Box<Expr>),
    Neg(Box<Expr>),
    Not(Box<Expr>),
    Cast(Box<Expr>),
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    Call(usize, Vec<Expr>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Op {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Shl,
    Shr,
    BitAnd,
    BitOr,
    BitXor,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    And,
    Or,
}

impl Ty {
    pub(crate) const U32: Ty = Ty::Int { signed: false, bits: 32 };
    pub(crate) const U64: Ty = Ty::Int { signed: false, bits: 64 };

    /// The least and the greatest value; `bool` is 0 and 1.
    pub(crate) fn range(self) -> (i128, i128) {
        match self {
            Ty::Bool => (0, 1),
            Ty::Int { signed: true, bits } => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
            Ty::Int { signed: false, bits } => (0, (1 << bits) - 1),
        }
    }

    pub(crate) fn holds(self, value: i128) -> bool {
        let (least, greatest) = self.range();
        least <= value && value <= greatest
    }
}
