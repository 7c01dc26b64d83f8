//! `let n = view self.notes[id] else throw E(..)`: a name for what a place holds, without a copy.
//!
//! Holds always: `view` stands only as the value of a `let`; the entry of a map is an `Option` where
//! an `else` says what happens without it.

use deed_base::{Diagnostic, Span, catalogue as codes};

use super::cx::{Cx, error_expr};
use super::errors;
use super::types::Site;
use crate::arena::LocalId;
use crate::hir;
use crate::thir::{Expr, ExprKind, Place, PlaceStep};
use crate::ty::Ty;

impl Cx<'_> {
    /// The value of a `let` that names a place.
    pub(super) fn view_binding(
        &mut self,
        local: LocalId,
        place: &hir::Expr,
        ty: Option<&hir::Type>,
        otherwise: Option<&hir::Expr>,
        span: Span,
    ) -> Expr {
        let want = ty.map(|ty| self.ty(ty, Site::Data));
        let place = self.place(place);
        let otherwise = otherwise.map(|expr| self.leaving(expr));
        let Some(place) = place else { return error_expr(span) };
        if self.locals[local].mutable {
            self.d.push(never_changes(self.locals[local].name.span));
        }
        let of = place.ty.clone();
        let value = match otherwise {
            None => {
                let place = Box::new(place);
                Expr { kind: ExprKind::View { place, found: false }, ty: of, span }
            }
            Some(otherwise) => {
                let Some((value, ty)) = self.found(place, span) else { return error_expr(span) };
                let (value, otherwise) = (Box::new(value), Box::new(otherwise));
                Expr { kind: ExprKind::ElseLeave { value, otherwise }, ty, span }
            }
        };
        match want {
            Some(want) => self.coerce(value, &want),
            None => value,
        }
    }

    /// A place that may hold nothing, as an `Option`; and what it may hold.
    fn found(&mut self, place: Place, span: Span) -> Option<(Expr, Ty)> {
        let of = self.infer.shallow(&place.ty);
        let place = Box::new(place);
        if matches!(place.path.last(), Some(PlaceStep::Key(_))) {
            let kind = ExprKind::View { place, found: true };
            return Some((Expr { kind, ty: Ty::option(of.clone()), span }, of));
        }
        match of.clone() {
            Ty::Option(inner) => {
                let kind = ExprKind::View { place, found: false };
                Some((Expr { kind, ty: of, span }, *inner))
            }
            Ty::Error => None,
            _ => {
                let text = self.show(&of);
                let needs = "the entry of a map or an `Option` before it";
                self.d.push(errors::bad_operand("else", &text, needs, span));
                None
            }
        }
    }

    /// `view` elsewhere than in a `let`.
    pub(super) fn stray_view(&mut self, span: Span) -> Expr {
        let message = "`view` names a place for a variable, and gives no value of its own";
        let diagnostic = Diagnostic::new(codes::STRAY_VIEW, span, message);
        self.d.push(diagnostic.help("write `let n = view ..`, or leave `view` away"));
        error_expr(span)
    }
}

fn never_changes(span: Span) -> Diagnostic {
    let message = "a view only reads, so its variable is declared with `let`";
    Diagnostic::new(codes::STRAY_VIEW, span, message)
        .help("declare it with `let`, or leave `view` away to get a copy")
}
