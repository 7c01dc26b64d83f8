//! The JSON form of values, for clients and people.
//!
//! | type | JSON |
//! |---|---|
//! | `bool` | `true`, `false` |
//! | integers of up to 32 bits | numbers |
//! | wider integers | decimal strings; numbers are accepted |
//! | money, decimal fractions | strings with every digit behind the point, `"12.50"`; fewer and whole numbers are accepted |
//! | `string` | strings |
//! | `bytes`, `Address`, `Hash` | `"0x…"` |
//! | `Time`, `Date`, `Duration` | RFC 3339, ISO 8601, seconds |
//! | tuples, arrays, `Vec`, `Set` | arrays |
//! | `Map` | an array of pairs |
//! | `Option` | `null` or the value; an option in an option as `{"some": …}` |
//! | structs | objects |
//! | enums | `"Live"`, `{"Pledged": {"to": …}}`, by position `{"Pair": [1, 2]}` |

mod decimal;
mod read;
mod write;

use crate::error::{ValueError, ValueFault};
use crate::ty::{AbiType, TypeDef};
use crate::value::Value;
use deed_bytecode::Int;
use serde_json::Value as Json;

type Result<T> = std::result::Result<T, ValueError>;

/// The JSON form of a value.
///
/// # Errors
/// If the value does not fit the type, or the type names something that `types` lacks.
pub fn to_json(types: &[TypeDef], ty: &AbiType, value: &Value) -> Result<Json> {
    write::Writer::new(types).value(ty, value, 0)
}

/// The value that JSON stands for. Members of sets and keys of maps may come in any order.
///
/// # Errors
/// If it is no value of this type; the error says where in it and what belongs there.
pub fn from_json(types: &[TypeDef], ty: &AbiType, json: &Json) -> Result<Value> {
    read::Reader::new(types).value(ty, json, 0)
}

/// `0x` and two lower-case digits for each byte.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('?');
    let digits = bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
    "0x".chars().chain(digits).collect()
}

/// Whether a type of integers holds this one.
fn in_range(ty: &AbiType, value: Int) -> Result<()> {
    let scalar = ty.scalar().filter(|scalar| scalar.is_int());
    let scalar = scalar.ok_or_else(|| ValueError::expected(format!("a `{ty}`"), "an integer"))?;
    match value.to_le_bytes(scalar.bytes(), scalar.is_signed()) {
        Some(_) => Ok(()),
        None => out_of_range(ty, &value.to_string()),
    }
}

fn out_of_range<T>(ty: &AbiType, value: &str) -> Result<T> {
    Err(ValueFault::OutOfRange { ty: format!("`{ty}`"), value: value.to_owned() }.into())
}
