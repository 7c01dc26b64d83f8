//! Clauses of a specification as terms.
//!
//! In: a typed expression of a clause and a [`Scope`]: what its names mean at one moment. Out: a term,
//! or [`Unmodelled`] where the language of terms has no word for it.
//! Holds always: a clause computes on unbounded integers and never traps; what it reads of the state
//! is read at the scope's moment, and under `old` at the function's entry.

mod binders;
mod patterns;
pub(in crate::exec) mod unfold;
mod values;

use std::collections::{HashMap, HashSet};

use deed_compiler::arena::{FnId, Id, LocalId};
use deed_compiler::mir::{self, FieldId, Program};
use deed_compiler::thir::{
    self, BinaryOp, Expr, ExprKind, LogicalOp, MapOp, Place, PlaceBase, PlaceStep, UnaryOp,
};
use deed_compiler::ty::{IntTy, Ty};
use deed_compiler::value::Value;
use num_bigint::BigInt;

use self::unfold::Watched;
use super::arith::Desk;
use super::bits::Bitwise;
use super::facts::Facts;
use super::heap;
use super::state::State;
use super::value;
use crate::vc::term::{Sort, TermId, Terms};

/// What names mean at one moment of one run.
#[derive(Clone)]
pub(super) struct Scope<'a> {
    pub package: &'a thir::Package,
    pub program: &'a Program,
    pub locals: HashMap<LocalId, TermId>,
    pub result: Option<TermId>,
    pub now: &'a State,
    /// The state and the parameters at the function's entry.
    pub entry: (&'a State, &'a HashMap<LocalId, TermId>),
    pub context: &'a HashMap<mir::ContextKind, TermId>,
    /// Functions that call themselves and are proved to end.
    pub trusted: &'a HashSet<FnId>,
}

/// A part of a clause that has no translation, in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Unmodelled(pub String);

type Translated = Result<TermId, Unmodelled>;

/// Translates a clause; facts about the places it reads are added to `facts`.
pub(super) fn translate(
    terms: &mut Terms,
    facts: &mut Facts,
    expr: &Expr,
    scope: &Scope<'_>,
) -> Translated {
    Clause::new(terms, facts, scope).expr(expr)
}

pub(super) struct Clause<'a, 'b> {
    terms: &'a mut Terms,
    facts: &'a mut Facts,
    scope: Scope<'b>,
    /// The variables of the quantifiers and sums around the current place: no facts are made under one.
    bound: Vec<TermId>,
    /// What the types of places that were read under the innermost quantifier say of them.
    ranges: Vec<TermId>,
    /// The variables that are entries of the state, where the collections of a struct lie apart from it.
    stored: HashSet<LocalId>,
    /// What holds at the current place, because nothing is looked at there else.
    path: Vec<TermId>,
    /// The calls around the current place, the equations among them, and how far it was gone altogether.
    depth: u32,
    equations: u32,
    steps: u32,
    /// The calls whose equation is known, each with how deep in others that was.
    equated: HashMap<TermId, u32>,
    /// Whether a program's function was followed, whose values are those of unbounded integers here.
    lifted: bool,
    /// Set where a function is looked at for whether it ends.
    falling: Option<Watched>,
}

fn unmodelled<T>(what: &str) -> Result<T, Unmodelled> {
    Err(Unmodelled(what.to_string()))
}

impl<'a, 'b> Clause<'a, 'b> {
    pub(super) fn new(terms: &'a mut Terms, facts: &'a mut Facts, scope: &Scope<'b>) -> Self {
        Clause {
            terms,
            facts,
            scope: scope.clone(),
            bound: Vec::new(),
            ranges: Vec::new(),
            stored: HashSet::new(),
            path: Vec::new(),
            depth: 0,
            equations: 0,
            steps: 0,
            equated: HashMap::new(),
            lifted: false,
            falling: None,
        }
    }
}

impl Clause<'_, '_> {
    fn expr(&mut self, expr: &Expr) -> Translated {
        match &expr.kind {
            ExprKind::Value(value) => self.value(value, &expr.ty),
            ExprKind::Const(id) => match &self.scope.package.constants[*id].value {
                Some(value) => self.value(&value.clone(), &expr.ty),
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
            ExprKind::Call { function, args, .. } => self.call(*function, args, expr),
            ExprKind::Match { subject, arms } => self.matched(subject, arms),
            ExprKind::MapCall { op: MapOp::Get, map, args } => self.get(map, args),
            ExprKind::Some(inner) => self.variant(1, std::slice::from_ref(inner)),
            ExprKind::None => self.variant(0, &[]),
            ExprKind::Ok(inner) => self.variant(0, std::slice::from_ref(inner)),
            ExprKind::Err(inner) => self.variant(1, std::slice::from_ref(inner)),
            ExprKind::Variant(id, payload) => self.variant(id.index() as u32, payload),
            ExprKind::Struct(fields) => self.made(fields, &expr.ty),
            ExprKind::Tuple(parts) => self.made(parts, &expr.ty),
            ExprKind::Field(of, field) => {
                let value = self.expr(of)?;
                self.field(value, &of.ty, field.index(), &expr.ty)
            }
            ExprKind::Part(of, at) => {
                let value = self.expr(of)?;
                self.field(value, &of.ty, *at as usize, &expr.ty)
            }
            ExprKind::Index(of, index) => {
                let (value, index) = (self.expr(of)?, self.expr(index)?);
                self.element(value, &of.ty, index, &expr.ty)
            }
            ExprKind::MapCall { op, .. } => unmodelled(&format!("`{}` of a map", op.name())),
            _ => unmodelled("this expression"),
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
        // In a generic function a clause does not know what a type parameter stands for.
        if self.terms.sort(a) != self.terms.sort(b) {
            return unmodelled("a clause about a type parameter");
        }
        if self.scope.package.scalar(&left.ty).is_none() && left.ty != Ty::SpecInt {
            return self.compare(op, (a, b), &left.ty);
        }
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
            BinaryOp::Div | BinaryOp::Rem => return self.division(op, (a, b), (left, right)),
            BinaryOp::BitAnd if *t.sort(a) == Sort::Bool => t.and([a, b]),
            BinaryOp::BitOr if *t.sort(a) == Sort::Bool => t.or([a, b]),
            _ if *t.sort(a) == Sort::Int => return self.bits(op, a, b),
            _ => return unmodelled(&format!("`{}` in a specification", op.symbol())),
        })
    }

    /// Division, rounded toward zero as programs do; by zero it is any number.
    fn division(
        &mut self,
        op: BinaryOp,
        (a, b): (TermId, TermId),
        (left, right): (&Expr, &Expr),
    ) -> Translated {
        if self.speaks_of_bound(a) || self.speaks_of_bound(b) {
            return unmodelled("a division of what a quantifier binds");
        }
        let natural = is_natural(left) && is_natural(right);
        let mut desk = Desk { terms: self.terms, facts: self.facts };
        let int = if natural { IntTy::U256 } else { IntTy::I256 };
        let (quotient, remainder) = desk.divide(a, b, int);
        Ok(if op == BinaryOp::Div { quotient } else { remainder })
    }

    /// Operations on the bits of integers, as rows without an end.
    fn bits(&mut self, op: BinaryOp, a: TermId, b: TermId) -> Translated {
        if self.speaks_of_bound(a) || self.speaks_of_bound(b) {
            return unmodelled("an operation on the bits of what a quantifier binds");
        }
        let mut desk = Desk { terms: self.terms, facts: self.facts };
        Ok(match op {
            BinaryOp::BitAnd => desk.bitwise(Bitwise::And, a, b),
            BinaryOp::BitOr => desk.bitwise(Bitwise::Or, a, b),
            BinaryOp::BitXor => desk.bitwise(Bitwise::Xor, a, b),
            BinaryOp::Shl | BinaryOp::Shr => {
                let power = desk.power(b);
                if op == BinaryOp::Shl { desk.terms.mul(a, power) } else { desk.floor(a, power).0 }
            }
            _ => return unmodelled(&format!("`{}` in a specification", op.symbol())),
        })
    }

    fn logical(&mut self, op: LogicalOp, left: &Expr, right: &Expr) -> Translated {
        let a = self.expr(left)?;
        let decided = if op == LogicalOp::Or { self.terms.not(a) } else { a };
        let b = self.where_true(decided, |clause| clause.expr(right))?;
        Ok(match op {
            LogicalOp::And => self.terms.and([a, b]),
            LogicalOp::Or => self.terms.or([a, b]),
            LogicalOp::Implies => self.terms.implies(a, b),
        })
    }

    fn choice(&mut self, cond: &Expr, then: &thir::Block, other: &thir::Block) -> Translated {
        let (cond, bound) = self.condition(cond)?;
        self.either(
            cond,
            |clause| {
                clause.scope.locals.extend(bound);
                clause.block_value(then)
            },
            |clause| clause.block_value(other),
        )
    }

    fn old(&mut self, inner: &Expr) -> Translated {
        let (state, locals) = self.scope.entry;
        let now = std::mem::replace(&mut self.scope.now, state);
        let here = self.scope.locals.clone();
        self.scope.locals.extend(locals);
        let value = self.expr(inner);
        self.scope.now = now;
        self.scope.locals = here;
        value
    }

    fn read(&mut self, place: &Place) -> Translated {
        let (value, path, stored) = match place.base {
            PlaceBase::Local(local) => match self.scope.locals.get(&local) {
                Some(value) => (*value, &place.path[..], self.stored.contains(&local)),
                None => return unmodelled("a variable that is not known here"),
            },
            PlaceBase::State(_) => {
                let (field, keys, path) = self.state_place(place)?;
                let declared = self.scope.program.field(field);
                if keys.len() != declared.keys.len() {
                    return unmodelled("a whole collection in state");
                }
                let value = match self.bound.is_empty() {
                    true => self.scope.now.read(self.terms, self.facts, (declared, field), &keys),
                    false => self.peek(field, &keys),
                };
                (value, path, true)
            }
        };
        if stored && self.is_apart(&place.ty) {
            return unmodelled("a struct with collections as a whole");
        }
        self.parts(value, path, &place.ty, stored)
    }

    /// The field and the keys of a place in state, and the way on in the value that is there.
    fn state_place<'p>(
        &mut self,
        place: &'p Place,
    ) -> Result<(FieldId, Vec<TermId>, &'p [PlaceStep]), Unmodelled> {
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
        let mut path = &place.path[..];
        while let [PlaceStep::Key(key) | PlaceStep::Index(key), rest @ ..] = path
            && keys.len() < declared.keys.len()
        {
            keys.push(self.expr(key)?);
            path = rest;
        }
        Ok((FieldId(field.index() as u32), keys, path))
    }

    /// What a place holds under a quantifier, whose body may rely on its type.
    fn peek(&mut self, field: FieldId, keys: &[TermId]) -> TermId {
        let value = self.scope.now.peek(self.terms, field, keys);
        let law = value::range(self.terms, value, self.scope.program.field(field).value);
        self.ranges.push(law);
        value
    }

    /// The field and the keys of a collection in state.
    fn state_map(&mut self, place: &Place) -> Result<(FieldId, Vec<TermId>), Unmodelled> {
        match self.state_place(place)? {
            (field, keys, []) => Ok((field, keys)),
            _ => unmodelled("a collection that is part of a value in state"),
        }
    }

    fn has(&mut self, map: &Place, args: &[Expr]) -> Translated {
        let (field, mut keys) = self.state_map(map)?;
        for arg in args {
            keys.push(self.expr(arg)?);
        }
        let declared = self.scope.program.field(field);
        if keys.len() != declared.keys.len() {
            return unmodelled("whether a map of maps has a map");
        }
        Ok(self.scope.now.has(self.terms, (declared, field), &keys))
    }

    /// `get(k)`: the entry as an option.
    fn get(&mut self, map: &Place, args: &[Expr]) -> Translated {
        let there = self.has(map, args)?;
        let (field, mut keys) = self.state_map(map)?;
        for arg in args {
            keys.push(self.expr(arg)?);
        }
        if !self.bound.is_empty() {
            return unmodelled("`get` of a map under a quantifier");
        }
        if matches!(&map.ty, Ty::Map(ty) if self.is_apart(&ty.value)) {
            return unmodelled("a struct with collections as a whole");
        }
        let declared = self.scope.program.field(field);
        let value = self.scope.now.read(self.terms, self.facts, (declared, field), &keys);
        let some = heap::variant(self.terms, self.facts, 1, &[value]);
        let none = heap::variant(self.terms, self.facts, 0, &[]);
        Ok(self.terms.ite(there, some, none))
    }
}

/// Whether an expression is seen never to be below zero: then a division by it is simpler.
fn is_natural(expr: &Expr) -> bool {
    use BinaryOp::{Add, Div, Mul, Rem};
    match (&expr.kind, &expr.ty) {
        (ExprKind::Lift(inner) | ExprKind::Old(inner), _) => is_natural(inner),
        (ExprKind::Value(Value::Int(number)), _) => *number >= BigInt::ZERO,
        (ExprKind::Read(_) | ExprKind::Result, Ty::Int(int)) => !int.is_signed(),
        (ExprKind::Binary(Add | Mul | Div | Rem, a, b), _) => is_natural(a) && is_natural(b),
        _ => false,
    }
}
