//! Statements and expressions of the resolved tree.

use deed_base::Span;
use deed_bytecode::ContextKind;
use deed_syntax::ast::{BinaryOp, UnaryOp};

use super::{Arm, Chain, External, IntLit, Pattern, TestExpr, TestStmt, Try, Type};
use crate::arena::{
    ConstId, EnumId, ErrorId, EventId, FieldId, FnId, LocalId, StructId, TypeParamId,
};
use crate::thir::{Name, ParamMode, QuantifierKind};
use crate::ty::IntTy;

#[derive(Clone, Debug)]
pub struct Block {
    pub stmts: Vec<Stmt>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Stmt {
    pub kind: StmtKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum StmtKind {
    Let {
        local: LocalId,
        ty: Option<Type>,
        value: Expr,
        /// `else` and what leaves.
        otherwise: Option<Box<Expr>>,
    },
    /// `let P = e`, where the pattern is more than a name.
    LetPattern {
        pattern: Pattern,
        ty: Option<Type>,
        value: Expr,
        otherwise: Option<Box<Expr>>,
    },
    Assign {
        place: Expr,
        op: Option<BinaryOp>,
        value: Expr,
        otherwise: Option<Box<Expr>>,
    },
    Expr {
        expr: Expr,
        otherwise: Option<Box<Expr>>,
    },
    While {
        cond: Expr,
        spec: LoopSpec,
        body: Block,
    },
    For {
        local: LocalId,
        source: Expr,
        spec: LoopSpec,
        body: Block,
    },
    /// `for pattern in source` over anything but a range.
    ForEach {
        pattern: Pattern,
        source: Expr,
        spec: LoopSpec,
        body: Block,
    },
    Emit {
        event: EventId,
        args: Vec<Arg>,
        span: Span,
    },
    Assert(Expr),
    Assume(Expr),
    /// Of tests.
    Test(Box<TestStmt>),
    /// Where a message has been given.
    Error,
}

#[derive(Clone, Debug, Default)]
pub struct LoopSpec {
    pub invariants: Vec<Expr>,
    pub decreases: Vec<Expr>,
}

#[derive(Clone, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum ExprKind {
    Int(IntLit),
    Bool(bool),
    /// Text with values in it; of a plain string one part or none.
    Str(Vec<StrPart>),
    Bytes(Vec<u8>),
    Unit,
    Local(LocalId),
    Const(ConstId),
    /// A `const` parameter.
    ConstParam(TypeParamId),
    /// `self.x` of the state.
    State(FieldId),
    Context(ContextKind),
    /// `base.name` of a value.
    Field {
        base: Box<Expr>,
        name: Name,
    },
    /// `base.name(args)` of a value.
    Method {
        base: Box<Expr>,
        name: Name,
        type_args: Vec<Type>,
        args: Vec<Arg>,
    },
    /// `Type.name(args)`: a function of a type that is called on no value.
    Static {
        of: Box<Type>,
        name: Name,
        type_args: Vec<Type>,
        args: Vec<Arg>,
    },
    Index {
        base: Box<Expr>,
        index: Box<Expr>,
    },
    /// `self.f(args)` or `f(args)`
    Call {
        function: FnId,
        type_args: Vec<Type>,
        args: Vec<Arg>,
    },
    /// `f(args)` of a parameter of function type.
    CallLocal {
        function: LocalId,
        args: Vec<Arg>,
    },
    /// The name of a function as a value.
    Function {
        function: FnId,
        type_args: Vec<Type>,
    },
    /// `|x, y: u64| e`
    Closure(Box<Closure>),
    /// `u64(x)`
    Cast {
        to: IntTy,
        args: Vec<Arg>,
    },
    Some(Vec<Arg>),
    None,
    Ok(Vec<Arg>),
    Err(Vec<Arg>),
    /// `Status.Pledged(to)`; `.Pledged(to)`, whose enum its place tells.
    Variant {
        of: Option<EnumId>,
        name: Name,
        /// `None` where no parentheses are written.
        args: Option<Vec<Arg>>,
    },
    /// Two or more.
    Tuple(Vec<Expr>),
    /// `[a, b]`
    Array(Vec<Expr>),
    /// `[value; len]`
    Repeat {
        value: Box<Expr>,
        len: Box<Expr>,
    },
    /// `view place`, as the value of a variable.
    View(Box<Expr>),
    /// `e?`
    Propagate(Box<Expr>),
    /// `S { field: e }`
    Struct {
        id: StructId,
        type_args: Vec<Type>,
        fields: Vec<(Name, Expr)>,
    },
    Unary(UnaryOp, Box<Expr>),
    Binary {
        op: BinaryOp,
        op_span: Span,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    Range {
        start: Option<Box<Expr>>,
        end: Option<Box<Expr>>,
        inclusive: bool,
    },
    If {
        cond: Box<Expr>,
        then: Block,
        /// A block or another `if`.
        otherwise: Option<Box<Expr>>,
    },
    Match {
        subject: Box<Expr>,
        arms: Vec<Arm>,
    },
    /// Other contracts and coins.
    External(Box<External>),
    Try(Box<Try>),
    /// `let P = e`, as the condition of an `if` or `while`.
    Let {
        pattern: Box<Pattern>,
        value: Box<Expr>,
    },
    Block(Block),
    Return(Option<Box<Expr>>),
    Throw(Throw),
    /// `reject E(args)`
    Reject(Throw),
    /// What goes on later, or asks the index.
    Chain(Box<Chain>),
    /// Of tests.
    Test(Box<TestExpr>),
    Break,
    Continue,
    /// `old(args)`
    Old(Vec<Arg>),
    /// `result`
    Result,
    Quantifier {
        kind: QuantifierKind,
        binders: Vec<Binder>,
        body: Box<Expr>,
    },
    /// `sum(value for binders if filter)`; `count` where it is so.
    Sum {
        value: Box<Expr>,
        count: bool,
        binders: Vec<Binder>,
        filter: Option<Box<Expr>>,
    },
    /// Where a message has been given.
    Error,
}

/// `E(args)` after `throw` or `else`.
#[derive(Clone, Debug)]
pub struct Throw {
    pub error: ErrorId,
    pub args: Vec<Arg>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Arg {
    pub name: Option<Name>,
    /// Written `inout place`.
    pub inout: bool,
    pub value: Expr,
    pub span: Span,
}

/// A part of a string.
#[derive(Clone, Debug)]
pub enum StrPart {
    Text(String),
    Expr(Expr),
}

#[derive(Clone, Debug)]
pub struct Closure {
    pub params: Vec<ClosureParam>,
    pub result: Option<Type>,
    pub body: Expr,
    /// The variables of the function around it that it names, each once.
    pub captures: Vec<LocalId>,
    /// The first variable that belongs to it; those of the function around it come before.
    pub first: LocalId,
}

#[derive(Clone, Debug)]
pub struct ClosureParam {
    pub mode: ParamMode,
    pub pattern: Pattern,
    pub ty: Option<Type>,
}

#[derive(Clone, Debug)]
pub struct Binder {
    pub locals: Vec<LocalId>,
    pub domain: Domain,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum Domain {
    Type(Type),
    /// A range or a collection.
    In(Expr),
}
