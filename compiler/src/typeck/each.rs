//! `for` over collections, and `in` as an operator.

use deed_base::{Diagnostic, Span, catalogue as codes};

use super::cx::{Cx, Loop, error_expr};
use super::errors;
use super::places::is_place;
use crate::hir;
use crate::thir::{Expr, ExprKind, Range, Source, StmtKind};
use crate::ty::Ty;

impl Cx<'_> {
    /// `for pattern in source { .. }`
    pub(super) fn for_each(
        &mut self,
        pattern: &hir::Pattern,
        source: &hir::Expr,
        spec: &hir::LoopSpec,
        body: &hir::Block,
    ) -> Option<StmtKind> {
        let pairs = matches!(&pattern.kind, hir::PatternKind::Tuple(parts) if parts.len() == 2);
        let source = self.source(source, pairs);
        let of = match &source {
            Some((_, of)) => of.clone(),
            None => Ty::Error,
        };
        let pattern = self.pattern(pattern, &of, false);
        let spec = self.loop_spec(spec);
        self.loops.push(Loop::default());
        let body = self.block(body);
        self.loops.pop();
        let (source, _) = source?;
        let (spec, pattern) = (Box::new(spec), Box::new(pattern));
        let (source, body) = (Box::new(source), Box::new(body));
        Some(StmtKind::ForEach { spec, pattern, source, body })
    }

    /// What is run over, and the type of its elements.
    fn source(&mut self, source: &hir::Expr, pairs: bool) -> Option<(Source, Ty)> {
        let (rest, limit) = match page_method(source, "take") {
            Some((base, args)) if page_method(base, "range").is_some() => (base, Some(args)),
            _ => (source, None),
        };
        let (rest, after) = match page_method(rest, "range") {
            Some((base, args)) => (base, Some(args)),
            None => (rest, None),
        };
        let collection = self.receiver_value(rest);
        let ty = self.infer.shallow(&collection.ty);
        let (of, key, pairs) = match ty {
            Ty::Vec(of) | Ty::Array(of, _) => (*of, None, false),
            Ty::Set(of) => ((*of).clone(), Some(*of), false),
            Ty::Bytes => (Ty::U8, None, false),
            Ty::Map(map) if pairs => {
                let key = map.key.clone();
                (Ty::Tuple(vec![map.key, map.value]), Some(key), true)
            }
            Ty::Map(map) => (map.value, Some(map.key), false),
            other => {
                self.not_iterated(&other, rest);
                return None;
            }
        };
        let after = match (after, key) {
            (None, _) => None,
            (Some(args), Some(key)) => self.page_arg(args, "after", &key, source.span),
            (Some(args), None) => {
                self.ignored(args);
                let message = "`range` pages through a map or a set";
                self.d.push(Diagnostic::new(codes::TYPE_MISMATCH, source.span, message));
                None
            }
        };
        let limit = limit.and_then(|args| self.page_arg(args, "n", &Ty::U64, source.span));
        Some((Source { collection, pairs, after, limit }, of))
    }

    /// The one argument of `range(after: k)` or `take(n)`.
    fn page_arg(&mut self, args: &[hir::Arg], word: &str, ty: &Ty, span: Span) -> Option<Expr> {
        match args {
            [arg] if arg.name.as_ref().is_none_or(|name| name.text == word) => {
                Some(self.check(&arg.value, ty))
            }
            _ => {
                self.ignored(args);
                let message = format!("this takes one argument, `{word}`");
                self.d.push(Diagnostic::new(codes::WRONG_ARGUMENTS, span, message));
                None
            }
        }
    }

    fn not_iterated(&mut self, ty: &Ty, source: &hir::Expr) {
        if ty.is_error() {
            return;
        }
        let text = self.show(ty);
        let message = format!("`for` runs over a collection or a range `a..b`, and this is {text}");
        let diagnostic = Diagnostic::new(codes::TYPE_MISMATCH, source.span, message);
        self.d.push(match ty {
            Ty::Int(_) => diagnostic.help("to count, write `for i in 0..n`"),
            Ty::Option(_) => diagnostic.help("take the value out: `if let Some(x) = ..`"),
            Ty::String => diagnostic.help("run over its bytes: `.to_bytes()`"),
            _ => diagnostic,
        });
        self.infer.poison(ty);
    }

    /// A value that is read where it lies: what stands before a dot, a bracket, or in a `for`.
    pub(super) fn receiver_value(&mut self, expr: &hir::Expr) -> Expr {
        if !is_place(expr) {
            return self.expr(expr, None);
        }
        match self.place(expr) {
            Some(place) => {
                let ty = place.ty.clone();
                Expr { kind: ExprKind::Read(Box::new(place)), ty, span: expr.span }
            }
            None => error_expr(expr.span),
        }
    }

    /// `value in collection`, `value in a..b`
    pub(super) fn member(&mut self, value: &hir::Expr, of: &hir::Expr, span: Span) -> Expr {
        if let hir::ExprKind::Range { start: Some(start), end: Some(end), inclusive } = &of.kind {
            return self.in_range(value, start, end, *inclusive, span);
        }
        let collection = self.receiver_value(of);
        let (element, word) = match self.infer.shallow(&collection.ty) {
            Ty::Map(map) => (map.key, "has"),
            Ty::Set(of) | Ty::Vec(of) | Ty::Array(of, _) => (*of, "contains"),
            Ty::Error => {
                self.expr(value, None);
                return error_expr(span);
            }
            other => {
                let text = self.show(&other);
                let needs = "a collection or a range behind it";
                self.d.push(errors::bad_operand("in", &text, needs, of.span));
                self.infer.poison(&other);
                let value = self.muted(|cx| cx.expr(value, None));
                self.infer.poison(&value.ty);
                return error_expr(span);
            }
        };
        let value = self.check(value, &element);
        self.member_call(collection, word, value, span)
    }

    fn in_range(
        &mut self,
        value: &hir::Expr,
        start: &hir::Expr,
        end: &hir::Expr,
        inclusive: bool,
        span: Span,
    ) -> Expr {
        let start = self.expr(start, None);
        let of = start.ty.clone();
        let end = self.check(end, &of);
        let value = self.check(value, &of);
        let ty = self.infer.shallow(&of);
        let ordered = self.infer.is_int(&ty)
            || matches!(ty, Ty::Time | Ty::Duration | Ty::Date | Ty::SpecInt | Ty::Error)
            || self.is_quantity(&ty);
        if !ordered {
            let text = self.show(&ty);
            self.d.push(errors::bad_operand("..", &text, "numbers or times", span));
            self.infer.poison(&ty);
            return error_expr(span);
        }
        let range = Box::new(Range { start, end, inclusive });
        Expr { kind: ExprKind::InRange(Box::new(value), range), ty: Ty::Bool, span }
    }
}

/// `base.word(args)`
fn page_method<'e>(expr: &'e hir::Expr, word: &str) -> Option<(&'e hir::Expr, &'e [hir::Arg])> {
    match &expr.kind {
        hir::ExprKind::Method { base, name, args, .. } if name.text == word => Some((base, args)),
        _ => None,
    }
}
