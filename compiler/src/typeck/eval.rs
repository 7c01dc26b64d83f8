//! The value of a typed expression at compile time.
//!
//! In: an expression with settled types, and the constants before it. Out: its value, or why there
//! is none.
//! Holds always: a value fits its type; what would trap when it runs is an error here.

use deed_base::{Diagnostic, Span, catalogue as codes};
use num_bigint::{BigInt, Sign};

use crate::arena::{Arena, ConstId, Id};
use crate::thir::{BinaryOp, ConstDef, Expr, ExprKind, LogicalOp, UnaryOp};
use crate::ty::{IntTy, Ty};
use crate::value::Value;

/// Why an expression has no value.
pub(super) enum Stop {
    /// A message has been given.
    Said,
    Because(Box<Diagnostic>),
}

/// Evaluates an expression.
pub(super) fn eval(expr: &Expr, constants: &Arena<ConstId, ConstDef>) -> Result<Value, Stop> {
    if expr.ty.is_error() {
        return Err(Stop::Said);
    }
    match &expr.kind {
        ExprKind::Value(value) => Ok(value.clone()),
        ExprKind::Const(id) => constants[*id].value.clone().ok_or(Stop::Said),
        ExprKind::Unary(op, operand) => unary(*op, eval(operand, constants)?, expr),
        ExprKind::Cast(operand) => fit(int(eval(operand, constants)?)?, expr),
        ExprKind::Binary(op, left, right) => {
            let (a, b) = (eval(left, constants)?, eval(right, constants)?);
            binary(*op, a, b, &left.ty, expr)
        }
        ExprKind::Logical(op, left, right) => {
            let (a, b) = (eval(left, constants)?, eval(right, constants)?);
            let (Value::Bool(a), Value::Bool(b)) = (a, b) else { return Err(Stop::Said) };
            Ok(Value::Bool(match op {
                LogicalOp::And => a && b,
                LogicalOp::Or => a || b,
                LogicalOp::Implies => !a || b,
            }))
        }
        ExprKind::Struct(parts) | ExprKind::Tuple(parts) | ExprKind::Array(parts) => {
            Ok(Value::Sequence(all(parts, constants)?))
        }
        ExprKind::Repeat(value) => {
            let len = match &expr.ty {
                Ty::Array(_, len) => len.as_number().and_then(|len| usize::try_from(len).ok()),
                _ => None,
            };
            Ok(Value::Sequence(vec![eval(value, constants)?; len.ok_or(Stop::Said)?]))
        }
        ExprKind::None => Ok(Value::Case(0, Vec::new())),
        ExprKind::Some(value) | ExprKind::Err(value) => {
            Ok(Value::Case(1, vec![eval(value, constants)?]))
        }
        ExprKind::Ok(value) => Ok(Value::Case(0, vec![eval(value, constants)?])),
        ExprKind::Variant(variant, parts) => Ok(Value::Case(variant.0, all(parts, constants)?)),
        ExprKind::Field(base, field) => part(eval(base, constants)?, field.index()),
        ExprKind::Part(base, at) => part(eval(base, constants)?, *at as usize),
        ExprKind::Index(base, index) => element(base, index, expr, constants),
        ExprKind::ConstParam(_) => Err(Stop::Because(Box::new(open_number(expr.span)))),
        ExprKind::Error => Err(Stop::Said),
        _ => Err(Stop::Because(Box::new(not_constant(expr.span)))),
    }
}

fn all(parts: &[Expr], constants: &Arena<ConstId, ConstDef>) -> Result<Vec<Value>, Stop> {
    parts.iter().map(|part| eval(part, constants)).collect()
}

fn part(value: Value, at: usize) -> Result<Value, Stop> {
    match value {
        Value::Sequence(mut parts) if at < parts.len() => Ok(parts.swap_remove(at)),
        _ => Err(Stop::Said),
    }
}

fn element(
    base: &Expr,
    index: &Expr,
    expr: &Expr,
    constants: &Arena<ConstId, ConstDef>,
) -> Result<Value, Stop> {
    let (base, index) = (eval(base, constants)?, int(eval(index, constants)?)?);
    let at = usize::try_from(&index).ok();
    let found = match &base {
        Value::Sequence(parts) => at.and_then(|at| parts.get(at).cloned()),
        Value::Bytes(bytes) => at.and_then(|at| bytes.get(at)).map(|b| Value::Int((*b).into())),
        _ => return Err(Stop::Said),
    };
    found.ok_or_else(|| traps(expr.span, format!("there is no element {index}")))
}

/// Something that is known only when the program runs.
pub(super) fn not_constant(span: Span) -> Diagnostic {
    Diagnostic::new(codes::NOT_CONST, span, "the value of this is not known at compile time")
        .help("use literals, constants, operators and casts")
}

/// A `const` parameter in a calculation that is made before its number is known.
fn open_number(span: Span) -> Diagnostic {
    let message = "the number of a `const` parameter is not known yet where this is calculated";
    Diagnostic::new(codes::NOT_CONST, span, message)
        .help("let the parameter stand alone, as in `[u8; N]`, or take a second one")
}

fn traps(span: Span, why: String) -> Stop {
    Stop::Because(Box::new(
        Diagnostic::new(codes::CONST_TRAPS, span, why).label("this expression has no value"),
    ))
}

fn int(value: Value) -> Result<BigInt, Stop> {
    match value {
        Value::Int(value) => Ok(value),
        _ => Err(Stop::Said),
    }
}

fn int_ty(expr: &Expr) -> Result<IntTy, Stop> {
    expr.ty.as_int().ok_or(Stop::Said)
}

fn fit(value: BigInt, expr: &Expr) -> Result<Value, Stop> {
    let ty = int_ty(expr)?;
    if ty.holds(&value) {
        return Ok(Value::Int(value));
    }
    Err(traps(expr.span, format!("{} does not fit `{}`", shorten(&value), ty.name())))
}

/// A number as far as one wants to read it.
fn shorten(value: &BigInt) -> String {
    let text = value.to_string();
    if text.len() <= 80 { text } else { format!("{}… ({} digits)", &text[..20], text.len()) }
}

fn unary(op: UnaryOp, value: Value, expr: &Expr) -> Result<Value, Stop> {
    match (op, value) {
        (UnaryOp::Not, Value::Bool(value)) => Ok(Value::Bool(!value)),
        (UnaryOp::Neg, Value::Int(value)) => fit(-value, expr),
        (UnaryOp::Not, Value::Int(value)) => {
            let ty = int_ty(expr)?;
            let flipped = if ty.is_signed() { -value - 1 } else { ty.max() - value };
            Ok(Value::Int(flipped))
        }
        _ => Err(Stop::Said),
    }
}

fn binary(op: BinaryOp, a: Value, b: Value, operand: &Ty, expr: &Expr) -> Result<Value, Stop> {
    match op {
        BinaryOp::Eq => return Ok(Value::Bool(a == b)),
        BinaryOp::Ne => return Ok(Value::Bool(a != b)),
        _ => {}
    }
    let (a, b) = (int(a)?, int(b)?);
    let zero = BigInt::from(0);
    let value = match op {
        BinaryOp::Lt => return Ok(Value::Bool(a < b)),
        BinaryOp::Le => return Ok(Value::Bool(a <= b)),
        BinaryOp::Gt => return Ok(Value::Bool(a > b)),
        BinaryOp::Ge => return Ok(Value::Bool(a >= b)),
        BinaryOp::Div | BinaryOp::Rem if b == zero => {
            return Err(traps(expr.span, "this divides by zero".to_owned()));
        }
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::Div => a / b,
        BinaryOp::Rem => a % b,
        BinaryOp::BitAnd => a & b,
        BinaryOp::BitOr => a | b,
        BinaryOp::BitXor => a ^ b,
        BinaryOp::Shl | BinaryOp::Shr => shift(op, a, &b, operand, expr.span)?,
        BinaryOp::Eq | BinaryOp::Ne => return Err(Stop::Said),
    };
    fit(value, expr)
}

fn shift(op: BinaryOp, a: BigInt, b: &BigInt, ty: &Ty, span: Span) -> Result<BigInt, Stop> {
    let bits = ty.as_int().ok_or(Stop::Said)?.bits();
    match u32::try_from(b) {
        Ok(count) if count < bits && b.sign() != Sign::Minus => {
            Ok(if op == BinaryOp::Shl { a << count } else { a >> count })
        }
        _ => Err(traps(span, format!("a shift of {bits} bits counts from 0 to {}", bits - 1))),
    }
}
