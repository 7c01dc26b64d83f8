//! From validated bytecode to the interpreter's code, once, when a module is loaded.
//!
//! In: a module and the gas schedule. Out: `Code`, with every block's static cost in its `Enter`.
//!
//! What always holds of the result is what `dispatch` relies on: every register operand lies in
//! its frame with all its slots, every table index in its table, every target at an `Enter`, and
//! every block ends by leaving. Validation has promised all this already; it is checked here
//! again because this is where `unsafe` code takes it on trust.
//!
//! Work is linear in the size of the module: nothing is cleared between blocks or functions.

use deed_bytecode::{Block, Function, Inst, Module, Op as Operator, Role, Ty, Type};

use super::dispatch::{Cell, link};
use super::op::Op;
use super::select;
use super::{Code, FunctionCode, Position};
use crate::gas::GasSchedule;
use crate::heap::Shapes;

/// Bytecode that breaks what `dispatch` relies on. A valid module never does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Inconsistent {
    pub(crate) function: usize,
}

/// Translates every function of a valid module.
pub(crate) fn translate(
    module: &Module,
    shapes: &Shapes,
    schedule: &GasSchedule,
) -> Result<Code, Inconsistent> {
    let mut code = Code::default();
    code.wide_consts.extend(module.consts.iter().map(|constant| {
        let mut slots = [0; Ty::MAX_SLOTS];
        slots[..constant.slots().len()].copy_from_slice(constant.slots());
        slots
    }));
    // One for all functions: many may claim a large frame at no cost to themselves.
    let slots = module.functions.iter().map(|function| function.slots).max().unwrap_or(0);
    let mut notes = Notes {
        live: Stamps::new(slots),
        known: Stamps::new(slots),
        always: Stamps::new(slots),
        widths: Vec::new(),
        steps: Vec::new(),
    };
    for (index, function) in module.functions.iter().enumerate() {
        let (code, notes) = (&mut code, &mut notes);
        Translator { module, shapes, function, schedule, code, notes }
            .function()
            .ok_or(Inconsistent { function: index })?;
    }
    link(&mut code.ops);
    Ok(code)
}

struct Translator<'a> {
    module: &'a Module,
    shapes: &'a Shapes,
    function: &'a Function,
    schedule: &'a GasSchedule,
    code: &'a mut Code,
    notes: &'a mut Notes,
}

/// What is known while a function is translated; its memory serves all functions.
struct Notes {
    /// Registers that are read later.
    live: Stamps<()>,
    /// Registers that hold a known constant of one slot at this point of the block.
    known: Stamps<u64>,
    /// Registers that are written once in the function, and those among them that are a constant
    /// wherever they are read.
    always: Stamps<Option<u64>>,
    /// Of each instruction of the function.
    widths: Vec<Widths>,
    /// Of the block.
    steps: Vec<Step>,
}

/// One instruction on its way.
#[derive(Clone, Copy)]
struct Step {
    inst: Inst,
    widths: Widths,
    /// What stands in for operand `c`.
    constant: Option<u64>,
    /// The comparison that this branch does on the way.
    compare: Option<Compare>,
    /// Whether nothing is emitted.
    skip: bool,
}

/// A comparison that is part of the branch behind it, with its own constant.
#[derive(Clone, Copy)]
struct Compare {
    inst: Inst,
    constant: Option<u64>,
}

impl Translator<'_> {
    /// `None`, here and below: the bytecode is inconsistent.
    fn function(&mut self) -> Option<()> {
        let first = self.code.ops.len();
        let slots = |types: &[Type]| u16::try_from(Type::total_slots(types)).ok();
        let params = slots(&self.function.params)?;
        if params > self.function.slots {
            return None;
        }
        self.measure()?;
        self.find_constants(params)?;
        let mut heads = Vec::with_capacity(self.function.blocks.len());
        let mut start = 0;
        for block in &self.function.blocks {
            heads.push(Position::try_from(self.code.ops.len()).ok()?);
            self.block(block, start)?;
            start += u32::try_from(block.code.len()).ok()?;
        }
        self.aim(first, &heads)?;
        let (entry, slots) = (*heads.first()?, u32::from(self.function.slots));
        self.code.functions.push(FunctionCode { entry, slots, params });
        Some(())
    }

    /// Turns the block numbers of jumps into distances, from op number `first` on.
    fn aim(&mut self, first: usize, heads: &[Position]) -> Option<()> {
        let Code { ops, targets, .. } = &mut *self.code;
        for (at, Cell { op, .. }) in (first..).zip(&mut ops[first..]) {
            let table = match *op {
                Op::Switch { first, count, .. } => {
                    targets.get_mut(first as usize..)?.get_mut(..=count as usize)?
                }
                _ => &mut [],
            };
            for target in op.targets().into_iter().flatten().chain(table) {
                let head = *heads.get(usize::try_from(*target).ok()?)?;
                let ops = i64::from(head) - i64::try_from(at).ok()?;
                *target = i32::try_from(ops * size_of::<Cell>() as i64).ok()?;
            }
        }
        Some(())
    }

    /// Emits a block whose first instruction is number `start` of the function.
    fn block(&mut self, block: &Block, start: u32) -> Option<()> {
        let ends = |inst: &Inst| inst.op.info().ends;
        let (last, body) = block.code.split_last()?;
        if !ends(last) || body.iter().any(ends) {
            return None;
        }
        let costs = block.code.iter().map(|i| self.schedule.cost(self.module, self.function, *i));
        let cost = costs.fold(0, u64::saturating_add);
        self.push(Op::Enter { cost }, start);
        // Taken out for the while, and put back for the next block.
        let mut steps = std::mem::take(&mut self.notes.steps);
        self.fold_constants(block, start, &mut steps)?;
        self.fuse_compare(&mut steps)?;
        self.skip_dead(&mut steps);
        for (at, step) in (start..).zip(&steps) {
            if !step.skip {
                self.emit(step, at)?;
            }
        }
        self.notes.steps = steps;
        Some(())
    }

    fn emit(&mut self, step: &Step, at: u32) -> Option<()> {
        let Step { inst, constant, compare, .. } = *step;
        if inst.op == Operator::Switch {
            return self.switch(inst, at);
        }
        if let Some(compare) = compare {
            self.push(select::compare_and_branch(compare.inst, compare.constant, inst)?, at);
        } else if select::is_narrow(inst) {
            self.push(select::narrow(self.module, inst, constant)?, at);
            if let Some(cut) = select::cut(inst) {
                self.push(cut, at);
            }
        } else if let Some(part) = select::element(self.module, inst)
            .or_else(|| select::field(self.module, self.shapes, inst))
        {
            self.push(part, at);
        } else {
            let other = self.placed(select::other(inst)?)?;
            self.push(other, at);
        }
        Some(())
    }

    /// Puts the targets into the table, as block numbers still.
    fn switch(&mut self, inst: Inst, at: u32) -> Option<()> {
        let table = self.function.tables.get(usize::from(inst.b))?;
        let first = u32::try_from(self.code.targets.len()).ok()?;
        let count = u32::try_from(table.len()).ok()?.checked_sub(1)?;
        self.code.targets.extend(table.iter().map(|block| i32::from(*block)));
        self.push(Op::Switch { a: inst.a, first, count }, at);
        Some(())
    }

    /// Completes an op by what depends on its function and its place.
    fn placed(&self, op: Op) -> Option<Op> {
        Some(match op {
            Op::Call { d, function, a, .. } => {
                let back = Position::try_from(self.code.ops.len() + 1).ok()?;
                self.module.functions.get(usize::from(function))?;
                Op::Call { d, function, a, frame: self.function.slots, back }
            }
            Op::Ret { a, .. } => {
                let count = u16::try_from(Type::total_slots(&self.function.results)).ok()?;
                Op::Ret { a, count }
            }
            other => other,
        })
    }

    fn push(&mut self, op: Op, origin: u32) {
        self.code.elements |= op.is_part();
        self.code.ops.push(Cell::new(op));
        self.code.origin.push(origin);
    }

    /// Notes how many registers each operand of each instruction names, and checks that they lie in
    /// the frame.
    fn measure(&mut self) -> Option<()> {
        self.notes.widths.clear();
        for inst in self.function.blocks.iter().flat_map(|block| &block.code) {
            let mut widths = Widths::default();
            let (roles, operands) = (&inst.op.info().roles, inst.operands());
            for at in 0..3 {
                let shape = match roles[at] {
                    Role::Def(shape) | Role::Use(shape) => shape,
                    Role::Take(shape) | Role::Change(shape) => shape,
                    Role::Index(_) | Role::Unused => continue,
                };
                let count = self.module.types(self.function, *inst, shape)?.slots()?;
                if operands[at].checked_add(count)? > self.function.slots {
                    return None;
                }
                if matches!(roles[at], Role::Def(_) | Role::Change(_)) {
                    widths.written[at] = count;
                }
                if !matches!(roles[at], Role::Def(_)) {
                    widths.read[at] = count;
                }
            }
            self.notes.widths.push(widths);
        }
        Some(())
    }

    /// Finds the registers whose only write in the function is that of a constant: the compiler moves
    /// constants out of loops. Validation has made sure that the write comes before every read.
    fn find_constants(&mut self, params: u16) -> Option<()> {
        let Notes { always, widths, .. } = &mut *self.notes;
        always.forget_all();
        (0..params).for_each(|param| always.set(param, None));
        let code = self.function.blocks.iter().flat_map(|block| &block.code);
        for (inst, widths) in code.zip(widths) {
            let value = constant_of(self.module, *inst)?;
            for reg in widths.written(*inst) {
                let first = always.get(reg).is_none();
                always.set(reg, value.filter(|_| first));
            }
        }
        Some(())
    }

    /// The constant that a register holds at this point of the block.
    fn constant(&self, reg: u16) -> Option<u64> {
        self.notes.known.get(reg).or_else(|| self.notes.always.get(reg).flatten())
    }

    /// Goes forward through a block and folds operands that are constants.
    fn fold_constants(&mut self, block: &Block, start: u32, steps: &mut Vec<Step>) -> Option<()> {
        self.notes.known.forget_all();
        steps.clear();
        for (at, inst) in (start as usize..).zip(&block.code) {
            let widths = *self.notes.widths.get(at)?;
            // What is folded or turned round takes one register, so the widths stay.
            let (inst, constant) = select::fold(*inst, |reg| self.constant(reg));
            for reg in widths.written(inst) {
                self.notes.known.forget(reg);
            }
            if let Some(value) = constant_of(self.module, inst)? {
                self.notes.known.set(inst.a, value);
            }
            steps.push(Step { inst, widths, constant, compare: None, skip: false });
        }
        Some(())
    }

    /// Joins a comparison with the branch behind it, where no one else reads its result. What
    /// is known at the end of the block is known to the comparison too, since it is next to last.
    fn fuse_compare(&mut self, steps: &mut [Step]) -> Option<()> {
        self.notes.live.forget_all();
        self.mark_live_out(steps.last()?.inst)?;
        let [.., compare, branch] = steps else { return Some(()) };
        let joins = branch.inst.op == Operator::Branch
            && branch.inst.a == compare.inst.a
            && select::is_compare(compare.inst)
            && select::is_narrow(compare.inst)
            && self.notes.live.get(compare.inst.a).is_none();
        if joins {
            let (inst, constant) = select::fold_compare(compare.inst, |reg| self.constant(reg));
            branch.compare = Some(Compare { inst, constant });
            branch.widths = compare.widths;
            compare.skip = true;
        }
        Some(())
    }

    /// Marks what the blocks behind the last instruction of a block expect.
    fn mark_live_out(&mut self, last: Inst) -> Option<()> {
        for block in self.function.successors(last) {
            for live in &self.function.blocks.get(usize::from(block))?.live_in {
                for reg in span(live.reg, live.ty.slots()) {
                    self.notes.live.set(reg, ());
                }
            }
        }
        Some(())
    }

    /// Goes back through a block and skips constants that no one reads any more.
    fn skip_dead(&mut self, steps: &mut [Step]) {
        let live = &mut self.notes.live;
        for step in steps.iter_mut().rev().filter(|step| !step.skip) {
            let own = Compare { inst: step.inst, constant: step.constant };
            let Compare { inst, constant } = step.compare.unwrap_or(own);
            let mut written = step.widths.written(inst);
            if inst.op == Operator::Const && written.all(|reg| live.get(reg).is_none()) {
                step.skip = true;
                continue;
            }
            for reg in step.widths.written(inst) {
                live.forget(reg);
            }
            let folded = usize::from(constant.is_some());
            for (first, count) in inst.operands().into_iter().zip(step.widths.read).take(3 - folded)
            {
                for reg in span(first, count) {
                    live.set(reg, ());
                }
            }
        }
    }
}

/// The value of one slot that an instruction puts into its register, if it puts a constant there.
fn constant_of(module: &Module, inst: Inst) -> Option<Option<u64>> {
    if inst.op != Operator::Const {
        return Some(None);
    }
    let slots = module.consts.get(usize::from(inst.b))?.slots();
    Some(if let [value] = slots { Some(*value) } else { None })
}

/// Consecutive registers, which lie in the frame.
fn span(first: u16, count: u16) -> impl Iterator<Item = u16> {
    (0..count).map(move |offset| first + offset)
}

/// How many registers each operand of an instruction writes, and how many it reads.
#[derive(Clone, Copy, Debug, Default)]
struct Widths {
    written: [u16; 3],
    read: [u16; 3],
}

impl Widths {
    fn written(self, inst: Inst) -> impl Iterator<Item = u16> {
        let spans = inst.operands().into_iter().zip(self.written);
        spans.flat_map(|(first, count)| span(first, count))
    }
}

/// Facts about registers that can all be forgotten at once, at no cost.
struct Stamps<T> {
    entries: Vec<(u32, T)>,
    now: u32,
}

impl<T: Copy + Default> Stamps<T> {
    fn new(slots: u16) -> Stamps<T> {
        Stamps { entries: vec![(0, T::default()); usize::from(slots)], now: 0 }
    }

    fn forget_all(&mut self) {
        self.now += 1;
    }

    fn get(&self, reg: u16) -> Option<T> {
        let (at, value) = *self.entries.get(usize::from(reg))?;
        (at == self.now).then_some(value)
    }

    fn set(&mut self, reg: u16, value: T) {
        if let Some(entry) = self.entries.get_mut(usize::from(reg)) {
            *entry = (self.now, value);
        }
    }

    fn forget(&mut self, reg: u16) {
        if let Some(entry) = self.entries.get_mut(usize::from(reg)) {
            entry.0 = 0;
        }
    }
}
