//! The canonical bytes of what the chain keeps and signs.
//!
//! In: values. Out: bytes, and back. One value has one form: integers little-endian, byte strings
//! and lists behind their length in four bytes, variants behind their number in one byte, structs as
//! their fields in the order of their definition. What is read must be used up.
//!
//! What always holds: reading allocates no more than there are bytes, and never panics.

use std::fmt;

use deed_runtime::{Address, Created, Event, Hash, Refusal, Status, Thrown, Trap, TrapKind};

/// Bytes that are no canonical form of what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// How many bytes stood behind the fault.
    pub left: usize,
    pub what: &'static str,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes before the end)", self.what, self.left)
    }
}

impl std::error::Error for Malformed {}

/// What has a canonical form.
pub(crate) trait Wire: Sized {
    fn write(&self, out: &mut Vec<u8>);
    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed>;

    fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    /// Reads a value that takes all the bytes.
    fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader(bytes);
        let value = Self::read(&mut reader)?;
        match reader.0 {
            [] => Ok(value),
            _ => Err(reader.fault("there are bytes too many")),
        }
    }
}

/// The bytes that are still to be read.
pub(crate) struct Reader<'b>(pub(crate) &'b [u8]);

impl<'b> Reader<'b> {
    pub(crate) fn take(&mut self, count: usize) -> Result<&'b [u8], Malformed> {
        let (taken, rest) =
            self.0.split_at_checked(count).ok_or_else(|| self.fault("bytes are missing"))?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let fault = self.fault("bytes are missing");
        self.take(N)?.try_into().map_err(|_| fault)
    }

    pub(crate) fn fault(&self, what: &'static str) -> Malformed {
        Malformed { left: self.0.len(), what }
    }
}

macro_rules! integers {
    ($($ty:ty),*) => {$(
        impl Wire for $ty {
            fn write(&self, out: &mut Vec<u8>) {
                out.extend(self.to_le_bytes());
            }

            fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
                Ok(<$ty>::from_le_bytes(from.array()?))
            }
        }
    )*};
}

integers!(u8, u16, u32, u64, u128);

impl<const N: usize> Wire for [u8; N] {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        from.array()
    }
}

impl Wire for Vec<u8> {
    fn write(&self, out: &mut Vec<u8>) {
        (self.len() as u32).write(out);
        out.extend(self);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let length = u32::read(from)? as usize;
        Ok(from.take(length)?.to_vec())
    }
}

impl Wire for String {
    fn write(&self, out: &mut Vec<u8>) {
        (self.len() as u32).write(out);
        out.extend(self.as_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        String::from_utf8(Vec::read(from)?).map_err(|_| from.fault("a text is not UTF-8"))
    }
}

impl<T: Wire> Wire for Option<T> {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(u8::from(self.is_some()));
        self.iter().for_each(|value| value.write(out));
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        match u8::read(from)? {
            0 => Ok(None),
            1 => T::read(from).map(Some),
            _ => Err(from.fault("what is or is not there begins with 0 or 1")),
        }
    }
}

/// Writes a list.
pub(crate) fn write_all<T: Wire>(values: &[T], out: &mut Vec<u8>) {
    (values.len() as u32).write(out);
    values.iter().for_each(|value| value.write(out));
}

/// Reads a list; each of its members has at least a byte.
pub(crate) fn read_all<T: Wire>(from: &mut Reader<'_>) -> Result<Vec<T>, Malformed> {
    let length = u32::read(from)? as usize;
    if length > from.0.len() {
        return Err(from.fault("a list is longer than its bytes"));
    }
    (0..length).map(|_| T::read(from)).collect()
}

/// Gives structs the form that is their fields in order.
macro_rules! wire {
    ($($name:ident { $($field:ident),* $(,)? })*) => {$(
        impl $crate::wire::Wire for $name {
            fn write(&self, out: &mut Vec<u8>) {
                $($crate::wire::Wire::write(&self.$field, out);)*
            }

            fn read(
                from: &mut $crate::wire::Reader<'_>,
            ) -> ::std::result::Result<Self, $crate::wire::Malformed> {
                Ok($name { $($field: $crate::wire::Wire::read(from)?,)* })
            }
        }
    )*};
}
pub(crate) use wire;

/// Gives newtypes of bytes, and enums, their forms: a number, then the payload.
macro_rules! wire_enum {
    ($name:ident { $($number:literal = $variant:ident $(($($part:ident),*))?,)* } else $what:literal) => {
        impl $crate::wire::Wire for $name {
            fn write(&self, out: &mut Vec<u8>) {
                match self {
                    $($name::$variant $(($($part),*))? => {
                        out.push($number);
                        $($($crate::wire::Wire::write($part, out);)*)?
                    })*
                }
            }

            fn read(
                from: &mut $crate::wire::Reader<'_>,
            ) -> ::std::result::Result<Self, $crate::wire::Malformed> {
                Ok(match <u8 as $crate::wire::Wire>::read(from)? {
                    $($number => $name::$variant $(($({
                        let $part = $crate::wire::Wire::read(from)?;
                        $part
                    }),*))?,)*
                    _ => return Err(from.fault($what)),
                })
            }
        }
    };
}
pub(crate) use wire_enum;

impl Wire for Address {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        from.array().map(Address)
    }
}

impl Wire for Hash {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        from.array().map(Hash)
    }
}

impl Wire for std::sync::Arc<str> {
    fn write(&self, out: &mut Vec<u8>) {
        (self.len() as u32).write(out);
        out.extend(self.as_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        String::read(from).map(Into::into)
    }
}

impl Wire for TrapKind {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(*self as u8);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let byte = u8::read(from)?;
        TrapKind::from_byte(byte).ok_or_else(|| from.fault("there is no such kind of trap"))
    }
}

wire! {
    Event { contract, index, code, name, data }
    Thrown { index, code, name, data }
    Trap { contract, kind, function, pc }
    Created { contract, code }
}

wire_enum! {
    Refusal {
        0 = NoCode(address),
        1 = BadCode(why),
        2 = UnknownFunction(name),
        3 = InitAgain,
        4 = NotAView(name),
        5 = NotPayable(name),
        6 = BadArgument(why),
    } else "there is no such refusal"
}

wire_enum! {
    Status {
        0 = Ok(result),
        1 = Error(thrown),
        2 = Trap(trap),
        3 = OutOfGas,
        4 = Refused(refusal),
        5 = Aborted,
        6 = Fatal(why),
    } else "there is no such status"
}
