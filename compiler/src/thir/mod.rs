//! The typed tree: what `typeck` makes, and what everything after it reads.
//!
//! In: a resolved package. Out: a [`Package`] in which every name is an id, every node carries its
//! type and its place in the source, every constant has its value, and every function its effects.
//!
//! Holds always, when `typeck` gave no error:
//! - no type in it is `Ty::Error` or `Ty::Infer`, and no expression is `ExprKind::Error`;
//! - arguments stand in the order of the parameters, defaults filled in, and are evaluated in the
//!   order of [`as_written`];
//! - a block that gives a value has one, and a function with a result returns on every path;
//! - `SpecInt` occurs in clauses only, where [`ExprKind::Lift`] marks each passage from a program's
//!   integer to an unbounded one.
//!
//! After an error the tree is complete as far as it goes, so that tools can still read it.

mod abilities;
mod body;
mod calls;
mod chain;
mod context;
mod effects;
mod generics;
mod pattern;
mod print;
mod rules;
mod spec;
mod tests;
pub mod visit;

pub use abilities::Abilities;
pub(crate) use abilities::{is_linear, mark_linear};
pub use body::*;
pub use calls::*;
pub use chain::*;
pub use context::*;
pub use effects::*;
pub use generics::*;
pub use pattern::*;
pub use print::{print, type_text};
pub use rules::*;
pub use spec::*;
pub use tests::*;

pub use crate::ty::ParamMode;

use std::collections::BTreeMap;

use deed_base::{Span, Word};

use crate::arena::{
    Arena, ConstId, ContractId, EnumId, ErrorId, EventId, FieldId, FnId, ImplId, InterfaceId,
    LocalId, ModuleId, RuleId, StructId, TestId, TraitId, TypeParamId, VariantId,
};
use crate::ty::{IntTy, Ty};
use crate::value::Value;

/// Everything that was compiled together.
#[derive(Clone, Debug, Default)]
pub struct Package {
    pub modules: Arena<ModuleId, Module>,
    pub contracts: Arena<ContractId, Contract>,
    pub functions: Arena<FnId, Function>,
    pub errors: Arena<ErrorId, ErrorDef>,
    pub events: Arena<EventId, EventDef>,
    pub constants: Arena<ConstId, ConstDef>,
    pub structs: Arena<StructId, StructDef>,
    pub enums: Arena<EnumId, EnumDef>,
    pub interfaces: Arena<InterfaceId, InterfaceDef>,
    pub traits: Arena<TraitId, TraitDef>,
    pub impls: Arena<ImplId, ImplDef>,
    /// The type parameters of every item, used as `Ty::Param`.
    pub type_params: Arena<TypeParamId, TypeParam>,
    pub tests: Arena<TestId, TestDef>,
    pub rules: Arena<RuleId, Rule>,
}

/// A name as it was written, or the name of what it stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Name {
    pub text: Word,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Module {
    /// `scf.receivable`.
    pub path: String,
    pub docs: String,
    /// Whether it comes with the compiler.
    pub library: bool,
}

#[derive(Clone, Debug)]
pub struct Contract {
    pub name: Name,
    pub module: ModuleId,
    pub docs: String,
    pub state: Arena<FieldId, StateField>,
    /// The constructor; without one, every field of the state has a default.
    pub init: Option<FnId>,
    /// Every function of the contract in source order, `init` included.
    pub functions: Vec<FnId>,
    /// What holds between any two transactions.
    pub invariants: Vec<Clause>,
    /// What holds of the states before (`old`) and after every transaction.
    pub step_invariants: Vec<Clause>,
    /// The variables bound in the invariants.
    pub locals: Arena<LocalId, Local>,
    /// Errors and events declared in the contract.
    pub errors: Vec<ErrorId>,
    pub events: Vec<EventId>,
    pub version: Option<Version>,
    pub policy: Option<Policy>,
}

/// A field of a contract's state.
#[derive(Clone, Debug)]
pub struct StateField {
    pub name: Name,
    pub docs: String,
    pub ty: Ty,
    /// What it holds before `init` runs; a field without one is assigned in `init`.
    pub default: Option<Value>,
    /// Whether changes of it are recorded (`traced`).
    pub traced: bool,
    /// Updated by `+=` and `-=` only, which commute (`counter`).
    pub counter: bool,
    /// For specifications only.
    pub ghost: bool,
}

#[derive(Clone, Debug)]
pub struct Function {
    pub name: Name,
    pub module: ModuleId,
    /// Where it is declared; a method of a type has `self` as its first parameter.
    pub owner: FnOwner,
    pub docs: String,
    pub kind: FnKind,
    /// Whether it may wait for an answer (`async`).
    pub is_async: bool,
    /// Of a function of kind `Scheduled`.
    pub schedule: Option<Schedule>,
    /// Those of its owner (of a trait `Self` first), then its own. A call gives a type for each.
    pub type_params: Vec<TypeParamId>,
    pub params: Vec<Param>,
    /// `Unit` where none is written.
    pub result: Ty,
    /// What callers may see: declared, and for a private function without `throws` inferred.
    pub throws: Vec<ErrorId>,
    pub spec: FnSpec,
    /// Parameters first, then every variable of the body and of the clauses.
    pub locals: Arena<LocalId, Local>,
    /// `None` in an interface, for a native, for what a trait requires, and where the body could not
    /// be read.
    pub body: Option<Block>,
    pub effects: Effects,
    /// From `entry`, `fn`, … to the end of the result.
    pub span: Span,
}

/// What a function is declared in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FnOwner {
    /// The module itself.
    Free,
    Contract(ContractId),
    Struct(StructId),
    Enum(EnumId),
    Impl(ImplId),
    Trait(TraitId),
    Interface(InterfaceId),
    Test(TestId),
}

/// Who may call a function, and what it may do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FnKind {
    /// Runs once, when the contract is made.
    Init,
    /// A transaction or another contract may call it.
    Entry { payable: bool },
    /// Reads only; anyone may call it.
    View,
    /// Of this contract or module alone.
    Private,
    /// A library item.
    Public,
    /// Exists in specifications only (`spec fn`).
    Spec,
    /// Of the library: the engine has its body, found by its [`Package::native_name`].
    Native,
    /// Runs by itself, on its `schedule`.
    Scheduled,
    /// Carries the state of an earlier version over.
    Migrate,
    /// Carries one stored element over.
    Upgrade,
    /// A test, or a helper of tests.
    Test,
}

impl FnKind {
    /// The words before its name, with a space behind them.
    pub fn words(self) -> &'static str {
        match self {
            FnKind::Init | FnKind::Migrate | FnKind::Upgrade => "",
            FnKind::Entry { payable: false } => "entry fn ",
            FnKind::Entry { payable: true } => "payable entry fn ",
            FnKind::View => "view fn ",
            FnKind::Private | FnKind::Scheduled => "fn ",
            FnKind::Public => "pub fn ",
            FnKind::Spec => "spec fn ",
            FnKind::Native => "native fn ",
            FnKind::Test => "test fn ",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Param {
    pub local: LocalId,
    pub mode: ParamMode,
}

/// A parameter or variable.
#[derive(Clone, Debug)]
pub struct Local {
    pub name: Name,
    pub ty: Ty,
    /// Whether it was declared with `var`.
    pub mutable: bool,
    /// For specifications only.
    pub ghost: bool,
}

#[derive(Clone, Debug)]
pub struct ErrorDef {
    pub name: Name,
    pub module: ModuleId,
    /// The contract or interface that it is declared in.
    pub contract: Option<ContractId>,
    pub interface: Option<InterfaceId>,
    pub docs: String,
    pub fields: Vec<DataField>,
}

#[derive(Clone, Debug)]
pub struct EventDef {
    pub name: Name,
    pub module: ModuleId,
    pub contract: Option<ContractId>,
    pub interface: Option<InterfaceId>,
    pub docs: String,
    pub fields: Vec<DataField>,
}

/// A field of an error or event.
#[derive(Clone, Debug)]
pub struct DataField {
    pub name: Name,
    pub ty: Ty,
    /// Whether clients can search by it; in events only.
    pub index: bool,
}

/// A `struct` or an `asset`.
#[derive(Clone, Debug)]
pub struct StructDef {
    pub kind: StructKind,
    pub name: Name,
    pub module: ModuleId,
    pub docs: String,
    /// The types of its fields may name them; a `Ty::Struct` has a type for each.
    pub type_params: Vec<TypeParamId>,
    /// Whether its one integer is an amount of something: money, say. It is added, compared and
    /// multiplied by a number as that integer is.
    pub quantity: bool,
    /// How many digits of that integer stand behind the point, if it has one: a [`Ty::Number`] or a
    /// `const` parameter.
    pub places: Option<Ty>,
    /// Declared in its body; what is declared in an `impl` stands there.
    pub methods: Vec<FnId>,
    pub fields: Arena<FieldId, StructField>,
    /// Of an asset `A` the struct `A.Info`, which has its plain fields under their names.
    pub info: Option<StructId>,
    /// Whether every value of it is linear, whatever its type arguments: an asset, or what holds one.
    pub linear: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum StructKind {
    /// Plain data, unless a field of it is linear.
    Struct,
    /// Neither copied nor dropped; made and unmade in its own module alone.
    Asset,
}

#[derive(Clone, Debug)]
pub struct StructField {
    pub name: Name,
    pub ty: Ty,
    /// What the field holds where a literal leaves it out.
    pub default: Option<Value>,
    /// Whether other modules may name it.
    pub public: bool,
    /// Of a row of a table: queries may ask for it.
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
    /// Whether every value of it is linear, whatever its type arguments.
    pub linear: bool,
}

#[derive(Clone, Debug)]
pub struct Variant {
    pub name: Name,
    pub fields: Vec<VariantField>,
}

/// A part of a variant's payload.
#[derive(Clone, Debug)]
pub struct VariantField {
    /// Where the payload is positional, its number: `0`.
    pub name: Name,
    pub ty: Ty,
}

#[derive(Clone, Debug)]
pub struct TypeParam {
    pub name: Name,
    /// Whether it may be an asset, so that its values are neither copied nor dropped.
    pub linear: bool,
    /// Of what type the number is that stands for a `const` parameter.
    pub number: Option<IntTy>,
    /// The traits that its types have.
    pub bounds: Vec<TraitRef>,
}

/// A trait with its arguments, without `Self`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TraitRef {
    pub id: TraitId,
    pub args: Vec<Ty>,
}

#[derive(Clone, Debug)]
pub struct TraitDef {
    pub name: Name,
    pub module: ModuleId,
    pub docs: String,
    /// `Self` first.
    pub type_params: Vec<TypeParamId>,
    /// Those without a body are required of every `impl`.
    pub functions: Vec<FnId>,
}

/// `impl Type { .. }` or `impl Trait for Type { .. }`.
#[derive(Clone, Debug)]
pub struct ImplDef {
    pub module: ModuleId,
    pub type_params: Vec<TypeParamId>,
    pub of_trait: Option<TraitRef>,
    pub target: Ty,
    pub functions: Vec<FnId>,
    /// For each function of the trait what runs: of this `impl`, or the trait's own.
    pub bindings: BTreeMap<FnId, FnId>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct ConstDef {
    pub name: Name,
    pub module: ModuleId,
    pub contract: Option<ContractId>,
    pub docs: String,
    pub ty: Ty,
    /// `None` after an error.
    pub value: Option<Value>,
}
