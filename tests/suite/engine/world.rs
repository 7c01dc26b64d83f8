//! Contracts of `tests/engine/` on a chain in memory, by an engine of one's own.
//!
//! In: a source and a level of optimisation. Out: a [`World`], and outcomes.

use crate::stages::{Compiled, Front, Source};
use deed_compiler::opt::OptLevel;
use deed_jit::Jit;
use deed_runtime::hosts::Memory;
use deed_runtime::{
    Address, COINS, Call, Config, Context, Engine, Hash, Host, Mode, Native, Outcome, Status,
};
use serde_json::Value as Json;
use std::sync::Arc;

/// Who sends every call.
pub(crate) const SENDER: Address = Address([0xaa; 32]);

pub(crate) struct World {
    pub(crate) memory: Memory,
    pub(crate) contracts: Vec<Compiled>,
}

/// A call in the terms of a script.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The number of the contract in its source.
    pub(crate) contract: usize,
    pub(crate) function: &'a str,
    pub(crate) args: &'a [u8],
    pub(crate) value: u128,
    pub(crate) gas: u64,
}

/// Engines of every tier, each new.
pub(crate) fn engines() -> [Engine; 2] {
    let tier = Arc::new(Jit::new().expect("tests run where machine code is made"));
    let native = Native { tier, after: 0 };
    [Engine::new(Config::default()), Engine::with_tier(Config::default(), native)]
}

impl World {
    /// The contracts of a source, each at the address of its number; they are not initialised.
    pub(crate) fn new(source: &str, level: OptLevel) -> World {
        let front = Front::of(&[Source::file(source)]);
        let contracts = front.build_all(level).unwrap_or_else(|why| panic!("{source}: {why}"));
        let context = Context {
            chain_id: "test".into(),
            height: 7,
            time: 1_000,
            tx_id: Hash([1; 32]),
            tx_index: 0,
            parent: Hash([2; 32]),
        };
        let mut memory = Memory::new(context);
        for (number, contract) in contracts.iter().enumerate() {
            memory.deploy(address(number), code_hash(contract), contract.bytes.clone());
        }
        World { memory, contracts }
    }

    /// Gives an account coins.
    pub(crate) fn mint(&mut self, account: Address, coins: u128) {
        let entries = self.memory.entries.entry(COINS).or_default();
        entries.insert(account.0.to_vec(), coins.to_le_bytes().to_vec());
    }

    /// Arguments as bytes.
    pub(crate) fn args(&self, contract: usize, function: &str, args: &[Json]) -> Vec<u8> {
        let abi = &self.contracts[contract].abi;
        abi.arguments(function, args).expect("the arguments fit")
    }

    /// Initialises a contract.
    pub(crate) fn init(&mut self, contract: usize, args: &[Json]) {
        let args = match self.contracts[contract].abi.function("init") {
            Some(_) => self.args(contract, "init", args),
            None => Vec::new(),
        };
        let asked = Asked { contract, function: "init", args: &args, value: 0, gas: 1 << 40 };
        let engine = Engine::new(Config::default());
        let outcome = ask(&engine, &mut self.memory, &asked, Mode::Init);
        assert!(matches!(outcome.status, Status::Ok(_)), "{:?}", outcome.status);
        self.memory.apply(&outcome);
    }

    /// The result of a call that must go well, as JSON.
    pub(crate) fn result(&self, asked: &Asked<'_>, outcome: &Outcome) -> Json {
        let Status::Ok(bytes) = &outcome.status else { panic!("{:?}", outcome.status) };
        let abi = &self.contracts[asked.contract].abi;
        abi.result(asked.function, bytes).expect("the result is one")
    }
}

/// Makes a call.
pub(crate) fn call(engine: &Engine, host: &mut dyn Host, asked: &Asked<'_>) -> Outcome {
    ask(engine, host, asked, Mode::Transaction)
}

fn ask(engine: &Engine, host: &mut dyn Host, asked: &Asked<'_>, mode: Mode) -> Outcome {
    let Asked { contract, function, args, value, gas } = *asked;
    let contract = address(contract);
    let call = Call { contract, function, args, caller: SENDER, value, gas_limit: gas, mode };
    engine.call(host, &call)
}

/// Where the contract of a number is.
pub(crate) fn address(number: usize) -> Address {
    Address([number as u8 + 1; 32])
}

pub(crate) fn code_hash(contract: &Compiled) -> Hash {
    Hash(deed_bytecode::code_hash(&contract.built.module))
}

/// An outcome without what each tier has its own of.
pub(crate) fn plain(outcome: &Outcome) -> Outcome {
    Outcome { peak_bytes: 0, profile: None, ..outcome.clone() }
}
