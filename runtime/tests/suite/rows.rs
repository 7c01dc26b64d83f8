//! Records as elements, by their fields: those that lie in their vector, with references and without,
//! and those that are too wide for it.

use deed_bytecode::{Module, Op, Ty, Type};
use deed_runtime::TrapKind;

use crate::heap::{blob, bytes_of, module, u64_const};
use crate::support::{Chain, trap};

const U64: Type = Type::Scalar(Ty::U64);

/// `f(all, index)`: `all` as it was, and with element `index` behind it and in the place of the first.
fn program(fields: fn(string: Type) -> Vec<Type>) -> Module {
    module(
        |m| {
            let fields = fields(m.string());
            let record = m.record("test.Row", &fields);
            let rows = m.vec(record);
            (rows, vec![rows, U64], vec![rows, rows])
        },
        |f, rows| {
            let (all, index) = (f.param(0), f.param(1));
            let before = f.dup(rows, all);
            let row = f.heap(Op::RowGet, rows, &[all, index]);
            f.heap(Op::RowPush, rows, &[all, row]);
            let row = f.heap(Op::RowGet, rows, &[all, index]);
            let zero = u64_const(f, 0);
            f.heap(Op::RowSet, rows, &[all, zero, row]);
            let results = f.gather(&[(before, rows), (all, rows)]);
            f.ret(results);
        },
    )
}

/// Calls it with three elements, of which `row` gives the encoding, and the index of each.
fn check(fields: fn(Type) -> Vec<Type>, row: fn(u8) -> Vec<u8>) {
    let mut chain = Chain::new(program(fields));
    let encoded = |numbers: &[u8]| {
        let rows: Vec<u8> = numbers.iter().flat_map(|number| row(*number)).collect();
        blob(numbers.len(), &rows)
    };
    let before = encoded(&[1, 2, 3]);
    let mut call = |index: u64| chain.call("f", &[&before[..], &index.to_le_bytes()].concat());
    for (index, after) in [(0, [1, 2, 3, 1]), (1, [2, 2, 3, 2]), (2, [3, 2, 3, 3])] {
        assert_eq!(bytes_of(&call(index)), [before.clone(), encoded(&after)].concat());
    }
    for index in [3, u64::MAX] {
        assert_eq!(trap(&call(index)), TrapKind::OutOfBounds);
    }
}

#[test]
fn records_of_scalars() {
    let fields = |_| [Ty::U8, Ty::I16, Ty::U128, Ty::Bool].map(Type::from).to_vec();
    let row = |number: u8| {
        let low = i16::from(number) - 300;
        let wide = u128::from(number) << 90;
        [&[number][..], &low.to_le_bytes(), &wide.to_le_bytes(), &[number % 2]].concat()
    };
    check(fields, row);
}

#[test]
fn records_that_hold_texts() {
    let row = |number: u8| [&u64::from(number).to_le_bytes()[..], &blob(2, &[number; 2])].concat();
    check(|string| vec![U64, string], row);
}

#[test]
fn records_too_wide_to_lie_in_their_vector() {
    let fields = |_| [Ty::Hash, Ty::Hash].map(Type::from).to_vec();
    check(fields, |number| vec![number; 64]);
}
