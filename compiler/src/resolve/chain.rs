//! Names in what goes on later and in queries of the index.
//!
//! Holds always: the suffixes that `await` and `schedule` ask for are taken off the call, which is
//! then resolved as any other.

use deed_base::{Diagnostic, Span, catalogue as codes};
use deed_syntax::ast::{self, BinaryOp, CallOptionKind, Ident};

use super::body::Cx;
use super::items::name;
use super::scope::Def;
use crate::hir::{Arg, Chain, Condition, Expr, ExprKind, Query, QuerySource, RecordOf};

/// The columns that every row of the index has, written without a dot.
pub(super) const INDEX_COLUMNS: [&str; 3] = ["height", "transaction", "log"];

impl Cx<'_, '_> {
    /// `await call timeout d`
    pub(super) fn await_call(&mut self, inner: &ast::Expr) -> ExprKind {
        let Some((call, [timeout])) = self.without(inner, "await", [CallOptionKind::Timeout])
        else {
            return ExprKind::Error;
        };
        ExprKind::Chain(Box::new(Chain::Await { call, timeout }))
    }

    /// `schedule self.f(args) at t gas n`
    pub(super) fn schedule(&mut self, inner: &ast::Expr) -> ExprKind {
        let kinds = [CallOptionKind::At, CallOptionKind::Gas];
        let Some((call, [at, gas])) = self.without(inner, "schedule", kinds) else {
            return ExprKind::Error;
        };
        ExprKind::Chain(Box::new(Chain::Schedule { call, at, gas }))
    }

    /// The call behind `await` or `schedule`, and the suffixes that belong to these.
    fn without<const N: usize>(
        &mut self,
        inner: &ast::Expr,
        word: &str,
        kinds: [CallOptionKind; N],
    ) -> Option<(Expr, [Option<Expr>; N])> {
        let ast::ExprKind::Call(call) = &inner.kind else {
            self.expr(inner);
            if !matches!(inner.kind, ast::ExprKind::Invalid) {
                let message = format!("`{word}` takes a call, and this is none");
                let code = match word {
                    "await" => codes::AWAIT_PLACE,
                    _ => codes::SCHEDULED_CALL,
                };
                self.d.push(Diagnostic::new(code, inner.span, message));
            }
            return None;
        };
        let options = call.options.iter().filter(|option| !kinds.contains(&option.kind));
        let plain = ast::Call {
            callee: call.callee.clone(),
            args: call.args.clone(),
            options: options.cloned().collect(),
        };
        let plain = ast::Expr { kind: ast::ExprKind::Call(Box::new(plain)), span: inner.span };
        let made = self.expr(&plain);
        let taken = kinds.map(|kind| call.option(kind).map(|value| self.expr(value)));
        Some((made, taken))
    }

    /// `source.where(conditions).first(n)`, if a call is one.
    pub(super) fn query(&mut self, call: &ast::Call) -> Option<ExprKind> {
        let (base, ident) = member(&call.callee)?;
        if ident.as_str() == "where" {
            return Some(self.query_of(base, &call.args, None));
        }
        let ast::ExprKind::Call(inner) = &base.kind else { return None };
        let (source, word) = member(&inner.callee)?;
        if word.as_str() != "where" {
            return None;
        }
        Some(self.query_of(source, &inner.args, Some((ident, &call.args))))
    }

    fn query_of(
        &mut self,
        source: &ast::Expr,
        conditions: &[ast::Arg],
        end: Option<(&Ident, &[ast::Arg])>,
    ) -> ExprKind {
        let source = self.query_source(source);
        let conditions = conditions.iter().filter_map(|arg| self.column_condition(arg)).collect();
        let end = end.map(|(ident, args)| (name(ident), self.args(args)));
        ExprKind::Chain(Box::new(Chain::Query(Query { source, conditions, end })))
    }

    fn query_source(&mut self, source: &ast::Expr) -> QuerySource {
        if let Some(Def::Event(id)) = self.def_of(source) {
            self.record(RecordOf::Event(id));
            return QuerySource::Event(id);
        }
        if let Some((base, ident)) = member(source)
            && ident.as_str() == "events"
            && let Some(Def::Contract(id)) = self.def_of(base)
        {
            self.record(RecordOf::Contract(id));
            return QuerySource::Events(id);
        }
        QuerySource::Value(self.expr(source))
    }

    /// What a bare name means that is no variable.
    fn def_of(&self, expr: &ast::Expr) -> Option<Def> {
        let ast::ExprKind::Name { name: ident, .. } = &expr.kind else { return None };
        if self.local(ident.as_str()).is_some() {
            return None;
        }
        self.find(ident.as_str()).map(|entry| entry.def.clone())
    }

    fn column_condition(&mut self, arg: &ast::Arg) -> Option<Condition> {
        let made = match (&arg.value.kind, &arg.name) {
            (ast::ExprKind::Binary(binary), None) => {
                let range = match binary.op {
                    BinaryOp::Eq => Some(false),
                    BinaryOp::In => Some(true),
                    _ => None,
                };
                column(&binary.left).zip(range).map(|((ident, dot), range)| Condition {
                    column: name(ident),
                    dot,
                    value: self.expr(&binary.right),
                    range,
                    span: arg.span,
                })
            }
            (ast::ExprKind::Invalid, _) => return None,
            _ => None,
        };
        if made.is_none() {
            self.d.push(not_a_condition(arg.span));
        }
        made
    }

    /// `provenance(self.x)`
    pub(super) fn provenance(&mut self, args: Vec<Arg>) -> ExprKind {
        ExprKind::Chain(Box::new(Chain::Provenance(args)))
    }

    /// `inflight::<T>`
    pub(super) fn inflight(&mut self, ident: &Ident, args: &[ast::GenericArg]) -> ExprKind {
        let ty = match args {
            [ast::GenericArg { kind: ast::GenericArgKind::Type(ty), .. }] => Some(self.ty(ty)),
            _ => {
                let message = "`inflight` names one type: `inflight::<Receivable>`";
                self.d.push(Diagnostic::new(codes::TYPE_ARGUMENTS, ident.span, message));
                None
            }
        };
        ExprKind::Chain(Box::new(Chain::Inflight(ty)))
    }
}

/// `base.name`
fn member(expr: &ast::Expr) -> Option<(&ast::Expr, &Ident)> {
    match &expr.kind {
        ast::ExprKind::Field(field) => Some((&field.base, &field.name)),
        _ => None,
    }
}

/// The column that a condition speaks of: `.owner`, or `height`.
fn column(expr: &ast::Expr) -> Option<(&Ident, bool)> {
    match &expr.kind {
        ast::ExprKind::Implicit(ident) => Some((ident, true)),
        ast::ExprKind::Name { name, .. } if INDEX_COLUMNS.contains(&name.as_str()) => {
            Some((name, false))
        }
        _ => None,
    }
}

fn not_a_condition(span: Span) -> Diagnostic {
    let message = "a query asks for columns that equal a value or lie in a range";
    Diagnostic::new(codes::QUERY_CONDITION, span, message)
        .label("not such a condition")
        .help("write `.owner == a` or `height in h1..h2`, several with commas between them")
}
