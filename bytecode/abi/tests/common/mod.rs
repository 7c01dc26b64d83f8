//! Types and values for the tests, and the ABI of a small contract.

#![allow(dead_code)] // each test file uses its own part

use deed_abi::{
    Abi, AbiError, AbiEvent, AbiField, AbiFunction, AbiType, EventParam, Param, TypeDef, TypeShape,
    Value, Variant,
};
use deed_bytecode::{FunctionKind, Int, Ty};
use proptest::prelude::*;

pub(crate) fn ty(text: &str) -> AbiType {
    text.parse().expect("a type")
}

pub(crate) fn param(name: &str, of: &str) -> Param {
    Param { name: name.into(), ty: ty(of) }
}

/// A struct, an enum, a recursive enum and a struct of nothing.
pub(crate) fn types() -> Vec<TypeDef> {
    let variant = |name: &str, fields: &[(&str, &str)]| Variant {
        name: name.into(),
        fields: fields.iter().map(|(name, of)| param(name, of)).collect(),
    };
    vec![
        TypeDef {
            name: "demo.Order".into(),
            shape: TypeShape::Struct(vec![
                param("id", "u64"),
                param("to", "Address"),
                param("note", "Option<string>"),
                param("status", "demo.Status"),
            ]),
        },
        TypeDef {
            name: "demo.Status".into(),
            shape: TypeShape::Enum(vec![
                variant("Live", &[]),
                variant("Pledged", &[("to", "Address"), ("until", "Time")]),
                variant("Pair", &[("0", "u8"), ("1", "i256")]),
            ]),
        },
        TypeDef {
            name: "demo.List".into(),
            shape: TypeShape::Enum(vec![
                variant("End", &[]),
                variant("Node", &[("head", "u16"), ("tail", "demo.List")]),
            ]),
        },
        TypeDef { name: "demo.Nothing".into(), shape: TypeShape::Struct(vec![]) },
    ]
}

pub(crate) fn abi() -> Abi {
    let index = |name: &str, of: &str, index| EventParam { name: name.into(), ty: ty(of), index };
    Abi {
        contract: "demo.Token".into(),
        functions: vec![
            AbiFunction {
                name: "balance".into(),
                kind: FunctionKind::View,
                params: vec![param("of", "Address")],
                result: Some(ty("u128")),
                throws: vec![],
                reads: vec!["balances[of]".into()],
                writes: vec![],
            },
            AbiFunction {
                name: "send".into(),
                kind: FunctionKind::Entry,
                params: vec![param("to", "Address"), param("amount", "u128")],
                result: None,
                throws: vec!["demo.Short".into()],
                reads: vec!["balances[*]".into()],
                writes: vec!["balances[*]".into()],
            },
        ],
        errors: vec![AbiError::new("demo.Short", vec![param("need", "u128")])],
        events: vec![AbiEvent::new(
            "demo.Sent",
            vec![index("to", "Address", true), index("amount", "u128", false)],
        )],
        state: vec![AbiField { name: "balances".into(), ty: ty("Map<Address, u128>") }],
        types: types(),
    }
}

/// Types of every form, a few levels deep.
pub(crate) fn any_type() -> impl Strategy<Value = AbiType> {
    let leaf = prop_oneof![
        prop::sample::select(Ty::ALL.to_vec()).prop_map(AbiType::Scalar),
        prop::sample::select(
            [
                "string",
                "bytes",
                "Time",
                "Duration",
                "Date",
                "demo.Order",
                "demo.List",
                "demo.Nothing"
            ]
            .map(ty)
            .to_vec()
        ),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let boxed = inner.clone().prop_map(Box::new);
        prop_oneof![
            prop::collection::vec(inner, 0..3).prop_map(AbiType::Tuple),
            (boxed.clone(), 0u32..4).prop_map(|(item, length)| AbiType::Array(item, length)),
            boxed.clone().prop_map(AbiType::Vec),
            boxed.clone().prop_map(AbiType::Set),
            (boxed.clone(), boxed.clone()).prop_map(|(key, item)| AbiType::Map(key, item)),
            boxed.prop_map(AbiType::Option),
        ]
    })
}

/// Values of a type, from the numbers that chance gives.
pub(crate) fn value_of(of: &AbiType, next: &mut dyn FnMut() -> u8) -> Value {
    match of {
        AbiType::Scalar(Ty::Bool) => Value::Bool(next() % 2 == 1),
        AbiType::Scalar(Ty::Address | Ty::Hash) => Value::Bytes(vec![next(); 32]),
        AbiType::String => Value::String(["", "契约", "a\"\\\n"][usize::from(next() % 3)].into()),
        AbiType::Bytes => Value::Bytes(vec![next(); usize::from(next() % 5)]),
        AbiType::Tuple(items) => {
            Value::Seq(items.iter().map(|item| value_of(item, next)).collect())
        }
        AbiType::Array(item, length) => {
            Value::Seq((0..*length).map(|_| value_of(item, next)).collect())
        }
        AbiType::Vec(item) => Value::Seq((0..next() % 4).map(|_| value_of(item, next)).collect()),
        AbiType::Set(item) => {
            let mut members: Vec<Value> = (0..next() % 4).map(|_| value_of(item, next)).collect();
            members.sort();
            members.dedup();
            Value::Seq(members)
        }
        AbiType::Map(key, item) => {
            let mut pairs: Vec<_> =
                (0..next() % 4).map(|_| (value_of(key, next), value_of(item, next))).collect();
            pairs.sort();
            pairs.dedup_by(|a, b| a.0 == b.0);
            Value::Map(pairs)
        }
        AbiType::Option(_) if next().is_multiple_of(3) => Value::Option(None),
        AbiType::Option(item) => Value::some(value_of(item, next)),
        AbiType::Named(name) => named_value(name, next),
        integer => {
            let scalar = integer.scalar().expect("an integer");
            let width = 1 + usize::from(next()) % scalar.bytes();
            let bytes: Vec<u8> = (0..width).map(|_| next()).collect();
            Value::Int(Int::from_le_bytes(&bytes, scalar.is_signed()))
        }
    }
}

fn named_value(name: &str, next: &mut dyn FnMut() -> u8) -> Value {
    let types = types();
    let shape = types.iter().find(|def| def.name == name).map(|def| &def.shape);
    match shape.expect("a known name") {
        TypeShape::Struct(fields) => {
            Value::Struct(fields.iter().map(|field| value_of(&field.ty, next)).collect())
        }
        TypeShape::Enum(variants) => {
            // Three of four lists end here, so that none nests too deep.
            let number = if name == "demo.List" { next() % 4 / 3 } else { next() % 3 };
            let fields = &variants[usize::from(number)].fields;
            Value::Enum(number, fields.iter().map(|field| value_of(&field.ty, next)).collect())
        }
    }
}
