//! Quantifiers and sums.
//!
//! In: binders and what they bind. Out: quantified terms, and sums of maps as [`Facts::sum`] knows them.
//! Holds always: what stands under a binder makes no facts, for it speaks of a variable.
//!
//! [`Facts::sum`]: crate::exec::facts::Facts::sum

use deed_compiler::arena::LocalId;
use deed_compiler::mir::{self, FieldId};
use deed_compiler::thir::{BinaryOp, Binder, Domain, Expr, ExprKind, PlaceBase, QuantifierKind};
use deed_compiler::ty::Ty;
use deed_compiler::value::Value;

use super::{Clause, Translated, Unmodelled, unmodelled};
use crate::exec::sums::{Entry, Summand};
use crate::exec::tallies::{Floor, Tally};
use crate::exec::value;
use crate::vc::term::{Quantifier, Sort, TermId};

impl Clause<'_, '_> {
    pub(super) fn quantifier(
        &mut self,
        kind: QuantifierKind,
        binders: &[Binder],
        body: &Expr,
    ) -> Translated {
        let mut bound = Vec::new();
        let mut guards = Vec::new();
        let outside = self.bound.len();
        let ranges = std::mem::take(&mut self.ranges);
        let body = binders
            .iter()
            .try_for_each(|binder| self.bind(binder, &mut bound, &mut guards))
            .and_then(|()| self.expr(body));
        self.bound.truncate(outside);
        let ranges = std::mem::replace(&mut self.ranges, ranges);
        let body = body?;
        // That something exists says nothing of what does not fit its type, so there is nothing to rely on.
        guards.extend(ranges.into_iter().filter(|_| kind == QuantifierKind::Forall));
        let guard = self.terms.and(guards);
        Ok(match kind {
            QuantifierKind::Forall => {
                let body = self.terms.implies(guard, body);
                self.terms.quantified(Quantifier::Forall, bound, body)
            }
            QuantifierKind::Exists => {
                let body = self.terms.and([guard, body]);
                self.terms.quantified(Quantifier::Exists, bound, body)
            }
        })
    }

    /// Brings a binder's variables into scope, with what is known of them.
    fn bind(
        &mut self,
        binder: &Binder,
        bound: &mut Vec<TermId>,
        guards: &mut Vec<TermId>,
    ) -> Result<(), Unmodelled> {
        match &binder.domain {
            Domain::Type(ty) => {
                let [local] = binder.locals[..] else {
                    return unmodelled("several variables over one type");
                };
                let variable = self.variable(ty)?;
                guards.extend(self.range(ty, variable));
                self.scope.locals.insert(local, variable);
                self.binds(variable, bound);
            }
            Domain::Range(range) => {
                let [local] = binder.locals[..] else {
                    return unmodelled("several variables over one range");
                };
                let variable = self.terms.fresh("i", Sort::Int);
                let (start, end) = (self.expr(&range.start)?, self.expr(&range.end)?);
                guards.push(self.terms.le(start, variable));
                guards.push(match range.inclusive {
                    true => self.terms.le(variable, end),
                    false => self.terms.lt(variable, end),
                });
                self.scope.locals.insert(local, variable);
                self.binds(variable, bound);
            }
            Domain::Collection(map) => self.bind_entries(binder, map, bound, guards)?,
        }
        Ok(())
    }

    fn bind_entries(
        &mut self,
        binder: &Binder,
        map: &Expr,
        bound: &mut Vec<TermId>,
        guards: &mut Vec<TermId>,
    ) -> Result<(), Unmodelled> {
        let (ExprKind::Read(place), Ty::Map(ty)) = (&map.kind, &map.ty) else {
            return unmodelled("a quantifier over this collection");
        };
        let (field, mut keys) = self.state_map(place)?;
        let declared = self.scope.program.field(field);
        if keys.len() + 1 != declared.keys.len() {
            return unmodelled("a quantifier over a map of maps");
        }
        let key = self.variable(&ty.key)?;
        self.binds(key, bound);
        guards.extend(self.range(&ty.key, key));
        keys.push(key);
        guards.push(self.scope.now.has(self.terms, (declared, field), &keys));
        let value = self.peek(field, &keys);
        self.stored.extend(binder.locals.last());
        match binder.locals[..] {
            [v] => {
                self.scope.locals.insert(v, value);
            }
            [k, v] => {
                self.scope.locals.insert(k, key);
                self.scope.locals.insert(v, value);
            }
            _ => return unmodelled("more than two variables over a map"),
        }
        Ok(())
    }

    fn variable(&mut self, ty: &Ty) -> Translated {
        match ty {
            Ty::Bool => Ok(self.terms.fresh("b", Sort::Bool)),
            Ty::Error => unmodelled("a quantifier over this type"),
            _ => Ok(self.terms.fresh("x", Sort::Int)),
        }
    }

    fn range(&mut self, ty: &Ty, variable: TermId) -> Option<TermId> {
        let scalar = self.scope.package.scalar(ty)?;
        Some(value::range(self.terms, variable, scalar))
    }

    /// The variable is bound from here on.
    fn binds(&mut self, variable: TermId, bound: &mut Vec<TermId>) {
        self.bound.push(variable);
        bound.push(variable);
    }

    /// The sum over the entries of a map in state, or of the maps in it.
    pub(super) fn sum(
        &mut self,
        value: &Expr,
        binders: &[Binder],
        filter: Option<&Expr>,
    ) -> Translated {
        let other = "a sum over anything but a vector or a map in state";
        let [first, rest @ ..] = binders else { return unmodelled(other) };
        let Domain::Collection(map) = &first.domain else { return unmodelled(other) };
        if let (Ty::Vec(of), [local], []) = (&map.ty, &first.locals[..], rest) {
            return self.tally((value, filter), (*local, of), map);
        }
        let ExprKind::Read(place) = &map.kind else { return unmodelled(other) };
        let (field, keys) = self.state_map(place)?;
        let declared = self.scope.program.field(field);
        if keys.len() + binders.len() != declared.keys.len() || !chained(first, rest) {
            return unmodelled(other);
        }
        let entry = self.facts.sums.entry(self.terms, field, declared);
        let place = (field, keys.len());
        let (summand, variables) = self.summand(value, binders, filter, place, &entry)?;
        let map = self.scope.now.map(self.terms, field, &keys);
        let sums = self.facts.sum(self.terms, summand, map);
        Ok(variables.into_iter().fold(sums, |sums, param| self.terms.select(sums, param)))
    }

    /// What the entry adds: the value where it is there and the filter lets it pass, else nothing;
    /// and the variables around it that it depends on.
    fn summand(
        &mut self,
        value: &Expr,
        binders: &[Binder],
        filter: Option<&Expr>,
        (field, given): (FieldId, usize),
        entry: &Entry,
    ) -> Result<(Summand, Vec<TermId>), Unmodelled> {
        let outside = self.bound.clone();
        let ranges = self.ranges.len();
        self.bound.extend(entry.keys.iter().chain([&entry.value]));
        self.name_entry(binders, &entry.keys[given..], entry.value);
        let part = self.expr(value);
        let passes = filter.map(|filter| self.expr(filter)).transpose();
        self.bound = outside;
        self.ranges.truncate(ranges);
        let (part, passes) = (part?, passes?);
        let there = match (entry.present, &self.scope.program.field(field).default) {
            (Some(present), _) => present,
            (None, Some(default)) => {
                let default = value::constant(self.terms, default);
                let nothing = self.terms.eq(entry.value, default);
                self.terms.not(nothing)
            }
            (None, None) => return unmodelled("a sum over a map of this kind"),
        };
        let counts = self.terms.and([there].into_iter().chain(passes));
        let zero = self.terms.int(0);
        let part = self.terms.ite(counts, part, zero);
        let (part, params, variables) = self.with_params(part);
        let held = binders.last().and_then(|binder| binder.locals.last());
        let positive = self.is_positive(value, held.copied());
        Ok((Summand { field, given, part, params, positive }, variables))
    }

    /// A part with parameters in the place of the variables around it; these, and the variables.
    fn with_params(&mut self, part: TermId) -> (TermId, Vec<TermId>, Vec<TermId>) {
        let below = self.terms.below(part);
        let outer = self.bound.iter().copied();
        let variables: Vec<TermId> = outer.filter(|v| below.contains(v)).collect();
        let mut params = Vec::new();
        for (at, variable) in variables.iter().enumerate() {
            let sort = self.terms.sort(*variable).clone();
            params.push(self.facts.sums.param(self.terms, at, sort));
        }
        let by = variables.iter().copied().zip(params.iter().copied()).collect();
        (self.terms.replaced(part, &by), params, variables)
    }

    /// The sum over the elements of a vector.
    fn tally(
        &mut self,
        (value, filter): (&Expr, Option<&Expr>),
        (local, of): (LocalId, &Ty),
        vec: &Expr,
    ) -> Translated {
        let vec = self.expr(vec)?;
        let sort = self.sort(of);
        let element = self.facts.tallies.element(self.terms, &sort);
        let (outside, ranges) = (self.bound.clone(), self.ranges.len());
        self.bound.push(element);
        self.scope.locals.insert(local, element);
        let part = self.expr(value);
        let passes = filter.map(|filter| self.expr(filter)).transpose();
        self.bound = outside;
        self.ranges.truncate(ranges);
        let (part, passes) = (part?, passes?);
        let zero = self.terms.int(0);
        let part = passes.map_or(part, |passes| self.terms.ite(passes, part, zero));
        let (part, params, variables) = self.with_params(part);
        // The same vector may stand for many, and hold in a clause what no type holds.
        let free = !self.bound.iter().any(|variable| self.terms.below(vec).contains(variable));
        let adds_up = free && !self.lifted && self.is_positive(value, Some(local));
        let floor = match self.scope.package.scalar(of) {
            _ if !adds_up => Floor::None,
            _ if matches!(value.kind, ExprKind::Value(_)) => Floor::All,
            Some(ty) => Floor::Of(ty),
            None => Floor::None,
        };
        let sums = self.facts.tally(self.terms, Tally { of: sort, part, params, floor }, vec);
        Ok(variables.into_iter().fold(sums, |sums, param| self.terms.select(sums, param)))
    }

    /// Brings the variables of the binders into scope, each for its level of the map.
    fn name_entry(&mut self, binders: &[Binder], keys: &[TermId], value: TermId) {
        for (binder, key) in binders.iter().zip(keys) {
            if let [local, _] = binder.locals[..] {
                self.scope.locals.insert(local, *key);
            }
        }
        if let Some(local) = binders.last().and_then(|binder| binder.locals.last()) {
            self.scope.locals.insert(*local, value);
            self.stored.insert(*local);
        }
    }

    /// Whether a summand is seen never to be below zero: a number, or what lies in the entry with an unsigned type.
    /// The type alone says nothing, for what a clause computes may lie outside of it.
    fn is_positive(&self, value: &Expr, held: Option<LocalId>) -> bool {
        let unsigned = || {
            let scalar = self.scope.package.scalar(&value.ty);
            matches!(scalar, Some(mir::Ty::Int(int)) if !int.is_signed())
        };
        match &value.kind {
            ExprKind::Lift(inner) | ExprKind::Cast(inner) => self.is_positive(inner, held),
            ExprKind::Value(Value::Int(number)) => *number >= 0.into(),
            ExprKind::Read(place) => match place.base {
                PlaceBase::Local(local) => Some(local) == held && unsigned(),
                PlaceBase::State(_) => unsigned(),
            },
            ExprKind::Binary(BinaryOp::Add | BinaryOp::Mul, a, b) => {
                self.is_positive(a, held) && self.is_positive(b, held)
            }
            _ => false,
        }
    }
}

/// Whether each binder runs over the values of the one before.
fn chained(first: &Binder, rest: &[Binder]) -> bool {
    let mut value = first.locals.last();
    rest.iter().all(|binder| {
        let over = match &binder.domain {
            Domain::Collection(map) => read_local(map),
            _ => None,
        };
        let follows = over.is_some() && over.as_ref() == value;
        value = binder.locals.last();
        follows
    })
}

/// The variable that an expression reads, lifted or not.
fn read_local(expr: &Expr) -> Option<LocalId> {
    match &expr.kind {
        ExprKind::Lift(inner) => read_local(inner),
        ExprKind::Read(place) if place.path.is_empty() => match place.base {
            PlaceBase::Local(local) => Some(local),
            PlaceBase::State(_) => None,
        },
        _ => None,
    }
}
