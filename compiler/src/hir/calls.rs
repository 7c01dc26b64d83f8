//! Other contracts in the resolved tree.

use deed_base::Span;
use deed_syntax::ast::CallOptionKind;

use super::{Arg, Block, Expr};
use crate::arena::{ContractId, ErrorId, EventId, FnId, LocalId, ModuleId};
use crate::thir::Name;
use crate::ty::Ty;

#[derive(Clone, Debug)]
pub struct InterfaceDef {
    pub name: Name,
    pub module: ModuleId,
    pub docs: String,
    /// In source order.
    pub functions: Vec<FnId>,
    pub errors: Vec<ErrorId>,
    pub events: Vec<EventId>,
}

/// What concerns other contracts and coins.
#[derive(Clone, Debug)]
pub enum External {
    /// `Bank.at(address)`, of the type of an interface or contract.
    At {
        of: Ty,
        args: Vec<Arg>,
    },
    /// `call value c gas g`
    Call {
        call: Expr,
        options: Vec<CallOption>,
    },
    Deploy {
        contract: ContractId,
        args: Vec<Arg>,
        options: Vec<CallOption>,
    },
    /// `pay(to, amount)`
    Pay(Vec<Arg>),
    /// `self.balance`
    Balance,
    /// `tx.unique()`
    Unique(Vec<Arg>),
}

#[derive(Clone, Debug)]
pub struct CallOption {
    pub kind: CallOptionKind,
    pub value: Expr,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Try {
    pub body: Block,
    pub catches: Vec<Catch>,
}

#[derive(Clone, Debug)]
pub struct Catch {
    pub kind: CatchKind,
    pub body: Block,
    /// Of its pattern.
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum CatchKind {
    /// Of an error's fields those that are named by the pattern.
    Error {
        error: ErrorId,
        fields: Vec<CatchField>,
        rest: bool,
    },
    /// Those of a set.
    Errors(Vec<ErrorId>),
    Any(Option<LocalId>),
    /// Where a message has been given.
    Invalid,
}

#[derive(Clone, Debug)]
pub struct CatchField {
    /// The field's name, where it is given.
    pub name: Option<Name>,
    /// `None` for `_`.
    pub local: Option<LocalId>,
    pub span: Span,
}
