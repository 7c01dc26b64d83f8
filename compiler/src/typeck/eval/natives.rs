//! Natives that only compute on plain values: of integers, times, texts, bytes and vectors.
//!
//! Holds always: what is missing here is refused in a constant; what is here gives what the engine
//! gives.

use deed_base::Span;
use num_bigint::BigInt;

use super::{Leave, Machine, said};
use crate::arena::FnId;
use crate::ty::{IntTy, Ty};
use crate::value::Value;

impl Machine<'_> {
    /// Runs a native; an argument that it changes is changed in place.
    pub(super) fn native(
        &mut self,
        function: FnId,
        args: &mut [Value],
        result: &Ty,
        span: Span,
    ) -> Result<Value, Leave> {
        let name = self.items.hir.functions[function].name.text.as_str();
        self.spend(args.iter().map(super::size).sum(), span)?;
        match (name, args) {
            ("new", []) if matches!(result, Ty::Vec(_)) => Ok(Value::Sequence(Vec::new())),
            ("new", []) if *result == Ty::Bytes => Ok(Value::Bytes(Vec::new())),
            ("filled", [Value::Int(count), value]) => {
                let value = std::mem::replace(value, Value::Unit);
                self.filled(count, value, *result == Ty::Bytes, span)
            }
            ("of" | "seconds" | "of_days" | "days", [Value::Int(count)]) => {
                Ok(Value::Int(count.clone()))
            }
            ("len", [value]) => match len(value) {
                Some(len) => Ok(Value::Int(len.into())),
                None => Err(self.not_constant(span)),
            },
            ("to_bytes", [Value::String(text)]) => Ok(Value::Bytes(text.clone().into_bytes())),
            ("to_string", [Value::Bytes(bytes)]) => {
                let text = String::from_utf8(bytes.clone()).ok().map(Value::String);
                Ok(option(text))
            }
            ("concat", [Value::String(a), Value::String(b)]) => {
                Ok(Value::String(format!("{a}{b}")))
            }
            ("concat", [Value::Bytes(a), Value::Bytes(b)]) => {
                Ok(Value::Bytes([&a[..], &b[..]].concat()))
            }
            ("slice", [value, Value::Int(start), Value::Int(end)]) => {
                let message = format!("there is no part from {start} to {end}");
                slice(value, start, end).ok_or_else(|| self.traps(span, message))
            }
            ("push", [Value::Sequence(all), value]) => {
                all.push(std::mem::replace(value, Value::Unit));
                Ok(Value::Unit)
            }
            ("push", [Value::Bytes(all), Value::Int(byte)]) => {
                all.push(u8::try_from(&*byte).map_err(|_| said())?);
                Ok(Value::Unit)
            }
            ("pop", [Value::Sequence(all)]) => Ok(option(all.pop())),
            ("clear", [Value::Sequence(all)]) => {
                all.clear();
                Ok(Value::Unit)
            }
            ("extend", [Value::Sequence(all), Value::Sequence(more)]) => {
                all.append(more);
                Ok(Value::Unit)
            }
            (_, [Value::Int(a), Value::Int(b)]) => {
                arithmetic(name, a, b, result).ok_or_else(|| self.not_constant(span))
            }
            _ => Err(self.not_constant(span)),
        }
    }

    /// So many of one value; as many steps as there are.
    fn filled(
        &mut self,
        count: &BigInt,
        value: Value,
        bytes: bool,
        span: Span,
    ) -> Result<Value, Leave> {
        let count = u64::try_from(count).map_err(|_| said())?;
        self.spend(count.saturating_mul(super::size(&value)), span)?;
        match value {
            Value::Int(byte) if bytes => {
                let byte = u8::try_from(&byte).map_err(|_| said())?;
                Ok(Value::Bytes((0..count).map(|_| byte).collect()))
            }
            value => Ok(Value::Sequence((0..count).map(|_| value.clone()).collect())),
        }
    }
}

fn len(value: &Value) -> Option<u64> {
    Some(match value {
        Value::String(text) => text.len() as u64,
        Value::Bytes(bytes) => bytes.len() as u64,
        Value::Sequence(parts) => parts.len() as u64,
        _ => return None,
    })
}

fn slice(value: &Value, start: &BigInt, end: &BigInt) -> Option<Value> {
    let range = usize::try_from(start).ok()?..usize::try_from(end).ok()?;
    match value {
        Value::Bytes(bytes) => bytes.get(range).map(|part| Value::Bytes(part.to_vec())),
        Value::Sequence(parts) => parts.get(range).map(|part| Value::Sequence(part.to_vec())),
        _ => None,
    }
}

/// `wrapping_add` and its like.
fn arithmetic(name: &str, a: &BigInt, b: &BigInt, result: &Ty) -> Option<Value> {
    let (how, op) = name.split_once('_')?;
    let exact = match op {
        "add" => Some(a + b),
        "sub" => Some(a - b),
        "mul" => Some(a * b),
        "div" if *b == BigInt::ZERO => None,
        "div" => Some(a / b),
        _ => return None,
    };
    Some(match (how, result) {
        ("checked", Ty::Option(of)) => {
            let int = of.as_int()?;
            option(exact.filter(|exact| int.holds(exact)).map(Value::Int))
        }
        ("saturating", Ty::Int(int)) => {
            Value::Int(Ord::clamp(exact?, IntTy::min(*int), IntTy::max(*int)))
        }
        ("wrapping", Ty::Int(int)) => Value::Int(wrapped(&exact?, *int)),
        _ => return None,
    })
}

/// The number as far as the type has bits for it.
fn wrapped(exact: &BigInt, int: IntTy) -> BigInt {
    let all = BigInt::from(1) << int.bits();
    let low = ((exact % &all) + &all) % &all;
    if int.holds(&low) { low } else { low - all }
}

fn option(value: Option<Value>) -> Value {
    match value {
        Some(value) => Value::Case(1, vec![value]),
        None => Value::Case(0, Vec::new()),
    }
}
