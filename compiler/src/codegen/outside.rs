//! Code of what leaves the contract, and the table of imports.

use deed_bytecode::{FunctionKind, Inst as Word, Op as Operator};

use super::Codes;
use super::emit::Emitter;
use crate::mir::{self, Inst, Outside, ValueId};

impl Emitter<'_, '_> {
    pub(super) fn outside(
        &self,
        what: Outside,
        args: &[ValueId],
        inst: &Inst,
        to: u16,
        row: u16,
    ) -> Word {
        let at = |index: usize| args.get(index).map_or(0, |value| self.register(*value));
        let typed = |operator, error: mir::ErrorId| {
            let ty = args.first().map(|failure| self.ty(*failure));
            let error = error.0 as u16;
            match ty {
                Some(ty) => Word::typed(operator, ty, to, at(0), error),
                None => Word::untyped(operator, to, 0, error),
            }
        };
        match what {
            Outside::Call(id) => {
                let host = self.program.imports[id.index()].kind == FunctionKind::Host;
                let operator = if host { Operator::HostCall } else { Operator::ContractCall };
                Word::untyped(operator, to, id.0 as u16, row)
            }
            Outside::Deploy(id) => Word::untyped(Operator::Deploy, to, id.0 as u16, row),
            Outside::Balance => Word::untyped(Operator::Balance, to, 0, 0),
            Outside::Pay => Word::untyped(Operator::Pay, at(0), at(1), 0),
            Outside::Unique => Word::untyped(Operator::Unique, to, 0, 0),
            Outside::Try(id) => match inst.results.first() {
                Some(attempt) => {
                    Word::typed(Operator::TryCall, self.ty(*attempt), to, id.0 as u16, row)
                }
                None => Word::untyped(Operator::TryCall, to, id.0 as u16, row),
            },
            Outside::IsError(error) => typed(Operator::ErrorIs, error),
            Outside::OpenError(error) => typed(Operator::ErrorOpen, error),
        }
    }
}

pub(super) fn import(import: &mir::Import, codes: &Codes) -> deed_bytecode::Import {
    let all = |types: &[mir::Ty]| types.iter().map(|ty| (*ty).into()).collect();
    deed_bytecode::Import {
        name: import.name.clone(),
        kind: import.kind,
        code: import.makes.and_then(|(contract, _)| codes.get(&contract).copied()),
        params: all(&import.params),
        results: all(&import.results),
        throws: import.throws.iter().map(|error| error.0 as u16).collect(),
        value: import.value,
        gas: import.gas,
    }
}
