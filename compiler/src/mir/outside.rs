//! What leaves the contract, and what looks at failures.
//!
//! Holds always: a call of another contract is given, before its arguments, the target's address, then
//! coins (`u128`) and gas (`u64`) where its import has them; the making of one a salt for the address.

use deed_base::Span;
use deed_bytecode::FunctionKind;

use super::{ErrorId, FuncId, ImportId, Ty, Types};
use crate::arena::ContractId;
use crate::ty::IntTy;

/// A function of another contract, or the making of one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Import {
    pub name: String,
    pub kind: FunctionKind,
    pub params: Vec<Ty>,
    pub results: Vec<Ty>,
    /// Ascending.
    pub throws: Vec<ErrorId>,
    pub value: bool,
    pub gas: bool,
    /// The contract that is made, with kind `Init` alone, and where one is made.
    pub makes: Option<(ContractId, Span)>,
}

/// What leaves the contract or looks at failures; its operands stand beside it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Outside {
    Call(ImportId),
    /// Makes a contract; gives its `Address`.
    Deploy(ImportId),
    /// The contract's coins (`u128`).
    Balance,
    /// Of an `Address` and coins.
    Pay,
    Unique,
    /// Runs a function of the program; gives an attempt, see [`Types::attempt`].
    Try(FuncId),
    /// Whether a failure is this error.
    IsError(ErrorId),
    /// The data of a failure that is this error.
    OpenError(ErrorId),
}

impl Outside {
    pub fn name(self) -> &'static str {
        match self {
            Outside::Call(_) => "call_out",
            Outside::Deploy(_) => "deploy",
            Outside::Balance => "balance",
            Outside::Pay => "pay",
            Outside::Unique => "unique",
            Outside::Try(_) => "try",
            Outside::IsError(_) => "is_error",
            Outside::OpenError(_) => "open_error",
        }
    }

    /// Whether it only looks at a failure.
    pub fn is_look(self) -> bool {
        matches!(self, Outside::IsError(_) | Outside::OpenError(_))
    }
}

impl Import {
    /// The types of all operands of a call.
    pub fn operands(&self) -> Vec<Ty> {
        if self.kind == FunctionKind::Host {
            return self.params.clone();
        }
        let value = self.value.then_some(Ty::Int(IntTy::U128));
        let gas = self.gas.then_some(Ty::U64);
        let head = if self.makes.is_some() { Ty::Hash } else { Ty::Address };
        [head].into_iter().chain(value).chain(gas).chain(self.params.iter().copied()).collect()
    }
}

impl Types {
    /// What a failure is: trap, code, data and message.
    pub fn failure(&mut self) -> Ty {
        self.record("Failure", |types| {
            let (bytes, string) = (types.bytes(), types.string());
            vec![Ty::Int(IntTy::U8), Ty::Int(IntTy::U32), bytes, string]
        })
    }

    /// The results of a function, or a failure.
    pub fn attempt(&mut self, results: &[Ty]) -> Ty {
        let failure = self.failure();
        let names: Vec<String> = results.iter().map(|ty| self.text(*ty)).collect();
        let name = format!("Attempt<{}>", names.join(", "));
        self.enumeration(&name, |_| vec![results.to_vec(), vec![failure]])
    }

    /// How a block ended that is a function of its own: at its end, by `return`, by `break` or by
    /// `continue`, the first two with what they give.
    pub fn ending(&mut self, value: &[Ty], returned: &[Ty]) -> Ty {
        let name = |types: &[Ty], all: &Types| {
            types.iter().map(|ty| all.text(*ty)).collect::<Vec<_>>().join(", ")
        };
        let name = format!("Ending<({}), ({})>", name(value, self), name(returned, self));
        let cases = vec![value.to_vec(), returned.to_vec(), Vec::new(), Vec::new()];
        self.enumeration(&name, |_| cases)
    }
}
