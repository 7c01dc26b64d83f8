//! Expressions.
//!
//! Length: `kind` has one short arm a kind of expression.

use deed_base::{Diagnostic, catalogue as codes};
use num_bigint::BigInt;

use super::{Frame, Leave, MOST_DEPTH, Machine, Stop, because, number, said, truth};
use crate::arena::Id;
use crate::thir::{Block, Expr, ExprKind, FormatPart, LogicalOp, Place, PlaceBase, PlaceStep};
use crate::ty::Ty;
use crate::value::Value;

impl Machine<'_> {
    pub(super) fn expr(&mut self, expr: &Expr, frame: &mut Frame) -> Result<Value, Leave> {
        if expr.ty.is_error() {
            return Err(said());
        }
        self.spend(1, expr.span)?;
        if self.depth == MOST_DEPTH {
            let span = self.outermost.unwrap_or(expr.span);
            let message = "the value of this is computed by calls that nest too deeply";
            return Err(because(Diagnostic::new(codes::NOT_CONST, span, message)));
        }
        self.depth += 1;
        let value = self.kind(expr, frame);
        self.depth -= 1;
        value
    }

    fn kind(&mut self, expr: &Expr, frame: &mut Frame) -> Result<Value, Leave> {
        let span = expr.span;
        match &expr.kind {
            // The literal 0 of a type parameter may be an amount.
            ExprKind::Value(Value::Int(value)) if matches!(expr.ty, Ty::Param(_)) => {
                self.fit(value.clone(), &expr.ty, frame, span)
            }
            ExprKind::Value(value) => self.copied(value, span),
            ExprKind::Const(id) => match &self.items.constants[*id].value {
                Some(value) => self.copied(value, span),
                None if self.items.settled[id.index()] => Err(said()),
                None => Err(Leave::Stop(Stop::Waits(*id))),
            },
            ExprKind::ConstParam(id) => match frame.with.get(id).and_then(Ty::as_number) {
                Some(number) => Ok(Value::Int(number.into())),
                None => Err(because(open_number(span))),
            },
            ExprKind::Read(place) => self.read(place, frame),
            ExprKind::View { place, found: false } => self.read(place, frame),
            ExprKind::Unary(op, operand) => {
                let value = self.expr(operand, frame)?;
                self.unary(*op, value, expr, frame)
            }
            ExprKind::Cast(operand) => {
                let value = number(self.expr(operand, frame)?)?;
                self.fit(value, &expr.ty, frame, span)
            }
            ExprKind::Binary(op, left, right) => {
                let (a, b) = (self.expr(left, frame)?, self.expr(right, frame)?);
                self.binary(*op, a, b, left, expr, frame)
            }
            ExprKind::Logical(op, left, right) => {
                let left = truth(&self.expr(left, frame)?)?;
                match op {
                    LogicalOp::And if !left => Ok(Value::Bool(false)),
                    LogicalOp::Or if left => Ok(Value::Bool(true)),
                    LogicalOp::Implies if !left => Ok(Value::Bool(true)),
                    _ => self.expr(right, frame),
                }
            }
            ExprKind::Struct(parts) | ExprKind::Tuple(parts) | ExprKind::Array(parts) => {
                Ok(Value::Sequence(self.written(parts, frame)?))
            }
            ExprKind::Repeat(value) => {
                let value = self.expr(value, frame)?;
                let Ty::Array(_, len) = expr.ty.substitute(&frame.with) else { return Err(said()) };
                let len = len.as_number().ok_or_else(said)?;
                self.spend(super::size(&value).saturating_mul(len), span)?;
                Ok(Value::Sequence(vec![value; len as usize]))
            }
            ExprKind::None => Ok(Value::Case(0, Vec::new())),
            ExprKind::Some(value) | ExprKind::Err(value) => {
                Ok(Value::Case(1, vec![self.expr(value, frame)?]))
            }
            ExprKind::Ok(value) => Ok(Value::Case(0, vec![self.expr(value, frame)?])),
            ExprKind::Variant(variant, parts) => {
                Ok(Value::Case(variant.0, self.written(parts, frame)?))
            }
            ExprKind::Field(base, field) => part(self.expr(base, frame)?, field.index()),
            ExprKind::Part(base, at) => part(self.expr(base, frame)?, *at as usize),
            ExprKind::Index(base, index) => {
                let (base, index) = (self.expr(base, frame)?, self.expr(index, frame)?);
                self.element(&base, &number(index)?, span)
            }
            ExprKind::InRange(value, range) => {
                let value = number(self.expr(value, frame)?)?;
                let start = number(self.expr(&range.start, frame)?)?;
                let end = number(self.expr(&range.end, frame)?)?;
                let below = if range.inclusive { value <= end } else { value < end };
                Ok(Value::Bool(start <= value && below))
            }
            ExprKind::ArrayToVec(value) => self.expr(value, frame),
            ExprKind::Format(parts) => self.format(parts, frame),
            ExprKind::If { cond, then, otherwise } => {
                let holds = truth(&self.expr(cond, frame)?)?;
                self.block(if holds { then } else { otherwise }, frame)
            }
            ExprKind::Let { pattern, value } => {
                let value = self.expr(value, frame)?;
                Ok(Value::Bool(self.fits(pattern, &value, frame)?))
            }
            ExprKind::Match { subject, arms } => {
                let subject = self.expr(subject, frame)?;
                for arm in arms {
                    let fits = self.fits(&arm.pattern, &subject, frame)?;
                    let holds = match &arm.guard {
                        Some(guard) if fits => truth(&self.expr(guard, frame)?)?,
                        _ => fits,
                    };
                    if holds {
                        return self.block(&arm.body, frame);
                    }
                }
                Err(said())
            }
            ExprKind::ElseLeave { value, otherwise } => match self.content(value, frame)? {
                Ok(content) => Ok(content),
                Err(_) => self.block(otherwise, frame),
            },
            ExprKind::Coalesce(value, other) => match self.content(value, frame)? {
                Ok(content) => Ok(content),
                Err(_) => self.expr(other, frame),
            },
            ExprKind::Propagate(value) => self.content(value, frame)?.map_err(Leave::Return),
            ExprKind::Call { function, type_args, args } => {
                self.call(*function, type_args, args, expr, frame)
            }
            ExprKind::Error => Err(said()),
            _ => Err(self.not_constant(span)),
        }
    }

    /// Parts in the order of their declaration, evaluated as they were written.
    pub(super) fn written(
        &mut self,
        parts: &[Expr],
        frame: &mut Frame,
    ) -> Result<Vec<Value>, Leave> {
        let mut values = vec![Value::Unit; parts.len()];
        for (at, part) in crate::thir::as_written(parts) {
            values[at] = self.expr(part, frame)?;
        }
        Ok(values)
    }

    /// What is in an `Option` or `Result`, or the one without content.
    fn content(&mut self, expr: &Expr, frame: &mut Frame) -> Result<Result<Value, Value>, Leave> {
        let full = if let Ty::Option(_) = expr.ty { 1 } else { 0 };
        match self.expr(expr, frame)? {
            Value::Case(case, mut parts) if case == full && parts.len() == 1 => {
                Ok(Ok(parts.swap_remove(0)))
            }
            other => Ok(Err(other)),
        }
    }

    pub(super) fn block(&mut self, block: &Block, frame: &mut Frame) -> Result<Value, Leave> {
        for stmt in &block.stmts {
            self.stmt(stmt, frame)?;
        }
        block.value.as_ref().map_or(Ok(Value::Unit), |value| self.expr(value, frame))
    }

    fn read(&mut self, place: &Place, frame: &mut Frame) -> Result<Value, Leave> {
        if let Some((PlaceStep::Index(index), path)) = place.path.split_last() {
            // An element of `bytes` is no value of its own.
            let index = number(self.expr(index, frame)?)?;
            let base = Place { path: path.to_vec(), ..place.clone() };
            let base = self.slot(&base, frame)?.clone();
            return self.element(&base, &index, place.span);
        }
        let held = self.slot(place, frame)?.clone();
        self.spend(super::size(&held), place.span)?;
        Ok(held)
    }

    /// What holds the value of a place.
    pub(super) fn slot<'f>(
        &mut self,
        place: &Place,
        frame: &'f mut Frame,
    ) -> Result<&'f mut Value, Leave> {
        let PlaceBase::Local(local) = place.base else { return Err(self.not_constant(place.span)) };
        let mut path = Vec::with_capacity(place.path.len());
        for step in &place.path {
            path.push(match step {
                PlaceStep::Field(_, field) => BigInt::from(field.index()),
                PlaceStep::Part(part) => BigInt::from(*part),
                PlaceStep::Index(index) => number(self.expr(index, frame)?)?,
                PlaceStep::Key(_) => return Err(self.not_constant(place.span)),
            });
        }
        let held = frame.locals.get_mut(local.index()).and_then(Option::as_mut);
        let mut held = held.ok_or_else(|| self.not_constant(place.span))?;
        for at in &path {
            let Value::Sequence(parts) = held else { return Err(self.not_constant(place.span)) };
            let found = usize::try_from(at).ok().and_then(|at| parts.get_mut(at));
            held = found.ok_or_else(|| self.traps(place.span, no_element(at)))?;
        }
        Ok(held)
    }

    fn element(
        &mut self,
        base: &Value,
        index: &BigInt,
        span: deed_base::Span,
    ) -> Result<Value, Leave> {
        let at = usize::try_from(index).ok();
        let found = match base {
            Value::Sequence(parts) => at.and_then(|at| parts.get(at).cloned()),
            Value::Bytes(bytes) => {
                at.and_then(|at| bytes.get(at)).map(|byte| Value::Int((*byte).into()))
            }
            _ => return Err(said()),
        };
        let found = found.ok_or_else(|| self.traps(span, no_element(index)))?;
        self.spend(super::size(&found), span)?;
        Ok(found)
    }

    fn format(&mut self, parts: &[FormatPart], frame: &mut Frame) -> Result<Value, Leave> {
        let mut text = String::new();
        for part in parts {
            match part {
                FormatPart::Text(part) => text.push_str(part),
                FormatPart::Value(value) => match (self.expr(value, frame)?, &value.ty) {
                    (Value::String(part), _) => text.push_str(&part),
                    (Value::Int(part), Ty::Int(_) | Ty::Param(_)) => {
                        text.push_str(&part.to_string());
                    }
                    (Value::Bool(part), _) => text.push_str(&part.to_string()),
                    _ => return Err(self.not_constant(value.span)),
                },
            }
        }
        Ok(Value::String(text))
    }
}

fn no_element(at: &BigInt) -> String {
    format!("there is no element {at}")
}

fn part(value: Value, at: usize) -> Result<Value, Leave> {
    match value {
        Value::Sequence(mut parts) if at < parts.len() => Ok(parts.swap_remove(at)),
        _ => Err(said()),
    }
}

/// A `const` parameter in a calculation that is made before its number is known.
fn open_number(span: deed_base::Span) -> Diagnostic {
    let message = "the number of a `const` parameter is not known yet where this is calculated";
    Diagnostic::new(codes::NOT_CONST, span, message)
        .help("let the parameter stand alone, as in `[u8; N]`, or take a second one")
}
