//! The rules about code: each block against what it expects, each instruction against the
//! roles of its operator, each edge against what its target expects.

use super::errors::{Invalid, ValidateError};
use super::slots::{Refused, Slots};
use crate::imports::is_attempt;
use crate::inst::Inst;
use crate::kinds::{ContextKind, FunctionKind, TrapKind};
use crate::limits;
use crate::module::{Block, Function, Module};
use crate::natives::Native;
use crate::op::{Op, Role, Shape, Space};
use crate::shapes::{TypeList, record_fields, variants, walked_key};
use crate::ty::Ty;
use crate::types::{HeapType, Type};

/// Checks the code of every function.
pub(super) fn check(module: &Module) -> Result<(), ValidateError> {
    let most = module.functions.iter().map(|function| function.slots).max();
    let mut slots = Slots::new(most.unwrap_or(0));
    for (index, function) in module.functions.iter().enumerate() {
        let mut checker = Checker { module, function, slots: &mut slots, switches: 0 };
        checker.entry().map_err(|what| what.in_function(module, index))?;
        let mut first = 0;
        for number in 0..function.blocks.len() {
            checker.expectation(number).map_err(|what| what.in_function(module, index))?;
            checker.block(number).map_err(|(at, what)| what.at(module, index, first + at))?;
            first += function.blocks[number].code.len();
        }
        checker.all_tables().map_err(|what| what.in_function(module, index))?;
    }
    Ok(())
}

struct Checker<'m, 's> {
    module: &'m Module,
    function: &'m Function,
    slots: &'s mut Slots,
    /// How many jump tables have been taken.
    switches: usize,
}

type Check = Result<(), Invalid>;

/// The names of the operands, in order.
const OPERANDS: [char; 3] = ['a', 'b', 'c'];

impl<'m> Checker<'m, '_> {
    /// The way into the function is an edge to its first block that carries the parameters.
    fn entry(&mut self) -> Check {
        self.slots.start(self.function.slots);
        let mut reg = 0;
        for ty in &self.function.params {
            self.define(reg, *ty)?;
            reg += ty.slots();
        }
        self.edge(0)
    }

    /// Starts a block with what it expects and nothing else.
    fn expectation(&mut self, number: usize) -> Check {
        let live_in = &self.function.blocks[number].live_in;
        if live_in.len() > limits::LIVE_IN {
            let what = "registers that a block expects";
            return Err(Invalid::TooMany { what, limit: limits::LIVE_IN });
        }
        self.slots.start(self.function.slots);
        let mut free = 0;
        for live in live_in {
            if u32::from(live.reg) < free || self.slots.define(live.reg, live.ty).is_err() {
                return Err(Invalid::ExpectationOrder { block: number });
            }
            free = u32::from(live.reg) + u32::from(live.ty.slots());
        }
        Ok(())
    }

    /// The instructions of a block; an error comes with its place in the block.
    fn block(&mut self, number: usize) -> Result<(), (usize, Invalid)> {
        let Block { code, .. } = &self.function.blocks[number];
        let last = code.len().checked_sub(1).ok_or((0, Invalid::BlockEnd { block: number }))?;
        for (at, inst) in code.iter().enumerate() {
            match (at == last, inst.op.info().ends) {
                (true, false) => return Err((at, Invalid::BlockEnd { block: number })),
                (false, true) => return Err((at, Invalid::EndInside { block: number })),
                _ => self.instruction(*inst).map_err(|what| (at, what))?,
            }
        }
        Ok(())
    }

    /// Indexes first, since the types of registers hang on them; then what is read and taken,
    /// what is written, and where it leads.
    fn instruction(&mut self, inst: Inst) -> Check {
        let info = inst.op.info();
        if !info.class.admits(inst.ty, &self.module.types) {
            return Err(Invalid::OperatorType { ty: inst.ty });
        }
        let (roles, operands) = (&info.roles, inst.operands());
        for at in 0..3 {
            match roles[at] {
                Role::Unused if operands[at] != 0 => {
                    return Err(Invalid::UnusedOperand { operand: OPERANDS[at] });
                }
                Role::Index(space) => self.index(inst, space, operands[at])?,
                _ => {}
            }
        }
        for at in 0..3 {
            if let Role::Use(shape) | Role::Take(shape) | Role::Change(shape) = roles[at] {
                let takes = matches!(roles[at], Role::Take(_));
                self.uses(self.types(inst, shape)?, operands[at], OPERANDS[at], takes)?;
            }
        }
        for at in 0..3 {
            if let Role::Def(shape) = roles[at] {
                self.defines(self.types(inst, shape)?, operands[at], OPERANDS[at])?;
            }
        }
        if inst.op == Op::Ret && self.slots.owned() > 0 {
            return Err(Invalid::Leak { reg: self.slots.stray(|_| false) });
        }
        if info.ends { self.edges(inst) } else { Ok(()) }
    }

    /// Every way out of a block.
    fn edges(&self, last: Inst) -> Check {
        let mut before = None;
        self.function.successors(last).try_for_each(|block| {
            // Neighbours in a jump table are often the same.
            if before.replace(block) == Some(block) { Ok(()) } else { self.edge(block) }
        })
    }

    /// A `switch` takes the next jump table, so that none is looked at twice.
    fn table(&mut self, index: u16) -> Check {
        let next = self.switches;
        let Some(table) = self.function.tables.get(usize::from(index)) else {
            return Err(Invalid::NoSuch { what: "jump table", index });
        };
        self.switches += 1;
        match table.len() {
            _ if usize::from(index) != next => Err(Invalid::TableOrder { next }),
            0 => Err(Invalid::NoTargets { table: index }),
            len if len > limits::TARGETS => {
                Err(Invalid::TooMany { what: "targets of a jump table", limit: limits::TARGETS })
            }
            _ => Ok(()),
        }
    }

    fn all_tables(&self) -> Check {
        let used = self.switches;
        if self.function.tables.len() > used { Err(Invalid::UnusedTable { used }) } else { Ok(()) }
    }

    fn types(&self, inst: Inst, shape: Shape) -> Result<TypeList<'m>, Invalid> {
        let types = self.module.types(self.function, inst, shape);
        match (types, inst.op) {
            (Some(types), _) => Ok(types),
            (None, Op::StateFind) => Err(Invalid::FindsHeap),
            (None, _) => Err(Invalid::OperatorType { ty: inst.ty }),
        }
    }

    fn index(&mut self, inst: Inst, space: Space, operand: u16) -> Check {
        let at = usize::from(operand);
        let byte = u8::try_from(operand).ok();
        let ty = inst.ty.and_then(|ty| self.module.heap_type(ty));
        let (what, exists) = match space {
            Space::Constants => return self.constant(inst, operand),
            Space::Functions => return self.callee(operand),
            Space::Tables => return self.table(operand),
            Space::Data => return self.data(inst, operand),
            Space::Calls | Space::Deploys | Space::Hosts => return self.import(operand, space),
            Space::Attempts => return self.attempt(inst, operand),
            Space::RecordFields => {
                ("field", ty.and_then(record_fields).is_some_and(|it| at < it.len()))
            }
            Space::Variants => ("variant", ty.and_then(variants).is_some_and(|it| at < it.len())),
            Space::Scalars => ("scalar type", byte.and_then(Ty::from_byte).is_some()),
            Space::Types => ("integer type", byte.and_then(Ty::from_byte).is_some_and(Ty::is_int)),
            Space::Blocks => ("block", at < self.function.blocks.len()),
            Space::Fields => ("state field", at < self.module.schema.len()),
            Space::FieldKeys => {
                let (field, key) = walked_key(operand);
                let field = self.module.schema.get(field);
                ("key of a state field", field.is_some_and(|field| key < field.keys.len()))
            }
            Space::Errors => ("error", at < self.module.errors.len()),
            Space::Events => ("event", at < self.module.events.len()),
            Space::Traps => ("trap kind", byte.and_then(TrapKind::from_byte).is_some()),
            Space::Natives => ("native", Native::from_number(operand).is_some()),
            Space::Contexts => ("context value", byte.and_then(ContextKind::from_byte).is_some()),
        };
        if exists { Ok(()) } else { Err(Invalid::NoSuch { what, index: operand }) }
    }

    fn constant(&self, inst: Inst, index: u16) -> Check {
        match self.module.consts.get(usize::from(index)) {
            None => Err(Invalid::NoSuch { what: "constant", index }),
            Some(constant) if Some(Type::Scalar(constant.ty())) != inst.ty => {
                Err(Invalid::ConstantType { index, constant: constant.ty() })
            }
            Some(_) => Ok(()),
        }
    }

    /// Whether data is a value of the literal's type.
    fn data(&self, inst: Inst, index: u16) -> Check {
        let Some(data) = self.module.data.get(usize::from(index)) else {
            return Err(Invalid::NoSuch { what: "data", index });
        };
        let fits = match inst.ty.and_then(|ty| self.module.heap_type(ty)) {
            Some(HeapType::String) => std::str::from_utf8(data).is_ok(),
            Some(HeapType::Vec(Type::Scalar(Ty::Bool))) => data.iter().all(|byte| *byte < 2),
            Some(HeapType::Vec(Type::Scalar(ty))) => data.len().is_multiple_of(ty.bytes()),
            Some(HeapType::Vec(Type::Heap(_))) => data.is_empty(),
            _ => true,
        };
        if fits { Ok(()) } else { Err(Invalid::BadData { index }) }
    }

    fn callee(&self, index: u16) -> Check {
        match self.module.functions.get(usize::from(index)) {
            None => Err(Invalid::NoSuch { what: "function", index }),
            Some(callee) if callee.kind == FunctionKind::Init => Err(Invalid::CallsInit),
            Some(_) => Ok(()),
        }
    }

    fn import(&self, index: u16, space: Space) -> Check {
        let wanted = |kind| match space {
            Space::Deploys => kind == FunctionKind::Init,
            Space::Hosts => kind == FunctionKind::Host,
            _ => !matches!(kind, FunctionKind::Init | FunctionKind::Host),
        };
        match self.module.imports.get(usize::from(index)) {
            None => Err(Invalid::NoSuch { what: "import", index }),
            Some(import) if !wanted(import.kind) => Err(Invalid::ImportKind { index }),
            Some(_) => Ok(()),
        }
    }

    /// Whether the operator's type is the attempt of the function called.
    fn attempt(&self, inst: Inst, index: u16) -> Check {
        self.callee(index)?;
        let function = self.module.functions.get(usize::from(index));
        let fits = inst
            .ty
            .zip(function)
            .is_some_and(|(ty, function)| is_attempt(&self.module.types, ty, function));
        if fits { Ok(()) } else { Err(Invalid::NoAttempt { index }) }
    }

    fn uses(&mut self, types: TypeList<'m>, base: u16, name: char, takes: bool) -> Check {
        nothing_is_zero(types, base, name)?;
        for (reg, ty) in types.at(base) {
            match reg {
                Some(reg) if self.slots.holds(reg, ty) => {
                    if takes && ty.heap().is_some() {
                        self.slots.take(reg);
                    }
                }
                _ => return Err(Invalid::NotHeld { reg: reg.unwrap_or(u16::MAX), ty }),
            }
        }
        Ok(())
    }

    fn defines(&mut self, types: TypeList<'m>, base: u16, name: char) -> Check {
        nothing_is_zero(types, base, name)?;
        for (reg, ty) in types.at(base) {
            self.define(reg.ok_or(Invalid::OutsideFrame { reg: u16::MAX, ty })?, ty)?;
        }
        Ok(())
    }

    fn define(&mut self, reg: u16, ty: Type) -> Check {
        self.slots.define(reg, ty).map_err(|refused| match refused {
            Refused::Outside => Invalid::OutsideFrame { reg, ty },
            Refused::Owned { reg } => Invalid::Leak { reg },
        })
    }

    /// Whether all that the target expects is there, and no heap value beside it.
    fn edge(&self, block: u16) -> Check {
        let Some(target) = self.function.blocks.get(usize::from(block)) else {
            return Err(Invalid::NoSuch { what: "block", index: block });
        };
        // A list beyond the limit is refused when its own block is checked.
        let expected = &target.live_in[..target.live_in.len().min(limits::LIVE_IN)];
        let mut owned = 0;
        for live in expected {
            if !self.slots.holds(live.reg, live.ty) {
                return Err(Invalid::Edge { block, reg: live.reg, ty: live.ty });
            }
            owned += usize::from(live.ty.heap().is_some());
        }
        // Expected registers do not overlap, so as many as are owned means exactly those.
        if owned != self.slots.owned() {
            let expects = |reg| expected.iter().any(|live| live.reg == reg);
            return Err(Invalid::EdgeLeak { block, reg: self.slots.stray(expects) });
        }
        Ok(())
    }
}

/// A register operand for no values is 0, so that there is one way to write it.
fn nothing_is_zero(types: TypeList<'_>, base: u16, name: char) -> Check {
    if types.is_empty() && base != 0 {
        return Err(Invalid::UnusedOperand { operand: name });
    }
    Ok(())
}
