//! Values known at compile time.
//!
//! In: literals and evaluated constants. Out: [`Value`].
//! Holds always: a value is read together with its type, and fits it.

use std::fmt;

use num_bigint::BigInt;

/// A value of plain data.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Value {
    Unit,
    Bool(bool),
    /// Of any integer type, `Time`, `Duration` or `Date`, or unbounded in a specification.
    Int(BigInt),
    String(String),
    /// Of `bytes`, `Address`, `Hash`.
    Bytes(Vec<u8>),
    /// Of a tuple, a struct field by field, or an array or `Vec` element by element.
    Sequence(Vec<Value>),
    /// Of an enum, the variant of that number; of `Option`, 0 is `None` and 1 is `Some`; of `Result`,
    /// 0 is `Ok` and 1 is `Err`.
    Case(u32, Vec<Value>),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Unit => f.write_str("()"),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Int(value) => write!(f, "{value}"),
            Value::String(value) => write!(f, "{value:?}"),
            Value::Bytes(bytes) => {
                f.write_str("0x")?;
                bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
            Value::Case(case, parts) => {
                let parts: Vec<String> = parts.iter().map(Value::to_string).collect();
                write!(f, "#{case}({})", parts.join(", "))
            }
            Value::Sequence(parts) => {
                let parts: Vec<String> = parts.iter().map(Value::to_string).collect();
                write!(f, "({})", parts.join(", "))
            }
        }
    }
}
