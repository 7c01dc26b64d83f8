//! From values to JSON.

use super::{Result, decimal, hex, in_range};
use crate::MAX_DEPTH;
use crate::abi::Param;
use crate::calendar::{date_to_text, time_to_text};
use crate::defs::Defs;
use crate::error::{ValueError, ValueFault};
use crate::ty::{AbiType, TypeDef, TypeShape};
use crate::value::Value;
use deed_bytecode::{Int, Ty};
use serde_json::{Map, Value as Json};

pub(super) struct Writer<'a> {
    defs: Defs<'a>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(types: &'a [TypeDef]) -> Writer<'a> {
        Writer { defs: Defs::new(types) }
    }

    pub(super) fn value(&self, ty: &AbiType, value: &Value, depth: usize) -> Result<Json> {
        if depth >= MAX_DEPTH {
            return Err(ValueFault::TooDeep.into());
        }
        let depth = depth + 1;
        match (ty, value) {
            (AbiType::Scalar(Ty::Bool), Value::Bool(value)) => Ok(Json::Bool(*value)),
            (AbiType::String, Value::String(text)) => Ok(Json::String(text.clone())),
            (AbiType::Bytes, Value::Bytes(bytes)) => Ok(Json::String(hex(bytes))),
            (AbiType::Scalar(Ty::Address | Ty::Hash), Value::Bytes(bytes)) if bytes.len() == 32 => {
                Ok(Json::String(hex(bytes)))
            }
            (AbiType::Tuple(items), Value::Seq(values)) if items.len() == values.len() => {
                self.array(items.iter().zip(values), depth)
            }
            (AbiType::Array(item, length), Value::Seq(values))
                if *length as usize == values.len() =>
            {
                self.array(values.iter().map(|value| (&**item, value)), depth)
            }
            (AbiType::Vec(item) | AbiType::Set(item), Value::Seq(values)) => {
                self.array(values.iter().map(|value| (&**item, value)), depth)
            }
            (AbiType::Map(key, item), Value::Map(pairs)) => {
                let pairs = pairs.iter().map(|(k, v)| {
                    Ok(Json::Array(vec![self.value(key, k, depth)?, self.value(item, v, depth)?]))
                });
                Ok(Json::Array(pairs.collect::<Result<_>>()?))
            }
            (AbiType::Option(_), Value::Option(None)) => Ok(Json::Null),
            (AbiType::Option(item), Value::Option(Some(value))) => {
                let inner = self.value(item, value, depth)?;
                let nested = matches!(**item, AbiType::Option(_));
                Ok(if nested {
                    Json::Object([("some".into(), inner)].into_iter().collect())
                } else {
                    inner
                })
            }
            (AbiType::Named(name), value) => self.named(name, value, depth),
            (ty, Value::Int(value)) => int_to_json(ty, *value),
            (ty, value) => Err(ValueError::expected(format!("a `{ty}`"), value.kind())),
        }
    }

    fn array<'v>(
        &self,
        pairs: impl Iterator<Item = (&'v AbiType, &'v Value)>,
        depth: usize,
    ) -> Result<Json> {
        let step = |index| move |error: ValueError| error.within(format!("[{index}]"));
        let items = pairs.enumerate();
        let items =
            items.map(|(index, (ty, value))| self.value(ty, value, depth).map_err(step(index)));
        Ok(Json::Array(items.collect::<Result<_>>()?))
    }

    fn named(&self, name: &str, value: &Value, depth: usize) -> Result<Json> {
        match (self.defs.get(name)?, value) {
            (TypeShape::Struct(fields), Value::Struct(values)) if fields.len() == values.len() => {
                self.object(fields, values, depth)
            }
            (TypeShape::Enum(variants), Value::Enum(number, values)) => {
                let variant = variants.get(usize::from(*number));
                let variant = variant.filter(|variant| variant.fields.len() == values.len());
                let variant = variant
                    .ok_or_else(|| ValueError::expected(format!("a `{name}`"), value.kind()))?;
                if variant.fields.is_empty() {
                    return Ok(Json::String(variant.name.clone()));
                }
                let payload = if variant.is_positional() {
                    let types = variant.fields.iter().map(|field| &field.ty);
                    self.array(types.zip(values), depth)?
                } else {
                    self.object(&variant.fields, values, depth)?
                };
                Ok(Json::Object([(variant.name.clone(), payload)].into_iter().collect()))
            }
            (_, value) => Err(ValueError::expected(format!("a `{name}`"), value.kind())),
        }
    }

    fn object(&self, fields: &[Param], values: &[Value], depth: usize) -> Result<Json> {
        let mut object = Map::new();
        for (field, value) in fields.iter().zip(values) {
            let step = |error: ValueError| error.within(format!(".{}", field.name));
            let json = self.value(&field.ty, value, depth).map_err(step)?;
            object.insert(field.name.clone(), json);
        }
        Ok(Json::Object(object))
    }
}

fn int_to_json(ty: &AbiType, value: Int) -> Result<Json> {
    in_range(ty, value)?;
    let small =
        u64::try_from(value).map(Json::from).or_else(|()| i64::try_from(value).map(Json::from));
    match ty {
        AbiType::Time => Ok(Json::String(time_to_text(u64::try_from(value).unwrap_or_default()))),
        AbiType::Date => Ok(Json::String(date_to_text(i64::try_from(value).unwrap_or_default()))),
        AbiType::Decimal { places, .. } => Ok(Json::String(decimal::text(value, *places))),
        AbiType::Duration => Ok(small.unwrap_or_default()),
        AbiType::Scalar(scalar) if scalar.bits() <= 32 => Ok(small.unwrap_or_default()),
        _ => Ok(Json::String(value.to_string())),
    }
}
