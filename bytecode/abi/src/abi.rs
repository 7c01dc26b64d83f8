//! A contract as its callers see it.
//!
//! The JSON form is what the derives here say, with types, codes and kinds as text; it is
//! described for other tools by `docs/abi.schema.json`. Members that say nothing are left
//! out, unknown members are refused.

use crate::ty::{AbiType, TypeDef};
use deed_bytecode::FunctionKind;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// The interface of one contract.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Abi {
    /// The full name, as in `scf.receivable.Receivables`.
    pub contract: String,
    /// What can be called from outside, `init` included, in source order.
    pub functions: Vec<AbiFunction>,
    pub errors: Vec<AbiError>,
    pub events: Vec<AbiEvent>,
    pub state: Vec<AbiField>,
    /// The structs and enums that types here name.
    pub types: Vec<TypeDef>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbiFunction {
    pub name: String,
    #[serde(with = "as_text")]
    pub kind: FunctionKind,
    pub params: Vec<Param>,
    /// Absent where the function returns nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<AbiType>,
    /// Full names of the errors callers may see.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub throws: Vec<String>,
    /// State paths, as in `balances[tx.sender]` or `balances[*]`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reads: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub writes: Vec<String>,
}

/// A name and a type: a parameter, a field of a struct, an error or a variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Param {
    pub name: String,
    pub ty: AbiType,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbiError {
    /// The full name, as in `scf.receivable.NotFound`.
    pub name: String,
    pub code: Code,
    pub params: Vec<Param>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbiEvent {
    pub name: String,
    pub code: Code,
    pub params: Vec<EventParam>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventParam {
    pub name: String,
    pub ty: AbiType,
    /// Whether the chain keeps an index over it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub index: bool,
}

/// A field of the state, with its source type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbiField {
    pub name: String,
    pub ty: AbiType,
}

/// The stable code of an error or event: the first four bytes of SHA-256 over its canonical
/// signature, `module.Name(type,type)` without spaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(pub [u8; 4]);

impl Code {
    /// The code of the error or event with this full name and these parameters.
    pub fn of<'a>(name: &str, types: impl IntoIterator<Item = &'a AbiType>) -> Code {
        let digest = Sha256::digest(signature(name, types));
        Code([digest[0], digest[1], digest[2], digest[3]])
    }
}

/// The canonical signature: `module.Name(type,type)` without spaces.
pub fn signature<'a>(name: &str, types: impl IntoIterator<Item = &'a AbiType>) -> String {
    let types: Vec<String> = types.into_iter().map(|ty| ty.to_string().replace(' ', "")).collect();
    format!("{name}({})", types.join(","))
}

impl AbiError {
    /// An error with the code that belongs to its name and parameters.
    pub fn new(name: impl Into<String>, params: Vec<Param>) -> AbiError {
        let name = name.into();
        let code = Code::of(&name, params.iter().map(|param| &param.ty));
        AbiError { name, code, params }
    }
}

impl AbiEvent {
    /// An event with the code that belongs to its name and fields.
    pub fn new(name: impl Into<String>, params: Vec<EventParam>) -> AbiEvent {
        let name = name.into();
        let code = Code::of(&name, params.iter().map(|param| &param.ty));
        AbiEvent { name, code, params }
    }
}

impl Abi {
    pub fn function(&self, name: &str) -> Option<&AbiFunction> {
        self.functions.iter().find(|function| function.name == name)
    }

    pub fn error(&self, code: Code) -> Option<&AbiError> {
        self.errors.iter().find(|error| error.code == code)
    }

    pub fn event(&self, code: Code) -> Option<&AbiEvent> {
        self.events.iter().find(|event| event.code == code)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{:08x}", u32::from_be_bytes(self.0))
    }
}

impl std::str::FromStr for Code {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Code, &'static str> {
        let digits = text.strip_prefix("0x").filter(|digits| digits.len() == 8);
        let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        code.map(|code| Code(code.to_be_bytes())).ok_or("`0x` and eight hexadecimal digits")
    }
}

/// Gives a type whose text is its form the same text in JSON.
macro_rules! serde_as_text {
    ($ty:ty, $expected:literal) => {
        impl serde::Serialize for $ty {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $ty {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(input)?;
                text.parse().map_err(|error| {
                    serde::de::Error::custom(format!("`{text}` is not {}: {error}", $expected))
                })
            }
        }
    };
}
pub(crate) use serde_as_text;

serde_as_text!(Code, "a code");

/// Text as the JSON form of lists that the instruction set defines.
mod as_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use std::{fmt::Display, str::FromStr};

    pub(super) fn serialize<T: Display, S: Serializer>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn deserialize<'de, T: FromStr, D: Deserializer<'de>>(
        input: D,
    ) -> Result<T, D::Error> {
        let text = String::deserialize(input)?;
        text.parse().map_err(|_| D::Error::custom(format!("`{text}` is not a known word here")))
    }
}
