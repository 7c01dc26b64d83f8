//! Function values: closures and names of functions, as arguments for parameters of function type.
//!
//! Holds always: a function value stands nowhere else, so each call of one is known when its callee
//! is compiled.

use deed_base::{Diagnostic, Span, catalogue as codes};

use super::cx::{Cx, Mode, error_expr};
use super::errors;
use super::eval::not_constant;
use super::stmts::Last;
use super::types::Site;
use crate::arena::{FnId, LocalId};
use crate::hir;
use crate::thir::{Block, Expr, ExprKind, Local, Name, ParamMode, Stmt, StmtKind};
use crate::ty::{FnTy, Ty};

impl Cx<'_> {
    /// An argument for a parameter of function type.
    pub(super) fn function_value(&mut self, value: &hir::Expr, want: &FnTy) -> Expr {
        let span = value.span;
        match &value.kind {
            hir::ExprKind::Closure(_) if self.mode == Mode::Constant => {
                self.d.push(not_constant(span));
                error_expr(span)
            }
            hir::ExprKind::Closure(closure) => self.closure(closure, want, span),
            hir::ExprKind::Function { function, type_args } => {
                self.function_name(*function, type_args, want, span)
            }
            hir::ExprKind::Local(local) if self.is_function(*local) => {
                let Some(place) = self.place(value) else { return error_expr(span) };
                let ty = place.ty.clone();
                let read = Expr { kind: ExprKind::Read(Box::new(place)), ty, span };
                self.coerce(read, &Ty::Fn(Box::new(want.clone())))
            }
            hir::ExprKind::Error => error_expr(span),
            _ => {
                let typed = self.expr(value, None);
                if !self.infer.shallow(&typed.ty).is_error() {
                    let message = "a function is needed here: a closure, or the name of one";
                    let diagnostic = Diagnostic::new(codes::TYPE_MISMATCH, span, message);
                    self.d.push(diagnostic.help("write `|x| ..`, with a parameter for each"));
                }
                self.infer.poison(&typed.ty);
                self.infer.poison(&want.result);
                error_expr(span)
            }
        }
    }

    pub(super) fn is_function(&self, local: LocalId) -> bool {
        matches!(self.infer.shallow(&self.locals[local].ty), Ty::Fn(_))
    }

    /// A closure or function where no parameter of function type is.
    pub(super) fn stray_function(&mut self, span: Span) -> Expr {
        let message = "a function is no value: it stands only as an argument";
        let diagnostic = Diagnostic::new(codes::STRAY_FUNCTION_VALUE, span, message);
        self.d
            .push(diagnostic.help("call it here, or give it to a parameter such as `f: fn(u64)`"));
        error_expr(span)
    }

    fn closure(&mut self, closure: &hir::Closure, want: &FnTy, span: Span) -> Expr {
        if closure.params.len() != want.params.len() {
            let takes = match want.params.len() {
                0 => "no parameters".to_owned(),
                1 => "1 parameter".to_owned(),
                n => format!("{n} parameters"),
            };
            let message =
                format!("a function of {takes} is needed, and this has {}", closure.params.len());
            self.d.push(Diagnostic::new(codes::TYPE_MISMATCH, span, message));
            self.muted(|cx| {
                for param in &closure.params {
                    cx.pattern(&param.pattern, &Ty::Error, false);
                }
                cx.inside_closure(closure, |cx| cx.arm(&closure.body, Last::Value(None)))
            });
            self.infer.poison(&want.result);
            return error_expr(span);
        }
        let mut params = Vec::with_capacity(closure.params.len());
        let mut opened = Vec::new();
        for (param, (mode, ty)) in closure.params.iter().zip(&want.params) {
            params.push(self.closure_param(param, *mode, ty, &mut opened));
        }
        if let Some(written) = &closure.result {
            let written = self.ty(written, Site::Data);
            if !self.infer.unify(&written, &want.result) {
                let (got, wanted) = (self.show(&written), self.show(&want.result));
                self.d.push(errors::mismatch(&written, &want.result, &got, &wanted, span));
            }
        }
        let mut body =
            self.inside_closure(closure, |cx| cx.closure_body(&closure.body, &want.result));
        body.stmts.splice(0..0, opened);
        let (captures, body) = (closure.captures.clone(), Box::new(body));
        let kind = ExprKind::Closure { params, captures, body };
        Expr { kind, ty: Ty::Fn(Box::new(want.clone())), span }
    }

    /// A parameter; one that is taken apart gets a variable of its own, and a statement that does so.
    fn closure_param(
        &mut self,
        param: &hir::ClosureParam,
        mode: ParamMode,
        ty: &Ty,
        opened: &mut Vec<Stmt>,
    ) -> crate::thir::Param {
        let span = param.pattern.span;
        if (param.mode == ParamMode::Inout) != (mode == ParamMode::Inout) {
            let message = match mode {
                ParamMode::Inout => "this parameter is `inout`, and must be written so",
                _ => "this parameter is only read, so it is not `inout`",
            };
            self.d.push(Diagnostic::new(codes::INOUT_ARGUMENT, span, message));
        }
        if let Some(written) = &param.ty {
            let written = self.ty(written, Site::Data);
            if !self.infer.unify(&written, ty) {
                let (got, wanted) = (self.show(&written), self.show(ty));
                let at = param.ty.as_ref().map_or(span, |ty| ty.span);
                self.d.push(errors::mismatch(&written, ty, &got, &wanted, at));
            }
        }
        if let hir::PatternKind::Bind(local) = param.pattern.kind {
            self.locals[local].ty = ty.clone();
            if mode == ParamMode::Inout {
                self.lent.push(local);
            }
            return crate::thir::Param { local, mode };
        }
        let name = Name { text: "_".into(), span };
        let local = self.locals.push(Local { name, ty: ty.clone(), mutable: false, ghost: false });
        let pattern = self.pattern(&param.pattern, ty, false);
        let place = crate::thir::Place {
            base: crate::thir::PlaceBase::Local(local),
            path: Vec::new(),
            ty: ty.clone(),
            span,
        };
        let value = Expr { kind: ExprKind::Read(Box::new(place)), ty: ty.clone(), span };
        let pattern = Box::new(pattern);
        opened.push(Stmt { kind: StmtKind::LetPattern { pattern, value, otherwise: None }, span });
        crate::thir::Param { local, mode }
    }

    /// Runs `inside` where nothing around the closure can be left or changed.
    fn inside_closure<R>(
        &mut self,
        closure: &hir::Closure,
        inside: impl FnOnce(&mut Self) -> R,
    ) -> R {
        let loops = std::mem::take(&mut self.loops);
        self.closures.push(closure.first);
        let result = inside(self);
        self.closures.pop();
        self.loops = loops;
        result
    }

    fn closure_body(&mut self, body: &hir::Expr, result: &Ty) -> Block {
        let wanted = self.infer.shallow(result);
        if wanted == Ty::Unit {
            return self.arm(body, Last::Statement);
        }
        self.closure_left = false;
        let mut block = self.arm(body, Last::Value(Some(&wanted)));
        if std::mem::take(&mut self.closure_left) {
            self.infer.poison(&wanted);
        }
        match block.value.take() {
            Some(value) => {
                let value = self.coerce(*value, &wanted);
                if block.ty != Ty::Never {
                    block.ty = value.ty.clone();
                }
                block.value = Some(Box::new(value));
            }
            None if matches!(wanted, Ty::Infer(_)) => _ = self.infer.unify(&wanted, &Ty::Unit),
            None if matches!(block.ty, Ty::Never | Ty::Error) => {}
            None => self.require_value(block.span, "this closure"),
        }
        block
    }

    /// The name of a function where a closure could stand.
    fn function_name(
        &mut self,
        function: FnId,
        type_args: &[hir::Type],
        want: &FnTy,
        span: Span,
    ) -> Expr {
        let items = self.items;
        let callee = &items.hir.functions[function];
        let signature = &items.signatures[function];
        let with = self.instantiate(&callee.type_params, span);
        self.write_type_args(type_args, &callee.type_params, &with, span);
        let params = signature.params.iter();
        let params = params.map(|(mode, ty)| (*mode, ty.substitute(&with))).collect();
        let ty = Ty::Fn(Box::new(FnTy { params, result: signature.result.substitute(&with) }));
        let type_args = Self::type_args(&callee.type_params, &with);
        let expr = Expr { kind: ExprKind::Function { function, type_args }, ty, span };
        self.coerce(expr, &Ty::Fn(Box::new(want.clone())))
    }

    /// Reports `return` or `?` in a closure; whether there is one around.
    pub(super) fn leaves_closure(&mut self, what: &str, span: Span) -> bool {
        if self.closures.is_empty() {
            return false;
        }
        self.closure_left = true;
        let message = format!("{what} would leave the function around this closure");
        let diagnostic = Diagnostic::new(codes::LEAVES_CLOSURE, span, message);
        self.d.push(diagnostic.help("end the closure with its value, or write a loop instead"));
        true
    }
}
