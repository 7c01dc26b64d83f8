//! Types as data, and their text: `Map<Address, Vec<(u64, bool)>>`.
//!
//! The text of a type is its JSON and binary form as well. Parsing and printing are inverse:
//! a text that parses prints as itself once its spaces are in the usual places. Structs and
//! enums are referred to by name and defined once ([`TypeDef`]), so recursive ones have a
//! finite form.

use crate::MAX_DEPTH;
use crate::abi::Param;
use deed_bytecode::Ty;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The type of a value that crosses a contract's boundary.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AbiType {
    /// `bool`, an integer, `Address` or `Hash`.
    Scalar(Ty),
    String,
    Bytes,
    /// Seconds since 1970 UTC, a `u64`.
    Time,
    /// Seconds, a `u64`.
    Duration,
    /// Days since 1970-01-01, an `i32`.
    Date,
    /// An integer of which so many digits stand behind the point: money, decimal fractions.
    Decimal {
        places: u8,
        of: Ty,
    },
    /// Of any length; `()` is the value that says nothing.
    Tuple(Vec<AbiType>),
    Array(Box<AbiType>, u32),
    Vec(Box<AbiType>),
    Set(Box<AbiType>),
    Map(Box<AbiType>, Box<AbiType>),
    Option(Box<AbiType>),
    /// A struct or enum by its full name, type arguments included: `scf.Pair<u64, bool>`.
    Named(String),
}

/// The definition of a struct or enum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeDef {
    /// The full name, as in `scf.receivable.Status`.
    pub name: String,
    #[serde(flatten)]
    pub shape: TypeShape,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TypeShape {
    /// The fields in order.
    Struct(Vec<Param>),
    /// The variants in order; at most 256.
    Enum(Vec<Variant>),
}

/// A variant of an enum. Positional payloads have fields named `0`, `1` and so on, which no
/// identifier can be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    pub name: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Param>,
}

impl Variant {
    /// Whether the payload is written by position rather than by name.
    pub fn is_positional(&self) -> bool {
        self.fields.first().is_some_and(|field| field.name == "0")
    }
}

impl AbiType {
    pub const UNIT: AbiType = AbiType::Tuple(Vec::new());

    /// The machine's type, where values of this type are one scalar.
    pub fn scalar(&self) -> Option<Ty> {
        match self {
            AbiType::Scalar(ty) | AbiType::Decimal { of: ty, .. } => Some(*ty),
            AbiType::Time | AbiType::Duration => Some(Ty::U64),
            AbiType::Date => Some(Ty::I32),
            _ => None,
        }
    }
}

impl From<Ty> for AbiType {
    fn from(ty: Ty) -> AbiType {
        AbiType::Scalar(ty)
    }
}

impl fmt::Display for AbiType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AbiType::Scalar(ty) => write!(f, "{ty}"),
            AbiType::String => f.write_str("string"),
            AbiType::Bytes => f.write_str("bytes"),
            AbiType::Time => f.write_str("Time"),
            AbiType::Duration => f.write_str("Duration"),
            AbiType::Date => f.write_str("Date"),
            AbiType::Decimal { places, of } => write!(f, "Decimal<{places}, {of}>"),
            AbiType::Tuple(items) => write_tuple(f, items),
            AbiType::Array(item, length) => write!(f, "[{item}; {length}]"),
            AbiType::Vec(item) => write!(f, "Vec<{item}>"),
            AbiType::Set(item) => write!(f, "Set<{item}>"),
            AbiType::Map(key, value) => write!(f, "Map<{key}, {value}>"),
            AbiType::Option(item) => write!(f, "Option<{item}>"),
            AbiType::Named(name) => f.write_str(name),
        }
    }
}

/// A tuple of one is written with a comma after it, so that it is no bracketed type.
fn write_tuple(f: &mut fmt::Formatter<'_>, items: &[AbiType]) -> fmt::Result {
    f.write_str("(")?;
    for (index, item) in items.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        write!(f, "{comma}{item}")?;
    }
    f.write_str(if items.len() == 1 { ",)" } else { ")" })
}

/// Why a text is no type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeError {
    /// The byte in the text where reading stopped.
    pub at: usize,
    pub what: &'static str,
}

impl fmt::Display for TypeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at byte {}: {}", self.at, self.what)
    }
}

impl std::error::Error for TypeError {}

impl std::str::FromStr for AbiType {
    type Err = TypeError;

    fn from_str(text: &str) -> Result<AbiType, TypeError> {
        let mut parser = Parser { text, at: 0 };
        let ty = parser.ty(0)?;
        parser.skip_spaces();
        if parser.at < text.len() { parser.fail("the type should end here") } else { Ok(ty) }
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn fail<T>(&self, what: &'static str) -> Result<T, TypeError> {
        Err(TypeError { at: self.at, what })
    }

    fn skip_spaces(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches(' ').len();
    }

    fn eat(&mut self, token: char) -> bool {
        self.skip_spaces();
        let found = self.text[self.at..].starts_with(token);
        if found {
            self.at += token.len_utf8();
        }
        found
    }

    fn expect(&mut self, token: char, what: &'static str) -> Result<(), TypeError> {
        if self.eat(token) { Ok(()) } else { self.fail(what) }
    }

    /// The run of characters up to one that has a meaning of its own.
    fn word(&mut self) -> &'a str {
        self.skip_spaces();
        let rest = &self.text[self.at..];
        let end = rest.find(['<', '>', '(', ')', '[', ']', ',', ';', ' ']);
        let word = &rest[..end.unwrap_or(rest.len())];
        self.at += word.len();
        word
    }

    fn ty(&mut self, depth: usize) -> Result<AbiType, TypeError> {
        if depth >= MAX_DEPTH {
            return self.fail("types nest too deep");
        }
        if self.eat('(') {
            return self.tuple(depth + 1);
        }
        if self.eat('[') {
            return self.array(depth + 1);
        }
        let start = self.at;
        let word = self.word();
        match word {
            "Vec" => Ok(AbiType::Vec(self.argument(depth + 1)?)),
            "Set" => Ok(AbiType::Set(self.argument(depth + 1)?)),
            "Option" => Ok(AbiType::Option(self.argument(depth + 1)?)),
            "Map" => self.map(depth + 1),
            "Decimal" => self.decimal(),
            "" => self.fail("a type should stand here"),
            _ => {
                let ty = simple(word)
                    .ok_or(TypeError { at: start, what: "a name should stand here" })?;
                self.instance(ty, depth + 1)
            }
        }
    }

    fn argument(&mut self, depth: usize) -> Result<Box<AbiType>, TypeError> {
        self.expect('<', "`<` and a type should follow")?;
        let item = self.ty(depth)?;
        self.expect('>', "`>` should close the type argument")?;
        Ok(Box::new(item))
    }

    /// A name, with type arguments where it has some: these belong to the name.
    fn instance(&mut self, ty: AbiType, depth: usize) -> Result<AbiType, TypeError> {
        let AbiType::Named(name) = ty else { return Ok(ty) };
        if !self.eat('<') {
            return Ok(AbiType::Named(name));
        }
        let mut args = vec![self.name_argument(depth)?];
        while self.eat(',') {
            args.push(self.name_argument(depth)?);
        }
        self.expect('>', "`,` or `>` should follow")?;
        Ok(AbiType::Named(format!("{name}<{}>", args.join(", "))))
    }

    /// A type, or the number for a `const` parameter, without needless zeros.
    fn name_argument(&mut self, depth: usize) -> Result<String, TypeError> {
        self.skip_spaces();
        if !self.text[self.at..].starts_with(|next: char| next.is_ascii_digit()) {
            return Ok(self.ty(depth)?.to_string());
        }
        let start = self.at;
        let number = self.word().parse::<u64>();
        let number = number.map_err(|_| TypeError { at: start, what: "a number below 2^64" })?;
        Ok(number.to_string())
    }

    fn map(&mut self, depth: usize) -> Result<AbiType, TypeError> {
        self.expect('<', "`<`, a key and a value type should follow")?;
        let key = self.ty(depth)?;
        self.expect(',', "`,` should stand between key and value type")?;
        let value = self.ty(depth)?;
        self.expect('>', "`>` should close the type arguments")?;
        Ok(AbiType::Map(Box::new(key), Box::new(value)))
    }

    fn decimal(&mut self) -> Result<AbiType, TypeError> {
        self.expect('<', "`<` and a count of digits should follow")?;
        let start = self.at;
        let places = self.word().parse();
        let places = places.map_err(|_| TypeError { at: start, what: "a count below 256" })?;
        self.expect(',', "`,` and an integer type should follow")?;
        let start = self.at;
        let of = self.word().parse().ok().filter(|of: &Ty| of.is_int());
        let of = of.ok_or(TypeError { at: start, what: "an integer type should stand here" })?;
        self.expect('>', "`>` should close the type arguments")?;
        Ok(AbiType::Decimal { places, of })
    }

    fn tuple(&mut self, depth: usize) -> Result<AbiType, TypeError> {
        let mut items = Vec::new();
        while !self.eat(')') {
            items.push(self.ty(depth)?);
            if !self.eat(',') {
                self.expect(')', "`,` or `)` should follow")?;
                if items.len() == 1 {
                    return self.fail("a tuple of one needs a comma before its `)`");
                }
                break;
            }
        }
        Ok(AbiType::Tuple(items))
    }

    fn array(&mut self, depth: usize) -> Result<AbiType, TypeError> {
        let item = self.ty(depth)?;
        self.expect(';', "`;` and a length should follow")?;
        let start = self.at;
        let length = self.word().parse();
        let length = length.map_err(|_| TypeError { at: start, what: "a length below 2^32" })?;
        self.expect(']', "`]` should close the array type")?;
        Ok(AbiType::Array(Box::new(item), length))
    }
}

/// A type of one word: built in, or a name with dots between identifiers.
fn simple(word: &str) -> Option<AbiType> {
    match word {
        "string" => return Some(AbiType::String),
        "bytes" => return Some(AbiType::Bytes),
        "Time" => return Some(AbiType::Time),
        "Duration" => return Some(AbiType::Duration),
        "Date" => return Some(AbiType::Date),
        _ => {}
    }
    if let Ok(ty) = word.parse() {
        return Some(AbiType::Scalar(ty));
    }
    let is_name = |part: &str| {
        let mut chars = part.chars();
        chars.next().is_some_and(|first| first.is_alphabetic() || first == '_')
            && chars.all(|next| next.is_alphanumeric() || next == '_')
    };
    word.split('.').all(is_name).then(|| AbiType::Named(word.into()))
}

crate::abi::serde_as_text!(AbiType, "a type, as in `Map<Address, u64>`");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_go_both_ways() {
        let texts = [
            "u64",
            "()",
            "(u8,)",
            "(u64, bool)",
            "[u8; 32]",
            "Map<Address, Vec<Option<i256>>>",
            "Set<scf.receivable.Status>",
            "[[Hash; 2]; 0]",
            "应收.状态",
            "scf.Pair<u64, Vec<scf.Note>>",
            "scf.Grid<4, [u8; 2]>",
            "Vec<Decimal<2, u128>>",
        ];
        for text in texts {
            assert_eq!(text.parse::<AbiType>().map(|ty| ty.to_string()), Ok(text.to_string()));
        }
        assert_eq!(
            " Map < u8 , (bool , bool ,) > ".parse(),
            "Map<u8, (bool, bool)>".parse::<AbiType>()
        );
    }

    #[test]
    fn errors_name_the_byte() {
        let at = |text: &str| text.parse::<AbiType>().map_err(|error| error.at);
        assert_eq!(at(""), Err(0));
        assert_eq!(at("Vec"), Err(3));
        assert_eq!(at("Vec<u8"), Err(6));
        assert_eq!(at("u64 u64"), Err(4));
        assert_eq!(at("(u64)"), Err(5));
        assert_eq!(at("[u8; 4294967296]"), Err(4));
        assert_eq!(at("a..b"), Err(0));
        assert_eq!(at("Decimal<2, bool>"), Err(10));
        assert!("Vec<".repeat(100_000).parse::<AbiType>().is_err());
    }
}
