//! Rules: their clauses are conditions on states, and patterns of calls.

use deed_base::{Diagnostic, Diagnostics, Span, catalogue as codes};

use super::args::{Callee, Param as Arg};
use super::cx::{Cx, Mode};
use super::items::Items;
use super::types::Site;
use crate::hir;
use crate::thir::{Clause, Param, Place, PlaceBase, Rule, RuleAccess, RuleCall, RuleClause};
use crate::thir::{Expr, RuleClauseKind};

const STATE: Mode = Mode::Spec { old: false, result: false };

/// Checks a rule.
pub(super) fn rule(hir: &hir::Rule, items: &Items<'_>, d: &mut Diagnostics) -> Rule {
    let mut cx = Cx::new(items, Some(hir.contract), &hir.locals, STATE, d);
    for param in &hir.params {
        cx.locals[param.local].ty = cx.ty(&param.ty, Site::Spec);
    }
    let clauses = hir.clauses.iter().filter_map(|clause| {
        let kind = cx.rule_clause(clause)?;
        Some(RuleClause { kind, span: clause.span })
    });
    let mut clauses: Vec<_> = clauses.collect();
    cx.close();
    cx.settle_locals();
    clauses.iter_mut().for_each(|clause| cx.settle_rule_clause(clause));
    let params = hir.params.iter().map(|param| Param { local: param.local, mode: param.mode });
    Rule {
        name: hir.name.clone(),
        module: hir.module,
        contract: hir.contract,
        docs: hir.docs.clone(),
        params: params.collect(),
        clauses,
        locals: cx.locals,
    }
}

impl Cx<'_> {
    fn rule_clause(&mut self, clause: &hir::RuleClause) -> Option<RuleClauseKind> {
        let span = clause.span;
        Some(match &clause.kind {
            hir::RuleClauseKind::Assume(cond) => {
                RuleClauseKind::Assume(self.clause(cond, span, STATE))
            }
            hir::RuleClauseKind::Never(cond) => {
                RuleClauseKind::Never(self.clause(cond, span, STATE))
            }
            hir::RuleClauseKind::Sequence { steps, without } => RuleClauseKind::Sequence {
                steps: steps.iter().map(|step| self.rule_call(step)).collect(),
                without: without.as_ref().map(|guard| self.rule_call(guard)),
            },
            hir::RuleClauseKind::Only { functions, access } => {
                let access = match access {
                    hir::RuleAccess::Known(access) => access.clone(),
                    hir::RuleAccess::Place { write: true, place } => {
                        RuleAccess::Write(self.state_place(place)?)
                    }
                    hir::RuleAccess::Place { write: false, place } => {
                        RuleAccess::Read(self.state_place(place)?)
                    }
                };
                RuleClauseKind::Only { functions: functions.clone(), access }
            }
            hir::RuleClauseKind::Flow { source, sink, without } => {
                let source = self.expr(source, None);
                let sink = self.state_place(sink)?;
                let without = without.as_ref().map(|guard| self.rule_call(guard));
                RuleClauseKind::Flow { source, sink, without }
            }
            hir::RuleClauseKind::Error => return None,
        })
    }

    /// A place of the state; reports it if it is another.
    pub(super) fn state_place(&mut self, expr: &hir::Expr) -> Option<Place> {
        let place = self.place(expr)?;
        if matches!(place.base, PlaceBase::State(_)) {
            return Some(place);
        }
        let message = "a place of the state, as in `self.owner`, is needed here";
        self.d.push(Diagnostic::new(codes::RULE_SHAPE, expr.span, message));
        None
    }

    /// `self.f(a, ..)`: what is not said of an argument is open.
    fn rule_call(&mut self, call: &hir::RuleCall) -> RuleCall {
        let items = self.items;
        let callee = &items.hir.functions[call.function];
        let signature = &items.signatures[call.function];
        let names = callee.params.iter().map(|param| &callee.locals[param.local].name);
        let described = Callee {
            what: format!("`{}`", callee.name.text),
            declared: callee.name.span,
            params: names
                .zip(&signature.params)
                .map(|(name, (_, ty))| Arg::plain(name, ty))
                .collect(),
        };
        let args = match call.open {
            true => self.open_args(&call.args, &described, call.span),
            false => self.args(&call.args, &described, call.span).into_iter().map(Some).collect(),
        };
        RuleCall { function: call.function, args, span: call.span }
    }

    /// The first arguments, where `..` stands for the others.
    fn open_args(
        &mut self,
        args: &[hir::Arg],
        callee: &Callee<'_>,
        span: Span,
    ) -> Vec<Option<Expr>> {
        let count = args.len().min(callee.params.len());
        let first = Callee {
            what: callee.what.clone(),
            declared: callee.declared,
            params: callee.params[..count].to_vec(),
        };
        let mut given: Vec<_> = self.args(args, &first, span).into_iter().map(Some).collect();
        given.resize_with(callee.params.len(), || None);
        given
    }

    fn settle_rule_clause(&self, clause: &mut RuleClause) {
        let calls: Vec<&mut RuleCall> = match &mut clause.kind {
            RuleClauseKind::Assume(Clause { cond, .. })
            | RuleClauseKind::Never(Clause { cond, .. }) => return self.settle_expr(cond),
            RuleClauseKind::Sequence { steps, without } => {
                steps.iter_mut().chain(without).collect()
            }
            RuleClauseKind::Only { access, .. } => {
                if let RuleAccess::Read(place) | RuleAccess::Write(place) = access {
                    self.settle_place(place);
                }
                return;
            }
            RuleClauseKind::Flow { source, sink, without } => {
                self.settle_expr(source);
                self.settle_place(sink);
                without.iter_mut().collect()
            }
        };
        let args = calls.into_iter().flat_map(|call| &mut call.args).flatten();
        args.for_each(|arg| self.settle_expr(arg));
    }
}
