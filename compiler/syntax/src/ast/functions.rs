//! Functions: heads, parameters, generics and specification clauses.

use deed_base::Span;

use super::{Block, Doc, ErrorPath, Expr, Ident, Text, Type, TypePath};

/// A function of any kind.
#[derive(Clone, Debug)]
pub struct FnDecl {
    pub doc: Option<Doc>,
    pub kind: FnKind,
    /// `pub`
    pub public: bool,
    /// `async`
    pub is_async: bool,
    /// `payable`: may be called with value.
    pub payable: bool,
    /// The name; `init`, `migrate` and `upgrade` for those.
    pub name: Ident,
    pub generics: Generics,
    /// The written `self` of a method; inside a contract it is implicit.
    pub receiver: Option<Receiver>,
    pub params: Vec<Param>,
    /// `None` for a function that yields nothing.
    pub result: Option<Type>,
    pub throws: Vec<Throws>,
    pub spec: FnSpec,
    /// Absent in interfaces, for natives and for required functions of traits.
    pub body: Option<Block>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum FnKind {
    /// `fn`: a function of the module, a method, or a private function of a contract.
    Plain,
    /// `entry fn`: transactions and other contracts may call it.
    Entry,
    /// `view fn`: reads only.
    View,
    /// `init(..)`: runs once, at deployment.
    Init,
    /// `spec fn`: exists in specifications only.
    Spec,
    /// `test fn`: a helper of tests.
    Test,
    /// `native fn`: its body is the engine's (library only).
    Native,
    /// `every days(1) fn` or `cron ".." in ZONE fn`: runs by itself.
    Scheduled(Box<Schedule>),
    /// `migrate(old: C.v1)`: carries the state of an earlier version over.
    Migrate,
    /// `upgrade(old: T.v1) -> T`: carries one stored element over.
    Upgrade,
}

/// When scheduled work runs and what it may cost.
#[derive(Clone, Debug)]
pub struct Schedule {
    pub when: ScheduleWhen,
    /// `gas n`
    pub gas: Option<Expr>,
    /// `missed skip`, `missed once`, `missed catch_up(n)`
    pub missed: Option<Expr>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum ScheduleWhen {
    /// `every e`
    Every(Expr),
    /// `cron "0 10 * * *" in zone`
    Cron { pattern: Text, zone: Option<Box<Expr>> },
}

/// How a parameter is passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ParamMode {
    /// A read-only view.
    #[default]
    View,
    /// `inout`: may change the caller's place.
    Inout,
    /// `take`: consumes the value.
    Take,
}

/// `self`, `inout self` or `take self`
#[derive(Clone, Debug)]
pub struct Receiver {
    pub mode: ParamMode,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Param {
    pub mode: ParamMode,
    pub name: Ident,
    pub ty: Type,
    pub span: Span,
}

/// `<linear T: Bound, const N: u32>` and the `where` clause.
#[derive(Clone, Debug, Default)]
pub struct Generics {
    pub params: Vec<GenericParam>,
    pub where_clause: Vec<WherePredicate>,
}

#[derive(Clone, Debug)]
pub struct GenericParam {
    pub name: Ident,
    pub kind: GenericParamKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum GenericParamKind {
    /// `T: A + B`, `linear T`
    Type { linear: bool, bounds: Vec<TypePath> },
    /// `const N: u32`
    Const { ty: Type },
}

/// `T: A + B` after `where`
#[derive(Clone, Debug)]
pub struct WherePredicate {
    pub ty: Type,
    pub bounds: Vec<TypePath>,
    pub span: Span,
}

/// An element of a `throws` clause.
#[derive(Clone, Debug)]
pub struct Throws {
    pub error: ErrorPath,
    pub when: Option<Box<ThrowsWhen>>,
    pub span: Span,
}

/// `when c`: the error implies `c` at entry; `exactly when c`: and the other way round.
#[derive(Clone, Debug)]
pub struct ThrowsWhen {
    pub exactly: bool,
    pub condition: Expr,
}

/// The specification clauses of a function, each kind in source order.
#[derive(Clone, Debug, Default)]
pub struct FnSpec {
    pub requires: Vec<Requires>,
    pub ensures: Vec<Expr>,
    /// Places the function may change; `None` if there is no such clause.
    pub modifies: Option<Vec<Expr>>,
    pub decreases: Vec<Expr>,
    /// The conditions of `no_trap when c`; `true` where it stands alone.
    pub no_trap: Vec<Expr>,
}

/// `requires c` or `requires c else E(args)`
#[derive(Clone, Debug)]
pub struct Requires {
    pub condition: Expr,
    /// The error thrown where the precondition is checked at run time.
    pub error: Option<Expr>,
    pub span: Span,
}
