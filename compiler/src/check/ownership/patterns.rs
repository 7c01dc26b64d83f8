//! Patterns: who owns what they bind, and what they leave behind.
//!
//! Holds always: a variable owns its part if the value was given up, and looks at it if the value
//! stays where it is. What a pattern passes over, of a value that was given up, is left behind.

use super::area::{Area, Root};
use super::state::State;
use super::{Checker, Use, errors};
use crate::arena::LocalId;
use crate::thir::{Arm, Block, Case, Expr, ExprKind, Pattern, PatternKind, Place, StructKind};
use crate::ty::Ty;

/// What a pattern takes apart.
#[derive(Clone, Debug)]
pub(super) enum Hold {
    /// A value that nobody else has.
    Owned,
    /// What lies in a place, if it is known, and stays there.
    View(Option<Area>),
    /// Nothing linear can be there.
    Nothing,
}

impl Hold {
    /// As a guard sees it.
    pub(super) fn looked_at(&self) -> Hold {
        match self {
            Hold::Owned => Hold::View(None),
            other => other.clone(),
        }
    }

    fn part(&self, index: usize) -> Hold {
        match self {
            Hold::View(Some(area)) => Hold::View(Some(area.clone().part(index))),
            other => other.clone(),
        }
    }
}

impl<'p> Checker<'p, '_> {
    pub(super) fn let_local(&mut self, local: LocalId, value: &'p Expr) {
        if self.failed {
            // The message about the value says enough.
        } else if self.function.locals[local].name.text == "_" && self.is_linear(&value.ty) {
            self.d.push(self.dropped(&value.ty, value.span));
        } else {
            self.own(local, value.span);
        }
    }

    /// `let n = view place`
    pub(super) fn let_view(&mut self, local: LocalId, place: &'p Place, value: &'p Expr) {
        self.read(place, Use::Look);
        if let ExprKind::ElseLeave { otherwise, .. } = &value.kind {
            let found = self.state.clone();
            self.block(otherwise, Use::Take);
            self.state = found;
        }
        self.lend(local, Some(self.area(place)), place.span);
    }

    pub(super) fn let_pattern(
        &mut self,
        pattern: &'p Pattern,
        value: &'p Expr,
        otherwise: Option<&'p Block>,
    ) {
        let hold = self.subject(value, std::iter::once(pattern), true);
        if let Some(otherwise) = otherwise {
            let fits = self.state.clone();
            let mut no = fits.clone();
            let lost = self.left_by(pattern, &hold, &mut no);
            self.state = no;
            self.open();
            lost.into_iter().for_each(|local| self.in_scope(local));
            self.block(otherwise, Use::Take);
            self.close(super::end_of(otherwise.span));
            self.state = fits;
        }
        self.bind(pattern, &hold);
    }

    /// Evaluates what patterns are held against. What lies in a place that cannot be emptied stays
    /// there, and so does what an `inout` parameter holds if no pattern binds a part of it; `always`
    /// says that it is to be taken apart.
    pub(super) fn subject(
        &mut self,
        value: &'p Expr,
        mut patterns: impl Iterator<Item = &'p Pattern>,
        always: bool,
    ) -> Hold {
        let ExprKind::Read(place) = &value.kind else {
            self.expr(value, Use::Take);
            return Hold::Owned;
        };
        if !self.is_linear(&place.ty) {
            self.read(place, Use::Look);
            return Hold::View(None);
        }
        let taken = match self.role(place.base) {
            _ if self.area(place).fixed().is_none() => false,
            Some(super::roles::Role::Owner { .. }) => true,
            Some(super::roles::Role::Lent) => always || patterns.any(|p| self.binds_linear(p)),
            _ => false,
        };
        if taken {
            self.read(place, Use::Take);
            return Hold::Owned;
        }
        self.read(place, Use::Look);
        Hold::View(Some(self.area(place)))
    }

    fn binds_linear(&self, pattern: &Pattern) -> bool {
        match &pattern.kind {
            PatternKind::Bind(_) => self.is_linear(&pattern.ty),
            _ => parts(pattern).any(|part| self.binds_linear(part)),
        }
    }

    /// The variables of a pattern get what fits them.
    pub(super) fn bind(&mut self, pattern: &'p Pattern, hold: &Hold) {
        match &pattern.kind {
            PatternKind::Bind(local) => match hold {
                Hold::View(area) if self.is_linear(&pattern.ty) => {
                    self.lend(*local, area.clone(), pattern.span);
                }
                _ => self.own(*local, pattern.span),
            },
            PatternKind::Wildcard if matches!(hold, Hold::Owned) => self.pass_over(pattern),
            PatternKind::Struct(id, fields) => {
                let def = &self.package.structs[*id];
                let foreign = def.kind == StructKind::Asset && def.module != self.function.module;
                if foreign && matches!(hold, Hold::Owned) {
                    self.d.push(errors::unmade_elsewhere(def, pattern.span));
                }
                for (index, field) in fields.iter().enumerate() {
                    self.bind(field, &hold.part(index));
                }
            }
            PatternKind::Or(all) => {
                all.iter().take(1).for_each(|first| self.bind(first, hold));
                // The other alternatives bind the same variables; what they pass over is lost too.
                if matches!(hold, Hold::Owned) {
                    all.iter().skip(1).for_each(|other| self.passed_over_in(other));
                }
            }
            PatternKind::Tuple(all) => {
                all.iter().enumerate().for_each(|(index, part)| self.bind(part, &hold.part(index)));
            }
            _ => parts(pattern).for_each(|part| self.bind(part, hold)),
        }
    }

    fn pass_over(&mut self, pattern: &Pattern) {
        if self.is_linear(&pattern.ty) {
            let left = self.nameless(pattern.span);
            self.state.fill(Root::Local(left));
            self.in_scope(left);
        }
    }

    fn passed_over_in(&mut self, pattern: &Pattern) {
        match &pattern.kind {
            PatternKind::Wildcard => self.pass_over(pattern),
            _ => parts(pattern).for_each(|part| self.passed_over_in(part)),
        }
    }

    /// What is left of a value that a pattern does not fit, in the state of that path.
    pub(super) fn left_by(
        &mut self,
        pattern: &Pattern,
        hold: &Hold,
        no: &mut State,
    ) -> Vec<LocalId> {
        if !matches!(hold, Hold::Owned) || self.fails_clean(pattern) {
            return Vec::new();
        }
        let left = self.nameless(pattern.span);
        no.fill(Root::Local(left));
        vec![left]
    }

    /// Whether a value that a pattern does not fit holds nothing linear.
    fn fails_clean(&self, pattern: &Pattern) -> bool {
        if !self.is_linear(&pattern.ty) {
            return true;
        }
        match &pattern.kind {
            PatternKind::Wildcard | PatternKind::Bind(_) | PatternKind::Error => true,
            PatternKind::Or(all) => all.iter().any(|part| self.fails_clean(part)),
            PatternKind::Case(case, inside) => {
                !self.other_cases_linear(&[*case], &pattern.ty) && self.parts_fail_clean(inside)
            }
            PatternKind::Variant(variant, inside) => {
                let Ty::Enum(id, args) = &pattern.ty else { return true };
                let others = self.package.enums[*id].variants.ids().filter(|id| id != variant);
                let mut payloads =
                    others.flat_map(|other| self.package.payload_tys(*id, args, other));
                !payloads.any(|ty| self.is_linear(&ty)) && self.parts_fail_clean(inside)
            }
            // An asset stays one, whatever its fields hold.
            PatternKind::Struct(id, _) if self.package.structs[*id].kind == StructKind::Asset => {
                irrefutable(pattern)
            }
            PatternKind::Struct(_, inside) | PatternKind::Tuple(inside) => {
                self.parts_fail_clean(inside)
            }
            _ => false,
        }
    }

    /// One part that does not fit leaves all the others.
    fn parts_fail_clean(&self, all: &[Pattern]) -> bool {
        let linear = all.iter().filter(|part| self.is_linear(&part.ty)).count();
        all.iter().all(|part| {
            let others = linear - usize::from(self.is_linear(&part.ty));
            irrefutable(part) || (others == 0 && self.fails_clean(part))
        }) && (linear == 0 || all.iter().all(|part| irrefutable(part) || self.is_linear(&part.ty)))
    }

    /// Whether a case of an `Option` or `Result` other than these holds something linear.
    fn other_cases_linear(&self, known: &[Case], ty: &Ty) -> bool {
        let linear = |case: Case, of: &Ty| !known.contains(&case) && self.is_linear(of);
        match ty {
            Ty::Option(of) => linear(Case::Some, of),
            Ty::Result(ok, err) => linear(Case::Ok, ok) || linear(Case::Err, err),
            _ => true,
        }
    }

    /// Whether `Err` of a `Result` is linear, so that `else` would lose it.
    pub(super) fn has_linear_failure(&self, ty: &Ty) -> bool {
        matches!(ty, Ty::Result(_, err) if self.is_linear(err))
    }

    /// Whether an arm `_ => ..` stands for cases without linear parts only.
    pub(super) fn nothing_left(&self, earlier: &[Arm], arm: &Arm) -> bool {
        if !matches!(arm.pattern.kind, PatternKind::Wildcard) {
            return false;
        }
        let covered = earlier.iter().filter(|arm| arm.guard.is_none()).flat_map(|arm| {
            let pattern = &arm.pattern;
            match &pattern.kind {
                PatternKind::Or(all) => all.iter().collect(),
                _ => vec![pattern],
            }
        });
        let covered: Vec<&Pattern> =
            covered.filter(|pattern| parts(pattern).all(irrefutable)).collect();
        match &arm.pattern.ty {
            Ty::Enum(id, args) => {
                let known = |id| covered.iter().any(|p| is_variant(p, id));
                let rest = self.package.enums[*id].variants.ids().filter(|id| !known(*id));
                let mut payloads = rest.flat_map(|rest| self.package.payload_tys(*id, args, rest));
                !payloads.any(|ty| self.is_linear(&ty))
            }
            ty => {
                let cases: Vec<Case> = covered
                    .iter()
                    .filter_map(|pattern| match pattern.kind {
                        PatternKind::Case(case, _) => Some(case),
                        _ => None,
                    })
                    .collect();
                !self.other_cases_linear(&cases, ty)
            }
        }
    }
}

fn is_variant(pattern: &Pattern, id: crate::arena::VariantId) -> bool {
    matches!(pattern.kind, PatternKind::Variant(variant, _) if variant == id)
}

/// The patterns directly under one, those of a rest among them.
fn parts(pattern: &Pattern) -> impl Iterator<Item = &Pattern> {
    let rest = match &pattern.kind {
        PatternKind::Array { rest: Some((_, rest)), .. } => Some(&**rest),
        _ => None,
    };
    pattern.parts().iter().chain(rest)
}

fn irrefutable(pattern: &Pattern) -> bool {
    match &pattern.kind {
        PatternKind::Wildcard | PatternKind::Bind(_) | PatternKind::Error => true,
        PatternKind::Struct(..) | PatternKind::Tuple(_) => parts(pattern).all(irrefutable),
        PatternKind::Or(all) => all.iter().any(irrefutable),
        _ => false,
    }
}
