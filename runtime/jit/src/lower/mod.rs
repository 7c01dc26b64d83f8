//! From a function of bytecode to Cranelift's form.
//!
//! In: a function of a validated module. Out: the same function in SSA form, or `None` if it has an
//! instruction that is not known here.
//!
//! A slot of the frame is a variable; values of several slots are several variables. Next to the
//! slots a function passes on two numbers: the gas that remains, which it also returns, and the
//! room for further calls (`crate::room`). A block of the bytecode is a chain of blocks here,
//! since each check that fails leads to a cold block of its own, which says where it is and
//! jumps to the one exit.
//!
//! A value of one slot is kept as registers are: zero- or sign-extended to 64 bits.

mod call;
mod counted;
mod graph;
mod heap;
mod loops;
mod narrow;
mod outside;
mod rows;
mod views;
mod wide;

use std::collections::HashMap;

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    AbiParam, Block, BlockArg, FuncRef, Function as Clif, InstBuilder, MemFlagsData, SigRef,
    Signature, SourceLoc, TrapCode, UserFuncName, Value, types,
};
use cranelift_codegen::isa::{CallConv, TargetFrontendConfig};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext, Switch, Variable};
use deed_bytecode::{Function, Inst, Op, Role, TrapKind, Ty, Type};
use deed_runtime::tier::Unit;

pub(crate) use call::entry;
use counted::Counting;
use graph::Graph;
use views::{View, Viewing};

use crate::native::offset;
use crate::outside::Outside;
use crate::room::Room;
use crate::site::{Site, Why};

/// What functions of a module call each other by: all registers for arguments and results.
const INSIDE: CallConv = CallConv::Tail;
/// What Rust is called by, and calls by.
const OUTSIDE: CallConv = CallConv::SystemV;
/// What operations are left to the machine by: it leaves every register as it was.
const LEFT: CallConv = CallConv::PreserveAll;

/// The mark of code that is rarely reached: more loops than there can be around any.
pub(crate) const RARE: u32 = 1 << 16;

/// Names: a function, and the way into it from outside.
const FUNCTIONS: u32 = 0;
const ENTRIES: u32 = 1;

pub(super) struct Lowering<'a, 'b> {
    unit: &'a Unit<'a>,
    room_of: Room,
    index: u16,
    function: &'a Function,
    builder: FunctionBuilder<'b>,
    outsides: &'a mut Vec<Outside>,
    /// The variable of each slot, once it has one.
    variables: Vec<Option<Variable>>,
    gas: Variable,
    /// What is left for calls.
    room: Value,
    /// The context, read once, so that what it says of the heap can be read before loops.
    seen: Value,
    /// Takes a site and the gas.
    exit: Block,
    /// Blocks of the bytecode.
    blocks: Vec<Option<Block>>,
    callees: HashMap<u16, FuncRef>,
    signatures: Signatures,
    /// Slots that are known to hold a constant, in this block.
    known: HashMap<u16, u64>,
    /// Slots that hold one wherever they are read: nothing else is ever put there.
    always: HashMap<u16, u64>,
    /// Whether the module has attempts.
    attempts: bool,
    /// Whether no instruction that is lowered here changes the length of a vector in place.
    lengths_stay: bool,
    /// The loops that view vectors.
    viewings: Vec<Viewing>,
    /// The views in the block at work.
    views: HashMap<u16, View>,
    /// The first copy of a loop, while that is made.
    counting: Option<Counting>,
    /// The block at work; none before the first.
    from: Option<usize>,
    /// Whether a later block jumps back to it.
    repeats: bool,
    /// The blocks that have been lowered, with it.
    begun: Vec<bool>,
    /// What its code is marked with.
    depth: u32,
    /// The instruction at work.
    pc: u32,
}

/// Signatures of what is called outside, once they are needed.
#[derive(Default)]
struct Signatures {
    leave: Option<SigRef>,
    call_out: Option<SigRef>,
}

/// Lowers function `index` into `clif`; `attempts` says whether the module has some.
pub(crate) fn function(
    unit: &Unit<'_>,
    (room_of, attempts): (Room, bool),
    index: u16,
    clif: &mut Clif,
    context: &mut FunctionBuilderContext,
    outsides: &mut Vec<Outside>,
    target: TargetFrontendConfig,
) -> Option<()> {
    let function = &unit.module.functions[usize::from(index)];
    clif.signature = signature(function);
    clif.name = UserFuncName::user(FUNCTIONS, index.into());
    let mut builder = FunctionBuilder::new(clif, context);
    let gas = builder.declare_var(types::I64);
    let entry = builder.create_block();
    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    builder.seal_block(entry);
    let params = builder.block_params(entry).to_vec();
    let seen = builder.ins().get_pinned_reg(types::I64);
    let exit = builder.create_block();
    let lowering = Lowering {
        unit,
        room_of,
        index,
        function,
        builder,
        outsides,
        variables: vec![None; usize::from(function.slots)],
        gas,
        room: params[1],
        seen,
        exit,
        blocks: Vec::new(),
        callees: HashMap::new(),
        signatures: Signatures::default(),
        known: HashMap::new(),
        always: constants(unit, function),
        attempts,
        lengths_stay: !attempts && !function.code().any(|(_, inst)| grows(inst.op)),
        viewings: Vec::new(),
        views: HashMap::new(),
        counting: None,
        from: None,
        repeats: false,
        begun: vec![false; function.blocks.len()],
        depth: RARE,
        pc: 0,
    };
    lowering.run(&params, target)
}

/// The slots of one-slot constants that no other instruction of the function writes.
fn constants(unit: &Unit<'_>, function: &Function) -> HashMap<u16, u64> {
    let params = 0..Type::total_slots(&function.params) as u16;
    let mut found: HashMap<u16, Option<u64>> = params.map(|slot| (slot, None)).collect();
    for (_, inst) in function.code() {
        let value = match (inst.op, unit.module.consts.get(usize::from(inst.b))) {
            (Op::Const, Some(constant)) => constant.slots().first().copied(),
            _ => None,
        };
        let value = value.filter(|_| inst.ty.is_some_and(|ty| ty.slots() == 1));
        for slot in written(unit, function, inst) {
            found.entry(slot).and_modify(|known| *known = None).or_insert(value);
        }
    }
    found.into_iter().filter_map(|(slot, value)| Some((slot, value?))).collect()
}

/// The slots that an instruction writes.
fn written(unit: &Unit<'_>, function: &Function, inst: Inst) -> Vec<u16> {
    let mut slots = Vec::new();
    for (role, first) in inst.op.info().roles.into_iter().zip(inst.operands()) {
        let (Role::Def(shape) | Role::Change(shape)) = role else { continue };
        let types = unit.module.types(function, inst, shape);
        let count: u16 = types.iter().flat_map(|types| types.iter()).map(|ty| ty.slots()).sum();
        slots.extend(first..first + count);
    }
    slots
}

/// Whether an operator changes the length of a vector in place.
fn grows(op: Op) -> bool {
    matches!(op, Op::VecPush | Op::VecPop | Op::RowPush)
}

/// Gas, room and the slots of the parameters; gas and the slots of the results.
fn signature(function: &Function) -> Signature {
    let mut signature = Signature::new(INSIDE);
    let slots = |types: &[Type]| vec![AbiParam::new(types::I64); Type::total_slots(types)];
    signature.params = vec![AbiParam::new(types::I64); 2];
    signature.params.extend(slots(&function.params));
    signature.returns = vec![AbiParam::new(types::I64)];
    signature.returns.extend(slots(&function.results));
    signature
}

impl Lowering<'_, '_> {
    fn run(mut self, params: &[Value], target: TargetFrontendConfig) -> Option<()> {
        let graph = Graph::of(self.unit, self.function);
        self.builder.def_var(self.gas, params[0]);
        for (slot, value) in (0u16..).zip(&params[2..]) {
            self.set(slot, *value);
        }
        self.blocks = vec![None; self.function.blocks.len()];
        for number in &graph.order {
            self.blocks[*number] = Some(self.builder.create_block());
        }
        let mut waiting = graph.predecessors.clone();
        self.find_viewings(&graph, &mut waiting);
        let first = self.way_to(0);
        self.builder.ins().jump(first, &[]);
        self.arrive(&mut waiting, 0);
        for number in &graph.order {
            self.view_before(*number, &graph, &mut waiting)?;
            self.body(*number, &graph)?;
            for next in graph::successors(self.function, *number) {
                self.arrive(&mut waiting, next);
            }
        }
        self.leave();
        self.builder.finalize(target);
        Some(())
    }

    /// Notes that the edge from the block at work to another has been made.
    fn arrive(&mut self, waiting: &mut [u32], number: usize) {
        if !self.enter(number) {
            self.reach(waiting, number);
        }
    }

    /// Notes that an edge leads to a block itself; one that has all its edges is sealed.
    fn reach(&mut self, waiting: &mut [u32], number: usize) {
        waiting[number] -= 1;
        if waiting[number] == 0 {
            let block = self.block(number as u16);
            self.builder.seal_block(block);
        }
    }

    fn block(&self, number: u16) -> Block {
        // Every target of a block that is reached is reached.
        self.blocks[usize::from(number)].unwrap_or(self.exit)
    }

    fn body(&mut self, number: usize, graph: &Graph) -> Option<()> {
        let block = self.block(number as u16);
        self.builder.switch_to_block(block);
        self.known.clear();
        self.views = self.views_in(number);
        self.from = Some(number);
        self.repeats = graph.repeats[number];
        self.begun[number] = true;
        self.depth = if self.is_second_copy(number) { 0 } else { graph.depth(number) as u32 };
        self.mark(self.depth);
        self.pc = graph.first[number];
        self.charge(graph.charges[number]);
        for inst in &self.function.blocks[number].code {
            if inst.op.info().ends {
                self.leave_views(*inst);
            }
            self.instruction(*inst)?;
            self.pc += 1;
        }
        Some(())
    }

    /// `None`: the instruction is not known here.
    fn instruction(&mut self, inst: Inst) -> Option<()> {
        match inst.op {
            Op::Jump => {
                let to = self.way_to(inst.a);
                self.builder.ins().jump(to, &[]);
            }
            Op::Branch => self.branch(inst),
            Op::Switch => self.switch(inst)?,
            Op::Ret => self.ret(inst.a),
            Op::Throw => self.throw(inst)?,
            Op::Trap => self.trap(Why::Trap(inst.a as u8)),
            Op::Assert => {
                let condition = self.get(inst.a);
                let fails = self.builder.ins().icmp_imm_s(IntCC::Equal, condition, 0);
                self.exit_if(fails, Why::Trap(inst.b as u8));
            }
            Op::Call => self.call(inst),
            Op::Encode => self.outside(inst)?,
            _ => match inst.ty {
                Some(Type::Scalar(ty)) if narrow::is(inst, ty) => self.narrow(inst, ty)?,
                Some(Type::Scalar(ty)) => self.wide(inst, ty)?,
                Some(Type::Heap(_)) => self.heap(inst)?,
                None => self.outside(inst)?,
            },
        }
        Some(())
    }

    /// Of two ways the code generator puts the second one next, all else being equal, but what it inserts on
    /// the first one before what it inserts on the second. So where a loop begins, what it goes on with is
    /// the second, and where it jumps back, that is the first.
    fn branch(&mut self, inst: Inst) {
        let mut condition = self.get(inst.a);
        let (mut yes, mut no) = (self.way_to(inst.b), self.way_to(inst.c));
        let [back, again] = [inst.b, inst.c].map(|block| self.begun[usize::from(block)]);
        if again || self.repeats && !back {
            condition = self.builder.ins().icmp_imm_s(IntCC::Equal, condition, 0);
            (yes, no) = (no, yes);
        }
        self.builder.ins().brif(condition, yes, &[], no, &[]);
    }

    /// A negative value is, as an unsigned slot, beyond every table.
    fn switch(&mut self, inst: Inst) -> Option<()> {
        let (otherwise, others) = self.function.tables.get(usize::from(inst.b))?.split_last()?;
        let mut switch = Switch::new();
        for (value, target) in others.iter().enumerate() {
            if target != otherwise {
                switch.set_entry(value as u128, self.way_to(*target));
            }
        }
        let (value, otherwise) = (self.get(inst.a), self.way_to(*otherwise));
        switch.emit(&mut self.builder, value, otherwise);
        Some(())
    }

    /// Charges what entering a block costs, or leaves.
    fn charge(&mut self, cost: u64) {
        if cost == 0 {
            return;
        }
        let gas = self.builder.use_var(self.gas);
        let cost = self.constant(cost);
        if self.counting.is_none() {
            let short = self.builder.ins().icmp(IntCC::UnsignedLessThan, gas, cost);
            self.exit_if(short, Why::OutOfGas);
        }
        let left = self.builder.ins().isub(gas, cost);
        self.builder.def_var(self.gas, left);
    }

    fn overflow_if(&mut self, condition: Value) {
        self.trap_if(condition, TrapKind::Overflow);
    }

    fn trap_if(&mut self, condition: Value, kind: TrapKind) {
        self.exit_if(condition, Why::Trap(kind as u8));
    }

    /// Leaves if the condition is not 0; goes on in a new block if it is.
    fn exit_if(&mut self, condition: Value, why: Why) {
        let (cold, next) = (self.builder.create_block(), self.builder.create_block());
        self.builder.set_cold_block(cold);
        self.builder.ins().brif(condition, cold, &[], next, &[]);
        self.builder.seal_block(cold);
        self.builder.seal_block(next);
        self.builder.switch_to_block(cold);
        self.mark(RARE);
        self.trap(why);
        self.resume(next);
    }

    /// Marks what follows with the number of loops around it, or as [`RARE`]; see `crate::placing`.
    fn mark(&mut self, depth: u32) {
        self.builder.set_srcloc(SourceLoc::new(depth));
    }

    /// Notes that the block in which code goes on is rarely reached.
    fn cold(&mut self) {
        self.mark(RARE);
        if let Some(block) = self.builder.current_block() {
            self.builder.set_cold_block(block);
        }
    }

    /// Leaves here.
    fn trap(&mut self, why: Why) {
        let site = Site { why, function: self.index, pc: self.pc };
        let site = self.constant(site.pack());
        let gas = self.builder.use_var(self.gas);
        self.builder.ins().jump(self.exit, &[BlockArg::Value(site), BlockArg::Value(gas)]);
    }

    /// The exit.
    fn leave(&mut self) {
        let site = self.builder.append_block_param(self.exit, types::I64);
        let gas = self.builder.append_block_param(self.exit, types::I64);
        self.builder.set_cold_block(self.exit);
        self.builder.switch_to_block(self.exit);
        self.mark(RARE);
        self.builder.seal_block(self.exit);
        let signature = *self.signatures.leave.get_or_insert_with(|| {
            let mut signature = Signature::new(OUTSIDE);
            signature.params = vec![AbiParam::new(types::I64); 2];
            self.builder.import_signature(signature)
        });
        let leave = self.context(offset::LEAVE);
        self.builder.ins().call_indirect(signature, leave, &[site, gas]);
        self.builder.ins().trap(TrapCode::unwrap_user(1));
    }

    /// A field of the context, which does not change while the function runs.
    fn context(&mut self, offset: i32) -> Value {
        let context = self.builder.ins().get_pinned_reg(types::I64);
        let flags = MemFlagsData::trusted().with_readonly().with_can_move();
        self.builder.ins().load(types::I64, flags, context, offset)
    }

    fn constant(&mut self, value: u64) -> Value {
        self.builder.ins().iconst(types::I64, value as i64)
    }

    fn variable(&mut self, slot: u16) -> Variable {
        let builder = &mut self.builder;
        *self.variables[usize::from(slot)].get_or_insert_with(|| builder.declare_var(types::I64))
    }

    fn get(&mut self, slot: u16) -> Value {
        match (self.known(slot), self.views.get(&slot)) {
            (Some(value), _) => self.constant(value),
            (None, Some(view)) => self.viewed(*view),
            (None, None) => {
                let variable = self.variable(slot);
                self.builder.use_var(variable)
            }
        }
    }

    /// The constant that a slot is known to hold.
    fn known(&self, slot: u16) -> Option<u64> {
        self.known.get(&slot).or_else(|| self.always.get(&slot)).copied()
    }

    fn set(&mut self, slot: u16, value: Value) {
        self.known.remove(&slot);
        if let Some(view) = self.views.get(&slot) {
            return self.show(*view, value);
        }
        let variable = self.variable(slot);
        self.builder.def_var(variable, value);
    }

    fn get_all(&mut self, first: u16, count: u16) -> Vec<Value> {
        (first..first + count).map(|slot| self.get(slot)).collect()
    }

    fn set_all(&mut self, first: u16, values: &[Value]) {
        for (slot, value) in (first..).zip(values) {
            self.set(slot, *value);
        }
    }

    /// A constant of a scalar type.
    fn constant_of(&mut self, inst: Inst, ty: Ty) -> Option<()> {
        let slots = *self.unit.module.consts.get(usize::from(inst.b))?;
        for (slot, value) in (inst.a..inst.a + ty.slots()).zip(slots.slots()) {
            let constant = self.constant(*value);
            self.set(slot, constant);
            self.known.insert(slot, *value);
        }
        Some(())
    }
}
