//! The code of operations on heap values.
//!
//! Holds always: what an operation changes stands in the register of its result before it runs; who
//! owns a value has been decided, so each instruction takes what its operator takes.

use deed_bytecode::{Inst as Word, Op as Operator};

use super::emit::{Emitted, Emitter};
use crate::mir::{Inst, Op, ValueId};

impl Emitter<'_, '_> {
    /// Brings what is changed into its result's register. It is there already but for scalars that
    /// are needed afterwards.
    pub(super) fn copy_changed(&mut self, inst: &Inst) {
        for (operand, result) in inst.op.changed().zip(&inst.results) {
            let (from, to) = (self.register(operand), self.register(*result));
            if from != to {
                self.word(Word::mov(self.ty(operand), to, from), inst.place);
            }
        }
    }

    /// Whether what is made is a map or set.
    fn is_map(&self, inst: &Inst) -> bool {
        let types = &self.program.types;
        inst.result().is_some_and(|made| types.entries(self.function.ty(made)).is_some())
    }

    /// The instruction of an operation; `row` is where its operands stand that come in a row.
    pub(super) fn heap_op(&mut self, op: &Op, inst: &Inst, row: u16) -> Emitted<Word> {
        let reg = |value: &ValueId| self.register(*value);
        let result = |at: usize| inst.results.get(at).map_or(0, reg);
        let made = |operator, b, c| {
            let ty = inst.results.first().map(|result| self.ty(*result));
            Word { op: operator, ty, a: result(0), b, c }
        };
        // An operator that carries the type of `value`, and writes to `a`.
        let on = |operator, value: &ValueId, [a, b, c]: [u16; 3]| {
            Word::typed(operator, self.ty(*value), a, b, c)
        };
        use Operator::*;
        Ok(match op {
            Op::Literal(_) if self.is_map(inst) => made(MapNew, 0, 0),
            Op::Literal(data) => {
                let data = self.pool.literal(data)?;
                let ty = inst.results.first().map(|result| self.function.ty(*result).into());
                let to = inst.results.first().map_or(0, |result| self.register(*result));
                Word { op: Literal, ty, a: to, b: data, c: 0 }
            }
            Op::Text { value } => {
                let scalar = self.ty(*value).code();
                made(Text, reg(value), scalar)
            }
            Op::ToBytes { value } => made(ToBytes, reg(value), 0),
            Op::ToText { value } => made(ToText, reg(value), 0),
            Op::Encode { value } => on(Encode, value, [result(0), reg(value), 0]),
            Op::Decode { value } => made(Decode, reg(value), 0),
            Op::Native { native, .. } => Word::untyped(Native, result(0), *native as u16, row),
            Op::Len { value } => on(Len, value, [result(0), reg(value), 0]),
            Op::Concat { right, .. } => made(Concat, reg(right), 0),
            Op::Slice { value, .. } => made(Slice, reg(value), row),
            Op::VecFill { count, value } => made(VecFill, reg(count), reg(value)),
            Op::VecGet { vec, index } => on(VecGet, vec, [result(0), reg(vec), reg(index)]),
            Op::VecSet { index, value, .. } => made(VecSet, reg(index), reg(value)),
            Op::VecSwap { index, .. } => made(VecSwap, reg(index), result(1)),
            Op::VecPush { value, .. } => made(VecPush, reg(value), 0),
            Op::VecSort { .. } => made(VecSort, 0, 0),
            Op::RowGet { vec, index } => on(RowGet, vec, [result(0), reg(vec), reg(index)]),
            Op::RowSet { index, .. } => made(RowSet, reg(index), row),
            Op::RowPush { .. } => made(RowPush, row, 0),
            Op::VecPop { vec } => on(VecPop, vec, [result(1), result(0), 0]),
            Op::MapFind { map, key } => on(MapFind, map, [result(0), reg(map), reg(key)]),
            Op::MapKey { map, index } => on(MapKey, map, [result(0), reg(map), reg(index)]),
            Op::MapGet { map, index } => on(MapGet, map, [result(0), reg(map), reg(index)]),
            Op::MapPut { key, value, .. } => made(MapPut, reg(key), value.as_ref().map_or(0, reg)),
            Op::MapSet { index, value, .. } => made(MapSet, reg(index), reg(value)),
            Op::MapSwap { index, .. } => made(MapSwap, reg(index), result(1)),
            Op::MapTake { map, index } => on(MapTake, map, [result(1), result(0), reg(index)]),
            Op::RecordMake { .. } => made(RecordMake, row, 0),
            Op::RecordOpen { record } => on(RecordOpen, record, [result(0), reg(record), 0]),
            Op::RecordGet { record, field } => {
                on(RecordGet, record, [result(0), reg(record), *field as u16])
            }
            Op::RecordSet { field, value, .. } => made(RecordSet, *field as u16, reg(value)),
            Op::RecordSwap { field, .. } => made(RecordSwap, *field as u16, result(1)),
            Op::EnumMake { variant, .. } => made(EnumMake, row, *variant as u16),
            Op::EnumTag { value } => on(EnumTag, value, [result(0), reg(value), 0]),
            Op::EnumGet { value, variant } => {
                on(EnumGet, value, [result(0), reg(value), *variant as u16])
            }
            Op::EnumOpen { value, variant } => {
                on(EnumOpen, value, [result(0), reg(value), *variant as u16])
            }
            Op::Dup { value } => made(Dup, reg(value), 0),
            Op::Drop { value } => on(Drop, value, [reg(value), 0, 0]),
            // Every other operation has its instruction in `Emitter::inst`.
            _ => return Err("kinds of operations"),
        })
    }
}
