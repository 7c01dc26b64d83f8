//! Where owners are made and let go, and which values are not made at all.

use deed_compiler::mir::{BinaryOp, FuncId, IntTy, Op, Program, Terminator, Ty, Types, ValueId};
use deed_compiler::opt::OptLevel;

use super::program::{LEVELS, Writer, compiled, edge, program};

#[test]
fn a_loop_that_sets_elements_shares_nothing() {
    let mut types = Types::default();
    let vec = types.vec(Ty::U64);
    let mut f = Writer::new("fill", &[vec, Ty::U64], &[vec]);
    let (start, count) = (f.function.params()[0], f.function.params()[1]);
    let zero = f.number(0);
    let (head, params) = f.block(&[vec, Ty::U64]);
    let (body, _) = f.block(&[]);
    let (done, _) = f.block(&[]);
    f.jump(head, &[start, zero]);
    f.at = head;
    let below = Op::Binary { op: BinaryOp::Lt, left: params[1], right: count };
    let below = f.value(below, Ty::Bool);
    f.branch(below, edge(body, &[]), edge(done, &[]));
    f.at = body;
    let set = Op::VecSet { vec: params[0], index: params[1], value: params[1] };
    let set = f.value(set, vec);
    let one = f.number(1);
    let next = Op::Binary { op: BinaryOp::Add, left: params[1], right: one };
    let next = f.value(next, Ty::U64);
    f.jump(head, &[set, next]);
    f.at = done;
    f.end(Terminator::Return(vec![params[0]]));
    let program = program(types, vec![f]);
    for level in LEVELS {
        let (text, _) = compiled(&program, level);
        assert!(!text.contains("dup") && !text.contains("drop"), "{text}");
    }
}

#[test]
fn a_value_that_is_taken_twice_has_two_owners() {
    let mut types = Types::default();
    let string = types.string();
    let mut f = Writer::new("twice", &[string], &[string]);
    let given = f.function.params()[0];
    let both = f.value(Op::Concat { left: given, right: given }, string);
    f.end(Terminator::Return(vec![both]));
    let mut g = Writer::new("both", &[string], &[string, string]);
    let given = g.function.params()[0];
    let once = g.value(Op::Call { function: FuncId(0), args: vec![given] }, string);
    g.end(Terminator::Return(vec![given, once]));
    let program = program(types, vec![f, g]);
    for level in LEVELS {
        compiled(&program, level);
    }
    let (text, _) = compiled(&program, OptLevel::None);
    let concat = "    v2: string = dup v0\n    v1: string = concat v2, v0\n    drop v0\n";
    assert!(text.contains(concat), "{text}");
    assert!(text.contains("    v2: string = dup v0\n    v1: string = call twice(v2)\n"), "{text}");
}

#[test]
fn a_value_that_one_way_needs_is_let_go_on_the_other() {
    let mut types = Types::default();
    let string = types.string();
    let mut f = Writer::new("one", &[Ty::Bool, string, string], &[string]);
    let params = f.function.params().to_vec();
    let (end, result) = f.block(&[string]);
    f.branch(params[0], edge(end, &[params[1]]), edge(end, &[params[2]]));
    f.at = end;
    f.end(Terminator::Return(result));
    let program = program(types, vec![f]);
    for level in LEVELS {
        let (text, _) = compiled(&program, level);
        assert!(text.contains("drop v1") && text.contains("drop v2"), "{text}");
    }
}

/// `f(outer, i) { outer.part[i] = i }`, with what reads and writes the part.
fn nested(
    types: Types,
    [outer, inner]: [Ty; 2],
    get: impl Fn(ValueId, ValueId) -> Op,
    set: impl Fn(ValueId, ValueId, ValueId) -> Op,
) -> Program {
    let mut f = Writer::new("nested", &[outer, Ty::U64], &[outer]);
    let (whole, at) = (f.function.params()[0], f.function.params()[1]);
    let part = f.value(get(whole, at), inner);
    let changed = f.value(Op::VecSet { vec: part, index: at, value: at }, inner);
    let result = f.value(set(whole, at, changed), outer);
    f.end(Terminator::Return(vec![result]));
    program(types, vec![f])
}

#[test]
fn a_change_inside_a_field_shares_nothing() {
    let mut types = Types::default();
    let inner = types.vec(Ty::U64);
    let outer = types.record("test.R", |_| vec![Ty::U64, inner]);
    let program = nested(
        types,
        [outer, inner],
        |record, _| Op::RecordGet { record, field: 1 },
        |record, _, value| Op::RecordSet { record, field: 1, value },
    );
    for level in LEVELS {
        let (text, _) = compiled(&program, level);
        assert!(!text.contains("dup") && !text.contains("record_get"), "{text}");
    }
}

#[test]
fn a_change_inside_an_element_shares_nothing() {
    let mut types = Types::default();
    let inner = types.vec(Ty::U64);
    let outer = types.vec(inner);
    let program = nested(
        types,
        [outer, inner],
        |vec, index| Op::VecGet { vec, index },
        |vec, index, value| Op::VecSet { vec, index, value },
    );
    for level in LEVELS {
        let (text, _) = compiled(&program, level);
        assert!(!text.contains("dup") && !text.contains("vec_get"), "{text}");
    }
}

/// `let mut o = none; if c { o = some(n) }; o.tag == 1 && o.0 == n`
#[test]
fn an_option_that_stays_inside_is_not_made() {
    let mut types = Types::default();
    let option = types.option(Ty::U64);
    let byte = Ty::Int(IntTy::U8);
    let mut f = Writer::new("inside", &[Ty::Bool, Ty::U64], &[byte, Ty::U64]);
    let (condition, number) = (f.function.params()[0], f.function.params()[1]);
    let none = f.value(Op::EnumMake { variant: 0, payload: vec![] }, option);
    let (some, _) = f.block(&[]);
    let (join, met) = f.block(&[option]);
    f.branch(condition, edge(some, &[]), edge(join, &[none]));
    f.at = some;
    let made = f.value(Op::EnumMake { variant: 1, payload: vec![number] }, option);
    f.jump(join, &[made]);
    f.at = join;
    let tag = f.value(Op::EnumTag { value: met[0] }, byte);
    let part = f.value(Op::EnumGet { value: met[0], variant: 1 }, Ty::U64);
    f.end(Terminator::Return(vec![tag, part]));
    let program = program(types, vec![f]);
    let (text, _) = compiled(&program, OptLevel::Full);
    assert!(!text.contains("enum"), "{text}");
    let (text, _) = compiled(&program, OptLevel::None);
    assert!(text.contains("enum_open"), "{text}");
}
