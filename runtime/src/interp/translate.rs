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
    let (mut live, mut known) = (Stamps::new(slots), Stamps::new(slots));
    let mut always = Stamps::new(slots);
    for (index, function) in module.functions.iter().enumerate() {
        let (code, live, known) = (&mut code, &mut live, &mut known);
        let always = &mut always;
        Translator { module, shapes, function, schedule, code, live, known, always }
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
    /// Registers that are read later.
    live: &'a mut Stamps<()>,
    /// Registers that hold a known constant of one slot at this point of the block.
    known: &'a mut Stamps<u64>,
    /// Registers that are written once in the function, and those among them that are a constant
    /// wherever they are read.
    always: &'a mut Stamps<Option<u64>>,
}

/// One instruction on its way.
struct Step {
    inst: Inst,
    /// What stands in for operand `c`.
    constant: Option<u64>,
    /// The comparison that this branch does on the way, with its own constant.
    compare: Option<(Inst, Option<u64>)>,
    /// Whether nothing is emitted.
    skip: bool,
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
        self.find_constants(params)?;
        let mut heads = Vec::with_capacity(self.function.blocks.len());
        let mut start = 0;
        for block in &self.function.blocks {
            heads.push(Position::try_from(self.code.ops.len()).ok()?);
            self.block(block, start)?;
            start += u32::try_from(block.code.len()).ok()?;
        }
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
        let (entry, slots) = (*heads.first()?, u32::from(self.function.slots));
        self.code.functions.push(FunctionCode { entry, slots, params });
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
        let mut steps = self.fold_constants(block)?;
        self.fuse_compare(&mut steps)?;
        self.skip_dead(&mut steps)?;
        for (at, step) in (start..).zip(steps) {
            if !step.skip {
                self.emit(step, at)?;
            }
        }
        Some(())
    }

    fn emit(&mut self, step: Step, at: u32) -> Option<()> {
        let Step { inst, constant, compare, .. } = step;
        if inst.op == Operator::Switch {
            return self.switch(inst, at);
        }
        if let Some((compare, constant)) = compare {
            self.push(select::compare_and_branch(compare, constant, inst)?, at);
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

    /// Finds the registers whose only write in the function is that of a constant: the compiler moves
    /// constants out of loops. Validation has made sure that the write comes before every read.
    fn find_constants(&mut self, params: u16) -> Option<()> {
        self.always.forget_all();
        (0..params).for_each(|param| self.always.set(param, None));
        for inst in self.function.blocks.iter().flat_map(|block| &block.code) {
            let value = match inst.op {
                Operator::Const => match self.module.consts.get(usize::from(inst.b))?.slots() {
                    [value] => Some(*value),
                    _ => None,
                },
                _ => None,
            };
            for reg in self.spans(*inst)?.defined.into_iter().flatten().flat_map(Span::iter) {
                let first = self.always.get(reg).is_none();
                self.always.set(reg, value.filter(|_| first));
            }
        }
        Some(())
    }

    /// The constant that a register holds at this point of the block.
    fn constant(&self, reg: u16) -> Option<u64> {
        self.known.get(reg).or_else(|| self.always.get(reg).flatten())
    }

    /// Goes forward through a block and folds operands that are constants.
    fn fold_constants(&mut self, block: &Block) -> Option<Vec<Step>> {
        self.known.forget_all();
        let mut steps = Vec::with_capacity(block.code.len());
        for inst in &block.code {
            let (inst, constant) = select::fold(*inst, |reg| self.constant(reg));
            let spans = self.spans(inst)?;
            for defined in spans.defined.into_iter().flatten() {
                defined.iter().for_each(|reg| self.known.forget(reg));
            }
            if inst.op == Operator::Const
                && let [value] = self.module.consts.get(usize::from(inst.b))?.slots()
            {
                self.known.set(inst.a, *value);
            }
            steps.push(Step { inst, constant, compare: None, skip: false });
        }
        Some(steps)
    }

    /// Joins a comparison with the branch behind it, where no one else reads its result. What
    /// is known at the end of the block is known to the comparison too, since it is next to last.
    fn fuse_compare(&mut self, steps: &mut [Step]) -> Option<()> {
        self.live.forget_all();
        let [.., compare, branch] = steps else { return self.mark_live_out(steps) };
        self.mark_live_out(std::slice::from_ref(branch))?;
        let inst = compare.inst;
        let joins = branch.inst.op == Operator::Branch
            && branch.inst.a == inst.a
            && select::is_compare(inst)
            && select::is_narrow(inst)
            && self.live.get(inst.a).is_none();
        if joins {
            branch.compare = Some(select::fold_compare(inst, |reg| self.constant(reg)));
            compare.skip = true;
        }
        Some(())
    }

    /// Marks what the blocks behind the last step expect.
    fn mark_live_out(&mut self, steps: &[Step]) -> Option<()> {
        let last = steps.last()?.inst;
        for block in self.function.successors(last) {
            for live in &self.function.blocks.get(usize::from(block))?.live_in {
                Span { first: live.reg, count: live.ty.slots() }
                    .iter()
                    .for_each(|reg| self.live.set(reg, ()));
            }
        }
        Some(())
    }

    /// Goes back through a block and skips constants that no one reads any more.
    fn skip_dead(&mut self, steps: &mut [Step]) -> Option<()> {
        for step in steps.iter_mut().rev().filter(|step| !step.skip) {
            let (inst, constant) = step.compare.unwrap_or((step.inst, step.constant));
            let Spans { defined, used } = self.spans(inst)?;
            let mut written = defined.into_iter().flatten().flat_map(Span::iter);
            if inst.op == Operator::Const && written.all(|reg| self.live.get(reg).is_none()) {
                step.skip = true;
                continue;
            }
            for defined in defined.into_iter().flatten() {
                defined.iter().for_each(|reg| self.live.forget(reg));
            }
            let folded = usize::from(constant.is_some());
            for span in used.into_iter().take(3 - folded).flatten() {
                span.iter().for_each(|reg| self.live.set(reg, ()));
            }
        }
        Some(())
    }

    /// The registers an instruction writes and reads, checked to lie in the frame.
    fn spans(&self, inst: Inst) -> Option<Spans> {
        let mut spans = Spans::default();
        for (index, role) in inst.op.info().roles.into_iter().enumerate() {
            let first = inst.operands()[index];
            let (Role::Def(shape) | Role::Use(shape) | Role::Take(shape) | Role::Change(shape)) =
                role
            else {
                continue;
            };
            let types = self.module.types(self.function, inst, shape)?;
            let count = types.iter().try_fold(0u16, |sum, ty| sum.checked_add(ty.slots()))?;
            if first.checked_add(count)? > self.function.slots {
                return None;
            }
            let span = Some(Span { first, count });
            if matches!(role, Role::Def(_) | Role::Change(_)) {
                spans.defined[index] = span;
            }
            if !matches!(role, Role::Def(_)) {
                spans.used[index] = span;
            }
        }
        Some(spans)
    }
}

/// Consecutive registers.
#[derive(Clone, Copy, Debug)]
struct Span {
    first: u16,
    count: u16,
}

impl Span {
    fn iter(self) -> impl Iterator<Item = u16> {
        (0..self.count).map(move |offset| self.first + offset)
    }
}

/// What an instruction writes, and what it reads by operand.
#[derive(Clone, Copy, Debug, Default)]
struct Spans {
    defined: [Option<Span>; 3],
    used: [Option<Span>; 3],
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
