//! Types and constants of the middle end: what a value of the machine can be.
//!
//! In: nothing. Out: [`Ty`] and [`Const`].
//! Holds always: a type here is concrete (no parameters, no inference) and small enough to copy; an
//! integer constant lies in the range of its type.

use std::fmt;

use num_bigint::BigInt;

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
}

impl Ty {
    pub const U64: Ty = Ty::Int(IntTy::U64);

    pub fn as_int(self) -> Option<IntTy> {
        match self {
            Ty::Int(int) => Some(int),
            _ => None,
        }
    }
}

impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ty::Bool => f.write_str("bool"),
            Ty::Int(int) => f.write_str(int.name()),
            Ty::Address => f.write_str("Address"),
            Ty::Hash => f.write_str("Hash"),
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
        match self {
            Const::Bool(_) => Ty::Bool,
            Const::Int(ty, _) => Ty::Int(*ty),
            Const::Address(_) => Ty::Address,
            Const::Hash(_) => Ty::Hash,
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

/// Pairs of a type and the machine's name of it.
macro_rules! machine_types {
    ($($ty:pat, $value:expr => $machine:ident;)*) => {
        impl From<deed_bytecode::Ty> for Ty {
            fn from(ty: deed_bytecode::Ty) -> Ty {
                match ty { $(deed_bytecode::Ty::$machine => $value,)* }
            }
        }

        impl From<Ty> for deed_bytecode::Ty {
            fn from(ty: Ty) -> deed_bytecode::Ty {
                match ty { $($ty => deed_bytecode::Ty::$machine,)* }
            }
        }
    };
    ($($name:ident)*) => {
        machine_types! {
            Ty::Bool, Ty::Bool => Bool;
            Ty::Address, Ty::Address => Address;
            Ty::Hash, Ty::Hash => Hash;
            $(Ty::Int(IntTy::$name), Ty::Int(IntTy::$name) => $name;)*
        }
    };
}

machine_types! { U8 U16 U32 U64 U128 U256 I8 I16 I32 I64 I128 I256 }
