//! State keys and values for people: `balances[0x…]`.
//!
//! In: a module and the bytes of a key or a value. Out: the field and its keys as in source, or the bytes
//! in hexadecimal where the key is of no field of this module. The module's types have no names
//! for fields and variants: a struct reads as a tuple does, a variant by its number, `#1(..)`.

use deed_bytecode::state_key::parse_state_key;
use deed_bytecode::{Const, HeapType, Module, StateField, Type};

/// A state key as a path in source terms.
pub fn describe_key(module: &Module, key: &[u8]) -> String {
    let path = module.schema.iter().find_map(|field| path(module, field, key));
    path.unwrap_or_else(|| hex(key))
}

/// What is stored under a key, as a value in source terms; where nothing is, what a read of it finds.
pub fn describe_value(module: &Module, key: &[u8], stored: Option<&[u8]>) -> String {
    let mine = |field: &&StateField| path(module, field, key).is_some();
    let Some(field) = module.schema.iter().find(mine) else {
        return stored.map_or("nothing".to_owned(), hex);
    };
    match (stored, &field.default) {
        (Some(bytes), _) => {
            let mut rest = bytes;
            value(module, field.value, &mut rest, 0).unwrap_or_else(|| hex(bytes))
        }
        (None, Some(default)) => default.to_string(),
        (None, None) => "nothing".to_owned(),
    }
}

fn path(module: &Module, field: &StateField, key: &[u8]) -> Option<String> {
    let mut path = field.name.clone();
    let keys = parse_state_key(&module.types, field, key)?;
    for (ty, key) in field.keys.iter().zip(keys) {
        let mut rest = key.as_slice();
        path += &format!("[{}]", value(module, *ty, &mut rest, 0)?);
    }
    Some(path)
}

/// How deep values in keys nest: no deeper than values that leave a call.
const DEPTH: usize = 64;

/// Reads one value off its canonical encoding.
fn value(module: &Module, ty: Type, bytes: &mut &[u8], depth: usize) -> Option<String> {
    if depth > DEPTH {
        return None;
    }
    let list = |types: &mut dyn Iterator<Item = Type>, bytes: &mut &[u8]| {
        let parts: Option<Vec<String>> =
            types.map(|ty| value(module, ty, bytes, depth + 1)).collect();
        Some(parts?.join(", "))
    };
    let heap = match ty {
        Type::Scalar(ty) => {
            return Const::from_bytes(ty, take(bytes, ty.bytes())?).map(|value| value.to_string());
        }
        Type::Heap(_) => module.heap_type(ty)?,
    };
    match heap {
        HeapType::String => {
            let count = count(bytes)?;
            Some(format!("{:?}", std::str::from_utf8(take(bytes, count)?).ok()?))
        }
        HeapType::Bytes => {
            let count = count(bytes)?;
            Some(hex(take(bytes, count)?))
        }
        HeapType::Record { fields, .. } => {
            Some(format!("({})", list(&mut fields.iter().copied(), bytes)?))
        }
        HeapType::Enum { variants, .. } => {
            let variant = take(bytes, 1)?[0];
            let payload = variants.get(usize::from(variant))?;
            let parts = list(&mut payload.iter().copied(), bytes)?;
            Some(if parts.is_empty() {
                format!("#{variant}")
            } else {
                format!("#{variant}({parts})")
            })
        }
        HeapType::Map { key, value: None } => {
            let count = count(bytes)?;
            Some(format!("{{{}}}", list(&mut std::iter::repeat_n(*key, count), bytes)?))
        }
        HeapType::Map { key, value: Some(of) } => {
            let count = count(bytes)?;
            let mut entry = |_| {
                let key = value(module, *key, bytes, depth + 1)?;
                Some(format!("{key}: {}", value(module, *of, bytes, depth + 1)?))
            };
            let entries: Option<Vec<String>> = (0..count).map(&mut entry).collect();
            Some(format!("{{{}}}", entries?.join(", ")))
        }
        HeapType::Vec(element) => {
            let count = count(bytes)?;
            Some(format!("[{}]", list(&mut std::iter::repeat_n(*element, count), bytes)?))
        }
    }
}

fn take<'b>(bytes: &mut &'b [u8], count: usize) -> Option<&'b [u8]> {
    let (taken, rest) = bytes.split_at_checked(count)?;
    *bytes = rest;
    Some(taken)
}

fn count(bytes: &mut &[u8]) -> Option<usize> {
    Some(u32::from_le_bytes(take(bytes, 4)?.try_into().ok()?) as usize)
}

fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("0x{digits}")
}
