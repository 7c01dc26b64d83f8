//! Elements in ascending order, in place.
//!
//! In: a scalar type and elements as they lie in memory. Out: the same ones in the order of
//! [`scalars`]. Equal elements are the same bytes, so there is one result, whatever the algorithm.

use deed_bytecode::Ty;

use super::compare::scalars;

pub(super) fn packed(ty: Ty, bytes: &mut [u8]) {
    match (ty, ty.bytes()) {
        (Ty::U64, _) => bytes.as_chunks_mut().0.sort_unstable_by_key(|it| u64::from_le_bytes(*it)),
        (Ty::I64, _) => bytes.as_chunks_mut().0.sort_unstable_by_key(|it| i64::from_le_bytes(*it)),
        (_, 1) => chunks::<1>(ty, bytes),
        (_, 2) => chunks::<2>(ty, bytes),
        (_, 4) => chunks::<4>(ty, bytes),
        (_, 8) => chunks::<8>(ty, bytes),
        (_, 16) => chunks::<16>(ty, bytes),
        _ => chunks::<32>(ty, bytes),
    }
}

fn chunks<const N: usize>(ty: Ty, bytes: &mut [u8]) {
    bytes.as_chunks_mut::<N>().0.sort_unstable_by(|left, right| scalars(ty, left, right));
}
