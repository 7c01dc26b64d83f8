//! The operators that are measured, by the classes of the schedule.

use deed_bytecode::builder::{FunctionBuilder, ModuleBuilder};
use deed_bytecode::{
    Const, EventDef, EventField, FunctionKind, Import, Inst, Module, Op, StateField, Ty, Type,
};

use crate::run::{Loop, U64, looped, number};

const COPIES: u64 = 16;

/// Every operator that stands for its class.
pub(crate) fn all() -> Vec<Loop> {
    let mut all = scalars();
    all.extend(values());
    all.extend(chunks());
    all.extend(state());
    all
}

fn one(class: &'static str, name: &'static str, turns: u64, module: Module) -> Loop {
    Loop { class, name, turns, copies: COPIES, module, others: Vec::new() }
}

/// An operator on two scalars of a type, written to a third register.
fn scalar(class: &'static str, name: &'static str, op: Op, ty: Ty, right: u64) -> Loop {
    let module = looped(
        FunctionKind::View,
        |_| (),
        |f, ()| {
            let wide = |value: u64| {
                let mut bytes = vec![0; ty.bytes()];
                let size = ty.bytes().min(8);
                bytes[..size].copy_from_slice(&value.to_le_bytes()[..size]);
                // The upper half is used too, so that long division is long.
                let upper = ty.bytes() / 2;
                if ty.bytes() > 8 && op != Op::Mul && op != Op::Shl {
                    bytes[upper..upper + size].copy_from_slice(&value.to_le_bytes()[..size]);
                }
                Const::from_bytes(ty, &bytes).expect("as many bytes as it has")
            };
            let left = f.constant(wide(0x1234_5678_9abc));
            let count = matches!(op, Op::Shl | Op::Shr);
            let right = if count {
                f.constant(Const::int(Ty::U32, right).expect("small"))
            } else {
                f.constant(wide(right))
            };
            // Moved, so that no constant is folded into the operator.
            let count = if count { Ty::U32 } else { ty };
            let moved = [(left, ty), (right, count)].map(|(from, ty)| {
                let to = f.register(ty);
                f.push(Inst::mov(ty, to, from));
                to
            });
            moved.to_vec()
        },
        |f, (), held| {
            for _ in 0..COPIES {
                f.binary(op, ty, held[0], held[1]);
            }
        },
        |_, (), _| (),
    );
    one(class, name, 100_000, module)
}

fn scalars() -> Vec<Loop> {
    let mut all = Vec::new();
    for (name, ty) in [("mov u64", Ty::U64), ("mov u128", Ty::U128), ("mov u256", Ty::U256)] {
        let module = looped(
            FunctionKind::View,
            |_| (),
            |f, ()| vec![f.constant(Const::from_bytes(ty, &vec![7; ty.bytes()]).expect("full"))],
            |f, (), held| {
                for _ in 0..COPIES {
                    let to = f.register(ty);
                    f.push(Inst::mov(ty, to, held[0]));
                }
            },
            |_, (), _| (),
        );
        all.push(one("move", name, 100_000, module));
    }
    for (class, name, op, ty, right) in [
        ("alu", "add u64", Op::Add, Ty::U64, 77),
        ("alu", "add i32", Op::Xor, Ty::U32, 77),
        ("alu", "lt u64", Op::Lt, Ty::U64, 77),
        ("alu", "add u128", Op::Add, Ty::U128, 77),
        ("alu", "lt u128", Op::Lt, Ty::U128, 77),
        ("alu", "add u256", Op::Add, Ty::U256, 77),
        ("alu", "xor u256", Op::Xor, Ty::U256, 77),
        ("multiply", "mul u64", Op::Mul, Ty::U64, 77),
        ("multiply", "mul u128", Op::Mul, Ty::U128, 77),
        ("multiply", "mul u256", Op::Mul, Ty::U256, 77),
        ("divide", "div u64", Op::Div, Ty::U64, 77),
        ("divide", "rem u64", Op::Rem, Ty::U64, 77),
        ("divide", "div u128", Op::Div, Ty::U128, 0x1_0001),
        ("divide", "div u256", Op::Div, Ty::U256, 0x1_0001),
    ] {
        all.push(scalar(class, name, op, ty, right));
    }
    let module = looped(
        FunctionKind::View,
        |_| (),
        |_, ()| vec![],
        |f, (), _| {
            for _ in 0..COPIES {
                let next = f.block();
                f.jump(next);
                f.switch_to(next);
            }
        },
        |_, (), _| (),
    );
    all.push(one("flow", "jump", 100_000, module));
    let module = looped(
        FunctionKind::View,
        |m| {
            let index = m.declare("inc", FunctionKind::Private, &[U64, U64], &[U64]);
            let mut f = m.function(index);
            f.ret(f.param(1));
            f.finish();
            index
        },
        |f, _| vec![f.constant(number(5))],
        |f, callee, held| {
            for _ in 0..COPIES {
                let args = f.gather(&[(held[0], U64), (held[0], U64)]);
                f.call(*callee, args);
            }
        },
        |_, _, _| (),
    );
    all.push(one("call", "call of two arguments, their moves, ret", 20_000, module));
    all
}

type Body = fn(&mut FunctionBuilder<'_>, &Heap, &[u16]);

/// The heap types of the loops.
struct Heap {
    string: Type,
    numbers: Type,
    texts: Type,
    pair: Type,
    option: Type,
    map: Type,
}

fn heap_types(m: &mut ModuleBuilder) -> Heap {
    let (string, numbers) = (m.string(), m.vec(U64));
    let texts = m.vec(string);
    let pair = m.record("bench.Pair", &[U64, string]);
    let option = m.option(U64);
    let map = m.map(U64, U64);
    Heap { string, numbers, texts, pair, option, map }
}

/// What every loop on heap values has: two strings of 32 bytes, a vector of 1,000 numbers, one of
/// strings, a record, a map of 1,000, and numbers.
fn heap_values(f: &mut FunctionBuilder<'_>, heap: &Heap) -> Vec<u16> {
    let text = f.literal(heap.string, b"thirty-two bytes of text in all!");
    let twin = f.literal(heap.string, b"thirty-two bytes of text in all?");
    let (zero, thousand) = (f.constant(number(0)), f.constant(number(1000)));
    let numbers = f.heap(Op::VecFill, heap.numbers, &[thousand, zero]);
    let own = f.dup(heap.string, text);
    let texts = f.heap(Op::VecFill, heap.texts, &[thousand, own]);
    let own = f.dup(heap.string, text);
    let row = f.gather(&[(zero, U64), (own, heap.string)]);
    let pair = f.heap(Op::RecordMake, heap.pair, &[row]);
    let map = f.heap(Op::MapNew, heap.map, &[]);
    let (one, key) = (f.constant(number(1)), f.register(U64));
    f.push(Inst::mov(Ty::U64, key, zero));
    let (head, inner, done) = (f.block(), f.block(), f.block());
    f.jump(head);
    f.switch_to(head);
    let more = f.binary(Op::Lt, U64, key, thousand);
    f.branch(more, inner, done);
    f.switch_to(inner);
    f.heap(Op::MapPut, heap.map, &[map, key, key]);
    f.push(Inst::typed(Op::Add, Ty::U64, key, key, one));
    f.jump(head);
    f.switch_to(done);
    let at = f.constant(number(500));
    vec![text, twin, numbers, texts, pair, map, at, zero]
}

fn drop_values(f: &mut FunctionBuilder<'_>, heap: &Heap, held: &[u16]) {
    let types = [heap.string, heap.string, heap.numbers, heap.texts, heap.pair, heap.map];
    for (ty, value) in types.into_iter().zip(held) {
        f.drop(ty, *value);
    }
}

fn values() -> Vec<Loop> {
    let rows: [(&'static str, Body); 17] = [
        ("dup and drop", |f, heap, held| {
            let twin = f.dup(heap.string, held[0]);
            f.drop(heap.string, twin);
        }),
        ("len", |f, heap, held| {
            f.heap(Op::Len, heap.string, &[held[0]]);
        }),
        ("vec_get of a number", |f, heap, held| {
            f.heap(Op::VecGet, heap.numbers, &[held[2], held[6]]);
        }),
        ("vec_set of a number", |f, heap, held| {
            f.heap(Op::VecSet, heap.numbers, &[held[2], held[6], held[7]]);
        }),
        ("vec_get of a text, and its drop", |f, heap, held| {
            let text = f.heap(Op::VecGet, heap.texts, &[held[3], held[6]]);
            f.drop(heap.string, text);
        }),
        ("vec_push and vec_pop", |f, heap, held| {
            f.heap(Op::VecPush, heap.numbers, &[held[2], held[7]]);
            f.heap(Op::VecPop, heap.numbers, &[held[2]]);
        }),
        ("record_get of a number", |f, heap, held| {
            f.heap(Op::RecordGet, heap.pair, &[held[4], 0]);
        }),
        ("record_set of a number", |f, heap, held| {
            f.heap(Op::RecordSet, heap.pair, &[held[4], 0, held[7]]);
        }),
        ("record_make, two moves, dup, drop", |f, heap, held| {
            let own = f.dup(heap.string, held[0]);
            let row = f.gather(&[(held[7], U64), (own, heap.string)]);
            let pair = f.heap(Op::RecordMake, heap.pair, &[row]);
            f.drop(heap.pair, pair);
        }),
        ("enum_make and drop", |f, heap, held| {
            let some = f.heap(Op::EnumMake, heap.option, &[held[7], 1]);
            f.drop(heap.option, some);
        }),
        ("lt of texts, 32 bytes", |f, heap, held| {
            f.binary(Op::Lt, heap.string, held[0], held[1]);
        }),
        ("literal of 32 bytes, and its drop", |f, heap, _| {
            let text = f.literal(heap.string, b"thirty-two bytes of text in all!");
            f.drop(heap.string, text);
        }),
        ("text of a number, and its drop", |f, heap, held| {
            let text = f.heap(Op::Text, heap.string, &[held[6], u16::from(Ty::U64 as u8)]);
            f.drop(heap.string, text);
        }),
        ("concat of 32 bytes to 32, dup, drop", |f, heap, held| {
            let own = f.dup(heap.string, held[0]);
            f.heap(Op::Concat, heap.string, &[own, held[1]]);
            f.drop(heap.string, own);
        }),
        ("map_find among 1,000", |f, heap, held| {
            f.heap(Op::MapFind, heap.map, &[held[5], held[6]]);
        }),
        ("map_put among 1,000", |f, heap, held| {
            f.heap(Op::MapPut, heap.map, &[held[5], held[6], held[7]]);
        }),
        ("map_get by its place among 1,000", |f, heap, held| {
            f.heap(Op::MapGet, heap.map, &[held[5], held[6]]);
        }),
    ];
    rows.into_iter().map(|(name, body)| value("heap", name, 20_000, COPIES, body)).collect()
}

fn value(class: &'static str, name: &'static str, turns: u64, copies: u64, body: Body) -> Loop {
    let body = move |f: &mut FunctionBuilder<'_>, heap: &Heap, held: &[u16]| {
        (0..copies).for_each(|_| body(f, heap, held));
    };
    let module = looped(FunctionKind::View, heap_types, heap_values, body, drop_values);
    Loop { class, name, turns, copies, module, others: Vec::new() }
}

/// What goes by the byte.
fn chunks() -> Vec<Loop> {
    let rows: [(&'static str, Body); 4] = [
        ("vec_fill of 8,000 bytes, drop", |f, heap, held| {
            let thousand = f.constant(number(1000));
            let made = f.heap(Op::VecFill, heap.numbers, &[thousand, held[7]]);
            f.drop(heap.numbers, made);
        }),
        ("slice of 7,000 bytes, drop", |f, heap, held| {
            let (from, to) = (f.constant(number(100)), f.constant(number(975)));
            let range = f.gather(&[(from, U64), (to, U64)]);
            let made = f.heap(Op::Slice, heap.numbers, &[held[2], range]);
            f.drop(heap.numbers, made);
        }),
        ("eq of 8,000 bytes with a copy, and the copy", |f, heap, held| {
            let twin = f.dup(heap.numbers, held[2]);
            f.heap(Op::VecSet, heap.numbers, &[twin, held[6], held[7]]);
            f.binary(Op::Eq, heap.numbers, held[2], twin);
            f.drop(heap.numbers, twin);
        }),
        ("vec_sort of 1,000 numbers in order, a copy", |f, heap, held| {
            let twin = f.dup(heap.numbers, held[2]);
            f.push(Inst::typed(Op::VecSort, heap.numbers, twin, 0, 0));
            f.drop(heap.numbers, twin);
        }),
    ];
    let mut all: Vec<Loop> =
        rows.into_iter().map(|(name, body)| value("chunk", name, 2_000, 4, body)).collect();
    let module = looped(
        FunctionKind::View,
        heap_types,
        |f, _| vec![f.constant(number(100_000))],
        |f, heap, held| {
            let zero = f.constant(number(0));
            let list = f.heap(Op::VecFill, heap.numbers, &[zero, zero]);
            let (head, inner, done) = (f.block(), f.block(), f.block());
            let (i, mix) = (f.register(U64), f.register(U64));
            let by = f.constant(number(0x9e37_79b9));
            let one = f.constant(number(1));
            f.push(Inst::mov(Ty::U64, i, held[0]));
            f.push(Inst::mov(Ty::U64, mix, by));
            f.jump(head);
            f.switch_to(head);
            let more = f.binary(Op::Ne, U64, i, zero);
            f.branch(more, inner, done);
            f.switch_to(inner);
            f.push(Inst::typed(Op::WrapMul, Ty::U64, mix, mix, by));
            f.push(Inst::typed(Op::WrapAdd, Ty::U64, mix, mix, one));
            f.heap(Op::VecPush, heap.numbers, &[list, mix]);
            f.push(Inst::typed(Op::Sub, Ty::U64, i, i, one));
            f.jump(head);
            f.switch_to(done);
            f.push(Inst::typed(Op::VecSort, heap.numbers, list, 0, 0));
            f.drop(heap.numbers, list);
        },
        |_, _, _| (),
    );
    let name = "vec_sort of 100,000 by chance, made by pushes";
    all.push(Loop { class: "chunk", name, turns: 10, copies: 1, module, others: Vec::new() });
    all
}

fn state() -> Vec<Loop> {
    let field = |m: &mut ModuleBuilder| {
        let default = Some(number(0));
        let map = StateField { name: "map".into(), keys: vec![U64], value: U64, default };
        m.field(map)
    };
    let key = |f: &mut FunctionBuilder<'_>, _: &u16| vec![f.constant(number(5))];
    let mut all = Vec::new();
    let module = looped(
        FunctionKind::Entry,
        field,
        key,
        |f, field, held| {
            (0..COPIES).for_each(|_| {
                f.state_read(Op::StateLoad, *field, held[0]);
            });
        },
        |_, _, _| (),
    );
    all.push(one("state", "state_load of a key touched before", 20_000, module));
    let module = looped(
        FunctionKind::Entry,
        field,
        key,
        |f, field, held| {
            (0..COPIES).for_each(|_| {
                f.push(Inst::untyped(Op::StateStore, held[0], *field, held[0]));
            });
        },
        |_, _, _| (),
    );
    all.push(one("state", "state_store to a key changed before", 20_000, module));
    for (name, op) in [
        ("state_load, first touch (host in memory)", Op::StateLoad),
        ("state_store, first change (host in memory)", Op::StateStore),
    ] {
        let module = looped(
            FunctionKind::Entry,
            field,
            |f, _| {
                let (zero, key) = (f.constant(number(0)), f.register(U64));
                f.push(Inst::mov(Ty::U64, key, zero));
                vec![key]
            },
            |f, field, held| {
                let one = f.constant(number(1));
                match op {
                    Op::StateLoad => drop(f.state_read(op, *field, held[0])),
                    _ => f.push(Inst::untyped(op, held[0], *field, held[0])),
                }
                f.push(Inst::typed(Op::Add, Ty::U64, held[0], held[0], one));
            },
            |_, _, _| (),
        );
        all.push(Loop { copies: 1, ..one("state", name, 20_000, module) });
    }
    let module = looped(
        FunctionKind::Entry,
        |m| {
            let field = EventField { ty: U64, index: false };
            m.event(EventDef { name: "E".into(), code: [1; 4], fields: vec![field] })
        },
        |f, _| vec![f.constant(number(5))],
        |f, event, held| (0..COPIES).for_each(|_| f.push(Inst::emit(*event, held[0]))),
        |_, _, _| (),
    );
    all.push(one("log", "emit of 8 bytes", 2_000, module));
    all.push(outside());
    all
}

/// A call of a contract that returns what it gets.
fn outside() -> Loop {
    let mut m = ModuleBuilder::new("bench.Callee");
    let index = m.declare("same", FunctionKind::View, &[U64], &[U64]);
    let mut f = m.function(index);
    f.ret(f.param(0));
    f.finish();
    let callee = m.finish().expect("small");
    let module = looped(
        FunctionKind::Entry,
        |m| {
            m.module_mut().imports.push(Import {
                name: "same".into(),
                kind: FunctionKind::View,
                params: vec![U64],
                results: vec![U64],
                throws: vec![],
                value: false,
                gas: false,
                code: None,
            });
        },
        |f, ()| {
            let target = Const::from_bytes(Ty::Address, &[1; 32]).expect("an address");
            let five = f.constant(number(5));
            let target = f.constant(target);
            vec![f.gather(&[(target, Type::Scalar(Ty::Address)), (five, U64)])]
        },
        |f, (), held| {
            (0..COPIES).for_each(|_| {
                let result = f.register(U64);
                f.push(Inst::untyped(Op::ContractCall, result, 0, held[0]));
            });
        },
        |_, (), _| (),
    );
    Loop { others: vec![callee], ..one("call out", "call of a view of 8 bytes", 1_000, module) }
}
