//! Tests: accounts, calls from them, and what is expected of calls.

use deed_base::{Diagnostic, Span, catalogue as codes};
use deed_bytecode::TrapKind;

use super::cx::{Cx, error_expr};
use super::errors;
use crate::arena::FnId;
use crate::hir;
use crate::thir::{
    DataField, Expected, Expr, ExprKind, External, Name, StmtKind, TestDef, TestExpr, TestStmt,
};
use crate::ty::Ty;

/// Running out of gas is no trap, and is expected like one.
const OUT_OF_GAS: &str = "out_of_gas";

impl Cx<'_> {
    pub(super) fn test_expr(&mut self, test: &hir::TestExpr, span: Span) -> Expr {
        match test {
            hir::TestExpr::Known(index) => test_expr(TestExpr::Known(*index), Ty::Address, span),
            hir::TestExpr::Account(args) => {
                let remedy = "an account has a name: `account(\"mallory\")`";
                let Some(name) = self.account_name(args, remedy, span) else {
                    return error_expr(span);
                };
                test_expr(TestExpr::Account(name), Ty::Address, span)
            }
            hir::TestExpr::PublicKey(args) => {
                let remedy = "a key is that of a name: `public_key(\"mallory\")`";
                let Some(name) = self.account_name(args, remedy, span) else {
                    return error_expr(span);
                };
                test_expr(TestExpr::PublicKey(name), Ty::Bytes, span)
            }
            hir::TestExpr::Sign(args) => self.signature(args, span),
            hir::TestExpr::From { call, who } => {
                let call = self.expr(call, None);
                let who = self.check(who, &Ty::Address);
                if call.ty.is_error() && matches!(call.kind, ExprKind::Error) {
                    return error_expr(span);
                }
                if !leaves_the_test(&call) {
                    let message = "`from` says who calls a contract, and this calls none";
                    self.d.push(Diagnostic::new(codes::TEST_SHAPE, call.span, message));
                }
                let ty = call.ty.clone();
                test_expr(TestExpr::From { call, who }, ty, span)
            }
        }
    }

    /// The one argument of `account` and `public_key`.
    fn account_name(&mut self, args: &[hir::Arg], remedy: &str, span: Span) -> Option<Expr> {
        let [hir::Arg { name: None, value, .. }] = args else {
            self.ignored(args);
            self.d.push(Diagnostic::new(codes::WRONG_ARGUMENTS, span, remedy));
            return None;
        };
        Some(self.check(value, &Ty::String))
    }

    fn signature(&mut self, args: &[hir::Arg], span: Span) -> Expr {
        let [hir::Arg { name: None, value: name, .. }, hir::Arg { name: None, value: message, .. }] =
            args
        else {
            self.ignored(args);
            let message = "a name signs bytes: `sign(\"mallory\", b\"..\")`";
            self.d.push(Diagnostic::new(codes::WRONG_ARGUMENTS, span, message));
            return error_expr(span);
        };
        let name = self.check(name, &Ty::String);
        let message = self.check(message, &Ty::Bytes);
        test_expr(TestExpr::Sign { name, message }, Ty::Bytes, span)
    }

    pub(super) fn test_stmt(&mut self, test: &hir::TestStmt) -> Option<StmtKind> {
        let test = match test {
            hir::TestStmt::Warp { by, amount } => {
                let want = if *by { Ty::Duration } else { Ty::Time };
                TestStmt::Warp { by: *by, amount: self.check(amount, &want) }
            }
            hir::TestStmt::Expect { what, call } => {
                let what = self.expected(what);
                let call = self.expr(call, None);
                self.infer.poison(&call.ty);
                if !call.ty.is_error() && !leaves_the_test(&call) {
                    let message = "what is expected comes of a call of a contract or a `deploy`";
                    let diagnostic = Diagnostic::new(codes::TEST_SHAPE, call.span, message);
                    self.d.push(diagnostic.help("use `assert` for a value"));
                    return None;
                }
                TestStmt::Expect { what: what?, call }
            }
        };
        Some(StmtKind::Test(Box::new(test)))
    }

    fn expected(&mut self, what: &hir::Expected) -> Option<Expected> {
        let items = self.items;
        match what {
            hir::Expected::Throw(wanted) => {
                let def = &items.errors[wanted.of];
                let fields =
                    self.wanted(&def.name, &def.fields, &wanted.args, wanted.open, wanted.span);
                Some(Expected::Throw { error: wanted.of, fields })
            }
            hir::Expected::Emit(wanted) => {
                let def = &items.events[wanted.of];
                let fields =
                    self.wanted(&def.name, &def.fields, &wanted.args, wanted.open, wanted.span);
                Some(Expected::Emit { event: wanted.of, fields })
            }
            hir::Expected::Trap(name) if name.text == OUT_OF_GAS => Some(Expected::OutOfGas),
            hir::Expected::Trap(name) => self.trap_kind(name).map(Expected::Trap),
            hir::Expected::Error => None,
        }
    }

    fn trap_kind(&mut self, name: &Name) -> Option<TrapKind> {
        let found = TrapKind::ALL.iter().find(|kind| kind.name() == name.text);
        if found.is_none() && !name.text.is_empty() {
            let message = format!("there is no trap `{}`", name.text);
            let kinds = TrapKind::ALL.iter().map(|kind| format!("`{}`", kind.name()));
            let kinds = kinds.collect::<Vec<_>>().join(", ");
            let help = format!("there is {kinds}, and `{OUT_OF_GAS}`");
            self.d.push(Diagnostic::new(codes::TEST_SHAPE, name.span, message).help(help));
        }
        found.copied()
    }

    /// What is demanded of each field; positional demands come first.
    fn wanted(
        &mut self,
        of: &Name,
        fields: &[DataField],
        args: &[hir::Arg],
        open: bool,
        span: Span,
    ) -> Vec<Option<Expr>> {
        let mut wanted: Vec<Option<Expr>> = fields.iter().map(|_| None).collect();
        for (index, arg) in args.iter().enumerate() {
            let position = match &arg.name {
                None => Some(index).filter(|index| *index < fields.len()),
                Some(name) => fields.iter().position(|field| field.name.text == name.text),
            };
            let free = position.filter(|position| wanted[*position].is_none());
            let Some(position) = free else {
                self.ignored(std::slice::from_ref(arg));
                let message = match (position, &arg.name) {
                    (Some(_), _) => "this field is given twice".to_owned(),
                    (None, Some(name)) => format!("`{}` has no field `{}`", of.text, name.text),
                    (None, None) => format!("`{}` has {} fields", of.text, fields.len()),
                };
                self.d.push(errors::arguments(message, arg.span, of.span));
                continue;
            };
            wanted[position] = Some(self.check(&arg.value, &fields[position].ty));
        }
        let missing: Vec<String> = wanted
            .iter()
            .zip(fields)
            .filter(|(given, _)| given.is_none())
            .map(|(_, field)| format!("`{}`", field.name.text))
            .collect();
        if !open && args.len() < fields.len() && !missing.is_empty() {
            let message = format!("`{}` also has {}", of.text, missing.join(", "));
            let diagnostic = errors::arguments(message, span, of.span);
            self.d.push(diagnostic.help("say what they are, or end with `..` for any"));
        }
        wanted
    }

    /// Sees to it that a function may be called from here: tests from tests, specifications from
    /// specifications.
    pub(super) fn may_call(&mut self, function: FnId, span: Span) {
        use crate::thir::FnKind;
        let callee = &self.items.hir.functions[function];
        let name = &callee.name;
        let diagnostic = match callee.kind {
            FnKind::Test if !self.in_test => {
                let message = format!("`{}` is a helper of tests", name.text);
                Diagnostic::new(codes::TEST_ONLY, span, message)
            }
            FnKind::Spec if !self.in_spec() => {
                let message = format!("`{}` exists in specifications only", name.text);
                let help = "declare a plain `fn` to compute it when the program runs";
                Diagnostic::new(codes::SPEC_FN, span, message).help(help)
            }
            FnKind::Scheduled | FnKind::Migrate | FnKind::Upgrade => {
                let message = format!("`{}` runs by itself and is never called", name.text);
                Diagnostic::new(codes::SCHEDULED_FN, span, message)
                    .help("move what both need into a function of its own")
            }
            _ => return,
        };
        self.d.push(diagnostic.also(name.span, "declared here"));
    }
}

fn test_expr(test: TestExpr, ty: Ty, span: Span) -> Expr {
    Expr { kind: ExprKind::Test(Box::new(test)), ty, span }
}

/// Whether an expression is a call of a contract, or makes one.
fn leaves_the_test(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Test(test) => matches!(**test, TestExpr::From { .. }),
        ExprKind::External(external) => {
            matches!(**external, External::Call(_) | External::Deploy(_))
        }
        _ => false,
    }
}

/// What is said of a test.
pub(super) fn test_def(test: &hir::TestDef) -> TestDef {
    TestDef {
        title: test.title.clone(),
        module: test.module,
        contract: test.contract,
        docs: test.docs.clone(),
        function: test.function,
    }
}
