//! The value of a typed expression at compile time.
//!
//! In: an expression with settled types, and the constants and heads before it. Out: its value, or
//! why there is none.
//! Holds always: a value fits its type; what would trap when it runs is an error here; an evaluation
//! ends, since it has so many steps and nests so deeply at most.
//!
//! Functions that only compute are run over their typed bodies, which are checked when they are
//! first asked for ([`bodies`]).

mod bodies;
mod calls;
mod exprs;
mod natives;
mod ops;
mod patterns;
mod stmts;

use deed_base::{Diagnostic, Span, catalogue as codes};
use num_bigint::BigInt;

pub(super) use bodies::Bodies;

use super::items::Items;
use crate::arena::{ConstId, Id, LocalId};
use crate::thir::{Expr, Substitution};
use crate::ty::{IntTy, Ty};
use crate::value::Value;

/// A constant takes so many steps at most; copying a value costs one for each of its parts.
const MOST_STEPS: u64 = 1_000_000; // as the message says

/// Expressions nest so deeply at most, those of called functions included.
const MOST_DEPTH: u32 = 2_000;

/// Why an expression has no value.
#[derive(Debug)]
pub(super) enum Stop {
    /// A message has been given.
    Said,
    /// The value of a constant is needed that is not known yet.
    Waits(ConstId),
    Because(Box<Diagnostic>),
}

/// Why the evaluation of an expression does not go on behind it.
enum Leave {
    Break,
    Continue,
    Return(Value),
    Stop(Stop),
}

/// Evaluates an expression.
pub(super) fn eval(expr: &Expr, items: &Items<'_>) -> Result<Value, Stop> {
    let mut machine = Machine { items, steps: 0, depth: 0, outermost: None };
    match machine.expr(expr, &mut Frame::default()) {
        Ok(value) => Ok(value),
        Err(Leave::Stop(stop)) => Err(stop),
        Err(_) => Err(Stop::Said),
    }
}

/// What evaluates.
struct Machine<'a> {
    items: &'a Items<'a>,
    steps: u64,
    depth: u32,
    /// The call in the constant by which the evaluation came where it is.
    outermost: Option<Span>,
}

/// The variables of a running function, and the types for its parameters.
#[derive(Default)]
struct Frame {
    locals: Vec<Option<Value>>,
    with: Substitution,
}

impl Frame {
    fn set(&mut self, local: LocalId, value: Value) {
        let at = local.index();
        if self.locals.len() <= at {
            self.locals.resize(at + 1, None);
        }
        self.locals[at] = Some(value);
    }
}

impl Machine<'_> {
    /// Counts steps.
    fn spend(&mut self, steps: u64, span: Span) -> Result<(), Leave> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps <= MOST_STEPS {
            return Ok(());
        }
        let span = self.outermost.unwrap_or(span);
        let message = "the value of this takes more than 1,000,000 steps to compute";
        let diagnostic = Diagnostic::new(codes::NOT_CONST, span, message);
        Err(because(diagnostic.label("takes too long").help("write the value itself")))
    }

    /// A copy of a value, which costs what it holds.
    fn copied(&mut self, value: &Value, span: Span) -> Result<Value, Leave> {
        self.spend(size(value), span)?;
        Ok(value.clone())
    }

    /// The integer type that values of a type are counted in: of an integer, a time, a quantity.
    fn counted(&self, ty: &Ty, frame: &Frame) -> Option<IntTy> {
        match ty.substitute(&frame.with) {
            Ty::Int(int) => Some(int),
            Ty::Time | Ty::Duration => Some(IntTy::U64),
            Ty::Date => Some(IntTy::I32),
            Ty::Struct(id, _) if self.items.structs[id].quantity => {
                self.items.structs[id].fields.values().next()?.ty.as_int()
            }
            _ => None,
        }
    }

    /// A number as a value of a type, which must hold it.
    fn fit(&self, value: BigInt, ty: &Ty, frame: &Frame, span: Span) -> Result<Value, Leave> {
        let Some(int) = self.counted(ty, frame) else { return Err(said()) };
        if !int.holds(&value) {
            let message = format!("{} does not fit `{}`", shorten(&value), int.name());
            return Err(self.traps(span, message));
        }
        let value = Value::Int(value);
        let amount = matches!(ty.substitute(&frame.with), Ty::Struct(..));
        Ok(if amount { Value::Sequence(vec![value]) } else { value })
    }

    /// What would trap when it runs.
    fn traps(&self, span: Span, why: impl Into<String>) -> Leave {
        let at = self.outermost.unwrap_or(span);
        let diagnostic = Diagnostic::new(codes::CONST_TRAPS, at, why);
        because(match self.outermost {
            None => diagnostic.label("this expression has no value"),
            Some(_) => diagnostic.label("called here").also(span, "this expression has no value"),
        })
    }

    /// What is known, or done, only when the program runs.
    fn not_constant(&self, span: Span) -> Leave {
        because(match self.outermost {
            None => not_constant(span),
            Some(call) => {
                let message = "the function that this calls does more than compute";
                let diagnostic = Diagnostic::new(codes::NOT_CONST, call, message);
                let diagnostic = diagnostic.label("called here").also(span, "known later");
                diagnostic.help("a constant is made by functions of plain data alone")
            }
        })
    }
}

/// Something that is known only when the program runs.
pub(super) fn not_constant(span: Span) -> Diagnostic {
    Diagnostic::new(codes::NOT_CONST, span, "the value of this is not known at compile time")
        .help("use literals, constants, operators, and functions that only compute")
}

fn because(diagnostic: Diagnostic) -> Leave {
    Leave::Stop(Stop::Because(Box::new(diagnostic)))
}

fn said() -> Leave {
    Leave::Stop(Stop::Said)
}

/// How many parts a value has; long texts count by their words.
fn size(value: &Value) -> u64 {
    match value {
        Value::Unit | Value::Bool(_) | Value::Int(_) => 1,
        Value::String(text) => 1 + text.len() as u64 / 8,
        Value::Bytes(bytes) => 1 + bytes.len() as u64 / 8,
        Value::Sequence(parts) | Value::Case(_, parts) => 1 + parts.iter().map(size).sum::<u64>(),
    }
}

/// The number that a value is, of an amount the number of its units.
fn number(value: Value) -> Result<BigInt, Leave> {
    match value {
        Value::Int(number) => Ok(number),
        Value::Sequence(parts) => match <[Value; 1]>::try_from(parts) {
            Ok([Value::Int(number)]) => Ok(number),
            _ => Err(said()),
        },
        _ => Err(said()),
    }
}

fn truth(value: &Value) -> Result<bool, Leave> {
    match value {
        Value::Bool(value) => Ok(*value),
        _ => Err(said()),
    }
}

/// A number as far as one wants to read it.
fn shorten(value: &BigInt) -> String {
    let text = value.to_string();
    if text.len() <= 80 { text } else { format!("{}… ({} digits)", &text[..20], text.len()) }
}
