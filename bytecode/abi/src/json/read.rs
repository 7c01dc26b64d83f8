//! From JSON to values.

use super::{Result, decimal, in_range, out_of_range};
use crate::MAX_DEPTH;
use crate::abi::Param;
use crate::calendar::{date_from_text, time_from_text};
use crate::defs::Defs;
use crate::error::{ValueError, ValueFault};
use crate::ty::{AbiType, TypeDef, TypeShape, Variant};
use crate::value::Value;
use deed_bytecode::int::BadInt;
use deed_bytecode::{Int, Ty};
use serde_json::Value as Json;

pub(super) struct Reader<'a> {
    defs: Defs<'a>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(types: &'a [TypeDef]) -> Reader<'a> {
        Reader { defs: Defs::new(types) }
    }

    pub(super) fn value(&self, ty: &AbiType, json: &Json, depth: usize) -> Result<Value> {
        if depth >= MAX_DEPTH {
            return Err(ValueFault::TooDeep.into());
        }
        let depth = depth + 1;
        match ty {
            AbiType::Scalar(Ty::Bool) => {
                json.as_bool().map(Value::Bool).ok_or_else(|| wrong("`true` or `false`", json))
            }
            AbiType::Scalar(Ty::Address | Ty::Hash) => {
                let bytes = unhex(json).filter(|bytes| bytes.len() == 32);
                let expected = format!("an `{ty}`: `0x` and 64 hexadecimal digits");
                bytes.map(Value::Bytes).ok_or_else(|| wrong(&expected, json))
            }
            AbiType::Scalar(_) | AbiType::Duration => int_from_json(ty, json),
            AbiType::Decimal { places, of } => decimal_from_json(*places, *of, json),
            AbiType::Time => {
                let expected = "a time as in \"2030-01-31T12:00:00Z\", not before 1970";
                self.text(json, expected, |text| Some(Value::int(time_from_text(text)?)))
            }
            AbiType::Date => self.text(json, "a date as in \"2030-01-31\"", |text| {
                let days = date_from_text(text)?;
                i32::try_from(days).ok().map(Value::int)
            }),
            AbiType::String => self.text(json, "a string", |text| Some(Value::String(text.into()))),
            AbiType::Bytes => {
                let expected = "bytes: `0x` and an even number of hexadecimal digits";
                unhex(json).map(Value::Bytes).ok_or_else(|| wrong(expected, json))
            }
            AbiType::Tuple(items) => {
                let expected = format!("an array of {} values", items.len());
                let array = sized(json, items.len(), &expected)?;
                self.array(items.iter().zip(array), depth).map(Value::Seq)
            }
            AbiType::Array(item, length) => {
                let expected = format!("an array of {length} values");
                let array = sized(json, *length as usize, &expected)?;
                self.array(array.iter().map(|json| (&**item, json)), depth).map(Value::Seq)
            }
            AbiType::Vec(item) => {
                let array = json.as_array().ok_or_else(|| wrong("an array", json))?;
                self.array(array.iter().map(|json| (&**item, json)), depth).map(Value::Seq)
            }
            AbiType::Set(item) => self.set(item, json, depth),
            AbiType::Map(key, item) => self.map(key, item, json, depth),
            AbiType::Option(item) => self.option(item, json, depth),
            AbiType::Named(name) => match self.defs.get(name)? {
                TypeShape::Struct(fields) => self.fields(fields, json, depth).map(Value::Struct),
                TypeShape::Enum(variants) => self.variant(name, variants, json, depth),
            },
        }
    }

    fn text(
        &self,
        json: &Json,
        expected: &str,
        read: impl Fn(&str) -> Option<Value>,
    ) -> Result<Value> {
        json.as_str().and_then(read).ok_or_else(|| wrong(expected, json))
    }

    fn array<'v>(
        &self,
        pairs: impl Iterator<Item = (&'v AbiType, &'v Json)>,
        depth: usize,
    ) -> Result<Vec<Value>> {
        let step = |index| move |error: ValueError| error.within(format!("[{index}]"));
        let items = pairs.enumerate();
        items.map(|(index, (ty, json))| self.value(ty, json, depth).map_err(step(index))).collect()
    }

    fn set(&self, item: &AbiType, json: &Json, depth: usize) -> Result<Value> {
        let array = json.as_array().ok_or_else(|| wrong("an array", json))?;
        let members = self.array(array.iter().map(|json| (item, json)), depth)?;
        let mut members: Vec<(Value, usize)> = members.into_iter().zip(0..).collect();
        members.sort();
        once(members.iter().map(|(member, index)| (member, *index)))?;
        Ok(Value::Seq(members.into_iter().map(|(member, _)| member).collect()))
    }

    fn map(&self, key: &AbiType, item: &AbiType, json: &Json, depth: usize) -> Result<Value> {
        let array = json.as_array().ok_or_else(|| wrong("an array of pairs", json))?;
        let mut pairs = Vec::with_capacity(array.len());
        for (index, pair) in array.iter().enumerate() {
            let step = |error: ValueError| error.within(format!("[{index}]"));
            let pair = sized(pair, 2, "a pair: an array of key and value").map_err(step)?;
            let part = |name, ty, json| {
                let read = self.value(ty, json, depth);
                read.map_err(|error: ValueError| error.within(format!("[{index}].{name}")))
            };
            pairs.push((part("key", key, &pair[0])?, part("value", item, &pair[1])?, index));
        }
        pairs.sort();
        once(pairs.iter().map(|(key, _, index)| (key, *index)))?;
        Ok(Value::Map(pairs.into_iter().map(|(key, value, _)| (key, value)).collect()))
    }

    fn option(&self, item: &AbiType, json: &Json, depth: usize) -> Result<Value> {
        if json.is_null() {
            return Ok(Value::Option(None));
        }
        if !matches!(item, AbiType::Option(_)) {
            return self.value(item, json, depth).map(Value::some);
        }
        let object = json.as_object().filter(|object| object.len() == 1);
        let inner = object.and_then(|object| object.get("some"));
        let inner = inner.ok_or_else(|| wrong("`null` or {\"some\": …}", json))?;
        let value = self.value(item, inner, depth);
        value.map(Value::some).map_err(|error| error.within(".some"))
    }

    fn fields(&self, fields: &[Param], json: &Json, depth: usize) -> Result<Vec<Value>> {
        let object = json.as_object().ok_or_else(|| wrong("an object", json))?;
        let known = |name: &String| fields.iter().any(|field| field.name == *name);
        if let Some(field) = object.keys().find(|name| !known(name)) {
            let names: Vec<String> =
                fields.iter().map(|field| format!("`{}`", field.name)).collect();
            let (field, expected) = (field.clone(), names.join(", "));
            return Err(ValueFault::UnknownField { field, expected }.into());
        }
        let read = |field: &Param| {
            let json = object.get(&field.name);
            let json = json.ok_or_else(|| ValueFault::MissingField(field.name.clone()))?;
            let value = self.value(&field.ty, json, depth);
            value.map_err(|error| error.within(format!(".{}", field.name)))
        };
        fields.iter().map(read).collect()
    }

    fn variant(
        &self,
        name: &str,
        variants: &[Variant],
        json: &Json,
        depth: usize,
    ) -> Result<Value> {
        let (chosen, payload) = match json {
            Json::String(chosen) => (chosen, None),
            Json::Object(object) if object.len() == 1 => match object.iter().next() {
                Some((chosen, payload)) => (chosen, Some(payload)),
                None => return Err(wrong(&format!("a variant of `{name}`"), json)),
            },
            _ => return Err(wrong(&format!("a variant of `{name}`"), json)),
        };
        let found = (0u8..=255).zip(variants).find(|(_, variant)| variant.name == *chosen);
        let (number, variant) = found.ok_or_else(|| {
            let names: Vec<&str> = variants.iter().map(|variant| variant.name.as_str()).collect();
            let expected = format!("a variant of `{name}` (one of {})", names.join(", "));
            ValueError::expected(expected, format!("\"{chosen}\""))
        })?;
        let values = match payload {
            None if variant.fields.is_empty() => Ok(vec![]),
            None => Err(ValueError::expected(form(variant), "the name alone")),
            Some(_) if variant.fields.is_empty() => {
                Err(ValueError::expected(form(variant), "a payload"))
            }
            Some(payload) if variant.is_positional() => {
                sized(payload, variant.fields.len(), &form(variant)).and_then(|array| {
                    let types = variant.fields.iter().map(|field| &field.ty);
                    self.array(types.zip(array), depth)
                })
            }
            Some(payload) => self.fields(&variant.fields, payload, depth),
        };
        let step = |error: ValueError| error.within(format!(".{chosen}"));
        Ok(Value::Enum(number, values.map_err(step)?))
    }
}

/// How a variant is written, for messages.
fn form(variant: &Variant) -> String {
    let name = &variant.name;
    match (variant.fields.is_empty(), variant.is_positional()) {
        (true, _) => format!("\"{name}\" alone"),
        (_, true) => format!("{{\"{name}\": […]}} with {} values", variant.fields.len()),
        (_, false) => format!("{{\"{name}\": {{…}}}}"),
    }
}

/// Refuses sorted members or keys of which one is there twice; the path leads to the second.
fn once<'v>(mut sorted: impl Iterator<Item = (&'v Value, usize)>) -> Result<()> {
    let Some(mut last) = sorted.next() else { return Ok(()) };
    for next in sorted {
        if last.0 == next.0 {
            return Err(ValueError::from(ValueFault::Twice).within(format!("[{}]", next.1)));
        }
        last = next;
    }
    Ok(())
}

fn int_from_json(ty: &AbiType, json: &Json) -> Result<Value> {
    let expected = format!("an integer of type `{ty}`, as a number or a decimal string");
    let value = match json {
        Json::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => Int::from(number),
            (_, Some(number)) => Int::from(number),
            _ => return Err(wrong(&expected, json)),
        },
        Json::String(text) => match text.parse() {
            Ok(value) => value,
            Err(BadInt::TooLarge) => return out_of_range(ty, text),
            Err(BadInt::NotDecimal) => return Err(wrong(&expected, json)),
        },
        _ => return Err(wrong(&expected, json)),
    };
    in_range(ty, value)?;
    Ok(Value::Int(value))
}

fn decimal_from_json(places: u8, of: Ty, json: &Json) -> Result<Value> {
    let expected =
        || format!("a number as in \"12.50\" with at most {places} digits behind the point");
    let text = match json {
        Json::Number(number) if number.is_u64() || number.is_i64() => number.to_string(),
        Json::String(text) => text.clone(),
        _ => return Err(wrong(&expected(), json)),
    };
    let value = match decimal::parse(&text, places) {
        Ok(value) => value,
        Err(BadInt::TooLarge) => return out_of_range(&AbiType::Scalar(of), &text),
        Err(BadInt::NotDecimal) => return Err(wrong(&expected(), json)),
    };
    in_range(&AbiType::Scalar(of), value)?;
    Ok(Value::Int(value))
}

fn sized<'j>(json: &'j Json, length: usize, expected: &str) -> Result<&'j [Json]> {
    let array = json.as_array().filter(|array| array.len() == length);
    array.map(Vec::as_slice).ok_or_else(|| wrong(expected, json))
}

/// An error that shows what was found, cut to a readable length.
fn wrong(expected: &str, found: &Json) -> ValueError {
    let found = match found {
        Json::Array(items) => format!("an array of {} values", items.len()),
        Json::Object(_) => "an object".to_owned(),
        json => json.to_string(),
    };
    let short: String = found.chars().take(80).collect();
    let mark = if short.len() < found.len() { "…" } else { "" };
    ValueError::expected(expected, format!("{short}{mark}"))
}

fn unhex(json: &Json) -> Option<Vec<u8>> {
    let digits = json.as_str()?.strip_prefix("0x")?;
    let nibbles: Option<Vec<u32>> = digits.chars().map(|digit| digit.to_digit(16)).collect();
    let nibbles = nibbles.filter(|nibbles| nibbles.len().is_multiple_of(2))?;
    Some(nibbles.chunks_exact(2).map(|pair| (pair[0] << 4 | pair[1]) as u8).collect())
}
