//! `try`, as a statement and as a value, and `else` behind a call of another contract.

use deed_base::{Diagnostic, Span, catalogue as codes};

use super::cx::{Cx, error_expr};
use super::errors;
use super::stmts::Last;
use crate::arena::{ErrorId, LocalId};
use crate::hir;
use crate::thir::{Block, Catch, CatchKind, Expr, ExprKind, FailurePart, Name, StmtKind, Try};
use crate::ty::Ty;

impl Cx<'_> {
    /// A `try` whose value is used.
    pub(super) fn try_value(&mut self, attempt: &hir::Try, want: Option<&Ty>, span: Span) -> Expr {
        if self.in_spec() {
            let message = "a specification undoes nothing, so it tries nothing";
            let diagnostic = Diagnostic::new(codes::SPEC_EFFECT, span, message);
            self.d.push(diagnostic.help("say in which case what holds: `c ==> ..`"));
            return error_expr(span);
        }
        let mut ty: Option<Ty> = None;
        let mut body = self.value_block(&attempt.body, want);
        self.join_try(&mut body, &mut ty);
        let mut catches = Vec::new();
        for catch in &attempt.catches {
            let kind = self.catch_kind(catch);
            let hint = ty.clone().or_else(|| want.cloned());
            let mut body = self.value_block(&catch.body, hint.as_ref());
            self.join_try(&mut body, &mut ty);
            catches.extend(kind.map(|kind| Catch { kind, body }));
        }
        let attempt = Try { body, catches };
        let ty = ty.unwrap_or(Ty::Never);
        Expr { kind: ExprKind::Try(Box::new(attempt)), ty, span }
    }

    /// Makes the value of a block be of the type that the blocks before it have.
    fn join_try(&mut self, block: &mut Block, ty: &mut Option<Ty>) {
        if block.ty == Ty::Never {
            return;
        }
        let want = ty.get_or_insert_with(|| block.ty.clone()).clone();
        block.value = block.value.take().map(|value| Box::new(self.coerce(*value, &want)));
    }

    /// A `try` that is run for its effects, and whether control never passes it.
    pub(super) fn try_stmt(&mut self, attempt: &hir::Try, span: Span) -> (Option<StmtKind>, bool) {
        let body = self.block_with(&attempt.body, Last::Statement);
        let mut catches = Vec::new();
        for catch in &attempt.catches {
            let kind = self.catch_kind(catch);
            let body = self.block_with(&catch.body, Last::Statement);
            catches.extend(kind.map(|kind| Catch { kind, body }));
        }
        let blocks = [&body].into_iter().chain(catches.iter().map(|catch| &catch.body));
        let leaves = blocks.into_iter().all(|block| block.ty == Ty::Never);
        let ty = if leaves { Ty::Never } else { Ty::Unit };
        let attempt = Try { body, catches };
        let expr = Expr { kind: ExprKind::Try(Box::new(attempt)), ty, span };
        (Some(StmtKind::Expr(expr)), leaves)
    }

    /// What is caught; nothing where a message has been given.
    fn catch_kind(&mut self, catch: &hir::Catch) -> Option<CatchKind> {
        Some(match &catch.kind {
            hir::CatchKind::Any(local) => {
                if let Some(local) = local {
                    self.locals[*local].ty = Ty::Failure;
                }
                CatchKind::Any(*local)
            }
            hir::CatchKind::Invalid => return None,
            hir::CatchKind::Errors(errors) => CatchKind::Errors(errors.clone()),
            hir::CatchKind::Error { error, fields, rest } => {
                let fields = self.catch_fields(*error, fields, *rest, catch.span);
                CatchKind::Error { error: *error, fields }
            }
        })
    }

    /// The variables of an error's fields, in their order.
    fn catch_fields(
        &mut self,
        error: ErrorId,
        fields: &[hir::CatchField],
        rest: bool,
        span: Span,
    ) -> Vec<Option<LocalId>> {
        let items = self.items;
        let def = &items.errors[error];
        let mut bound = vec![None; def.fields.len()];
        let mut given = vec![false; def.fields.len()];
        for (index, field) in fields.iter().enumerate() {
            let position = match &field.name {
                None => Some(index).filter(|index| *index < def.fields.len()),
                Some(name) => def.fields.iter().position(|field| field.name.text == name.text),
            };
            let Some(position) = position.filter(|position| !given[*position]) else {
                self.d.push(no_field(&def.name, field));
                continue;
            };
            given[position] = true;
            bound[position] = field.local;
            if let Some(local) = field.local {
                self.locals[local].ty = def.fields[position].ty.clone();
            }
        }
        let missing: Vec<String> = def
            .fields
            .iter()
            .zip(&given)
            .filter(|(_, given)| !**given)
            .map(|(field, _)| format!("`{}`", field.name.text))
            .collect();
        if !rest && !missing.is_empty() && fields.len() <= def.fields.len() {
            let message = format!("error `{}` also has {}", def.name.text, missing.join(", "));
            let diagnostic = errors::arguments(message, span, def.name.span);
            self.d.push(diagnostic.help("name it, or write `..` for what does not matter"));
        }
        bound
    }

    /// `call else leave` of a call of another contract: leaves where the call fails, and where it
    /// gives an `Option` or `Result` without content.
    pub(super) fn call_else(&mut self, call: Expr, otherwise: Block) -> Expr {
        let (span, ty) = (call.span, call.ty.clone());
        let unit = ty == Ty::Unit;
        let (stmts, value) = match unit {
            true => (vec![crate::thir::Stmt { kind: StmtKind::Expr(call), span }], None),
            false => (Vec::new(), Some(Box::new(call))),
        };
        let body = Block { stmts, value, ty: ty.clone(), span };
        let catch = Catch { kind: CatchKind::Any(None), body: otherwise };
        let attempt = Try { body, catches: vec![catch] };
        Expr { kind: ExprKind::Try(Box::new(attempt)), ty, span }
    }

    /// A member of a `Failure`.
    pub(super) fn failure_field(&mut self, failure: Expr, name: &Name, span: Span) -> Expr {
        let part = FailurePart::ALL.into_iter().find(|part| part.name() == name.text);
        let Some(part) = part else {
            if !name.text.is_empty() {
                let diagnostic = errors::no_member("a `Failure`", name);
                self.d.push(diagnostic.help("it has `message` and `is_trap`"));
            }
            return error_expr(span);
        };
        let ty = match part {
            FailurePart::Message => Ty::String,
            FailurePart::IsTrap => Ty::Bool,
        };
        Expr { kind: ExprKind::Failure(Box::new(failure), part), ty, span }
    }
}

fn no_field(error: &Name, field: &hir::CatchField) -> Diagnostic {
    let message = match &field.name {
        Some(name) => format!("error `{}` has no field `{}` left", error.text, name.text),
        None => format!("error `{}` has no more fields", error.text),
    };
    Diagnostic::new(codes::WRONG_ARGUMENTS, field.span, message).also(error.span, "declared here")
}
