//! Tests in the typed tree.
//!
//! Holds always: what stands here occurs in functions of kind `FnKind::Test` only. A test is a
//! function without a result; its parameters, if it has any, make it a property that holds for all
//! values of their types.

use deed_bytecode::TrapKind;

use super::{Expr, Name};
use crate::arena::{ContractId, ErrorId, EventId, FnId, ModuleId};

/// `test "a split keeps the sum" { .. }`
#[derive(Clone, Debug)]
pub struct TestDef {
    pub title: Name,
    pub module: ModuleId,
    /// The contract that it is declared in, whose names it sees.
    pub contract: Option<ContractId>,
    pub docs: String,
    pub function: FnId,
}

/// An expression of a test.
#[derive(Clone, Debug)]
pub enum TestExpr {
    /// `alice`: one of [`ACCOUNTS`].
    Known(u32),
    /// `account("name")`
    Account(Expr),
    /// `public_key("name")`: of the key that the name has in tests.
    PublicKey(Expr),
    /// `sign("name", message)`
    Sign { name: Expr, message: Expr },
    /// `call from who`: of a contract's entry or view, or a `deploy`.
    From { call: Expr, who: Expr },
}

/// A statement of a test.
#[derive(Clone, Debug)]
pub enum TestStmt {
    /// `warp to t`, `warp by d`: runs the work that is scheduled on the way.
    Warp { by: bool, amount: Expr },
    /// `expect .. in call`
    Expect { what: Expected, call: Expr },
    /// `assert e`, which is computed and not proved.
    Assert(Expr),
    /// `assume e`: other values of the parameters are not tried.
    Assume(Expr),
}

/// What is to come of a call.
#[derive(Clone, Debug)]
pub enum Expected {
    /// The error, and for each of its fields the value that is demanded, if one is.
    Throw {
        error: ErrorId,
        fields: Vec<Option<Expr>>,
    },
    Trap(TrapKind),
    OutOfGas,
    /// An event among those that the call emits, with the values demanded of its fields.
    Emit {
        event: EventId,
        fields: Vec<Option<Expr>>,
    },
}

/// The accounts that every test has.
pub const ACCOUNTS: [&str; 5] = ["alice", "bob", "carol", "dave", "erin"];

impl TestExpr {
    /// Its operands, in the order of evaluation.
    pub fn parts(&self) -> Vec<&Expr> {
        match self {
            TestExpr::Known(_) => Vec::new(),
            TestExpr::Account(name) | TestExpr::PublicKey(name) => vec![name],
            TestExpr::Sign { name, message } => vec![name, message],
            TestExpr::From { call, who } => vec![who, call],
        }
    }

    pub fn parts_mut(&mut self) -> Vec<&mut Expr> {
        match self {
            TestExpr::Known(_) => Vec::new(),
            TestExpr::Account(name) | TestExpr::PublicKey(name) => vec![name],
            TestExpr::Sign { name, message } => vec![name, message],
            TestExpr::From { call, who } => vec![who, call],
        }
    }
}

impl TestStmt {
    /// Its operands, in the order of evaluation.
    pub fn parts(&self) -> Vec<&Expr> {
        match self {
            TestStmt::Warp { amount: value, .. }
            | TestStmt::Assert(value)
            | TestStmt::Assume(value) => vec![value],
            TestStmt::Expect { what, call } => what.fields().chain([call]).collect(),
        }
    }

    pub fn parts_mut(&mut self) -> Vec<&mut Expr> {
        match self {
            TestStmt::Warp { amount: value, .. }
            | TestStmt::Assert(value)
            | TestStmt::Assume(value) => vec![value],
            TestStmt::Expect { what, call } => {
                let fields = match what {
                    Expected::Throw { fields, .. } | Expected::Emit { fields, .. } => fields,
                    Expected::Trap(_) | Expected::OutOfGas => return vec![call],
                };
                fields.iter_mut().flatten().chain([call]).collect()
            }
        }
    }
}

impl Expected {
    fn fields(&self) -> impl Iterator<Item = &Expr> {
        let fields: &[Option<Expr>] = match self {
            Expected::Throw { fields, .. } | Expected::Emit { fields, .. } => fields,
            Expected::Trap(_) | Expected::OutOfGas => &[],
        };
        fields.iter().flatten()
    }
}
