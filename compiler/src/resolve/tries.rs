//! Names in calls of other contracts, and in `try`.

use deed_base::{Diagnostic, Span, catalogue as codes};
use deed_syntax::ast::{self, CallOptionKind, Ident, PatternKind};

use super::body::Cx;
use super::errors::wrong_kind;
use super::interfaces::{Errors, errors_of};
use super::items::name;
use super::scope::Def;
use crate::arena::{ContractId, ErrorSetId, LocalId};
use crate::hir::{CallOption, Catch, CatchField, CatchKind, Expr, ExprKind, External, Try};
use crate::ty::Ty;

impl Cx<'_, '_> {
    /// The interface or contract that an expression before a dot names.
    pub(super) fn contract_type(&self, base: &ast::Expr) -> Option<Ty> {
        let ast::ExprKind::Name { name: ident, .. } = &base.kind else { return None };
        if self.local(ident.as_str()).is_some() {
            return None;
        }
        match self.find(ident.as_str()).map(|entry| &entry.def) {
            Some(Def::Interface(id)) => Some(Ty::Interface(*id)),
            Some(Def::Contract(id)) => Some(Ty::Contract(*id)),
            _ => None,
        }
    }

    /// `Bank.at(address)`
    pub(super) fn contract_member(
        &mut self,
        of: Ty,
        base: &ast::Expr,
        member: &Ident,
        args: &[ast::Arg],
    ) -> ExprKind {
        let args = self.args(args);
        if member.as_str() == "at" {
            return external(External::At { of, args });
        }
        if !member.is_missing() {
            let of = ident_of(base);
            let message = format!("`{of}` is a type: only `{of}.at(address)` stands behind it");
            let diagnostic = Diagnostic::new(codes::WRONG_KIND, member.span, message);
            self.d.push(
                diagnostic.label("not a value").help(format!(
                    "name the contract that is meant: `{of}.at(address).{member}(..)`"
                )),
            );
        }
        ExprKind::Error
    }

    /// A call with suffixes.
    pub(super) fn with_options(
        &mut self,
        call: &ast::Call,
        kind: ExprKind,
        span: Span,
    ) -> ExprKind {
        let options = self.call_options(&call.options);
        if options.is_empty() || matches!(kind, ExprKind::Error) {
            return kind;
        }
        external(External::Call { call: Expr { kind, span }, options })
    }

    /// The suffixes of a call but for `from`, which is a part of tests.
    fn call_options(&mut self, options: &[ast::CallOption]) -> Vec<CallOption> {
        let option = |option: &ast::CallOption| CallOption {
            kind: option.kind,
            value: self.expr(&option.value),
            span: option.span,
        };
        let here = options.iter().filter(|option| option.kind != CallOptionKind::From);
        here.map(option).collect()
    }

    /// `deploy C(args) salt s`
    pub(super) fn deploy(&mut self, call: &ast::Call) -> ExprKind {
        let args = self.args(&call.args);
        let options = self.call_options(&call.options);
        match self.deployed(&call.callee) {
            Some(contract) => external(External::Deploy { contract, args, options }),
            None => ExprKind::Error,
        }
    }

    fn deployed(&mut self, callee: &ast::Expr) -> Option<ContractId> {
        let short = self.by_path(callee);
        let callee = short.as_ref().unwrap_or(callee);
        if let ast::ExprKind::Invalid = callee.kind {
            return None;
        }
        let ast::ExprKind::Name { name: ident, .. } = &callee.kind else {
            let ident = Ident::new("this", callee.span);
            self.d.push(wrong_kind(&ident, "an expression", "a contract, as in `deploy Token()`,"));
            return None;
        };
        match self.find(ident.as_str()).map(|entry| entry.def.clone()) {
            Some(Def::Contract(id)) => return Some(id),
            Some(Def::NotYet) => {}
            Some(def) => self.d.push(wrong_kind(ident, def.noun(), "a contract")),
            None => self.unknown_value(ident, "contract"),
        }
        None
    }

    pub(super) fn attempt(&mut self, attempt: &ast::TryExpr) -> ExprKind {
        let body = self.block(&attempt.body);
        let catches = attempt.catches.iter().map(|catch| self.catch(catch)).collect();
        ExprKind::Try(Box::new(Try { body, catches }))
    }

    fn catch(&mut self, catch: &ast::Catch) -> Catch {
        self.scoped(|cx| {
            let kind = cx.catch_kind(&catch.pattern);
            Catch { kind, body: cx.block(&catch.body), span: catch.pattern.span }
        })
    }

    fn catch_kind(&mut self, pattern: &ast::Pattern) -> CatchKind {
        match &pattern.kind {
            PatternKind::Wildcard => CatchKind::Any(None),
            PatternKind::Name(ident) => match self.find(ident.as_str()).map(|e| e.def.clone()) {
                Some(Def::Error(error)) => CatchKind::Error { error, fields: vec![], rest: true },
                Some(Def::ErrorSet(set)) => self.caught_set(set),
                Some(Def::NotYet) => CatchKind::Invalid,
                _ => CatchKind::Any(Some(self.declare(ident, false, false))),
            },
            PatternKind::Path(path) => self.caught(path, None),
            PatternKind::Call { path, args } => self.caught(path, Some(args)),
            _ => {
                self.d.push(bad_catch(pattern.span));
                self.binders_of(pattern);
                CatchKind::Invalid
            }
        }
    }

    /// `E(a, b)`; without parentheses the fields do not matter.
    fn caught(&mut self, path: &ast::Path, args: Option<&Vec<ast::PatternArg>>) -> CatchKind {
        let path = ast::ErrorPath { path: path.clone(), all: false };
        let found = errors_of(self.tables, self.from(), &path, self.d);
        let mut rest = args.is_none();
        let mut fields = Vec::new();
        for arg in args.into_iter().flatten() {
            match &arg.pattern.kind {
                PatternKind::Rest(None) => rest = true,
                _ => fields.push(self.catch_field(arg)),
            }
        }
        match found {
            Errors::Known(errors) => match errors[..] {
                [error] => CatchKind::Error { error, fields, rest },
                _ => CatchKind::Invalid,
            },
            Errors::Set(_) if !fields.is_empty() => {
                self.d.push(fields_of_set(path.path.span));
                CatchKind::Invalid
            }
            Errors::Set(set) => self.caught_set(set),
        }
    }

    fn caught_set(&self, set: ErrorSetId) -> CatchKind {
        CatchKind::Errors(self.tables.sets[set].clone().unwrap_or_default())
    }

    fn catch_field(&mut self, arg: &ast::PatternArg) -> CatchField {
        let local: Option<LocalId> = match &arg.pattern.kind {
            PatternKind::Name(ident) => Some(self.declare(ident, false, false)),
            PatternKind::Wildcard => None,
            _ => {
                self.d.push(bad_catch(arg.pattern.span));
                self.binders_of(&arg.pattern);
                None
            }
        };
        CatchField { name: arg.name.as_ref().map(name), local, span: arg.pattern.span }
    }
}

pub(super) fn external(external: External) -> ExprKind {
    ExprKind::External(Box::new(external))
}

fn ident_of(base: &ast::Expr) -> &str {
    match &base.kind {
        ast::ExprKind::Name { name, .. } => name.as_str(),
        _ => "this",
    }
}

fn fields_of_set(span: Span) -> Diagnostic {
    let message = "the errors of a set have no fields in common";
    Diagnostic::new(codes::CATCH_PATTERN, span, message)
        .label("a set of errors")
        .help("write the set alone, or catch the errors one by one")
}

fn bad_catch(span: Span) -> Diagnostic {
    let message = "a `catch` names an error and variables for its fields, or a variable";
    Diagnostic::new(codes::CATCH_PATTERN, span, message)
        .label("cannot be caught by this")
        .help("write `catch NotFound(id) { .. }`, or `catch failure { .. }` for every failure")
}
