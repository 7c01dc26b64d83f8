//! Clauses of a specification as terms.
//!
//! In: a typed expression of a clause and a [`Scope`]: what its names mean at one moment. Out: a term,
//! or [`Unmodelled`] where the language of terms has no word for it.
//! Holds always: a clause computes on unbounded integers and never traps; what it reads of the state
//! is read at the scope's moment, and under `old` at the function's entry.

use std::collections::HashMap;

use deed_compiler::arena::{Id, LocalId};
use deed_compiler::mir::{self, FieldId, Program};
use deed_compiler::thir::{
    self, BinaryOp, Binder, Domain, Expr, ExprKind, LogicalOp, MapOp, Place, PlaceBase, PlaceStep,
    QuantifierKind, UnaryOp,
};
use deed_compiler::ty::{IntTy, Ty};
use deed_compiler::value::Value;
use num_bigint::{BigInt, Sign};

use super::state::State;
use crate::vc::term::{Node, Quantifier, Sort, TermId, Terms};

/// What names mean at one moment of one run.
#[derive(Clone)]
pub(super) struct Scope<'a> {
    pub package: &'a thir::Package,
    pub program: &'a Program,
    pub locals: HashMap<LocalId, TermId>,
    pub result: Option<TermId>,
    pub now: &'a State,
    pub entry: &'a State,
    pub context: &'a HashMap<mir::ContextKind, TermId>,
}

/// A part of a clause that has no translation, in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Unmodelled(pub String);

type Translated = Result<TermId, Unmodelled>;

/// Translates a clause; facts about the places it reads are added to `facts`.
pub(super) fn translate(
    terms: &mut Terms,
    facts: &mut Vec<TermId>,
    expr: &Expr,
    scope: &Scope<'_>,
) -> Translated {
    Clause { terms, facts, scope: scope.clone(), bound: 0 }.expr(expr)
}

struct Clause<'a, 'b> {
    terms: &'a mut Terms,
    facts: &'a mut Vec<TermId>,
    scope: Scope<'b>,
    /// How many quantifiers stand around the current place: no facts are made under one.
    bound: u32,
}

fn unmodelled<T>(what: &str) -> Result<T, Unmodelled> {
    Err(Unmodelled(what.to_string()))
}

impl Clause<'_, '_> {
    fn expr(&mut self, expr: &Expr) -> Translated {
        match &expr.kind {
            ExprKind::Value(value) => self.value(value),
            ExprKind::Const(id) => match &self.scope.package.constants[*id].value {
                Some(value) => self.value(&value.clone()),
                None => unmodelled("a constant without a value"),
            },
            ExprKind::Read(place) => self.read(place),
            ExprKind::Context(context) => self.context(*context),
            ExprKind::Unary(op, arg) => self.unary(*op, arg),
            ExprKind::Binary(op, left, right) => self.binary(*op, left, right),
            ExprKind::Logical(op, left, right) => self.logical(*op, left, right),
            ExprKind::Cast(arg) | ExprKind::Lift(arg) => self.expr(arg),
            ExprKind::MapCall { op: MapOp::Has, map, args } => self.has(map, args),
            ExprKind::If { cond, then, otherwise } => self.choice(cond, then, otherwise),
            ExprKind::Old(inner) => self.old(inner),
            ExprKind::Result => match self.scope.result {
                Some(result) => Ok(result),
                None => unmodelled("`result` of a function that gives nothing"),
            },
            ExprKind::Quantifier { kind, binders, body } => self.quantifier(*kind, binders, body),
            ExprKind::Sum { value, binders, filter } => self.sum(value, binders, filter.as_deref()),
            ExprKind::Call { .. } => unmodelled("a call in a specification"),
            ExprKind::MapCall { op, .. } => unmodelled(&format!("`{}` of a map", op.name())),
            _ => unmodelled("this expression"),
        }
    }

    fn value(&mut self, value: &Value) -> Translated {
        match value {
            Value::Bool(value) => Ok(self.terms.bool(*value)),
            Value::Int(value) => Ok(self.terms.int(value.clone())),
            Value::Bytes(bytes) if bytes.len() == 32 => {
                Ok(self.terms.int(BigInt::from_bytes_be(Sign::Plus, bytes)))
            }
            _ => unmodelled("a value of this type"),
        }
    }

    fn context(&mut self, context: mir::ContextKind) -> Translated {
        match self.scope.context.get(&context) {
            Some(value) => Ok(*value),
            None => unmodelled("this value of the chain"),
        }
    }

    fn unary(&mut self, op: UnaryOp, arg: &Expr) -> Translated {
        let value = self.expr(arg)?;
        match (op, self.terms.sort(value)) {
            (UnaryOp::Not, Sort::Bool) => Ok(self.terms.not(value)),
            (UnaryOp::Neg, Sort::Int) => {
                let zero = self.terms.int(0);
                Ok(self.terms.sub(zero, value))
            }
            _ => unmodelled("an operation on bits"),
        }
    }

    fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr) -> Translated {
        let (a, b) = (self.expr(left)?, self.expr(right)?);
        let t = &mut *self.terms;
        Ok(match op {
            BinaryOp::Add => t.add(a, b),
            BinaryOp::Sub => t.sub(a, b),
            BinaryOp::Mul => t.mul(a, b),
            BinaryOp::Eq => t.eq(a, b),
            BinaryOp::Ne => {
                let same = t.eq(a, b);
                t.not(same)
            }
            BinaryOp::Lt => t.lt(a, b),
            BinaryOp::Le => t.le(a, b),
            BinaryOp::Gt => t.lt(b, a),
            BinaryOp::Ge => t.le(b, a),
            BinaryOp::Div | BinaryOp::Rem => return self.division(op, a, b),
            BinaryOp::BitAnd if *t.sort(a) == Sort::Bool => t.and([a, b]),
            BinaryOp::BitOr if *t.sort(a) == Sort::Bool => t.or([a, b]),
            _ => return unmodelled(&format!("`{}` in a specification", op.symbol())),
        })
    }

    /// Division by a positive constant, rounded toward zero as programs do.
    fn division(&mut self, op: BinaryOp, a: TermId, b: TermId) -> Translated {
        let positive = matches!(self.terms.node(b), Node::Int(by) if *by > BigInt::ZERO);
        if !positive || self.bound > 0 {
            return unmodelled("a division in a specification by something that is no constant");
        }
        let mut desk = super::arith::Desk { terms: self.terms, facts: self.facts };
        let (quotient, remainder) = desk.divide(a, b, IntTy::I256);
        Ok(if op == BinaryOp::Div { quotient } else { remainder })
    }

    fn logical(&mut self, op: LogicalOp, left: &Expr, right: &Expr) -> Translated {
        let (a, b) = (self.expr(left)?, self.expr(right)?);
        Ok(match op {
            LogicalOp::And => self.terms.and([a, b]),
            LogicalOp::Or => self.terms.or([a, b]),
            LogicalOp::Implies => self.terms.implies(a, b),
        })
    }

    fn choice(&mut self, cond: &Expr, then: &thir::Block, other: &thir::Block) -> Translated {
        let (Some(then), Some(other)) = (value_of(then), value_of(other)) else {
            return unmodelled("statements in a specification");
        };
        let (cond, then, other) = (self.expr(cond)?, self.expr(then)?, self.expr(other)?);
        Ok(self.terms.ite(cond, then, other))
    }

    fn old(&mut self, inner: &Expr) -> Translated {
        let now = std::mem::replace(&mut self.scope.now, self.scope.entry);
        let value = self.expr(inner);
        self.scope.now = now;
        value
    }

    fn read(&mut self, place: &Place) -> Translated {
        let (field, keys) = match place.base {
            PlaceBase::Local(local) if place.path.is_empty() => {
                return match self.scope.locals.get(&local) {
                    Some(value) => Ok(*value),
                    None => unmodelled("a variable that is not known here"),
                };
            }
            PlaceBase::Local(_) => return unmodelled("a part of a variable"),
            PlaceBase::State(_) => self.state_place(place)?,
        };
        let declared = self.scope.program.field(field);
        if self.bound > 0 {
            return Ok(self.scope.now.peek(self.terms, field, &keys));
        }
        Ok(self.scope.now.read(self.terms, self.facts, (declared, field), &keys))
    }

    /// The field and the keys of a place in state.
    fn state_place(&mut self, place: &Place) -> Result<(FieldId, Vec<TermId>), Unmodelled> {
        let PlaceBase::State(field) = place.base else {
            return unmodelled("a map that is not in state");
        };
        let declared = self.scope.program.field(FieldId(field.index() as u32));
        if declared.ghost {
            return unmodelled("`ghost` state");
        }
        if declared.has_made_default {
            return unmodelled("a map whose default is no number");
        }
        let mut keys = Vec::new();
        for step in &place.path {
            match step {
                PlaceStep::Key(key) => keys.push(self.expr(key)?),
                _ => return unmodelled("a part of a value in state"),
            }
        }
        Ok((FieldId(field.index() as u32), keys))
    }

    fn has(&mut self, map: &Place, args: &[Expr]) -> Translated {
        let (field, mut keys) = self.state_place(map)?;
        for arg in args {
            keys.push(self.expr(arg)?);
        }
        let declared = self.scope.program.field(field);
        if keys.len() != declared.keys.len() {
            return unmodelled("whether a map of maps has a map");
        }
        Ok(self.scope.now.has(self.terms, (declared, field), &keys))
    }

    fn quantifier(&mut self, kind: QuantifierKind, binders: &[Binder], body: &Expr) -> Translated {
        let mut bound = Vec::new();
        let mut guards = Vec::new();
        self.bound += 1;
        let body = binders
            .iter()
            .try_for_each(|binder| self.bind(binder, &mut bound, &mut guards))
            .and_then(|()| self.expr(body));
        self.bound -= 1;
        let body = body?;
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
                bound.push(variable);
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
                bound.push(variable);
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
        let (field, mut keys) = self.state_place(place)?;
        let declared = self.scope.program.field(field);
        if keys.len() + 1 != declared.keys.len() {
            return unmodelled("a quantifier over a map of maps");
        }
        let key = self.variable(&ty.key)?;
        guards.extend(self.range(&ty.key, key));
        keys.push(key);
        guards.push(self.scope.now.has(self.terms, (declared, field), &keys));
        let value = self.scope.now.peek(self.terms, field, &keys);
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
        bound.push(key);
        Ok(())
    }

    fn variable(&mut self, ty: &Ty) -> Translated {
        match ty {
            Ty::Bool => Ok(self.terms.fresh("b", Sort::Bool)),
            Ty::Int(_) | Ty::SpecInt | Ty::Address | Ty::Hash => {
                Ok(self.terms.fresh("x", Sort::Int))
            }
            _ => unmodelled("a quantifier over this type"),
        }
    }

    fn range(&mut self, ty: &Ty, variable: TermId) -> Option<TermId> {
        let (min, max) = match ty {
            Ty::Int(int) => (IntTy::min(*int), IntTy::max(*int)),
            Ty::Address | Ty::Hash => (IntTy::U256.min(), IntTy::U256.max()),
            _ => return None,
        };
        let (min, max) = (self.terms.int(min), self.terms.int(max));
        let (above, below) = (self.terms.le(min, variable), self.terms.le(variable, max));
        Some(self.terms.and([above, below]))
    }

    /// The sum of all values in a map of integers; other sums have no translation yet.
    fn sum(&mut self, value: &Expr, binders: &[Binder], filter: Option<&Expr>) -> Translated {
        let plain = "a sum of anything but the values of a map";
        if filter.is_some() {
            return unmodelled("a filtered sum");
        }
        let [first, rest @ ..] = binders else { return unmodelled(plain) };
        let Domain::Collection(map) = &first.domain else { return unmodelled(plain) };
        let ExprKind::Read(place) = &map.kind else { return unmodelled(plain) };
        let (field, keys) = self.state_place(place)?;
        let declared = self.scope.program.field(field);
        let innermost = chained(first, rest)
            .filter(|_| keys.len() + binders.len() == declared.keys.len() && self.bound == 0);
        let summed = read_local(value);
        if innermost.is_none() || innermost != summed {
            return unmodelled(plain);
        }
        let place = (declared, field);
        match self.scope.now.sum(self.terms, self.facts, place, &keys) {
            Some(sum) => Ok(sum),
            None => unmodelled("a sum over a map whose default is not 0"),
        }
    }
}

/// The value variable of the last binder, if each binder runs over the values of the one before.
fn chained(first: &Binder, rest: &[Binder]) -> Option<LocalId> {
    let mut value = *first.locals.last()?;
    for binder in rest {
        let Domain::Collection(map) = &binder.domain else { return None };
        if read_local(map) != Some(value) {
            return None;
        }
        value = *binder.locals.last()?;
    }
    Some(value)
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

fn value_of(block: &thir::Block) -> Option<&Expr> {
    if block.stmts.is_empty() { block.value.as_deref() } else { None }
}
