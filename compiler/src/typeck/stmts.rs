//! Blocks and statements.
//!
//! Holds always: a block whose end cannot be reached has type `Never`; what follows a statement that
//! leaves is reported once a block.

use deed_base::{Diagnostic, Span, catalogue as codes};

use super::cx::{Cx, Loop, error_expr};
use super::errors;
use super::ops::scalar_op;
use super::types::Site;
use crate::hir;
use crate::thir::{Block, Clause, Expr, ExprKind, Range, Stmt, StmtKind, TestStmt};
use crate::ty::Ty;
use crate::value::Value;

/// What becomes of the last expression of a block.
#[derive(Clone, Copy)]
pub(super) enum Last<'w> {
    Statement,
    Value(Option<&'w Ty>),
}

impl Cx<'_> {
    /// A block that is run for its effects.
    pub(super) fn block(&mut self, block: &hir::Block) -> Block {
        self.block_with(block, Last::Statement)
    }

    /// A block whose last expression is its value, unless it leaves before.
    pub(super) fn value_block(&mut self, block: &hir::Block, want: Option<&Ty>) -> Block {
        let typed = self.block_with(block, Last::Value(want));
        if typed.value.is_none() && typed.ty != Ty::Never {
            self.require_value(typed.span, "this block");
            return Block { ty: Ty::Error, ..typed };
        }
        typed
    }

    pub(super) fn block_with(&mut self, block: &hir::Block, last: Last<'_>) -> Block {
        let mut stmts = Vec::with_capacity(block.stmts.len());
        let mut value = None;
        let mut left: Option<Span> = None;
        let mut said = false;
        for (index, stmt) in block.stmts.iter().enumerate() {
            if let (Some(by), false) = (left, said) {
                self.d.push(unreachable(stmt.span, by));
                said = true;
            }
            let is_last = index + 1 == block.stmts.len();
            if let (true, Last::Value(want), Some(expr)) = (is_last, last, as_value(stmt)) {
                value = Some(Box::new(self.hinted(expr, want)));
                continue;
            }
            let (kind, leaves) = self.stmt(stmt);
            if let Some(kind) = kind {
                stmts.push(Stmt { kind, span: stmt.span });
            }
            if leaves && left.is_none() {
                left = Some(stmt.span);
            }
        }
        let ty = match (&value, left) {
            (_, Some(_)) => Ty::Never,
            (Some(value), None) => value.ty.clone(),
            (None, None) => Ty::Unit,
        };
        Block { stmts, value, ty, span: block.span }
    }

    /// The statement, and whether control never passes it.
    fn stmt(&mut self, stmt: &hir::Stmt) -> (Option<StmtKind>, bool) {
        let span = stmt.span;
        let kind = match &stmt.kind {
            hir::StmtKind::Let { local, ty, value, .. } if self.locals[*local].ghost => {
                return (self.ghost_let(*local, ty.as_ref(), value, span), false);
            }
            hir::StmtKind::Let { local, ty, value, otherwise } => {
                let value = match &value.kind {
                    hir::ExprKind::View(place) => self.view_binding(
                        *local,
                        place,
                        ty.as_ref(),
                        otherwise.as_deref(),
                        value.span,
                    ),
                    _ => self.let_value(ty.as_ref(), value, otherwise.as_deref()),
                };
                self.locals[*local].ty = value.ty.clone();
                StmtKind::Let { local: *local, value }
            }
            hir::StmtKind::LetPattern { pattern, ty, value, otherwise } => {
                return (
                    self.let_pattern(pattern, ty.as_ref(), value, otherwise.as_deref()),
                    false,
                );
            }
            hir::StmtKind::Assign { place, op, value, otherwise } => {
                return (self.assign(place, *op, value, otherwise.as_deref(), span), false);
            }
            hir::StmtKind::Expr { expr, otherwise } => {
                return self.expr_stmt(expr, otherwise.as_deref());
            }
            hir::StmtKind::While { cond, spec, body } => return self.while_stmt(cond, spec, body),
            hir::StmtKind::For { local, source, spec, body } => {
                return (self.for_stmt(*local, source, spec, body), false);
            }
            hir::StmtKind::ForEach { pattern, source, spec, body } => {
                return (self.for_each(pattern, source, spec, body), false);
            }
            hir::StmtKind::Emit { event, args, span } => {
                StmtKind::Emit { event: *event, args: self.event_args(*event, args, *span) }
            }
            hir::StmtKind::Assert(cond) if self.in_test => {
                StmtKind::Test(Box::new(TestStmt::Assert(self.check(cond, &Ty::Bool))))
            }
            hir::StmtKind::Assume(cond) if self.in_test => {
                StmtKind::Test(Box::new(TestStmt::Assume(self.check(cond, &Ty::Bool))))
            }
            hir::StmtKind::Assert(cond) => {
                let (clause, check) = self.assertion(cond, span);
                StmtKind::Assert { clause: Box::new(clause), check: check.map(Box::new) }
            }
            hir::StmtKind::Assume(cond) => {
                let clause: Clause = self.assumption(cond, span);
                StmtKind::Assume(Box::new(clause))
            }
            hir::StmtKind::Test(test) => return (self.test_stmt(test), false),
            hir::StmtKind::Error => return (None, false),
        };
        (Some(kind), false)
    }

    fn let_value(
        &mut self,
        ty: Option<&hir::Type>,
        value: &hir::Expr,
        otherwise: Option<&hir::Expr>,
    ) -> Expr {
        let want = ty.map(|ty| self.ty(ty, Site::Data));
        let value = self.value_else(value, otherwise, want.as_ref());
        match self.infer.shallow(&value.ty) {
            Ty::Unit | Ty::Never => {
                self.require_value(value.span, "this");
                Expr { ty: Ty::Error, ..value }
            }
            ty if self.infer.is_huge(&ty) => {
                self.d.push(errors::huge(value.span));
                error_expr(value.span)
            }
            Ty::Error => value,
            // The variable is of the type that is written: it may say what absent keys read.
            _ => Expr { ty: want.unwrap_or_else(|| value.ty.clone()), ..value },
        }
    }

    /// `value`, or the content of an `Option` where `else` says what happens without one.
    fn value_else(
        &mut self,
        value: &hir::Expr,
        otherwise: Option<&hir::Expr>,
        want: Option<&Ty>,
    ) -> Expr {
        let Some(otherwise) = otherwise else {
            return match want {
                Some(want) => self.check(value, want),
                None => self.expr(value, None),
            };
        };
        let want_option = want.map(|want| Ty::option(want.clone()));
        let value = self.expr(value, want_option.as_ref());
        let otherwise = self.leaving(otherwise);
        let value = match self.leaves_contract(&value) {
            true => self.call_else(value, otherwise.clone()),
            false => value,
        };
        if let ExprKind::Try(_) = &value.kind
            && !matches!(self.infer.shallow(&value.ty), Ty::Option(_) | Ty::Result(..))
        {
            return match want {
                Some(want) => self.coerce(value, want),
                None => value,
            };
        }
        let of = match self.infer.shallow(&value.ty) {
            Ty::Option(of) | Ty::Result(of, _) => *of,
            Ty::Error => Ty::Error,
            other => {
                let text = self.show(&other);
                let needs = "an `Option` or `Result` before it";
                self.d.push(errors::bad_operand("else", &text, needs, value.span));
                Ty::Error
            }
        };
        let span = value.span;
        let (value, otherwise) = (Box::new(value), Box::new(otherwise));
        let kind = ExprKind::ElseLeave { value, otherwise };
        let expr = Expr { kind, ty: of, span };
        match want {
            Some(want) => self.coerce(expr, want),
            None => expr,
        }
    }

    /// What stands after `else`: it leaves.
    pub(super) fn leaving(&mut self, expr: &hir::Expr) -> Block {
        let block = match &expr.kind {
            hir::ExprKind::Block(block) => self.block(block),
            _ => {
                let (kind, leaves) = self.expr_stmt(expr, None);
                let stmts = kind.map(|kind| Stmt { kind, span: expr.span });
                let ty = if leaves { Ty::Never } else { Ty::Unit };
                Block { stmts: stmts.into_iter().collect(), value: None, ty, span: expr.span }
            }
        };
        if block.ty != Ty::Never && !matches!(expr.kind, hir::ExprKind::Error) {
            let message = "what stands after `else` must leave, and this can go on";
            let diagnostic = Diagnostic::new(codes::NOT_LEAVING, expr.span, message);
            self.d.push(
                diagnostic.help("end it with `throw E(..)`, `return`, `break` or `continue`"),
            );
        }
        block
    }

    fn assign(
        &mut self,
        place: &hir::Expr,
        op: Option<deed_syntax::ast::BinaryOp>,
        value: &hir::Expr,
        otherwise: Option<&hir::Expr>,
        span: Span,
    ) -> Option<StmtKind> {
        let Some(target) = self.place(place) else {
            let typed = self.muted(|cx| cx.value_else(value, otherwise, None));
            self.infer.poison(&typed.ty);
            return None;
        };
        if self.is_ghost(&target) {
            return self.ghost_assign(target, op, value, span);
        }
        let writable = self.assignable(&target);
        let ty = if writable { target.ty.clone() } else { Ty::Error };
        let Some(op) = op.and_then(scalar_op) else {
            let value = self.value_else(value, otherwise, Some(&ty));
            let place = Box::new(target);
            return writable.then_some(StmtKind::Assign { place, value });
        };
        let want = if op.is_shift() { Ty::U32 } else { ty.clone() };
        let value = match otherwise {
            Some(_) => self.value_else(value, otherwise, Some(&want)),
            None => self.expr(value, Some(&want)),
        };
        // The operator is checked as on `place op value`; what is kept is the place.
        let place = Box::new(target);
        let read = Expr { kind: ExprKind::Read(place.clone()), ty, span: place.span };
        let combined = self.combine(op, span, read, value, span);
        match combined.kind {
            ExprKind::Binary(_, _, value) if writable => {
                Some(StmtKind::OpAssign { place, op, value: *value })
            }
            _ => None,
        }
    }

    /// An expression as a statement.
    fn expr_stmt(
        &mut self,
        expr: &hir::Expr,
        otherwise: Option<&hir::Expr>,
    ) -> (Option<StmtKind>, bool) {
        use hir::ExprKind as Hir;
        let span = expr.span;
        match &expr.kind {
            _ if otherwise.is_some() => {
                let value = self.value_else(expr, otherwise, None);
                (Some(StmtKind::Expr(value)), false)
            }
            Hir::Error => (None, false),
            Hir::Return(value) => (Some(self.return_stmt(value.as_deref(), span)), true),
            Hir::Throw(throw) => (Some(StmtKind::Throw(self.throw(throw))), true),
            Hir::Reject(throw) => (Some(StmtKind::Reject(self.throw(throw))), true),
            Hir::Break => {
                match self.loops.last_mut() {
                    Some(around) => around.breaks = true,
                    None => self.d.push(outside_loop("`break`", span)),
                }
                (Some(StmtKind::Break), true)
            }
            Hir::Continue => {
                if self.loops.is_empty() {
                    self.d.push(outside_loop("`continue`", span));
                }
                (Some(StmtKind::Continue), true)
            }
            Hir::Block(block) => {
                let block = self.block(block);
                let leaves = block.ty == Ty::Never;
                (Some(StmtKind::Block(block)), leaves)
            }
            Hir::Try(attempt) => self.try_stmt(attempt, span),
            Hir::Match { subject, arms } => self.match_stmt(subject, arms, span),
            Hir::If { cond, then, otherwise } => self.if_stmt(cond, then, otherwise.as_deref()),
            _ => {
                let value = self.expr(expr, None);
                self.infer.poison(&value.ty); // a number alone: the parser has said that it is useless
                self.check_used(&value);
                (Some(StmtKind::Expr(value)), false)
            }
        }
    }

    fn check_used(&mut self, value: &Expr) {
        let ty = self.infer.shallow(&value.ty);
        if matches!(ty, Ty::Option(_) | Ty::Result(..)) {
            let text = self.show(&ty);
            let message = format!("this {text} is not used");
            let diagnostic = Diagnostic::new(codes::UNUSED_RESULT, value.span, message);
            self.d.push(diagnostic.help(
                "say what happens without a value: `else throw E(..)`; or drop it: `let _ = ..`",
            ));
        }
    }

    fn if_stmt(
        &mut self,
        cond: &hir::Expr,
        then: &hir::Block,
        otherwise: Option<&hir::Expr>,
    ) -> (Option<StmtKind>, bool) {
        let cond = self.check(cond, &Ty::Bool);
        let then = self.block(then);
        let otherwise = otherwise.map(|other| self.arm(other, Last::Statement));
        let leaves =
            then.ty == Ty::Never && otherwise.as_ref().is_some_and(|other| other.ty == Ty::Never);
        let (then, otherwise) = (Box::new(then), otherwise.map(Box::new));
        (Some(StmtKind::If { cond, then, otherwise }), leaves)
    }

    /// The `else` of an `if`: a block, or another `if` as a block of its own.
    pub(super) fn arm(&mut self, expr: &hir::Expr, last: Last<'_>) -> Block {
        if let hir::ExprKind::Block(block) = &expr.kind {
            return self.block_with(block, last);
        }
        let span = expr.span;
        if let Last::Value(want) = last {
            let value = self.hinted(expr, want);
            let ty = value.ty.clone();
            return Block { stmts: Vec::new(), value: Some(Box::new(value)), ty, span };
        }
        let (kind, leaves) = self.expr_stmt(expr, None);
        let stmts = kind.map(|kind| Stmt { kind, span }).into_iter().collect();
        Block { stmts, value: None, ty: if leaves { Ty::Never } else { Ty::Unit }, span }
    }

    /// The `else` of an `if` that gives a value.
    pub(super) fn value_arm(&mut self, expr: &hir::Expr, want: Option<&Ty>) -> Block {
        let block = self.arm(expr, Last::Value(want));
        if block.value.is_none() && !matches!(block.ty, Ty::Never | Ty::Error) {
            self.require_value(block.span, "this block");
            return Block { ty: Ty::Error, ..block };
        }
        block
    }

    /// The one type of two arms; an arm that leaves fits every other.
    pub(super) fn join(&mut self, a: &mut Block, b: &mut Block) -> Ty {
        if self.in_spec() {
            self.lift_value(a);
            self.lift_value(b);
        }
        if a.ty == Ty::Never {
            return b.ty.clone();
        }
        let want = a.ty.clone();
        if b.ty != Ty::Never
            && let Some(value) = b.value.take()
        {
            let value = self.coerce(*value, &want);
            b.ty = value.ty.clone();
            b.value = Some(Box::new(value));
        }
        want
    }

    /// An integer that a block gives, as specifications compute.
    pub(super) fn lift_value(&mut self, block: &mut Block) {
        let Some(value) = block.value.take().filter(|_| block.ty != Ty::Never) else { return };
        let value = if self.infer.is_int(&value.ty) { self.lift(*value) } else { *value };
        block.ty = value.ty.clone();
        block.value = Some(Box::new(value));
    }

    fn return_stmt(&mut self, value: Option<&hir::Expr>, span: Span) -> StmtKind {
        if self.leaves_closure("`return`", span) {
            if let Some(value) = value {
                let typed = self.muted(|cx| cx.expr(value, None));
                self.infer.poison(&typed.ty);
            }
            return StmtKind::Return(None);
        }
        let result = self.result.clone();
        let Some(value) = value else {
            if !matches!(result, Ty::Unit | Ty::Error) {
                let text = self.show(&result);
                let message = format!("{text} is to be returned here");
                let diagnostic = Diagnostic::new(codes::TYPE_MISMATCH, span, message);
                self.d.push(diagnostic.help("write the value after `return`"));
            }
            return StmtKind::Return(None);
        };
        if result == Ty::Unit && !matches!(value.kind, hir::ExprKind::Unit) {
            let typed = self.expr(value, None);
            self.infer.poison(&typed.ty);
            if !typed.ty.is_error() {
                let message = "this function gives no value, so `return` stands alone";
                let diagnostic = Diagnostic::new(codes::TYPE_MISMATCH, value.span, message);
                self.d
                    .push(diagnostic.help("declare what it gives: `-> u64` after the parameters"));
            }
            return StmtKind::Return(None);
        }
        if result == Ty::Unit {
            return StmtKind::Return(None);
        }
        StmtKind::Return(Some(self.check(value, &result)))
    }

    fn while_stmt(
        &mut self,
        cond: &hir::Expr,
        spec: &hir::LoopSpec,
        body: &hir::Block,
    ) -> (Option<StmtKind>, bool) {
        let cond = self.check(cond, &Ty::Bool);
        let spec = self.loop_spec(spec);
        self.loops.push(Loop::default());
        let body = self.block(body);
        let breaks = self.loops.pop().is_some_and(|around| around.breaks);
        let endless = matches!(cond.kind, ExprKind::Value(Value::Bool(true))) && !breaks;
        let (spec, body) = (Box::new(spec), Box::new(body));
        (Some(StmtKind::While { spec, cond, body }), endless)
    }

    fn for_stmt(
        &mut self,
        local: crate::arena::LocalId,
        source: &hir::Expr,
        spec: &hir::LoopSpec,
        body: &hir::Block,
    ) -> Option<StmtKind> {
        let range = self.for_range(source);
        self.locals[local].ty = range.as_ref().map_or(Ty::Error, |range| range.start.ty.clone());
        let spec = self.loop_spec(spec);
        self.loops.push(Loop::default());
        let body = self.block(body);
        self.loops.pop();
        let (spec, body) = (Box::new(spec), Box::new(body));
        Some(StmtKind::For { spec, local, range: Box::new(range?), body })
    }

    fn for_range(&mut self, source: &hir::Expr) -> Option<Range> {
        let hir::ExprKind::Range { start: Some(start), end: Some(end), inclusive } = &source.kind
        else {
            if !matches!(source.kind, hir::ExprKind::Error) {
                self.muted(|cx| cx.receiver_value(source));
            }
            return None;
        };
        let start = self.expr(start, None);
        let end = self.expr(end, Some(&start.ty));
        let ty = self.infer.shallow(&start.ty);
        if !ty.is_error() && !self.infer.is_int(&ty) {
            let text = self.show(&ty);
            self.d.push(errors::bad_operand("..", &text, "integers", start.span));
            return None;
        }
        let op = crate::thir::BinaryOp::Lt;
        let compared = self.combine(op, source.span, start, end, source.span);
        match compared.kind {
            ExprKind::Binary(_, start, end) => {
                Some(Range { start: *start, end: *end, inclusive: *inclusive })
            }
            _ => None,
        }
    }
}

/// The expression of a statement that may be the value of its block.
fn as_value(stmt: &hir::Stmt) -> Option<&hir::Expr> {
    use hir::ExprKind as Hir;
    match &stmt.kind {
        hir::StmtKind::Expr { expr, otherwise: None } => match &expr.kind {
            Hir::Return(_) | Hir::Throw(_) | Hir::Reject(_) | Hir::Break | Hir::Continue => None,
            _ => Some(expr),
        },
        _ => None,
    }
}

fn unreachable(span: Span, by: Span) -> Diagnostic {
    Diagnostic::new(codes::UNREACHABLE, span, "this is never reached")
        .also(by, "control leaves here")
        .help("remove it, or move it before")
}

fn outside_loop(what: &str, span: Span) -> Diagnostic {
    Diagnostic::new(codes::OUTSIDE_LOOP, span, format!("{what} stands in no loop"))
        .help("it belongs in the body of a `while` or `for`; to leave a function write `return`")
}
