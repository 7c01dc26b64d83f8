//! Structured values in clauses.
//!
//! In: expressions that make values or take them apart. Out: terms as [`heap`] makes them.
//! Holds always: what has no term is refused, so a clause means what it says or nothing.

use deed_compiler::arena::{FnId, Id, StructId};
use deed_compiler::layout::Shape;
use deed_compiler::mir::{self, FieldId};
use deed_compiler::thir::{BinaryOp, Expr, ExprKind, FnKind, Place, PlaceBase, PlaceStep};
use deed_compiler::ty::{IntTy, Ty};
use deed_compiler::value::Value;
use num_bigint::{BigInt, Sign};

use super::{Clause, Translated, Unmodelled, unmodelled};
use crate::exec::facts::is_plain;
use crate::exec::{heap, value};
use crate::vc::term::{Sort, TermId};

impl Clause<'_, '_> {
    /// A value known when compiling.
    pub(super) fn value(&mut self, value: &Value, ty: &Ty) -> Translated {
        match (value, self.scope.package.shape(ty)) {
            (Value::Bool(value), _) => Ok(self.terms.bool(*value)),
            (Value::Int(value), _) => Ok(self.terms.int(value.clone())),
            (Value::Bytes(bytes), Shape::Scalar(_)) => {
                Ok(self.terms.int(BigInt::from_bytes_be(Sign::Plus, bytes)))
            }
            (Value::Sequence(parts), Shape::Scalar(_)) => match &parts[..] {
                // A quantity is its one field.
                [Value::Int(value)] => Ok(self.terms.int(value.clone())),
                _ => unmodelled("a value of this type"),
            },
            (Value::Sequence(values), Shape::Record(parts)) => {
                let fields = values.iter().zip(&parts).map(|(v, part)| self.value(v, &part.ty));
                let fields = fields.collect::<Result<Vec<_>, _>>()?;
                self.record(&fields)
            }
            (Value::Case(number, values), Shape::Enum(cases)) => {
                let parts = &cases[*number as usize].parts;
                let payload = values.iter().zip(parts).map(|(v, part)| self.value(v, &part.ty));
                let payload = payload.collect::<Result<Vec<_>, _>>()?;
                self.variant_of(*number, &payload)
            }
            _ => unmodelled("a value of this type"),
        }
    }

    /// A struct or tuple of its parts; a quantity is its one field.
    pub(super) fn made(&mut self, parts: &[Expr], ty: &Ty) -> Translated {
        let fields = parts.iter().map(|part| self.expr(part)).collect::<Result<Vec<_>, _>>()?;
        match (self.scope.package.scalar(ty), &fields[..]) {
            (Some(_), [field]) => Ok(*field),
            _ => self.record(&fields),
        }
    }

    pub(super) fn variant(&mut self, number: u32, payload: &[Expr]) -> Translated {
        let parts = payload.iter().map(|part| self.expr(part)).collect::<Result<Vec<_>, _>>()?;
        self.variant_of(number, &parts)
    }

    fn record(&mut self, fields: &[TermId]) -> Translated {
        self.no_variable(fields)?;
        Ok(heap::record(self.terms, self.facts, fields))
    }

    fn variant_of(&mut self, number: u32, payload: &[TermId]) -> Translated {
        self.no_variable(payload)?;
        Ok(heap::variant(self.terms, self.facts, number, payload))
    }

    /// A made value has facts, which cannot speak of variables.
    fn no_variable(&self, parts: &[TermId]) -> Result<(), Unmodelled> {
        let free = |part: &TermId| {
            let below = self.terms.below(*part);
            !self.bound.iter().any(|variable| below.contains(variable))
        };
        match parts.iter().all(free) {
            true => Ok(()),
            false => unmodelled("a value made of what a quantifier binds"),
        }
    }

    /// What a way leads to in a value; `ty` is the type at its end.
    /// In state the collections of a struct lie apart, and the others of its fields are counted without them.
    pub(super) fn parts(
        &mut self,
        value: TermId,
        path: &[PlaceStep],
        ty: &Ty,
        stored: bool,
    ) -> Translated {
        let mut value = value;
        for (at, step) in path.iter().enumerate() {
            let last = at + 1 == path.len();
            let sort = if last { self.sort(ty) } else { Sort::Int };
            value = match step {
                PlaceStep::Field(id, _) if self.scope.package.structs[*id].quantity => value,
                PlaceStep::Field(id, field) => {
                    let at = if stored { self.inline(*id, field.index())? } else { field.index() };
                    heap::field(self.terms, value, at, sort)
                }
                PlaceStep::Part(part) => heap::field(self.terms, value, *part as usize, sort),
                PlaceStep::Index(index) => {
                    let index = self.expr(index)?;
                    let elements = heap::elements(self.terms, value, sort);
                    self.terms.select(elements, index)
                }
                PlaceStep::Key(_) => return unmodelled("an entry of a map that is not in state"),
            };
        }
        if !path.is_empty() {
            self.in_range(value, ty);
        }
        Ok(value)
    }

    /// The place of a field among those that lie in a struct's own row.
    fn inline(&self, id: StructId, field: usize) -> Result<usize, Unmodelled> {
        let fields = self.scope.package.structs[id].fields.values();
        let types: Vec<&Ty> = fields.map(|field| &field.ty).collect();
        // What a type parameter stands for may be a collection.
        if types[..=field].iter().any(|ty| matches!(ty, Ty::Param(_))) {
            return unmodelled("a field of a generic struct in state");
        }
        match self.is_apart(types[field]) {
            true => unmodelled("a struct with collections in another one"),
            false => Ok(types[..field].iter().filter(|ty| !self.is_apart(ty)).count()),
        }
    }

    /// Whether a part of a struct in state has places of its own there.
    pub(super) fn is_apart(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Map(_) | Ty::Set(_) | Ty::Vec(_) => true,
            Ty::Struct(..) => match self.scope.package.shape(ty) {
                Shape::Record(parts) => parts.iter().any(|part| self.is_apart(&part.ty)),
                _ => false,
            },
            _ => false,
        }
    }

    pub(super) fn field(&mut self, value: TermId, of: &Ty, at: usize, ty: &Ty) -> Translated {
        if self.scope.package.scalar(of).is_some() {
            return Ok(value);
        }
        let sort = self.sort(ty);
        let field = heap::field(self.terms, value, at, sort);
        self.in_range(field, ty);
        Ok(field)
    }

    pub(super) fn element(&mut self, value: TermId, of: &Ty, at: TermId, ty: &Ty) -> Translated {
        if !matches!(of, Ty::Vec(_) | Ty::Array(..)) {
            return unmodelled("a part of a value of this type");
        }
        let sort = self.sort(ty);
        let elements = heap::elements(self.terms, value, sort);
        let element = self.terms.select(elements, at);
        self.in_range(element, ty);
        Ok(element)
    }

    /// `a == b` of structured values.
    pub(super) fn compare(
        &mut self,
        op: BinaryOp,
        (a, b): (TermId, TermId),
        ty: &Ty,
    ) -> Translated {
        if matches!(ty, Ty::Struct(..)) && self.is_apart(ty) {
            return unmodelled("whether structs with collections are equal");
        }
        if self.bound.is_empty() {
            for value in [a, b] {
                self.is_its_parts(value, ty);
            }
        }
        let same = self.terms.eq(a, b);
        match op {
            BinaryOp::Eq => Ok(same),
            BinaryOp::Ne => Ok(self.terms.not(same)),
            _ => unmodelled("an order of structured values"),
        }
    }

    /// A record is what its fields make, so records with equal fields are equal.
    fn is_its_parts(&mut self, value: TermId, ty: &Ty) {
        let Shape::Record(parts) = self.scope.package.shape(ty) else { return };
        let mut fields = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            let sort = self.sort(&part.ty);
            fields.push(heap::field(self.terms, value, at, sort));
        }
        let made = heap::record(self.terms, self.facts, &fields);
        self.facts.equal(self.terms, value, made);
    }

    /// A function: one of the library that has a term, or by its body.
    pub(super) fn call(&mut self, id: FnId, args: &[Expr], call: &Expr) -> Translated {
        let function = &self.scope.package.functions[id];
        match (function.kind, function.name.text.as_str(), args) {
            (FnKind::Native, "len", [list]) if matches!(list.ty, Ty::Vec(_) | Ty::Array(..)) => {
                if let ExprKind::Read(place) = &list.kind
                    && matches!(place.base, PlaceBase::State(_))
                {
                    return self.state_length(place);
                }
                let list = self.expr(list)?;
                let length = heap::length(self.terms, list);
                self.in_range(length, &Ty::Int(IntTy::U64));
                Ok(length)
            }
            _ => self.unfold(call),
        }
    }

    /// The length of a vector in state, which has a row of its own: `a.len` for the elements `a.at`.
    fn state_length(&mut self, place: &Place) -> Translated {
        let (field, keys) = self.state_map(place)?;
        let program = self.scope.program;
        let row = program.field(field).name.strip_suffix(".at").map(|name| format!("{name}.len"));
        let row = row.and_then(|row| program.state.iter().position(|field| field.name == row));
        let Some(length) = row.map(|at| FieldId(at as u32)) else {
            return unmodelled("the length of a list that is part of a value in state");
        };
        let declared = program.field(length);
        if keys.len() != declared.keys.len() {
            return unmodelled("the length of this list");
        }
        match self.bound.is_empty() {
            true => Ok(self.scope.now.read(self.terms, self.facts, (declared, length), &keys)),
            false => Ok(self.peek(length, &keys)),
        }
    }

    pub(super) fn in_range(&mut self, value: TermId, ty: &Ty) {
        let Some(scalar) = self.scope.package.scalar(ty) else { return };
        // What a function computes on unbounded integers may lie outside of its type.
        if self.lifted && !is_plain(self.terms, value) {
            return;
        }
        if self.bound.is_empty() {
            self.facts.range(self.terms, value, scalar);
        } else {
            let law = value::range(self.terms, value, scalar);
            self.ranges.push(law);
        }
    }

    pub(super) fn sort(&self, ty: &Ty) -> Sort {
        match self.scope.package.scalar(ty) {
            Some(mir::Ty::Bool) => Sort::Bool,
            _ => Sort::Int,
        }
    }
}
