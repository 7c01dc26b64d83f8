//! The types of the language.
//!
//! In: nothing. Out: [`Ty`], the type of every expression from `typeck` on, and its facts.
//! Holds always: equal types are equal values; a `Ty` outside `typeck` holds no [`Ty::Infer`].
//!
//! Architecture invariant: a type names items by id and knows nothing of them; what a struct's
//! fields are stands in the package that the id belongs to.

use std::fmt;

use num_bigint::{BigInt, Sign};

use crate::arena::{ContractId, EnumId, InferId, InterfaceId, StructId, TypeParamId};
use crate::value::Value;

/// An integer type: its width in bits and its sign.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum IntTy {
    U8,
    U16,
    U32,
    U64,
    U128,
    U256,
    I8,
    I16,
    I32,
    I64,
    I128,
    I256,
}

/// An array has at most so many elements.
pub const MOST_ELEMENTS: u64 = 65_536;

/// A type.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Ty {
    Int(IntTy),
    Bool,
    /// The type of what gives no value.
    Unit,
    /// The type of what never ends here: `return`, `throw`, `break`.
    Never,
    /// UTF-8 text.
    String,
    Bytes,
    /// 32 bytes on every chain.
    Address,
    /// 32 bytes.
    Hash,
    /// A point in time, in seconds.
    Time,
    /// A span of time, in seconds.
    Duration,
    /// A bare civil day.
    Date,
    Tuple(Vec<Ty>),
    /// `[T; N]`: of what, and how many: a [`Ty::Number`], or a `const` parameter.
    Array(Box<Ty>, Box<Ty>),
    Vec(Box<Ty>),
    Map(Box<MapTy>),
    Set(Box<Ty>),
    Option(Box<Ty>),
    Result(Box<Ty>, Box<Ty>),
    /// `a..b` over an integer type.
    Range(Box<Ty>),
    /// A `struct` or an `asset`.
    Struct(StructId, Vec<Ty>),
    Enum(EnumId, Vec<Ty>),
    /// A contract seen through an interface.
    Interface(InterfaceId),
    /// A contract seen through its own name.
    Contract(ContractId),
    /// What a `catch` is told: the declared error or the trap, and a message.
    Failure,
    /// `Table<Row>`: rows with numbers of their own, found by their indexed fields too.
    Table(Box<Ty>),
    /// What cancels scheduled work.
    Scheduled,
    /// A type parameter of the item that is being looked at, or a `const` parameter.
    Param(TypeParamId),
    /// The number that stands for a `const` parameter, and never the type of a value.
    Number(u64),
    /// What a function parameter takes: a closure or a function.
    Fn(Box<FnTy>),
    /// The unbounded integers of specifications.
    SpecInt,
    /// An unknown of type inference.
    Infer(InferId),
    /// What could not be typed; a message has been given, so it fits everything in silence.
    Error,
}

/// `Map<K, V>` or `Map<K, V default e>`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct MapTy {
    pub key: Ty,
    pub value: Ty,
    /// What an absent key reads; without one, reading an absent key traps.
    pub default: Option<Value>,
}

/// `fn(inout A, B) -> C`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FnTy {
    pub params: Vec<(ParamMode, Ty)>,
    pub result: Ty,
}

/// What a function may do with an argument.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ParamMode {
    /// Reads it.
    View,
    /// Changes the caller's place.
    Inout,
    /// Consumes it.
    Take,
}

impl IntTy {
    /// Every integer type, narrow before wide, unsigned before signed.
    pub const ALL: [IntTy; 12] = [
        IntTy::U8,
        IntTy::U16,
        IntTy::U32,
        IntTy::U64,
        IntTy::U128,
        IntTy::U256,
        IntTy::I8,
        IntTy::I16,
        IntTy::I32,
        IntTy::I64,
        IntTy::I128,
        IntTy::I256,
    ];

    pub fn bits(self) -> u32 {
        match self {
            IntTy::U8 | IntTy::I8 => 8,
            IntTy::U16 | IntTy::I16 => 16,
            IntTy::U32 | IntTy::I32 => 32,
            IntTy::U64 | IntTy::I64 => 64,
            IntTy::U128 | IntTy::I128 => 128,
            IntTy::U256 | IntTy::I256 => 256,
        }
    }

    pub fn is_signed(self) -> bool {
        self >= IntTy::I8
    }

    /// The name in source: `u64`.
    pub fn name(self) -> &'static str {
        match self {
            IntTy::U8 => "u8",
            IntTy::U16 => "u16",
            IntTy::U32 => "u32",
            IntTy::U64 => "u64",
            IntTy::U128 => "u128",
            IntTy::U256 => "u256",
            IntTy::I8 => "i8",
            IntTy::I16 => "i16",
            IntTy::I32 => "i32",
            IntTy::I64 => "i64",
            IntTy::I128 => "i128",
            IntTy::I256 => "i256",
        }
    }

    /// The type that a name or a literal's suffix means.
    pub fn from_name(name: &str) -> Option<IntTy> {
        IntTy::ALL.into_iter().find(|ty| ty.name() == name)
    }

    pub fn min(self) -> BigInt {
        if self.is_signed() { -(BigInt::from(1) << (self.bits() - 1)) } else { BigInt::from(0) }
    }

    pub fn max(self) -> BigInt {
        let magnitude = if self.is_signed() { self.bits() - 1 } else { self.bits() };
        (BigInt::from(1) << magnitude) - 1
    }

    pub fn holds(self, value: &BigInt) -> bool {
        let negative = value.sign() == Sign::Minus;
        // Of `-2^n` the complement is `2^n - 1`, which has a bit less.
        let needed = if negative { (!value).bits() } else { value.bits() };
        let room = u64::from(self.bits()) - u64::from(self.is_signed());
        needed <= room && (self.is_signed() || !negative)
    }

    /// Whether every value of `other` is one of this type.
    pub fn holds_all_of(self, other: IntTy) -> bool {
        match (self.is_signed(), other.is_signed()) {
            (a, b) if a == b => self.bits() >= other.bits(),
            (true, _) => self.bits() > other.bits(),
            (false, _) => false,
        }
    }
}

impl Ty {
    pub const U8: Ty = Ty::Int(IntTy::U8);
    pub const U32: Ty = Ty::Int(IntTy::U32);
    pub const U64: Ty = Ty::Int(IntTy::U64);
    pub const U128: Ty = Ty::Int(IntTy::U128);
    pub const U256: Ty = Ty::Int(IntTy::U256);

    pub fn option(of: Ty) -> Ty {
        Ty::Option(Box::new(of))
    }

    pub fn map(key: Ty, value: Ty, default: Option<Value>) -> Ty {
        Ty::Map(Box::new(MapTy { key, value, default }))
    }

    /// So many values of a type.
    pub fn array(of: Ty, len: u64) -> Ty {
        Ty::Array(Box::new(of), Box::new(Ty::Number(len)))
    }

    /// The number that it is, if it is one and is known.
    pub fn as_number(&self) -> Option<u64> {
        match self {
            Ty::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub fn as_int(&self) -> Option<IntTy> {
        match self {
            Ty::Int(int) => Some(*int),
            _ => None,
        }
    }

    pub fn is_error(&self) -> bool {
        matches!(self, Ty::Error)
    }

    /// A number of a program or of a specification.
    pub fn is_integer(&self) -> bool {
        matches!(self, Ty::Int(_) | Ty::SpecInt)
    }

    /// One value of fixed size, no part of which can be named.
    pub fn is_scalar(&self) -> bool {
        matches!(
            self,
            Ty::Int(_)
                | Ty::Bool
                | Ty::Address
                | Ty::Hash
                | Ty::Time
                | Ty::Duration
                | Ty::Date
                | Ty::Interface(_)
                | Ty::Contract(_)
        )
    }

    /// The type and every type in it, outside before inside.
    pub fn each(&self, f: &mut dyn FnMut(&Ty)) {
        f(self);
        self.parts().into_iter().for_each(|part| part.each(f));
    }

    /// The types directly in it.
    pub fn parts(&self) -> Vec<&Ty> {
        match self {
            Ty::Tuple(parts) | Ty::Struct(_, parts) | Ty::Enum(_, parts) => parts.iter().collect(),
            Ty::Array(of, len) => vec![of, len],
            Ty::Vec(of) | Ty::Set(of) | Ty::Option(of) | Ty::Range(of) | Ty::Table(of) => vec![of],
            Ty::Map(map) => vec![&map.key, &map.value],
            Ty::Result(ok, err) => vec![ok, err],
            Ty::Fn(of) => of.params.iter().map(|(_, ty)| ty).chain([&of.result]).collect(),
            _ => Vec::new(),
        }
    }

    /// A collection that in state is a place and not a value.
    pub fn is_collection(&self) -> bool {
        matches!(self, Ty::Map(_) | Ty::Set(_) | Ty::Vec(_) | Ty::Table(_))
    }
}

impl Ty {
    /// As in source; `name` tells the names of structs, enums and other items.
    pub fn show(&self, name: &dyn Fn(&Ty) -> Option<String>) -> String {
        let show = |ty: &Ty| ty.show(name);
        let all = |types: &[Ty]| types.iter().map(show).collect::<Vec<_>>().join(", ");
        match self {
            Ty::Struct(_, args) | Ty::Enum(_, args) => {
                let word = name(self).unwrap_or_else(|| self.to_string());
                if args.is_empty() { word } else { format!("{word}<{}>", all(args)) }
            }
            Ty::Tuple(parts) => format!("({})", all(parts)),
            Ty::Array(of, len) => format!("[{}; {}]", show(of), show(len)),
            Ty::Vec(of) => format!("Vec<{}>", show(of)),
            Ty::Set(of) => format!("Set<{}>", show(of)),
            Ty::Table(of) => format!("Table<{}>", show(of)),
            Ty::Option(of) => format!("Option<{}>", show(of)),
            Ty::Range(of) => format!("range of {}", show(of)),
            Ty::Result(ok, err) => format!("Result<{}, {}>", show(ok), show(err)),
            Ty::Map(map) => {
                let default = map.default.as_ref().map(|value| format!(" default {value}"));
                let default = default.unwrap_or_default();
                format!("Map<{}, {}{default}>", show(&map.key), show(&map.value))
            }
            Ty::Fn(of) => {
                let params = of.params.iter().map(|(mode, ty)| mode.word().to_owned() + &show(ty));
                let params = params.collect::<Vec<_>>().join(", ");
                match &of.result {
                    Ty::Unit => format!("fn({params})"),
                    result => format!("fn({params}) -> {}", show(result)),
                }
            }
            other => name(other).unwrap_or_else(|| other.to_string()),
        }
    }
}

impl fmt::Display for Ty {
    /// As in source, with ids in place of the names of items.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ty::Int(int) => f.write_str(int.name()),
            Ty::Bool => f.write_str("bool"),
            Ty::Unit => f.write_str("()"),
            Ty::Never => f.write_str("never"),
            Ty::String => f.write_str("string"),
            Ty::Bytes => f.write_str("bytes"),
            Ty::Address => f.write_str("Address"),
            Ty::Hash => f.write_str("Hash"),
            Ty::Time => f.write_str("Time"),
            Ty::Duration => f.write_str("Duration"),
            Ty::Date => f.write_str("Date"),
            Ty::Tuple(parts) => write!(f, "({})", list(parts)),
            Ty::Array(of, len) => write!(f, "[{of}; {len}]"),
            Ty::Vec(of) => write!(f, "Vec<{of}>"),
            Ty::Map(map) => match &map.default {
                Some(default) => write!(f, "Map<{}, {} default {default}>", map.key, map.value),
                None => write!(f, "Map<{}, {}>", map.key, map.value),
            },
            Ty::Set(of) => write!(f, "Set<{of}>"),
            Ty::Option(of) => write!(f, "Option<{of}>"),
            Ty::Result(ok, err) => write!(f, "Result<{ok}, {err}>"),
            Ty::Range(of) => write!(f, "range of {of}"),
            Ty::Struct(id, args) => item(f, id, args),
            Ty::Enum(id, args) => item(f, id, args),
            Ty::Interface(id) => write!(f, "{id:?}"),
            Ty::Contract(id) => write!(f, "{id:?}"),
            Ty::Failure => f.write_str("Failure"),
            Ty::Table(of) => write!(f, "Table<{of}>"),
            Ty::Scheduled => f.write_str("Scheduled"),
            Ty::Param(id) => write!(f, "{id:?}"),
            Ty::Number(number) => write!(f, "{number}"),
            Ty::Fn(of) => write!(f, "{of}"),
            Ty::SpecInt => f.write_str("int"),
            Ty::Infer(id) => write!(f, "{id:?}"),
            Ty::Error => f.write_str("?"),
        }
    }
}

impl fmt::Display for FnTy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let params: Vec<String> =
            self.params.iter().map(|(mode, ty)| format!("{}{ty}", mode.word())).collect();
        write!(f, "fn({})", params.join(", "))?;
        match &self.result {
            Ty::Unit => Ok(()),
            result => write!(f, " -> {result}"),
        }
    }
}

impl ParamMode {
    /// As it stands before a parameter, with a space behind it.
    pub fn word(self) -> &'static str {
        match self {
            ParamMode::View => "",
            ParamMode::Inout => "inout ",
            ParamMode::Take => "take ",
        }
    }
}

fn list(types: &[Ty]) -> String {
    types.iter().map(Ty::to_string).collect::<Vec<_>>().join(", ")
}

fn item(f: &mut fmt::Formatter<'_>, id: &impl fmt::Debug, args: &[Ty]) -> fmt::Result {
    match args {
        [] => write!(f, "{id:?}"),
        _ => write!(f, "{id:?}<{}>", list(args)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integer_types_know_their_ranges() {
        assert_eq!(IntTy::I8.min(), BigInt::from(-128));
        assert_eq!(IntTy::I8.max(), BigInt::from(127));
        assert_eq!(IntTy::U256.max(), (BigInt::from(1) << 256) - 1);
        assert!(IntTy::I16.holds_all_of(IntTy::U8) && !IntTy::I8.holds_all_of(IntTy::U8));
        assert!(!IntTy::U256.holds_all_of(IntTy::I8));
        for ty in IntTy::ALL {
            assert_eq!(IntTy::from_name(ty.name()), Some(ty));
            assert!(ty.holds(&ty.min()) && ty.holds(&ty.max()) && !ty.holds(&(ty.max() + 1)));
        }
    }
}
