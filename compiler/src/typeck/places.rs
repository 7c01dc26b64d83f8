//! Places: variables, state fields, entries of maps; and what is done to a map in its place.

use deed_base::{Diagnostic, Span, catalogue as codes};

use super::args::{Callee, Param};
use super::cx::{Cx, error_expr};
use super::errors;
use crate::arena::LocalId;
use crate::hir;
use crate::thir::{Expr, ExprKind, MapOp, Name, Place, PlaceBase, PlaceStep};
use crate::ty::{MapTy, Ty};

impl Cx<'_> {
    /// The place that an expression names; `None` if it names none, which was reported.
    pub(super) fn place(&mut self, expr: &hir::Expr) -> Option<Place> {
        let span = expr.span;
        match &expr.kind {
            hir::ExprKind::Local(local) => {
                let ty = self.locals[*local].ty.clone();
                Some(Place { base: PlaceBase::Local(*local), path: Vec::new(), ty, span })
            }
            hir::ExprKind::State(field) => {
                let ty = self.items.state[self.contract?][*field].ty.clone();
                Some(Place { base: PlaceBase::State(*field), path: Vec::new(), ty, span })
            }
            hir::ExprKind::Index { base, index } => self.entry(base, index, span),
            hir::ExprKind::Field { base, name } if is_place(base) => {
                let place = self.place(base)?;
                let (step, ty) = match self.infer.shallow(&place.ty) {
                    Ty::Tuple(parts) => {
                        let (part, ty) = self.tuple_part(&parts, name)?;
                        (PlaceStep::Part(part), ty)
                    }
                    of => {
                        let (id, field, ty) = self.struct_field(&of, name)?;
                        (PlaceStep::Field(id, field), ty)
                    }
                };
                let mut path = place.path;
                path.push(step);
                Some(Place { base: place.base, path, ty, span })
            }
            hir::ExprKind::Error => None,
            // A name of something else; of other expressions the parser has said that they are none.
            _ => {
                let value = self.expr(expr, None);
                if !self.infer.shallow(&value.ty).is_error() {
                    let message = "this is a value, not a place".to_owned();
                    self.d.push(errors::not_assignable(message, span));
                }
                self.infer.poison(&value.ty);
                None
            }
        }
    }

    pub(super) fn no_member(&mut self, ty: &Ty, name: &Name) {
        let ty = self.infer.shallow(ty);
        // Of `1.5` the parser has said that there are no fractions.
        if self.infer.is_open_int(&ty) && name.text.starts_with(|c: char| c.is_ascii_digit()) {
            return self.infer.poison(&ty);
        }
        if !ty.is_error() && !name.text.is_empty() {
            let of = self.show(&ty);
            self.d.push(errors::no_member(&of, name));
        }
    }

    /// `base[index]`
    fn entry(&mut self, base: &hir::Expr, index: &hir::Expr, span: Span) -> Option<Place> {
        let mut place = self.place(base)?;
        let (step, ty) = match self.infer.shallow(&place.ty) {
            Ty::Map(map) => (PlaceStep::Key(self.spec_key(index, &map.key)), map.value),
            Ty::Vec(of) | Ty::Array(of, _) => {
                (PlaceStep::Index(self.spec_key(index, &Ty::U64)), *of)
            }
            Ty::Bytes => (PlaceStep::Index(self.spec_key(index, &Ty::U64)), Ty::U8),
            other => {
                self.not_indexed(&other, base.span);
                return None;
            }
        };
        place.path.push(step);
        place.ty = ty;
        place.span = span;
        Some(place)
    }

    /// The key of a map, or the place of an element; in a specification a number that was computed is one that fits.
    pub(super) fn spec_key(&mut self, index: &hir::Expr, want: &Ty) -> Expr {
        let key = self.expr(index, Some(want));
        let (got, want) = (self.infer.shallow(&key.ty), self.infer.shallow(want));
        if got == Ty::SpecInt && matches!(want, Ty::Int(_)) {
            let span = key.span;
            return Expr { kind: ExprKind::Cast(Box::new(key)), ty: want, span };
        }
        self.coerce(key, &want)
    }

    /// A collection that is a place of its own in state, and no value.
    pub(super) fn is_state_collection(&self, place: &Place) -> bool {
        let inline = |step: &PlaceStep| matches!(step, PlaceStep::Index(_) | PlaceStep::Part(_));
        matches!(place.base, PlaceBase::State(_))
            && self.infer.shallow(&place.ty).is_collection()
            && !place.path.iter().any(inline)
    }

    /// Whether a place may be written; reports it if not.
    pub(super) fn assignable(&mut self, place: &Place) -> bool {
        let PlaceBase::Local(local) = place.base else {
            if self.is_state_collection(place) {
                let message = "a collection in state is changed entry by entry".to_owned();
                let diagnostic = errors::not_assignable(message, place.span);
                self.d.push(diagnostic.help("assign an entry, as in `self.balances[who] = 0`"));
                return false;
            }
            return true;
        };
        if let Some(first) = self.closures.last()
            && local < *first
        {
            self.d.push(captured(&self.locals[local].name, place.span));
            return false;
        }
        if self.locals[local].mutable || self.is_lent(local) {
            return true;
        }
        self.d.push(self.fixed_local(local, place.span));
        false
    }

    fn fixed_local(&self, local: LocalId, span: Span) -> Diagnostic {
        let name = &self.locals[local].name;
        let text = &name.text;
        if (local.0 as usize) < self.params {
            if text == "self" {
                let message = "`self` is read-only".to_owned();
                return errors::not_assignable(message, span)
                    .also(name.span, "declared here")
                    .help("declare it `inout self` to change the value it is called on");
            }
            let message = format!("parameter `{text}` is read-only");
            return errors::not_assignable(message, span)
                .also(name.span, "declared here")
                .help(format!("copy it into a variable: `var new_{text} = {text}`"));
        }
        let message = format!("`{text}` never changes, since no `var` declares it");
        errors::not_assignable(message, span)
            .also(name.span, "declared here")
            .help("declare it with `var`, or in a `for` copy it into a `var`")
    }

    /// Arguments of something that was reported.
    pub(super) fn ignored(&mut self, args: &[hir::Arg]) {
        for arg in args {
            let typed = self.muted(|cx| cx.expr(&arg.value, None));
            self.infer.poison(&typed.ty);
        }
    }

    /// What is done to a map in its place.
    pub(super) fn map_op(
        &mut self,
        op: MapOp,
        map: Place,
        ty: &MapTy,
        args: &[hir::Arg],
        span: Span,
    ) -> Expr {
        let of_whole = !matches!(op, MapOp::Has | MapOp::Remove);
        if self.is_state_collection(&map) && ty.value.is_collection() && of_whole {
            self.ignored(args);
            self.d.push(errors::collection_value(span));
            return error_expr(span);
        }
        if op.writes() && !self.may_lend(&map) {
            self.ignored(args);
            return error_expr(span);
        }
        let words = [part("key", map.span), part("value", map.span)];
        let takes_value = matches!(op, MapOp::Insert | MapOp::Replace);
        let params = words.iter().zip([&ty.key, &ty.value]).take(1 + usize::from(takes_value));
        let params = params.map(|(name, ty)| Param::plain(name, ty)).collect();
        let callee = Callee { what: format!("`{}`", op.name()), declared: map.span, params };
        let args = self.args(args, &callee, span);
        let result = match op {
            MapOp::Has | MapOp::Remove => Ty::Bool,
            MapOp::Insert => Ty::Unit,
            MapOp::Get | MapOp::Replace | MapOp::Take => Ty::option(ty.value.clone()),
        };
        Expr { kind: ExprKind::MapCall { op, map: Box::new(map), args }, ty: result, span }
    }

    /// The method of a collection that `in` asks, with its one argument typed.
    pub(super) fn member_call(&mut self, of: Expr, word: &str, value: Expr, span: Span) -> Expr {
        if let (ExprKind::Read(map), Ty::Map(_)) = (&of.kind, self.infer.shallow(&of.ty)) {
            let (op, map) = (MapOp::Has, map.clone());
            return Expr {
                kind: ExprKind::MapCall { op, map, args: vec![value] },
                ty: Ty::Bool,
                span,
            };
        }
        let (of, ty) = match self.infer.shallow(&of.ty) {
            Ty::Array(element, _) => {
                let (ty, span) = (Ty::Vec(element), of.span);
                (Expr { kind: ExprKind::ArrayToVec(Box::new(of)), ty: ty.clone(), span }, ty)
            }
            ty => (of, ty),
        };
        match self.find_method(&ty, &part(word, span), true) {
            Some(function) => self.plain_call(function, vec![of, value], span),
            None => error_expr(span),
        }
    }
}

/// Whether an expression has the shape of a place.
pub(super) fn is_place(expr: &hir::Expr) -> bool {
    use hir::ExprKind as E;
    match &expr.kind {
        E::Field { base, .. } => is_place(base),
        E::Index { base, index } => !matches!(index.kind, E::Range { .. }) && is_place(base),
        kind => matches!(kind, E::State(_) | E::Local(_) | E::Error),
    }
}

fn part(text: &str, span: Span) -> Name {
    Name { text: text.into(), span }
}

fn captured(name: &Name, span: Span) -> Diagnostic {
    let message =
        format!("`{}` is a copy in this closure, and changing it would be lost", name.text);
    Diagnostic::new(codes::CAPTURED_VARIABLE, span, message)
        .also(name.span, "the variable")
        .help("give a result back, as `fold` does, or write a loop instead")
}
