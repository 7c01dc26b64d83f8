//! Specifications: clauses, quantifiers and sums.
//!
//! Holds always: a clause is a `bool` that computes on unbounded integers; a precondition of an
//! `entry` or `init` has a second form beside it that runs.

use deed_base::{Diagnostic, Span, catalogue as codes};
use num_bigint::BigInt;

use super::cx::{Cx, Mode, error_expr};
use super::errors;
use super::types::Site;
use crate::arena::LocalId;
use crate::hir;
use crate::thir::{
    Binder, Clause, Domain, Expr, ExprKind, FnKind, FnSpec, LoopSpec, Measure, QuantifierKind,
    Range, Requires, ThrowsWhen,
};
use crate::ty::Ty;
use crate::value::Value;

const ENTRY_STATE: Mode = Mode::Spec { old: false, result: false };
const BODY: Mode = Mode::Spec { old: true, result: false };
const EXIT_STATE: Mode = Mode::Spec { old: true, result: true };

impl Cx<'_> {
    /// The clauses of a function.
    pub(super) fn fn_spec(&mut self, function: &hir::Function) -> FnSpec {
        let runs = matches!(function.kind, FnKind::Init | FnKind::Entry { .. });
        let spec = &function.spec;
        let requires = spec.requires.iter().map(|requires| self.requires(requires, runs)).collect();
        let ensures = spec.ensures.iter();
        let ensures = ensures.map(|c| self.clause(&c.cond, c.span, EXIT_STATE)).collect();
        let mut throws_when = Vec::new();
        for throws in &function.throws {
            let Some(when) = &throws.when else { continue };
            let clause = self.clause(&when.cond, throws.span, ENTRY_STATE);
            throws_when.push(ThrowsWhen { error: throws.error, clause, exactly: when.exactly });
        }
        let no_trap = spec.no_trap.iter();
        let no_trap = no_trap.map(|c| self.clause(&c.cond, c.span, ENTRY_STATE)).collect();
        let decreases = self.measures(&spec.decreases, ENTRY_STATE);
        let modifies = spec.modifies.as_ref().map(|places| {
            let mut place = |place| self.with_mode(ENTRY_STATE, |cx| cx.place(place));
            places.iter().filter_map(&mut place).collect()
        });
        FnSpec { requires, ensures, throws_when, no_trap, decreases, modifies }
    }

    fn requires(&mut self, requires: &hir::Requires, runs: bool) -> Requires {
        let otherwise = requires.otherwise.as_ref().map(|throw| self.throw(throw));
        if !runs {
            let clause = self.clause(&requires.cond, requires.span, ENTRY_STATE);
            return Requires { clause, check: None, otherwise };
        }
        if let Some(what) = self.proof_only(&requires.cond) {
            self.d.push(not_checkable(what, requires.cond.span));
            let clause = self.muted(|cx| cx.clause(&requires.cond, requires.span, ENTRY_STATE));
            return Requires { clause, check: None, otherwise };
        }
        let (clause, check) = self.both_forms(&requires.cond, requires.span, ENTRY_STATE);
        Requires { clause, check: Some(check), otherwise }
    }

    /// A condition as it runs and as it is proved; its mistakes are reported once.
    fn both_forms(&mut self, cond: &hir::Expr, span: Span, mode: Mode) -> (Clause, Expr) {
        let before = self.d.len();
        let check = self.check(cond, &Ty::Bool);
        let clause = if self.d.len() == before {
            self.clause(cond, span, mode)
        } else {
            self.muted(|cx| cx.clause(cond, span, mode))
        };
        (clause, check)
    }

    /// `assert`: with a form that runs, unless it says what only a proof can.
    pub(super) fn assertion(&mut self, cond: &hir::Expr, span: Span) -> (Clause, Option<Expr>) {
        if self.proof_only(cond).is_some() {
            return (self.clause(cond, span, BODY), None);
        }
        let (clause, check) = self.both_forms(cond, span, BODY);
        (clause, Some(check))
    }

    pub(super) fn assumption(&mut self, cond: &hir::Expr, span: Span) -> Clause {
        self.clause(cond, span, BODY)
    }

    pub(super) fn clause(&mut self, cond: &hir::Expr, span: Span, mode: Mode) -> Clause {
        let cond = self.with_mode(mode, |cx| cx.check(cond, &Ty::Bool));
        Clause { cond, span }
    }

    pub(super) fn loop_spec(&mut self, spec: &hir::LoopSpec) -> LoopSpec {
        let invariants = spec.invariants.iter();
        let invariants = invariants.map(|cond| self.clause(cond, cond.span, BODY)).collect();
        LoopSpec { invariants, decreases: self.measures(&spec.decreases, BODY) }
    }

    fn measures(&mut self, measures: &[hir::Expr], mode: Mode) -> Vec<Measure> {
        let measure = |cx: &mut Self, expr| cx.with_mode(mode, |cx| cx.check(expr, &Ty::SpecInt));
        let each = measures.iter();
        each.map(|expr| Measure { value: measure(self, expr), span: expr.span }).collect()
    }

    pub(super) fn old(&mut self, args: &[hir::Arg], span: Span) -> Expr {
        match self.mode {
            Mode::Spec { old: true, .. } => {}
            Mode::Spec { old: false, .. } => {
                let help = "`old(x)` is the value at the function's entry: for `ensures`, \
                            loop invariants and `assert`";
                self.d.push(errors::not_here("`old`", help, span));
                return error_expr(span);
            }
            _ => {
                self.d.push(errors::spec_only("`old`", span));
                return error_expr(span);
            }
        }
        let [arg] = args else {
            let message = "`old` takes one expression".to_owned();
            self.d.push(Diagnostic::new(codes::WRONG_ARGUMENTS, span, message));
            return error_expr(span);
        };
        let value = self.expr(&arg.value, None);
        let ty = value.ty.clone();
        Expr { kind: ExprKind::Old(Box::new(value)), ty, span }
    }

    pub(super) fn spec_result(&mut self, span: Span) -> Expr {
        match self.mode {
            Mode::Spec { result: true, .. } if self.result != Ty::Unit => {
                Expr { kind: ExprKind::Result, ty: self.result.clone(), span }
            }
            Mode::Spec { result: true, .. } => {
                let help = "the function gives no value";
                self.d.push(errors::not_here("`result`", help, span));
                error_expr(span)
            }
            Mode::Spec { .. } => {
                let help = "`result` is what the function gives: for `ensures`";
                self.d.push(errors::not_here("`result`", help, span));
                error_expr(span)
            }
            _ => {
                self.d.push(errors::spec_only("`result`", span));
                error_expr(span)
            }
        }
    }

    pub(super) fn quantifier(
        &mut self,
        kind: QuantifierKind,
        binders: &[hir::Binder],
        body: &hir::Expr,
        span: Span,
    ) -> Expr {
        if !self.in_spec() {
            let word = match kind {
                QuantifierKind::Forall => "`forall`",
                QuantifierKind::Exists => "`exists`",
            };
            self.d.push(errors::spec_only(word, span));
            return error_expr(span);
        }
        let binders = self.binders(binders);
        let body = Box::new(self.check(body, &Ty::Bool));
        Expr { kind: ExprKind::Quantifier { kind, binders, body }, ty: Ty::Bool, span }
    }

    pub(super) fn sum(
        &mut self,
        value: &hir::Expr,
        count: bool,
        binders: &[hir::Binder],
        filter: Option<&hir::Expr>,
        span: Span,
    ) -> Expr {
        if !self.in_spec() {
            let word = if count { "`count`" } else { "`sum`" };
            self.d.push(errors::spec_only(word, span));
            return error_expr(span);
        }
        let binders = self.binders(binders);
        let value = match count {
            false => self.check(value, &Ty::SpecInt),
            true => {
                let counted = self.expr(value, None);
                let one = ExprKind::Value(Value::Int(BigInt::from(1)));
                Expr { kind: one, ty: Ty::SpecInt, span: counted.span }
            }
        };
        let filter = filter.map(|filter| Box::new(self.check(filter, &Ty::Bool)));
        let kind = ExprKind::Sum { value: Box::new(value), binders, filter };
        Expr { kind, ty: Ty::SpecInt, span }
    }

    fn binders(&mut self, binders: &[hir::Binder]) -> Vec<Binder> {
        binders.iter().map(|binder| self.binder(binder)).collect()
    }

    fn binder(&mut self, binder: &hir::Binder) -> Binder {
        let locals = &binder.locals;
        let domain = match &binder.domain {
            hir::Domain::Type(ty) => {
                let ty = self.ty(ty, Site::Spec);
                locals.iter().for_each(|local| self.locals[*local].ty = ty.clone());
                Domain::Type(ty)
            }
            hir::Domain::In(source) => self.domain(locals, source),
        };
        Binder { locals: locals.clone(), domain, span: binder.span }
    }

    fn domain(&mut self, locals: &[LocalId], source: &hir::Expr) -> Domain {
        if let hir::ExprKind::Range { start: Some(start), end: Some(end), inclusive } = &source.kind
        {
            let start = self.check(start, &Ty::SpecInt);
            let end = self.check(end, &Ty::SpecInt);
            locals.iter().for_each(|local| self.locals[*local].ty = Ty::SpecInt);
            return Domain::Range(Box::new(Range { start, end, inclusive: *inclusive }));
        }
        let source = self.expr(source, None);
        match (self.infer.shallow(&source.ty), locals) {
            (Ty::Map(map), [value]) => self.locals[*value].ty = map.value.clone(),
            (Ty::Map(map), [key, value]) => {
                self.locals[*key].ty = map.key.clone();
                self.locals[*value].ty = map.value.clone();
            }
            (Ty::Vec(of) | Ty::Set(of) | Ty::Array(of, _), [value]) => {
                self.locals[*value].ty = *of;
            }
            (Ty::Error, _) => {}
            (ty, _) => {
                let text = self.show(&ty);
                let message =
                    format!("a collection or a range `a..b` is needed here, and this is {text}");
                let note = "`v in m` binds the values of a map, `k, v in m` its keys and values";
                let diagnostic = Diagnostic::new(codes::TYPE_MISMATCH, source.span, message);
                self.d.push(diagnostic.note(note));
            }
        }
        Domain::Collection(Box::new(source))
    }
}

fn not_checkable(what: &str, span: Span) -> Diagnostic {
    let message = format!("this precondition is checked when it runs, and {what} cannot be");
    Diagnostic::new(codes::RUNTIME_CLAUSE, span, message)
        .help("keep what callers must prove in a private function, or check it step by step")
}
