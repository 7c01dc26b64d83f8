//! Why a value was refused, and where in it.

use std::fmt;

/// What is wrong with a value, with the way from the whole to the part that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueError {
    /// As in `orders[2].to`; empty for the whole value.
    pub path: String,
    pub what: ValueFault,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueFault {
    /// Another kind of value belongs here.
    Expected { expected: String, found: String },
    /// An integer that its type does not hold.
    OutOfRange { ty: String, value: String },
    /// A type names a definition that is not there.
    UnknownType(String),
    /// No function, error or event has this name or code.
    Unknown { what: &'static str, name: String },
    /// A struct without one of its fields.
    MissingField(String),
    /// A field the struct does not have.
    UnknownField { field: String, expected: String },
    /// The same key or member twice.
    Twice,
    /// Values nest deeper than [`crate::MAX_DEPTH`].
    TooDeep,
    /// Far more values than the bytes account for: elements that take no bytes.
    TooMany,
    /// Bytes end inside a value.
    Truncated { offset: usize },
    /// Bytes go on after the value.
    Trailing { offset: usize },
    /// A byte that means nothing here.
    Byte { offset: usize, byte: u8, expected: &'static str },
    /// A string that is no UTF-8.
    NotUtf8 { offset: usize },
    /// Members or keys that do not ascend.
    Unordered { offset: usize },
}

impl ValueError {
    pub(crate) fn expected(expected: impl Into<String>, found: impl Into<String>) -> ValueError {
        let (expected, found) = (expected.into(), found.into());
        ValueFault::Expected { expected, found }.into()
    }

    /// The same error seen from one level further out; `step` leads to it.
    pub(crate) fn within(mut self, step: impl fmt::Display) -> ValueError {
        self.path = format!("{step}{}", self.path);
        self
    }
}

impl From<ValueFault> for ValueError {
    fn from(what: ValueFault) -> ValueError {
        ValueError { path: String::new(), what }
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.strip_prefix('.').unwrap_or(&self.path);
        if !path.is_empty() {
            write!(f, "at `{path}`: ")?;
        }
        self.what.fmt(f)
    }
}

impl std::error::Error for ValueError {}

impl fmt::Display for ValueFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ValueFault::Expected { expected, found } => {
                write!(f, "expected {expected}, found {found}")
            }
            ValueFault::OutOfRange { ty, value } => write!(f, "{value} does not fit {ty}"),
            ValueFault::UnknownType(name) => {
                write!(f, "the ABI does not define the type `{name}`")
            }
            ValueFault::Unknown { what, name } => write!(f, "the ABI has no {what} `{name}`"),
            ValueFault::MissingField(field) => write!(f, "the field `{field}` is missing"),
            ValueFault::UnknownField { field, expected } => {
                write!(f, "there is no field `{field}`; the fields are {expected}")
            }
            ValueFault::Twice => write!(f, "it is there twice"),
            ValueFault::TooDeep => {
                write!(f, "values nest deeper than {} levels", crate::MAX_DEPTH)
            }
            ValueFault::TooMany => write!(f, "there are too many values that take no bytes"),
            ValueFault::Truncated { offset } => write!(f, "the bytes end early, at byte {offset}"),
            ValueFault::Trailing { offset } => {
                write!(f, "the bytes go on after the value, from byte {offset}")
            }
            ValueFault::Byte { offset, byte, expected } => {
                write!(f, "byte {offset} is {byte:#04x}, which is no {expected}")
            }
            ValueFault::NotUtf8 { offset } => {
                write!(f, "the string at byte {offset} is not UTF-8")
            }
            ValueFault::Unordered { offset } => {
                write!(f, "members and keys must ascend, at byte {offset} they do not")
            }
        }
    }
}
