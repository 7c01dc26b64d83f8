//! One function: its blocks as they are built, and what each variable is at the current place.
//!
//! Holds always: `at` is the block that is being filled, or nothing where control does not come;
//! `env` gives the value of every variable in scope there. Since control flow is structured, values
//! that differ where ways meet become parameters of the block where they meet ([`super::cfg`]), and
//! single assignment needs no later repair.

use std::collections::HashMap;

use deed_base::Span;

use super::Lowering;
use super::apply::Callee;
use super::arguments::lower_fits;
use super::cfg::Env;
use super::checks::Checks;
use super::exits::End;
use super::instance::{ClosureWork, Exits, Instance, Passed, Work};
use super::loops::LoopFrame;
use super::storage::{NodeId, Stored, lower_whole};
use crate::arena::{self, Arena, LocalId};
use crate::mir::{
    Block, BlockId, Const, Edge, FnKind, Function, Inst, LocalValues, Op, Terminator, TrapKind, Ty,
    ValueData, ValueId, compact,
};
use crate::thir::{self, FnOwner};
use crate::ty;

/// Lowers a function of the package, or a closure in one.
pub(super) fn lower_work(lowering: &mut Lowering<'_>, work: &Work) -> Function {
    match work {
        Work::Instance(instance) => lower_instance(lowering, instance),
        Work::Closure(closure) => lower_closure(lowering, closure),
        Work::Whole(work) => lower_whole(lowering, *work),
        Work::SilentInit => lower_silent_init(lowering),
        Work::Fits(of) => lower_fits(lowering, of),
    }
}

fn lower_instance(lowering: &mut Lowering<'_>, instance: &Instance) -> Function {
    let package = lowering.package;
    let source = &package.functions[instance.function];
    let types = instance.substitution(package);
    let name = instance_name(lowering, source, instance);
    let mut builder = FnLowering::new(lowering, Some(instance.function), types, name, source.span);
    builder.function.kind = kind(source.kind);
    builder.function.spec = source.spec.clone();
    builder.run(source, instance);
    builder.finish()
}

fn lower_closure(lowering: &mut Lowering<'_>, closure: &ClosureWork) -> Function {
    let package = lowering.package;
    let source = &package.functions[closure.around];
    let number = lowering.program.functions.len();
    let name = format!("{}.{}{number}", function_name(package, source), closure.word);
    let around = Some(closure.around);
    let mut builder = FnLowering::new(lowering, around, closure.types.clone(), name, closure.span);
    builder.run_closure(source, closure);
    builder.finish()
}

/// A private function that nobody wrote.
pub(super) fn lower_made(
    lowering: &mut Lowering<'_>,
    name: String,
    span: Span,
    fill: impl FnOnce(&mut FnLowering<'_, '_>),
) -> Function {
    let mut builder = FnLowering::new(lowering, None, thir::Substitution::new(), name, span);
    fill(&mut builder);
    builder.finish()
}

/// The `init` of a contract that has none.
fn lower_silent_init(lowering: &mut Lowering<'_>) -> Function {
    let span = lowering.contract.name.span;
    let mut builder =
        FnLowering::new(lowering, None, thir::Substitution::new(), "init".into(), span);
    builder.function.kind = FnKind::Init;
    builder.initial_values();
    builder.return_value(None, span);
    builder.finish()
}

pub(super) struct FnLowering<'a, 'p> {
    pub(super) lowering: &'a mut Lowering<'p>,
    /// The function of the package whose variables there are.
    pub(super) source: Option<arena::FnId>,
    /// What the type parameters stand for.
    pub(super) types: thir::Substitution,
    /// What the parameters of function type stand for.
    pub(super) passed: HashMap<LocalId, Callee>,
    /// The variables that are places in the state.
    pub(super) aliases: HashMap<LocalId, Stored>,
    /// The parameters whose last value goes back to the caller.
    pub(super) inout: Vec<LocalId>,
    /// The type of what `return` gives.
    pub(super) result: ty::Ty,
    /// In the block of a `try` that may be left before its end: the enum that tells how.
    pub(super) ending: Option<Ty>,
    pub(super) function: Function,
    pub(super) at: Option<BlockId>,
    pub(super) env: Env,
    /// The loops around the current place, the innermost last.
    pub(super) loops: Vec<LoopFrame>,
    /// What the tests of clauses need to know, where clauses are tested.
    pub(super) checks: Checks,
    /// The variables declared so far in the blocks around the current place.
    pub(super) scope: Vec<LocalId>,
}

impl<'a, 'p> FnLowering<'a, 'p> {
    fn new(
        lowering: &'a mut Lowering<'p>,
        source: Option<arena::FnId>,
        types: thir::Substitution,
        name: String,
        span: Span,
    ) -> FnLowering<'a, 'p> {
        let locals = source.map_or(0, |id| lowering.package.functions[id].locals.len());
        let function = Function {
            name,
            source,
            kind: FnKind::Private,
            results: Vec::new(),
            inouts: 0,
            values: Vec::new(),
            blocks: vec![open_block(span)],
            spec: thir::FnSpec::default(),
            locals: LocalValues::new(),
            claims: Vec::new(),
            inlined: Vec::new(),
            span,
        };
        FnLowering {
            lowering,
            source,
            types,
            passed: HashMap::new(),
            aliases: HashMap::new(),
            inout: Vec::new(),
            result: ty::Ty::Unit,
            ending: None,
            function,
            at: Some(BlockId::ENTRY),
            env: Env::new(locals),
            loops: Vec::new(),
            checks: Checks::default(),
            scope: Vec::new(),
        }
    }

    fn finish(mut self) -> Function {
        compact(&mut self.function);
        self.function
    }

    fn run(&mut self, source: &thir::Function, instance: &Instance) {
        self.params(&source.params, &source.locals, &instance.places);
        self.passed_functions(&source.params, &source.locals, &instance.functions);
        for (at, node) in &instance.places {
            self.passed_place(source.params[*at].local, *node);
        }
        self.function.locals = self.env.snapshot();
        self.set_results(source.result.clone(), source.span);
        self.check_arguments(source);
        if self.function.kind == FnKind::Init {
            self.initial_values();
        }
        self.check_start(source);
        self.requires(source);
        if let Some(body) = &source.body {
            self.block(body);
            self.return_value(None, body.span.at_end());
        }
    }

    /// Tests what comes from outside, where the function is called from there.
    fn check_arguments(&mut self, source: &thir::Function) {
        if self.function.kind == FnKind::Private {
            return;
        }
        for param in &source.params {
            let local = &source.locals[param.local];
            if let Some(value) = self.env.get(param.local) {
                self.check_argument(value, &local.ty, local.name.span);
            }
        }
    }

    fn run_closure(&mut self, source: &thir::Function, closure: &ClosureWork) {
        let locals = &source.locals;
        for local in &closure.captures {
            self.param(*local, &locals[*local]);
        }
        for (local, passed) in &closure.functions {
            self.passed_function(*local, passed, closure.span);
        }
        for (local, node) in &closure.places {
            self.passed_place(*local, *node);
        }
        self.params(&closure.params, locals, &[]);
        self.inout.extend(&closure.inout);
        match closure.exits.clone() {
            None => self.set_results(closure.result.clone(), closure.span),
            Some(exits) => self.set_exits(exits),
        }
        let value = self.block(&closure.body);
        self.end_as(End::Through, value, closure.body.span.at_end());
    }

    /// Declares the parameters that are values.
    fn params(
        &mut self,
        params: &[thir::Param],
        locals: &Arena<LocalId, thir::Local>,
        places: &[(usize, NodeId)],
    ) {
        for (at, param) in params.iter().enumerate() {
            let local = &locals[param.local];
            let is_place = places.iter().any(|(place, _)| *place == at);
            if is_place || matches!(local.ty, ty::Ty::Fn(_)) {
                continue;
            }
            if param.mode == thir::ParamMode::Inout {
                self.inout.push(param.local);
            }
            self.param(param.local, local);
        }
    }

    fn param(&mut self, id: LocalId, local: &thir::Local) {
        let ty = self.machine(&local.ty, local.name.span);
        let value = self.plain_param(ty, Some(local.name.text.to_string()), local.name.span);
        self.declare(id, value);
    }

    pub(super) fn plain_param(&mut self, ty: Ty, name: Option<String>, span: Span) -> ValueId {
        let value = self.function.add_value(ValueData { ty, name, place: span.into() });
        self.function.block_mut(BlockId::ENTRY).params.push(value);
        value
    }

    /// Declares the parameters of function type: what they have copies of are parameters.
    fn passed_functions(
        &mut self,
        params: &[thir::Param],
        locals: &Arena<LocalId, thir::Local>,
        passed: &[Passed],
    ) {
        let functions = params.iter().filter(|p| matches!(locals[p.local].ty, ty::Ty::Fn(_)));
        for (param, passed) in functions.zip(passed) {
            self.passed_function(param.local, passed, locals[param.local].name.span);
        }
    }

    fn passed_function(&mut self, local: LocalId, passed: &Passed, span: Span) {
        let captures = passed.captures.iter().map(|ty| self.plain_param(*ty, None, span)).collect();
        self.passed.insert(local, Callee { passed: passed.clone(), captures });
    }

    /// Declares a parameter that is a place in the state: its keys are parameters.
    fn passed_place(&mut self, local: LocalId, node: NodeId) {
        let field = self.lowering.row_of(node);
        let row = self.lowering.program.field(field);
        let (types, span) = (row.keys[..self.lowering.storage.depth(node)].to_vec(), row.span);
        let keys = types.into_iter().map(|ty| self.plain_param(ty, None, span)).collect();
        self.aliases.insert(local, Stored { node, keys });
    }

    /// The result, and then the last value of each `inout` parameter.
    fn set_results(&mut self, result: ty::Ty, span: Span) {
        let results = self.result_types(&result, span);
        self.set_machine_results(results);
        self.result = result;
    }

    fn set_machine_results(&mut self, mut results: Vec<Ty>) {
        let inout = self.inout.iter().filter_map(|local| self.env.get(*local));
        results.extend(inout.map(|value| self.function.ty(value)));
        self.function.inouts = self.inout.len();
        self.function.results = results;
    }

    fn set_exits(&mut self, exits: Exits) {
        self.set_machine_results(vec![exits.ending]);
        self.ending = Some(exits.ending);
        self.result = exits.result;
    }

    /// `return`: leaves the function of the source, if control comes here.
    pub(super) fn return_value(&mut self, value: Option<ValueId>, span: Span) {
        self.end_as(End::Return, value, span);
    }

    /// Returns to the caller, which in the block of a `try` learns how it ended.
    pub(super) fn end_as(&mut self, end: End, value: Option<ValueId>, span: Span) {
        let value = match self.ending.filter(|_| self.at.is_some()) {
            Some(ending) => {
                Some(self.variant(ending, end as usize, value.into_iter().collect(), span))
            }
            None => {
                if end == End::Return {
                    self.check_return(value);
                }
                value
            }
        };
        let inout = self.inout.iter().filter_map(|local| self.env.get(*local));
        let values = value.into_iter().chain(inout).collect();
        self.end(span, Terminator::Return(values));
    }

    /// Stores what fields hold before `init` runs.
    fn initial_values(&mut self) {
        let contract = self.lowering.contract;
        for (id, field) in contract.state.iter() {
            let Some(value) = field.default.as_ref().filter(|_| !field.ghost) else { continue };
            let span = field.name.span;
            let Some(value) = self.literal(value, &field.ty, span) else { return };
            let node = self.lowering.storage.root(super::field_number(id));
            self.store_whole(&Stored { node, keys: Vec::new() }, value, span);
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
            let locals = &self.lowering.package.functions[source].locals;
            let data = &mut self.function.values[value.index()];
            data.name.get_or_insert_with(|| locals[local].name.text.to_string());
        }
    }

    /// A new block, to be filled.
    pub(super) fn new_block(&mut self, span: Span) -> BlockId {
        self.function.blocks.push(open_block(span));
        BlockId(self.function.blocks.len() as u32 - 1)
    }

    /// Adds an instruction that gives a value.
    pub(super) fn value(&mut self, op: Op, ty: Ty, span: Span) -> ValueId {
        let result = self.function.add_value(ValueData { ty, name: None, place: span.into() });
        self.push(Inst { results: vec![result], op, place: span.into() });
        result
    }

    /// Adds an instruction that gives values of these types.
    pub(super) fn values(&mut self, op: Op, types: &[Ty], span: Span) -> Vec<ValueId> {
        let data = |ty: &Ty| ValueData { ty: *ty, name: None, place: span.into() };
        let results: Vec<ValueId> =
            types.iter().map(|ty| self.function.add_value(data(ty))).collect();
        self.push(Inst { results: results.clone(), op, place: span.into() });
        results
    }

    pub(super) fn constant(&mut self, value: Const, span: Span) -> ValueId {
        let ty = value.ty();
        self.value(Op::Const(value), ty, span)
    }

    /// Adds an instruction that gives nothing.
    pub(super) fn effect(&mut self, op: Op, span: Span) {
        self.push(Inst { results: Vec::new(), op, place: span.into() });
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
        block.end = span.into();
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
        end: span.into(),
    }
}

/// Functions of the contract go by their name, free ones by their full name, methods by that of
/// their type besides.
fn function_name(package: &thir::Package, source: &thir::Function) -> String {
    let name = &source.name.text;
    let within = |of: &str| package.full_name(source.module, None, &format!("{of}.{name}"));
    match (source.kind, source.owner) {
        (thir::FnKind::Init, _) => "init".into(),
        (_, FnOwner::Contract(_)) => name.to_string(),
        (_, FnOwner::Struct(id)) => within(&package.structs[id].name.text),
        (_, FnOwner::Enum(id)) => within(&package.enums[id].name.text),
        (_, FnOwner::Impl(id)) => within(&package.type_word(&package.impls[id].target)),
        (_, FnOwner::Trait(id)) => within(&package.traits[id].name.text),
        _ => package.full_name(source.module, None, name),
    }
}

/// As `function_name`, with the types and functions that make this instance another than the next.
fn instance_name(lowering: &Lowering<'_>, source: &thir::Function, of: &Instance) -> String {
    let package = lowering.package;
    let name = function_name(package, source);
    let types = of.types.iter().map(|ty| package.type_name(ty));
    let passed = of.functions.iter().map(|passed| passed.function.to_string());
    match types.chain(passed).collect::<Vec<_>>().join(", ") {
        none if none.is_empty() => name,
        args => format!("{name}<{args}>"),
    }
}

fn kind(kind: thir::FnKind) -> FnKind {
    match kind {
        thir::FnKind::Init => FnKind::Init,
        thir::FnKind::Entry { payable: true } => FnKind::Payable,
        thir::FnKind::Entry { payable: false } => FnKind::Entry,
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
