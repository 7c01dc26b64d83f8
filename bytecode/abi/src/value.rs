//! Values as data. A value fits a type or not; the codecs check.

use deed_bytecode::Int;

/// A value of some [`crate::AbiType`]. The derived order is the language's order between
/// values of one type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    Bool(bool),
    /// Integers of every width, `Time`, `Duration` and `Date`.
    Int(Int),
    String(String),
    /// `bytes`, `Address` and `Hash`.
    Bytes(Vec<u8>),
    Option(Option<Box<Value>>),
    /// Tuples, arrays, `Vec`; `Set` in ascending order.
    Seq(Vec<Value>),
    /// In ascending order of keys.
    Map(Vec<(Value, Value)>),
    /// The fields in the order of the definition.
    Struct(Vec<Value>),
    /// The number of the variant and its payload in the order of the definition.
    Enum(u8, Vec<Value>),
}

impl Value {
    pub const UNIT: Value = Value::Seq(Vec::new());

    pub fn int(value: impl Into<Int>) -> Value {
        Value::Int(value.into())
    }

    pub fn some(value: Value) -> Value {
        Value::Option(Some(Box::new(value)))
    }

    /// What kind of value it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Bool(_) => "a bool",
            Value::Int(_) => "an integer",
            Value::String(_) => "a string",
            Value::Bytes(_) => "bytes",
            Value::Option(_) => "an option",
            Value::Seq(_) => "a sequence",
            Value::Map(_) => "a map",
            Value::Struct(_) => "a struct",
            Value::Enum(..) => "an enum variant",
        }
    }
}
