//! Arguments: positional before named, in the order of the parameters.

use std::borrow::Cow;

use deed_base::Span;

use super::cx::{Cx, error_expr};
use super::errors;
use crate::hir;
use crate::thir::{Expr, Name, ParamMode, Substitution, Throw};
use crate::ty::Ty;

/// What arguments are given to.
pub(super) struct Callee<'i> {
    /// As a message says it: "`transfer`".
    pub(super) what: String,
    pub(super) declared: Span,
    pub(super) params: Vec<Param<'i>>,
}

/// A parameter, or a field of what is made.
#[derive(Clone)]
pub(super) struct Param<'i> {
    pub(super) name: &'i Name,
    pub(super) mode: ParamMode,
    pub(super) ty: Cow<'i, Ty>,
}

impl<'i> Param<'i> {
    /// What takes a plain value.
    pub(super) fn plain(name: &'i Name, ty: &'i Ty) -> Self {
        Param { name, mode: ParamMode::View, ty: Cow::Borrowed(ty) }
    }

    /// A part of a generic type, with types for its parameters.
    pub(super) fn of(name: &'i Name, ty: &'i Ty, with: &Substitution) -> Self {
        match with.is_empty() {
            true => Param::plain(name, ty),
            false => Param { name, mode: ParamMode::View, ty: Cow::Owned(ty.substitute(with)) },
        }
    }
}

impl Cx<'_> {
    /// The arguments in the order of the parameters, one for each.
    pub(super) fn args(&mut self, args: &[hir::Arg], callee: &Callee<'_>, span: Span) -> Vec<Expr> {
        let mut given: Vec<Option<Expr>> = callee.params.iter().map(|_| None).collect();
        let mut named = false;
        let mut surplus = 0;
        // Closures come last: the other arguments tell the types of their parameters.
        let mut functions: Vec<(usize, &hir::Arg)> = Vec::new();
        for (index, arg) in args.iter().enumerate() {
            let position = match &arg.name {
                // The parser has said that it stands behind named ones.
                None if named => None,
                None if index < callee.params.len() => Some(index),
                None => {
                    surplus += 1;
                    None
                }
                Some(name) => {
                    named = true;
                    self.named(name, callee, &given)
                }
            };
            let Some(position) = position else {
                let typed = self.muted(|cx| cx.expr(&arg.value, None));
                self.infer.poison(&typed.ty);
                continue;
            };
            if let Ty::Fn(_) = *callee.params[position].ty {
                functions.push((position, arg));
                given[position] = Some(error_expr(arg.span));
                continue;
            }
            let value = self.argument(arg, &callee.params[position], callee);
            given[position] = Some(value);
        }
        for (position, arg) in functions {
            if let Ty::Fn(want) = &*callee.params[position].ty {
                given[position] = Some(self.function_value(&arg.value, want));
            }
        }
        self.count(args, callee, &given, surplus, span);
        given.into_iter().map(|value| value.unwrap_or_else(|| error_expr(span))).collect()
    }

    /// The parameter of a name, if there is one that is still free.
    fn named(&mut self, name: &Name, callee: &Callee<'_>, given: &[Option<Expr>]) -> Option<usize> {
        let position = callee.params.iter().position(|param| param.name.text == name.text);
        let message = match position {
            None => format!("{} has no parameter `{}`", callee.what, name.text),
            Some(position) if given[position].is_some() => {
                format!("`{}` is given twice", name.text)
            }
            Some(_) => return position,
        };
        let names: Vec<String> =
            callee.params.iter().map(|param| format!("`{}`", param.name.text)).collect();
        let diagnostic = errors::arguments(message, name.span, callee.declared);
        self.d.push(match names.is_empty() {
            true => diagnostic,
            false => diagnostic.help(format!("it takes {}", names.join(", "))),
        });
        None
    }

    /// Reports arguments that are too many or too few.
    fn count(
        &mut self,
        args: &[hir::Arg],
        callee: &Callee<'_>,
        given: &[Option<Expr>],
        surplus: usize,
        span: Span,
    ) {
        if surplus > 0 {
            let takes = match callee.params.len() {
                0 => "no arguments".to_owned(),
                1 => "1 argument".to_owned(),
                n => format!("{n} arguments"),
            };
            let message = format!("{} takes {takes}, and {} are given", callee.what, args.len());
            self.d.push(errors::arguments(message, span, callee.declared));
            return;
        }
        // A mistake in a name has been reported; what it leaves open need not be.
        if args.len() > given.iter().flatten().count() {
            return;
        }
        let missing = callee.params.iter().zip(given).filter(|(_, value)| value.is_none());
        let missing: Vec<String> = missing
            .map(|(Param { name, ty, .. }, _)| {
                format!("`{}: {}`", name.text, self.items.show(&self.infer.settle(ty)))
            })
            .collect();
        if !missing.is_empty() {
            let message = format!("{} also needs {}", callee.what, missing.join(", "));
            self.d.push(errors::arguments(message, span, callee.declared));
        }
    }

    pub(super) fn throw(&mut self, throw: &hir::Throw) -> Throw {
        let items = self.items;
        let def = &items.errors[throw.error];
        let callee = Callee {
            what: format!("error `{}`", def.name.text),
            declared: def.name.span,
            params: def.fields.iter().map(|f| Param::plain(&f.name, &f.ty)).collect(),
        };
        let args = self.args(&throw.args, &callee, throw.span);
        Throw { error: throw.error, args, span: throw.span }
    }

    pub(super) fn event_args(
        &mut self,
        event: crate::arena::EventId,
        args: &[hir::Arg],
        span: Span,
    ) -> Vec<Expr> {
        let items = self.items;
        let def = &items.events[event];
        let callee = Callee {
            what: format!("event `{}`", def.name.text),
            declared: def.name.span,
            params: def.fields.iter().map(|f| Param::plain(&f.name, &f.ty)).collect(),
        };
        self.args(args, &callee, span)
    }
}
