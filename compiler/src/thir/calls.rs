//! Other contracts in the typed tree: interfaces, calls of them, and what catches their failures.
//!
//! Holds always: arguments stand in the order of the parameters; the coins and the gas that a call
//! is given are evaluated after its arguments, in this order.

use super::{Block, Expr, Name};
use crate::arena::{ContractId, ErrorId, EventId, FnId, LocalId, ModuleId};

/// `interface Bank { .. }`: what a contract offers to others.
#[derive(Clone, Debug)]
pub struct InterfaceDef {
    pub name: Name,
    pub module: ModuleId,
    pub docs: String,
    /// Entries and views without bodies, in source order.
    pub functions: Vec<FnId>,
    pub errors: Vec<ErrorId>,
    pub events: Vec<EventId>,
}

/// What concerns other contracts and the chain's coins.
#[derive(Clone, Debug)]
pub enum External {
    /// `Bank.at(address)`, of this node's type.
    At(Expr),
    /// `bank.address`
    Address(Expr),
    Call(ContractCall),
    Deploy(Deploy),
    /// `pay(to, amount)`: sends coins (`u128`) to an `Address`.
    Pay {
        to: Expr,
        amount: Expr,
    },
    /// `self.balance`: the contract's coins, as of now.
    Balance,
    /// `tx.unique()`: a `Hash` that no other evaluation on this chain gives.
    Unique,
}

/// A call of an entry or view of another contract.
#[derive(Clone, Debug)]
pub struct ContractCall {
    /// Of an interface's or a contract's type.
    pub target: Expr,
    /// The function as its interface or contract declares it.
    pub function: FnId,
    pub args: Vec<Expr>,
    pub options: CallOptions,
}

/// `deploy C(args) salt s`: gives the new contract.
#[derive(Clone, Debug)]
pub struct Deploy {
    pub contract: ContractId,
    pub args: Vec<Expr>,
    /// A `Hash` that makes the address another one.
    pub salt: Option<Expr>,
    pub options: CallOptions,
}

/// What is handed over with a call.
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    /// Coins (`u128`); none is 0.
    pub value: Option<Expr>,
    /// The most gas that the callee may use (`u64`); none is all there is. Only where it is given
    /// can running out of it be caught.
    pub gas: Option<Expr>,
}

/// `try { .. } catch E(x) { .. } catch f { .. }`, with or without a value.
///
/// Where the body fails, everything that it did is undone, its changes of local variables among it,
/// and the first handler that fits runs. A failure that no handler fits goes on.
#[derive(Clone, Debug)]
pub struct Try {
    pub body: Block,
    pub catches: Vec<Catch>,
}

#[derive(Clone, Debug)]
pub struct Catch {
    pub kind: CatchKind,
    pub body: Block,
}

#[derive(Clone, Debug)]
pub enum CatchKind {
    /// One declared error; a variable for each of its fields that is named.
    Error { error: ErrorId, fields: Vec<Option<LocalId>> },
    /// Any of these.
    Errors(Vec<ErrorId>),
    /// Every failure; the variable, if it has a name, is a `Failure`.
    Any(Option<LocalId>),
}

/// A member of a `Failure`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FailurePart {
    /// `message: string`, the error's full name or the trap's.
    Message,
    /// `is_trap: bool`
    IsTrap,
}

impl External {
    /// Its operands, in the order of evaluation.
    pub fn parts(&self) -> Vec<&Expr> {
        match self {
            External::At(part) | External::Address(part) => vec![part],
            External::Call(call) => {
                [&call.target].into_iter().chain(&call.args).chain(call.options.iter()).collect()
            }
            External::Deploy(deploy) => {
                deploy.args.iter().chain(&deploy.salt).chain(deploy.options.iter()).collect()
            }
            External::Pay { to, amount } => vec![to, amount],
            External::Balance | External::Unique => Vec::new(),
        }
    }

    pub fn parts_mut(&mut self) -> Vec<&mut Expr> {
        match self {
            External::At(part) | External::Address(part) => vec![part],
            External::Call(ContractCall { target, args, options, .. }) => {
                [target].into_iter().chain(args).chain(options.iter_mut()).collect()
            }
            External::Deploy(Deploy { args, salt, options, .. }) => {
                args.iter_mut().chain(salt).chain(options.iter_mut()).collect()
            }
            External::Pay { to, amount } => vec![to, amount],
            External::Balance | External::Unique => Vec::new(),
        }
    }
}

impl CallOptions {
    /// The options that were written, in the order of evaluation.
    pub fn iter(&self) -> impl Iterator<Item = &Expr> {
        self.value.iter().chain(&self.gas)
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Expr> {
        self.value.iter_mut().chain(&mut self.gas)
    }
}

impl FailurePart {
    pub const ALL: [FailurePart; 2] = [FailurePart::Message, FailurePart::IsTrap];

    pub fn name(self) -> &'static str {
        match self {
            FailurePart::Message => "message",
            FailurePart::IsTrap => "is_trap",
        }
    }
}
