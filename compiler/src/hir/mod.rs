//! The resolved tree: what was written, with every name bound.
//!
//! In: syntax trees. Out: a [`Package`] whose items, locals and state fields are ids.
//! Holds always: an id is valid in the package (a [`LocalId`] in its function); a name that could
//! not be bound is [`ExprKind::Error`] or [`TypeKind::Error`], and a message has been given.
//!
//! Architecture invariant: members of values (`x.f`, `x.m()`) are still words here; they need types.

mod body;
mod calls;
mod chain;
mod pattern;
mod print;

pub use body::*;
pub use calls::*;
pub use chain::*;
pub use pattern::*;
pub use print::print;

use std::collections::BTreeSet;

use deed_base::Span;
use num_bigint::BigInt;

use crate::arena::{
    Arena, ConstId, ContractId, EnumId, ErrorId, EventId, FieldId, FnId, ImplId, InterfaceId,
    LocalId, ModuleId, RuleId, StructId, TestId, TraitId, TypeParamId, VariantId,
};
use crate::thir::{FnKind, FnOwner, Module, Name, ParamMode, StructKind, Version};
use crate::ty::{IntTy, Ty};

/// Everything that is compiled together.
#[derive(Clone, Debug, Default)]
pub struct Package {
    pub modules: Arena<ModuleId, Module>,
    pub contracts: Arena<ContractId, Contract>,
    pub functions: Arena<FnId, Function>,
    pub errors: Arena<ErrorId, DataDef>,
    pub events: Arena<EventId, DataDef>,
    pub constants: Arena<ConstId, ConstDef>,
    pub structs: Arena<StructId, StructDef>,
    pub enums: Arena<EnumId, EnumDef>,
    pub interfaces: Arena<InterfaceId, InterfaceDef>,
    pub traits: Arena<TraitId, TraitDef>,
    pub impls: Arena<ImplId, ImplDef>,
    pub type_params: Arena<TypeParamId, TypeParam>,
    pub tests: Arena<TestId, TestDef>,
    pub rules: Arena<RuleId, Rule>,
    /// What is used as a type, or asked for, as the chain's index gives it.
    pub records: BTreeSet<RecordOf>,
}

#[derive(Clone, Debug)]
pub struct Contract {
    pub name: Name,
    pub module: ModuleId,
    pub docs: String,
    pub state: Arena<FieldId, StateField>,
    pub init: Option<FnId>,
    /// In source order, `init` included.
    pub functions: Vec<FnId>,
    pub invariants: Vec<Clause>,
    pub step_invariants: Vec<Clause>,
    /// The variables bound in the invariants.
    pub locals: Arena<LocalId, Local>,
    pub errors: Vec<ErrorId>,
    pub events: Vec<EventId>,
    /// The interfaces that it says it implements, each with the place where it says so.
    pub implements: Vec<(InterfaceId, Span)>,
    pub version: Option<Version>,
    pub policy: Option<Policy>,
}

#[derive(Clone, Debug)]
pub struct StateField {
    pub name: Name,
    pub docs: String,
    pub ty: Type,
    pub default: Option<Expr>,
    pub traced: bool,
    pub counter: bool,
    pub ghost: bool,
}

#[derive(Clone, Debug)]
pub struct Function {
    pub name: Name,
    pub module: ModuleId,
    pub owner: FnOwner,
    pub docs: String,
    pub kind: FnKind,
    pub is_async: bool,
    pub schedule: Option<Schedule>,
    /// Whether it was declared `pub`.
    pub public: bool,
    /// Those of its owner first, of a trait `Self` before all.
    pub type_params: Vec<TypeParamId>,
    /// Of a method the receiver first.
    pub params: Vec<Param>,
    pub result: Option<Type>,
    pub throws: Vec<Throws>,
    /// Whether a name in `throws` could not be bound, so that more may be meant.
    pub throws_open: bool,
    /// Where a `throws` clause or a further error would be written.
    pub throws_insert: Option<Span>,
    pub spec: FnSpec,
    /// Parameters first.
    pub locals: Arena<LocalId, Local>,
    pub body: Option<Block>,
    pub span: Span,
}

impl Function {
    /// The contract whose state it may touch.
    pub fn contract(&self) -> Option<ContractId> {
        match self.owner {
            FnOwner::Contract(id) => Some(id),
            _ => None,
        }
    }

    /// Whether it is called on a value, which is its first parameter.
    pub fn has_receiver(&self) -> bool {
        self.params.first().is_some_and(|param| self.locals[param.local].name.text == "self")
    }
}

#[derive(Clone, Debug)]
pub struct Param {
    pub local: LocalId,
    pub mode: ParamMode,
    pub ty: Type,
}

#[derive(Clone, Debug)]
pub struct Local {
    pub name: Name,
    /// Declared with `var`.
    pub mutable: bool,
    pub is_param: bool,
    pub ghost: bool,
}

/// One error of a `throws` clause.
#[derive(Clone, Debug)]
pub struct Throws {
    pub error: ErrorId,
    pub when: Option<ThrowsWhen>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct ThrowsWhen {
    pub exactly: bool,
    pub cond: Expr,
}

#[derive(Clone, Debug, Default)]
pub struct FnSpec {
    pub requires: Vec<Requires>,
    pub ensures: Vec<Clause>,
    pub decreases: Vec<Expr>,
    pub modifies: Option<Vec<Expr>>,
    pub no_trap: Vec<Clause>,
}

#[derive(Clone, Debug)]
pub struct Requires {
    pub cond: Expr,
    pub otherwise: Option<Throw>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Clause {
    pub cond: Expr,
    pub span: Span,
}

/// An error or an event.
#[derive(Clone, Debug)]
pub struct DataDef {
    pub name: Name,
    pub module: ModuleId,
    pub contract: Option<ContractId>,
    pub interface: Option<InterfaceId>,
    pub docs: String,
    pub fields: Vec<DataField>,
}

#[derive(Clone, Debug)]
pub struct DataField {
    pub name: Name,
    pub ty: Type,
    pub index: bool,
}

/// A `struct` or an `asset`.
#[derive(Clone, Debug)]
pub struct StructDef {
    pub kind: StructKind,
    pub name: Name,
    pub module: ModuleId,
    pub docs: String,
    pub type_params: Vec<TypeParamId>,
    pub methods: Vec<FnId>,
    pub fields: Arena<FieldId, StructField>,
}

#[derive(Clone, Debug)]
pub struct StructField {
    pub name: Name,
    pub ty: Type,
    pub default: Option<Expr>,
    /// Whether it was declared `pub`.
    pub public: bool,
    /// Of a row: queries may ask for it.
    pub index: bool,
}

#[derive(Clone, Debug)]
pub struct EnumDef {
    pub name: Name,
    pub module: ModuleId,
    pub docs: String,
    pub type_params: Vec<TypeParamId>,
    pub methods: Vec<FnId>,
    pub variants: Arena<VariantId, Variant>,
}

#[derive(Clone, Debug)]
pub struct Variant {
    pub name: Name,
    pub fields: Vec<VariantField>,
}

/// A part of a variant's payload; its name is absent where the payload is positional.
#[derive(Clone, Debug)]
pub struct VariantField {
    pub name: Option<Name>,
    pub ty: Type,
}

#[derive(Clone, Debug)]
pub struct TypeParam {
    pub name: Name,
    pub linear: bool,
    /// Of what type the number is that stands for a `const` parameter.
    pub number: Option<IntTy>,
    /// From its declaration and from `where`.
    pub bounds: Vec<TraitRef>,
}

/// A trait with its arguments, as a bound or before `for`.
#[derive(Clone, Debug)]
pub struct TraitRef {
    pub id: TraitId,
    pub args: Vec<Type>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct TraitDef {
    pub name: Name,
    pub module: ModuleId,
    pub docs: String,
    /// `Self` first.
    pub type_params: Vec<TypeParamId>,
    pub functions: Vec<FnId>,
}

#[derive(Clone, Debug)]
pub struct ImplDef {
    pub module: ModuleId,
    pub type_params: Vec<TypeParamId>,
    pub of_trait: Option<TraitRef>,
    /// Whether a trait is written that could not be found.
    pub unknown_trait: bool,
    pub target: Type,
    pub functions: Vec<FnId>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct ConstDef {
    pub name: Name,
    pub module: ModuleId,
    pub contract: Option<ContractId>,
    pub docs: String,
    pub ty: Type,
    pub value: Expr,
}

#[derive(Clone, Debug)]
pub struct Type {
    pub kind: TypeKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum TypeKind {
    /// A type that needs no arguments.
    Known(Ty),
    Map {
        key: Box<Type>,
        value: Box<Type>,
        default: Option<Box<Expr>>,
    },
    Set(Box<Type>),
    Vec(Box<Type>),
    Option(Box<Type>),
    Result(Box<Type>, Box<Type>),
    Tuple(Vec<Type>),
    /// Of a generic struct or enum, with its arguments.
    Struct(StructId, Vec<Type>),
    Enum(EnumId, Vec<Type>),
    /// `fn(inout A) -> B`
    Fn {
        params: Vec<(ParamMode, Type)>,
        result: Option<Box<Type>>,
    },
    Array(Box<Type>, Box<Expr>),
    /// What stands for a `const` parameter: `4`, or a constant.
    Number(Box<Expr>),
    /// `A.Info` of an asset.
    Info(StructId),
    /// `Table<Row>`
    Table(Box<Type>),
    /// An event by its name, or `C.Event`.
    Record(RecordOf),
    /// `_`
    Infer,
    Error,
}

/// A number as written.
#[derive(Clone, Debug)]
pub struct IntLit {
    pub value: BigInt,
    pub suffix: Option<IntTy>,
}
