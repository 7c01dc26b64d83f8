//! A register for every value, and a row of registers for every list of operands.
//!
//! In: a function and its [`Liveness`]. Out: an [`Allocation`].
//! Holds always: values that are needed at the same time have no slot in common; a row overlaps no
//! value that is needed afterwards, except those of its operands that already stand in their place.
//!
//! Blocks are visited in the order of control, so a value's register is fixed before any use; in
//! single assignment form taking the first free slots in this order colours the graph of
//! interferences without ever building it. Wishes make moves rare: a block's parameter and its
//! arguments wish for one register, and the operands of a row for neighbouring ones.

use deed_bytecode::Type;

use crate::mir::cfg::Cfg;
use crate::mir::liveness::Liveness;
use crate::mir::{BlockId, Function, Inst, Op, Outside, Terminator, ValueId};

/// Where everything is.
pub(super) struct Allocation {
    registers: Vec<Option<u16>>,
    /// By block: the row of each instruction and, last, of the terminator.
    rows: Vec<Vec<u16>>,
    /// Slots from here on are free everywhere.
    pub(super) frame: u16,
}

impl Allocation {
    pub(super) fn new(
        function: &Function,
        cfg: &Cfg,
        live: &Liveness,
    ) -> Result<Allocation, &'static str> {
        let mut allocator = Allocator {
            function,
            live,
            registers: vec![None; function.values.len()],
            slots: Vec::new(),
            wishes: Wishes::new(function),
            frame: 0,
        };
        let mut rows = vec![Vec::new(); function.blocks.len()];
        for block in &cfg.order {
            rows[block.index()] = allocator.block(*block);
        }
        let frame = u16::try_from(allocator.frame).map_err(|_| "registers")?;
        let registers = allocator.registers.iter();
        // Every register lies below the frame's end, which fits.
        let registers =
            registers.map(|register| register.map(|register| register as u16)).collect();
        Ok(Allocation { registers, rows, frame })
    }

    /// The register of a value; nothing for a parameter that nobody needs.
    pub(super) fn register(&self, value: ValueId) -> Option<u16> {
        self.registers[value.index()]
    }

    /// Where the row of an instruction starts; the terminator counts as the last.
    pub(super) fn row(&self, block: BlockId, at: usize) -> u16 {
        self.rows[block.index()][at]
    }
}

/// The operands of an instruction that must stand in a row.
pub(super) fn row_of(op: &Op) -> &[ValueId] {
    match op {
        Op::Call { args, .. } | Op::Emit { args, .. } => args,
        Op::Outside { what: Outside::Call(_) | Outside::Deploy(_) | Outside::Try(_), args } => args,
        Op::StateLoad { keys, .. }
        | Op::StateHas { keys, .. }
        | Op::StateRemove { keys, .. }
        | Op::StateWalk { keys, .. }
        | Op::StateStore { keys, .. }
        | Op::StateInsert { keys, .. } => keys,
        Op::RecordMake { fields } | Op::RowSet { fields, .. } | Op::RowPush { fields, .. } => {
            fields
        }
        Op::Native { args, .. } => args,
        Op::EnumMake { payload, .. } => payload,
        Op::Slice { range, .. } => range,
        _ => &[],
    }
}

/// The operands of an instruction that are read beside a row.
fn beside_row(op: &Op) -> [Option<ValueId>; 2] {
    match op {
        Op::StateStore { value: one, .. }
        | Op::StateInsert { value: one, .. }
        | Op::Slice { value: one, .. }
        | Op::RowPush { vec: one, .. } => [Some(*one), None],
        Op::RowSet { vec, index, .. } => [Some(*vec), Some(*index)],
        _ => [None, None],
    }
}

struct Allocator<'a> {
    function: &'a Function,
    live: &'a Liveness,
    registers: Vec<Option<usize>>,
    /// Whose each slot is at the current place.
    slots: Vec<Option<ValueId>>,
    wishes: Wishes,
    frame: usize,
}

/// What ends at an instruction.
#[derive(Default)]
struct Ends {
    /// Operands that nothing needs afterwards.
    dying: Vec<ValueId>,
    /// Results that nothing needs.
    unused: Vec<ValueId>,
}

impl Allocator<'_> {
    /// Gives registers to all values of a block, and rows to its instructions.
    fn block(&mut self, id: BlockId) -> Vec<u16> {
        let block = self.function.block(id);
        self.enter(id);
        let (ends, last) = self.ends(id);
        let mut rows = Vec::with_capacity(block.insts.len() + 1);
        for (inst, ends) in block.insts.iter().zip(&ends) {
            rows.push(self.row(row_of(&inst.op), beside_row(&inst.op), &ends.dying));
            self.results(inst, ends);
        }
        let args: &[ValueId] = match &block.terminator {
            Terminator::Return(args) | Terminator::Throw { args, .. } | Terminator::Fail(args) => {
                args
            }
            _ => &[],
        };
        rows.push(self.row(args, [None, None], &last));
        rows
    }

    /// Gives registers to the results of an instruction. What is changed stays where it is, or is
    /// copied where it is needed afterwards, apart from all operands; other results stand in a row.
    fn results(&mut self, inst: &Inst, ends: &Ends) {
        let changed: Vec<ValueId> = inst.op.changed().collect();
        let (in_place, others) = inst.results.split_at(changed.len());
        let pairs = || in_place.iter().zip(&changed);
        let dies = |value: &ValueId| ends.dying.contains(value);
        for (result, _) in pairs().filter(|(_, operand)| !dies(operand)) {
            self.place(&[*result]);
        }
        ends.dying.iter().for_each(|value| self.free(*value));
        for (result, operand) in pairs().filter(|(_, operand)| dies(operand)) {
            if let Some(register) = self.registers[operand.index()] {
                self.occupy(*result, register);
            }
        }
        self.place(others);
        ends.unused.iter().for_each(|value| self.free(*value));
    }

    /// Occupies the registers of what the block is entered with.
    fn enter(&mut self, id: BlockId) {
        self.slots.fill(None);
        let (function, live) = (self.function, self.live);
        let params = &function.block(id).params;
        let needed = &live.live_in[id.index()];
        for value in needed.iter().filter(|value| !params.contains(value)) {
            if let Some(register) = self.registers[value.index()] {
                self.occupy(value, register);
            }
        }
        if id == BlockId::ENTRY {
            return self.enter_function(params);
        }
        for param in params.iter().filter(|param| needed.contains(**param)) {
            self.place(&[*param]);
        }
    }

    /// The parameters of a function stand in its first slots, needed or not.
    fn enter_function(&mut self, params: &[ValueId]) {
        let mut register = 0;
        for param in params {
            self.occupy(*param, register);
            register += self.size(*param);
        }
        for param in params {
            if !self.live.live_in[BlockId::ENTRY.index()].contains(*param) {
                self.free(*param);
            }
        }
    }

    /// What ends at each instruction of a block, and at its terminator.
    fn ends(&self, id: BlockId) -> (Vec<Ends>, Vec<ValueId>) {
        let block = self.function.block(id);
        let mut live = self.live.live_out[id.index()].clone();
        let mut last = Vec::new();
        self.live.terminator_uses(self.function, id, |value| {
            if live.insert(value) {
                last.push(value);
            }
        });
        let mut ends: Vec<Ends> = Vec::with_capacity(block.insts.len());
        for inst in block.insts.iter().rev() {
            let mut here = Ends::default();
            for result in &inst.results {
                if !live.contains(*result) {
                    here.unused.push(*result);
                }
                live.remove(*result);
            }
            inst.op.for_each_operand(|value| {
                if live.insert(value) {
                    here.dying.push(value);
                }
            });
            ends.push(here);
        }
        ends.reverse();
        (ends, last)
    }

    fn size(&self, value: ValueId) -> usize {
        usize::from(Type::from(self.function.ty(value)).slots())
    }

    fn occupy(&mut self, value: ValueId, register: usize) {
        let end = register + self.size(value);
        self.reserve(end);
        self.slots[register..end].fill(Some(value));
        self.registers[value.index()] = Some(register);
        self.wishes.granted(value, register);
    }

    fn reserve(&mut self, end: usize) {
        if self.slots.len() < end {
            self.slots.resize(end, None);
        }
        self.frame = self.frame.max(end);
    }

    fn free(&mut self, value: ValueId) {
        let Some(register) = self.registers[value.index()] else { return };
        let size = self.size(value);
        for slot in &mut self.slots[register..register + size] {
            if *slot == Some(value) {
                *slot = None;
            }
        }
    }

    /// Gives new values a row of registers: one that a value of them wishes for, or the first that
    /// is free.
    fn place(&mut self, values: &[ValueId]) {
        let size: usize = values.iter().map(|value| self.size(*value)).sum();
        let is_free = |allocator: &Self, start: usize| {
            let mut slots = allocator.slots.iter().skip(start).take(size);
            slots.all(Option::is_none)
        };
        let wished = self.wished(values).into_iter().find(|start| is_free(self, *start));
        let start = wished.or_else(|| {
            let kept = self.kept(values);
            let is_kept = |start: usize| kept.iter().skip(start).take(size).any(|kept| *kept);
            (0..).find(|start| is_free(self, *start) && !is_kept(*start))
        });
        let mut register = start.unwrap_or(self.slots.len());
        for value in values {
            self.occupy(*value, register);
            register += self.size(*value);
        }
    }

    /// The slots behind values that wish for a neighbour there, which is still to come.
    fn kept(&self, values: &[ValueId]) -> Vec<bool> {
        // A neighbour has four slots at most.
        let mut kept = vec![false; self.slots.len() + 4];
        for (slot, value) in self.slots.iter().enumerate() {
            let Some(value) = *value else { continue };
            let end = slot + 1 == self.slots.len() || self.slots[slot + 1] != Some(value);
            let neighbour = self.wishes.behind[value.index()].filter(|_| end);
            let comes = |other: &ValueId| {
                self.registers[other.index()].is_none() && !values.contains(other)
            };
            if let Some(neighbour) = neighbour.filter(comes) {
                kept.iter_mut().skip(slot + 1).take(self.size(neighbour)).for_each(|it| *it = true);
            }
        }
        kept
    }

    /// The starts of a row of new values that their wishes come to, best first.
    fn wished(&mut self, values: &[ValueId]) -> Vec<usize> {
        let mut starts = Vec::new();
        let mut offset = 0;
        for value in values {
            let root = self.wishes.root(*value);
            let register = |other: ValueId| self.registers[other.index()];
            let wished = self.wishes.of(root, *value, register, |other| self.size(other));
            let wished = wished.into_iter().flatten();
            starts.extend(wished.filter_map(|register| register.checked_sub(offset)));
            offset += self.size(*value);
        }
        starts
    }

    /// The start of a row for `operands` that costs the fewest moves.
    fn row(
        &mut self,
        operands: &[ValueId],
        beside: [Option<ValueId>; 2],
        dying: &[ValueId],
    ) -> u16 {
        if operands.is_empty() {
            return 0;
        }
        let free = |value: ValueId| dying.contains(&value) && !beside.contains(&Some(value));
        let mut offset = 0;
        let mut starts = Vec::new();
        for operand in operands {
            let here = self.registers[operand.index()];
            starts.extend(here.and_then(|register| register.checked_sub(offset)));
            offset += self.size(*operand);
        }
        let cost = |start: &usize| self.row_cost(operands, *start, free);
        let best = starts.into_iter().filter_map(|start| Some((cost(&start)?, start))).min();
        let start = match best {
            Some((_, start)) => start,
            None => (0..).find(|start| cost(start).is_some()).unwrap_or(self.slots.len()),
        };
        self.reserve(start + offset);
        start as u16
    }

    /// How many operands a row at `start` has to move; nothing where it would overwrite what is
    /// needed afterwards.
    fn row_cost(
        &self,
        operands: &[ValueId],
        start: usize,
        free: impl Fn(ValueId) -> bool,
    ) -> Option<usize> {
        let mut at = start;
        let mut moves = 0;
        for operand in operands {
            let end = at + self.size(*operand);
            if self.registers[operand.index()] != Some(at) {
                let slots = self.slots.iter().take(end).skip(at);
                if !slots.flatten().all(|value| free(*value)) {
                    return None;
                }
                moves += 1;
            }
            at = end;
        }
        Some(moves)
    }
}

/// Registers that would save moves.
struct Wishes {
    /// Parameters of blocks and their arguments, as a forest of sets; a root names its set.
    parent: Vec<u32>,
    /// By root: the register that a member was given first.
    register: Vec<Option<usize>>,
    /// The value that should stand just before, and just behind, in a row.
    before: Vec<Option<ValueId>>,
    behind: Vec<Option<ValueId>>,
}

impl Wishes {
    fn new(function: &Function) -> Wishes {
        let count = function.values.len();
        let mut wishes = Wishes {
            parent: (0..count as u32).collect(),
            register: vec![None; count],
            before: vec![None; count],
            behind: vec![None; count],
        };
        for block in &function.blocks {
            for edge in block.terminator.edges() {
                let params = &function.block(edge.target).params;
                params.iter().zip(&edge.args).for_each(|(param, arg)| wishes.join(*param, *arg));
            }
            block.insts.iter().for_each(|inst| wishes.neighbours(row_of(&inst.op)));
            if let Terminator::Return(args) | Terminator::Throw { args, .. } = &block.terminator {
                wishes.neighbours(args);
            }
        }
        wishes
    }

    fn neighbours(&mut self, row: &[ValueId]) {
        for pair in row.windows(2) {
            self.behind[pair[0].index()].get_or_insert(pair[1]);
            self.before[pair[1].index()].get_or_insert(pair[0]);
        }
    }

    /// The set of a value; ways to roots are halved as they are walked, so they stay short.
    fn root(&mut self, value: ValueId) -> usize {
        let mut at = value.index();
        while self.parent[at] as usize != at {
            let above = self.parent[at] as usize;
            self.parent[at] = self.parent[above];
            at = above;
        }
        at
    }

    fn join(&mut self, a: ValueId, b: ValueId) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b)] = a.min(b) as u32;
    }

    fn granted(&mut self, value: ValueId, register: usize) {
        let root = self.root(value);
        self.register[root].get_or_insert(register);
    }

    /// The registers that `value`, of the set of `root`, wishes for, best first.
    fn of(
        &self,
        root: usize,
        value: ValueId,
        register: impl Fn(ValueId) -> Option<usize>,
        size: impl Fn(ValueId) -> usize,
    ) -> [Option<usize>; 3] {
        let before = self.before[value.index()];
        let behind = self.behind[value.index()];
        [
            self.register[root],
            before.and_then(|other| Some(register(other)? + size(other))),
            behind.and_then(|other| register(other)?.checked_sub(size(value))),
        ]
    }
}
