//! Calls: of functions, of methods on a value's place, of functions of a type, of function values.
//!
//! Holds always: the receiver of a method is its first argument; an `inout` one is a place that may
//! be changed.

use std::borrow::Cow;

use deed_base::{Diagnostic, Span, catalogue as codes};

use super::args::{Callee, Param};
use super::cx::{Cx, error_expr};
use super::errors;
use super::methods::Head;
use super::places::is_place;
use super::types::Site;
use crate::arena::{FnId, LocalId};
use crate::hir;
use crate::thir::{Expr, ExprKind, FnKind, FnOwner, MapOp, Name, ParamMode, Place, Substitution};
use crate::ty::Ty;

/// What stands before the dot of a method.
enum Receiver {
    Place(Place),
    Value(Expr),
}

/// `a.info()`, of the type that the asset derives.
fn info_expr(receiver: Receiver, ty: Ty, span: Span) -> Expr {
    Expr { kind: ExprKind::Info(Box::new(receiver.value())), ty, span }
}

impl Receiver {
    fn value(self) -> Expr {
        match self {
            Receiver::Place(place) => read(place),
            Receiver::Value(value) => value,
        }
    }
}

impl Cx<'_> {
    /// `f(args)`, `self.f(args)`
    pub(super) fn call(
        &mut self,
        function: FnId,
        type_args: &[hir::Type],
        args: &[hir::Arg],
        want: Option<&Ty>,
        span: Span,
    ) -> Expr {
        self.may_call(function, span);
        let callee = &self.items.hir.functions[function];
        if callee.kind == FnKind::Init {
            let message = "`init` runs once, when the contract is made, and cannot be called";
            self.d.push(Diagnostic::new(codes::CALLS_INIT, span, message));
        }
        let with = self.instantiate(&callee.type_params, span);
        self.write_type_args(type_args, &callee.type_params, &with, span);
        self.hint_result(function, &with, want);
        self.call_with(function, &with, None, args, span)
    }

    /// Lets the place of a generic call tell types before the arguments are looked at.
    fn hint_result(&mut self, function: FnId, with: &Substitution, want: Option<&Ty>) {
        let result = &self.items.signatures[function].result;
        if let Some(want) = want.filter(|_| !with.is_empty())
            && Head::of(result) == Head::of(&self.infer.shallow(want))
            && !matches!(result, Ty::Param(_))
        {
            self.infer.unify(&result.substitute(with), want);
        }
    }

    /// `base.name(args)` of a value.
    pub(super) fn method(
        &mut self,
        base: &hir::Expr,
        name: &Name,
        type_args: &[hir::Type],
        args: &[hir::Arg],
        span: Span,
    ) -> Expr {
        let receiver = match is_place(base) {
            true => self.place(base).map(Receiver::Place),
            false => Some(Receiver::Value(self.expr(base, None))),
        };
        let Some(mut receiver) = receiver else {
            self.ignored(args);
            return error_expr(span);
        };
        let ty = self.infer.shallow(match &receiver {
            Receiver::Place(place) => &place.ty,
            Receiver::Value(value) => &value.ty,
        });
        if let (Receiver::Place(map), Ty::Map(of)) = (&receiver, &ty)
            && let Some(op) = MapOp::ALL.into_iter().find(|op| op.name() == name.text)
        {
            return self.map_op(op, map.clone(), of, args, span);
        }
        if let Ty::Interface(_) | Ty::Contract(_) = ty {
            let target = receiver.value();
            return self.contract_method(target, name, args, span);
        }
        if let Some(info) = self.info_of(&ty, name)
            && args.is_empty()
        {
            return info_expr(receiver, info, span);
        }
        match (receiver, &ty) {
            (Receiver::Place(table), Ty::Table(row)) => {
                return self.table_method(table, row, name, args, span);
            }
            (receiver, Ty::Scheduled) => return self.cancel(receiver.value(), name, args, span),
            (other, _) => receiver = other,
        }
        let (receiver, ty) = self.as_vec(receiver, ty, name);
        if matches!(ty, Ty::Error) || name.text.is_empty() {
            self.ignored(args);
            return error_expr(span);
        }
        if let Ty::Infer(_) = ty
            && !self.infer.is_open_int(&ty)
        {
            self.ignored(args);
            self.d.push(untold(name));
            self.infer.poison(&ty);
            return error_expr(span);
        }
        let Some(function) = self.find_method(&ty, name, true) else {
            self.ignored(args);
            self.infer.poison(&ty);
            return error_expr(span);
        };
        self.call_method(function, receiver, &ty, type_args, args, span)
    }

    fn call_method(
        &mut self,
        function: FnId,
        receiver: Receiver,
        ty: &Ty,
        type_args: &[hir::Type],
        args: &[hir::Arg],
        span: Span,
    ) -> Expr {
        let items = self.items;
        let callee = &items.hir.functions[function];
        let (mode, self_ty) = &items.signatures[function].params[0];
        let with = self.instantiate(&callee.type_params, span);
        let own = &callee.type_params[self.owner_params(callee.owner)..];
        self.write_type_args(type_args, own, &with, span);
        self.infer.unify(&self_ty.substitute(&with), ty);
        self.bind_trait_args(callee.owner, ty, &with);
        let first = self.receiver(receiver, *mode, function, span);
        self.call_with(function, &with, Some(first), args, span)
    }

    /// Of a trait's function on a type parameter: the trait's arguments are those of the bound.
    fn bind_trait_args(&mut self, owner: FnOwner, ty: &Ty, with: &Substitution) {
        let (FnOwner::Trait(id), Ty::Param(param)) = (owner, ty) else { return };
        let items = self.items;
        let bound = items.type_params[*param].bounds.iter().find(|bound| bound.id == id);
        let params = &items.hir.traits[id].type_params[1..];
        for (param, arg) in params.iter().zip(bound.iter().flat_map(|bound| &bound.args)) {
            self.infer.unify(&with[param], arg);
        }
    }

    /// How many of a function's type parameters belong to its owner.
    fn owner_params(&self, owner: FnOwner) -> usize {
        let hir = self.items.hir;
        match owner {
            FnOwner::Struct(id) => hir.structs[id].type_params.len(),
            FnOwner::Enum(id) => hir.enums[id].type_params.len(),
            FnOwner::Impl(id) => hir.impls[id].type_params.len(),
            FnOwner::Trait(id) => hir.traits[id].type_params.len(),
            _ => 0,
        }
    }

    /// An array has the methods of a `Vec` that only read.
    fn as_vec(&mut self, receiver: Receiver, ty: Ty, name: &Name) -> (Receiver, Ty) {
        let Ty::Array(of, _) = &ty else { return (receiver, ty) };
        if self.has_method(&ty, &name.text) {
            return (receiver, ty);
        }
        let vec = Ty::Vec(of.clone());
        let value = receiver.value();
        let span = value.span;
        let kind = ExprKind::ArrayToVec(Box::new(value));
        (Receiver::Value(Expr { kind, ty: vec.clone(), span }), vec)
    }

    /// The receiver as the first argument.
    fn receiver(
        &mut self,
        receiver: Receiver,
        mode: ParamMode,
        function: FnId,
        span: Span,
    ) -> Expr {
        match (receiver, mode) {
            (Receiver::Place(place), ParamMode::Inout) => {
                if !self.may_lend(&place) {
                    return error_expr(place.span);
                }
                let (ty, span) = (place.ty.clone(), place.span);
                Expr { kind: ExprKind::Inout(Box::new(place)), ty, span }
            }
            (Receiver::Place(place), _) => read(place),
            (Receiver::Value(value), ParamMode::Inout) => {
                let name = &self.items.hir.functions[function].name.text;
                let (what, help) = match value.kind {
                    ExprKind::ArrayToVec(_) => (
                        format!("`{name}` changes a `Vec`, and this is an array"),
                        "say that it is a `Vec` where it is declared: `var all: Vec<u64> = [1, 2]`",
                    ),
                    _ => (
                        format!("`{name}` changes the value before it, and this is no place"),
                        "put it into a `var` first",
                    ),
                };
                self.d.push(errors::not_assignable(what, value.span).help(help));
                error_expr(span)
            }
            (Receiver::Value(value), _) => value,
        }
    }

    /// `Type.name(args)`: a function of a type.
    pub(super) fn static_call(
        &mut self,
        of: &hir::Type,
        name: &Name,
        type_args: &[hir::Type],
        args: &[hir::Arg],
        want: Option<&Ty>,
        span: Span,
    ) -> Expr {
        let ty = self.ty(of, Site::Receiver);
        if let Some(want) = want
            && Head::of(&ty) == Head::of(&self.infer.shallow(want))
        {
            self.infer.unify(&ty, want);
        }
        if ty.is_error() {
            self.ignored(args);
            return error_expr(span);
        }
        let Some(function) = self.find_method(&ty, name, false) else {
            self.ignored(args);
            self.infer.poison(&ty);
            return error_expr(span);
        };
        self.static_fn(function, &ty, type_args, args, span)
    }

    /// A function of a type that was found.
    pub(super) fn static_fn(
        &mut self,
        function: FnId,
        ty: &Ty,
        type_args: &[hir::Type],
        args: &[hir::Arg],
        span: Span,
    ) -> Expr {
        let items = self.items;
        let callee = &items.hir.functions[function];
        let with = self.instantiate(&callee.type_params, span);
        let own = &callee.type_params[self.owner_params(callee.owner)..];
        self.write_type_args(type_args, own, &with, span);
        let params = |params: &[crate::arena::TypeParamId]| Self::type_args(params, &with);
        let of = match callee.owner {
            FnOwner::Struct(id) => Ty::Struct(id, params(&items.hir.structs[id].type_params)),
            FnOwner::Enum(id) => Ty::Enum(id, params(&items.hir.enums[id].type_params)),
            FnOwner::Impl(id) => items.impls[id].target.substitute(&with),
            FnOwner::Trait(id) => with[&items.hir.traits[id].type_params[0]].clone(),
            _ => ty.clone(),
        };
        self.infer.unify(&of, ty);
        self.bind_trait_args(callee.owner, ty, &with);
        self.call_with(function, &with, None, args, span)
    }

    /// The call, with types for the type parameters; the receiver is there already.
    fn call_with(
        &mut self,
        function: FnId,
        with: &Substitution,
        receiver: Option<Expr>,
        args: &[hir::Arg],
        span: Span,
    ) -> Expr {
        let items = self.items;
        let callee = &items.hir.functions[function];
        let signature = &items.signatures[function];
        let skipped = usize::from(receiver.is_some());
        let params = callee.params.iter().zip(&signature.params).skip(skipped);
        let params = params.map(|(param, (mode, ty))| Param {
            name: &callee.locals[param.local].name,
            mode: *mode,
            ty: match with.is_empty() {
                true => Cow::Borrowed(ty),
                false => Cow::Owned(ty.substitute(with)),
            },
        });
        let described = Callee {
            what: format!("`{}`", callee.name.text),
            declared: callee.name.span,
            params: params.collect(),
        };
        let given = self.args(args, &described, span);
        let args = receiver.into_iter().chain(given).collect();
        let type_args = Self::type_args(&callee.type_params, with);
        let ty = match with.is_empty() {
            true => signature.result.clone(),
            false => signature.result.substitute(with),
        };
        if !with.is_empty() && self.infer.is_huge(&ty) {
            self.d.push(errors::huge(span));
            with.values().for_each(|ty| self.infer.poison(ty));
            return error_expr(span);
        }
        Expr { kind: ExprKind::Call { function, type_args, args }, ty, span }
    }

    /// `f(args)`, where `f` is a variable.
    pub(super) fn call_local(&mut self, local: LocalId, args: &[hir::Arg], span: Span) -> Expr {
        let items = self.items;
        let name = self.locals[local].name.clone();
        let of = match self.infer.shallow(&self.locals[local].ty) {
            Ty::Fn(of) => of,
            other => {
                self.ignored(args);
                if !other.is_error() {
                    let text = items.show(&self.infer.settle(&other));
                    let message =
                        format!("`{}` is `{text}`, and only functions are called", name.text);
                    let diagnostic = Diagnostic::new(codes::TYPE_MISMATCH, span, message);
                    self.d.push(diagnostic.also(name.span, "declared here"));
                    self.infer.poison(&other);
                }
                return error_expr(span);
            }
        };
        let numbered =
            (0..of.params.len()).map(|at| Name { text: at.to_string().into(), span: name.span });
        let numbered: Vec<Name> = numbered.collect();
        let params = numbered.iter().zip(&of.params);
        let described = Callee {
            what: format!("`{}`", name.text),
            declared: name.span,
            params: params
                .map(|(name, (mode, ty))| Param { name, mode: *mode, ty: Cow::Borrowed(ty) })
                .collect(),
        };
        let args = self.args(args, &described, span);
        Expr { kind: ExprKind::CallLocal { function: local, args }, ty: of.result.clone(), span }
    }
}

/// The value of a place.
fn read(place: Place) -> Expr {
    let (ty, span) = (place.ty.clone(), place.span);
    Expr { kind: ExprKind::Read(Box::new(place)), ty, span }
}

fn untold(name: &Name) -> Diagnostic {
    let message = format!("nothing here says of which type `{}` is a method", name.text);
    Diagnostic::new(codes::UNKNOWN_TYPE, name.span, message).help(
        "write the type where the value comes from, as in `let x: Vec<u64> = ..` or `|x: u64|`",
    )
}
