//! Types as written, made types.
//!
//! Holds always: what is not executed yet, or not allowed in its place, is reported here, once, where
//! it is written; the type is still known afterwards.

use deed_base::{Diagnostic, Span, catalogue as codes};

use super::constants::unsettled;
use super::cx::{Cx, Mode};
use super::errors::spec_only;
use super::eval::{Stop, eval};
use super::infer::Kind;
use super::items::Items;
use crate::arena::{ConstId, TypeParamId};
use crate::hir::{Type, TypeKind};
use crate::thir::{ParamMode, substitution};
use crate::ty::{FnTy, Ty};
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
    /// A parameter, which may be a function.
    Param,
    /// What functions and methods belong to; what is not written of it is inferred.
    Receiver,
    /// A result, variable, constant, or field of an error or event.
    Data,
    /// The domain of a quantifier.
    Spec,
}

impl Site {
    /// Where the parts of a type are written that stands here.
    fn inner(self, of: Site) -> Site {
        match self {
            Site::Receiver => Site::Receiver,
            Site::Spec => Site::Spec,
            _ => of,
        }
    }
}

impl Cx<'_> {
    /// The type that is meant, which may stand at `site`.
    pub(super) fn ty(&mut self, ty: &Type, site: Site) -> Ty {
        let span = ty.span;
        match &ty.kind {
            TypeKind::Known(known) => self.known_ty(known, site, span),
            TypeKind::Map { key, value, default } => {
                self.map(key, value, default.as_deref(), site, span)
            }
            TypeKind::Set(of) => {
                self.no_key("a set", site, span);
                Ty::Set(Box::new(self.ty(of, site.inner(Site::Key))))
            }
            TypeKind::Vec(of) => {
                self.no_key("a `Vec`", site, span);
                Ty::Vec(Box::new(self.ty(of, site.inner(Site::Data))))
            }
            TypeKind::Option(of) => Ty::option(self.ty(of, site.inner(Site::Data))),
            TypeKind::Result(ok, err) => {
                let inner = site.inner(Site::Data);
                Ty::Result(Box::new(self.ty(ok, inner)), Box::new(self.ty(err, inner)))
            }
            TypeKind::Tuple(parts) => Ty::Tuple(self.types(parts, site)),
            TypeKind::Array(element, len) => {
                let of = self.ty(element, site.inner(Site::Data));
                match self.length(len) {
                    Some(len) => Ty::Array(Box::new(of), Box::new(len)),
                    None => Ty::Error,
                }
            }
            TypeKind::Number(value) => self.const_value(value).map_or(Ty::Error, Ty::Number),
            TypeKind::Struct(id, args) => {
                let params = &self.items.hir.structs[*id].type_params;
                let args = self.item_args(params, args, site);
                self.oblige_args(params, &args, span);
                Ty::Struct(*id, args)
            }
            TypeKind::Enum(id, args) => {
                let params = &self.items.hir.enums[*id].type_params;
                let args = self.item_args(params, args, site);
                self.oblige_args(params, &args, span);
                Ty::Enum(*id, args)
            }
            TypeKind::Fn { params, result } => {
                self.function_type(params, result.as_deref(), site, span)
            }
            TypeKind::Info(asset) => match self.items.infos.get(asset) {
                Some(info) => Ty::Struct(*info, Vec::new()),
                None => Ty::Error,
            },
            TypeKind::Table(row) => {
                if site != Site::State {
                    self.not_allowed("a table", "anything but a field of the state", span);
                }
                let ty = self.ty(row, Site::Data);
                self.table_row(&ty, row.span);
                Ty::Table(Box::new(ty))
            }
            TypeKind::Record(of) => self.items.record(*of),
            TypeKind::Infer if matches!(site, Site::Data | Site::Receiver) => {
                self.infer.fresh(Kind::Any, span)
            }
            TypeKind::Infer | TypeKind::Error => Ty::Error,
        }
    }

    fn item_args(&mut self, params: &[TypeParamId], args: &[Type], site: Site) -> Vec<Ty> {
        let args = params.iter().zip(args);
        args.map(|(param, arg)| self.item_arg(*param, arg, site.inner(Site::Data))).collect()
    }

    fn types(&mut self, types: &[Type], site: Site) -> Vec<Ty> {
        types.iter().map(|ty| self.ty(ty, site.inner(Site::Data))).collect()
    }

    /// What the parameters of a type ask of its arguments.
    fn oblige_args(&mut self, params: &[TypeParamId], args: &[Ty], span: Span) {
        let with = substitution(params, args);
        self.oblige(params, &with, span);
    }

    fn function_type(
        &mut self,
        params: &[(ParamMode, Type)],
        result: Option<&Type>,
        site: Site,
        span: Span,
    ) -> Ty {
        if site != Site::Param {
            let message = "a function is no value: only a parameter may have its type";
            let diagnostic = Diagnostic::new(codes::TYPE_NOT_ALLOWED, span, message);
            self.d.push(diagnostic.help("take it as a parameter, as in `f: fn(u64) -> bool`"));
            return Ty::Error;
        }
        let params = params.iter().map(|(mode, ty)| (*mode, self.ty(ty, Site::Data))).collect();
        let result = result.map_or(Ty::Unit, |ty| self.ty(ty, Site::Data));
        Ty::Fn(Box::new(FnTy { params, result }))
    }

    fn no_key(&mut self, what: &str, site: Site, span: Span) {
        if site == Site::Key {
            self.not_allowed(what, "the key of a map or the element of a set", span);
        }
    }

    fn known_ty(&mut self, ty: &Ty, site: Site, span: Span) -> Ty {
        match ty {
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
        self.no_key("a map", site, span);
        let key = self.ty(key, site.inner(Site::Key));
        let value = self.ty(value, site.inner(Site::Entry));
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
        let value = self.try_constant(expr, ty);
        self.known(value, expr)
    }

    /// The value of a constant expression of a type, or why there is none.
    pub(super) fn try_constant(&mut self, expr: &crate::hir::Expr, ty: &Ty) -> Result<Value, Stop> {
        let mut typed = self.with_mode(Mode::Constant, |cx| cx.check(expr, ty));
        self.settle_expr(&mut typed);
        eval(&typed, self.items)
    }

    /// Reports why there is no value, or notes that there is none yet.
    pub(super) fn known(
        &mut self,
        value: Result<Value, Stop>,
        expr: &crate::hir::Expr,
    ) -> Option<Value> {
        let open = match value {
            Ok(value) => return Some(value),
            Err(Stop::Because(diagnostic)) => {
                self.d.push(*diagnostic);
                return None;
            }
            // A constant that has no type yet made no message.
            Err(Stop::Said) => unsettled(expr, self.items)?,
            Err(Stop::Waits(id)) => id,
        };
        self.items.pending.borrow_mut().push(waits(open, expr.span, self.items));
        None
    }
}

/// A constant whose value is needed before it can be computed.
fn waits(id: ConstId, span: Span, items: &Items<'_>) -> Diagnostic {
    let name = &items.hir.constants[id].name;
    let message = format!("the value of `{}` is needed here before it can be computed", name.text);
    let diagnostic = Diagnostic::new(codes::NOT_CONST, span, message);
    let diagnostic = diagnostic.also(name.span, "what this calls needs the type here");
    diagnostic.help("give the constant a value without calls")
}
