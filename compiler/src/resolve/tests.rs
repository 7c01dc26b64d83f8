//! Names in tests.
//!
//! In: `test` items and what only stands in tests. Out: functions of kind `FnKind::Test`.
//! Holds always: a word of tests that stands elsewhere is reported, and means nothing there.

use deed_base::{Diagnostic, Diagnostics, Span, catalogue as codes};
use deed_syntax::ast::{self, CallOptionKind, ExpectKind};

use super::body::Cx;
use super::collect::Pending;
use super::items::{docs, name, parameter};
use super::scope::Tables;
use crate::arena::TestId;
use crate::hir::{Arg, Expected, Expr, ExprKind, FnSpec, Function, StmtKind, TestExpr, TestStmt};
use crate::hir::{TestDef, Wanted};
use crate::thir::{ACCOUNTS, FnKind, FnOwner, Name};

/// The function of a test, and what is said of it.
pub(super) fn test(
    id: TestId,
    pending: &Pending<'_, ast::TestDecl>,
    tables: &Tables,
    d: &mut Diagnostics,
) -> (Function, TestDef) {
    let decl = pending.decl;
    let mut cx = Cx::new(tables, pending.module, pending.contract, d);
    cx.in_test = true;
    let title = Name { text: decl.title.value.as_str().into(), span: decl.title.span };
    if title.text.trim().is_empty() {
        let message = "a test has a title that says what holds";
        cx.d.push(Diagnostic::new(codes::TEST_SHAPE, title.span, message));
    }
    let params = decl.params.iter().map(|param| parameter(param, &mut cx)).collect();
    let body = cx.block(&decl.body);
    let function = Function {
        name: title.clone(),
        module: pending.module,
        owner: FnOwner::Test(id),
        docs: docs(pending.doc),
        kind: FnKind::Test,
        is_async: false,
        schedule: None,
        public: false,
        type_params: Vec::new(),
        params,
        result: None,
        throws: Vec::new(),
        throws_open: false,
        throws_insert: None,
        spec: FnSpec::default(),
        locals: cx.finish(),
        body: Some(body),
        span: decl.title.span,
    };
    let def = TestDef {
        title,
        module: pending.module,
        contract: pending.contract,
        docs: docs(pending.doc),
        // Its place among the functions is known when all the others are made.
        function: crate::arena::Id::from_index(0),
    };
    (function, def)
}

impl Cx<'_, '_> {
    /// `alice`, where a test has her.
    pub(super) fn account(&self, word: &str) -> Option<ExprKind> {
        let index = ACCOUNTS.iter().position(|account| *account == word)?;
        self.in_test.then(|| ExprKind::Test(Box::new(TestExpr::Known(index as u32))))
    }

    /// `account("name")`, its key, or a signature by it.
    pub(super) fn of_account(
        &mut self,
        what: &str,
        kind: fn(Vec<Arg>) -> TestExpr,
        args: Vec<Arg>,
        span: Span,
    ) -> ExprKind {
        if !self.in_test {
            self.tests_only(span, what);
            return ExprKind::Error;
        }
        ExprKind::Test(Box::new(kind(args)))
    }

    /// A call or `deploy` with its suffix `from`, if it has one.
    pub(super) fn with_from(&mut self, call: &ast::Call, made: ExprKind, span: Span) -> ExprKind {
        let Some(who) = call.option(CallOptionKind::From) else { return made };
        if !self.in_test {
            self.tests_only(who.span, "the suffix `from`");
            return made;
        }
        let who = self.expr(who);
        let call = Expr { kind: made, span };
        ExprKind::Test(Box::new(TestExpr::From { call, who }))
    }

    fn tests_only(&mut self, span: Span, what: &str) {
        let message = format!("{what} belongs in a test");
        let diagnostic = Diagnostic::new(codes::TEST_ONLY, span, message);
        self.d.push(diagnostic.help("write `test \"what holds\" { .. }` beside the contract"));
    }

    pub(super) fn warp(&mut self, by: bool, amount: &ast::Expr, span: Span) -> StmtKind {
        let amount = self.expr(amount);
        self.test_stmt(TestStmt::Warp { by, amount }, span, "`warp`")
    }

    pub(super) fn expect(&mut self, expect: &ast::Expect, span: Span) -> StmtKind {
        let what = match expect.kind {
            ExpectKind::Throw => self.expect_throw(&expect.what),
            ExpectKind::Emit => self.expect_emit(&expect.what),
            ExpectKind::Trap => match &expect.what.kind {
                ast::ExprKind::Name { name: kind, .. } => Expected::Trap(name(kind)),
                ast::ExprKind::Invalid => Expected::Error,
                _ => {
                    let message = "a kind of trap is one word, as in `expect trap overflow in ..`";
                    let span = expect.what.span;
                    self.d.push(Diagnostic::new(codes::TEST_SHAPE, span, message));
                    Expected::Error
                }
            },
        };
        let call = self.expr(&expect.call);
        self.test_stmt(TestStmt::Expect { what, call }, span, "`expect`")
    }

    fn test_stmt(&mut self, test: TestStmt, span: Span, word: &str) -> StmtKind {
        if !self.in_test {
            self.tests_only(span, word);
            return StmtKind::Error;
        }
        StmtKind::Test(Box::new(test))
    }

    fn expect_throw(&mut self, what: &ast::Expr) -> Expected {
        let (plain, open) = without_rest(what);
        match self.throw(&plain) {
            Some(throw) => Expected::Throw(Wanted {
                of: throw.error,
                open: open || !is_call(what),
                args: throw.args,
                span: what.span,
            }),
            None => Expected::Error,
        }
    }

    fn expect_emit(&mut self, what: &ast::Expr) -> Expected {
        let (plain, open) = without_rest(what);
        match self.emit(&plain) {
            Some((event, args)) => Expected::Emit(Wanted {
                of: event,
                open: open || !is_call(what),
                args,
                span: what.span,
            }),
            None => Expected::Error,
        }
    }
}

fn is_call(expr: &ast::Expr) -> bool {
    matches!(expr.kind, ast::ExprKind::Call(_))
}

/// A pattern-like call without the `..` at its end, and whether it had one.
pub(super) fn without_rest(expr: &ast::Expr) -> (ast::Expr, bool) {
    let mut plain = expr.clone();
    let ast::ExprKind::Call(call) = &mut plain.kind else { return (plain, false) };
    let is_rest = |arg: &ast::Arg| matches!(arg.value.kind, ast::ExprKind::Rest);
    let open = call.args.last().is_some_and(is_rest);
    if open {
        call.args.pop();
    }
    (plain, open)
}
