//! Writing modules in Rust: for the code generator and for tests.
//!
//! A [`ModuleBuilder`] collects tables; constants are kept once each. Functions are declared
//! first, so that they can call each other, and then written with a [`FunctionBuilder`], which
//! hands out registers and fills blocks. What blocks expect is found by
//! [`crate::liveness`] when a function is put in. Nothing is checked here but that numbers
//! fit: the module is validated as every other.
//!
//! ```
//! use deed_bytecode::builder::ModuleBuilder;
//! use deed_bytecode::{Const, FunctionKind, Op, Ty, validate};
//!
//! let mut module = ModuleBuilder::new("demo.Counter");
//! let double = module.declare("double", FunctionKind::View, &[Ty::U64], &[Ty::U64]);
//! let mut code = module.function(double);
//! let two = code.constant(Const::int(Ty::U64, 2u8).unwrap());
//! let product = code.binary(Op::Mul, Ty::U64, code.param(0), two);
//! code.ret(product);
//! code.finish();
//! assert!(validate(module.finish().unwrap()).is_ok());
//! ```

use crate::inst::Inst;
use crate::kinds::{ContextKind, FunctionKind};
use crate::liveness::infer_live_in;
use crate::module::{Block, Const, ErrorDef, EventDef, Function, Module, StateField};
use crate::op::{Op, Shape};
use crate::ty::Ty;
use std::collections::HashMap;
use std::fmt;

/// More entries or registers than instructions can name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooLarge {
    /// What there is too much of.
    pub what: &'static str,
    /// The function in which it was asked for, if it was in one.
    pub function: Option<String>,
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(function) = &self.function {
            write!(f, "in `{function}`: ")?;
        }
        write!(f, "more {} than a module can hold", self.what)
    }
}

impl std::error::Error for TooLarge {}

/// Collects a module.
#[derive(Debug, Default)]
pub struct ModuleBuilder {
    module: Module,
    consts: HashMap<Const, u16>,
    /// The first overflow; everything after it is made up and thrown away.
    overflow: Option<TooLarge>,
}

impl ModuleBuilder {
    pub fn new(name: impl Into<String>) -> ModuleBuilder {
        let module = Module { name: name.into(), ..Module::default() };
        ModuleBuilder { module, ..ModuleBuilder::default() }
    }

    /// The module so far, for what has no method of its own: the ABI, debug tables.
    pub fn module_mut(&mut self) -> &mut Module {
        &mut self.module
    }

    /// The index of a constant in the pool.
    pub fn constant(&mut self, value: Const) -> u16 {
        if let Some(index) = self.consts.get(&value) {
            return *index;
        }
        let index = self.number(self.module.consts.len(), "constants");
        self.module.consts.push(value);
        self.consts.insert(value, index);
        index
    }

    pub fn field(&mut self, field: StateField) -> u16 {
        self.module.schema.push(field);
        self.number(self.module.schema.len() - 1, "state fields")
    }

    pub fn error(&mut self, error: ErrorDef) -> u16 {
        self.module.errors.push(error);
        self.number(self.module.errors.len() - 1, "errors")
    }

    pub fn event(&mut self, event: EventDef) -> u16 {
        self.module.events.push(event);
        self.number(self.module.events.len() - 1, "events")
    }

    /// Declares a function, to be written with [`ModuleBuilder::function`].
    pub fn declare(
        &mut self,
        name: impl Into<String>,
        kind: FunctionKind,
        params: &[Ty],
        results: &[Ty],
    ) -> u16 {
        let (params, results) = (params.to_vec(), results.to_vec());
        let name = name.into();
        self.module.functions.push(Function {
            name,
            kind,
            params,
            results,
            slots: 0,
            blocks: vec![],
        });
        self.number(self.module.functions.len() - 1, "functions")
    }

    /// Writes the body of a declared function, in its first block to begin with.
    ///
    /// # Panics
    /// If there is no such function.
    pub fn function(&mut self, index: u16) -> FunctionBuilder<'_> {
        let params = self.module.functions[usize::from(index)].params.clone();
        let mut builder = FunctionBuilder {
            module: self,
            index,
            blocks: vec![Block::default()],
            current: 0,
            slots: 0,
            params: Vec::with_capacity(params.len()),
        };
        for ty in params {
            let reg = builder.register(ty);
            builder.params.push(reg);
        }
        builder
    }

    /// The module.
    ///
    /// # Errors
    /// If something did not fit the numbers of instructions.
    pub fn finish(self) -> Result<Module, TooLarge> {
        match self.overflow {
            Some(overflow) => Err(overflow),
            None => Ok(self.module),
        }
    }

    fn number(&mut self, index: usize, what: &'static str) -> u16 {
        u16::try_from(index).unwrap_or_else(|_| {
            self.overflow.get_or_insert(TooLarge { what, function: None });
            0
        })
    }
}

/// Writes one function. Registers are never used for a second purpose; a producer that
/// allocates its own pushes instructions with [`FunctionBuilder::push`] alone and says how
/// many slots it took with [`FunctionBuilder::reserve`].
#[derive(Debug)]
pub struct FunctionBuilder<'m> {
    module: &'m mut ModuleBuilder,
    index: u16,
    blocks: Vec<Block>,
    current: u16,
    slots: u16,
    params: Vec<u16>,
}

impl FunctionBuilder<'_> {
    /// The register of a parameter.
    ///
    /// # Panics
    /// If there is no such parameter.
    pub fn param(&self, index: usize) -> u16 {
        self.params[index]
    }

    /// A fresh register for a value of this type.
    pub fn register(&mut self, ty: Ty) -> u16 {
        self.registers(&[ty])
    }

    /// The first of fresh consecutive registers for values of these types.
    pub fn registers(&mut self, types: &[Ty]) -> u16 {
        if types.is_empty() {
            return 0;
        }
        let base = self.slots;
        let end = usize::from(base) + Ty::total_slots(types);
        self.slots = u16::try_from(end).unwrap_or_else(|_| self.too_many("registers"));
        base
    }

    /// Makes the frame at least this large.
    pub fn reserve(&mut self, slots: u16) {
        self.slots = self.slots.max(slots);
    }

    /// A new, empty block.
    pub fn block(&mut self) -> u16 {
        let number = self.blocks.len();
        self.blocks.push(Block::default());
        u16::try_from(number).unwrap_or_else(|_| self.too_many("blocks"))
    }

    /// Goes on writing at the end of this block.
    ///
    /// # Panics
    /// If there is no such block.
    pub fn switch_to(&mut self, block: u16) {
        assert!(usize::from(block) < self.blocks.len(), "no block {block}");
        self.current = block;
    }

    /// The block being written.
    pub fn current(&self) -> u16 {
        self.current
    }

    pub fn push(&mut self, inst: Inst) {
        self.blocks[usize::from(self.current)].code.push(inst);
    }

    pub fn constant(&mut self, value: Const) -> u16 {
        let index = self.module.constant(value);
        let dst = self.register(value.ty());
        self.push(Inst::constant(value.ty(), dst, index));
        dst
    }

    /// A typed operator of one operand.
    pub fn unary(&mut self, op: Op, ty: Ty, operand: u16) -> u16 {
        let dst = self.register(ty);
        self.push(Inst::typed(op, ty, dst, operand, 0));
        dst
    }

    /// A typed operator of two operands; comparisons give a `bool`.
    pub fn binary(&mut self, op: Op, ty: Ty, left: u16, right: u16) -> u16 {
        let compares = op.info().roles[0] == crate::op::Role::Def(Shape::Bool);
        let dst = self.register(if compares { Ty::Bool } else { ty });
        self.push(Inst::typed(op, ty, dst, left, right));
        dst
    }

    pub fn cast(&mut self, to: Ty, src: u16, from: Ty) -> u16 {
        let dst = self.register(to);
        self.push(Inst::cast(to, dst, src, from));
        dst
    }

    pub fn context(&mut self, kind: ContextKind) -> u16 {
        let dst = self.register(kind.ty());
        self.push(Inst::context(dst, kind));
        dst
    }

    /// Copies values into fresh consecutive registers, as arguments, keys and data must lie.
    pub fn gather(&mut self, values: &[(u16, Ty)]) -> u16 {
        let types: Vec<Ty> = values.iter().map(|(_, ty)| *ty).collect();
        let base = self.registers(&types);
        let mut dst = base;
        for (src, ty) in values {
            self.push(Inst::mov(*ty, dst, *src));
            dst = dst.saturating_add(ty.slots());
        }
        base
    }

    /// Calls with gathered arguments; gives the register of the first result.
    ///
    /// # Panics
    /// If there is no such function.
    pub fn call(&mut self, function: u16, arguments: u16) -> u16 {
        let results = self.module.module.functions[usize::from(function)].results.clone();
        let dst = self.registers(&results);
        self.push(Inst::call(dst, function, arguments));
        dst
    }

    /// An operator on state entries that gives something: load, has, find.
    ///
    /// # Panics
    /// If there is no such field, or the operator gives nothing.
    pub fn state_read(&mut self, op: Op, field: u16, keys: u16) -> u16 {
        let value = self.module.module.schema[usize::from(field)].value;
        let dst = match op {
            Op::StateLoad => self.register(value),
            Op::StateHas => self.register(Ty::Bool),
            Op::StateFind => self.registers(&[Ty::Bool, value]),
            _ => panic!("{op:?} reads no state"),
        };
        self.push(Inst::untyped(op, dst, field, keys));
        dst
    }

    pub fn jump(&mut self, block: u16) {
        self.push(Inst::jump(block));
    }

    pub fn branch(&mut self, condition: u16, then: u16, otherwise: u16) {
        self.push(Inst::branch(condition, then, otherwise));
    }

    pub fn ret(&mut self, base: u16) {
        self.push(Inst::ret(base));
    }

    /// Puts the function into its module and finds what its blocks expect.
    pub fn finish(self) {
        let module = &mut self.module.module;
        let function = &mut module.functions[usize::from(self.index)];
        function.slots = self.slots;
        function.blocks = self.blocks;
        infer_live_in(module, self.index);
    }

    fn too_many(&mut self, what: &'static str) -> u16 {
        let name = self.module.module.functions[usize::from(self.index)].name.clone();
        self.module.overflow.get_or_insert(TooLarge { what, function: Some(name) });
        0
    }
}
