//! State keys for people: `balances[0x…]`.
//!
//! In: a module and the bytes of a key. Out: the field and its keys as in source, or the bytes
//! in hexadecimal where the key is of no field of this module.

use deed_bytecode::state_key::{field_id, parse_state_key};
use deed_bytecode::{Const, Module, StateField, Ty};

/// A state key as a path in source terms.
pub fn describe_key(module: &Module, key: &[u8]) -> String {
    let path = module.schema.iter().find_map(|field| path(module, field, key));
    path.unwrap_or_else(|| {
        let digits: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("0x{digits}")
    })
}

fn path(module: &Module, field: &StateField, key: &[u8]) -> Option<String> {
    let slots = parse_state_key(&field_id(&module.types, field), &field.keys, key)?;
    let mut rest = slots.as_slice();
    let mut path = field.name.clone();
    for ty in &field.keys {
        let (value, tail) = rest.split_at_checked(usize::from(ty.slots()))?;
        path += &format!("[{}]", constant(*ty, value)?);
        rest = tail;
    }
    Some(path)
}

fn constant(ty: Ty, slots: &[u64]) -> Option<Const> {
    let mut bytes = Vec::with_capacity(ty.bytes());
    ty.encode(slots, &mut bytes);
    Const::from_bytes(ty, &bytes)
}
