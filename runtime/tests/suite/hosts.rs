//! Hosts that fail, lie, or have nothing; modules that do not load.

use deed_bytecode::builder::ModuleBuilder;
use deed_bytecode::{FunctionKind, Module, Op, StateField, Ty, encode};
use deed_runtime::{
    Address, Call, Config, Engine, HostError, Limits, LoadError, Mode, Refusal, Status, TrapKind,
};

use crate::support::{CALLER, CONTRACT, Chain, add_function, one_function, result, trap};

fn reader() -> Module {
    let mut module = ModuleBuilder::new("test.Reader");
    let field =
        StateField { name: "flag".into(), keys: vec![], value: Ty::Bool.into(), default: None };
    let field = module.field(field);
    add_function(&mut module, "read", FunctionKind::View, &[], &[Ty::Bool], |f| {
        let value = f.state_read(Op::StateLoad, field, 0);
        f.ret(value);
    });
    module.finish().expect("one function fits")
}

#[test]
fn the_class_of_a_host_error_decides() {
    let cases = [
        (HostError::OutOfGas, Status::OutOfGas),
        (HostError::Aborted, Status::Aborted),
        (HostError::Fatal("disk".into()), Status::Fatal("disk".into())),
    ];
    for (failure, status) in cases {
        let mut chain = Chain::new(reader());
        chain.host.failure = Some(failure);
        let outcome = chain.run(Mode::View, "read", &[], 5_000);
        assert_eq!(outcome.gas_used == 5_000, status == Status::OutOfGas);
        assert_eq!(outcome.status, status);
    }
    let mut chain = Chain::new(reader());
    chain.host.failure = Some(HostError::Visible(TrapKind::BadCallee));
    assert_eq!(trap(&chain.call("read", &[])), TrapKind::BadCallee);
}

#[test]
fn corrupt_state_is_the_hosts_fault() {
    let mut chain = Chain::new(reader());
    chain.call("read", &[]);
    let key = chain.host.asked[0].clone();
    for (bytes, fatal) in [(vec![1], false), (vec![2], true), (vec![], true), (vec![1, 0], true)] {
        chain.host.entries.insert(key.clone(), bytes);
        let status = chain.run(Mode::View, "read", &[], 1 << 20).status;
        assert_eq!(matches!(status, Status::Fatal(_)), fatal);
    }
}

#[test]
fn code_that_is_missing_or_false_is_told_apart() {
    let mut chain = Chain::new(reader());
    let elsewhere = Address([9; 32]);
    let call = Call {
        contract: elsewhere,
        function: "read",
        args: &[],
        caller: CALLER,
        value: 0,
        gas_limit: 1 << 20,
        mode: Mode::View,
    };
    let outcome = chain.engine.call(&mut chain.host, &call);
    assert_eq!(outcome.status, Status::Refused(Refusal::NoCode(elsewhere)));

    let fresh = Engine::new(Config::default());
    let call = Call { contract: CONTRACT, ..call };
    chain.host.code.truncate(10);
    let status = fresh.call(&mut chain.host, &call).status;
    assert!(matches!(status, Status::Refused(Refusal::BadCode(_))), "{status:?}");
    let other = one_function(FunctionKind::View, &[], &[], |f| f.ret(0));
    chain.host.code = encode(&other);
    let status = fresh.call(&mut chain.host, &call).status;
    assert!(matches!(status, Status::Fatal(_)), "{status:?}");
}

#[test]
fn a_full_cache_loads_again() {
    let config = Config { cached_modules: 1, ..Config::default() };
    let mut chain = Chain::with(reader(), config);
    chain.engine.load(&encode(&one_function(FunctionKind::View, &[], &[], |f| f.ret(0)))).unwrap();
    assert_eq!(trap(&chain.call("read", &[])), TrapKind::MissingKey);
    chain.host.entries.insert(chain.host.asked[0].clone(), vec![1]);
    assert_eq!(result(&chain.call("read", &[])), 1);
}

#[test]
fn bytes_that_are_no_module_do_not_load() {
    let code = encode(&reader());
    let limits = Limits { module_bytes: code.len() as u32 - 1, ..Limits::V1 };
    let engine = Engine::new(Config { limits, ..Config::default() });
    assert!(matches!(engine.load(&code), Err(LoadError::TooLong { .. })));
    let engine = Engine::new(Config::default());
    assert!(engine.load(&code).is_ok());
    assert!(matches!(engine.load(b"no module"), Err(LoadError::Decode(_))));
    let mut invalid = reader();
    invalid.functions[0].slots = 0;
    assert!(matches!(engine.load(&encode(&invalid)), Err(LoadError::Invalid(_))));
}

#[test]
fn threads_share_an_engine() {
    let chain = Chain::new(reader());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut own = Chain::new(reader());
                for _ in 0..50 {
                    let call = Call {
                        contract: CONTRACT,
                        function: "read",
                        args: &[],
                        caller: CALLER,
                        value: 0,
                        gas_limit: 1 << 20,
                        mode: Mode::View,
                    };
                    let outcome = chain.engine.call(&mut own.host, &call);
                    assert_eq!(trap(&outcome), TrapKind::MissingKey);
                }
            });
        }
    });
}
