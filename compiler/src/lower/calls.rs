//! Calls of other contracts and coins, as code.
//!
//! Holds always: one import for each function with the same suffixes; the operands stand in the order
//! in which an import takes them, and are computed in the order of the source.

use deed_base::Span;
use deed_bytecode::FunctionKind;

use super::Lowering;
use super::function::FnLowering;
use crate::arena::FnId;
use crate::mir::{Import, ImportId, Op, Outside, Ty, ValueId};
use crate::thir::{ContractCall, Expr, External, FnKind};
use crate::ty;

impl FnLowering<'_, '_> {
    pub(super) fn external(&mut self, external: &External, expr: &Expr) -> Option<ValueId> {
        let span = expr.span;
        match external {
            // A contract is its address.
            External::At(part) | External::Address(part) => self.expr(part),
            External::Call(_) | External::Deploy(_) if self.lowering.tests.is_some() => {
                self.test_call(expr, None, None)
            }
            External::Call(call) => self.call_out(call, span),
            External::Pay { to, amount } => {
                let args = vec![self.expr(to)?, self.expr(amount)?];
                self.effect(Op::Outside { what: Outside::Pay, args }, span);
                None
            }
            External::Balance => self.outside(Outside::Balance, Ty::Int(ty::IntTy::U128), span),
            External::Unique => self.outside(Outside::Unique, Ty::Hash, span),
            External::Deploy(_) => {
                self.not_yet(span, "contracts made by contracts");
                None
            }
        }
    }

    fn outside(&mut self, what: Outside, ty: Ty, span: Span) -> Option<ValueId> {
        Some(self.value(Op::Outside { what, args: Vec::new() }, ty, span))
    }

    fn call_out(&mut self, call: &ContractCall, span: Span) -> Option<ValueId> {
        let target = self.expr(&call.target)?;
        let mut params = Vec::with_capacity(call.args.len());
        for arg in &call.args {
            params.push(self.expr(arg)?);
        }
        let mut args = vec![target];
        for option in call.options.iter() {
            args.push(self.expr(option)?);
        }
        args.extend(params);
        let (value, gas) = (call.options.value.is_some(), call.options.gas.is_some());
        let import = self.lowering.number_import(call.function, value, gas, span);
        let results = self.lowering.program.imports[import.index()].results.clone();
        let op = Op::Outside { what: Outside::Call(import), args };
        self.values(op, &results, span).first().copied()
    }
}

impl Lowering<'_> {
    fn number_import(&mut self, id: FnId, value: bool, gas: bool, span: Span) -> ImportId {
        let function = &self.package.functions[id];
        let params = function.params.iter().map(|param| function.locals[param.local].ty.clone());
        let params: Vec<ty::Ty> = params.collect();
        let params = params.iter().map(|ty| self.machine(ty, span)).collect();
        let results = match &function.result {
            ty::Ty::Unit => Vec::new(),
            result => vec![self.machine(result, span)],
        };
        let mut throws: Vec<_> =
            function.throws.iter().map(|error| self.number_error(*error)).collect();
        throws.sort_unstable();
        throws.dedup();
        let kind = match function.kind {
            FnKind::View => FunctionKind::View,
            FnKind::Entry { payable: true } => FunctionKind::Payable,
            _ => FunctionKind::Entry,
        };
        let name = function.name.text.clone();
        let import = Import { name, kind, params, results, throws, value, gas };
        let known = self.program.imports.iter().position(|known| *known == import);
        let at = known.unwrap_or_else(|| {
            self.program.imports.push(import);
            self.program.imports.len() - 1
        });
        ImportId(at as u32)
    }
}
