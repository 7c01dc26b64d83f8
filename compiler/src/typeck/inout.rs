//! Arguments that the callee may change: `f(inout place)`.
//!
//! Holds always: `inout` stands at a call exactly where the parameter says so, and before a place
//! that may be written.

use deed_base::{Diagnostic, Span, catalogue as codes};

use super::args::{Callee, Param};
use super::cx::{Cx, error_expr};
use crate::arena::LocalId;
use crate::hir;
use crate::thir::{Expr, ExprKind, ParamMode, Place, PlaceBase};
use crate::ty::Ty;

impl Cx<'_> {
    /// The argument of a parameter, lent if the parameter is `inout`.
    pub(super) fn argument(
        &mut self,
        arg: &hir::Arg,
        param: &Param<'_>,
        callee: &Callee<'_>,
    ) -> Expr {
        let want = &param.ty;
        let lends = param.mode == ParamMode::Inout;
        match (lends, arg.inout) {
            (true, true) => return self.lent(&arg.value, want, arg.span),
            (true, false) => self.d.push(not_repeated(arg.value.span, callee, param)),
            (false, true) => self.d.push(not_lent(arg.span, callee, param)),
            (false, false) => {}
        }
        self.check(&arg.value, want)
    }

    /// `inout place`, of a type.
    pub(super) fn lent(&mut self, place: &hir::Expr, want: &Ty, span: Span) -> Expr {
        let Some(place) = self.place(place) else { return error_expr(span) };
        if !self.may_lend(&place) {
            return error_expr(span);
        }
        let ty = place.ty.clone();
        self.coerce(Expr { kind: ExprKind::Inout(Box::new(place)), ty, span }, want)
    }

    /// Whether the callee may change a place; reports it if not.
    pub(super) fn may_lend(&mut self, place: &Place) -> bool {
        // A collection in state is changed in its place.
        matches!(place.base, PlaceBase::State(_)) || self.assignable(place)
    }

    /// Whether a variable is the caller's place.
    pub(super) fn is_lent(&self, local: LocalId) -> bool {
        self.lent.contains(&local)
    }
}

fn not_repeated(span: Span, callee: &Callee<'_>, param: &Param<'_>) -> Diagnostic {
    let name = param.name;
    let message =
        format!("{} may change `{}`, so this is lent with `inout`", callee.what, name.text);
    Diagnostic::new(codes::INOUT_ARGUMENT, span, message)
        .also(name.span, "declared `inout`")
        .help("write `inout` before the place")
        .fix("add `inout`", span.at_start(), "inout ")
}

fn not_lent(span: Span, callee: &Callee<'_>, param: &Param<'_>) -> Diagnostic {
    let name = param.name;
    let message = format!("{} only reads `{}`, so nothing is lent to it", callee.what, name.text);
    let diagnostic = Diagnostic::new(codes::INOUT_ARGUMENT, span, message);
    diagnostic.also(name.span, "not declared `inout`").help("leave `inout` away")
}
