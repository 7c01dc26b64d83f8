//! Heap types and ownership: what a module may say about them, and what it may not.

mod common;

use common::rich;
use deed_bytecode::builder::{FunctionBuilder, ModuleBuilder};
use deed_bytecode::{
    Const, FunctionKind, HeapType, Inst, Invalid, LiveIn, Module, Op, Ty, Type, decode, encode,
    field_id, listing, validate,
};

fn refusal(module: Module) -> Invalid {
    validate(module).expect_err("it should be refused").what
}

/// A function `f(text: string, flag: bool)` without results.
fn with_text(write: impl FnOnce(&mut FunctionBuilder<'_>, Type, u16)) -> Module {
    let mut module = ModuleBuilder::new("demo.Text");
    let string = module.string();
    let params = [string, Ty::Bool.into()];
    let index = module.declare("f", FunctionKind::Private, &params, Type::NONE);
    let mut code = module.function(index);
    let text = code.param(0);
    write(&mut code, string, text);
    code.finish();
    module.finish().expect("small")
}

#[test]
fn a_value_is_consumed_once() {
    let dropped = with_text(|f, string, text| {
        f.drop(string, text);
        f.ret(0);
    });
    assert!(validate(dropped).is_ok());
    let leaked = with_text(|f, _, _| f.ret(0));
    assert_eq!(refusal(leaked), Invalid::EdgeLeak { block: 0, reg: 0 });
    let leaked = with_text(|f, string, text| {
        f.dup(string, text);
        f.drop(string, text);
        f.ret(0);
    });
    assert_eq!(refusal(leaked), Invalid::Leak { reg: 2 });
    let twice = with_text(|f, string, text| {
        f.drop(string, text);
        f.drop(string, text);
        f.ret(0);
    });
    assert_eq!(refusal(twice), Invalid::NotHeld { reg: 0, ty: Type::Heap(0) });
    let moved = with_text(|f, string, text| {
        let other = f.gather(&[(text, string)]);
        f.heap(Op::Len, string, &[text]);
        f.drop(string, other);
        f.ret(0);
    });
    assert_eq!(refusal(moved), Invalid::NotHeld { reg: 0, ty: Type::Heap(0) });
    let overwritten = with_text(|f, string, text| {
        let data = f.literal(string, b"x");
        f.heap(Op::Len, string, &[text]);
        f.push(Inst::mov(string, text, data));
        f.drop(string, text);
        f.ret(0);
    });
    assert_eq!(refusal(overwritten), Invalid::Leak { reg: 0 });
}

#[test]
fn every_path_consumes_and_failures_discard() {
    let branches = |drops: [bool; 2]| {
        with_text(|f, string, text| {
            let targets = [f.block(), f.block()];
            f.branch(f.param(1), targets[0], targets[1]);
            for (block, drops) in targets.into_iter().zip(drops) {
                f.switch_to(block);
                if drops {
                    f.drop(string, text);
                    f.ret(0);
                } else {
                    f.push(Inst::trap(deed_bytecode::TrapKind::Unreachable));
                }
            }
        })
    };
    assert!(validate(branches([true, true])).is_ok());
    // The path that traps does not name the value, so the edge to it would lose it.
    assert_eq!(refusal(branches([true, false])), Invalid::EdgeLeak { block: 2, reg: 0 });
    let mut named = branches([true, false]);
    named.functions[0].blocks[2].live_in = vec![LiveIn { reg: 0, ty: Type::Heap(0) }];
    assert!(validate(named).is_ok());
}

#[test]
fn loops_carry_what_they_own() {
    let mut module = ModuleBuilder::new("demo.Loop");
    let vec = module.vec(Ty::U64);
    let index = module.declare("f", FunctionKind::Private, &[vec, Ty::Bool.into()], &[vec]);
    let mut f = module.function(index);
    let (list, again) = (f.param(0), f.param(1));
    let (head, body, done) = (f.block(), f.block(), f.block());
    f.jump(head);
    f.switch_to(head);
    f.branch(again, body, done);
    f.switch_to(body);
    let one = f.constant(Const::int(Ty::U64, 1u8).expect("fits"));
    f.heap(Op::VecPush, vec, &[list, one]);
    f.jump(head);
    f.switch_to(done);
    f.ret(list);
    f.finish();
    let module = module.finish().expect("small");
    assert!(validate(module.clone()).is_ok());
    let mut leaking = module;
    let dup = Inst::typed(Op::Dup, Type::Heap(0), 2, 0, 0);
    leaking.functions[0].slots = 5;
    leaking.functions[0].blocks[2].code.insert(0, Inst { a: 4, ..dup });
    assert_eq!(refusal(leaking), Invalid::EdgeLeak { block: 1, reg: 4 });
}

#[test]
fn rich_modules_are_valid_and_survive_the_round_trip() {
    let module = rich();
    assert!(validate(module.clone()).is_ok(), "{:?}", validate(module.clone()));
    assert_eq!(decode(&encode(&module)), Ok(module.clone()));
    let text = listing(&module);
    for line in [
        "t0    string",
        "t1    demo.Note { Address, Option<Vec<Vec<string>>>, demo.List }",
        "t2    Option<Vec<Vec<string>>> () | (Vec<Vec<string>>)",
        "t3    demo.List () | (u16, demo.List)",
        "t5    Vec<Vec<string>>",
        "notes: Map<u64, Map<string, demo.Note>>",
        "state_next     r20+r21, notes.1, r18+r19",
        "enum_make.Option<Vec<Vec<string>>> r8, 0",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

/// `f(map, key) -> map`: every operator on maps once, on a map of notes or on a set.
fn with_map(valued: bool) -> Module {
    let mut module = ModuleBuilder::new("demo.Map");
    let text = module.string();
    let map = if valued { module.map(Ty::U16, text) } else { module.set(Ty::U16) };
    let index = module.declare("f", FunctionKind::Entry, &[map, Ty::U16.into()], &[map]);
    let mut f = module.function(index);
    let (old, key) = (f.param(0), f.param(1));
    f.drop(map, old);
    let made = f.heap(Op::MapNew, map, &[]);
    let value = |f: &mut FunctionBuilder<'_>| if valued { f.literal(text, b"x") } else { 0 };
    let first = value(&mut f);
    f.heap(Op::MapPut, map, &[made, key, first]);
    let found = f.heap(Op::MapFind, map, &[made, key]);
    f.heap(Op::MapKey, map, &[made, found + 1]);
    let second = value(&mut f);
    f.heap(Op::MapSet, map, &[made, found + 1, second]);
    let got = f.heap(Op::MapGet, map, &[made, found + 1]);
    f.heap(Op::MapSwap, map, &[made, found + 1, got]);
    let taken = f.heap(Op::MapTake, map, &[made, found + 1]);
    f.heap(Op::Len, map, &[made]);
    if valued {
        f.drop(text, got);
        f.drop(text, taken);
    }
    f.ret(made);
    f.finish();
    module.finish().expect("small")
}

#[test]
fn maps_and_sets_are_valid_and_survive_the_round_trip() {
    for (valued, name) in [(true, "Map<u16, string>"), (false, "Set<u16>")] {
        let module = with_map(valued);
        assert!(validate(module.clone()).is_ok(), "{:?}", validate(module.clone()));
        assert_eq!(decode(&encode(&module)), Ok(module.clone()));
        let text = listing(&module);
        assert!(text.contains(name) && text.contains("map_swap"), "{text}");
    }
    // A set has no values to name.
    let mut set = with_map(false);
    let put = set.functions[0].blocks[0].code.iter_mut().find(|inst| inst.op == Op::MapPut);
    put.expect("one").c = 1;
    assert_eq!(refusal(set), Invalid::UnusedOperand { operand: 'c' });
}

#[test]
fn there_is_one_table_for_a_set_of_types() {
    let change = |change: &dyn Fn(&mut Vec<HeapType>)| {
        let mut module = rich();
        change(&mut module.types);
        refusal(module)
    };
    assert_eq!(change(&|types| types.swap(4, 5)), Invalid::TypeOrder { at: 4 });
    assert_eq!(change(&|types| types.insert(0, HeapType::String)), Invalid::TypeOrder { at: 1 });
    let last = |ty| move |types: &mut Vec<HeapType>| types.push(HeapType::Vec(Type::Heap(ty)));
    assert_eq!(change(&last(6)), Invalid::TypeOrder { at: 6 });
    assert_eq!(change(&last(9)), Invalid::NoSuchType { ty: Type::Heap(9) });
    let nameless = HeapType::Record { name: String::new(), fields: vec![] };
    assert_eq!(
        change(&|types| types.insert(1, nameless.clone())),
        Invalid::BadName { what: "a type" }
    );
    let nest = |types: &mut Vec<HeapType>| {
        for _ in 0..40 {
            types.push(HeapType::Vec(Type::Heap(types.len() as u16 - 1)));
        }
    };
    assert_eq!(change(&nest), Invalid::DeepCollection { at: 36 });
    let mut sorted = rich();
    sorted.sort_types();
    assert_eq!(sorted, rich());
}

/// The first instruction of the only function that has this operator.
fn at(module: &mut Module, op: Op) -> &mut Inst {
    let code = &mut module.functions[0].blocks[0].code;
    code.iter_mut().find(|inst| inst.op == op).expect("there is one")
}

#[test]
fn state_operators_take_their_keys() {
    let mut module = rich();
    at(&mut module, Op::StateStore).c = 18;
    assert_eq!(refusal(module), Invalid::NotHeld { reg: 19, ty: Type::Heap(0) });
    let mut module = rich();
    module.schema[0].keys.pop();
    assert_eq!(refusal(module), Invalid::NoSuch { what: "key of a state field", index: 1 });
    let mut module = rich();
    at(&mut module, Op::StateNext).b = 0;
    assert_eq!(refusal(module), Invalid::NotHeld { reg: 21, ty: Type::Heap(0) });
    let mut module = rich();
    module.schema[0].keys[1] = Type::Heap(99);
    assert_eq!(refusal(module), Invalid::NoSuchType { ty: Type::Heap(99) });
}

#[test]
fn operators_find_their_types() {
    let mut module = rich();
    module.schema[0].value = Type::Heap(77);
    assert_eq!(refusal(module), Invalid::NoSuchType { ty: Type::Heap(77) });
    let mut module = rich();
    let string = Some(Type::Heap(0));
    module.functions[0].blocks[0].code[0].ty = string;
    assert_eq!(refusal(module), Invalid::OperatorType { ty: string });
    let mut module = rich();
    at(&mut module, Op::EnumMake).c = 2;
    assert_eq!(refusal(module), Invalid::NoSuch { what: "variant", index: 2 });
    let mut module = rich();
    *at(&mut module, Op::StateNext) = Inst::untyped(Op::StateFind, 20, 0, 18);
    assert_eq!(refusal(module), Invalid::FindsHeap);
    let bad = with_text(|f, string, text| {
        let other = f.literal(string, &[0xff]);
        f.drop(string, other);
        f.drop(string, text);
        f.ret(0);
    });
    assert_eq!(refusal(bad), Invalid::BadData { index: 0 });
}

#[test]
fn only_a_decoding_is_decoded_to() {
    let decode = |wrong: &[Ty], good: &[Ty]| {
        let mut module = ModuleBuilder::new("demo.Codec");
        let bytes = module.bytes();
        let wrong: Vec<Type> = wrong.iter().map(|ty| Type::Scalar(*ty)).collect();
        let good: Vec<Type> = good.iter().map(|ty| Type::Scalar(*ty)).collect();
        let wrong = module.record("demo.Wrong", &wrong);
        let ty = module.enumeration("demo.Decoded", &[&good, &[wrong]]);
        let function = module.declare("f", FunctionKind::Private, &[Ty::U8], &[ty]);
        let mut code = module.function(function);
        let data = code.heap(Op::Encode, Ty::U8.into(), &[code.param(0)]);
        let decoded = code.heap(Op::Decode, ty, &[data]);
        code.drop(bytes, data);
        code.ret(decoded);
        code.finish();
        validate(module.finish().expect("it fits")).map_err(|error| error.what)
    };
    assert!(decode(&[Ty::U64], &[Ty::U8]).is_ok());
    assert!(decode(&[Ty::U64], &[]).is_ok());
    for wrong in [&[][..], &[Ty::U32], &[Ty::U64, Ty::U64]] {
        let refused = decode(wrong, &[Ty::U8]).expect_err("it is no decoding");
        assert!(matches!(refused, Invalid::OperatorType { .. }), "{refused:?}");
    }
}

#[test]
fn fields_of_a_name_and_another_type_are_other_fields() {
    let (module, mut other) = (rich(), rich());
    if let HeapType::Record { name, .. } = &mut other.types[1] {
        name.push('2');
    }
    let id = |module: &Module| field_id(&module.types, &module.schema[0]);
    assert_ne!(id(&module), id(&other));
}
