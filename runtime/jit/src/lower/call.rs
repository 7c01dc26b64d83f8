//! Calls within the module, returns, and the way into a function from outside.

use cranelift_codegen::ir::{
    AbiParam, ExtFuncData, ExternalName, FuncRef, Function as Clif, InstBuilder, MemFlagsData,
    Signature, UserExternalName, UserFuncName, types,
};
use cranelift_codegen::isa::TargetFrontendConfig;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use deed_bytecode::{Function, Inst, TrapKind, Type};
use deed_runtime::tier::Unit;

use super::{ENTRIES, FUNCTIONS, Lowering, OUTSIDE, signature};
use crate::native::offset;

impl Lowering<'_, '_> {
    pub(super) fn call(&mut self, inst: Inst) {
        let callee = &self.unit.module.functions[usize::from(inst.b)];
        let taken = self.constant(self.room_of.call(callee.slots));
        let room = self.builder.ins().isub(self.room, taken);
        let overdrawn = self.constant(self.room_of.overdrawn);
        let deep = self.builder.ins().band(room, overdrawn);
        self.trap_if(deep, TrapKind::Depth);
        let gas = self.builder.use_var(self.gas);
        let mut arguments = vec![gas, room];
        arguments.extend(self.get_all(inst.c, Type::total_slots(&callee.params) as u16));
        let builder = &mut self.builder;
        let target = *self.callees.entry(inst.b).or_insert_with(|| import(builder, callee, inst.b));
        let call = builder.ins().call(target, &arguments);
        let results = builder.inst_results(call).to_vec();
        builder.def_var(self.gas, results[0]);
        self.set_all(inst.a, &results[1..]);
    }

    pub(super) fn ret(&mut self, first: u16) {
        let results = &self.function.results;
        let fails = results.iter().any(|ty| ty.heap().is_some());
        if fails && self.function.kind.is_public() {
            // Where its results do not fit to leave the call, this is the place.
            let context = self.builder.ins().get_pinned_reg(types::I64);
            let pc = self.constant(self.pc.into());
            self.builder.ins().store(MemFlagsData::trusted(), pc, context, offset::RET);
        }
        let mut values = vec![self.builder.use_var(self.gas)];
        values.extend(self.get_all(first, Type::total_slots(results) as u16));
        self.builder.ins().return_(&values);
    }
}

fn import(builder: &mut FunctionBuilder<'_>, callee: &Function, index: u16) -> FuncRef {
    let name = UserExternalName { namespace: FUNCTIONS, index: index.into() };
    let name = ExternalName::user(builder.func.declare_imported_user_function(name));
    let signature = builder.import_signature(signature(callee));
    builder.import_function(ExtFuncData { name, signature, colocated: true, patchable: false })
}

/// Makes the way into function `index`: `(frame, gas, room) → gas`, with the arguments in the
/// frame before and the results after.
pub(crate) fn entry(
    unit: &Unit<'_>,
    index: u16,
    clif: &mut Clif,
    context: &mut FunctionBuilderContext,
    target: TargetFrontendConfig,
) {
    let function = &unit.module.functions[usize::from(index)];
    let mut signature = Signature::new(OUTSIDE);
    signature.params = vec![AbiParam::new(types::I64); 3];
    signature.returns = vec![AbiParam::new(types::I64)];
    clif.signature = signature;
    clif.name = UserFuncName::user(ENTRIES, index.into());
    let mut builder = FunctionBuilder::new(clif, context);
    let block = builder.create_block();
    builder.append_block_params_for_function_params(block);
    builder.switch_to_block(block);
    builder.seal_block(block);
    let params = builder.block_params(block).to_vec();
    let (frame, flags) = (params[0], MemFlagsData::trusted());
    let mut arguments = vec![params[1], params[2]];
    for slot in 0..Type::total_slots(&function.params) as i32 {
        arguments.push(builder.ins().load(types::I64, flags, frame, slot * 8));
    }
    let callee = import(&mut builder, function, index);
    let call = builder.ins().call(callee, &arguments);
    let results = builder.inst_results(call).to_vec();
    for (slot, value) in (0i32..).zip(&results[1..]) {
        builder.ins().store(flags, *value, frame, slot * 8);
    }
    builder.ins().return_(&results[..1]);
    builder.finalize(target);
}
