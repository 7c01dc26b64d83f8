//! One function: its blocks as they are built, and what each variable is at the current place.
//!
//! Holds always: `at` is the block that is being filled, or nothing where control does not come;
//! `env` gives the value of every variable in scope there. Since control flow is structured, values
//! that differ where ways meet become parameters of the block where they meet ([`super::cfg`]), and
//! single assignment needs no later repair.

use deed_base::Span;

use super::Lowering;
use super::cfg::Env;
use super::loops::LoopFrame;
use crate::arena::{self, LocalId};
use crate::mir::{
    Block, BlockId, Const, Edge, FnKind, Function, Inst, LocalValues, Op, Terminator, TrapKind, Ty,
    ValueData, ValueId, compact,
};
use crate::thir;

/// Lowers a function of the package, or the `init` of a contract that has none.
pub(super) fn lower_function(lowering: &mut Lowering<'_>, id: Option<arena::FnId>) -> Function {
    let package = lowering.package;
    let source = id.map(|id| &package.functions[id]);
    let span = source.map_or(lowering.contract.name.span, |source| source.span);
    let result = source.and_then(|source| lowering.result_of(&source.result, span));
    let function = Function {
        name: source.map_or("init".into(), |source| name(package, source)),
        source: id,
        kind: source.map_or(FnKind::Init, |source| kind(source.kind)),
        results: result.into_iter().collect(),
        inouts: 0,
        values: Vec::new(),
        blocks: vec![open_block(span)],
        spec: source.map(|source| source.spec.clone()).unwrap_or_default(),
        locals: LocalValues::new(),
        claims: Vec::new(),
        span,
    };
    let locals = source.map_or(0, |source| source.locals.len());
    let mut builder = FnLowering {
        lowering,
        source,
        function,
        at: Some(BlockId::ENTRY),
        env: Env::new(locals),
        loops: Vec::new(),
        scope: Vec::new(),
    };
    builder.run();
    compact(&mut builder.function);
    builder.function
}

pub(super) struct FnLowering<'a, 'p> {
    pub(super) lowering: &'a mut Lowering<'p>,
    source: Option<&'p thir::Function>,
    pub(super) function: Function,
    pub(super) at: Option<BlockId>,
    pub(super) env: Env,
    /// The loops around the current place, the innermost last.
    pub(super) loops: Vec<LoopFrame>,
    /// The variables declared so far in the blocks around the current place.
    pub(super) scope: Vec<LocalId>,
}

impl FnLowering<'_, '_> {
    fn run(&mut self) {
        self.params();
        if self.function.kind == FnKind::Init {
            self.initial_values();
        }
        let Some(source) = self.source else {
            return self.end(self.function.span, Terminator::Return(Vec::new()));
        };
        self.requires(source);
        if let Some(body) = &source.body {
            self.block(body);
            self.end(body.span.at_end(), Terminator::Return(Vec::new()));
        }
    }

    fn params(&mut self) {
        let Some(source) = self.source else { return };
        for param in &source.params {
            let local = &source.locals[param.local];
            if param.mode == thir::ParamMode::Inout {
                self.not_yet(local.name.span, "`inout` parameters");
            }
            let ty = self.lowering.scalar_of(&local.ty, local.name.span);
            let name = Some(local.name.text.clone());
            let value = self.function.add_value(ValueData { ty, name, span: local.name.span });
            self.function.block_mut(BlockId::ENTRY).params.push(value);
            self.declare(param.local, value);
        }
        self.function.locals = self.env.snapshot();
    }

    /// Stores what fields hold before `init` runs.
    fn initial_values(&mut self) {
        let contract = self.lowering.contract;
        for (id, field) in contract.state.iter() {
            let Some(value) = &field.default else { continue };
            let span = field.name.span;
            let value = self.lowering.constant_of(value, &field.ty, span);
            let value = self.constant(value, span);
            let field = super::field_number(id);
            self.effect(Op::StateStore { field, keys: Vec::new(), value }, span);
        }
    }

    /// Tests the preconditions that run.
    fn requires(&mut self, source: &thir::Function) {
        for requires in &source.spec.requires {
            let Some(check) = &requires.check else { continue };
            let span = requires.clause.span;
            let Some(condition) = self.expr(check) else { return };
            let (holds, fails) = self.branch(condition, span);
            self.at = Some(fails);
            match &requires.otherwise {
                Some(throw) => self.throw(throw),
                None => self.end(span, Terminator::Trap(TrapKind::Requires)),
            }
            self.at = Some(holds);
        }
    }

    pub(super) fn not_yet(&mut self, span: Span, what: &str) {
        self.lowering.diagnostics.push(super::errors::not_yet(span, what));
    }

    /// Gives a variable its first value.
    pub(super) fn declare(&mut self, local: LocalId, value: ValueId) {
        self.scope.push(local);
        self.assign(local, value);
    }

    pub(super) fn assign(&mut self, local: LocalId, value: ValueId) {
        self.env.set(local, value);
        if let Some(source) = self.source {
            let data = &mut self.function.values[value.index()];
            data.name.get_or_insert_with(|| source.locals[local].name.text.clone());
        }
    }

    /// A new block, to be filled.
    pub(super) fn new_block(&mut self, span: Span) -> BlockId {
        self.function.blocks.push(open_block(span));
        BlockId(self.function.blocks.len() as u32 - 1)
    }

    /// Adds an instruction that gives a value.
    pub(super) fn value(&mut self, op: Op, ty: Ty, span: Span) -> ValueId {
        let result = self.function.add_value(ValueData { ty, name: None, span });
        self.push(Inst { results: vec![result], op, span });
        result
    }

    pub(super) fn constant(&mut self, value: Const, span: Span) -> ValueId {
        let ty = value.ty();
        self.value(Op::Const(value), ty, span)
    }

    /// Adds an instruction that gives nothing.
    pub(super) fn effect(&mut self, op: Op, span: Span) {
        self.push(Inst { results: Vec::new(), op, span });
    }

    fn push(&mut self, inst: Inst) {
        if let Some(at) = self.at {
            self.function.block_mut(at).insts.push(inst);
        }
    }

    /// Ends the current block, if control comes here.
    pub(super) fn end(&mut self, span: Span, terminator: Terminator) {
        if let Some(at) = self.at.take() {
            self.end_block(at, span, terminator);
        }
    }

    pub(super) fn end_block(&mut self, block: BlockId, span: Span, terminator: Terminator) {
        let block = self.function.block_mut(block);
        block.terminator = terminator;
        block.end = span;
    }

    /// Ends the current block by a branch, and gives the blocks of either side.
    pub(super) fn branch(&mut self, condition: ValueId, span: Span) -> (BlockId, BlockId) {
        let (then, otherwise) = (self.new_block(span), self.new_block(span));
        let edge = |target| Edge { target, args: Vec::new() };
        let terminator =
            Terminator::Branch { condition, then: edge(then), otherwise: edge(otherwise) };
        self.end(span, terminator);
        (then, otherwise)
    }
}

/// A block whose end is not known yet.
fn open_block(span: Span) -> Block {
    Block {
        params: Vec::new(),
        insts: Vec::new(),
        terminator: Terminator::Trap(TrapKind::Unreachable),
        loop_head: None,
        end: span,
    }
}

/// Functions of the contract go by their name, free ones by their full name, so all differ.
fn name(package: &thir::Package, source: &thir::Function) -> String {
    match (source.kind, source.contract()) {
        (thir::FnKind::Init, _) => "init".into(),
        (_, Some(_)) => source.name.text.clone(),
        (_, None) => package.full_name(source.module, None, &source.name.text),
    }
}

fn kind(kind: thir::FnKind) -> FnKind {
    match kind {
        thir::FnKind::Init => FnKind::Init,
        thir::FnKind::Entry { .. } => FnKind::Entry,
        thir::FnKind::View => FnKind::View,
        thir::FnKind::Private
        | thir::FnKind::Public
        | thir::FnKind::Spec
        | thir::FnKind::Native
        | thir::FnKind::Scheduled
        | thir::FnKind::Migrate
        | thir::FnKind::Upgrade
        | thir::FnKind::Test => FnKind::Private,
    }
}
