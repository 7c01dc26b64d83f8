//! Values that cross a call's boundary, against `deed-abi`: the same bytes are values, and what
//! comes in goes out again, byte for byte.

use std::collections::{BTreeMap, BTreeSet};

use deed_abi::{AbiType, TypeDef, TypeShape, Value, Variant, decode, encode};
use deed_bytecode::builder::ModuleBuilder;
use deed_bytecode::{FunctionKind, HeapType, Int, Ty, Type};
use deed_runtime::{Outcome, Refusal, Status};
use proptest::prelude::*;

use crate::heap::bytes_of;
use crate::support::Chain;
use crate::tiers;

fn definitions() -> Vec<TypeDef> {
    let param = |name: &str, ty: &str| deed_abi::Param {
        name: name.into(),
        ty: ty.parse().expect("a type"),
    };
    let variant = |name: &str, fields: &[(&str, &str)]| Variant {
        name: name.into(),
        fields: fields.iter().map(|(name, ty)| param(name, ty)).collect(),
    };
    vec![
        TypeDef {
            name: "t.Order".into(),
            shape: TypeShape::Struct(vec![
                param("id", "i16"),
                param("note", "Option<string>"),
                param("list", "t.List"),
            ]),
        },
        TypeDef {
            name: "t.List".into(),
            shape: TypeShape::Enum(vec![
                variant("End", &[]),
                variant("Node", &[("head", "bool"), ("tail", "t.List")]),
            ]),
        },
    ]
}

/// The machine's type for one of an ABI.
fn machine(m: &mut ModuleBuilder, ty: &AbiType) -> Type {
    if let Some(scalar) = ty.scalar() {
        return scalar.into();
    }
    match ty {
        AbiType::String => m.string(),
        AbiType::Bytes => m.bytes(),
        AbiType::Vec(item) => {
            let item = machine(m, item);
            m.vec(item)
        }
        AbiType::Set(item) => {
            let item = machine(m, item);
            m.set(item)
        }
        AbiType::Map(key, value) => {
            let (key, value) = (machine(m, key), machine(m, value));
            m.map(key, value)
        }
        AbiType::Option(item) => {
            let payload = machine(m, item);
            m.enumeration(ty.to_string(), &[&[], &[payload]])
        }
        AbiType::Tuple(items) => {
            let fields: Vec<Type> = items.iter().map(|item| machine(m, item)).collect();
            m.record(ty.to_string(), &fields)
        }
        AbiType::Named(name) if name == "t.List" => m.recursive(|own| HeapType::Enum {
            name: "t.List".into(),
            variants: vec![vec![], vec![Ty::Bool.into(), own]],
        }),
        AbiType::Named(name) => {
            let parts = ["i16", "Option<string>", "t.List"].map(|ty| ty.parse().expect("a type"));
            let fields = parts.map(|ty| machine(m, &ty));
            m.record(name.clone(), &fields)
        }
        other => panic!("no test uses {other}"),
    }
}

/// A contract whose `f` gives back what it is given.
fn echo(ty: &AbiType) -> Chain {
    let mut module = ModuleBuilder::new("test.Echo");
    let of = machine(&mut module, ty);
    let index = module.declare("f", FunctionKind::View, &[of], &[of]);
    let mut code = module.function(index);
    let value = code.param(0);
    code.ret(value);
    code.finish();
    Chain::new(module.finish().expect("small"))
}

fn any_type() -> impl Strategy<Value = AbiType> {
    let simple = ["string", "bytes", "t.Order", "t.List", "()", "Time"];
    let simple = simple.map(|ty| ty.parse().expect("a type")).to_vec();
    let leaf = prop_oneof![
        prop::sample::select(Ty::ALL.to_vec()).prop_map(AbiType::Scalar),
        prop::sample::select(simple),
    ];
    leaf.prop_recursive(4, 12, 3, |inner| {
        let boxed = inner.clone().prop_map(Box::new);
        let pair = (boxed.clone(), boxed.clone());
        prop_oneof![
            pair.prop_map(|(key, value)| AbiType::Map(key, value)),
            boxed.clone().prop_map(AbiType::Set),
            prop::collection::vec(inner, 0..3).prop_map(AbiType::Tuple),
            boxed.clone().prop_map(AbiType::Vec),
            boxed.prop_map(AbiType::Option),
        ]
    })
}

fn value_of(ty: &AbiType, next: &mut dyn FnMut() -> u8) -> Value {
    match ty {
        AbiType::Scalar(Ty::Bool) => Value::Bool(next() % 2 == 1),
        AbiType::Scalar(Ty::Address | Ty::Hash) => Value::Bytes(vec![next(); 32]),
        AbiType::String => Value::String(["", "契约", "a\n"][usize::from(next() % 3)].into()),
        AbiType::Bytes => Value::Bytes(vec![next(); usize::from(next() % 5)]),
        AbiType::Tuple(items) => {
            Value::Seq(items.iter().map(|item| value_of(item, next)).collect())
        }
        AbiType::Vec(item) => Value::Seq((0..next() % 4).map(|_| value_of(item, next)).collect()),
        AbiType::Set(item) => {
            let set: BTreeSet<_> = (0..next() % 24).map(|_| value_of(item, next)).collect();
            Value::Seq(set.into_iter().collect())
        }
        AbiType::Map(key, item) => {
            let map: BTreeMap<_, _> =
                (0..next() % 24).map(|_| (value_of(key, next), value_of(item, next))).collect();
            Value::Map(map.into_iter().collect())
        }
        AbiType::Option(_) if next().is_multiple_of(3) => Value::Option(None),
        AbiType::Option(item) => Value::some(value_of(item, next)),
        AbiType::Named(name) if name == "t.List" => list(usize::from(next() % 6)),
        AbiType::Named(_) => {
            let parts = ["i16", "Option<string>", "t.List"].map(|ty| ty.parse().expect("a type"));
            Value::Struct(parts.iter().map(|ty| value_of(ty, next)).collect())
        }
        integer => {
            let scalar = integer.scalar().expect("an integer");
            let bytes: Vec<u8> = (0..scalar.bytes()).map(|_| next()).collect();
            Value::Int(Int::from_le_bytes(&bytes, scalar.is_signed()))
        }
    }
}

fn list(length: usize) -> Value {
    let end = Value::Enum(0, vec![]);
    (0..length).fold(end, |tail, at| Value::Enum(1, vec![Value::Bool(at % 2 == 0), tail]))
}

fn is_refused(outcome: &Outcome) -> bool {
    matches!(&outcome.status, Status::Refused(Refusal::BadArgument(_)))
}

/// Whatever the bytes: the engine takes them exactly where the ABI does, and gives them back.
fn agree(chain: &mut Chain, ty: &AbiType, bytes: &[u8]) {
    let outcome = chain.call("f", bytes);
    match decode(&definitions(), ty, bytes) {
        Ok(_) => assert_eq!(bytes_of(&outcome), bytes, "{ty}"),
        Err(error) => assert!(is_refused(&outcome), "{ty}: {error} but {:?}", outcome.status),
    }
}

proptest! {
    #![proptest_config(tiers::cases(256))]

    #[test]
    fn the_engine_and_the_abi_agree(
        ty in any_type(),
        chance in prop::collection::vec(any::<u8>(), 1..64),
        damages in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        noise in prop::collection::vec(0u8..4, 0..40),
    ) {
        let mut chance = chance.into_iter().cycle();
        let value = value_of(&ty, &mut || chance.next().unwrap_or(0));
        let bytes = encode(&definitions(), &ty, &value).expect("a value of the type");
        let mut chain = echo(&ty);
        prop_assert_eq!(bytes_of(&chain.call("f", &bytes)), bytes.clone());
        for (at, byte) in damages.iter().filter(|_| !bytes.is_empty()) {
            let mut damaged = bytes.clone();
            damaged[at.index(bytes.len())] = *byte;
            agree(&mut chain, &ty, &damaged);
            agree(&mut chain, &ty, &bytes[..at.index(bytes.len())]);
        }
        agree(&mut chain, &ty, &noise);
    }
}

#[test]
fn depth_is_limited_alike() {
    let ty = AbiType::Named("t.List".into());
    let mut chain = echo(&ty);
    for length in [61, 62, 63, 64, 65, 10_000] {
        let mut bytes: Vec<u8> = [1, 0].repeat(length);
        bytes.push(0);
        agree(&mut chain, &ty, &bytes);
    }
}

#[test]
fn counts_that_lie_allocate_nothing() {
    for ty in ["Vec<()>", "Vec<u64>", "Vec<Vec<()>>", "string", "Vec<Option<()>>"] {
        let ty: AbiType = ty.parse().expect("a type");
        let mut chain = echo(&ty);
        for count in [1, 255, 256, 520, 767, 768, 769, 1 << 20, u32::MAX] {
            agree(&mut chain, &ty, &count.to_le_bytes());
        }
    }
}
