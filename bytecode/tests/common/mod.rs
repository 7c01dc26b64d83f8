//! Modules for the tests: one written by hand, and valid ones grown from a list of numbers.

#![allow(dead_code)] // each test file uses its own part

use deed_bytecode::builder::{FunctionBuilder, ModuleBuilder};
use deed_bytecode::{
    Const, ContextKind, Debug, ErrorDef, EventDef, EventField, Function, FunctionDebug,
    FunctionKind, HeapType, Inlined, Inst, Line, Module, Op, StateField, TrapKind, Ty, Type,
    Variable, key_operand,
};

/// A small token: state, events, errors, a loop, a call, wide values, debug tables.
pub(crate) fn token() -> Module {
    let mut module = ModuleBuilder::new("demo.token.Token");
    tables(&mut module);
    let init = module.declare("init", FunctionKind::Init, &[Ty::U128], Type::NONE);
    let balance = module.declare("balance", FunctionKind::View, &[Ty::Address], &[Ty::U128]);
    let send =
        module.declare("send", FunctionKind::Entry, &[Ty::Address, Ty::U128], &[Ty::Bool, Ty::U32]);
    write_init(module.function(init));
    write_balance(module.function(balance));
    write_send(module.function(send), balance);
    module.module_mut().abi = b"opaque".to_vec();
    let mut module = module.finish().expect("small");
    module.debug = Some(debug(&module));
    module
}

fn tables(module: &mut ModuleBuilder) {
    let zero = Const::int(Ty::U128, 0u8);
    let keys = vec![Ty::Address.into()];
    module.field(StateField {
        name: "total".into(),
        keys: vec![],
        value: Ty::U128.into(),
        default: None,
    });
    module.field(StateField {
        name: "balances".into(),
        keys,
        value: Ty::U128.into(),
        default: zero,
    });
    module.error(ErrorDef {
        name: "demo.token.Short".into(),
        code: [1, 2, 3, 4],
        params: vec![Ty::U128.into(), Ty::Address.into()],
    });
    let fields = [(Ty::Address, true), (Ty::U128, false)];
    let fields = fields.map(|(ty, index)| EventField { ty: ty.into(), index }).to_vec();
    module.event(EventDef { name: "demo.token.Sent".into(), code: [9, 8, 7, 6], fields });
}

fn write_init(mut code: FunctionBuilder<'_>) {
    let total = code.param(0);
    code.push(Inst::untyped(Op::StateStore, total, 0, 0));
    let sender = code.context(ContextKind::Sender);
    code.push(Inst::untyped(Op::StateInsert, total, 1, sender));
    code.ret(0);
    code.finish();
}

fn write_balance(mut code: FunctionBuilder<'_>) {
    let value = code.state_read(Op::StateLoad, 1, code.param(0));
    code.ret(value);
    code.finish();
}

fn write_send(mut code: FunctionBuilder<'_>, balance: u16) {
    let (to, amount) = (code.param(0), code.param(1));
    let sender = code.context(ContextKind::Sender);
    let held = code.call(balance, sender);
    let short = code.binary(Op::Lt, Ty::U128, held, amount);
    let (refuse, accept, head, body, done) =
        (code.block(), code.block(), code.block(), code.block(), code.block());
    code.branch(short, refuse, accept);
    code.switch_to(refuse);
    let data = code.gather(&[(held, Ty::U128), (sender, Ty::Address)]);
    code.push(Inst::throw(0, data));
    code.switch_to(accept);
    let rest = code.binary(Op::Sub, Ty::U128, held, amount);
    code.push(Inst::untyped(Op::StateStore, rest, 1, sender));
    let found = code.state_read(Op::StateFind, 1, to);
    code.push(Inst::assert(found, TrapKind::Requires));
    let data = code.gather(&[(to, Ty::Address), (amount, Ty::U128)]);
    code.push(Inst::emit(0, data));
    let result = code.registers(&[Ty::Bool, Ty::U32]);
    let (flag, count) = (code.constant(Const::bool(true)), u32_const(&mut code, 0));
    code.push(Inst::mov(Ty::Bool, result, flag));
    code.push(Inst::mov(Ty::U32, result + 1, count));
    code.jump(head);
    code.switch_to(head);
    let limit = u32_const(&mut code, 10);
    let more = code.binary(Op::Lt, Ty::U32, result + 1, limit);
    code.branch(more, body, done);
    code.switch_to(body);
    let one = u32_const(&mut code, 1);
    code.push(Inst::typed(Op::Add, Ty::U32, result + 1, result + 1, one));
    code.jump(head);
    code.switch_to(done);
    code.ret(result);
    code.finish();
}

fn u32_const(code: &mut FunctionBuilder<'_>, value: u32) -> u16 {
    code.constant(Const::int(Ty::U32, value).expect("fits"))
}

fn debug(module: &Module) -> Debug {
    let line = |start, line| Line { start, file: 0, line, column: 9, call: line - 3 };
    let inlined = |function: &Function| Inlined {
        function: function.name.clone(),
        file: 0,
        line: 7,
        column: 5,
        within: 0,
    };
    let functions = module.functions.iter().map(|function| FunctionDebug {
        lines: vec![line(0, 3), line(1, 4)],
        variables: vec![Variable {
            name: "it".into(),
            ty: function.params[0].to_string(),
            reg: 0,
            start: 0,
            end: 2,
            call: 0,
        }],
        inlined: vec![inlined(function)],
    });
    Debug { files: vec!["src/main.deed".into()], functions: functions.collect() }
}

/// A record, a recursive enum, vectors of vectors, an option: in state, events and code.
pub(crate) fn rich() -> Module {
    let mut module = ModuleBuilder::new("demo.Rich");
    let list = module.recursive(|own| HeapType::Enum {
        name: "demo.List".into(),
        variants: vec![vec![], vec![Ty::U16.into(), own]],
    });
    let text = module.string();
    let texts = module.vec(text);
    let deep = module.vec(texts);
    let option = module.option(deep);
    let note = module.record("demo.Note", &[Ty::Address.into(), option, list]);
    let keys = vec![Ty::U64.into(), text];
    module.field(StateField { name: "notes".into(), keys, value: note, default: None });
    let index = module.declare("f", FunctionKind::Entry, &[Ty::U64.into(), note], &[list]);
    let mut f = module.function(index);
    let parts = f.heap(Op::RecordOpen, note, &[f.param(1)]);
    f.drop(option, parts + 4);
    let none = f.heap(Op::EnumMake, option, &[0, 0]);
    let kept = f.dup(list, parts + 5);
    let row = f.gather(&[(parts, Ty::Address.into()), (none, option), (kept, list)]);
    let made = f.heap(Op::RecordMake, note, &[row]);
    let word = f.literal(text, b"word");
    let keys = f.gather(&[(f.param(0), Ty::U64.into()), (word, text)]);
    let next = f.state_read(Op::StateNext, 1, keys);
    let keys = f.gather(&[(f.param(0), Ty::U64.into()), (next + 1, text)]);
    f.push(Inst::untyped(Op::StateStore, made, 0, keys));
    f.ret(parts + 5);
    f.finish();
    module.finish().expect("small")
}

/// A valid module whose shape the numbers decide.
pub(crate) fn grow(numbers: &[u16]) -> Module {
    let mut module = ModuleBuilder::new("grown");
    let mut numbers = numbers.iter().copied().cycle();
    let mut next = move || usize::from(numbers.next().unwrap_or(7));
    for index in 0..1 + next() % 3 {
        let keys = (0..next() % 3).map(|_| Ty::ALL[next() % 15].into()).collect();
        let value = Ty::ALL[next() % 15];
        let default = (next() % 2 == 0).then(|| sample(value, next() as u8));
        module.field(StateField {
            name: format!("field{index}"),
            keys,
            value: value.into(),
            default,
        });
    }
    let fields = (0..next() % 3)
        .map(|_| EventField { ty: Ty::ALL[next() % 15].into(), index: next() % 2 == 0 })
        .collect();
    module.event(EventDef { name: "Happened".into(), code: [0; 4], fields });
    let params = (0..next() % 3).map(|_| Ty::ALL[next() % 15].into()).collect();
    module.error(ErrorDef { name: "Wrong".into(), code: [0; 4], params });
    for index in 0..1 + next() % 3 {
        let mut types = || (0..next() % 4).map(|_| Ty::ALL[next() % 15]).collect::<Vec<_>>();
        let (params, results) = (types(), types());
        module.declare(format!("f{index}"), FunctionKind::Entry, &params, &results);
    }
    let functions = module.module_mut().functions.len();
    for index in 0..functions {
        let tables = module.module_mut().clone();
        let function = &tables.functions[index];
        let mut held = Vec::new();
        let code = module.function(index as u16);
        for (at, ty) in function.params.iter().enumerate() {
            held.push((code.param(at), ty.scalar().expect("scalars alone")));
        }
        let mut grower = Grower { code, held, tables: &tables, next: &mut next };
        for _ in 0..4 + (grower.next)() % 20 {
            grower.step();
        }
        grower.end(&function.results);
    }
    module.finish().expect("small")
}

/// A constant of any type.
pub(crate) fn sample(ty: Ty, byte: u8) -> Const {
    let byte = if ty == Ty::Bool { byte & 1 } else { byte };
    Const::from_bytes(ty, &vec![byte; ty.bytes()]).expect("every pattern is a value")
}

/// Grows one function step by step, always in a state where it can end.
struct Grower<'m, 'n> {
    code: FunctionBuilder<'m>,
    held: Vec<(u16, Ty)>,
    tables: &'m Module,
    next: &'n mut dyn FnMut() -> usize,
}

impl Grower<'_, '_> {
    /// A register that holds a value of this type, made if need be.
    fn value(&mut self, ty: Ty) -> u16 {
        let fitting: Vec<u16> =
            self.held.iter().filter(|held| held.1 == ty).map(|held| held.0).collect();
        if fitting.is_empty() || (self.next)().is_multiple_of(4) {
            let constant = sample(ty, (self.next)() as u8);
            let reg = self.code.constant(constant);
            self.held.push((reg, ty));
            return reg;
        }
        fitting[(self.next)() % fitting.len()]
    }

    fn values(&mut self, types: &[impl Into<Type> + Copy]) -> u16 {
        let mut value = |ty: Type| self.value(ty.scalar().expect("scalars alone"));
        let values: Vec<(u16, Type)> =
            types.iter().map(|ty| (value((*ty).into()), (*ty).into())).collect();
        self.code.gather(&values)
    }

    fn step(&mut self) {
        let ty = Ty::ALL[(self.next)() % 15];
        match (self.next)() % 9 {
            0 => self.compare(ty),
            7 => self.choose(),
            1 => self.arithmetic(),
            2 => self.state(),
            3 => self.diamond(),
            4 => self.repeat(),
            5 => self.call(),
            6 => {
                let types = self.tables.events[0].types();
                let data = self.values(&types);
                self.code.push(Inst::emit(0, data));
            }
            _ => {
                let from = self.value(ty);
                let dst = self.code.register(ty);
                self.code.push(Inst::mov(ty, dst, from));
                self.held.push((dst, ty));
            }
        }
    }

    fn compare(&mut self, ty: Ty) {
        let (left, right) = (self.value(ty), self.value(ty));
        let op = [Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge][(self.next)() % 6];
        let reg = self.code.binary(op, ty, left, right);
        self.held.push((reg, Ty::Bool));
    }

    fn arithmetic(&mut self) {
        let ty = Ty::ALL[1 + (self.next)() % 12];
        let left = self.value(ty);
        let reg = match (self.next)() % 4 {
            0 => {
                let count = self.value(Ty::U32);
                self.code.binary(Op::Shl, ty, left, count)
            }
            1 => {
                let from = Ty::ALL[1 + (self.next)() % 12];
                let value = self.value(from);
                self.code.cast(ty, value, from)
            }
            _ => {
                let right = self.value(ty);
                let op = [Op::Add, Op::WrapMul, Op::Xor, Op::Rem][(self.next)() % 4];
                self.code.binary(op, ty, left, right)
            }
        };
        self.held.push((reg, ty));
    }

    fn state(&mut self) {
        let field = (self.next)() % self.tables.schema.len();
        let StateField { keys, value, .. } = &self.tables.schema[field];
        let value = &value.scalar().expect("scalars alone");
        let keys: Vec<Ty> = keys.iter().map(|ty| ty.scalar().expect("scalars alone")).collect();
        let base = self.values(&keys);
        let index = field as u16;
        match ((self.next)() % 6, keys.split_last()) {
            (0, _) => {
                let reg = self.code.state_read(Op::StateLoad, index, base);
                self.held.push((reg, *value));
            }
            (1, _) => {
                let reg = self.code.state_read(Op::StateFind, index, base);
                self.held.extend([(reg, Ty::Bool), (reg + 1, *value)]);
            }
            (2, Some((last, others))) => {
                let op = [Op::StateNext, Op::StatePrev][(self.next)() % 2];
                let along = key_operand(field, others.len()).expect("there are few fields");
                let reg = self.code.state_read(op, along, base);
                self.held.extend([(reg, Ty::Bool), (reg + 1, *last)]);
            }
            (3, Some(_)) => {
                let op = [Op::StateFirst, Op::StateLast][(self.next)() % 2];
                let along = key_operand(field, 0).expect("there are few fields");
                let reg = self.code.state_read(op, along, 0);
                self.held.push((reg, keys[0]));
            }
            (4, _) => self.code.push(Inst::untyped(Op::StateRemove, 0, index, base)),
            _ => {
                let source = self.value(*value);
                self.code.push(Inst::untyped(Op::StateStore, source, index, base));
            }
        }
    }

    /// A switch, whose sides do something different each; what they make is forgotten.
    fn choose(&mut self) {
        let ty = [Ty::U8, Ty::I16, Ty::U32, Ty::I64][(self.next)() % 4];
        let value = self.value(ty);
        let sides: Vec<u16> = (0..2 + (self.next)() % 3).map(|_| self.code.block()).collect();
        let targets: Vec<u16> = (0..(self.next)() % 6)
            .map(|_| sides[(self.next)() % sides.len()])
            .chain(sides.iter().copied())
            .collect();
        self.code.switch(ty, value, &targets, sides[0]);
        let join = self.code.block();
        let held = self.held.len();
        for side in sides {
            self.code.switch_to(side);
            self.arithmetic();
            self.code.jump(join);
            self.held.truncate(held);
        }
        self.code.switch_to(join);
    }

    /// A branch, one side of which may leave; what the sides make is forgotten.
    fn diamond(&mut self) {
        let condition = self.value(Ty::Bool);
        let (then, otherwise, join) = (self.code.block(), self.code.block(), self.code.block());
        self.code.branch(condition, then, otherwise);
        let held = self.held.len();
        self.code.switch_to(then);
        self.arithmetic();
        self.code.jump(join);
        self.held.truncate(held);
        self.code.switch_to(otherwise);
        if (self.next)().is_multiple_of(2) {
            let types = self.tables.errors[0].params.clone();
            let data = self.values(&types);
            self.code.push(Inst::throw(0, data));
            self.held.truncate(held);
        } else {
            self.code.jump(join);
        }
        self.code.switch_to(join);
    }

    fn repeat(&mut self) {
        let (head, body, done) = (self.code.block(), self.code.block(), self.code.block());
        let (count, limit) = (self.value(Ty::U32), self.value(Ty::U32));
        self.code.jump(head);
        self.code.switch_to(head);
        let more = self.code.binary(Op::Lt, Ty::U32, count, limit);
        self.code.branch(more, body, done);
        let held = self.held.len();
        self.code.switch_to(body);
        self.arithmetic();
        self.code.jump(head);
        self.held.truncate(held);
        self.code.switch_to(done);
    }

    fn call(&mut self) {
        let callee = (self.next)() % self.tables.functions.len();
        let arguments = self.values(&self.tables.functions[callee].params);
        let mut reg = self.code.call(callee as u16, arguments);
        for ty in &self.tables.functions[callee].results {
            self.held.push((reg, ty.scalar().expect("scalars alone")));
            reg += ty.slots();
        }
    }

    fn end(mut self, results: &[Type]) {
        let base = self.values(results);
        self.code.ret(base);
        self.code.finish();
    }
}
