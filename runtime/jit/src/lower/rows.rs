//! Operators on elements of vectors that are records, by their fields.
//!
//! In: an instruction. Out: code, if the records are of scalars alone and lie in their vector; else the
//! instruction is the machine's. What else it leaves to the machine, and what lies where, is as with the
//! elements of `heap`.

use cranelift_codegen::ir::Value;
use deed_bytecode::{HeapType, Inst, Ty};
use deed_runtime::tier::layout;

use super::Lowering;

/// An element by its fields.
pub(super) struct Row {
    fields: Vec<(Ty, i32)>,
    width: i32,
}

impl Lowering<'_, '_> {
    /// The fields of an element that is a record of scalars and lies in its vector, where each of them
    /// lies in it, and the bytes of all.
    pub(super) fn row(&self, inst: Inst) -> Option<Row> {
        let types = &self.unit.module.types;
        let element = self.heap_type(inst)?.element()?;
        let HeapType::Record { fields, .. } = self.unit.module.heap_type(element)? else {
            return None;
        };
        let mut row = Row { fields: Vec::new(), width: 0 };
        for field in fields {
            row.fields.push((field.scalar()?, row.width));
            row.width += layout::bytes(*field) as i32;
        }
        layout::lies_in_vector(types, element).then_some(row)
    }

    pub(super) fn row_get(&mut self, inst: Inst) -> Option<()> {
        let Some(row) = self.row(inst) else { return self.outside(inst) };
        let address = self.element(inst.b, inst.c, row.width.into());
        let mut values = Vec::new();
        for (ty, at) in row.fields {
            values.extend(self.load_scalar(ty, address, layout::HEADER + at));
        }
        self.set_all(inst.a, &values);
        Some(())
    }

    pub(super) fn row_set(&mut self, inst: Inst) -> Option<()> {
        let Some(row) = self.row(inst) else { return self.outside(inst) };
        let (address, done) = self.place(inst, row.width.into())?;
        self.store_row(address, inst.c, &row);
        self.go_on(done);
        Some(())
    }

    pub(super) fn row_push(&mut self, inst: Inst) -> Option<()> {
        let Some(row) = self.row(inst) else { return self.outside(inst) };
        let object = self.object(inst.a);
        let (length, end, done) = self.room(object, row.width.into(), inst)?;
        let address = self.at(object, length, row.width.into());
        self.store_row(address, inst.b, &row);
        self.set_word(object, layout::LENGTH, end);
        self.go_on(done);
        Some(())
    }

    fn store_row(&mut self, address: Value, mut from: u16, row: &Row) {
        for (ty, at) in &row.fields {
            self.store_scalar(*ty, address, layout::HEADER + at, from);
            from += ty.slots();
        }
    }
}
