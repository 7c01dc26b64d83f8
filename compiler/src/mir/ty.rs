//! Types and constants of the middle end: what a value of the machine can be.
//!
//! In: nothing. Out: [`Ty`] and [`Const`].
//! Holds always: a type here is concrete (no parameters, no inference) and small enough to copy; an
//! integer constant lies in the range of its type.

use std::fmt;

use deed_bytecode::{Ty as Scalar, Type};
use num_bigint::BigInt;

use super::TypeId;
use crate::ty::IntTy;

/// The type of a value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Ty {
    Bool,
    Int(IntTy),
    /// An account or contract: 32 bytes.
    Address,
    /// A digest: 32 bytes.
    Hash,
    /// A heap value; [`super::Types`] says of what kind.
    Heap(TypeId),
}

impl Ty {
    pub const U64: Ty = Ty::Int(IntTy::U64);

    pub fn as_int(self) -> Option<IntTy> {
        match self {
            Ty::Int(int) => Some(int),
            _ => None,
        }
    }

    pub fn is_heap(self) -> bool {
        matches!(self, Ty::Heap(_))
    }

    /// The machine's name of a scalar; nothing for a heap type.
    pub fn scalar(self) -> Option<Scalar> {
        Type::from(self).scalar()
    }
}

/// As the machine numbers it, before the table of types is brought into its order.
impl From<Ty> for Type {
    fn from(ty: Ty) -> Type {
        match ty {
            Ty::Bool => Scalar::Bool.into(),
            Ty::Int(int) => Scalar::from(int).into(),
            Ty::Address => Scalar::Address.into(),
            Ty::Hash => Scalar::Hash.into(),
            // A program with more types than the machine can number is refused as too large.
            Ty::Heap(id) => Type::Heap(u16::try_from(id.0).unwrap_or(u16::MAX)),
        }
    }
}

/// Heap types by their number: the table that gives them names is elsewhere.
impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ty::Bool => f.write_str("bool"),
            Ty::Int(int) => f.write_str(int.name()),
            Ty::Address => f.write_str("Address"),
            Ty::Hash => f.write_str("Hash"),
            Ty::Heap(id) => id.fmt(f),
        }
    }
}

/// A value known when compiling.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Const {
    Bool(bool),
    Int(IntTy, BigInt),
    Address([u8; 32]),
    Hash([u8; 32]),
}

impl Const {
    /// The integer `value`, or nothing where the type does not hold it.
    pub fn int(ty: IntTy, value: impl Into<BigInt>) -> Option<Const> {
        let value = value.into();
        ty.holds(&value).then_some(Const::Int(ty, value))
    }

    pub fn ty(&self) -> Ty {
        self.scalar().into()
    }

    /// The machine's name of its type.
    pub fn scalar(&self) -> Scalar {
        match self {
            Const::Bool(_) => Scalar::Bool,
            Const::Int(ty, _) => (*ty).into(),
            Const::Address(_) => Scalar::Address,
            Const::Hash(_) => Scalar::Hash,
        }
    }
}

impl fmt::Display for Const {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Const::Bool(value) => value.fmt(f),
            Const::Int(_, value) => value.fmt(f),
            Const::Address(bytes) | Const::Hash(bytes) => {
                f.write_str("0x")?;
                bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    }
}

/// Integer types and the machine's, which have the same names.
macro_rules! machine_ints {
    ($($name:ident)*) => {
        impl From<IntTy> for Scalar {
            fn from(int: IntTy) -> Scalar {
                match int { $(IntTy::$name => Scalar::$name,)* }
            }
        }

        impl From<Scalar> for Ty {
            fn from(ty: Scalar) -> Ty {
                match ty {
                    Scalar::Bool => Ty::Bool,
                    Scalar::Address => Ty::Address,
                    Scalar::Hash => Ty::Hash,
                    $(Scalar::$name => Ty::Int(IntTy::$name),)*
                }
            }
        }
    };
}

machine_ints! { U8 U16 U32 U64 U128 U256 I8 I16 I32 I64 I128 I256 }
