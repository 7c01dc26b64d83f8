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
//!
//! Registers of heap types own their value: [`FunctionBuilder::gather`], a call, a return or a
//! store takes it, [`FunctionBuilder::dup`] makes another owner before, and whatever is left is
//! dropped where it is used last. To change a part of a value in place, take the value apart or
//! swap the part out; a part that is read while the value keeps it has two owners, and is copied
//! when it is changed. A value that lives into a block which throws is dropped there, or before.
//!
//! ```
//! use deed_bytecode::builder::ModuleBuilder;
//! use deed_bytecode::{FunctionKind, Op, Ty, Type, validate};
//!
//! let mut module = ModuleBuilder::new("demo.Notes");
//! let string = module.string();
//! let tags = module.vec(string);
//! let note = module.record("demo.Note", &[Ty::U64.into(), tags]);
//! let tag = module.declare("tag", FunctionKind::Private, &[note, string], &[note]);
//! let mut code = module.function(tag);
//! let fields = code.heap(Op::RecordOpen, note, &[code.param(0)]);
//! code.heap(Op::VecPush, tags, &[fields + 1, code.param(1)]);
//! let changed = code.heap(Op::RecordMake, note, &[fields]);
//! code.ret(changed);
//! code.finish();
//! assert!(validate(module.finish().unwrap()).is_ok());
//! ```

use crate::inst::Inst;
use crate::kinds::{ContextKind, FunctionKind};
use crate::liveness::infer_live_in;
use crate::module::{Block, Const, ErrorDef, EventDef, Function, Module, StateField};
use crate::op::{Op, Role, Shape};
use crate::ty::Ty;
use crate::types::{HeapType, Type};
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
    types: HashMap<HeapType, u16>,
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

    /// The heap type `string`.
    pub fn string(&mut self) -> Type {
        self.heap_type(HeapType::String)
    }

    /// The heap type `bytes`.
    pub fn bytes(&mut self) -> Type {
        self.heap_type(HeapType::Bytes)
    }

    /// The heap type `Vec<element>`.
    pub fn vec(&mut self, element: impl Into<Type>) -> Type {
        self.heap_type(HeapType::Vec(element.into()))
    }

    /// The heap type `Map<key, value>`.
    pub fn map(&mut self, key: impl Into<Type>, value: impl Into<Type>) -> Type {
        self.heap_type(HeapType::Map { key: key.into(), value: Some(value.into()) })
    }

    /// The heap type `Set<element>`.
    pub fn set(&mut self, element: impl Into<Type>) -> Type {
        self.heap_type(HeapType::Map { key: element.into(), value: None })
    }

    /// A struct or tuple by its full name.
    pub fn record(&mut self, name: impl Into<String>, fields: &[Type]) -> Type {
        self.heap_type(HeapType::Record { name: name.into(), fields: fields.to_vec() })
    }

    /// An enum by its full name, with the payload of each variant.
    pub fn enumeration(&mut self, name: impl Into<String>, variants: &[&[Type]]) -> Type {
        let variants = variants.iter().map(|payload| payload.to_vec()).collect();
        self.heap_type(HeapType::Enum { name: name.into(), variants })
    }

    /// `Option<inner>`: variant 0 is `None`, variant 1 `Some`.
    pub fn option(&mut self, inner: impl Into<Type>) -> Type {
        let inner = inner.into();
        let name = format!("Option<{}>", inner.text(&self.module.types));
        self.enumeration(name, &[&[], &[inner]])
    }

    /// The type in the table, put there if need be. Numbers of types change when the module is
    /// finished and its table sorted; whoever keeps one looks it up again by name.
    pub fn heap_type(&mut self, ty: HeapType) -> Type {
        if let Some(index) = self.types.get(&ty) {
            return Type::Heap(*index);
        }
        let index = self.number(self.module.types.len(), "types");
        self.module.types.push(ty.clone());
        self.types.insert(ty, index);
        Type::Heap(index)
    }

    /// A record or enum that contains itself: `define` is given its own type and makes no other
    /// ones. One of this name that is there already is taken.
    ///
    /// # Panics
    /// If `define` makes no record or enum.
    pub fn recursive(&mut self, define: impl FnOnce(Type) -> HeapType) -> Type {
        let index = self.number(self.module.types.len(), "types");
        let ty = define(Type::Heap(index));
        assert!(ty.element().is_none(), "a vector is not recursive");
        let known = self.module.types.iter().position(|known| known.table_order(&ty).is_eq());
        match known {
            Some(known) => Type::Heap(self.number(known, "types")),
            None => self.heap_type(ty),
        }
    }

    /// The index of a literal's data.
    pub fn data(&mut self, bytes: &[u8]) -> u16 {
        let at = self.module.data.iter().position(|data| data == bytes);
        let at = at.unwrap_or_else(|| {
            self.module.data.push(bytes.to_vec());
            self.module.data.len() - 1
        });
        self.number(at, "literals")
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
        params: &[impl Into<Type> + Copy],
        results: &[impl Into<Type> + Copy],
    ) -> u16 {
        let params = params.iter().map(|ty| (*ty).into()).collect();
        let results = results.iter().map(|ty| (*ty).into()).collect();
        let name = name.into();
        self.module.functions.push(Function {
            name,
            kind,
            params,
            results,
            slots: 0,
            tables: vec![],
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
            tables: Vec::new(),
        };
        for ty in params {
            let reg = builder.register(ty);
            builder.params.push(reg);
        }
        builder
    }

    /// The module, its table of types sorted.
    ///
    /// # Errors
    /// If something did not fit the numbers of instructions.
    pub fn finish(mut self) -> Result<Module, TooLarge> {
        match self.overflow {
            Some(overflow) => Err(overflow),
            None => {
                self.module.sort_types();
                Ok(self.module)
            }
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
    /// Where each switch leads, with its place, in the order in which they were written.
    tables: Vec<Table>,
}

/// A jump table before the order of the code is known.
#[derive(Debug)]
struct Table {
    block: u16,
    targets: Vec<u16>,
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
    pub fn register(&mut self, ty: impl Into<Type>) -> u16 {
        self.registers(&[ty.into()])
    }

    /// The first of fresh consecutive registers for values of these types.
    pub fn registers(&mut self, types: &[impl Into<Type> + Copy]) -> u16 {
        if types.is_empty() {
            return 0;
        }
        let base = self.slots;
        let slots = types.iter().map(|ty| usize::from((*ty).into().slots()));
        let end = usize::from(base) + slots.sum::<usize>();
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
    pub fn unary(&mut self, op: Op, ty: impl Into<Type>, operand: u16) -> u16 {
        let ty = ty.into();
        let dst = self.register(ty);
        self.push(Inst::typed(op, ty, dst, operand, 0));
        dst
    }

    /// A typed operator of two operands; comparisons give a `bool`.
    pub fn binary(&mut self, op: Op, ty: impl Into<Type>, left: u16, right: u16) -> u16 {
        let ty = ty.into();
        let compares = op.info().roles[0] == Role::Def(Shape::Bool);
        let dst = self.register(if compares { Ty::Bool.into() } else { ty });
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

    /// Moves values into fresh consecutive registers, as arguments, keys and data must lie.
    /// Heap values are gone from where they were.
    pub fn gather(&mut self, values: &[(u16, impl Into<Type> + Copy)]) -> u16 {
        let types: Vec<Type> = values.iter().map(|(_, ty)| (*ty).into()).collect();
        let base = self.registers(&types);
        let mut dst = base;
        for ((src, _), ty) in values.iter().zip(types) {
            self.push(Inst::mov(ty, dst, *src));
            dst = dst.saturating_add(ty.slots());
        }
        base
    }

    /// A heap operator by its table row: makes fresh registers for what it writes, and gives
    /// the first. `operands` are those that the operator does not write, in the order of the
    /// row; what it changes is among them.
    ///
    /// # Panics
    /// If the operator takes another number of operands, or its type or an index is not one.
    pub fn heap(&mut self, op: Op, ty: Type, operands: &[u16]) -> u16 {
        let mut given = operands.iter().copied();
        let mut inst = Inst::typed(op, ty, 0, 0, 0);
        for (at, role) in op.info().roles.into_iter().enumerate() {
            if !matches!(role, Role::Unused | Role::Def(_)) {
                let operand = given.next().expect("an operand for each role");
                *[&mut inst.a, &mut inst.b, &mut inst.c][at] = operand;
            }
        }
        assert!(given.next().is_none(), "`{op:?}` takes fewer operands");
        if let Role::Def(shape) = op.info().roles[0] {
            let module = &self.module.module;
            let types = module.types(&module.functions[usize::from(self.index)], inst, shape);
            let types: Vec<Type> = types.expect("an operator for this type").iter().collect();
            inst.a = self.registers(&types);
        }
        self.push(inst);
        inst.a
    }

    /// A new `string`, `bytes` or vector of scalars of these bytes.
    pub fn literal(&mut self, ty: Type, bytes: &[u8]) -> u16 {
        let data = self.module.data(bytes);
        self.heap(Op::Literal, ty, &[data])
    }

    /// A second owner of a heap value.
    pub fn dup(&mut self, ty: Type, value: u16) -> u16 {
        self.heap(Op::Dup, ty, &[value])
    }

    pub fn drop(&mut self, ty: Type, value: u16) {
        self.push(Inst::typed(Op::Drop, ty, value, 0, 0));
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

    /// An operator on state entries that gives something: load, has, find, or a walk.
    ///
    /// # Panics
    /// If there is no such field, or the operator gives nothing of it.
    pub fn state_read(&mut self, op: Op, field: u16, keys: u16) -> u16 {
        let module = &self.module.module;
        let (inst, function) = (Inst::untyped(op, 0, field, keys), usize::from(self.index));
        let types = match op.info().roles[0] {
            Role::Def(shape) => module.types(&module.functions[function], inst, shape),
            _ => None,
        };
        let types: Vec<Type> = types.expect("an operator that reads the field").iter().collect();
        let dst = self.registers(&types);
        self.push(Inst { a: dst, ..inst });
        dst
    }

    pub fn jump(&mut self, block: u16) {
        self.push(Inst::jump(block));
    }

    pub fn branch(&mut self, condition: u16, then: u16, otherwise: u16) {
        self.push(Inst::branch(condition, then, otherwise));
    }

    /// Continues at the target whose number the value is, and at `otherwise` for any other value.
    pub fn switch(&mut self, ty: Ty, value: u16, targets: &[u16], otherwise: u16) {
        let targets = targets.iter().copied().chain([otherwise]).collect();
        self.tables.push(Table { block: self.current, targets });
        self.push(Inst::switch(ty, value, 0));
    }

    pub fn ret(&mut self, base: u16) {
        self.push(Inst::ret(base));
    }

    /// Puts the function into its module and finds what its blocks expect.
    pub fn finish(mut self) {
        self.tables.sort_by_key(|table| table.block);
        let switches = self.blocks.iter_mut().flat_map(|block| &mut block.code);
        let switches = switches.filter(|inst| inst.op == Op::Switch);
        (0..).zip(switches).for_each(|(number, inst)| inst.b = number);
        let module = &mut self.module.module;
        let function = &mut module.functions[usize::from(self.index)];
        function.slots = self.slots;
        function.tables = self.tables.into_iter().map(|table| table.targets).collect();
        function.blocks = self.blocks;
        infer_live_in(module, self.index);
    }

    fn too_many(&mut self, what: &'static str) -> u16 {
        let name = self.module.module.functions[usize::from(self.index)].name.clone();
        self.module.overflow.get_or_insert(TooLarge { what, function: Some(name) });
        0
    }
}
