//! Keys of state entries, so that engine, ledger and tools agree.
//!
//! A key is `field_id ‖ key ‖ key …`. The id is the first eight bytes of SHA-256 over
//! `name: type`, so an entry belongs to a field's *name and type* and never to its position;
//! a default is part of the type, since absent entries mean it. Keys within a field are
//! encoded so that the order of bytes is the order of values: integers big-endian, with the
//! sign bit flipped where they are signed. Values are in their canonical encoding.

use crate::module::StateField;
use crate::ty::Ty;
use crate::types::HeapType;
use sha2::{Digest, Sha256};

/// Bytes of a field id.
pub const FIELD_ID_BYTES: usize = 8;

/// The id of a field of a module with these heap types.
pub fn field_id(types: &[HeapType], field: &StateField) -> [u8; FIELD_ID_BYTES] {
    let digest = Sha256::digest(format!("{}: {}", field.name, type_text(types, field)));
    let mut id = [0; FIELD_ID_BYTES];
    id.copy_from_slice(&digest[..FIELD_ID_BYTES]);
    id
}

/// The type of a field as in source code: `Map<Address, Map<u64, u128 default 0>>`.
pub fn type_text(types: &[HeapType], field: &StateField) -> String {
    let mut text = String::new();
    for key in &field.keys {
        text += &format!("Map<{key}, ");
    }
    text += &field.value.text(types);
    if let Some(default) = &field.default {
        text += &format!(" default {default}");
    }
    text + &">".repeat(field.keys.len())
}

/// Appends one key, given by its slots, in the ordered encoding.
///
/// # Panics
/// If `slots` is shorter than the type.
pub fn push_key(ty: Ty, slots: &[u64], out: &mut Vec<u8>) {
    let start = out.len();
    ty.encode(slots, out);
    if ty.is_int() {
        out[start..].reverse();
    }
    if ty.is_signed() {
        out[start] ^= 0x80;
    }
}

/// The key of an entry: `slots` holds the field's keys one after the other.
///
/// # Panics
/// If `slots` is shorter than the keys.
pub fn state_key(id: &[u8; FIELD_ID_BYTES], keys: &[Ty], mut slots: &[u64]) -> Vec<u8> {
    let bytes: usize = keys.iter().map(|ty| ty.bytes()).sum();
    let mut key = Vec::with_capacity(FIELD_ID_BYTES + bytes);
    key.extend_from_slice(id);
    for ty in keys {
        push_key(*ty, slots, &mut key);
        slots = &slots[usize::from(ty.slots())..];
    }
    key
}

/// Reads the keys back: the slots of each, one after the other. `None` if the bytes are no
/// key of this field.
pub fn parse_state_key(id: &[u8; FIELD_ID_BYTES], keys: &[Ty], bytes: &[u8]) -> Option<Vec<u64>> {
    let mut rest = bytes.strip_prefix(id)?;
    let mut slots = Vec::with_capacity(Ty::total_slots(keys));
    for ty in keys {
        let (key, tail) = rest.split_at_checked(ty.bytes())?;
        let mut key = key.to_vec();
        if ty.is_signed() {
            key[0] ^= 0x80;
        }
        if ty.is_int() {
            key.reverse();
        }
        slots.extend_from_slice(&ty.decode(&key)?[..usize::from(ty.slots())]);
        rest = tail;
    }
    rest.is_empty().then_some(slots)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module::Const;

    fn field(keys: Vec<Ty>, default: Option<Const>) -> StateField {
        StateField { name: "held".into(), keys, value: Ty::U64.into(), default }
    }

    #[test]
    fn types_read_as_in_source() {
        assert_eq!(type_text(&[], &field(vec![], None)), "u64");
        let nested = field(vec![Ty::Address, Ty::I8], Const::int(Ty::U64, 7u64));
        assert_eq!(type_text(&[], &nested), "Map<Address, Map<i8, u64 default 7>>");
        assert_ne!(field_id(&[], &nested), field_id(&[], &field(vec![Ty::Address, Ty::I8], None)));
    }

    #[test]
    fn keys_order_as_their_values_do() {
        let id = field_id(&[], &field(vec![Ty::I16], None));
        let key = |value: i64| state_key(&id, &[Ty::I16], &[value as u64]);
        let values = [-32768, -300, -1, 0, 1, 255, 256, 32767];
        assert!(values.windows(2).all(|pair| key(pair[0]) < key(pair[1])));
        for value in values {
            assert_eq!(parse_state_key(&id, &[Ty::I16], &key(value)), Some(vec![value as u64]));
        }
    }

    #[test]
    fn foreign_keys_are_refused() {
        let id = field_id(&[], &field(vec![Ty::Bool], None));
        let key = state_key(&id, &[Ty::Bool], &[1]);
        assert_eq!(parse_state_key(&id, &[Ty::Bool], &key[..8]), None);
        assert_eq!(parse_state_key(&id, &[Ty::U16], &key), None);
        assert_eq!(parse_state_key(&[0; 8], &[Ty::Bool], &key), None);
    }
}
