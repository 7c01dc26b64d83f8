//! Types as written.

use deed_base::Span;

use super::{Expr, ParamMode, Path};

#[derive(Clone, Debug)]
pub struct Type {
    pub kind: TypeKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum TypeKind {
    /// `u64`, `Map<K, V default 0>`, `Receivable.Info`, `C.v1`
    Path(TypePath),
    /// `(A, B)`; without elements, the unit type
    Tuple(Vec<Type>),
    /// `[T; n]`
    Array { element: Box<Type>, len: Box<Expr> },
    /// `fn(inout A, B) -> C`
    Fn { params: Vec<FnTypeParam>, result: Option<Box<Type>> },
    /// `_`, where it is to be inferred
    Infer,
    /// Could not be read; it was reported.
    Invalid,
}

/// A parameter of a function type.
#[derive(Clone, Debug)]
pub struct FnTypeParam {
    pub mode: ParamMode,
    pub ty: Type,
}

/// A name with its arguments, which follow the last segment.
#[derive(Clone, Debug)]
pub struct TypePath {
    pub path: Path,
    pub args: Vec<GenericArg>,
    pub span: Span,
}

/// An argument between `<` and `>`.
#[derive(Clone, Debug)]
pub struct GenericArg {
    pub kind: GenericArgKind,
    /// `default e`, after the value type of a map.
    pub default: Option<Expr>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum GenericArgKind {
    /// A type, or the name of a constant (only name resolution can tell).
    Type(Type),
    /// A literal for a constant parameter: `Decimal<4>`.
    Const(Expr),
}
