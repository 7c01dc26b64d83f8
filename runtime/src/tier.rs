//! Tiers: ways to run the code of a module, all of which mean the same.
//!
//! In: a validated module and the prices of its blocks. Out: a [`Program`], which runs its
//! functions. The interpreter is one tier; others implement [`Tier`] in rooms of their own.
//!
//! What a tier does not do itself it leaves to the [`Machine`]: whatever touches state, events,
//! heap values or wide integers is an [`Operation`], and there is one piece of code for each,
//! that every tier runs. What a tier must keep, to the bit:
//! - a block's cost ([`Unit::cost`]) is charged as a whole when it is entered, and where it does
//!   not fit, the run is out of gas;
//! - a trap is told with its function and instruction, and with the gas that was left when its
//!   block had been charged;
//! - a call that nests deeper, or whose frame takes more slots, than [`Limits`] allow traps
//!   with `depth` at the `call`, the first function being at depth 1.

use std::any::Any;
use std::fmt::Debug;

use deed_bytecode::{Block, Function, Inst, TrapKind, Type, ValidModule};

pub use crate::config::Limits;
use crate::gas::GasSchedule;
use crate::heap::Shapes;
use crate::interp::select;
pub use crate::interp::{End, Exit, Machine, Stack, Stop};
use crate::value::Hash;

/// Makes programs of modules.
pub trait Tier: Debug + Send + Sync {
    /// The program of a module, or `None` where this tier does not take it: the interpreter runs
    /// it then.
    fn compile(&self, unit: &Unit<'_>) -> Option<Box<dyn Program>>;
}

/// The code of a module as a tier runs it.
pub trait Program: Debug + Send + Sync {
    /// Runs a function whose arguments lie in the first slots of the stack.
    fn run(&self, function: u16, stack: &mut Stack, machine: &mut Machine<'_>, gas: u64) -> Exit;
}

/// What a tier is given to make a program of.
#[derive(Clone, Copy, Debug)]
pub struct Unit<'a> {
    pub module: &'a ValidModule,
    /// What its records and enums are in memory.
    pub shapes: &'a Shapes,
    /// The code hash.
    pub hash: Hash,
    pub schedule: &'a GasSchedule,
    pub limits: &'a Limits,
}

impl Unit<'_> {
    /// What entering a block costs.
    pub fn cost(&self, function: &Function, block: &Block) -> u64 {
        let costs = block.code.iter().map(|inst| self.schedule.cost(self.module, function, *inst));
        costs.fold(0, u64::saturating_add)
    }
}

/// Everything that an instruction does beyond moving control and narrow integers, in the form in
/// which the machine runs it.
#[derive(Clone, Copy, Debug)]
pub struct Operation(crate::interp::Op);

impl Operation {
    /// The operation of an instruction; `None` if it is none.
    pub fn of(inst: Inst) -> Option<Operation> {
        let op = select::other(inst)?;
        op.is_operation().then_some(Operation(op))
    }
}

/// How heap values lie in memory, for code that looks at them itself. A value begins with a
/// header of words of four bytes, and its elements or fields follow, packed and little-endian.
pub mod layout {
    use super::Type;
    use crate::heap::{HEADER as BYTES, OWNERS, Rows, SHAPE as HALF, SHORT_HEADER, Word, bytes_of};
    pub use crate::heap::{MANY, Shapes};
    use deed_bytecode::HeapType;

    /// Bytes of the header of vectors, strings and the like.
    pub const HEADER: i32 = BYTES as i32;
    /// Bytes of the header of records and enums that have a shape: neither length nor capacity follow.
    pub const FIELDS: i32 = SHORT_HEADER as i32;
    /// Where 16 bits with the number of owners lie: [`MANY`] stands for as many or more.
    pub const COUNT: i32 = OWNERS as i32;
    /// Where 16 bits with the shape lie.
    pub const SHAPE: i32 = HALF as i32;
    /// The number of elements, of entries or of bytes.
    pub const LENGTH: i32 = Word::Length as i32;
    /// Bytes that there is room for behind the header.
    pub const CAPACITY: i32 = Word::Capacity as i32;

    /// Bytes of an element or a field; a heap value is there by its offset.
    pub fn bytes(ty: Type) -> usize {
        bytes_of(ty)
    }

    /// Whether elements of this type lie in their vectors themselves, in a form of their own.
    pub fn lies_in_vector(types: &[HeapType], element: Type) -> bool {
        element.heap().is_some_and(|element| Rows::are(types, element))
    }
}

impl Machine<'_> {
    /// Runs an operation on registers, which lie in `frame` by the numbers that its instruction
    /// gave them; gives the gas that remains. What it takes is gone from its registers.
    ///
    /// # Errors
    /// Why the run stops. The gas is then what it was before.
    ///
    /// # Panics
    /// If `frame` lacks a register.
    pub fn perform(
        &mut self,
        operation: &Operation,
        frame: &mut [u64],
        gas: u64,
    ) -> Result<u64, Stop> {
        self.operate(operation.0, frame, gas)
    }

    /// The encoded results of a function, which lie in `slots`, and the gas that remains. In an
    /// attempt they are kept as they are, and the encoding is empty.
    ///
    /// # Errors
    /// As [`Machine::perform`]; the place is that of the `ret`.
    pub fn results(
        &mut self,
        function: u16,
        slots: &[u64],
        gas: u64,
    ) -> Result<(Vec<u8>, u64), Stop> {
        let types = &self.module.module.functions[usize::from(function)].results;
        if types.is_empty() {
            return Ok((Vec::new(), gas));
        }
        if self.keeps {
            self.kept = slots[..Type::total_slots(types)].to_vec();
            return Ok((Vec::new(), gas));
        }
        let (results, gas) = self.encode(types, slots, 0, gas)?;
        self.heap.hold_out(results.len());
        Ok((results, gas))
    }

    /// The end of a run that throws `error` with the data in `slots`, and the gas that remains.
    ///
    /// # Errors
    /// As [`Machine::perform`]; the place is that of the `throw`.
    pub fn throw(&mut self, error: u16, slots: &[u64], gas: u64) -> Result<(End, u64), Stop> {
        let types = &self.module.errors[usize::from(error)].types;
        let (data, gas) = self.encode(types, slots, 0, gas)?;
        Ok((End::Thrown { error, data }, gas))
    }

    /// Where heap values lie, each at its offset; the address holds for the whole run.
    ///
    /// # Errors
    /// If the machine has no address space left.
    pub fn heap_base(&mut self) -> Result<*mut u8, Stop> {
        self.heap.base()
    }

    pub fn limits(&self) -> &Limits {
        self.limits
    }
}

impl Stack {
    /// The first `count` slots, which hold the arguments of the function that is run.
    pub fn first(&mut self, count: usize) -> &mut [u64] {
        self.reserve(count);
        &mut self.slots[..count]
    }

    /// What the tier keeps with this stack from call to call; `None` to begin with.
    pub fn own(&mut self) -> &mut Option<Box<dyn Any + Send>> {
        &mut self.own
    }
}

impl Exit {
    /// A run that returned these results, encoded.
    pub fn returned(results: Vec<u8>, gas: u64) -> Exit {
        Exit { gas, end: End::Returned(results) }
    }

    /// A run that was stopped at an instruction.
    pub fn stopped(stop: Stop, function: u16, pc: u32, gas: u64) -> Exit {
        Exit { gas, end: End::Stopped { stop, function, pc } }
    }

    /// A run that trapped at an instruction.
    pub fn trapped(kind: TrapKind, function: u16, pc: u32, gas: u64) -> Exit {
        Exit::stopped(Stop::Trap(kind), function, pc, gas)
    }
}
