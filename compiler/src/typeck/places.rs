//! Places: variables, state fields, entries of maps; and what is done to a map in its place.

use deed_base::Span;

use super::args::Callee;
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
        if !ty.is_error() && !name.text.is_empty() {
            let of = self.show(&ty);
            self.d.push(errors::no_member(&of, name));
        }
    }

    /// `base[index]`
    fn entry(&mut self, base: &hir::Expr, index: &hir::Expr, span: Span) -> Option<Place> {
        if !is_place(base) {
            let value = self.expr(base, None);
            self.not_a_map(&value.ty, base.span);
            return None;
        }
        let mut place = self.place(base)?;
        let Ty::Map(map) = self.infer.shallow(&place.ty) else {
            self.not_a_map(&place.ty, base.span);
            return None;
        };
        let key = self.check(index, &map.key);
        place.path.push(PlaceStep::Key(key));
        place.ty = map.value.clone();
        place.span = span;
        Some(place)
    }

    fn not_a_map(&mut self, ty: &Ty, span: Span) {
        if !self.infer.shallow(ty).is_error() {
            let text = self.show(ty);
            self.d.push(errors::bad_operand("[..]", &text, "a map before it", span));
            self.infer.poison(ty);
        }
    }

    /// Whether a place may be written; reports it if not.
    pub(super) fn assignable(&mut self, place: &Place) -> bool {
        let PlaceBase::Local(local) = place.base else {
            if place.ty.is_collection() {
                let message = "a map in state is changed entry by entry".to_owned();
                let diagnostic = errors::not_assignable(message, place.span);
                self.d.push(diagnostic.help("assign an entry, as in `self.balances[who] = 0`"));
                return false;
            }
            return true;
        };
        if self.locals[local].mutable || self.is_lent(local) {
            return true;
        }
        self.d.push(self.fixed_local(local, place.span));
        false
    }

    fn fixed_local(&self, local: LocalId, span: Span) -> deed_base::Diagnostic {
        let name = &self.locals[local].name;
        let text = &name.text;
        if (local.0 as usize) < self.params {
            let message = format!("parameter `{text}` is read-only");
            return errors::not_assignable(message, span)
                .also(name.span, "declared here")
                .help(format!("copy it into a variable: `var new_{text} = {text}`"));
        }
        let message = format!("`{text}` never changes, since it was declared with `let`");
        errors::not_assignable(message, span)
            .also(name.span, "declared here")
            .help("declare it with `var`, or in a `for` copy it into a `var`")
    }

    /// `base.name(args)` of a value.
    pub(super) fn method(
        &mut self,
        base: &hir::Expr,
        name: &Name,
        args: &[hir::Arg],
        span: Span,
    ) -> Expr {
        if !is_place(base) {
            let base = self.expr(base, None);
            return self.value_method(&base.ty, name, args, span);
        }
        let Some(place) = self.place(base) else {
            self.ignored(args);
            return error_expr(span);
        };
        match self.infer.shallow(&place.ty) {
            Ty::Map(map) => self.map_method(place, &map, name, args, span),
            ty => self.value_method(&ty, name, args, span),
        }
    }

    /// Arguments of something that was reported.
    pub(super) fn ignored(&mut self, args: &[hir::Arg]) {
        for arg in args {
            let typed = self.muted(|cx| cx.expr(&arg.value, None));
            self.infer.poison(&typed.ty);
        }
    }

    fn value_method(&mut self, ty: &Ty, name: &Name, args: &[hir::Arg], span: Span) -> Expr {
        self.ignored(args);
        let families = ["wrapping_", "saturating_", "checked_"];
        if self.infer.is_int(ty) && families.iter().any(|family| name.text.starts_with(family)) {
            self.d.push(errors::not_yet(name.span, &format!("`{}`", name.text)));
        } else if matches!(self.infer.shallow(ty), Ty::Struct(..) | Ty::Enum(..)) {
            self.d.push(errors::not_yet(name.span, "a method"));
        } else {
            self.no_member(ty, name);
        }
        error_expr(span)
    }

    fn map_method(
        &mut self,
        map: Place,
        ty: &MapTy,
        name: &Name,
        args: &[hir::Arg],
        span: Span,
    ) -> Expr {
        let Some(op) = MapOp::ALL.into_iter().find(|op| op.name() == name.text) else {
            self.ignored(args);
            self.unknown_map_method(name);
            return error_expr(span);
        };
        if ty.value.is_collection() && op != MapOp::Has {
            self.ignored(args);
            self.d.push(errors::collection_value(span));
            return error_expr(span);
        }
        let words = [part("key", name.span), part("value", name.span)];
        let takes_value = matches!(op, MapOp::Insert | MapOp::Replace);
        let types = [&ty.key, &ty.value];
        let params = words.iter().zip(types).take(1 + usize::from(takes_value)).collect();
        let what = format!("`{}`", op.name());
        let callee = Callee { what, declared: name.span, params, modes: Vec::new() };
        let args = self.args(args, &callee, span);
        let result = match op {
            MapOp::Has | MapOp::Remove => Ty::Bool,
            MapOp::Insert => Ty::Unit,
            MapOp::Get | MapOp::Replace | MapOp::Take => Ty::option(ty.value.clone()),
        };
        Expr { kind: ExprKind::MapCall { op, map, args }, ty: result, span }
    }

    fn unknown_map_method(&mut self, name: &Name) {
        const LATER: [&str; 7] = ["len", "range", "keys", "values", "load", "close", "is_empty"];
        if LATER.contains(&name.text.as_str()) {
            self.d.push(errors::not_yet(name.span, &format!("`{}` of a map", name.text)));
        } else if !name.text.is_empty() {
            let known: Vec<String> =
                MapOp::ALL.iter().map(|op| format!("`{}`", op.name())).collect();
            let diagnostic = errors::no_member("a map", name);
            self.d.push(diagnostic.help(format!("a map has {}", known.join(", "))));
        }
    }
}

/// Whether an expression has the shape of a place.
pub(super) fn is_place(expr: &hir::Expr) -> bool {
    use hir::ExprKind as E;
    match &expr.kind {
        E::Field { base, .. } => is_place(base),
        kind => matches!(kind, E::State(_) | E::Index { .. } | E::Local(_) | E::Error),
    }
}

fn part(text: &str, span: Span) -> Name {
    Name { text: text.to_owned(), span }
}
