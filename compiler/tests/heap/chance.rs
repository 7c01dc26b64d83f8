//! Functions by chance: every way of making, reading, changing and passing on heap values, in
//! branches and loops.

use deed_compiler::mir::{BinaryOp, FuncId, IntTy, Op, Terminator, Ty, Types, ValueId};

use super::program::{LEVELS, Writer, compiled, edge, program};

/// A sequence of numbers from a seed: a linear congruence, its upper bits.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 33) as usize % limit
    }
}

/// The types that values have.
struct Kinds {
    string: Ty,
    numbers: Ty,
    strings: Ty,
    note: Ty,
    option: Ty,
    all: Vec<Ty>,
}

impl Kinds {
    fn new(types: &mut Types) -> Kinds {
        let string = types.string();
        let numbers = types.vec(Ty::U64);
        let strings = types.vec(string);
        let note = types.record("test.Note", |_| vec![Ty::U64, numbers, string, Ty::Address]);
        let option = types.option(note);
        let all = vec![Ty::U64, Ty::Bool, Ty::Address, string, numbers, strings, note, option];
        Kinds { string, numbers, strings, note, option, all }
    }
}

struct Maker<'a> {
    chance: Chance,
    kinds: &'a Kinds,
    writer: Writer,
    /// Values that reach here.
    known: Vec<ValueId>,
}

impl Maker<'_> {
    /// A value of a type: one that is known, or a new one.
    fn any(&mut self, ty: Ty) -> ValueId {
        let fit = |value: &&ValueId| self.writer.ty(**value) == ty;
        let known: Vec<ValueId> = self.known.iter().filter(fit).copied().collect();
        if !known.is_empty() && self.chance.below(8) > 0 {
            return known[self.chance.below(known.len())];
        }
        let op = match ty {
            Ty::U64 => return self.writer.number(7),
            Ty::Bool => {
                let (left, right) = (self.any(Ty::U64), self.any(Ty::U64));
                Op::Binary { op: BinaryOp::Lt, left, right }
            }
            Ty::Address => Op::Context(deed_bytecode::ContextKind::Sender),
            ty if ty == self.kinds.note => Op::RecordMake {
                fields: vec![
                    self.any(Ty::U64),
                    self.any(self.kinds.numbers),
                    self.any(self.kinds.string),
                    self.any(Ty::Address),
                ],
            },
            ty if ty == self.kinds.option => {
                Op::EnumMake { variant: 1, payload: vec![self.any(self.kinds.note)] }
            }
            ty if ty == self.kinds.strings => {
                Op::VecFill { count: self.any(Ty::U64), value: self.any(self.kinds.string) }
            }
            _ => Op::Literal(Vec::new()),
        };
        self.writer.value(op, ty)
    }

    fn step(&mut self) {
        let kinds = self.kinds;
        let (ops, types): (Op, Vec<Ty>) = match self.chance.below(20) {
            0 => {
                let (vec, index) = (self.any(kinds.numbers), self.any(Ty::U64));
                (Op::VecSet { vec, index, value: self.any(Ty::U64) }, vec![kinds.numbers])
            }
            1 => {
                let (vec, value) = (self.any(kinds.strings), self.any(kinds.string));
                (Op::VecPush { vec, value }, vec![kinds.strings])
            }
            2 => (Op::VecPop { vec: self.any(kinds.strings) }, vec![kinds.strings, kinds.string]),
            3 => {
                let (vec, index) = (self.any(kinds.strings), self.any(Ty::U64));
                let value = self.any(kinds.string);
                (Op::VecSwap { vec, index, value }, vec![kinds.strings, kinds.string])
            }
            4 => {
                let (vec, index) = (self.any(kinds.numbers), self.any(Ty::U64));
                (Op::VecSwap { vec, index, value: index }, vec![kinds.numbers, Ty::U64])
            }
            5 => {
                let (left, right) = (self.any(kinds.string), self.any(kinds.string));
                (Op::Concat { left, right }, vec![kinds.string])
            }
            6 => {
                let (value, at) = (self.any(kinds.strings), self.any(Ty::U64));
                (Op::Slice { value, range: [at, self.any(Ty::U64)] }, vec![kinds.strings])
            }
            7 => (Op::RecordGet { record: self.any(kinds.note), field: 1 }, vec![kinds.numbers]),
            8 => {
                let (record, value) = (self.any(kinds.note), self.any(kinds.numbers));
                (Op::RecordSet { record, field: 1, value }, vec![kinds.note])
            }
            9 => {
                let (record, value) = (self.any(kinds.note), self.any(kinds.string));
                (Op::RecordSwap { record, field: 2, value }, vec![kinds.note, kinds.string])
            }
            10 => {
                let types = vec![Ty::U64, kinds.numbers, kinds.string, Ty::Address];
                (Op::RecordOpen { record: self.any(kinds.note) }, types)
            }
            11 => (Op::EnumGet { value: self.any(kinds.option), variant: 1 }, vec![kinds.note]),
            12 => (Op::EnumTag { value: self.any(kinds.option) }, vec![Ty::Int(IntTy::U8)]),
            13 => (Op::Len { value: self.any(kinds.strings) }, vec![Ty::U64]),
            14 => {
                let (left, right) = (self.any(kinds.note), self.any(kinds.note));
                (Op::Binary { op: BinaryOp::Eq, left, right }, vec![Ty::Bool])
            }
            15 => {
                let (vec, index) = (self.any(kinds.strings), self.any(Ty::U64));
                (Op::VecGet { vec, index }, vec![kinds.string])
            }
            16 => {
                let args = kinds.all.iter().map(|ty| self.any(*ty)).collect();
                (Op::Call { function: FuncId(0), args }, vec![kinds.note, Ty::U64, kinds.string])
            }
            17 => return self.nested_field(),
            18 => return self.nested_element(),
            _ => {
                let ty = kinds.all[self.chance.below(kinds.all.len())];
                let value = self.any(ty);
                return self.known.push(value);
            }
        };
        let results = self.writer.values(ops, &types);
        self.known.extend(results);
    }

    /// `record.numbers[i] = n`, and perhaps something in between.
    fn nested_field(&mut self) {
        let kinds = self.kinds;
        let (record, index) = (self.any(kinds.note), self.any(Ty::U64));
        let vec = self.writer.value(Op::RecordGet { record, field: 1 }, kinds.numbers);
        self.known.push(vec);
        self.run(1);
        let set = Op::VecSet { vec, index, value: self.any(Ty::U64) };
        let value = self.writer.value(set, kinds.numbers);
        let set = Op::RecordSet { record, field: 1, value };
        let record = self.writer.value(set, kinds.note);
        self.known.push(record);
    }

    /// `strings[i] += s`, and perhaps something in between.
    fn nested_element(&mut self) {
        let kinds = self.kinds;
        let (vec, index) = (self.any(kinds.strings), self.any(Ty::U64));
        let left = self.writer.value(Op::VecGet { vec, index }, kinds.string);
        self.run(1);
        let join = Op::Concat { left, right: self.any(kinds.string) };
        let value = self.writer.value(join, kinds.string);
        let vec = self.writer.value(Op::VecSet { vec, index, value }, kinds.strings);
        self.known.push(vec);
    }

    /// The types of a few values, and values of these types.
    fn brought(&mut self) -> (Vec<Ty>, Vec<ValueId>) {
        let count = self.chance.below(5);
        let types: Vec<Ty> =
            (0..count).map(|_| self.kinds.all[self.chance.below(self.kinds.all.len())]).collect();
        let values = types.iter().map(|ty| self.any(*ty)).collect();
        (types, values)
    }

    fn run(&mut self, depth: usize) {
        for _ in 0..self.chance.below(6) {
            match self.chance.below(8) {
                0 if depth > 0 => self.choice(depth - 1),
                1 if depth > 0 => self.turns(depth - 1),
                _ => self.step(),
            }
        }
    }

    /// A side that may be empty, or not come back.
    fn choice(&mut self, depth: usize) {
        let condition = self.any(Ty::Bool);
        let (types, args) = self.brought();
        let known = self.known.clone();
        let (join, params) = self.writer.block(&types);
        let (side, _) = self.writer.block(&[]);
        if self.chance.below(2) == 0 {
            self.writer.branch(condition, edge(side, &[]), edge(join, &args));
        } else {
            self.writer.branch(condition, edge(join, &args), edge(side, &[]));
        }
        self.writer.at = side;
        self.run(depth);
        let args: Vec<ValueId> = types.iter().map(|ty| self.any(*ty)).collect();
        if self.chance.below(4) > 0 {
            self.writer.jump(join, &args);
        }
        self.writer.at = join;
        self.known = known;
        self.known.extend(params);
    }

    fn turns(&mut self, depth: usize) {
        let (types, args) = self.brought();
        let (head, params) = self.writer.block(&types);
        let (body, _) = self.writer.block(&[]);
        let (done, _) = self.writer.block(&[]);
        self.writer.jump(head, &args);
        self.writer.at = head;
        self.known.extend(params);
        let condition = self.any(Ty::Bool);
        self.writer.branch(condition, edge(body, &[]), edge(done, &[]));
        let known = self.known.clone();
        self.writer.at = body;
        self.run(depth);
        let args: Vec<ValueId> = types.iter().map(|ty| self.any(*ty)).collect();
        self.writer.jump(head, &args);
        self.writer.at = done;
        self.known = known;
    }
}

fn function(seed: u64, kinds: &Kinds) -> Writer {
    let results = [kinds.note, Ty::U64, kinds.string];
    let writer = Writer::new(&format!("f{seed}"), &kinds.all, &results);
    let known = writer.function.params().to_vec();
    let mut maker = Maker { chance: Chance(seed), kinds, writer, known };
    maker.run(3);
    let values = results.iter().map(|ty| maker.any(*ty)).collect();
    maker.writer.end(Terminator::Return(values));
    maker.writer
}

#[test]
fn functions_by_chance_keep_the_laws_of_ownership() {
    for seed in 0..80 {
        let mut types = Types::default();
        let kinds = Kinds::new(&mut types);
        let functions = (seed * 3..seed * 3 + 3).map(|seed| function(seed, &kinds)).collect();
        let program = program(types, functions);
        for level in LEVELS {
            compiled(&program, level);
        }
    }
}
