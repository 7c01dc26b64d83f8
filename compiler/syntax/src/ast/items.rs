//! Items: what a module declares, and what a contract holds.

use deed_base::Span;

use super::{Block, Doc, Expr, FnDecl, Generics, Ident, IntLit, Path, Text, Type, TypePath};

/// A declaration of a module (or of a contract, see [`Member::Item`]).
#[derive(Clone, Debug)]
pub struct Item {
    pub doc: Option<Doc>,
    /// `pub`: other modules may use it.
    pub public: bool,
    pub kind: ItemKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum ItemKind {
    Const(Box<ConstDecl>),
    Fn(Box<FnDecl>),
    /// A `struct` or an `asset`.
    Struct(Box<StructDecl>),
    Enum(Box<EnumDecl>),
    Error(Box<ErrorDecl>),
    Errors(Box<ErrorSetDecl>),
    Event(Box<EventDecl>),
    Interface(Box<InterfaceDecl>),
    Trait(Box<TraitDecl>),
    Impl(Box<ImplDecl>),
    Contract(Box<ContractDecl>),
    Test(Box<TestDecl>),
    Rule(Box<RuleDecl>),
    /// Something that could not be read; it was reported.
    Invalid,
}

impl ItemKind {
    /// The name it declares, if it declares one.
    pub fn name(&self) -> Option<&Ident> {
        match self {
            ItemKind::Const(d) => Some(&d.name),
            ItemKind::Fn(d) => Some(&d.name),
            ItemKind::Struct(d) => Some(&d.name),
            ItemKind::Enum(d) => Some(&d.name),
            ItemKind::Error(d) => Some(&d.name),
            ItemKind::Errors(d) => Some(&d.name),
            ItemKind::Event(d) => Some(&d.name),
            ItemKind::Interface(d) => Some(&d.name),
            ItemKind::Trait(d) => Some(&d.name),
            ItemKind::Contract(d) => Some(&d.name),
            ItemKind::Rule(d) => Some(&d.name),
            ItemKind::Impl(_) | ItemKind::Test(_) | ItemKind::Invalid => None,
        }
    }
}

/// `const MAX: u64 = 10`
#[derive(Clone, Debug)]
pub struct ConstDecl {
    pub name: Ident,
    pub ty: Type,
    pub value: Expr,
}

/// A named and typed member of a struct, an asset, the state, an error or an event.
#[derive(Clone, Debug)]
pub struct Field {
    pub doc: Option<Doc>,
    pub attrs: FieldAttrs,
    pub name: Ident,
    pub ty: Type,
    /// `= e`, in state and structs.
    pub default: Option<Expr>,
    pub span: Span,
}

/// The words before a field's name. Which of them a place allows is checked with the types.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct FieldAttrs {
    /// `pub`: other modules may read it.
    pub public: bool,
    /// `traced` state records each committed change.
    pub traced: bool,
    /// `counter` state is updated commutatively.
    pub counter: bool,
    /// `index`: queries may ask for it (event fields and rows of tables).
    pub index: bool,
    /// `ghost` state exists for specifications only.
    pub ghost: bool,
}

/// `struct S { .. }` or `asset A { .. }`: fields, then methods.
#[derive(Clone, Debug)]
pub struct StructDecl {
    pub kind: StructKind,
    pub name: Ident,
    pub generics: Generics,
    pub fields: Vec<Field>,
    pub methods: Vec<FnDecl>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StructKind {
    Struct,
    /// Linear: neither copied nor dropped.
    Asset,
}

/// `enum E { A, B(u64), C(to: Address) }`: variants, then methods.
#[derive(Clone, Debug)]
pub struct EnumDecl {
    pub name: Ident,
    pub generics: Generics,
    pub variants: Vec<Variant>,
    pub methods: Vec<FnDecl>,
}

#[derive(Clone, Debug)]
pub struct Variant {
    pub doc: Option<Doc>,
    pub name: Ident,
    pub fields: Vec<VariantField>,
    pub span: Span,
}

/// A part of a variant's payload.
#[derive(Clone, Debug)]
pub struct VariantField {
    /// Absent where the payload is positional.
    pub name: Option<Ident>,
    pub ty: Type,
    pub span: Span,
}

/// `error NotFound(id: u64)`
#[derive(Clone, Debug)]
pub struct ErrorDecl {
    pub name: Ident,
    pub fields: Vec<Field>,
}

/// `errors Common = NotFound | Bank.*`
#[derive(Clone, Debug)]
pub struct ErrorSetDecl {
    pub name: Ident,
    pub members: Vec<ErrorPath>,
}

/// Names an error, an error set, or (`Bank.*`) all errors of an interface.
#[derive(Clone, Debug)]
pub struct ErrorPath {
    pub path: Path,
    /// `.*` follows the path.
    pub all: bool,
}

/// `event Split(index id: u64, amount: Cny)`
#[derive(Clone, Debug)]
pub struct EventDecl {
    pub name: Ident,
    pub fields: Vec<Field>,
}

/// `interface Bank { .. }`: errors, events and functions without bodies.
#[derive(Clone, Debug)]
pub struct InterfaceDecl {
    pub name: Ident,
    pub items: Vec<Item>,
}

/// `trait T { .. }`: functions, with or without bodies.
#[derive(Clone, Debug)]
pub struct TraitDecl {
    pub name: Ident,
    pub generics: Generics,
    pub functions: Vec<FnDecl>,
}

/// `impl Type { .. }` or `impl Trait for Type { .. }`
#[derive(Clone, Debug)]
pub struct ImplDecl {
    pub generics: Generics,
    pub of_trait: Option<TypePath>,
    pub target: Type,
    pub functions: Vec<FnDecl>,
}

/// `contract C version 2 upgrades 1 implements I { .. }`
#[derive(Clone, Debug)]
pub struct ContractDecl {
    pub name: Ident,
    pub version: Option<ContractVersion>,
    pub implements: Vec<Path>,
    pub members: Vec<Member>,
}

impl ContractDecl {
    /// All functions in source order, `init` and scheduled ones included.
    pub fn functions(&self) -> impl Iterator<Item = &FnDecl> {
        self.members.iter().filter_map(|m| match m {
            Member::Fn(f) => Some(&**f),
            _ => None,
        })
    }

    /// All fields of all `state` blocks (there should be at most one block).
    pub fn state(&self) -> impl Iterator<Item = &Field> {
        self.members.iter().flat_map(|m| match m {
            Member::State(block) => block.fields.as_slice(),
            _ => &[],
        })
    }

    pub fn invariants(&self) -> impl Iterator<Item = &ContractInvariant> {
        self.members.iter().filter_map(|m| match m {
            Member::Invariant(i) => Some(&**i),
            _ => None,
        })
    }

    /// Constants, types, errors, events, tests and rules declared inside.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.members.iter().filter_map(|m| match m {
            Member::Item(i) => Some(i),
            _ => None,
        })
    }
}

/// `version 2 upgrades 1`
#[derive(Clone, Debug)]
pub struct ContractVersion {
    pub number: IntLit,
    pub upgrades: Option<Box<IntLit>>,
    pub span: Span,
}

/// What stands inside a contract.
#[derive(Clone, Debug)]
pub enum Member {
    State(Box<StateBlock>),
    Invariant(Box<ContractInvariant>),
    Fn(Box<FnDecl>),
    /// A constant, type, error, event, test or rule.
    Item(Item),
    Policy(Box<UpgradePolicy>),
}

/// `state { .. }`
#[derive(Clone, Debug)]
pub struct StateBlock {
    pub doc: Option<Doc>,
    pub fields: Vec<Field>,
    pub span: Span,
}

/// `invariant e`, or `step invariant e`, which speaks of two states by `old`.
#[derive(Clone, Debug)]
pub struct ContractInvariant {
    pub doc: Option<Doc>,
    pub step: bool,
    pub condition: Expr,
    pub span: Span,
}

/// `policy compatible by self.admin`: how far an upgrade may go and who may make it.
#[derive(Clone, Debug)]
pub struct UpgradePolicy {
    /// `immutable`, `additive` or `compatible`; checked with the contract.
    pub level: Ident,
    pub by: Option<Expr>,
    pub span: Span,
}

/// `test "a split keeps the sum" { .. }`; parameters make it a property test.
#[derive(Clone, Debug)]
pub struct TestDecl {
    pub title: Text,
    pub params: Vec<super::Param>,
    pub body: Block,
}

/// `rule no_second_exit { never .. }`: what must not happen across functions and transactions.
#[derive(Clone, Debug)]
pub struct RuleDecl {
    pub name: Ident,
    pub params: Vec<super::Param>,
    pub clauses: Vec<RuleClause>,
}

#[derive(Clone, Debug)]
pub struct RuleClause {
    pub kind: Box<RuleClauseKind>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum RuleClauseKind {
    /// `assume c`: the rule speaks of these cases only.
    Assume(Expr),
    /// `never c`: no reachable state satisfies `c`.
    Never(Expr),
    /// `never first then second then .. [without between]`: no such sequence of calls.
    Sequence { steps: Vec<Expr>, without: Option<Expr> },
    /// `only f, g write self.x`: the access belongs to these functions.
    Only { functions: Vec<Path>, access: RuleAccess, target: Expr },
    /// `never flow source to sink [without guard]`
    Flow { source: Expr, sink: Expr, without: Option<Expr> },
}

/// What an `only` clause restricts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RuleAccess {
    Read,
    Write,
    Call,
    Emit,
}
