//! Values through both of their forms, and bytes and JSON that are no values.

mod common;

use common::{any_type, ty, types, value_of};
use deed_abi::{AbiType, Value, ValueFault, decode, encode, from_json, to_json};
use deed_bytecode::Int;
use proptest::prelude::*;
use serde_json::json;

fn some_value(of: &AbiType, numbers: &[u8]) -> Value {
    let mut state = 0u64;
    let mut at = 0;
    // A plain congruential mix, so that short lists do not repeat themselves.
    let mut next = move || {
        let number = numbers.get(at).copied().unwrap_or_default();
        at = (at + 1) % numbers.len().max(1);
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(u64::from(number) + 1);
        (state >> 56) as u8
    };
    value_of(of, &mut next)
}

proptest! {
    #[test]
    fn values_survive_both_forms(of in any_type(), numbers in prop::collection::vec(any::<u8>(), 1..40)) {
        let types = types();
        let value = some_value(&of, &numbers);
        let bytes = encode(&types, &of, &value).expect("it fits");
        prop_assert_eq!(decode(&types, &of, &bytes), Ok(value.clone()));
        let json = to_json(&types, &of, &value).expect("it fits");
        let text = serde_json::from_str(&json.to_string()).expect("JSON");
        prop_assert_eq!(from_json(&types, &of, &text), Ok(value));
    }

    #[test]
    fn cut_or_lengthened_bytes_are_refused(of in any_type(), numbers in prop::collection::vec(any::<u8>(), 1..40)) {
        let types = types();
        let mut bytes = encode(&types, &of, &some_value(&of, &numbers)).expect("it fits");
        for end in 0..bytes.len() {
            prop_assert!(decode(&types, &of, &bytes[..end]).is_err());
        }
        bytes.push(0);
        prop_assert!(decode(&types, &of, &bytes).is_err());
    }

    #[test]
    fn what_decodes_is_canonical(of in any_type(), bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let types = types();
        if let Ok(value) = decode(&types, &of, &bytes) {
            prop_assert_eq!(encode(&types, &of, &value), Ok(bytes));
        }
    }

    #[test]
    fn values_of_other_types_are_refused_without_a_panic(
        of in any_type(),
        other in any_type(),
        numbers in prop::collection::vec(any::<u8>(), 1..40),
    ) {
        let types = types();
        let value = some_value(&other, &numbers);
        if let Ok(bytes) = encode(&types, &of, &value) {
            prop_assert_eq!(decode(&types, &of, &bytes), Ok(value.clone()));
        }
        let json = to_json(&types, &other, &value).expect("it fits its own");
        let _ = from_json(&types, &of, &json);
        let _ = to_json(&types, &of, &value);
    }
}

#[test]
fn bytes_are_as_written_in_the_table() {
    let bytes = |of: &str, value: Value| encode(&types(), &ty(of), &value).expect("it fits");
    assert_eq!(bytes("u16", Value::int(258u16)), [2, 1]);
    assert_eq!(bytes("i32", Value::int(-2i8)), [0xfe, 0xff, 0xff, 0xff]);
    assert_eq!(bytes("string", Value::String("é".into())), [2, 0, 0, 0, 0xc3, 0xa9]);
    let pair = Value::Seq(vec![Value::int(1u8), Value::Bool(true)]);
    assert_eq!(bytes("(u8, bool)", pair), [1, 1]);
    assert_eq!(bytes("Option<u8>", Value::some(Value::int(9u8))), [1, 9]);
    assert_eq!(bytes("Option<u8>", Value::Option(None)), [0]);
    let map =
        Value::Map(vec![(Value::int(-1i8), Value::int(5u8)), (Value::int(0u8), Value::int(6u8))]);
    assert_eq!(bytes("Map<i8, u8>", map), [2, 0, 0, 0, 0xff, 5, 0, 6]);
    assert_eq!(bytes("demo.List", Value::Enum(0, vec![])), [0]);
}

#[test]
fn json_is_as_written_in_the_table() {
    let types = types();
    let address = format!("0x{}", "ab".repeat(32));
    let json = json!({
        "id": "7", "to": address, "note": null,
        "status": {"Pledged": {"to": address, "until": "2030-01-31T12:00:00Z"}},
    });
    let order = ty("demo.Order");
    let value = from_json(&types, &order, &json).expect("an order");
    assert_eq!(to_json(&types, &order, &value), Ok(json));
    let both = |of: &str, json: serde_json::Value| {
        let value = from_json(&types, &ty(of), &json);
        assert_eq!(value.and_then(|value| to_json(&types, &ty(of), &value)), Ok(json));
    };
    both("u32", json!(7));
    both("i64", json!("-7"));
    both("Map<bool, u8>", json!([[false, 1], [true, 2]]));
    both("Option<Option<u8>>", json!({"some": null}));
    both("Option<Option<u8>>", json!({"some": 3}));
    both("demo.Status", json!({"Pair": [1, "-2"]}));
    both("demo.Status", json!("Live"));
    both("Date", json!("-0044-03-15"));
    both("Duration", json!(86400));
    assert_eq!(from_json(&types, &ty("u256"), &json!(5)), Ok(Value::int(5u8)));
    let set = from_json(&types, &ty("Set<u8>"), &json!([3, 1, 2])).expect("a set");
    assert_eq!(set, Value::Seq([1u8, 2, 3].map(Value::int).to_vec()));
}

#[test]
fn json_errors_name_the_path_and_what_belongs_there() {
    let refused = |of: &str, json: serde_json::Value| {
        from_json(&types(), &ty(of), &json).expect_err("it should be refused").to_string()
    };
    assert_eq!(refused("u8", json!(256)), "256 does not fit `u8`");
    assert_eq!(
        refused("u64", json!(1.5)),
        "expected an integer of type `u64`, as a number or a decimal string, found 1.5"
    );
    assert_eq!(
        refused("Vec<(u8, bool)>", json!([[1, true], [2, "no"]])),
        "at `[1][1]`: expected `true` or `false`, found \"no\""
    );
    assert_eq!(
        refused("Vec<demo.Order>", json!([{"id": 1, "whom": 2}])),
        "at `[0]`: there is no field `whom`; the fields are `id`, `to`, `note`, `status`"
    );
    assert_eq!(
        refused("demo.Status", json!({"Pledged": {"to": "0x"}})),
        "at `Pledged.to`: expected an `Address`: `0x` and 64 hexadecimal digits, found \"0x\""
    );
    assert_eq!(
        refused("demo.Status", json!("Dead")),
        "expected a variant of `demo.Status` (one of Live, Pledged, Pair), found \"Dead\""
    );
    assert_eq!(
        refused("demo.Status", json!({"Pair": [1]})),
        "at `Pair`: expected {\"Pair\": […]} with 2 values, found an array of 1 values"
    );
    assert_eq!(refused("Map<u8, u8>", json!([[1, 2], [1, 3]])), "at `[1]`: it is there twice");
    assert_eq!(refused("demo.Lost", json!(0)), "the ABI does not define the type `demo.Lost`");
    let huge = "9".repeat(78);
    assert_eq!(refused("u256", json!(huge)), format!("{huge} does not fit `u256`"));
}

#[test]
fn deep_values_are_refused_in_every_form() {
    let deep = |depth: usize| {
        (0..depth)
            .fold(Value::Enum(0, vec![]), |tail, _| Value::Enum(1, vec![Value::int(1u8), tail]))
    };
    let list = ty("demo.List");
    let bytes = encode(&types(), &list, &deep(60)).expect("deep enough");
    assert_eq!(decode(&types(), &list, &bytes), Ok(deep(60)));
    let fault = encode(&types(), &list, &deep(70)).map_err(|error| error.what);
    assert_eq!(fault, Err(ValueFault::TooDeep));
    let endless = [1, 0, 0].repeat(1000);
    let fault = decode(&types(), &list, &endless).map_err(|error| error.what);
    assert_eq!(fault, Err(ValueFault::TooDeep));
    assert!(to_json(&types(), &list, &deep(70)).is_err());
}

#[test]
fn values_without_bytes_do_not_fill_the_memory() {
    let nothing = [0xff; 4];
    for of in ["Vec<()>", "Vec<demo.Nothing>"] {
        let fault = decode(&types(), &ty(of), &nothing).map_err(|error| error.what);
        assert_eq!(fault, Err(ValueFault::TooMany), "{of}");
    }
    let many = Value::Seq(vec![Value::UNIT; 100_000]);
    let fault = encode(&types(), &ty("Vec<()>"), &many).map_err(|error| error.what);
    assert_eq!(fault, Err(ValueFault::TooMany));
    let fault = decode(&types(), &ty("Vec<u256>"), &nothing).map_err(|error| error.what);
    assert_eq!(fault, Err(ValueFault::Truncated { offset: 4 }));
}

#[test]
fn sets_and_maps_have_one_form() {
    let unordered =
        decode(&types(), &ty("Set<u8>"), &[2, 0, 0, 0, 5, 5]).map_err(|error| error.to_string());
    assert_eq!(
        unordered,
        Err("at `[1]`: members and keys must ascend, at byte 5 they do not".into())
    );
    let members = Value::Seq(vec![Value::int(2u8), Value::Int(Int::ZERO)]);
    assert!(encode(&types(), &ty("Set<u8>"), &members).is_err());
}

#[test]
fn fixed_types_lie_flat_in_registers() {
    use deed_bytecode::Ty::{Address, Bool, U64};
    let flat = |of: &str| ty(of).flatten(&types());
    assert_eq!(flat("(u64, (bool, bool), Address)"), Some(vec![U64, Bool, Bool, Address]));
    assert_eq!(flat("Time"), Some(vec![U64]));
    assert_eq!(flat("demo.Nothing"), Some(vec![]));
    for of in ["[u8; 3]", "Vec<u8>", "demo.Order", "demo.List", "demo.Lost"] {
        assert_eq!(flat(of), None, "{of}");
    }
}
