//! Expressions.
//!
//! Holds always: an [`Expr`] is small, since the parser moves each a dozen times; what is large or
//! rare in it is in a box.

use deed_base::Span;

use super::{Block, Ident, IntLit, ParamMode, Pattern, StrPart, Type, TypeArgs};

#[derive(Clone, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

// The parser's stack has room for the largest of its symbols, an argument, in every entry.
const _: () = assert!(size_of::<Expr>() <= 56 && size_of::<Arg>() <= 96);

#[derive(Clone, Debug)]
pub enum ExprKind {
    Int(Box<IntLit>),
    Bool(bool),
    /// A string; one text part, none (`""`), or an interpolation.
    Str(Vec<StrPart>),
    /// `b"abc"` or `hex"00ff"`
    Bytes(Vec<u8>),
    /// A name, `tx`, `block`, `result` and `old` included; `f::<T>` with arguments.
    Name {
        name: Ident,
        type_args: TypeArgs,
    },
    /// `self`
    SelfValue,
    /// `.Live` of a type that is known, or a column in `where(.id == id)`
    Implicit(Ident),
    /// `base.name`: a field, a method, a variant, a member of a module; `.0` of a tuple
    Field(Box<FieldExpr>),
    /// `base[index]`, where the index may be a range with open ends
    Index(Box<IndexExpr>),
    /// A call, a cast, the making of an error, an event or a variant.
    Call(Box<Call>),
    /// `Receivable { id, debtor: d }`
    Struct(StructExpr),
    /// `(a, b)`; without elements, the unit value
    Tuple(Vec<Expr>),
    /// `[a, b]`
    Array(Vec<Expr>),
    /// `[value; len]`
    Repeat {
        value: Box<Expr>,
        len: Box<Expr>,
    },
    Unary {
        op: UnaryOp,
        operand: Box<Expr>,
    },
    Binary(Box<BinaryExpr>),
    /// `a..b`, `a..=b`; open ends inside `[]` only
    Range {
        start: Option<Box<Expr>>,
        end: Option<Box<Expr>>,
        inclusive: bool,
    },
    /// `e?`
    Propagate(Box<Expr>),
    /// `view place`: names a place without copying
    View(Box<Expr>),
    If(Box<IfExpr>),
    Match(MatchExpr),
    Try(Box<TryExpr>),
    /// `|x, y: u64| e`
    Closure(Box<ClosureExpr>),
    /// `forall k, v in m: p`
    Quantifier(Box<QuantifierExpr>),
    /// `sum(e for x in m if c)`
    Comprehension(Box<ComprehensionExpr>),
    /// Only as the body of an arm or a closure, or after `else`.
    Block(Block),
    /// `await call timeout d`; the suffix belongs to the call
    Await(Box<Expr>),
    /// `deploy C(args) from who salt s`
    Deploy(Box<Call>),
    /// `schedule self.f(args) at t gas n`; the suffixes belong to the call
    Schedule(Box<Expr>),
    /// `return`, `return e`. This and the next four stand alone, end an arm, or follow `else`.
    Return(Option<Box<Expr>>),
    /// `throw E(args)`
    Throw(Box<Expr>),
    /// `reject E(args)`
    Reject(Box<Expr>),
    Break,
    Continue,
    /// `..` as an argument: `expect throw BadSplit(..)`
    Rest,
    /// Could not be read; it was reported.
    Invalid,
}

/// `base.name`, `base.name::<T>`
#[derive(Clone, Debug)]
pub struct FieldExpr {
    pub base: Expr,
    pub name: Ident,
    pub type_args: TypeArgs,
}

/// `base[index]`
#[derive(Clone, Debug)]
pub struct IndexExpr {
    pub base: Expr,
    pub index: Expr,
}

#[derive(Clone, Debug)]
pub struct BinaryExpr {
    pub op: BinaryOp,
    /// The place of the operator itself, for messages about overflow and the like.
    pub op_span: Span,
    pub left: Expr,
    pub right: Expr,
}

/// `callee(args)` and what follows on its line.
#[derive(Clone, Debug)]
pub struct Call {
    /// A name, a field (also for methods), or any expression of function type.
    pub callee: Expr,
    pub args: Vec<Arg>,
    /// `from who value c gas g salt s timeout d at t`, each at most once
    pub options: Vec<CallOption>,
}

impl Call {
    /// The value of a suffix, if it was written.
    pub fn option(&self, kind: CallOptionKind) -> Option<&Expr> {
        self.options.iter().find(|o| o.kind == kind).map(|o| &o.value)
    }
}

/// An argument: `e`, `name: e`, `inout place`. Behind a named one, a bare `name` is `name: name`.
#[derive(Clone, Debug)]
pub struct Arg {
    pub name: Option<Ident>,
    pub inout: bool,
    pub value: Expr,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct CallOption {
    pub kind: CallOptionKind,
    pub value: Expr,
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallOptionKind {
    From,
    Value,
    Gas,
    Salt,
    Timeout,
    At,
}

impl CallOptionKind {
    pub fn word(self) -> &'static str {
        match self {
            CallOptionKind::From => "from",
            CallOptionKind::Value => "value",
            CallOptionKind::Gas => "gas",
            CallOptionKind::Salt => "salt",
            CallOptionKind::Timeout => "timeout",
            CallOptionKind::At => "at",
        }
    }
}

/// `Path { field: e, short }`
#[derive(Clone, Debug)]
pub struct StructExpr {
    /// Names and fields only, perhaps with type arguments at the end.
    pub path: Box<Expr>,
    pub fields: Vec<FieldInit>,
}

/// `field: e`; the short form `field` has the name itself as its value.
#[derive(Clone, Debug)]
pub struct FieldInit {
    pub name: Ident,
    pub value: Expr,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UnaryOp {
    /// `-`
    Neg,
    /// `!`, on `bool` and on the bits of an integer
    Not,
}

impl UnaryOp {
    pub fn symbol(self) -> &'static str {
        match self {
            UnaryOp::Neg => "-",
            UnaryOp::Not => "!",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BinaryOp {
    Mul,
    Div,
    Rem,
    Add,
    Sub,
    Shl,
    Shr,
    BitAnd,
    BitXor,
    BitOr,
    /// `a ?? b`: `b` if `a` is `None`
    Coalesce,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    /// `x in xs`
    In,
    And,
    Or,
    /// `a ==> b`, in specifications
    Implies,
}

impl BinaryOp {
    pub fn symbol(self) -> &'static str {
        match self {
            BinaryOp::Mul => "*",
            BinaryOp::Div => "/",
            BinaryOp::Rem => "%",
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Shl => "<<",
            BinaryOp::Shr => ">>",
            BinaryOp::BitAnd => "&",
            BinaryOp::BitXor => "^",
            BinaryOp::BitOr => "|",
            BinaryOp::Coalesce => "??",
            BinaryOp::Eq => "==",
            BinaryOp::Ne => "!=",
            BinaryOp::Lt => "<",
            BinaryOp::Le => "<=",
            BinaryOp::Gt => ">",
            BinaryOp::Ge => ">=",
            BinaryOp::In => "in",
            BinaryOp::And => "&&",
            BinaryOp::Or => "||",
            BinaryOp::Implies => "==>",
        }
    }

    /// `== != < <= > >= in`: yields `bool`, is not chained.
    pub fn is_comparison(self) -> bool {
        use BinaryOp::*;
        matches!(self, Eq | Ne | Lt | Le | Gt | Ge | In)
    }
}

/// `if c { } else if d { } else { }`
#[derive(Clone, Debug)]
pub struct IfExpr {
    pub condition: Condition,
    pub then: Block,
    /// A [`ExprKind::Block`] or another [`ExprKind::If`].
    pub otherwise: Option<Box<Expr>>,
}

/// The head of an `if` or a `while`.
#[derive(Clone, Debug)]
pub enum Condition {
    Expr(Expr),
    /// `let P = e`
    Let {
        pattern: Box<Pattern>,
        value: Expr,
    },
}

#[derive(Clone, Debug)]
pub struct MatchExpr {
    pub subject: Box<Expr>,
    pub arms: Vec<Arm>,
}

/// `P if guard => body`
#[derive(Clone, Debug)]
pub struct Arm {
    pub pattern: Pattern,
    pub guard: Option<Expr>,
    /// An expression; a block, which yields its last expression; something that leaves.
    pub body: Expr,
    pub span: Span,
}

/// `try { } catch E(x) { } catch f { }`
#[derive(Clone, Debug)]
pub struct TryExpr {
    pub body: Block,
    pub catches: Vec<Catch>,
}

#[derive(Clone, Debug)]
pub struct Catch {
    /// An error pattern, or a name that binds any failure. Never a struct pattern.
    pub pattern: Box<Pattern>,
    pub body: Block,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct ClosureExpr {
    pub params: Vec<ClosureParam>,
    pub result: Option<Type>,
    pub body: Expr,
}

#[derive(Clone, Debug)]
pub struct ClosureParam {
    pub mode: ParamMode,
    pub pattern: Pattern,
    pub ty: Option<Box<Type>>,
}

#[derive(Clone, Debug)]
pub struct QuantifierExpr {
    pub kind: QuantifierKind,
    pub binders: Vec<Binder>,
    pub body: Expr,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum QuantifierKind {
    Forall,
    Exists,
}

/// Bound names and what they range over.
#[derive(Clone, Debug)]
pub struct Binder {
    pub names: Vec<Ident>,
    pub domain: BinderDomain,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum BinderDomain {
    /// `k, v in m`
    In(Box<Expr>),
    /// `x, y: u64`
    Type(Type),
}

/// `sum(value for .. if ..)` or `count(value for .. if ..)`
#[derive(Clone, Debug)]
pub struct ComprehensionExpr {
    pub kind: ComprehensionKind,
    pub value: Expr,
    /// One or more, the outermost first.
    pub loops: Vec<ComprehensionLoop>,
    pub filter: Option<Expr>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ComprehensionKind {
    Sum,
    Count,
}

/// `for pattern in source`; further ones follow after a comma.
#[derive(Clone, Debug)]
pub struct ComprehensionLoop {
    pub pattern: Box<Pattern>,
    pub source: Expr,
}
