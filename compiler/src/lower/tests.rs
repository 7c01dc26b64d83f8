//! Tests, as code: what a chain does is asked of the host.
//!
//! Holds always: each place that asks has a site and an import of its own, with the same number; the
//! operands are computed in the order of the source.

use deed_base::{Diagnostics, Span};
use deed_bytecode::FunctionKind;

use super::Lowering;
use super::function::FnLowering;
use crate::abi::{self, Describer};
use crate::arena::{FnId, TestId};
use crate::mir::{FnKind, Import, ImportId, Op, Outside, Program, Ty, ValueId};
use crate::testing::{CAPABILITY, Demand, Expectation, Given, Sides, Site, SiteKind};
use crate::thir::{
    ACCOUNTS, CallOptions, Contract, Expected, Expr, ExprKind, External, Name, Package, TestExpr,
    TestStmt,
};
use crate::ty;
use crate::value::Value;

/// The name of the entry of a test.
pub(crate) fn test_name(at: usize) -> String {
    format!("test{at}")
}

/// Lowers tests and what they call.
pub(crate) fn lower_tests(
    package: &Package,
    tests: &[TestId],
    describer: &mut Describer<'_>,
    diagnostics: &mut Diagnostics,
) -> (Program, Vec<Site>) {
    let nobody = nobody(package, tests);
    let program = Program::empty(CAPABILITY.to_owned());
    let mut lowering = Lowering::new(package, &nobody, program, diagnostics);
    lowering.tests = Some(Vec::new());
    for id in tests {
        let function = package.tests[*id].function;
        lowering.number_plain(function, package.functions[function].span);
    }
    lowering.work();
    for (at, function) in lowering.program.functions.iter_mut().take(tests.len()).enumerate() {
        function.kind = FnKind::Entry;
        function.name = test_name(at);
    }
    let sites = lowering.tests.take().unwrap_or_default();
    let sites = sites.into_iter().map(|site| site.describe(package, describer)).collect();
    (lowering.program, sites)
}

/// A contract without anything, since tests belong to none.
fn nobody(package: &Package, tests: &[TestId]) -> Contract {
    let title = &package.tests[tests[0]].title;
    Contract {
        name: Name { text: CAPABILITY.into(), span: title.span },
        module: package.tests[tests[0]].module,
        docs: String::new(),
        state: Default::default(),
        init: None,
        functions: Vec::new(),
        invariants: Vec::new(),
        step_invariants: Vec::new(),
        locals: Default::default(),
        errors: Vec::new(),
        events: Vec::new(),
        version: None,
        policy: None,
    }
}

/// A site whose types are not described yet.
pub(super) struct OpenSite {
    kind: OpenKind,
    span: Span,
}

/// What is expected of a call, with the values demanded.
pub(super) struct Awaited {
    kind: OpenKind,
    args: Vec<ValueId>,
    span: Span,
}

enum OpenKind {
    Known(SiteKind),
    Assert(Option<(&'static str, ty::Ty)>),
    Throw(crate::arena::ErrorId, Vec<bool>),
    Emit(crate::arena::EventId, Vec<bool>),
}

impl OpenSite {
    fn describe(self, package: &Package, describer: &mut Describer<'_>) -> Site {
        let kind = match self.kind {
            OpenKind::Known(kind) => kind,
            OpenKind::Assert(sides) => SiteKind::Assert {
                sides: sides.map(|(op, ty)| Sides { op, ty: describer.ty(&ty) }),
            },
            OpenKind::Throw(id, given) => {
                let error = abi::error(package, id);
                let fields = &package.errors[id].fields;
                SiteKind::Expect(Expectation::Throw {
                    name: error.name,
                    code: error.code.0,
                    fields: demands(fields, &given, describer),
                })
            }
            OpenKind::Emit(id, given) => {
                let event = abi::event(package, id);
                let fields = &package.events[id].fields;
                SiteKind::Expect(Expectation::Emit {
                    name: event.name,
                    code: event.code.0,
                    fields: demands(fields, &given, describer),
                })
            }
        };
        Site { kind, span: self.span }
    }
}

fn demands(
    fields: &[crate::thir::DataField],
    given: &[bool],
    describer: &mut Describer<'_>,
) -> Vec<Demand> {
    let demand = |(field, given): (&crate::thir::DataField, &bool)| Demand {
        name: field.name.text.to_string(),
        ty: describer.ty(&field.ty),
        given: *given,
    };
    fields.iter().zip(given).map(demand).collect()
}

impl FnLowering<'_, '_> {
    pub(super) fn test_expr(&mut self, test: &TestExpr, span: Span) -> Option<ValueId> {
        match test {
            TestExpr::Known(index) => {
                let name = ACCOUNTS.get(*index as usize).copied().unwrap_or_default();
                let name = self.literal(&Value::String(name.to_owned()), &ty::Ty::String, span)?;
                self.ask(OpenKind::Known(SiteKind::Account), vec![name], Some(Ty::Address), span)
            }
            TestExpr::Account(name) => {
                let name = self.expr(name)?;
                self.ask(OpenKind::Known(SiteKind::Account), vec![name], Some(Ty::Address), span)
            }
            TestExpr::PublicKey(name) => {
                let name = self.expr(name)?;
                let bytes = self.lowering.machine(&ty::Ty::Bytes, span);
                self.ask(OpenKind::Known(SiteKind::PublicKey), vec![name], Some(bytes), span)
            }
            TestExpr::Sign { name, message } => {
                let args = vec![self.expr(name)?, self.expr(message)?];
                let bytes = self.lowering.machine(&ty::Ty::Bytes, span);
                self.ask(OpenKind::Known(SiteKind::Sign), args, Some(bytes), span)
            }
            TestExpr::From { call, who } => self.test_call(call, Some(who), None),
        }
    }

    pub(super) fn test_stmt(&mut self, test: &TestStmt, span: Span) {
        match test {
            TestStmt::Warp { by, amount } => {
                let Some(amount) = self.expr(amount) else { return };
                self.ask(OpenKind::Known(SiteKind::Warp { by: *by }), vec![amount], None, span);
            }
            TestStmt::Assume(cond) => {
                let Some(cond) = self.expr(cond) else { return };
                self.ask(OpenKind::Known(SiteKind::Assume), vec![cond], None, span);
            }
            TestStmt::Assert(cond) => self.test_assert(cond, span),
            TestStmt::Expect { what, call } => {
                if let Some(awaited) = self.expected(what, span) {
                    self.test_call(call, None, Some(awaited));
                }
            }
        }
    }

    /// `assert a == b` tells the host both sides, for its report.
    fn test_assert(&mut self, cond: &Expr, span: Span) {
        let ExprKind::Binary(op, left, right) = &cond.kind else {
            let Some(cond) = self.expr(cond) else { return };
            self.ask(OpenKind::Assert(None), vec![cond], None, span);
            return;
        };
        let (Some(a), Some(b)) = (self.expr(left), self.expr(right)) else { return };
        let Some(held) = self.binary(*op, a, b, (&left.ty, &right.ty), cond.span) else { return };
        let sides = op.is_comparison() && left.ty == right.ty;
        match sides {
            true => {
                let kind = OpenKind::Assert(Some((op.symbol(), left.ty.clone())));
                self.ask(kind, vec![held, a, b], None, span);
            }
            false => {
                self.ask(OpenKind::Assert(None), vec![held], None, span);
            }
        }
    }

    fn expected(&mut self, what: &Expected, span: Span) -> Option<Awaited> {
        let (kind, fields): (OpenKind, &[Option<Expr>]) = match what {
            Expected::Throw { error, fields } => (OpenKind::Throw(*error, given(fields)), fields),
            Expected::Emit { event, fields } => (OpenKind::Emit(*event, given(fields)), fields),
            Expected::Trap(kind) => {
                (OpenKind::Known(SiteKind::Expect(Expectation::Trap(*kind))), &[])
            }
            Expected::OutOfGas => (OpenKind::Known(SiteKind::Expect(Expectation::OutOfGas)), &[]),
        };
        let args: Option<Vec<ValueId>> =
            fields.iter().flatten().map(|field| self.expr(field)).collect();
        Some(Awaited { kind, args: args?, span })
    }

    /// A call of a contract, or the making of one, as a transaction of its own.
    pub(super) fn test_call(
        &mut self,
        call: &Expr,
        from: Option<&Expr>,
        expected: Option<Awaited>,
    ) -> Option<ValueId> {
        let span = call.span;
        match &call.kind {
            ExprKind::Test(test) => match &**test {
                TestExpr::From { call, who } => self.test_call(call, Some(who), expected),
                _ => None,
            },
            ExprKind::External(external) => match &**external {
                External::Call(call) => {
                    let target = self.expr(&call.target)?;
                    let (given, mut args) = self.given(from, &call.options)?;
                    args.insert(0, target);
                    for arg in &call.args {
                        args.push(self.expr(arg)?);
                    }
                    let callee = &self.lowering.package.functions[call.function];
                    let function = callee.name.text.to_string();
                    let result = self.result_of(call.function, span).filter(|_| expected.is_none());
                    let kind = SiteKind::Call { function, given, expected: expected.is_some() };
                    self.announce(expected);
                    self.ask(OpenKind::Known(kind), args, result, span)
                }
                External::Deploy(deploy) => {
                    let (given, mut args) = self.given(from, &deploy.options)?;
                    for arg in &deploy.args {
                        args.push(self.expr(arg)?);
                    }
                    let contract = deploy.contract;
                    let kind = SiteKind::Deploy { contract, given, expected: expected.is_some() };
                    let result = Some(Ty::Address).filter(|_| expected.is_none());
                    self.announce(expected);
                    self.ask(OpenKind::Known(kind), args, result, span)
                }
                _ => self.expr(call),
            },
            _ => self.expr(call),
        }
    }

    /// Tells the host what is to come of the next call; its operands are computed by now.
    fn announce(&mut self, expected: Option<Awaited>) {
        if let Some(Awaited { kind, args, span }) = expected {
            self.ask(kind, args, None, span);
        }
    }

    /// What stands before the arguments of a call.
    fn given(
        &mut self,
        from: Option<&Expr>,
        options: &CallOptions,
    ) -> Option<(Given, Vec<ValueId>)> {
        let (value, gas) = (options.value.as_ref(), options.gas.as_ref());
        let given = Given { from: from.is_some(), value: value.is_some(), gas: gas.is_some() };
        let mut args = Vec::new();
        for part in from.into_iter().chain(value).chain(gas) {
            args.push(self.expr(part)?);
        }
        Some((given, args))
    }

    fn result_of(&mut self, function: FnId, span: Span) -> Option<Ty> {
        let result = self.lowering.package.functions[function].result.clone();
        (result != ty::Ty::Unit).then(|| self.lowering.machine(&result, span))
    }

    /// Asks the host at a site of its own.
    fn ask(
        &mut self,
        kind: OpenKind,
        args: Vec<ValueId>,
        result: Option<Ty>,
        span: Span,
    ) -> Option<ValueId> {
        let params = args.iter().map(|arg| self.function.ty(*arg)).collect();
        let sites = self.lowering.tests.get_or_insert_default();
        let at = sites.len();
        sites.push(OpenSite { kind, span });
        let import = ImportId(self.lowering.program.imports.len() as u32);
        debug_assert_eq!(import.0 as usize, at, "a test has no other imports");
        self.lowering.program.imports.push(Import {
            makes: None,
            name: format!("{CAPABILITY}.{at}"),
            kind: FunctionKind::Host,
            params,
            results: result.into_iter().collect(),
            throws: Vec::new(),
            value: false,
            gas: false,
        });
        let op = Op::Outside { what: Outside::Call(import), args };
        let results: Vec<Ty> = result.into_iter().collect();
        self.values(op, &results, span).first().copied()
    }
}

fn given(fields: &[Option<Expr>]) -> Vec<bool> {
    fields.iter().map(Option::is_some).collect()
}
