//! Operations that the machine runs: their registers are gathered, and what they give is taken
//! from the same place.

use cranelift_codegen::ir::{AbiParam, InstBuilder, MemFlagsData, Signature, Value, types};
use deed_bytecode::{Inst, Role};
use deed_runtime::tier::Operation;

use super::{LEFT, Lowering};
use crate::native::offset;
use crate::outside::Outside;
use crate::site::{Site, Why};

/// A register operand: its first register, its place in the area, how many slots it has.
struct Operand {
    first: u16,
    place: u16,
    count: u16,
    read: bool,
    written: bool,
}

impl Lowering<'_, '_> {
    /// Has the machine run an operation; `None` if it is none. What an operation reads and writes
    /// is what its row in the table says; beyond that it goes on behind itself, or stops the run.
    pub(super) fn outside(&mut self, inst: Inst) -> Option<()> {
        let (renamed, operands, slots) = self.gather(inst)?;
        let operation = Operation::of(renamed)?;
        let number = self.outsides.len() as u64;
        self.outsides.push(Outside::Operation { inst: renamed, operation, slots });
        let gas = self.call_out(&operands, number);
        if inst.op.info().ends {
            self.trap(Why::Stopped);
            return Some(());
        }
        self.builder.def_var(self.gas, gas);
        let area = self.area();
        for operand in operands.iter().filter(|operand| operand.written) {
            for slot in 0..operand.count {
                let at = i32::from(operand.place + slot) * 8;
                let flags = MemFlagsData::trusted();
                let value = self.builder.ins().load(types::I64, flags, area, at);
                self.set(operand.first + slot, value);
            }
        }
        Some(())
    }

    pub(super) fn throw(&mut self, inst: Inst) -> Option<()> {
        let (_, operands, slots) = self.gather(inst)?;
        let number = self.outsides.len() as u64;
        self.outsides.push(Outside::Throw { error: inst.a, slots });
        self.call_out(&operands, number);
        self.trap(Why::Stopped);
        Some(())
    }

    /// The instruction with its registers renamed to places in the area.
    fn gather(&self, inst: Inst) -> Option<(Inst, Vec<Operand>, usize)> {
        let (mut numbers, mut operands, mut place) = (inst.operands(), Vec::new(), 0u16);
        for (role, number) in inst.op.info().roles.into_iter().zip(&mut numbers) {
            let (shape, read, written) = match role {
                Role::Def(shape) => (shape, false, true),
                Role::Use(shape) | Role::Take(shape) => (shape, true, false),
                Role::Change(shape) => (shape, true, true),
                Role::Index(_) | Role::Unused => continue,
            };
            let types = self.unit.module.types(self.function, inst, shape)?;
            let count = types.iter().map(|ty| ty.slots()).sum();
            operands.push(Operand { first: *number, place, count, read, written });
            *number = place;
            place += count;
        }
        let [a, b, c] = numbers;
        Some((Inst { a, b, c, ..inst }, operands, place.into()))
    }

    /// Where operations find their registers: one area a run, kept by the context, so that functions have
    /// no frames for what they rarely do.
    fn area(&mut self) -> Value {
        let context = self.builder.ins().get_pinned_reg(types::I64);
        self.builder.ins().load(types::I64, MemFlagsData::trusted(), context, offset::AREA)
    }

    /// Runs outside `number`; gives the gas that remains. Where the run does not go on it is left here.
    fn call_out(&mut self, operands: &[Operand], number: u64) -> Value {
        let area = self.area();
        for operand in operands.iter().filter(|operand| operand.read) {
            for slot in 0..operand.count {
                let value = self.get(operand.first + slot);
                let at = i32::from(operand.place + slot) * 8;
                self.builder.ins().store(MemFlagsData::trusted(), value, area, at);
            }
        }
        let builder = &mut self.builder;
        let signature = *self.signatures.call_out.get_or_insert_with(|| {
            let mut signature = Signature::new(LEFT);
            signature.params = vec![AbiParam::new(types::I64); 4];
            builder.import_signature(signature)
        });
        let site = Site { why: Why::Stopped, function: self.index, pc: self.pc };
        let [number, site] = [number, site.pack()].map(|value| self.constant(value));
        let gas = self.builder.use_var(self.gas);
        let call_out = self.context(offset::CALL_OUT);
        let arguments = [number, area, gas, site];
        self.builder.ins().call_indirect(signature, call_out, &arguments);
        let context = self.builder.ins().get_pinned_reg(types::I64);
        let flags = MemFlagsData::trusted();
        self.builder.ins().load(types::I64, flags, context, offset::GAS as i32)
    }
}
