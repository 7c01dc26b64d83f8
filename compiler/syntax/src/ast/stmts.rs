//! Statements and blocks.

use deed_base::Span;

use super::{BinaryOp, Condition, Expr, ExprKind, Pattern, Type};

/// `{ .. }`
#[derive(Clone, Debug)]
pub struct Block {
    pub stmts: Box<[Stmt]>,
    /// Braces included.
    pub span: Span,
}

impl Block {
    /// The last expression, which the block yields where it is used as a value.
    pub fn value(&self) -> Option<&Expr> {
        match &self.stmts.last()?.kind {
            StmtKind::Expr { expr, otherwise: None } => Some(expr),
            _ => None,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Stmt {
    pub kind: StmtKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum StmtKind {
    /// `let` or `var`
    Local(Box<Local>),
    /// `place = value`, `place += value`
    Assign(Box<Assign>),
    /// A call, control flow (`if`, `match`, `try`, `return`, `throw`, ..), or the value of a block.
    Expr {
        expr: Expr,
        /// `else throw E(..)`: what happens if it is `None`, `Err` or a failed call
        otherwise: Option<Box<Expr>>,
    },
    While(Box<WhileStmt>),
    For(Box<ForStmt>),
    /// `emit E(args)`
    Emit(Expr),
    /// `assert e`
    Assert(Expr),
    /// `assume e`
    Assume(Expr),
    /// `expect throw E(..) in call`, in tests
    Expect(Box<Expect>),
    /// `warp to t`, `warp by d`, in tests
    Warp {
        by: bool,
        amount: Expr,
    },
    /// Could not be read; it was reported.
    Invalid,
}

/// `let P: T = e else leave`
#[derive(Clone, Debug)]
pub struct Local {
    /// `var`
    pub mutable: bool,
    /// `ghost let`, `ghost var`: for specifications only
    pub ghost: bool,
    pub pattern: Pattern,
    pub ty: Option<Type>,
    pub value: Expr,
    /// What leaves if the pattern does not match, or the value is `None` or `Err`.
    pub otherwise: Option<Box<Expr>>,
}

#[derive(Clone, Debug)]
pub struct Assign {
    pub place: Expr,
    /// `None` for `=`
    pub op: Option<BinaryOp>,
    pub op_span: Span,
    pub value: Expr,
    /// `else leave`
    pub otherwise: Option<Box<Expr>>,
}

#[derive(Clone, Debug)]
pub struct WhileStmt {
    pub condition: Condition,
    pub spec: LoopSpec,
    /// Without the clauses of `spec`, which stand at its top in the source.
    pub body: Block,
}

#[derive(Clone, Debug)]
pub struct ForStmt {
    pub pattern: Pattern,
    /// A range, a collection or an iterator.
    pub source: Expr,
    pub spec: LoopSpec,
    /// Without the clauses of `spec`.
    pub body: Block,
}

/// What holds at every turn of a loop, and what shrinks.
#[derive(Clone, Debug, Default)]
pub struct LoopSpec {
    pub invariants: Vec<Expr>,
    pub decreases: Vec<Expr>,
}

#[derive(Clone, Debug)]
pub struct Expect {
    pub kind: ExpectKind,
    /// For throws and events the pattern-like call `E(..)`, for traps the kind's name.
    pub what: Expr,
    pub call: Expr,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExpectKind {
    Throw,
    Trap,
    Emit,
}

impl Expr {
    /// Whether control never passes it: `return`, `throw`, `reject`, `break`, `continue`.
    pub fn leaves(&self) -> bool {
        use ExprKind::{Break, Continue, Reject, Return, Throw};
        matches!(self.kind, Return(_) | Throw(_) | Reject(_) | Break | Continue)
    }
}
