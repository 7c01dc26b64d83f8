//! Values that are one of several cases, or several values in one: variants, `Option`, `Result`,
//! tuples.
//!
//! Holds always: a variant has one value for each part of its payload, in the order of the
//! declaration; whose variant `.Live` is, its place tells, and nothing else.

use deed_base::{Diagnostic, Span, catalogue as codes};

use super::args::{Callee, Param};
use super::cx::{Cx, error_expr};
use super::errors;
use super::infer::Kind;
use crate::arena::{EnumId, FnId, VariantId};
use crate::hir;
use crate::thir::{Expr, ExprKind, Name};
use crate::ty::Ty;

impl Cx<'_> {
    /// `Status.Pledged(to)`, or `.Pledged(to)` where `want` is the enum.
    pub(super) fn variant(
        &mut self,
        of: Option<EnumId>,
        name: &Name,
        args: Option<&[hir::Arg]>,
        want: Option<&Ty>,
        span: Span,
    ) -> Expr {
        let given = args.unwrap_or_default();
        if let (Some(id), Some(args)) = (of, args)
            && !self.items.variants[id].contains_key(name.text.as_str())
            && let Some(function) = self.enum_function(id, name)
        {
            let params = &self.items.hir.enums[id].type_params;
            let with = self.instantiate(params, span);
            let ty = Ty::Enum(id, Self::type_args(params, &with));
            return self.static_fn(function, &ty, &[], args, span);
        }
        let found = self.enum_meant(of, name, want);
        let Some((id, variant)) = found.and_then(|id| Some((id, self.variant_named(id, name)?)))
        else {
            self.ignored(given);
            return error_expr(span);
        };
        let items = self.items;
        let (def, known) = (&items.enums[id], &items.enums[id].variants[variant]);
        let with = self.instantiate(&def.type_params, span);
        let ty = Ty::Enum(id, Self::type_args(&def.type_params, &with));
        if let Some(want) = want {
            self.infer.unify_same_item(&ty, want);
        }
        let callee = Callee {
            what: format!("`{}.{}`", def.name.text, known.name.text),
            declared: known.name.span,
            params: known.fields.iter().map(|f| Param::of(&f.name, &f.ty, &with)).collect(),
        };
        if args.is_some() && known.fields.is_empty() {
            let message = format!("{} holds nothing, so it stands without `()`", callee.what);
            self.ignored(given);
            self.d.push(errors::arguments(message, span, callee.declared));
            return error_expr(span);
        }
        let values = self.args(given, &callee, span);
        Expr { kind: ExprKind::Variant(variant, values), ty, span }
    }

    /// The function of an enum that is called on no value, if it has one of this name.
    fn enum_function(&mut self, id: EnumId, name: &Name) -> Option<FnId> {
        let args = vec![Ty::Error; self.items.hir.enums[id].type_params.len()];
        let ty = Ty::Enum(id, args);
        self.has_method(&ty, &name.text).then(|| self.find_method(&ty, name, false)).flatten()
    }

    /// The enum that is written, or that the place wants; reports it if there is none.
    pub(super) fn enum_meant(
        &mut self,
        of: Option<EnumId>,
        name: &Name,
        want: Option<&Ty>,
    ) -> Option<EnumId> {
        let wanted = match (of, want.map(|want| self.infer.shallow(want))) {
            (Some(id), _) | (None, Some(Ty::Enum(id, _))) => return Some(id),
            (None, wanted) => wanted,
        };
        match wanted {
            _ if name.text.is_empty() => {}
            Some(Ty::Error) => {}
            None | Some(Ty::Infer(_)) => {
                let message = format!("nothing here says which enum `.{}` belongs to", name.text);
                let diagnostic = Diagnostic::new(codes::UNKNOWN_TYPE, name.span, message);
                self.d.push(diagnostic.help("write the enum before the dot, as in `Status.Live`"));
            }
            Some(other) => {
                let text = self.show(&other);
                let message = format!("{text} is needed here, and `.{}` is a variant", name.text);
                let diagnostic = Diagnostic::new(codes::TYPE_MISMATCH, name.span, message);
                let is_plain = matches!(
                    (&other, name.text.as_str()),
                    (Ty::Option(_), "Some" | "None") | (Ty::Result(..), "Ok" | "Err")
                );
                self.d.push(match is_plain {
                    true => diagnostic.help(format!("write `{}` without the dot", name.text)),
                    false => diagnostic,
                });
            }
        }
        None
    }

    /// The variant of a name; reports it if there is none.
    pub(super) fn variant_named(&mut self, id: EnumId, name: &Name) -> Option<VariantId> {
        let found = self.items.variants[id].get(name.text.as_str()).copied();
        if found.is_none() && !name.text.is_empty() {
            const SHOWN: usize = 8;
            let def = &self.items.hir.enums[id];
            let known = def.variants.values().take(SHOWN);
            let mut known: Vec<String> = known.map(|v| format!("`{}`", v.name.text)).collect();
            if def.variants.len() > SHOWN {
                known.push("others".to_owned());
            }
            let diagnostic = errors::no_member(&format!("`{}`", def.name.text), name);
            self.d.push(diagnostic.help(format!("its variants are {}", known.join(", "))));
        }
        found
    }

    /// `Some(e)`
    pub(super) fn some(&mut self, args: &[hir::Arg], want: Option<&Ty>, span: Span) -> Expr {
        let want = match want.map(|want| self.infer.shallow(want)) {
            Some(Ty::Option(of)) => Some(*of),
            _ => None,
        };
        let Some(value) = self.one("Some", args, want.as_ref(), span) else {
            return error_expr(span);
        };
        let ty = Ty::option(value.ty.clone());
        Expr { kind: ExprKind::Some(Box::new(value)), ty, span }
    }

    /// `Ok(e)`; what an `Err` would hold, its place tells.
    pub(super) fn ok(&mut self, args: &[hir::Arg], want: Option<&Ty>, span: Span) -> Expr {
        let (ok, err) = self.wanted_result(want, span);
        let Some(value) = self.one("Ok", args, ok.as_ref(), span) else {
            self.infer.poison(&err);
            return error_expr(span);
        };
        let ty = Ty::Result(Box::new(value.ty.clone()), Box::new(err));
        Expr { kind: ExprKind::Ok(Box::new(value)), ty, span }
    }

    /// `Err(e)`; what an `Ok` would hold, its place tells.
    pub(super) fn err(&mut self, args: &[hir::Arg], want: Option<&Ty>, span: Span) -> Expr {
        let (ok, err) = match want.map(|want| self.infer.shallow(want)) {
            Some(Ty::Result(ok, err)) => (*ok, Some(*err)),
            _ => (self.infer.fresh(Kind::Any, span), None),
        };
        let Some(value) = self.one("Err", args, err.as_ref(), span) else {
            self.infer.poison(&ok);
            return error_expr(span);
        };
        let ty = Ty::Result(Box::new(ok), Box::new(value.ty.clone()));
        Expr { kind: ExprKind::Err(Box::new(value)), ty, span }
    }

    fn wanted_result(&mut self, want: Option<&Ty>, span: Span) -> (Option<Ty>, Ty) {
        match want.map(|want| self.infer.shallow(want)) {
            Some(Ty::Result(ok, err)) => (Some(*ok), *err),
            _ => (None, self.infer.fresh(Kind::Any, span)),
        }
    }

    /// The one value in `Some(..)`, `Ok(..)` or `Err(..)`.
    fn one(
        &mut self,
        word: &str,
        args: &[hir::Arg],
        want: Option<&Ty>,
        span: Span,
    ) -> Option<Expr> {
        let [hir::Arg { name: None, value, .. }] = args else {
            let message = format!("`{word}(..)` holds one value");
            self.ignored(args);
            self.d.push(Diagnostic::new(codes::WRONG_ARGUMENTS, span, message));
            return None;
        };
        let value = self.expr(value, want);
        Some(match want {
            Some(want) => self.coerce(value, want),
            None => value,
        })
    }

    /// `(a, b)`
    pub(super) fn tuple(&mut self, parts: &[hir::Expr], want: Option<&Ty>, span: Span) -> Expr {
        let wanted = match want.map(|want| self.infer.shallow(want)) {
            Some(Ty::Tuple(wanted)) if wanted.len() == parts.len() => Some(wanted),
            _ => None,
        };
        let mut values = Vec::with_capacity(parts.len());
        for (index, part) in parts.iter().enumerate() {
            values.push(match wanted.as_ref().and_then(|wanted| wanted.get(index)) {
                Some(want) => self.check(part, want),
                None => self.expr(part, None),
            });
        }
        let ty = Ty::Tuple(values.iter().map(|value| value.ty.clone()).collect());
        Expr { kind: ExprKind::Tuple(values), ty, span }
    }

    /// The part of a tuple that `.0` names; reports it if there is none.
    pub(super) fn tuple_part(&mut self, parts: &[Ty], name: &Name) -> Option<(u32, Ty)> {
        let found = name.text.parse::<u32>().ok();
        let found = found.and_then(|part| Some((part, parts.get(part as usize)?.clone())));
        if found.is_none() && !name.text.is_empty() {
            let of = self.show(&Ty::Tuple(parts.to_vec()));
            let last = parts.len().saturating_sub(1);
            let diagnostic = errors::no_member(&of, name);
            self.d.push(diagnostic.help(format!("its parts are `.0` to `.{last}`")));
        }
        found
    }

    /// `e?`: the content, or the function returns the `None` or `Err` that there is.
    pub(super) fn propagate(&mut self, value: &hir::Expr, want: Option<&Ty>, span: Span) -> Expr {
        if self.leaves_closure("`?`", span) {
            self.muted(|cx| cx.expr(value, None));
            return error_expr(span);
        }
        if self.in_spec() {
            self.d.push(errors::not_here("`?`", "a specification does not return", span));
            self.muted(|cx| cx.expr(value, None));
            return error_expr(span);
        }
        let result = self.infer.shallow(&self.result.clone());
        let hint = want.and_then(|want| match &result {
            Ty::Option(_) => Some(Ty::option(want.clone())),
            Ty::Result(_, err) => Some(Ty::Result(Box::new(want.clone()), err.clone())),
            _ => None,
        });
        let value = self.expr(value, hint.as_ref());
        let content = match (self.infer.shallow(&value.ty), &result) {
            (Ty::Error, _) => return error_expr(span),
            (Ty::Option(of), Ty::Option(_) | Ty::Error) => *of,
            (Ty::Result(ok, got), Ty::Result(_, err)) if self.infer.unify(&got, err) => *ok,
            (Ty::Result(ok, _), Ty::Error) => *ok,
            (got @ (Ty::Option(_) | Ty::Result(..)), _) => {
                self.bad_propagation(&got, &result, span);
                return error_expr(span);
            }
            (other, _) => {
                let text = self.show(&other);
                let needs = "an `Option` or `Result` before it";
                self.d.push(errors::bad_operand("?", &text, needs, value.span));
                self.infer.poison(&other);
                return error_expr(span);
            }
        };
        Expr { kind: ExprKind::Propagate(Box::new(value)), ty: content, span }
    }

    fn bad_propagation(&mut self, got: &Ty, result: &Ty, span: Span) {
        let (got_text, result_text) = (self.show(got), self.show(result));
        let gives = match result {
            Ty::Unit => "nothing".to_owned(),
            _ => result_text,
        };
        let message = format!("`?` would return {got_text}, and this function gives {gives}");
        let diagnostic = Diagnostic::new(codes::TYPE_MISMATCH, span, message);
        self.d.push(diagnostic.help("say what happens without a value: `else throw E(..)`"));
        self.infer.poison(got);
    }
}
