//! Arguments into registers, results out of them.
//!
//! In: types and canonical encodings, or slots. Out: slots, or encodings. A foreign byte string
//! is accepted only where it is exactly the encoding of a list of values.

use deed_bytecode::Ty;

use crate::call::Refusal;

/// Decodes a list of values, laid out one after the other, into `slots`.
///
/// `slots` must be as long as the types together; it is unspecified after an error.
pub(crate) fn decode(types: &[Ty], mut bytes: &[u8], mut slots: &mut [u64]) -> Result<(), Refusal> {
    let expected: usize = types.iter().map(|ty| ty.bytes()).sum();
    if bytes.len() != expected {
        let (count, len) = (types.len(), bytes.len());
        return Err(Refusal::BadArgument(format!(
            "the {count} parameters take {expected} bytes together, and {len} came"
        )));
    }
    for (index, ty) in types.iter().enumerate() {
        let (value, tail) = bytes.split_at(ty.bytes());
        let decoded = ty.decode(value).ok_or_else(|| {
            Refusal::BadArgument(format!("parameter {} is no value of type `{ty}`", index + 1))
        })?;
        let (into, rest) = slots.split_at_mut(usize::from(ty.slots()));
        into.copy_from_slice(&decoded[..into.len()]);
        (bytes, slots) = (tail, rest);
    }
    Ok(())
}

/// Encodes values that lie in `slots` one after the other.
pub(crate) fn encode(types: &[Ty], mut slots: &[u64]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(types.iter().map(|ty| ty.bytes()).sum());
    for ty in types {
        ty.encode(slots, &mut bytes);
        slots = &slots[usize::from(ty.slots())..];
    }
    bytes
}
