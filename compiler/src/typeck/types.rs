//! Types as written, made types.
//!
//! Holds always: what is not executed yet, or not allowed in its place, is reported here, once, where
//! it is written; the type is still known afterwards.

use deed_base::{Diagnostic, Span, catalogue as codes};

use super::cx::{Cx, Mode};
use super::errors::{not_yet, spec_only};
use super::eval::{Stop, eval};
use super::infer::Kind;
use crate::hir::{Type, TypeKind};
use crate::ty::Ty;
use crate::value::Value;

/// Where a type is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Site {
    /// A field of the state.
    State,
    /// A map's key.
    Key,
    /// A map's value.
    Entry,
    /// A parameter, result, variable, constant, or field of an error or event.
    Data,
    /// The domain of a quantifier.
    Spec,
}

impl Cx<'_> {
    /// The type that is meant, which may stand at `site`.
    pub(super) fn ty(&mut self, ty: &Type, site: Site) -> Ty {
        let span = ty.span;
        match &ty.kind {
            TypeKind::Known(known) => self.known(known, site, span),
            TypeKind::Map { key, value, default } => {
                self.map(key, value, default.as_deref(), site, span)
            }
            TypeKind::Set(of) => Ty::Set(Box::new(self.later(of, "a `Set`", site, span))),
            TypeKind::Vec(of) => Ty::Vec(Box::new(self.later(of, "a `Vec`", site, span))),
            TypeKind::Option(of) => Ty::option(self.ty(of, Site::Data)),
            TypeKind::Result(ok, err) => {
                let (ok, err) = (self.ty(ok, Site::Data), self.ty(err, Site::Data));
                Ty::Result(Box::new(ok), Box::new(err))
            }
            TypeKind::Tuple(parts) => {
                Ty::Tuple(parts.iter().map(|part| self.ty(part, Site::Data)).collect())
            }
            TypeKind::Array(element, _) => {
                self.later(element, "an array", site, span);
                Ty::Error
            }
            TypeKind::Struct(..) | TypeKind::Enum(..) | TypeKind::Fn { .. } => {
                self.d.push(not_yet(span, "this type"));
                Ty::Error
            }
            TypeKind::Info(asset) => match self.items.infos.get(asset) {
                Some(info) => Ty::Struct(*info, Vec::new()),
                None => Ty::Error,
            },
            TypeKind::Table(row) => Ty::Table(Box::new(self.ty(row, Site::Data))),
            TypeKind::Infer if site == Site::Data => self.infer.fresh(Kind::Any, span),
            TypeKind::Infer | TypeKind::Error => Ty::Error,
        }
    }

    fn later(&mut self, of: &Type, what: &str, site: Site, span: Span) -> Ty {
        if site == Site::Key {
            self.not_allowed(what, "the key of a map", span);
        } else {
            self.d.push(not_yet(span, what));
        }
        self.ty(of, Site::Data)
    }

    fn known(&mut self, ty: &Ty, site: Site, span: Span) -> Ty {
        match ty {
            Ty::String | Ty::Bytes | Ty::Hash | Ty::Duration | Ty::Date => {
                self.d.push(not_yet(span, &format!("the type `{}`", self.items.show(ty))));
            }
            Ty::SpecInt if site != Site::Spec => {
                self.d.push(spec_only("the unbounded `int`", span));
                return Ty::Error;
            }
            Ty::Unit if matches!(site, Site::State | Site::Key | Site::Entry) => {
                self.not_allowed("the unit type", "state", span);
            }
            _ => {}
        }
        ty.clone()
    }

    fn not_allowed(&mut self, what: &str, place: &str, span: Span) {
        let message = format!("{what} cannot be {place}");
        self.d.push(Diagnostic::new(codes::TYPE_NOT_ALLOWED, span, message));
    }

    fn map(
        &mut self,
        key: &Type,
        value: &Type,
        default: Option<&crate::hir::Expr>,
        site: Site,
        span: Span,
    ) -> Ty {
        match site {
            Site::State | Site::Entry => {}
            Site::Key => self.not_allowed("a map", "the key of a map", span),
            Site::Data | Site::Spec => self.d.push(not_yet(span, "a `Map` outside state")),
        }
        let key = self.ty(key, Site::Key);
        let value = self.ty(value, Site::Entry);
        let default = default.and_then(|default| self.map_default(default, &value));
        Ty::map(key, value, default)
    }

    fn map_default(&mut self, default: &crate::hir::Expr, value: &Ty) -> Option<Value> {
        if value.is_collection() {
            let message = "an absent inner map is empty already; `default` is for its values";
            self.d.push(Diagnostic::new(codes::TYPE_NOT_ALLOWED, default.span, message));
            return None;
        }
        self.constant(default, value)
    }

    /// The value of a constant expression of a type.
    pub(super) fn constant(&mut self, expr: &crate::hir::Expr, ty: &Ty) -> Option<Value> {
        let mut typed = self.with_mode(Mode::Constant, |cx| cx.check(expr, ty));
        self.settle_expr(&mut typed);
        match eval(&typed, &self.items.constants) {
            Ok(value) => Some(value),
            Err(Stop::Said) => None,
            Err(Stop::Because(diagnostic)) => {
                self.d.push(*diagnostic);
                None
            }
        }
    }
}
