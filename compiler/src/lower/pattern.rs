//! Patterns: tests of a value one after the other, and the variables that they bind.
//!
//! Holds always: a test that fails leads to where the caller says, with the variables as they were;
//! a pattern that is certain to fit is taken apart without a test. A value is tested from the outside
//! inward and from left to right.

use deed_base::Span;
use num_bigint::BigInt;

use super::cfg::{Env, Join};
use super::function::FnLowering;
use crate::arena::Id;
use crate::mir::{BinaryOp, Const, Op, Ty, ValueId};
use crate::thir::{Case, Pattern, PatternKind};

/// Where to go when a pattern does not fit; nowhere where it is certain to.
pub(super) type Otherwise<'j> = Option<&'j mut Unfit>;

/// The ways on which a pattern did not fit.
pub(super) struct Unfit {
    pub(super) join: Join,
    /// The variables before the pattern.
    env: Env,
}

impl Unfit {
    /// A condition has been evaluated, which may have changed variables.
    pub(super) fn catch_up(&mut self, now: &Env) {
        self.env.catch_up(now);
    }
}

impl FnLowering<'_, '_> {
    pub(super) fn unfit(&self) -> Unfit {
        Unfit { join: Join::default(), env: self.env.clone() }
    }

    /// Goes on where the pattern fits, with its variables bound.
    pub(super) fn fit(&mut self, pattern: &Pattern, value: ValueId, mut otherwise: Otherwise<'_>) {
        if self.at.is_none() {
            return;
        }
        let span = pattern.span;
        match &pattern.kind {
            PatternKind::Wildcard | PatternKind::Error => {}
            PatternKind::Bind(local) => self.declare(*local, value),
            PatternKind::Value(known) => {
                let Some(unfit) = otherwise else { return };
                let Some(known) = self.pattern_value(pattern, known) else { return };
                let same = self.compare(BinaryOp::Eq, value, known, span);
                self.demand(same, unfit, span);
            }
            PatternKind::Range { start, end, inclusive } => {
                let Some(unfit) = otherwise else { return };
                let last = if *inclusive { BinaryOp::Le } else { BinaryOp::Lt };
                self.bound(BinaryOp::Ge, value, start.as_ref(), unfit, span);
                self.bound(last, value, end.as_ref(), unfit, span);
            }
            PatternKind::Case(case, parts) => {
                self.fit_variant(case_number(*case), parts, value, otherwise, span);
            }
            PatternKind::Variant(variant, parts) => {
                self.fit_variant(variant.index(), parts, value, otherwise, span);
            }
            PatternKind::Struct(_, parts) | PatternKind::Tuple(parts) => {
                for (at, part) in parts.iter().enumerate() {
                    if !matches!(part.kind, PatternKind::Wildcard) && self.at.is_some() {
                        let held = self.field(value, at, part.span);
                        self.fit(part, held, otherwise.as_deref_mut());
                    }
                }
            }
            PatternKind::Array { parts, rest } => {
                let rest = rest.as_ref().map(|(at, rest)| (*at, &**rest));
                self.fit_list(pattern, parts, rest, value, otherwise);
            }
            PatternKind::Or(options) => self.fit_one_of(options, value, otherwise, span),
        }
    }

    /// Goes on where the condition holds.
    pub(super) fn demand(&mut self, condition: ValueId, unfit: &mut Unfit, span: Span) {
        if self.at.is_none() {
            return;
        }
        let (holds, fails) = self.branch(condition, span);
        let env = std::mem::replace(&mut self.env, unfit.env.clone());
        self.at = Some(fails);
        self.lead(&mut unfit.join, None);
        self.at = Some(holds);
        self.env = env;
    }

    fn bound(
        &mut self,
        op: BinaryOp,
        value: ValueId,
        bound: Option<&BigInt>,
        unfit: &mut Unfit,
        span: Span,
    ) {
        let Some(int) = self.function.ty(value).as_int() else { return };
        let Some(bound) = bound.and_then(|bound| Const::int(int, bound.clone())) else { return };
        let bound = self.constant(bound, span);
        let holds = self.compare(op, value, bound, span);
        self.demand(holds, unfit, span);
    }

    fn fit_variant(
        &mut self,
        variant: usize,
        parts: &[Pattern],
        value: ValueId,
        mut otherwise: Otherwise<'_>,
        span: Span,
    ) {
        if let Some(unfit) = otherwise.as_deref_mut() {
            let is = self.is_variant(value, variant, span);
            self.demand(is, unfit, span);
        }
        if parts.iter().all(|part| matches!(part.kind, PatternKind::Wildcard)) {
            return;
        }
        let payload = self.payload(value, variant, span);
        for (part, held) in parts.iter().zip(payload) {
            self.fit(part, held, otherwise.as_deref_mut());
        }
    }

    /// The first alternative that fits; they bind the same variables.
    fn fit_one_of(
        &mut self,
        options: &[Pattern],
        value: ValueId,
        otherwise: Otherwise<'_>,
        span: Span,
    ) {
        let Some((last, others)) = options.split_last() else { return };
        let mut fits = Join::default();
        for option in others {
            let mut unfit = self.unfit();
            let scope = self.scope.len();
            self.fit(option, value, Some(&mut unfit));
            self.scope.truncate(scope);
            self.lead(&mut fits, None);
            self.meet(unfit.join, span);
        }
        self.fit(last, value, otherwise);
        self.lead(&mut fits, None);
        self.meet(fits, span);
    }

    /// An array or vector, by its first and last elements.
    fn fit_list(
        &mut self,
        pattern: &Pattern,
        parts: &[Pattern],
        rest: Option<(usize, &Pattern)>,
        value: ValueId,
        mut otherwise: Otherwise<'_>,
    ) {
        let span = pattern.span;
        let len = self.value(Op::Len { value }, Ty::U64, span);
        let count = self.number(parts.len() as u64, span);
        if let Some(unfit) = otherwise.as_deref_mut() {
            let op = if rest.is_some() { BinaryOp::Ge } else { BinaryOp::Eq };
            let fits = self.compare(op, len, count, span);
            self.demand(fits, unfit, span);
        }
        let split = rest.map_or(parts.len(), |(at, _)| at);
        for (at, part) in parts.iter().enumerate() {
            if matches!(part.kind, PatternKind::Wildcard) || self.at.is_none() {
                continue;
            }
            let index = match at < split {
                true => self.number(at as u64, part.span),
                false => self.place_from_end(len, parts.len() - at, part.span),
            };
            let held = self.element(value, index, part.span);
            self.fit(part, held, otherwise.as_deref_mut());
        }
        if let Some((at, rest)) = rest.filter(|(_, rest)| matches!(rest.kind, PatternKind::Bind(_)))
        {
            let start = self.number(at as u64, rest.span);
            let end = self.place_from_end(len, parts.len() - at, rest.span);
            let ty = self.function.ty(value);
            let middle = self.value(Op::Slice { value, range: [start, end] }, ty, rest.span);
            self.fit(rest, middle, otherwise);
        }
    }

    fn place_from_end(&mut self, len: ValueId, back: usize, span: Span) -> ValueId {
        let back = self.number(back as u64, span);
        let op = Op::Binary { op: BinaryOp::Sub, left: len, right: back };
        self.value(op, Ty::U64, span)
    }
}

/// The number of a case of `Option` or `Result` among the variants.
fn case_number(case: Case) -> usize {
    match case {
        Case::None | Case::Ok => 0,
        Case::Some | Case::Err => 1,
    }
}
