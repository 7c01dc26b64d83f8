//! Patterns in clauses and in the functions that they call.
//!
//! In: a pattern and the value it is held against. Out: whether it fits, and what its variables are then.
//! Holds always: what has no term is refused.

use deed_compiler::arena::{Id, LocalId};
use deed_compiler::thir::{Arm, Case, Expr, ExprKind, Pattern, PatternKind};
use deed_compiler::ty::Ty;
use num_bigint::BigInt;

use super::{Clause, Translated, Unmodelled, unmodelled};
use crate::exec::heap;
use crate::vc::term::TermId;

/// When a pattern fits, and its variables.
type Fit = (TermId, Vec<(LocalId, TermId)>);

impl Clause<'_, '_> {
    /// A condition, and the variables that it sets where it holds.
    pub(super) fn condition(&mut self, cond: &Expr) -> Result<Fit, Unmodelled> {
        match &cond.kind {
            ExprKind::Let { pattern, value } => {
                let value = self.expr(value)?;
                self.fits(pattern, value)
            }
            _ => Ok((self.expr(cond)?, Vec::new())),
        }
    }

    /// The value of the first arm that fits. Some arm always does.
    pub(super) fn matched(&mut self, subject: &Expr, arms: &[Arm]) -> Translated {
        let subject = self.expr(subject)?;
        self.first_arm(subject, arms)
    }

    fn first_arm(&mut self, subject: TermId, arms: &[Arm]) -> Translated {
        let Some((arm, later)) = arms.split_first() else { return unmodelled("an empty match") };
        let (mut fits, bound) = self.fits(&arm.pattern, subject)?;
        let inside = |clause: &mut Self, work: &mut dyn FnMut(&mut Self) -> Translated| {
            clause.where_true(fits, |clause| {
                clause.scope.locals.extend(bound.iter().copied());
                work(clause)
            })
        };
        let guard = match &arm.guard {
            Some(guard) => Some(inside(self, &mut |clause| clause.expr(guard))?),
            None => None,
        };
        let value = inside(self, &mut |clause| clause.block_value(&arm.body))?;
        if let Some(guard) = guard {
            fits = self.terms.and([fits, guard]);
        }
        if later.is_empty() {
            return Ok(value);
        }
        self.either(fits, |_| Ok(value), |clause| clause.first_arm(subject, later))
    }

    /// Whether a value fits a pattern.
    pub(super) fn fits(&mut self, pattern: &Pattern, value: TermId) -> Result<Fit, Unmodelled> {
        let always = self.terms.bool(true);
        match &pattern.kind {
            PatternKind::Wildcard => Ok((always, Vec::new())),
            PatternKind::Bind(local) => Ok((always, vec![(*local, value)])),
            PatternKind::Value(wanted) => {
                let wanted = self.value(wanted, &pattern.ty)?;
                Ok((self.terms.eq(value, wanted), Vec::new()))
            }
            PatternKind::Range { start, end, inclusive } => {
                let fits = self.between(value, (start.as_ref(), end.as_ref()), *inclusive);
                Ok((fits, Vec::new()))
            }
            PatternKind::Case(case, parts) => self.variant_fits(case_number(*case), parts, value),
            PatternKind::Variant(id, parts) => self.variant_fits(id.index() as u32, parts, value),
            PatternKind::Tuple(parts) => self.parts_fit(parts, |clause, at, ty| {
                let sort = clause.sort(ty);
                Ok(heap::field(clause.terms, value, at, sort))
            }),
            PatternKind::Struct(_, parts) => {
                self.parts_fit(parts, |clause, at, ty| clause.field(value, &pattern.ty, at, ty))
            }
            _ => unmodelled("such a pattern in a specification"),
        }
    }

    fn between(
        &mut self,
        value: TermId,
        (start, end): (Option<&BigInt>, Option<&BigInt>),
        inclusive: bool,
    ) -> TermId {
        let t = &mut *self.terms;
        let mut tests = Vec::new();
        if let Some(start) = start {
            let start = t.int(start.clone());
            tests.push(t.le(start, value));
        }
        if let Some(end) = end {
            let end = t.int(end.clone());
            tests.push(if inclusive { t.le(value, end) } else { t.lt(value, end) });
        }
        t.and(tests)
    }

    fn variant_fits(
        &mut self,
        number: u32,
        parts: &[Pattern],
        value: TermId,
    ) -> Result<Fit, Unmodelled> {
        let (tag, wanted) = (heap::tag(self.terms, value), self.terms.int(number));
        let is = self.terms.eq(tag, wanted);
        let (fit, bound) = self.parts_fit(parts, |clause, at, ty| {
            let sort = clause.sort(ty);
            let part = heap::part(clause.terms, value, (number, at), sort);
            clause.in_range(part, ty);
            Ok(part)
        })?;
        Ok((self.terms.and([is, fit]), bound))
    }

    fn parts_fit(
        &mut self,
        parts: &[Pattern],
        mut part: impl FnMut(&mut Self, usize, &Ty) -> Translated,
    ) -> Result<Fit, Unmodelled> {
        let (mut tests, mut bound) = (Vec::new(), Vec::new());
        for (at, pattern) in parts.iter().enumerate() {
            let value = part(self, at, &pattern.ty)?;
            let (fits, variables) = self.fits(pattern, value)?;
            tests.push(fits);
            bound.extend(variables);
        }
        Ok((self.terms.and(tests), bound))
    }
}

fn case_number(case: Case) -> u32 {
    match case {
        Case::None | Case::Ok => 0,
        Case::Some | Case::Err => 1,
    }
}
