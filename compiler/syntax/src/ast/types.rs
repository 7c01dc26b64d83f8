//! Types as written.

use std::ops::Deref;

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
    Path(Box<TypePath>),
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
    pub default: Option<Box<Expr>>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum GenericArgKind {
    /// A type, or the name of a constant (only name resolution can tell).
    Type(Type),
    /// A literal for a constant parameter: `Decimal<4>`.
    Const(Box<Expr>),
}

/// The arguments behind `::`. Nearly always none, so they take no more room than a pointer.
#[derive(Clone, Debug, Default)]
pub struct TypeArgs(Option<Box<ArgList>>);

#[derive(Clone, Debug)]
struct ArgList(Vec<GenericArg>);

impl From<Vec<GenericArg>> for TypeArgs {
    fn from(list: Vec<GenericArg>) -> Self {
        TypeArgs((!list.is_empty()).then(|| Box::new(ArgList(list))))
    }
}

impl Deref for TypeArgs {
    type Target = [GenericArg];

    fn deref(&self) -> &[GenericArg] {
        self.0.as_ref().map_or(&[], |list| &list.0)
    }
}
