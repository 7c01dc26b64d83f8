//! Operators on heap values: from registers to the heap and back.
//!
//! In: an operator, its type, the running frame, the gas that remains. Out: their effects, and
//! the gas that then remains. What an operator takes is gone from its register by validation;
//! nothing is cleared here.

use std::cmp::Ordering;

use deed_bytecode::{Op as Operator, TrapKind, TyClass, Type};

use super::machine::{Machine, Stop};
use super::op::Reg;
use crate::heap::{Arena, Layout, Ref};

impl Machine<'_> {
    /// Runs an operator that carries a heap type; gives the gas that remains.
    pub(super) fn heap(
        &mut self,
        op: Operator,
        ty: u16,
        frame: &mut [u64],
        [a, b, c]: [Reg; 3],
        gas: u64,
    ) -> Result<u64, Stop> {
        if self.quick(op, ty, frame, [a, b, c]).is_some() {
            return Ok(gas);
        }
        if let Operator::TryCall | Operator::ErrorIs | Operator::ErrorOpen = op {
            return self.attempt(op, ty, frame, [a, b, c], gas);
        }
        let data = &self.module.module.data;
        let mut arena = self.arena(gas);
        let result = operate(&mut arena, data, op, ty, frame, [a, b, c]);
        let left = arena.gas;
        self.spent(result, gas, left)
    }
}

impl Machine<'_> {
    /// Reads or puts an element of one slot, where that is all there is to do.
    #[inline]
    fn quick(&mut self, op: Operator, ty: u16, frame: &mut [u64], at: [Reg; 3]) -> Option<()> {
        if !matches!(op, Operator::VecGet | Operator::VecSet) {
            return None;
        }
        let element = match self.module.layouts.of(ty) {
            Layout::Packed { element, .. } if element.slots() == 1 => *element,
            _ => return None,
        };
        let [a, b, c] = at.map(usize::from);
        match op {
            Operator::VecGet => {
                frame[a] = self.heap.packed_get(element, frame[b] as Ref, frame[c])?;
            }
            _ => self.heap.packed_set(element, frame[a] as Ref, frame[b], frame[c])?,
        }
        Some(())
    }
}

fn operate(
    arena: &mut Arena<'_>,
    data: &[Vec<u8>],
    op: Operator,
    ty: u16,
    frame: &mut [u64],
    [a, b, c]: [Reg; 3],
) -> Result<(), Stop> {
    use Operator as O;
    let (at, bt, ct) = (usize::from(a), usize::from(b), usize::from(c));
    let value = |at: usize| frame[at] as Ref;
    match op {
        O::Dup => {
            arena.heap.dup(value(bt));
            frame[at] = frame[bt];
        }
        O::Drop => arena.drop(value(at)),
        O::IsUnique => frame[at] = u64::from(arena.heap.is_unique(value(bt))),
        O::Literal => frame[at] = arena.literal(ty, &data[bt])?.into(),
        O::Text => frame[at] = arena.text(ty, c, &frame[bt..])?.into(),
        O::ToBytes => frame[at] = arena.renamed(ty, value(bt))?.into(),
        O::ToText => {
            let (text, is_text) = arena.decoded(ty, value(bt))?;
            frame[at] = text.into();
            frame[at + 1] = is_text.into();
        }
        O::Len => frame[at] = arena.heap.length(value(bt)).into(),
        O::Concat => frame[at] = arena.concat(value(at), value(bt))?.into(),
        O::Slice => frame[at] = arena.slice(value(bt), frame[ct], frame[ct + 1])?.into(),
        O::VecFill => frame[at] = arena.fill(ty, frame[bt], &frame[ct..])?.into(),
        O::VecGet => arena.get(value(bt), frame[ct], &mut frame[at..])?,
        O::VecSet => frame[at] = arena.set(value(at), frame[bt], &frame[ct..])?.into(),
        O::VecSwap => {
            let (vec, index) = (value(at), frame[bt]);
            frame[at] = arena.swap(vec, index, &mut frame[ct..])?.into();
        }
        O::VecPush => frame[at] = arena.push(value(at), &frame[bt..])?.into(),
        O::VecSort => frame[at] = arena.sort(value(at))?.into(),
        O::VecPop => {
            let vec = value(bt);
            frame[bt] = arena.pop(vec, &mut frame[at..])?.into();
        }
        O::RecordMake => frame[at] = arena.make(ty, 0, &frame[bt..])?.into(),
        O::EnumMake => frame[at] = arena.make(ty, c.into(), &frame[bt..])?.into(),
        O::RecordOpen => {
            let record = value(bt);
            arena.open(record, 0, &mut frame[at..])?;
        }
        O::EnumOpen => {
            let variant = value(bt);
            arena.open(variant, c.into(), &mut frame[at..])?;
        }
        O::EnumGet => {
            let variant = value(bt);
            arena.fields(variant, c.into(), &mut frame[at..])?;
        }
        O::EnumTag => frame[at] = arena.heap.length(value(bt)).into(),
        O::RecordGet => {
            let record = value(bt);
            arena.field_get(record, c, &mut frame[at..])?;
        }
        O::RecordSet => frame[at] = arena.field_set(value(at), b, &frame[ct..])?.into(),
        O::RecordSwap => {
            let record = value(at);
            frame[at] = arena.field_swap(record, b, &mut frame[ct..])?.into();
        }
        O::Encode => {
            let ty = Type::from_code(c).ok_or(TrapKind::Unreachable)?;
            frame[at] = arena.encoding(ty, &frame[bt..])?.into();
        }
        O::Decode => frame[at] = arena.decoding(ty, value(bt))?.into(),
        _ if op.info().class == TyClass::Map => map(arena, op, ty, frame, [at, bt, ct])?,
        _ if op.info().class == TyClass::Rows => row(arena, op, frame, [at, bt, ct])?,
        _ => {
            let order = arena.compare(value(bt), value(ct))?;
            frame[at] = holds(op, order).into();
        }
    }
    Ok(())
}

/// Whether what a comparison asks is so.
fn holds(op: Operator, order: Ordering) -> bool {
    match op {
        Operator::Eq => order.is_eq(),
        Operator::Ne => order.is_ne(),
        Operator::Lt => order.is_lt(),
        Operator::Le => order.is_le(),
        Operator::Gt => order.is_gt(),
        // `translate` lets no other operator through.
        _ => order.is_ge(),
    }
}

fn row(
    arena: &mut Arena<'_>,
    op: Operator,
    frame: &mut [u64],
    [at, bt, ct]: [usize; 3],
) -> Result<(), Stop> {
    let value = |at: usize| frame[at] as Ref;
    match op {
        Operator::RowGet => arena.row_get(value(bt), frame[ct], &mut frame[at..])?,
        Operator::RowSet => frame[at] = arena.row_set(value(at), frame[bt], &frame[ct..])?.into(),
        // `operate` lets no other operator through.
        _ => frame[at] = arena.row_push(value(at), &frame[bt..])?.into(),
    }
    Ok(())
}

fn map(
    arena: &mut Arena<'_>,
    op: Operator,
    ty: u16,
    frame: &mut [u64],
    [at, bt, ct]: [usize; 3],
) -> Result<(), Stop> {
    use Operator as O;
    let value = |at: usize| frame[at] as Ref;
    match op {
        O::MapNew => frame[at] = arena.map_new(ty)?.into(),
        O::MapFind => {
            let (found, position) = arena.map_find(value(bt), &frame[ct..])?;
            frame[at] = found.into();
            frame[at + 1] = position;
        }
        O::MapKey => arena.map_key(value(bt), frame[ct], &mut frame[at..])?,
        O::MapGet => arena.map_get(value(bt), frame[ct], &mut frame[at..])?,
        O::MapPut => frame[at] = arena.map_put(value(at), &frame[bt..], &frame[ct..])?.into(),
        O::MapSet => frame[at] = arena.map_set(value(at), frame[bt], &frame[ct..])?.into(),
        O::MapSwap => {
            let (map, position) = (value(at), frame[bt]);
            frame[at] = arena.map_swap(map, position, &mut frame[ct..])?.into();
        }
        // `operate` lets no other operator through.
        _ => {
            let map = value(bt);
            frame[bt] = arena.map_take(map, frame[ct], &mut frame[at..])?.into();
        }
    }
    Ok(())
}
