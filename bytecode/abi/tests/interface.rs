//! The ABI through its forms, against its schema, and against the code it comes with.

mod common;

use common::{abi, param, types};
use deed_abi::{Abi, AbiFunction, Code, LinkError, abi::signature, abi_of};
use deed_bytecode::builder::ModuleBuilder;
use deed_bytecode::{
    ErrorDef, EventDef, EventField, FunctionKind, HeapType, Inst, Module, StateField, TrapKind, Ty,
    Type, validate,
};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

#[test]
fn it_survives_both_forms() {
    let abi = abi();
    assert_eq!(Abi::from_bytes(&abi.to_bytes()), Ok(abi.clone()));
    let json = serde_json::to_value(&abi).expect("JSON");
    assert_eq!(serde_json::from_value::<Abi>(json).expect("an ABI"), abi);
}

#[test]
fn json_is_refused_with_a_reason() {
    let mut json = serde_json::to_value(abi()).expect("JSON");
    json["functions"][0]["params"][0]["ty"] = json!("Vec<u8");
    let error = serde_json::from_value::<Abi>(json).expect_err("refused").to_string();
    assert_eq!(
        error,
        "`Vec<u8` is not a type, as in `Map<Address, u64>`: at byte 6: `>` should close the type argument"
    );
    let mut json = serde_json::to_value(abi()).expect("JSON");
    json["function"] = json!([]);
    assert!(serde_json::from_value::<Abi>(json).is_err());
}

#[test]
fn codes_are_of_signatures() {
    let error = &abi().errors[0];
    let types = error.params.iter().map(|param| &param.ty);
    assert_eq!(signature(&error.name, types), "demo.Short(u128)");
    // The first four bytes of SHA-256 over the text above.
    assert_eq!(error.code.to_string(), CODE_OF_SHORT);
    assert_eq!(CODE_OF_SHORT.parse(), Ok(error.code));
    assert!("0x1234567".parse::<Code>().is_err() && "0x+1234567".parse::<Code>().is_err());
}

const CODE_OF_SHORT: &str = "0x611181ea";

proptest! {
    #[test]
    fn damaged_bytes_are_an_error_or_another_abi(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = abi().to_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(abi) = Abi::from_bytes(&bytes) {
            prop_assert_eq!(abi.to_bytes(), bytes);
        }
        prop_assert!(Abi::from_bytes(&abi().to_bytes()[..at]).is_err());
    }
}

/// A module to go with the ABI, whose code does nothing.
fn module() -> Module {
    let mut module = ModuleBuilder::new("demo.Token");
    let abi = abi();
    for (name, kind, params, results) in [
        ("balance", FunctionKind::View, vec![Ty::Address], vec![Ty::U128]),
        ("helper", FunctionKind::Private, vec![], vec![]),
        ("send", FunctionKind::Entry, vec![Ty::Address, Ty::U128], vec![]),
    ] {
        let index = module.declare(name, kind, &params, &results);
        let mut code = module.function(index);
        code.push(Inst::trap(TrapKind::Unreachable));
        code.finish();
    }
    module.error(ErrorDef {
        name: "demo.Short".into(),
        code: abi.errors[0].code.0,
        params: vec![Ty::U128.into()],
    });
    let fields = [(Ty::Address, true), (Ty::U128, false)];
    let fields = fields.map(|(ty, index)| EventField { ty: ty.into(), index }).to_vec();
    module.event(EventDef { name: "demo.Sent".into(), code: abi.events[0].code.0, fields });
    let keys = vec![Ty::Address.into()];
    module.field(StateField {
        name: "balances".into(),
        keys,
        value: Ty::U128.into(),
        default: None,
    });
    module.module_mut().abi = abi.to_bytes();
    module.finish().expect("small")
}

#[test]
fn a_module_and_its_abi_agree() {
    let valid = validate(module()).expect("valid");
    assert_eq!(abi_of(&valid), Ok(abi()));
}

#[test]
fn differences_are_found() {
    let differs = |change: &dyn Fn(&mut Module)| {
        let mut module = module();
        change(&mut module);
        match abi_of(&module) {
            Err(LinkError::Mismatch { what, .. }) => what,
            other => panic!("{other:?}"),
        }
    };
    let of_abi = |change: &dyn Fn(&mut Abi)| {
        let mut abi = abi();
        change(&mut abi);
        differs(&|module| module.abi = abi.to_bytes())
    };
    assert_eq!(differs(&|module| module.name = "demo.Other".into()), "the contract `demo.Other`");
    assert_eq!(differs(&|module| module.functions[1].kind = FunctionKind::Entry), "its functions");
    assert_eq!(differs(&|module| module.functions[0].kind = FunctionKind::Entry), "`balance`");
    assert_eq!(differs(&|module| module.functions[2].params[1] = Ty::U64.into()), "`send`");
    assert_eq!(differs(&|module| module.functions[0].results.clear()), "`balance`");
    assert_eq!(differs(&|module| module.errors[0].params.clear()), "error `demo.Short`");
    assert_eq!(differs(&|module| module.events[0].fields[1].index = true), "event `demo.Sent`");
    assert_eq!(differs(&|module| module.schema[0].keys.clear()), "state field `balances`");
    assert_eq!(of_abi(&|abi| abi.errors[0].code = Code([0; 4])), "error `demo.Short`");
    assert_eq!(of_abi(&|abi| abi.events.clear()), "event `demo.Sent`");
    assert_eq!(of_abi(&|abi| abi.state[0].name.push('x')), "state field `balances`");
    assert_eq!(of_abi(&|abi| abi.functions[1].params.push(param("x", "string"))), "`send`");
}

/// A module whose functions take one value each of these heap types, and its ABI.
fn heap_module(change: impl Fn(&mut ModuleBuilder, &mut Vec<Type>)) -> Module {
    let mut module = ModuleBuilder::new("demo.Heap");
    let (string, u64) = (module.string(), Type::Scalar(Ty::U64));
    let note = module.option(string);
    let payload = [Ty::Address.into(), u64];
    let pair = [Ty::U8.into(), Ty::I256.into()];
    let status = module.enumeration("demo.Status", &[&[], &payload, &pair]);
    let order = module.record("demo.Order", &[u64, Ty::Address.into(), note, status]);
    let orders = module.vec(order);
    let list = module.recursive(|own| HeapType::Enum {
        name: "demo.List".into(),
        variants: vec![vec![], vec![Ty::U16.into(), own]],
    });
    let mut params = vec![orders, list, u64, Ty::Bool.into()];
    change(&mut module, &mut params);
    let index = module.declare("f", FunctionKind::Entry, &params, Type::NONE);
    let mut code = module.function(index);
    code.push(Inst::trap(TrapKind::Unreachable));
    code.finish();
    let mut module = module.finish().expect("small");
    let f = AbiFunction {
        name: "f".into(),
        kind: FunctionKind::Entry,
        params: vec![
            param("orders", "Vec<demo.Order>"),
            param("list", "demo.List"),
            param("flat", "(u64, bool)"),
        ],
        result: None,
        throws: vec![],
        reads: vec![],
        writes: vec![],
    };
    let (errors, events, state) = (vec![], vec![], vec![]);
    let contract = "demo.Heap".into();
    module.abi =
        Abi { contract, functions: vec![f], errors, events, state, types: types() }.to_bytes();
    module
}

#[test]
fn heap_types_agree_by_what_they_are_made_of() {
    assert!(abi_of(&heap_module(|_, _| {})).is_ok());
    let differs = |change: &dyn Fn(&mut ModuleBuilder, &mut Vec<Type>)| {
        let found = abi_of(&heap_module(change));
        assert!(matches!(found, Err(LinkError::Mismatch { .. })), "{found:?}");
    };
    differs(&|_, params| params.swap(0, 1));
    differs(&|module, params| params[0] = module.vec(Ty::U64));
    differs(&|module, params| params[1] = module.string());
    differs(&|module, params| {
        params[1] = module.recursive(|own| HeapType::Enum {
            name: "demo.Other".into(),
            variants: vec![vec![], vec![Ty::U32.into(), own]],
        });
    });
    differs(&|_, params| params.push(Ty::Bool.into()));
    differs(&|_, params| params.truncate(3));
}

#[test]
fn calls_and_outcomes_are_told_in_its_terms() {
    let abi = abi();
    let bob = format!("0x{}", "0b".repeat(32));
    let bytes = abi.arguments("send", &[json!(bob), json!("300")]).expect("arguments");
    assert_eq!((bytes.len(), &bytes[32..34]), (48, &[44u8, 1][..]));
    let refused = |function: &str, arguments: &[Json]| {
        abi.arguments(function, arguments).expect_err("refused").to_string()
    };
    assert_eq!(refused("sned", &[]), "the ABI has no function `sned`");
    assert_eq!(refused("send", &[]), "expected 2 arguments (to: Address, amount: u128), found 0");
    assert_eq!(refused("send", &[json!(bob), json!(-1)]), "at `amount`: -1 does not fit `u128`");
    assert_eq!(
        abi.result("balance", &[7; 16]).expect("a result"),
        json!(u128::from_le_bytes([7; 16]).to_string())
    );
    assert_eq!(abi.result("send", &[]), Ok(Json::Null));
    assert!(abi.result("send", &[1]).is_err());
    let short = abi.error_data(abi.errors[0].code, &[1; 16]).expect("an error");
    assert_eq!((short.name.as_str(), short.fields.len()), ("demo.Short", 1));
    let sent = abi.event_data(abi.events[0].code, &bytes).expect("an event");
    assert_eq!(sent.object(), json!({"to": bob, "amount": "300"}));
    assert!(abi.event_data(Code([0; 4]), &[]).is_err());
}

/// As much of JSON Schema as the schema uses.
fn fits(schema: &Json, root: &Json, json: &Json) -> Result<(), String> {
    if let Some(path) = schema["$ref"].as_str() {
        return fits(root.pointer(path.trim_start_matches('#')).expect("a definition"), root, json);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let fitting = choices.iter().filter(|choice| fits(choice, root, json).is_ok()).count();
        return if fitting == 1 { Ok(()) } else { Err(format!("{fitting} forms fit {json}")) };
    }
    let kind = match json {
        Json::Object(_) => "object",
        Json::Array(_) => "array",
        Json::String(_) => "string",
        Json::Bool(_) => "boolean",
        _ => "other",
    };
    if schema["type"] != kind {
        return Err(format!("{json} is no {}", schema["type"]));
    }
    if schema["enum"].as_array().is_some_and(|list| !list.contains(json)) {
        return Err(format!("{json} is not in the list"));
    }
    for item in json.as_array().into_iter().flatten() {
        fits(&schema["items"], root, item)?;
    }
    let Some(object) = json.as_object() else { return Ok(()) };
    for name in schema["required"].as_array().into_iter().flatten() {
        object.get(name.as_str().expect("a name")).ok_or(format!("{name} is missing"))?;
    }
    for (name, member) in object {
        let of = schema["properties"].get(name).ok_or(format!("{name} is not in the schema"))?;
        fits(of, root, member)?;
    }
    Ok(())
}

#[test]
fn the_schema_describes_it() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/abi.schema.json");
    let schema = std::fs::read_to_string(path).expect("the schema is in the tree");
    let schema: Json = serde_json::from_str(&schema).expect("JSON");
    let json = serde_json::to_value(abi()).expect("JSON");
    assert_eq!(fits(&schema, &schema, &json), Ok(()));
    let mut nameless = json.clone();
    nameless["errors"][0].as_object_mut().expect("an object").remove("code");
    assert_eq!(fits(&schema, &schema, &nameless), Err("\"code\" is missing".into()));
    let mut odd = json;
    odd["functions"][0]["kind"] = json!("method");
    assert!(fits(&schema, &schema, &odd).is_err());
}
