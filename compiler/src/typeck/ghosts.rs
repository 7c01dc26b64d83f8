//! Ghost data: what exists for specifications only.
//!
//! Holds always: a ghost value computes as specifications do, and what runs never depends on it.

use deed_base::{Diagnostic, Span, catalogue as codes};
use deed_syntax::ast::BinaryOp as AstOp;

use super::cx::{Cx, Mode};
use super::ops::scalar_op;
use super::types::Site;
use crate::arena::LocalId;
use crate::hir;
use crate::thir::{Expr, ExprKind, Ghost, Place, PlaceBase, StmtKind};

const GHOSTLY: Mode = Mode::Spec { old: true, result: false };

impl Cx<'_> {
    pub(super) fn is_ghost(&self, place: &Place) -> bool {
        match (place.base, self.contract) {
            (PlaceBase::Local(local), _) => self.locals[local].ghost,
            (PlaceBase::State(field), Some(id)) => self.items.state[id][field].ghost,
            (PlaceBase::State(_), None) => false,
        }
    }

    /// `ghost let x = e`
    pub(super) fn ghost_let(
        &mut self,
        local: LocalId,
        ty: Option<&hir::Type>,
        value: &hir::Expr,
        span: Span,
    ) -> Option<StmtKind> {
        let want = ty.map(|ty| self.ty(ty, Site::Spec));
        let value = self.with_mode(GHOSTLY, |cx| match &want {
            Some(want) => cx.check(value, want),
            None => cx.expr(value, None),
        });
        self.locals[local].ty = value.ty.clone();
        let ty = value.ty.clone();
        let place = Place { base: PlaceBase::Local(local), path: Vec::new(), ty, span };
        Some(StmtKind::Ghost(Box::new(Ghost { place, declares: true, value })))
    }

    /// An assignment to ghost data.
    pub(super) fn ghost_assign(
        &mut self,
        place: Place,
        op: Option<AstOp>,
        value: &hir::Expr,
        span: Span,
    ) -> Option<StmtKind> {
        if let PlaceBase::Local(local) = place.base
            && !self.locals[local].mutable
        {
            let name = &self.locals[local].name;
            let message = format!("`{}` was declared with `ghost let`", name.text);
            let diagnostic = Diagnostic::new(codes::NOT_ASSIGNABLE, place.span, message);
            self.d.push(diagnostic.also(name.span, "declared here").help("write `ghost var`"));
        }
        let ty = place.ty.clone();
        let value = self.with_mode(GHOSTLY, |cx| match op.and_then(scalar_op) {
            None => cx.check(value, &ty),
            Some(op) => {
                let value = cx.expr(value, Some(&ty));
                let kind = ExprKind::Read(Box::new(place.clone()));
                let read = Expr { kind, ty: ty.clone(), span: place.span };
                let sum = cx.combine(op, span, read, value, span);
                cx.coerce_ghost(sum, &ty)
            }
        });
        Some(StmtKind::Ghost(Box::new(Ghost { place, declares: false, value })))
    }

    /// A computed number where ghost data of an integer type is assigned.
    fn coerce_ghost(&mut self, value: Expr, ty: &crate::ty::Ty) -> Expr {
        use crate::ty::Ty;
        if value.ty == Ty::SpecInt && matches!(self.infer.shallow(ty), Ty::Int(_)) {
            let span = value.span;
            return Expr { kind: ExprKind::Cast(Box::new(value)), ty: ty.clone(), span };
        }
        self.coerce(value, ty)
    }
}
