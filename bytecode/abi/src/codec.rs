//! The canonical binary form of values: one form for each value, and nothing else decodes.
//!
//! | type | bytes |
//! |---|---|
//! | integers, `Time`, `Duration`, `Date` | little-endian, as wide as the type |
//! | `bool` | 0 or 1 |
//! | `Address`, `Hash` | 32 bytes as they are |
//! | `string`, `bytes` | length `u32`, then the bytes (UTF-8) |
//! | tuples, arrays, structs | their parts one after the other |
//! | `Vec`, `Set`, `Map` | count `u32`, then the elements, members or pairs; members and keys ascend |
//! | `Option` | 0, or 1 and the value |
//! | enums | number of the variant `u8`, then its payload |
//!
//! Arguments of a call are the encodings of the parameters one after the other, as of a tuple.

use crate::MAX_DEPTH;
use crate::abi::Param;
use crate::defs::Defs;
use crate::error::{ValueError, ValueFault};
use crate::ty::{AbiType, TypeDef, TypeShape};
use crate::value::Value;
use deed_bytecode::{Int, Ty};

type Result<T> = std::result::Result<T, ValueError>;

/// The canonical bytes of a value.
///
/// # Errors
/// If the value does not fit the type, or the type names something that `types` lacks.
pub fn encode(types: &[TypeDef], ty: &AbiType, value: &Value) -> Result<Vec<u8>> {
    encode_all(types, [(ty, value)])
}

/// The canonical bytes of several values, one after the other.
///
/// # Errors
/// As [`encode`].
pub fn encode_all<'a>(
    types: &[TypeDef],
    values: impl IntoIterator<Item = (&'a AbiType, &'a Value)>,
) -> Result<Vec<u8>> {
    let mut encoder = Encoder { defs: Defs::new(types), out: Vec::new(), values: 0 };
    for (ty, value) in values {
        encoder.value(ty, value, 0)?;
    }
    if encoder.values > most_values(encoder.out.len()) {
        return Err(ValueFault::TooMany.into());
    }
    Ok(encoder.out)
}

/// The value that these bytes, all of them, encode.
///
/// # Errors
/// On bytes that [`encode`] would not write for this type.
pub fn decode(types: &[TypeDef], ty: &AbiType, bytes: &[u8]) -> Result<Value> {
    let mut values = decode_all(types, [ty], bytes)?;
    values.pop().ok_or_else(|| ValueFault::Truncated { offset: 0 }.into())
}

/// The values that these bytes, all of them, encode one after the other.
///
/// # Errors
/// As [`decode`].
pub fn decode_all<'a>(
    types: &[TypeDef],
    tys: impl IntoIterator<Item = &'a AbiType>,
    bytes: &[u8],
) -> Result<Vec<Value>> {
    let defs = Defs::new(types);
    let mut decoder = Decoder { defs, bytes, at: 0, left: most_values(bytes.len()) };
    let values: Result<_> = tys.into_iter().map(|ty| decoder.value(ty, 0)).collect();
    if values.is_ok() && decoder.at < bytes.len() {
        return Err(ValueFault::Trailing { offset: decoder.at }.into());
    }
    values
}

/// Values that so many bytes may hold. Each byte belongs to at most [`MAX_DEPTH`] values, so
/// this limits nothing but values without bytes.
fn most_values(bytes: usize) -> usize {
    bytes.saturating_add(8).saturating_mul(MAX_DEPTH)
}

struct Encoder<'a> {
    defs: Defs<'a>,
    out: Vec<u8>,
    values: usize,
}

impl Encoder<'_> {
    fn value(&mut self, ty: &AbiType, value: &Value, depth: usize) -> Result<()> {
        if depth >= MAX_DEPTH {
            return Err(ValueFault::TooDeep.into());
        }
        self.values += 1;
        let depth = depth + 1;
        match (ty, value) {
            (AbiType::Scalar(Ty::Bool), Value::Bool(value)) => self.out.push(u8::from(*value)),
            (AbiType::Scalar(Ty::Address | Ty::Hash), Value::Bytes(bytes)) if bytes.len() == 32 => {
                self.out.extend_from_slice(bytes);
            }
            (AbiType::String, Value::String(text)) => self.blob(text.as_bytes())?,
            (AbiType::Bytes, Value::Bytes(bytes)) => self.blob(bytes)?,
            (AbiType::Tuple(items), Value::Seq(values)) if items.len() == values.len() => {
                self.each(items.iter().zip(values), depth)?;
            }
            (AbiType::Array(item, length), Value::Seq(values))
                if *length as usize == values.len() =>
            {
                self.count(values.len())?;
                self.each(values.iter().map(|value| (&**item, value)), depth)?;
            }
            (AbiType::Vec(item), Value::Seq(values)) => {
                self.count(values.len())?;
                self.each(values.iter().map(|value| (&**item, value)), depth)?;
            }
            (AbiType::Set(item), Value::Seq(values)) => {
                ascending(values.iter())?;
                self.count(values.len())?;
                self.each(values.iter().map(|value| (&**item, value)), depth)?;
            }
            (AbiType::Map(key, item), Value::Map(pairs)) => {
                self.map((key, item), pairs, depth)?;
            }
            (AbiType::Option(item), Value::Option(value)) => {
                self.out.push(u8::from(value.is_some()));
                value.iter().try_for_each(|value| self.value(item, value, depth))?;
            }
            (AbiType::Named(name), value) => self.named(name, value, depth)?,
            (ty, Value::Int(value)) => self.int(ty, *value)?,
            (ty, value) => return Err(ValueError::expected(format!("a `{ty}`"), value.kind())),
        }
        Ok(())
    }

    fn each<'v>(
        &mut self,
        pairs: impl Iterator<Item = (&'v AbiType, &'v Value)>,
        depth: usize,
    ) -> Result<()> {
        for (index, (ty, value)) in pairs.enumerate() {
            self.value(ty, value, depth).map_err(|error| error.within(format!("[{index}]")))?;
        }
        Ok(())
    }

    fn map(
        &mut self,
        (key, item): (&AbiType, &AbiType),
        pairs: &[(Value, Value)],
        depth: usize,
    ) -> Result<()> {
        ascending(pairs.iter().map(|pair| &pair.0))?;
        self.count(pairs.len())?;
        for (index, (k, v)) in pairs.iter().enumerate() {
            let step = |part| move |error: ValueError| error.within(format!("[{index}].{part}"));
            self.value(key, k, depth).map_err(step("key"))?;
            self.value(item, v, depth).map_err(step("value"))?;
        }
        Ok(())
    }

    fn int(&mut self, ty: &AbiType, value: Int) -> Result<()> {
        let scalar = ty.scalar().filter(|scalar| scalar.is_int());
        let scalar =
            scalar.ok_or_else(|| ValueError::expected(format!("a `{ty}`"), "an integer"))?;
        let bytes = value.to_le_bytes(scalar.bytes(), scalar.is_signed());
        let fault = || ValueFault::OutOfRange { ty: format!("`{ty}`"), value: value.to_string() };
        self.out.extend_from_slice(&bytes.ok_or_else(fault)?);
        Ok(())
    }

    fn named(&mut self, name: &str, value: &Value, depth: usize) -> Result<()> {
        match (self.defs.get(name)?, value) {
            (TypeShape::Struct(fields), Value::Struct(values)) => {
                self.fields(fields, values, name, depth)
            }
            (TypeShape::Enum(variants), Value::Enum(number, values)) => {
                let Some(variant) = variants.get(usize::from(*number)) else {
                    let found = format!("variant {number}");
                    return Err(ValueError::expected(format!("a variant of `{name}`"), found));
                };
                self.out.push(*number);
                self.fields(&variant.fields, values, &variant.name, depth)
                    .map_err(|error| error.within(format!(".{}", variant.name)))
            }
            (_, value) => Err(ValueError::expected(format!("a `{name}`"), value.kind())),
        }
    }

    fn fields(
        &mut self,
        fields: &[Param],
        values: &[Value],
        name: &str,
        depth: usize,
    ) -> Result<()> {
        if fields.len() != values.len() {
            let expected = format!("{} fields of `{name}`", fields.len());
            return Err(ValueError::expected(expected, format!("{}", values.len())));
        }
        for (field, value) in fields.iter().zip(values) {
            let step = |error: ValueError| error.within(format!(".{}", field.name));
            self.value(&field.ty, value, depth).map_err(step)?;
        }
        Ok(())
    }

    fn count(&mut self, count: usize) -> Result<()> {
        let count = u32::try_from(count).map_err(|_| ValueFault::TooMany)?;
        self.out.extend_from_slice(&count.to_le_bytes());
        Ok(())
    }

    fn blob(&mut self, bytes: &[u8]) -> Result<()> {
        self.count(bytes.len())?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }
}

/// Members and keys stand in ascending order, each once.
fn ascending<'v>(values: impl Iterator<Item = &'v Value> + Clone) -> Result<()> {
    let next = values.clone().skip(1);
    match values.zip(next).position(|(before, after)| before >= after) {
        Some(index) => {
            let expected = "members and keys in ascending order, each once";
            let error = ValueError::expected(expected, "one that does not ascend");
            Err(error.within(format!("[{}]", index + 1)))
        }
        None => Ok(()),
    }
}

struct Decoder<'a> {
    defs: Defs<'a>,
    bytes: &'a [u8],
    at: usize,
    /// Values that may still be made.
    left: usize,
}

impl<'a> Decoder<'a> {
    fn value(&mut self, ty: &AbiType, depth: usize) -> Result<Value> {
        if depth >= MAX_DEPTH {
            return Err(ValueFault::TooDeep.into());
        }
        self.left = self.left.checked_sub(1).ok_or(ValueFault::TooMany)?;
        let depth = depth + 1;
        Ok(match ty {
            AbiType::Scalar(Ty::Bool) => Value::Bool(self.flag("bool")?),
            AbiType::Scalar(Ty::Address | Ty::Hash) => Value::Bytes(self.take(32)?.to_vec()),
            AbiType::Scalar(scalar) => self.int(*scalar)?,
            AbiType::Time | AbiType::Duration => self.int(Ty::U64)?,
            AbiType::Date => self.int(Ty::I32)?,
            AbiType::Decimal { of, .. } => self.int(*of)?,
            AbiType::String => self.string()?,
            AbiType::Bytes => Value::Bytes(self.blob()?.to_vec()),
            AbiType::Tuple(items) => Value::Seq(self.each(items.iter(), depth)?),
            AbiType::Array(item, length) => {
                let count = self.count()?;
                if count != *length {
                    let wanted = format!("{length} elements");
                    return Err(ValueError::expected(wanted, count.to_string()));
                }
                Value::Seq(self.each((0..*length).map(|_| &**item), depth)?)
            }
            AbiType::Vec(item) => {
                let count = self.count()?;
                Value::Seq(self.each((0..count).map(|_| &**item), depth)?)
            }
            AbiType::Set(item) => self.set(item, depth)?,
            AbiType::Map(key, item) => self.map(key, item, depth)?,
            AbiType::Option(item) if self.flag("mark of an option")? => {
                Value::some(self.value(item, depth)?)
            }
            AbiType::Option(_) => Value::Option(None),
            AbiType::Named(name) => self.named(name, depth)?,
        })
    }

    /// The vector grows with what is read, never with what a count says.
    fn each<'t>(
        &mut self,
        types: impl Iterator<Item = &'t AbiType>,
        depth: usize,
    ) -> Result<Vec<Value>> {
        let mut values = Vec::new();
        for (index, ty) in types.enumerate() {
            let value = self.value(ty, depth);
            values.push(value.map_err(|error| error.within(format!("[{index}]")))?);
        }
        Ok(values)
    }

    fn set(&mut self, item: &AbiType, depth: usize) -> Result<Value> {
        let mut members: Vec<Value> = Vec::new();
        for index in 0..self.count()? {
            let offset = self.at;
            let step = |error: ValueError| error.within(format!("[{index}]"));
            let member = self.value(item, depth).map_err(step)?;
            if members.last().is_some_and(|last| *last >= member) {
                return Err(step(ValueFault::Unordered { offset }.into()));
            }
            members.push(member);
        }
        Ok(Value::Seq(members))
    }

    fn map(&mut self, key: &AbiType, item: &AbiType, depth: usize) -> Result<Value> {
        let mut pairs: Vec<(Value, Value)> = Vec::new();
        for index in 0..self.count()? {
            let offset = self.at;
            let step = |part| move |error: ValueError| error.within(format!("[{index}].{part}"));
            let k = self.value(key, depth).map_err(step("key"))?;
            if pairs.last().is_some_and(|(last, _)| *last >= k) {
                return Err(step("key")(ValueFault::Unordered { offset }.into()));
            }
            let v = self.value(item, depth).map_err(step("value"))?;
            pairs.push((k, v));
        }
        Ok(Value::Map(pairs))
    }

    fn named(&mut self, name: &str, depth: usize) -> Result<Value> {
        match self.defs.get(name)? {
            TypeShape::Struct(fields) => Ok(Value::Struct(self.fields(fields, depth)?)),
            TypeShape::Enum(variants) => {
                let (offset, number) = (self.at, self.take(1)?[0]);
                let expected = "number of a variant";
                let fault = ValueFault::Byte { offset, byte: number, expected };
                let variant = variants.get(usize::from(number)).ok_or(fault)?;
                let values = self.fields(&variant.fields, depth);
                let step = |error: ValueError| error.within(format!(".{}", variant.name));
                Ok(Value::Enum(number, values.map_err(step)?))
            }
        }
    }

    fn fields(&mut self, fields: &[Param], depth: usize) -> Result<Vec<Value>> {
        let mut values = Vec::with_capacity(fields.len());
        for field in fields {
            let value = self.value(&field.ty, depth);
            values.push(value.map_err(|error| error.within(format!(".{}", field.name)))?);
        }
        Ok(values)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let rest = &self.bytes[self.at..];
        let taken = rest.get(..count).ok_or(ValueFault::Truncated { offset: self.bytes.len() })?;
        self.at += count;
        Ok(taken)
    }

    fn flag(&mut self, expected: &'static str) -> Result<bool> {
        let offset = self.at;
        match self.take(1)?[0] {
            0 => Ok(false),
            1 => Ok(true),
            byte => Err(ValueFault::Byte { offset, byte, expected }.into()),
        }
    }

    fn int(&mut self, ty: Ty) -> Result<Value> {
        Ok(Value::Int(Int::from_le_bytes(self.take(ty.bytes())?, ty.is_signed())))
    }

    fn count(&mut self) -> Result<u32> {
        let bytes = self.take(4)?;
        Ok(bytes.iter().rev().fold(0, |count, byte| count << 8 | u32::from(*byte)))
    }

    fn blob(&mut self) -> Result<&'a [u8]> {
        let count = self.count()? as usize;
        self.take(count)
    }

    fn string(&mut self) -> Result<Value> {
        let offset = self.at;
        let text = std::str::from_utf8(self.blob()?);
        let text = text.map_err(|_| ValueFault::NotUtf8 { offset })?;
        Ok(Value::String(text.to_owned()))
    }
}
