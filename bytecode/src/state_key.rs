//! Keys of state entries, so that engine, ledger and tools agree.
//!
//! A key is `field_id ‖ key ‖ key …`. The id is the first eight bytes of SHA-256 over
//! `name: type`, so an entry belongs to a field's *name and type* and never to its position;
//! a default is part of the type, since absent entries mean it. Keys within a field are in the
//! ordered form ([`crate::ordered`]), so that the order of bytes is the order of lists of keys.
//! Values are in their canonical encoding.

use crate::module::StateField;
use crate::ordered::{order_scalar, push_ordered, read_ordered};
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
        text += &format!("Map<{}, ", key.text(types));
    }
    text += &field.value.text(types);
    if let Some(default) = &field.default {
        text += &format!(" default {default}");
    }
    text + &">".repeat(field.keys.len())
}

/// Appends one scalar key, given by its slots, in the ordered form.
///
/// # Panics
/// If `slots` is shorter than the type.
pub fn push_key(ty: Ty, slots: &[u64], out: &mut Vec<u8>) {
    out.extend_from_slice(&ordered_key(ty, slots)[..ty.bytes()]);
}

/// The ordered form of one scalar key, given by its slots: the first bytes, as many as it has.
///
/// # Panics
/// If `slots` is shorter than the type.
#[inline]
pub fn ordered_key(ty: Ty, slots: &[u64]) -> [u8; 8 * Ty::MAX_SLOTS] {
    let mut bytes = ty.bytes_of(slots);
    order_scalar(ty, &mut bytes[..ty.bytes()]);
    bytes
}

/// The key of an entry: `canonical` holds the encodings of the keys one after the other.
/// `None` if it does not.
pub fn state_key(types: &[HeapType], field: &StateField, mut canonical: &[u8]) -> Option<Vec<u8>> {
    let mut key = field_id(types, field).to_vec();
    for ty in &field.keys {
        canonical = push_ordered(types, *ty, canonical, &mut key)?;
    }
    canonical.is_empty().then_some(key)
}

/// Reads the keys back: the canonical encoding of each. `None` if the bytes are no key of this
/// field.
pub fn parse_state_key(
    types: &[HeapType],
    field: &StateField,
    bytes: &[u8],
) -> Option<Vec<Vec<u8>>> {
    let mut rest = bytes.strip_prefix(&field_id(types, field))?;
    let mut keys = Vec::with_capacity(field.keys.len());
    for ty in &field.keys {
        let mut key = Vec::new();
        rest = read_ordered(types, *ty, rest, &mut key)?;
        keys.push(key);
    }
    rest.is_empty().then_some(keys)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module::Const;
    use crate::types::Type;

    fn field(keys: Vec<Ty>, default: Option<Const>) -> StateField {
        let keys = keys.into_iter().map(Type::Scalar).collect();
        StateField { name: "held".into(), keys, value: Ty::U64.into(), default }
    }

    #[test]
    fn types_read_as_in_source() {
        assert_eq!(type_text(&[], &field(vec![], None)), "u64");
        let nested = field(vec![Ty::Address, Ty::I8], Const::int(Ty::U64, 7u64));
        assert_eq!(type_text(&[], &nested), "Map<Address, Map<i8, u64 default 7>>");
        assert_ne!(field_id(&[], &nested), field_id(&[], &field(vec![Ty::Address, Ty::I8], None)));
        let named = StateField { keys: vec![Type::Heap(0)], ..field(vec![], None) };
        assert_eq!(type_text(&[HeapType::String], &named), "Map<string, u64>");
    }

    #[test]
    fn keys_order_as_their_values_do() {
        let field = field(vec![Ty::I16], None);
        let key = |value: i16| state_key(&[], &field, &value.to_le_bytes()).expect("a key");
        let values = [-32768, -300, -1, 0, 1, 255, 256, 32767];
        assert!(values.windows(2).all(|pair| key(pair[0]) < key(pair[1])));
        for value in values {
            let back = parse_state_key(&[], &field, &key(value));
            assert_eq!(back, Some(vec![value.to_le_bytes().to_vec()]));
            let mut scalar = field_id(&[], &field).to_vec();
            push_key(Ty::I16, &[value as u64], &mut scalar);
            assert_eq!(scalar, key(value));
        }
    }

    #[test]
    fn foreign_keys_are_refused() {
        let flags = field(vec![Ty::Bool], None);
        let key = state_key(&[], &flags, &[1]).expect("a key");
        assert_eq!(parse_state_key(&[], &flags, &key[..8]), None);
        assert_eq!(parse_state_key(&[], &field(vec![Ty::U16], None), &key), None);
        assert_eq!(parse_state_key(&[], &flags, &[&key[..8], &[2]].concat()), None);
        assert_eq!(state_key(&[], &flags, &[]), None);
        assert_eq!(state_key(&[], &flags, &[1, 0]), None);
    }
}
