//! Writing functions of the middle form.

use deed_base::{SourceMap, Span};
use deed_bytecode::Module;
use deed_compiler::mir::{
    self, Block, BlockId, Const, Edge, FnKind, Function, Inst, IntTy, LocalValues, Op, Place,
    Program, Terminator, TrapKind, Ty, Types, ValueData, ValueId,
};
use deed_compiler::opt::{OptLevel, optimise};
use deed_compiler::thir::FnSpec;

pub(crate) const LEVELS: [OptLevel; 3] = [OptLevel::None, OptLevel::Basic, OptLevel::Full];

/// A function that is being written.
pub(crate) struct Writer {
    pub(crate) function: Function,
    pub(crate) at: BlockId,
}

impl Writer {
    pub(crate) fn new(name: &str, params: &[Ty], results: &[Ty]) -> Writer {
        let function = Function {
            name: name.into(),
            source: None,
            kind: FnKind::Private,
            results: results.to_vec(),
            inouts: 0,
            values: Vec::new(),
            blocks: Vec::new(),
            spec: FnSpec::default(),
            locals: LocalValues::new(),
            claims: Vec::new(),
            inlined: Vec::new(),
            span: Span::default(),
        };
        let mut writer = Writer { function, at: BlockId::ENTRY };
        writer.block(params);
        writer
    }

    fn add(&mut self, ty: Ty) -> ValueId {
        self.function.add_value(ValueData { ty, name: None, place: Place::default() })
    }

    pub(crate) fn ty(&self, value: ValueId) -> Ty {
        self.function.ty(value)
    }

    /// A new block, and its parameters.
    pub(crate) fn block(&mut self, params: &[Ty]) -> (BlockId, Vec<ValueId>) {
        let params: Vec<ValueId> = params.iter().map(|ty| self.add(*ty)).collect();
        self.function.blocks.push(Block {
            params: params.clone(),
            insts: Vec::new(),
            terminator: Terminator::Trap(TrapKind::Unreachable),
            loop_head: None,
            end: Place::default(),
        });
        (BlockId(self.function.blocks.len() as u32 - 1), params)
    }

    pub(crate) fn values(&mut self, op: Op, types: &[Ty]) -> Vec<ValueId> {
        let results: Vec<ValueId> = types.iter().map(|ty| self.add(*ty)).collect();
        let inst = Inst { results: results.clone(), op, place: Place::default() };
        self.function.block_mut(self.at).insts.push(inst);
        results
    }

    pub(crate) fn value(&mut self, op: Op, ty: Ty) -> ValueId {
        self.values(op, &[ty])[0]
    }

    pub(crate) fn number(&mut self, number: u64) -> ValueId {
        self.value(Op::Const(Const::Int(IntTy::U64, number.into())), Ty::U64)
    }

    pub(crate) fn end(&mut self, terminator: Terminator) {
        self.function.block_mut(self.at).terminator = terminator;
    }

    pub(crate) fn jump(&mut self, target: BlockId, args: &[ValueId]) {
        self.end(Terminator::Jump(edge(target, args)));
    }

    pub(crate) fn branch(&mut self, condition: ValueId, then: Edge, otherwise: Edge) {
        self.end(Terminator::Branch { condition, then, otherwise });
    }
}

pub(crate) fn edge(target: BlockId, args: &[ValueId]) -> Edge {
    Edge { target, args: args.to_vec() }
}

/// A program of these functions, each of them to be seen from outside.
pub(crate) fn program(types: Types, functions: Vec<Writer>) -> Program {
    let mut functions: Vec<Function> = functions.into_iter().map(|one| one.function).collect();
    functions.iter_mut().for_each(|function| function.kind = FnKind::View);
    Program {
        name: "test.T".into(),
        types,
        state: Vec::new(),
        errors: Vec::new(),
        events: Vec::new(),
        imports: Vec::new(),
        functions,
        invariants: Vec::new(),
    }
}

/// The text after optimisation, and the module, which is valid.
#[track_caller]
pub(crate) fn compiled(program: &Program, level: OptLevel) -> (String, Module) {
    if let Err(invalid) = mir::validate(program) {
        panic!("{invalid}\n{}", mir::print(program));
    }
    let mut after = program.clone();
    optimise(&mut after, level);
    let text = mir::print(&after);
    let module = deed_compiler::codegen::generate(&after, &sources(), &Default::default())
        .expect("it is small");
    if let Err(error) = deed_bytecode::validate(module.clone()) {
        let listing = deed_bytecode::listing(&module);
        panic!("{level:?}: {error}\n{}\n{text}\n{listing}", mir::print(program));
    }
    (text, module)
}

/// One empty file, for spans to point to.
fn sources() -> SourceMap {
    let mut map = SourceMap::default();
    map.add("test.deed", "");
    map
}
