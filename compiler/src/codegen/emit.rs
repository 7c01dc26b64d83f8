//! The code of one function.
//!
//! Holds always: blocks come in the order of control; a block of the middle form that would only
//! jump is left out, and a branch whose target takes arguments goes through a block of its own.

use std::collections::{BTreeMap, BTreeSet};

use deed_bytecode::{
    Block, Function as Code, FunctionDebug, Inst as Word, LiveIn, Op as Operator, Type, key_operand,
};

use super::debug::{Files, variable};
use super::moves::{Move, sequence};
use super::pool::Pool;
use super::regalloc::{Allocation, row_of};
use super::{index, kind};
use crate::mir::cfg::Cfg;
use crate::mir::liveness::Liveness;
use crate::mir::{
    BinaryOp, BlockId, Edge, FieldId, Function, Inst, Op, Place, Program, Terminator, TrapKind,
    UnaryOp, ValueId, Walk,
};

/// What there are too many of.
pub(super) type Emitted<T> = Result<T, &'static str>;

/// Generates a function and its debug tables.
pub(super) fn function(
    program: &Program,
    function: &Function,
    pool: &mut Pool,
    files: &mut Files<'_>,
) -> Emitted<(Code, FunctionDebug)> {
    let cfg = Cfg::new(function);
    let live = Liveness::new(function, &cfg);
    let registers = Allocation::new(function, &cfg, &live)?;
    let frame = registers.frame;
    let mut emitter = Emitter {
        program,
        function,
        live,
        registers,
        pool,
        files,
        numbers: vec![None; function.blocks.len()],
        blocks: Vec::new(),
        tables: Vec::new(),
        debug: FunctionDebug::default(),
        instructions: 0,
        frame,
    };
    emitter.layout(&cfg)?;
    emitter.code(&cfg)?;
    let code = Code {
        name: function.name.clone(),
        kind: kind(function.kind),
        params: function.params().iter().map(|value| function.ty(*value).into()).collect(),
        results: function.results.iter().map(|ty| (*ty).into()).collect(),
        slots: emitter.frame,
        tables: emitter.tables,
        blocks: emitter.blocks,
    };
    let mut debug = emitter.debug;
    debug.inlined = function.inlined.iter().map(|call| files.inlined(call)).collect();
    Ok((code, debug))
}

pub(super) struct Emitter<'a, 'p> {
    pub(super) program: &'a Program,
    pub(super) function: &'a Function,
    live: Liveness,
    registers: Allocation,
    pub(super) pool: &'a mut Pool,
    files: &'a mut Files<'p>,
    /// The number of each block in the code, for those that have code.
    numbers: Vec<Option<u16>>,
    blocks: Vec<Block>,
    tables: Vec<Vec<u16>>,
    debug: FunctionDebug,
    /// Instructions in the blocks that are done.
    instructions: u32,
    frame: u16,
}

impl Emitter<'_, '_> {
    /// Numbers the blocks that keep code, and after each those for moves of its edges.
    fn layout(&mut self, cfg: &Cfg) -> Emitted<()> {
        let mut next = 0;
        for block in &cfg.order {
            if self.skips_to(cfg, *block).is_some() {
                continue;
            }
            self.numbers[block.index()] = Some(index(next, "blocks")?);
            next += 1 + self.detours(*block);
        }
        index(next, "blocks")?;
        // A block that is skipped leads forward, so its target has its number already.
        for block in cfg.order.iter().rev() {
            if let Some(target) = self.skips_to(cfg, *block) {
                self.numbers[block.index()] = self.numbers[target.index()];
            }
        }
        Ok(())
    }

    /// How many edges of a branch need moves.
    fn detours(&self, block: BlockId) -> usize {
        let end = &self.function.block(block).terminator;
        match end.decider() {
            Some(_) => end.edges().filter(|edge| !self.moves(edge).is_empty()).count(),
            None => 0,
        }
    }

    /// Where a block leads that does nothing but jump forward without moves.
    fn skips_to(&self, cfg: &Cfg, id: BlockId) -> Option<BlockId> {
        let block = self.function.block(id);
        let Terminator::Jump(edge) = &block.terminator else { return None };
        let is_forward = cfg.position(edge.target) > cfg.position(id);
        let is_empty = block.insts.iter().all(|inst| matches!(inst.op, Op::Claim(_)));
        let skips = id != BlockId::ENTRY && is_forward && is_empty && self.moves(edge).is_empty();
        skips.then_some(edge.target)
    }

    fn target(&self, edge: &Edge) -> u16 {
        self.numbers[edge.target.index()].expect("every reachable block has a number")
    }

    /// The moves that an edge needs: each argument to its parameter's register.
    fn moves(&self, edge: &Edge) -> Vec<Move> {
        let params = &self.function.block(edge.target).params;
        let pairs = self.needed(edge).filter_map(|at| {
            let (from, to) = (self.register(edge.args[at]), self.register(params[at]));
            (from != to).then(|| Move { ty: self.ty(params[at]), from, to })
        });
        pairs.collect()
    }

    /// Which arguments of an edge are needed.
    fn needed<'e>(&'e self, edge: &'e Edge) -> impl Iterator<Item = usize> + 'e {
        let params = &self.function.block(edge.target).params;
        let live = &self.live.live_in[edge.target.index()];
        (0..params.len()).filter(|at| live.contains(params[*at]))
    }

    pub(super) fn ty(&self, value: ValueId) -> Type {
        self.function.ty(value).into()
    }

    pub(super) fn register(&self, value: ValueId) -> u16 {
        self.registers.register(value).expect("a value that is used has a register")
    }

    fn code(&mut self, cfg: &Cfg) -> Emitted<()> {
        for id in &cfg.order {
            if self.skips_to(cfg, *id).is_none() {
                self.block(*id)?;
            }
        }
        Ok(())
    }

    fn block(&mut self, id: BlockId) -> Emitted<()> {
        let block = self.function.block(id);
        self.start(self.live.live_in[id.index()].iter().collect());
        let mut ranges = Ranges::new(self.instructions);
        for (at, inst) in block.insts.iter().enumerate() {
            inst.op.for_each_operand(|value| ranges.used(value, self.here()));
            self.inst(inst, self.registers.row(id, at))?;
            inst.results.iter().for_each(|result| ranges.defined(*result, self.here()));
        }
        let row = self.registers.row(id, block.insts.len());
        let detours = self.terminator(&block.terminator, row, block.end);
        self.live.terminator_uses(self.function, id, |value| ranges.used(value, self.here()));
        self.live.live_out[id.index()].iter().for_each(|value| ranges.used(value, self.here()));
        self.note_variables(&ranges);
        self.finish();
        for edge in detours {
            self.detour(edge, block.end);
        }
        Ok(())
    }

    fn note_variables(&mut self, ranges: &Ranges) {
        for (value, (start, end)) in &ranges.values {
            if let Some(register) = self.registers.register(*value) {
                let data = self.function.value(*value);
                let types = &self.program.types;
                variable(&mut self.debug, types, data, register, *start, *end);
            }
        }
    }

    /// A block for the moves of one edge of a branch.
    fn detour(&mut self, edge: &Edge, place: Place) {
        let params = &self.function.block(edge.target).params;
        let through = self.live.live_in[edge.target.index()].iter();
        let through = through.filter(|value| !params.contains(value));
        let args = self.needed(edge).map(|at| edge.args[at]);
        self.start(through.chain(args).collect());
        self.jump(edge, place);
        self.finish();
    }

    /// Starts a block that expects `values`.
    fn start(&mut self, values: BTreeSet<ValueId>) {
        let expect = |value| LiveIn { reg: self.register(value), ty: self.ty(value) };
        let mut live_in: Vec<LiveIn> = values.into_iter().map(expect).collect();
        live_in.sort_by_key(|live| live.reg);
        self.blocks.push(Block { live_in, code: Vec::new() });
    }

    fn finish(&mut self) {
        self.instructions = self.here();
    }

    /// The number of the next instruction in the function.
    fn here(&self) -> u32 {
        self.instructions + self.blocks.last().map_or(0, |block| block.code.len() as u32)
    }

    pub(super) fn word(&mut self, word: Word, place: Place) {
        let here = self.here();
        self.files.note(&mut self.debug, here, place);
        if let Some(block) = self.blocks.last_mut() {
            block.code.push(word);
        }
    }

    /// Writes moves that happen at once.
    fn parallel(&mut self, moves: &[Move], place: Place) {
        let (moves, end) = sequence(moves, self.registers.frame);
        self.frame = self.frame.max(end);
        for Move { ty, from, to } in moves {
            self.word(Word::mov(ty, to, from), place);
        }
    }

    /// Brings operands into their row.
    fn fill_row(&mut self, operands: &[ValueId], row: u16, place: Place) {
        let mut to = row;
        let mut moves = Vec::with_capacity(operands.len());
        for operand in operands {
            let ty = self.ty(*operand);
            moves.push(Move { ty, from: self.register(*operand), to });
            to += ty.slots();
        }
        self.parallel(&moves, place);
    }

    fn jump(&mut self, edge: &Edge, place: Place) {
        let moves = self.moves(edge);
        self.parallel(&moves, place);
        self.word(Word::jump(self.target(edge)), place);
    }

    /// Writes the end of a block, and tells which edges still need a block of their own.
    fn terminator<'t>(&mut self, end: &'t Terminator, row: u16, place: Place) -> Vec<&'t Edge> {
        match end {
            Terminator::Jump(edge) => self.jump(edge, place),
            Terminator::Branch { condition, then, otherwise } => {
                let mut detours = Detours::default();
                let then = self.way(then, &mut detours);
                let otherwise = self.way(otherwise, &mut detours);
                self.word(Word::branch(self.register(*condition), then, otherwise), place);
                return detours.edges;
            }
            Terminator::Switch { value, targets, otherwise } => {
                let mut detours = Detours::default();
                let edges = targets.iter().chain([otherwise]);
                let table = edges.map(|edge| self.way(edge, &mut detours)).collect();
                // A function has fewer tables than blocks, which fit.
                let (number, ty) = (self.tables.len() as u16, self.ty(*value));
                self.tables.push(table);
                self.word(
                    Word::typed(Operator::Switch, ty, self.register(*value), number, 0),
                    place,
                );
                return detours.edges;
            }
            Terminator::Return(args) => {
                self.fill_row(args, row, place);
                self.word(Word::ret(row), place);
            }
            Terminator::Throw { error, args } => {
                self.fill_row(args, row, place);
                self.word(Word::throw(error.0 as u16, row), place);
            }
            Terminator::Fail(args) => {
                self.fill_row(args, row, place);
                if let Some(ty) = args.first().map(|failure| self.ty(*failure)) {
                    self.word(Word::typed(Operator::Fail, ty, row, 0, 0), place);
                }
            }
            Terminator::Trap(kind) => self.word(Word::trap(*kind), place),
        }
        Vec::new()
    }

    /// Where an edge of a choice leads: to its target, or to a detour behind this block.
    fn way<'t>(&self, edge: &'t Edge, detours: &mut Detours<'t>) -> u16 {
        if self.moves(edge).is_empty() {
            return self.target(edge);
        }
        let known = detours.edges.iter().position(|known| *known == edge);
        let at = known.unwrap_or_else(|| {
            detours.edges.push(edge);
            detours.edges.len() - 1
        });
        (self.blocks.len() + at) as u16
    }

    fn inst(&mut self, inst: &Inst, row: u16) -> Emitted<()> {
        let place = inst.place;
        self.fill_row(row_of(&inst.op), row, place);
        self.copy_changed(inst);
        let to = inst.results.first().map_or(0, |result| self.register(*result));
        let word = match &inst.op {
            Op::Const(value) => Word::constant(value.scalar(), to, self.pool.number(value)?),
            Op::Unary { op, arg } => {
                Word::typed(unary(*op), self.ty(*arg), to, self.register(*arg), 0)
            }
            Op::Binary { op, left, right } => {
                let (left, right, ty) =
                    (self.register(*left), self.register(*right), self.ty(*left));
                Word::typed(binary(*op), ty, to, left, right)
            }
            Op::Cast { arg } => {
                let target = inst.results.first().map(|result| self.ty(*result));
                let from = self.ty(*arg);
                Word::typed(
                    Operator::Cast,
                    target.unwrap_or(from),
                    to,
                    self.register(*arg),
                    from.code(),
                )
            }
            Op::Call { function, .. } => Word::call(to, function.0 as u16, row),
            Op::StateLoad { field, .. } => self.state(Operator::StateLoad, to, *field, row),
            Op::StateHas { field, .. } => self.state(Operator::StateHas, to, *field, row),
            Op::StateRemove { field, .. } => self.state(Operator::StateRemove, 0, *field, row),
            Op::StateStore { field, value, .. } => {
                self.state(Operator::StateStore, self.register(*value), *field, row)
            }
            Op::StateInsert { field, value, .. } => {
                self.state(Operator::StateInsert, self.register(*value), *field, row)
            }
            Op::StateWalk { walk, field, keys } => {
                let along = walk
                    .along(keys)
                    .and_then(|at| key_operand(self.program.schema_number(*field).into(), at));
                let along = along.ok_or("state fields with loops over them")?;
                Word::untyped(walk_operator(*walk), to, along, row)
            }
            Op::Outside { what, args } => self.outside(*what, args, inst, to, row),
            Op::Context(kind) => Word::context(to, *kind),
            Op::Emit { event, .. } => Word::emit(event.0 as u16, row),
            Op::Assert { condition } => Word::assert(self.register(*condition), TrapKind::Assert),
            Op::Claim(_) => return Ok(()),
            op => self.heap_op(op, inst, row)?,
        };
        self.word(word, place);
        Ok(())
    }

    fn state(&self, op: Operator, register: u16, field: FieldId, row: u16) -> Word {
        Word::untyped(op, register, self.program.schema_number(field), row)
    }
}

/// Edges of a choice that need a block of their own.
#[derive(Default)]
struct Detours<'t> {
    edges: Vec<&'t Edge>,
}

/// For the variables of one block: from where to where each is in its register.
struct Ranges {
    start: u32,
    values: BTreeMap<ValueId, (u32, u32)>,
}

impl Ranges {
    fn new(start: u32) -> Ranges {
        Ranges { start, values: BTreeMap::new() }
    }

    fn defined(&mut self, value: ValueId, at: u32) {
        self.values.insert(value, (at, at));
    }

    /// A value that the block did not define was there from the start.
    fn used(&mut self, value: ValueId, at: u32) {
        self.values.entry(value).or_insert((self.start, at)).1 = at;
    }
}

fn walk_operator(walk: Walk) -> Operator {
    match walk {
        Walk::Any => Operator::StateAny,
        Walk::First => Operator::StateFirst,
        Walk::Last => Operator::StateLast,
        Walk::Next => Operator::StateNext,
        Walk::Prev => Operator::StatePrev,
    }
}

fn unary(op: UnaryOp) -> Operator {
    match op {
        UnaryOp::Neg => Operator::Neg,
        UnaryOp::Not => Operator::Not,
    }
}

fn binary(op: BinaryOp) -> Operator {
    match op {
        BinaryOp::Add => Operator::Add,
        BinaryOp::Sub => Operator::Sub,
        BinaryOp::Mul => Operator::Mul,
        BinaryOp::Div => Operator::Div,
        BinaryOp::Rem => Operator::Rem,
        BinaryOp::Shl => Operator::Shl,
        BinaryOp::Shr => Operator::Shr,
        BinaryOp::And => Operator::And,
        BinaryOp::Or => Operator::Or,
        BinaryOp::Xor => Operator::Xor,
        BinaryOp::WrappingAdd => Operator::WrapAdd,
        BinaryOp::WrappingSub => Operator::WrapSub,
        BinaryOp::WrappingMul => Operator::WrapMul,
        BinaryOp::Eq => Operator::Eq,
        BinaryOp::Ne => Operator::Ne,
        BinaryOp::Lt => Operator::Lt,
        BinaryOp::Le => Operator::Le,
        BinaryOp::Gt => Operator::Gt,
        BinaryOp::Ge => Operator::Ge,
    }
}
