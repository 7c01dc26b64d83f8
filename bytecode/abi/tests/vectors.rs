//! The vectors of `docs/binary-vectors.json`, which other languages test themselves with.
//!
//! In: types, values as JSON, bytes. Holds always: the JSON becomes these bytes and no others, and back;
//! what is to be refused is an error.

use deed_abi::{AbiType, TypeDef, decode, encode, from_json, to_json};
use serde_json::Value as Json;

fn vectors() -> (Vec<TypeDef>, Json) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/binary-vectors.json");
    let text = std::fs::read_to_string(path).expect("the file of vectors");
    let all: Json = serde_json::from_str(&text).expect("JSON");
    (serde_json::from_value(all["types"].clone()).expect("types"), all)
}

fn rows(all: &Json, part: &str) -> Vec<Json> {
    all[part].as_array().expect("a list").clone()
}

fn of(row: &Json) -> AbiType {
    serde_json::from_value(row["type"].clone()).expect("a type")
}

fn bytes(row: &Json) -> Vec<u8> {
    let text = row["bytes"].as_str().and_then(|text| text.strip_prefix("0x")).expect("bytes");
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex"))
        .collect()
}

#[test]
fn values_have_the_bytes_of_the_vectors() {
    let (types, all) = vectors();
    let cases = rows(&all, "cases");
    assert!(cases.len() > 50);
    for case in cases {
        let value = from_json(&types, &of(&case), &case["value"]);
        let value = value.unwrap_or_else(|why| panic!("{case}: {why}"));
        assert_eq!(encode(&types, &of(&case), &value).as_deref(), Ok(&bytes(&case)[..]), "{case}");
        assert_eq!(decode(&types, &of(&case), &bytes(&case)).as_ref(), Ok(&value), "{case}");
        assert_eq!(to_json(&types, &of(&case), &value).as_ref(), Ok(&case["value"]), "{case}");
    }
}

#[test]
fn what_the_vectors_refuse_is_refused() {
    let (types, all) = vectors();
    let cases = rows(&all, "refused");
    assert!(cases.len() > 20);
    for case in cases {
        assert!(decode(&types, &of(&case), &bytes(&case)).is_err(), "{case}");
    }
}
