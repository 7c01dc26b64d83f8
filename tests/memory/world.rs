//! The contract on a chain in memory, and one call measured.

use super::counting;
use deed_base::{Diagnostics, SourceMap};
use deed_compiler::BuildOptions;
use deed_runtime::hosts::Memory;
use deed_runtime::{Address, Call, Config, Context, Engine, Hash, Limits, Mode, Outcome, Status};
use serde_json::Value as Json;
use std::time::{Duration, Instant};

const CONTRACT: Address = Address([7; 32]);
const SOURCE: &str = include_str!("cases.deed");

pub(crate) struct World {
    memory: Memory,
    abi: deed_abi::Abi,
}

/// Bytes, but for the time.
pub(crate) struct Measured {
    /// Of the input, and of the state before or after, whichever is more.
    pub(crate) given: u64,
    pub(crate) allocated: u64,
    pub(crate) resident: u64,
    pub(crate) told: u64,
    pub(crate) time: Duration,
}

/// A chain for large values.
fn config() -> Config {
    let limits = Limits {
        memory_bytes: 1 << 30,
        argument_bytes: 64 << 20,
        value_bytes: 64 << 20,
        value_depth: 1 << 24,
        ..Limits::V1
    };
    Config { limits, ..Config::default() }
}

impl World {
    pub(crate) fn new() -> World {
        let (mut map, mut d) = (SourceMap::new(), Diagnostics::new());
        let ids = deed_syntax::read_source("cases.deed", SOURCE.as_bytes(), &mut map, &mut d);
        let ids: Vec<_> = ids.into_iter().collect();
        let package = deed_compiler::check(&map, &ids, &mut d);
        let options = BuildOptions::default();
        let built = deed_compiler::build_checked(&package, &map, &options, &mut d);
        let messages = || deed_base::render_all(&d.sorted(), &map, deed_base::MessageFormat::Short);
        let module = built.unwrap_or_else(|| panic!("{}", messages())).module;
        let context = Context {
            chain_id: "test".into(),
            height: 1,
            time: 1,
            tx_id: Hash::default(),
            tx_index: 0,
            parent: Hash::default(),
        };
        let mut memory = Memory::new(context);
        let abi = deed_abi::abi_of(&module).expect("it has an interface");
        let bytes = deed_bytecode::encode(&module);
        memory.deploy(CONTRACT, Hash(deed_bytecode::code_hash(&module)), bytes);
        let mut world = World { memory, abi };
        world.send("init", &[], Mode::Init);
        world
    }

    /// Makes a call that must go well.
    pub(crate) fn call(&mut self, function: &str, args: &[Json]) {
        let args = self.abi.arguments(function, args).expect("the arguments fit");
        self.send(function, &args, Mode::Transaction);
    }

    /// Makes a call on an engine of its own, and looks at what that takes.
    pub(crate) fn measured(&mut self, function: &str, args: &[Json]) -> Measured {
        let wrapped: Vec<Json> = args.to_vec();
        let args = self.abi.arguments(function, &wrapped).expect("the arguments fit");
        drop(wrapped);
        let before = self.state();
        let engine = Engine::new(config());
        counting::trim();
        let resident = reset_resident();
        let allocated = counting::begin();
        let start = Instant::now();
        let outcome = self.run(&engine, function, &args, Mode::Transaction);
        let time = start.elapsed();
        let allocated = counting::peak() - allocated;
        let resident = most_resident().saturating_sub(resident);
        let told = outcome.peak_bytes;
        assert!(matches!(outcome.status, Status::Ok(_)), "{function}: {:?}", outcome.status);
        self.memory.apply(&outcome);
        let given = args.len() as u64 + before.max(self.state());
        Measured { given, allocated, resident, told, time }
    }

    fn send(&mut self, function: &str, args: &[u8], mode: Mode) {
        let outcome = self.run(&Engine::new(config()), function, args, mode);
        assert!(matches!(outcome.status, Status::Ok(_)), "{function}: {:?}", outcome.status);
        self.memory.apply(&outcome);
    }

    fn run(&mut self, engine: &Engine, function: &str, args: &[u8], mode: Mode) -> Outcome {
        let (contract, caller) = (CONTRACT, Address([1; 32]));
        let call = Call { contract, function, args, caller, value: 0, gas_limit: 1 << 60, mode };
        engine.call(&mut self.memory, &call)
    }

    /// Bytes of keys and values.
    fn state(&self) -> u64 {
        let entries = self.memory.entries.values().flatten();
        entries.map(|(key, value)| (key.len() + value.len()) as u64).sum()
    }
}

/// Makes the most that was resident what is resident now, which it gives.
fn reset_resident() -> u64 {
    // The kernel takes a 5 for that.
    std::fs::write("/proc/self/clear_refs", "5").expect("a process may reset its own peak");
    most_resident()
}

/// The most bytes that the process had resident.
fn most_resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes =
        line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kilobytes.expect("a number of kB") * 1024
}
