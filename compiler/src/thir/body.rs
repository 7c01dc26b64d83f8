//! Statements, expressions and places of the typed tree.
//!
//! A package has millions of them, so what is large within one is in a box.
//!
//! Holds always: evaluation is left to right in the order of the fields, and of arguments and parts
//! that stand in the order of their declaration in that of [`as_written`]; the operands of a
//! [`ExprKind::Binary`] have one type, but for shifts, whose count is `u32`, a time plus or minus a
//! duration, and a duration or quantity times an integer (on either side).

use deed_base::Span;
use deed_bytecode::ContextKind;

use super::Param;
use super::calls::{External, FailurePart, Try};
use super::chain::Chain;
use super::pattern::{Arm, Pattern};
use super::spec::{Binder, Clause, LoopSpec, QuantifierKind};
use super::tests::{TestExpr, TestStmt};
use crate::arena::{
    ConstId, ErrorId, EventId, FieldId, FnId, LocalId, StructId, TypeParamId, VariantId,
};
use crate::ty::Ty;
use crate::value::Value;

#[derive(Clone, Debug)]
pub struct Block {
    pub stmts: Vec<Stmt>,
    /// The value of a block that stands as an expression's arm.
    pub value: Option<Box<Expr>>,
    /// The value's type; `Unit` without one, `Never` if the end is not reached.
    pub ty: Ty,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Stmt {
    pub kind: StmtKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum StmtKind {
    /// `let` or `var`; which of them stands in the [`super::Local`].
    Let {
        local: LocalId,
        value: Expr,
    },
    /// Takes a value apart; where the pattern does not fit, the block runs, which leaves.
    LetPattern {
        pattern: Box<Pattern>,
        value: Expr,
        otherwise: Option<Box<Block>>,
    },
    Assign {
        place: Box<Place>,
        value: Expr,
    },
    /// `place op= value`: the place is evaluated once, read, combined, written.
    OpAssign {
        place: Box<Place>,
        op: BinaryOp,
        value: Expr,
    },
    /// A call, for its effects.
    Expr(Expr),
    If {
        cond: Expr,
        then: Box<Block>,
        otherwise: Option<Box<Block>>,
    },
    While {
        spec: Box<LoopSpec>,
        cond: Expr,
        body: Box<Block>,
    },
    /// `for local in start..end`: both ends are evaluated once; a reversed range is empty.
    For {
        spec: Box<LoopSpec>,
        local: LocalId,
        range: Box<Range>,
        body: Box<Block>,
    },
    /// `for pattern in source` over a collection.
    ForEach {
        spec: Box<LoopSpec>,
        /// Held against each element; irrefutable.
        pattern: Box<Pattern>,
        source: Box<Source>,
        body: Box<Block>,
    },
    /// A block of its own.
    Block(Block),
    Break,
    Continue,
    Return(Option<Expr>),
    Throw(Throw),
    /// `reject E(args)`: ends with what was done, and reports the error.
    Reject(Throw),
    Emit {
        event: EventId,
        args: Vec<Expr>,
    },
    /// Proved where it can be; checked when it runs if it has a form that runs.
    Assert {
        clause: Box<Clause>,
        check: Option<Box<Expr>>,
    },
    /// Believed by the verifier, and reported; nothing when it runs.
    Assume(Box<Clause>),
    /// Changes what exists for specifications only; nothing when it runs.
    Ghost(Box<Ghost>),
    /// Of tests.
    Test(Box<TestStmt>),
}

/// `ghost let x = e`, or an assignment to ghost data.
#[derive(Clone, Debug)]
pub struct Ghost {
    /// Of a variable that this declares, the variable.
    pub place: Place,
    pub declares: bool,
    /// As specifications compute.
    pub value: Expr,
}

/// An integer range.
#[derive(Clone, Debug)]
pub struct Range {
    pub start: Expr,
    pub end: Expr,
    /// `a..=b`.
    pub inclusive: bool,
}

/// What a `for` runs over.
#[derive(Clone, Debug)]
pub struct Source {
    /// A `Vec`, an array, a `Set`, a `Map`, or `bytes`; a place of one is read element by element.
    pub collection: Expr,
    /// Of a map: the pairs of key and value, not the values.
    pub pairs: bool,
    /// `range(after: k)`: of a map or set, what lies behind this key.
    pub after: Option<Expr>,
    /// `take(n)`: at most so many (`u64`).
    pub limit: Option<Expr>,
}

/// `E(args)`: the arguments in the order of the error's fields.
#[derive(Clone, Debug)]
pub struct Throw {
    pub error: ErrorId,
    pub args: Vec<Expr>,
    pub span: Span,
}

/// A piece of storage: of a local variable, or of the contract's state.
#[derive(Clone, Debug)]
pub struct Place {
    pub base: PlaceBase,
    pub path: Vec<PlaceStep>,
    /// Of the whole place.
    pub ty: Ty,
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PlaceBase {
    Local(LocalId),
    /// A field of the state of the contract that the function belongs to.
    State(FieldId),
}

#[derive(Clone, Debug)]
pub enum PlaceStep {
    /// The entry of a map.
    Key(Expr),
    /// The field of a struct.
    Field(StructId, FieldId),
    /// The part of a tuple, counted from 0.
    Part(u32),
    /// The element of an array, `Vec` or `bytes`, counted in `u64`.
    Index(Expr),
}

#[derive(Clone, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub ty: Ty,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A literal.
    Value(Value),
    Const(ConstId),
    /// A `const` parameter.
    ConstParam(TypeParamId),
    /// The value that a place holds.
    Read(Box<Place>),
    /// `view place`, as the value of a variable: the value that the place holds, looked at where it
    /// lies. The variable dies at the next write to the place, so that a copy and a view of it are
    /// the same to a program.
    View {
        place: Box<Place>,
        /// The place is an entry of a map, and this node an `Option` of it: `None` if it is absent.
        found: bool,
    },
    /// `a.info()`: the plain data of an asset, which is only looked at.
    Info(Box<Expr>),
    /// What the engine tells about the running call: `tx.sender`.
    Context(ContextKind),
    Unary(UnaryOp, Box<Expr>),
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// Evaluates the right operand only if the left one does not decide.
    Logical(LogicalOp, Box<Expr>, Box<Expr>),
    /// To the integer type of this node; traps if the value does not fit.
    Cast(Box<Expr>),
    /// A function of the same contract, a free one, or a method, whose receiver is the first
    /// argument. `type_args` has a type for each of the function's type parameters; for a trait's
    /// function [`super::Package::resolve_trait_fn`] finds what runs.
    Call {
        function: FnId,
        type_args: Vec<Ty>,
        args: Vec<Expr>,
    },
    /// `f(args)`, where `f` is a parameter of function type.
    CallLocal {
        function: LocalId,
        args: Vec<Expr>,
    },
    /// `inout place` as an argument, and nowhere else.
    Inout(Box<Place>),
    /// `|x| e` as an argument, and nowhere else. Its parameters are variables of the function around
    /// it; of those around it that it reads it has copies.
    Closure {
        params: Vec<Param>,
        captures: Vec<LocalId>,
        /// With a value, unless the closure gives none or never ends.
        body: Box<Block>,
    },
    /// A function as an argument, where a closure could stand.
    Function {
        function: FnId,
        type_args: Vec<Ty>,
    },
    /// An operation on a map in its place.
    MapCall {
        op: MapOp,
        map: Box<Place>,
        args: Vec<Expr>,
    },
    /// An `if` that gives a value.
    If {
        cond: Box<Expr>,
        then: Box<Block>,
        otherwise: Box<Block>,
    },
    /// The first arm that fits, with or without a value.
    Match {
        subject: Box<Expr>,
        arms: Vec<Arm>,
    },
    /// Whether a pattern fits; its variables are set where it does. The whole condition of an `if`
    /// or `while`.
    Let {
        pattern: Box<Pattern>,
        value: Box<Expr>,
    },
    /// The content of an `Option` or `Result`; without one the block runs, which leaves.
    ElseLeave {
        value: Box<Expr>,
        otherwise: Box<Block>,
    },
    /// `a ?? b`: the content of `a`, or `b`, which is evaluated only for `None`.
    Coalesce(Box<Expr>, Box<Expr>),
    /// `Some(e)`.
    Some(Box<Expr>),
    /// `None`.
    None,
    /// `Ok(e)`.
    Ok(Box<Expr>),
    /// `Err(e)`.
    Err(Box<Expr>),
    /// A variant of this node's enum, with a value for each part of its payload.
    Variant(VariantId, Vec<Expr>),
    /// Two parts or more.
    Tuple(Vec<Expr>),
    /// `[a, b]`: an array or a `Vec`, as the type of this node says.
    Array(Vec<Expr>),
    /// `[value; n]`, an array.
    Repeat(Box<Expr>),
    /// `"a {b} c"`
    Format(Vec<FormatPart>),
    /// The elements of an array as a `Vec`: the receiver of a method of that.
    ArrayToVec(Box<Expr>),
    /// `base[index]` where the base is a value and no place: a `Vec`, array, `bytes` or map.
    Index(Box<Expr>, Box<Expr>),
    /// `x in a..b`
    InRange(Box<Expr>, Box<Range>),
    /// A part of a tuple that is a value and no place, counted from 0.
    Part(Box<Expr>, u32),
    /// `e?`: the content of an `Option` or `Result`; without one the function returns what there is.
    Propagate(Box<Expr>),
    /// `S { .. }`: a value for each field, in the order of the declaration, defaults filled in.
    Struct(Vec<Expr>),
    /// A field of a struct that is a value and no place.
    Field(Box<Expr>, FieldId),
    /// Other contracts and coins.
    External(Box<External>),
    /// With a value where this node has a type.
    Try(Box<Try>),
    /// A member of a `Failure`.
    Failure(Box<Expr>, FailurePart),
    /// What goes on later, or asks the index.
    Chain(Box<Chain>),
    /// Of tests.
    Test(Box<TestExpr>),

    /// The unbounded integer of a program's integer.
    Lift(Box<Expr>),
    /// The value at the function's entry.
    Old(Box<Expr>),
    /// The function's result, in `ensures`.
    Result,
    /// `forall x in d, y in e: body`.
    Quantifier {
        kind: QuantifierKind,
        binders: Vec<Binder>,
        body: Box<Expr>,
    },
    /// `sum(value for binders if filter)`, or `count(…)` with the value 1.
    Sum {
        value: Box<Expr>,
        binders: Vec<Binder>,
        filter: Option<Box<Expr>>,
    },

    /// Where a message has been given.
    Error,
}

/// Expressions that stand in the order of parameters or fields, each with its place among them, in the
/// order in which they were written: in that they are evaluated.
pub fn as_written(exprs: &[Expr]) -> impl Iterator<Item = (usize, &Expr)> {
    let mut order: Vec<usize> = Vec::new();
    if !exprs.is_sorted_by_key(|expr| expr.span.start) {
        order.extend(0..exprs.len());
        order.sort_by_key(|at| exprs[*at].span.start);
    }
    let at = move |index: usize| order.get(index).copied().unwrap_or(index);
    (0..exprs.len()).map(at).map(|at| (at, &exprs[at]))
}

/// A part of a string with values in it.
#[derive(Clone, Debug)]
pub enum FormatPart {
    Text(String),
    /// Of a type that has a text: a number, `bool`, `string`, `bytes`, `Address`, `Hash`, a time or a
    /// quantity.
    Value(Expr),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UnaryOp {
    /// `-x`; traps on overflow.
    Neg,
    /// `!x` of a `bool`, or of every bit of an integer.
    Not,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BinaryOp {
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
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LogicalOp {
    And,
    Or,
    /// `==>`, in specifications.
    Implies,
}

/// The operations on a map; the key comes first among the arguments.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MapOp {
    /// `has(k)`: whether the key is present.
    Has,
    /// `get(k)`: the value as an `Option`.
    Get,
    /// `insert(k, v)`: traps if the key is present.
    Insert,
    /// `replace(k, v)`: gives the old value as an `Option`.
    Replace,
    /// `take(k)`: removes, and gives the value as an `Option`.
    Take,
    /// `remove(k)`: removes, and says whether the key was present.
    Remove,
}

impl BinaryOp {
    /// As it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::Div => "/",
            BinaryOp::Rem => "%",
            BinaryOp::Shl => "<<",
            BinaryOp::Shr => ">>",
            BinaryOp::BitAnd => "&",
            BinaryOp::BitOr => "|",
            BinaryOp::BitXor => "^",
            BinaryOp::Eq => "==",
            BinaryOp::Ne => "!=",
            BinaryOp::Lt => "<",
            BinaryOp::Le => "<=",
            BinaryOp::Gt => ">",
            BinaryOp::Ge => ">=",
        }
    }

    /// Whether it gives a `bool` of two like operands.
    pub fn is_comparison(self) -> bool {
        use BinaryOp::*;
        matches!(self, Eq | Ne | Lt | Le | Gt | Ge)
    }

    /// Whether its right operand is a count of bits.
    pub fn is_shift(self) -> bool {
        matches!(self, BinaryOp::Shl | BinaryOp::Shr)
    }
}

impl MapOp {
    pub const ALL: [MapOp; 6] =
        [MapOp::Has, MapOp::Get, MapOp::Insert, MapOp::Replace, MapOp::Take, MapOp::Remove];

    pub fn name(self) -> &'static str {
        match self {
            MapOp::Has => "has",
            MapOp::Get => "get",
            MapOp::Insert => "insert",
            MapOp::Replace => "replace",
            MapOp::Take => "take",
            MapOp::Remove => "remove",
        }
    }

    pub fn writes(self) -> bool {
        !matches!(self, MapOp::Has | MapOp::Get)
    }
}
