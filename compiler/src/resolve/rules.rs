//! Names in rules.
//!
//! In: `rule` items. Out: the rules of contracts.
//! Holds always: a rule speaks of one contract: of the one that it stands in, or of the only one of
//! its module.

use deed_base::{Diagnostic, Diagnostics, Span, catalogue as codes};
use deed_syntax::ast;

use super::body::Cx;
use super::collect::Pending;
use super::items::{docs, name, parameter};
use super::scope::{Def, Tables};
use super::tests::without_rest;
use crate::arena::{ContractId, FnId};
use crate::hir::{Rule, RuleAccess, RuleCall, RuleClause, RuleClauseKind};
use crate::thir::RuleAccess as Access;

/// The rule, if it is clear of which contract it speaks.
pub(super) fn rule(
    pending: &Pending<'_, ast::RuleDecl>,
    contracts: &[ContractId],
    tables: &Tables,
    d: &mut Diagnostics,
) -> Option<Rule> {
    let decl = pending.decl;
    let contract = match (pending.contract, contracts) {
        (Some(id), _) => id,
        (None, [only]) => *only,
        (None, _) => {
            d.push(which_contract(decl.name.span, contracts.len()));
            return None;
        }
    };
    let mut cx = Cx::new(tables, pending.module, Some(contract), d);
    let params = decl.params.iter().map(|param| parameter(param, &mut cx)).collect();
    let clauses = decl
        .clauses
        .iter()
        .map(|clause| RuleClause { kind: cx.rule_clause(&clause.kind), span: clause.span });
    let clauses = clauses.collect();
    Some(Rule {
        name: name(&decl.name),
        module: pending.module,
        contract,
        docs: docs(pending.doc),
        params,
        clauses,
        locals: cx.finish(),
    })
}

fn which_contract(span: Span, count: usize) -> Diagnostic {
    let message = match count {
        0 => "this rule speaks of a contract, and there is none in this module".to_owned(),
        n => format!("this rule speaks of one contract, and this module has {n}"),
    };
    Diagnostic::new(codes::RULE_CONTRACT, span, message)
        .help("move the rule into the contract that it speaks of")
}

impl Cx<'_, '_> {
    fn rule_clause(&mut self, kind: &ast::RuleClauseKind) -> RuleClauseKind {
        use ast::RuleClauseKind as Ast;
        match kind {
            Ast::Assume(cond) => RuleClauseKind::Assume(self.expr(cond)),
            Ast::Never(cond) => RuleClauseKind::Never(self.expr(cond)),
            Ast::Sequence { steps, without } => {
                let found: Vec<_> = steps.iter().map(|step| self.rule_call(step)).collect();
                let without = without.as_ref().map(|guard| self.rule_call(guard));
                let all: Option<Vec<_>> = found.into_iter().collect();
                match (all, without) {
                    (Some(steps), None) => RuleClauseKind::Sequence { steps, without: None },
                    (Some(steps), Some(Some(guard))) => {
                        RuleClauseKind::Sequence { steps, without: Some(guard) }
                    }
                    _ => RuleClauseKind::Error,
                }
            }
            Ast::Only { functions, access, target } => self.only(functions, *access, target),
            Ast::Flow { source, sink, without } => {
                let (source, sink) = (self.expr(source), self.expr(sink));
                let without = without.as_ref().map(|guard| self.rule_call(guard));
                match without {
                    Some(None) => RuleClauseKind::Error,
                    without => RuleClauseKind::Flow { source, sink, without: without.flatten() },
                }
            }
        }
    }

    /// `self.f(a, ..)`
    fn rule_call(&mut self, expr: &ast::Expr) -> Option<RuleCall> {
        let (plain, open) = without_rest(expr);
        let ast::ExprKind::Call(call) = &plain.kind else {
            self.rule_shape(expr, "a call of the contract, as in `self.close(..)`,");
            return None;
        };
        let function = self.rule_function(&call.callee)?;
        let args = self.args(&call.args);
        Some(RuleCall { function, args, open, span: expr.span })
    }

    /// The function that `self.f` names.
    fn rule_function(&mut self, callee: &ast::Expr) -> Option<FnId> {
        match &callee.kind {
            ast::ExprKind::Field(field) if matches!(field.base.kind, ast::ExprKind::SelfValue) => {
                self.own_function(&field.name)
            }
            _ => {
                self.rule_shape(callee, "a function of the contract, as in `self.close`,");
                None
            }
        }
    }

    fn rule_shape(&mut self, expr: &ast::Expr, wanted: &str) {
        if !matches!(expr.kind, ast::ExprKind::Invalid) {
            let message = format!("{wanted} is needed here");
            self.d.push(Diagnostic::new(codes::RULE_SHAPE, expr.span, message));
        }
    }

    /// `only f, g write self.x`
    fn only(
        &mut self,
        functions: &[ast::Path],
        access: ast::RuleAccess,
        target: &ast::Expr,
    ) -> RuleClauseKind {
        let found: Vec<Option<FnId>> = functions
            .iter()
            .map(|path| {
                let Some(ident) = path.as_single() else {
                    let message = "a function of the contract is written as its name alone here";
                    self.d.push(Diagnostic::new(codes::RULE_SHAPE, path.span, message));
                    return None;
                };
                self.own_function(ident)
            })
            .collect();
        let access = match access {
            ast::RuleAccess::Read | ast::RuleAccess::Write => Some(RuleAccess::Place {
                write: access == ast::RuleAccess::Write,
                place: self.expr(target),
            }),
            ast::RuleAccess::Call => {
                self.rule_function(target).map(|id| RuleAccess::Known(Access::Call(id)))
            }
            ast::RuleAccess::Emit => self.emitted(target),
        };
        match (found.into_iter().collect(), access) {
            (Some(functions), Some(access)) => RuleClauseKind::Only { functions, access },
            _ => RuleClauseKind::Error,
        }
    }

    fn emitted(&mut self, target: &ast::Expr) -> Option<RuleAccess> {
        if let ast::ExprKind::Name { name: ident, .. } = &target.kind
            && let Some(Def::Event(id)) = self.find(ident.as_str()).map(|entry| entry.def.clone())
        {
            return Some(RuleAccess::Known(Access::Emit(id)));
        }
        self.rule_shape(target, "an event");
        None
    }
}
