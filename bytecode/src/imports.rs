//! What a module uses of other contracts, and how a failure is told to whoever catches it.
//!
//! An [`Import`] is one way of calling out: a function of another contract as the caller believes it
//! to be, with what is handed over beside its arguments. The target's address is an operand. Nothing
//! An import of kind `host` needs no contract: the host that runs the module offers it, if it has the
//! capability. A chain has none; a module that needs one is not deployed there. Nothing of a contract
//! is believed by the engine: arguments are decoded by the callee's own types, results and
//! errors by the caller's, and what does not fit is a trap.
//!
//! A *failure* is a record of four fields, [`failure_fields`]: the number of the trap kind, 0 for a
//! declared error; the error's code, first byte lowest; its data in canonical encoding; a text. An
//! *attempt* is an enum of two variants: the results of a function, or a failure.

use crate::container::CodeHash;
use crate::kinds::FunctionKind;
use crate::module::Function;
use crate::ty::Ty;
use crate::types::{HeapType, Type};

/// A function of another contract, or the making of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The function's name, by which the callee finds it.
    pub name: String,
    /// Of a view, an entry that takes no coins, or one that does; `Init` makes a contract, `Host`
    /// asks the host itself.
    pub kind: FunctionKind,
    /// What the new contract runs; with `Init` alone.
    pub code: Option<CodeHash>,
    pub params: Vec<Type>,
    pub results: Vec<Type>,
    /// The errors that the callee may throw, ascending; any other one is a trap.
    pub throws: Vec<u16>,
    /// Whether coins go along.
    pub value: bool,
    /// Whether the call has a gas limit of its own.
    pub gas: bool,
}

impl Import {
    /// The types before the parameters in the operands of a call: the target's address, or of a
    /// new contract the salt; the coins; the gas.
    pub fn head(&self) -> &'static [Ty] {
        const CALLS: [&[Ty]; 4] = [
            &[Ty::Address],
            &[Ty::Address, Ty::U128],
            &[Ty::Address, Ty::U64],
            &[Ty::Address, Ty::U128, Ty::U64],
        ];
        const DEPLOYS: [&[Ty]; 4] = [
            &[Ty::Hash],
            &[Ty::Hash, Ty::U128],
            &[Ty::Hash, Ty::U64],
            &[Ty::Hash, Ty::U128, Ty::U64],
        ];
        let options = usize::from(self.value) + 2 * usize::from(self.gas);
        match self.kind {
            FunctionKind::Host => &[],
            FunctionKind::Init => DEPLOYS[options],
            _ => CALLS[options],
        }
    }

    /// The capability of the host that the import needs: what stands before the dot of its name.
    pub fn capability(&self) -> Option<&str> {
        let host = self.kind == FunctionKind::Host;
        host.then(|| self.name.split_once('.').map_or(self.name.as_str(), |(head, _)| head))
    }
}

/// The fields of a failure, where `bytes` and `string` are those types of the module.
pub fn failure_fields(bytes: Type, string: Type) -> [Type; 4] {
    [Ty::U8.into(), Ty::U32.into(), bytes, string]
}

/// Whether values of a type are failures.
pub fn is_failure(types: &[HeapType], ty: Type) -> bool {
    let at = |ty: Type| types.get(usize::from(ty.heap()?));
    let Some(HeapType::Record { fields, .. }) = at(ty) else { return false };
    let [Type::Scalar(Ty::U8), Type::Scalar(Ty::U32), bytes, string] = fields[..] else {
        return false;
    };
    at(bytes) == Some(&HeapType::Bytes) && at(string) == Some(&HeapType::String)
}

/// Whether values of a type are attempts at a function.
pub fn is_attempt(types: &[HeapType], ty: Type, function: &Function) -> bool {
    let index = ty.heap().map(usize::from);
    let Some(HeapType::Enum { variants, .. }) = index.and_then(|index| types.get(index)) else {
        return false;
    };
    let [ok, err] = &variants[..] else { return false };
    let [failure] = err[..] else { return false };
    *ok == function.results && is_failure(types, failure)
}
