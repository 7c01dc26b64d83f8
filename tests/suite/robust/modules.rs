//! Damaged modules: an engine refuses them or runs them, and never anything worse.
//!
//! In: modules of real contracts, cut short at every byte and changed at every byte. Out: nothing; a
//! panic, a fault of the node, or a cut module that loads fails the test.

use crate::stages::{Compiled, Front, LEVELS, Source, each};
use crate::twin::Twin;
use deed_bytecode::{FunctionKind, Module, Ty, Type};
use deed_ledger::{LedgerError, Message};
use deed_runtime::{Config, Engine};

/// Contracts whose modules use every kind of section and most operators.
const CONTRACTS: [&str; 4] = [
    "examples/token/src/main.deed",
    "tests/run/errors/throw_rolls_back.deed",
    "tests/run/state/nested_maps.deed",
    "tests/run/values/operators.deed",
];

/// What bytes are changed by in turn: all bits, the lowest, the highest.
const CHANGES: [u8; 3] = [0xff, 0x01, 0x80];

fn cases() -> Vec<(String, Vec<u8>)> {
    let module = |name: &str| {
        let built = Front::of(&[Source::file(name)]).build(LEVELS[0]);
        built.unwrap_or_else(|why| panic!("{name}: {why}")).bytes
    };
    CONTRACTS.iter().map(|name| (name.to_string(), module(name))).collect()
}

#[test]
fn what_is_cut_short_does_not_load() {
    each(cases(), |_, bytes| {
        let engine = Engine::new(Config::default());
        let whole = deed_bytecode::decode(&bytes).map_err(|error| error.to_string())?;
        // The debug section comes last and may be cut off whole.
        let bare = deed_bytecode::encode(&Module { debug: None, ..whole }).len();
        let mut loads = (0..bytes.len()).filter(|end| engine.load(&bytes[..*end]).is_ok());
        match loads.find(|end| *end != bare) {
            Some(end) => Err(format!("its first {end} bytes load")),
            None => Ok(()),
        }
    });
}

#[test]
fn what_follows_a_module_is_refused() {
    each(cases(), |_, mut bytes| {
        bytes.push(0);
        let engine = Engine::new(Config::default());
        if engine.load(&bytes).is_err() { Ok(()) } else { Err("loads with a byte too much".into()) }
    });
}

#[test]
fn what_is_changed_is_refused_or_runs() {
    each(cases(), |_, bytes| {
        for at in 0..bytes.len() {
            let change = CHANGES[at % CHANGES.len()];
            let mut changed = bytes.clone();
            changed[at] ^= change;
            // Every fiftieth on both tiers.
            let twin = if at % 50 == 0 { Twin::default() } else { Twin::single() };
            run(&changed, twin)
                .map_err(|why| format!("byte {at} changed by {change:#x}: {why}"))?;
        }
        Ok(())
    });
}

/// Deploys a module and calls all of its functions, with arguments of zeros.
fn run(bytes: &[u8], mut ledger: Twin) -> Result<(), String> {
    let Ok(module) = deed_bytecode::decode(bytes) else { return Ok(()) };
    if deed_bytecode::encode(&module) != bytes {
        return Err("decodes, and encodes to something else".into());
    }
    let from = deed_ledger::account("alice");
    let args = zeros(&module, |kind| kind == FunctionKind::Init);
    let args = args.into_iter().next().map(|(_, args)| args).unwrap_or_default();
    let tx = Message { from, args: &args, value: 0, gas_limit: 20_000 };
    let receipt = match ledger.deploy(bytes, &tx) {
        Ok(receipt) => receipt,
        Err(LedgerError::Load(_)) => return Ok(()),
        Err(error) => return Err(error.to_string()),
    };
    if !receipt.is_ok() {
        return Ok(());
    }
    for (name, args) in zeros(&module, |kind| kind != FunctionKind::Init) {
        let tx = Message { from, args: &args, value: 0, gas_limit: 20_000 };
        ledger.call(&receipt.contract, &name, &tx).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Functions by kind, with as many zeros as their parameters take.
fn zeros(module: &Module, wanted: impl Fn(FunctionKind) -> bool) -> Vec<(String, Vec<u8>)> {
    let functions = module.functions.iter().filter(|function| wanted(function.kind));
    // An empty list, text or first variant takes four zeros at most.
    let bytes = |ty: &Type| ty.scalar().map_or(4, Ty::bytes);
    let zeros = |params: &[Type]| vec![0; params.iter().map(bytes).sum()];
    functions.map(|function| (function.name.clone(), zeros(&function.params))).collect()
}

/// Tables by hash have another order in each one, so building twice shows what depends on it.
#[test]
fn the_same_sources_give_the_same_bytes() {
    let names =
        CONTRACTS.iter().chain(&["tests/run/enums/match.deed", "tests/run/calls/bank.deed"]);
    each(names.map(|name| (name.to_string(), ())).collect(), |name, ()| {
        for level in LEVELS {
            let build = || Front::of(&[Source::file(name)]).build_all(level);
            let bytes = |built: Vec<Compiled>| built.into_iter().map(|it| it.bytes).collect();
            let (first, second): (Vec<Vec<u8>>, Vec<Vec<u8>>) = (bytes(build()?), bytes(build()?));
            if first != second {
                return Err(format!("{level:?}: two builds differ"));
            }
        }
        Ok(())
    });
}
