//! Calls of other contracts and coins, as code.
//!
//! Holds always: one import for each function with the same suffixes; the operands stand in the order
//! in which an import takes them, and are computed in the order of the source.

use std::collections::BTreeSet;

use deed_base::Span;
use deed_bytecode::FunctionKind;

use super::Lowering;
use super::function::FnLowering;
use crate::arena::FnId;
use crate::mir::{Const, ErrorId, Import, ImportId, Op, Outside, Ty, ValueId};
use crate::thir::{ContractCall, Deploy, Expr, External, FnKind};
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
            External::Deploy(deploy) => self.make(deploy, span),
        }
    }

    fn outside(&mut self, what: Outside, ty: Ty, span: Span) -> Option<ValueId> {
        Some(self.value(Op::Outside { what, args: Vec::new() }, ty, span))
    }

    fn call_out(&mut self, call: &ContractCall, span: Span) -> Option<ValueId> {
        let target = self.expr(&call.target)?;
        let params = self.exprs(&call.args)?;
        let mut args = vec![target];
        for option in call.options.iter() {
            args.push(self.expr(option)?);
        }
        args.extend(params);
        let import = self.lowering.number_call(call, span);
        let results = self.lowering.program.imports[import.index()].results.clone();
        let op = Op::Outside { what: Outside::Call(import), args };
        self.values(op, &results, span).first().copied()
    }
}

impl FnLowering<'_, '_> {
    /// `deploy C(args) salt s`; without a salt it is zero.
    fn make(&mut self, deploy: &Deploy, span: Span) -> Option<ValueId> {
        let params = self.exprs(&deploy.args)?;
        let mut args = vec![match &deploy.salt {
            Some(salt) => self.expr(salt)?,
            None => self.constant(Const::Hash([0; 32]), span),
        }];
        for option in deploy.options.iter() {
            args.push(self.expr(option)?);
        }
        args.extend(params);
        let import = self.lowering.number_deploy(deploy, span);
        let what = Outside::Deploy(import);
        Some(self.value(Op::Outside { what, args }, Ty::Address, span))
    }
}

impl Lowering<'_> {
    fn number_call(&mut self, call: &ContractCall, span: Span) -> ImportId {
        let id = call.function;
        let function = &self.package.functions[id];
        let results = match &function.result {
            ty::Ty::Unit => Vec::new(),
            result => vec![self.machine(result, span)],
        };
        let kind = match function.kind {
            FnKind::View => FunctionKind::View,
            FnKind::Entry { payable: true } => FunctionKind::Payable,
            _ => FunctionKind::Entry,
        };
        let name = function.name.text.to_string();
        let (params, throws) = self.signature(id, span);
        let (value, gas) = (call.options.value.is_some(), call.options.gas.is_some());
        let import = Import { name, kind, params, results, throws, value, gas, makes: None };
        let known = self.program.imports.iter().position(|known| *known == import);
        self.known_or_new(known, import)
    }

    /// One import for all places that make a contract with the same suffixes.
    fn number_deploy(&mut self, deploy: &Deploy, span: Span) -> ImportId {
        let contract = &self.package.contracts[deploy.contract];
        let name = self.package.full_name(contract.module, None, &contract.name.text);
        let (params, throws) = match contract.init {
            Some(init) => self.signature(init, span),
            None => Default::default(),
        };
        let (value, gas) = (deploy.options.value.is_some(), deploy.options.gas.is_some());
        let same = |known: &Import| {
            let made = known.makes.map(|(contract, _)| contract);
            (made, known.value, known.gas) == (Some(deploy.contract), value, gas)
        };
        let known = self.program.imports.iter().position(same);
        let (kind, results) = (FunctionKind::Init, Vec::new());
        let makes = Some((deploy.contract, span));
        let import = Import { name, kind, params, results, throws, value, gas, makes };
        self.known_or_new(known, import)
    }

    fn known_or_new(&mut self, known: Option<usize>, import: Import) -> ImportId {
        let at = known.unwrap_or_else(|| {
            self.program.imports.push(import);
            self.program.imports.len() - 1
        });
        ImportId(at as u32)
    }

    /// The types of a function's parameters, and the errors that it throws.
    fn signature(&mut self, id: FnId, span: Span) -> (Vec<Ty>, Vec<ErrorId>) {
        let function = &self.package.functions[id];
        let params = function.params.iter();
        let params = params.map(|param| self.machine(&function.locals[param.local].ty, span));
        let params = params.collect();
        let throws = function.throws.iter().map(|error| self.number_error(*error));
        let throws: BTreeSet<ErrorId> = throws.collect();
        (params, throws.into_iter().collect())
    }
}
