//! What is known of a part of a value, from how the value was made.
//!
//! Holds always: only plain parts are found. A part that is a heap value would get a second owner by
//! being used beside the value that holds it, and be copied when it is changed.

use crate::mir::{Op, Ty, ValueId};

/// Something known.
pub(super) enum Known {
    Value(ValueId),
    Tag(u32),
}

/// The part that `op` reads, of type `ty`; `made` says what made a value.
pub(super) fn part<'a>(op: &Op, ty: Ty, made: impl Fn(ValueId) -> Option<&'a Op>) -> Option<Known> {
    if ty.is_heap() {
        return None;
    }
    match *op {
        Op::RecordGet { record, field } => field_of(record, field, made).map(Known::Value),
        Op::EnumTag { value } => match made(value)? {
            Op::EnumMake { variant, .. } => Some(Known::Tag(*variant)),
            _ => None,
        },
        Op::EnumGet { value, variant } => match made(value)? {
            Op::EnumMake { variant: is, payload } if *is == variant => {
                payload.first().copied().map(Known::Value)
            }
            _ => None,
        },
        Op::Len { value } => match made(value)? {
            Op::VecFill { count, .. } => Some(Known::Value(*count)),
            _ => None,
        },
        _ => None,
    }
}

/// A field, through the changes that were made to the record since.
fn field_of<'a>(
    mut record: ValueId,
    field: u32,
    made: impl Fn(ValueId) -> Option<&'a Op>,
) -> Option<ValueId> {
    loop {
        match made(record)? {
            Op::RecordMake { fields } => return fields.get(field as usize).copied(),
            Op::RecordSet { field: set, value, .. } if *set == field => return Some(*value),
            Op::RecordSet { record: before, .. } => record = *before,
            _ => return None,
        }
    }
}
