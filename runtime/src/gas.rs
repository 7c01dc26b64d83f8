//! What work costs: a versioned table, chosen by the chain.
//!
//! In: an instruction and its module. Out: its static cost, in gas, and the prices of what is
//! charged as it runs. One gas is one simple integer operation on one 8-byte slot in the
//! interpreter, about 3 ns on the machine it was first measured on.
//!
//! Every bytecode block has a *static* cost, the sum over its instructions, charged as a whole
//! when the block is entered; where it does not fit, nothing of the block runs and the gas used
//! is the limit. Only what depends on the run (the first touch of a key, the first change of an
//! entry) is charged *dynamically*, just before the effect. Nothing is ever refunded.

use deed_bytecode::{
    Function, GasClass, HeapType, Inst, Module, Native, NativeCost, Op, Role, Ty, Type, TypeList,
};

/// The costs, in gas. Arrays hold the cost for operands of one, two and four slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GasSchedule {
    /// Names this table in receipts and configurations.
    pub version: u32,

    /// Constants, moves and context values: a copy of that many slots.
    pub moves: [u64; 3],
    /// Additions, comparisons, bit operations, shifts and casts. Narrow ones are one dispatch and
    /// a handful of machine instructions; wide ones leave the dispatch loop.
    pub alu: [u64; 3],
    /// Multiplications: a full product of four limbs is sixteen partial ones, and signed wide ones
    /// take magnitudes first.
    pub multiply: [u64; 3],
    /// Divisions and remainders: 20 to 40 cycles for one slot, long division for more.
    pub divide: [u64; 3],
    /// Jumps, branches, returns, assertions.
    pub flow: u64,
    /// A call of an own function: a frame record, a depth check and a jump each way.
    pub call: u64,
    /// A slot of an argument or result that is copied between frames.
    pub call_slot: u64,

    /// A call of another contract: its code is found, a stack and a heap are taken, and what it
    /// does can be undone.
    pub call_out: u64,

    /// A state operator on a key that this call has touched before: a search in the overlay.
    pub state: u64,
    /// A byte of the key, which is encoded and compared; of strings and the like, dynamic.
    pub state_key_byte: u64,
    /// Dynamic: the first touch of a key in a call, or of a gap between keys that a walk passes: a
    /// search in the chain's tree on disk.
    pub state_cold: u64,
    /// Dynamic: the first change of an entry in a call, the path of the tree that is hashed anew.
    pub state_change: u64,
    /// Dynamic, with `state_change`: a byte of key and value, which every node keeps. A removal
    /// pays it too, so that the cost of a write does not hang on what is written.
    pub state_byte: u64,

    /// Dynamic: a byte of a heap value that is read from the chain's state, or written to it
    /// (beside `state_byte`).
    pub state_value_byte: u64,

    /// An operator on heap values, beside what it makes and copies: a way out of the dispatch loop, and
    /// a look at a layout and a header.
    pub heap: u64,
    /// Reading or putting an element of a vector of scalars, or the fields of one of records of
    /// scalars: a check of the index, and a copy.
    pub heap_element: u64,
    /// Dynamic: a heap value that is made, and later let go: so `drop` costs no more than `heap`.
    pub heap_value: u64,
    /// Dynamic: 32 bytes, or a part of them, of a new value's memory, or looked at or copied.
    pub heap_chunk: u64,
    /// Dynamic: a heap value that is looked at by a comparison or an encoding.
    pub heap_visit: u64,
    /// Dynamic: a node of a map that a search or a change comes to: its header, and the rows of those
    /// beside it, are other lines of the cache.
    pub map_node: u64,
    /// Dynamic: a key of a map that a search compares, if it is a scalar.
    pub map_key: u64,

    /// Natives, in the order of their table: each call, and by the size of the arguments.
    pub natives: &'static [NativeCost],

    /// Dynamic: an element that is sorted, for every second time that the number of all can be halved.
    pub heap_sort: u64,

    /// An event: a record in the receipt and its index entries.
    pub event: u64,
    /// A byte of an event's or an error's data, which every node keeps in the receipt. Of heap
    /// values, and of those in a call's result, dynamic.
    pub data_byte: u64,
    /// A byte of the arguments, charged before anything runs: decoded, and kept with the transaction.
    pub argument_byte: u64,
}

impl GasSchedule {
    /// The first schedule. The ratios of the arithmetic follow the interpreter's measured times;
    /// those of state are set by what a write costs a chain that hashes and syncs (tens of
    /// microseconds), not by what it costs this process.
    pub const V1: GasSchedule = GasSchedule {
        version: 1,
        moves: [1, 2, 2],
        alu: [1, 3, 5],
        multiply: [1, 4, 12],
        divide: [5, 15, 40],
        flow: 1,
        call: 8,
        call_slot: 1,
        call_out: 700,
        state: 30,
        state_key_byte: 1,
        state_cold: 1_000,
        state_change: 3_000,
        state_byte: 20,
        state_value_byte: 1,
        heap: 8,
        heap_element: 2,
        heap_value: 12,
        heap_chunk: 1,
        heap_visit: 6,
        map_node: 12,
        map_key: 2,
        natives: Native::COSTS,
        heap_sort: 1,
        event: 300,
        data_byte: 8,
        argument_byte: 2,
    };

    /// The static cost of an instruction of `function` in a valid `module`.
    ///
    /// Instructions of modules that are not valid may be priced at anything.
    pub(crate) fn cost(&self, module: &Module, function: &Function, inst: Inst) -> u64 {
        let width = width_index(inst);
        match inst.op.info().gas {
            GasClass::Alu if inst.ty.is_some_and(|ty| ty.heap().is_some()) => self.heap,
            GasClass::Move | GasClass::Environment => self.moves[width],
            GasClass::Alu => self.alu[width],
            GasClass::Multiply => self.multiply[width],
            GasClass::Divide => self.divide[width],
            GasClass::Flow => self.flow + self.flow_data(module, function, inst),
            GasClass::Call => {
                let callee = module.functions.get(usize::from(inst.b));
                let slots = callee
                    .map_or(0, |f| Type::total_slots(&f.params) + Type::total_slots(&f.results));
                self.call + self.call_slot * slots as u64
            }
            GasClass::CallOut => {
                let imports = module.imports.get(usize::from(inst.b));
                self.call_out + self.argument_byte * imports.map_or(0, |it| bytes(&it.params))
            }
            GasClass::StateRead | GasClass::StateWrite => {
                let keys = match inst.op.info().roles[2] {
                    Role::Take(shape) => module.types(function, inst, shape).unwrap_or_default(),
                    _ => TypeList::None,
                };
                let keys = keys.iter().filter_map(Type::scalar).map(|ty| ty.bytes() as u64);
                self.state + self.state_key_byte * keys.sum::<u64>()
            }
            GasClass::Native => {
                let base = Native::from_number(inst.b).map_or(0, |it| self.native(it).base);
                base + self.moves[0] * rows(module, function, inst)
            }
            GasClass::Heap => {
                let base = if is_element(module, inst) { self.heap_element } else { self.heap };
                base + self.moves[0] * rows(module, function, inst)
            }
            GasClass::Log => {
                let event = module.events.get(usize::from(inst.a));
                self.event + self.data_byte * event.map_or(0, |event| bytes(&event.types()))
            }
        }
    }

    /// The price of a native; one that the table is too short for costs nothing.
    pub(crate) fn native(&self, native: Native) -> NativeCost {
        let price = self.natives.get(native.index()).copied();
        price.unwrap_or(NativeCost { base: 0, chunk: 0 })
    }

    /// What a return or a throw pays for the data that leaves.
    fn flow_data(&self, module: &Module, function: &Function, inst: Inst) -> u64 {
        match inst.op {
            Op::Throw => {
                let error = module.errors.get(usize::from(inst.a));
                self.data_byte * error.map_or(0, |error| bytes(&error.params))
            }
            Op::Ret => self.call_slot * Type::total_slots(&function.results) as u64,
            _ => 0,
        }
    }
}

/// Which entry of an array of costs an instruction takes: by the wider of its operand types.
fn width_index(inst: Inst) -> usize {
    let source = match inst.op {
        Op::Cast | Op::WrapCast => u8::try_from(inst.c).ok().and_then(Ty::from_byte),
        Op::Context => {
            let kind = u8::try_from(inst.b).ok().and_then(deed_bytecode::ContextKind::from_byte);
            kind.map(|kind| kind.ty())
        }
        _ => None,
    };
    let scalar = inst.ty.and_then(Type::scalar);
    let slots = [scalar, source].into_iter().flatten().map(Ty::slots).max();
    match slots {
        Some(4) => 2,
        Some(2) => 1,
        _ => 0,
    }
}

/// Whether an instruction reads or puts an element of a vector of scalars, or of records of these.
fn is_element(module: &Module, inst: Inst) -> bool {
    let of = |ty: Type| module.heap_type(ty);
    let element = inst.ty.and_then(of).and_then(HeapType::element);
    let is_scalar = |ty: &Type| ty.scalar().is_some();
    match inst.op {
        Op::VecGet | Op::VecSet => element.as_ref().is_some_and(is_scalar),
        Op::RowGet | Op::RowSet | Op::RowPush => match element.and_then(of) {
            Some(HeapType::Record { fields, .. }) => fields.iter().all(is_scalar),
            _ => false,
        },
        _ => false,
    }
}

/// Slots of fields or elements that a heap operator moves.
fn rows(module: &Module, function: &Function, inst: Inst) -> u64 {
    let slots = inst.op.info().roles.into_iter().map(|role| match role {
        Role::Def(shape) | Role::Take(shape) | Role::Change(shape) => {
            let types = module.types(function, inst, shape).unwrap_or_default();
            types.iter().map(|ty| u64::from(ty.slots())).sum()
        }
        Role::Use(_) | Role::Index(_) | Role::Unused => 0,
    });
    slots.sum()
}

/// Bytes of the scalars among them; heap values are charged as they are encoded.
pub(crate) fn bytes(types: &[Type]) -> u64 {
    types.iter().filter_map(|ty| ty.scalar()).map(|ty| ty.bytes() as u64).sum()
}
