//! The kernels on named peers: wasmtime and wasmi with fuel, revm with its gas.

use revm::bytecode::Bytecode;
use revm::context::TxEnv;
use revm::database::{BENCH_CALLER, BENCH_TARGET, BenchmarkDB};
use revm::primitives::{Bytes, TxKind, U256};
use revm::{Context, ExecuteEvm, MainBuilder, MainContext};

use crate::measure::Entrant;

/// Lets the peers that have this kernel take part.
pub(crate) fn join<'a>(entrants: &mut Vec<Entrant<'a>>, kernel: &'a str, args: &'a [u64]) {
    let (mut wasmtime, mut wasmi) = (Wasmtime::new(), Wasmi::new());
    entrants.push(Entrant { name: "wasmtime", run: Box::new(move || wasmtime.call(kernel, args)) });
    entrants.push(Entrant { name: "wasmi", run: Box::new(move || wasmi.call(kernel, args)) });
    if kernel == "mix" {
        entrants.push(Entrant { name: "revm", run: Box::new(|| Revm.mix(args)) });
    }
}

const WAT: &str = include_str!("kernels.wat");
const FUEL: u64 = 1 << 60;

struct Wasmtime {
    store: wasmtime::Store<()>,
    instance: wasmtime::Instance,
}

impl Wasmtime {
    fn new() -> Wasmtime {
        let mut config = wasmtime::Config::new();
        config.consume_fuel(true).signals_based_traps(false);
        let engine = wasmtime::Engine::new(&config).expect("a configuration it knows");
        let module = wasmtime::Module::new(&engine, WAT).expect("valid text");
        let mut store = wasmtime::Store::new(&engine, ());
        store.set_fuel(FUEL).expect("fuel is on");
        let instance = wasmtime::Instance::new(&mut store, &module, &[]).expect("no imports");
        Wasmtime { store, instance }
    }

    fn call(&mut self, function: &str, args: &[u64]) -> u64 {
        let function = self.instance.get_func(&mut self.store, function).expect("exported");
        let args: Vec<_> = args.iter().map(|arg| wasmtime::Val::I64(*arg as i64)).collect();
        let mut results = [wasmtime::Val::I64(0)];
        function.call(&mut self.store, &args, &mut results).expect("it returns");
        results[0].unwrap_i64() as u64
    }
}

struct Wasmi {
    store: wasmi::Store<()>,
    instance: wasmi::Instance,
}

impl Wasmi {
    fn new() -> Wasmi {
        let mut config = wasmi::Config::default();
        config.consume_fuel(true);
        let engine = wasmi::Engine::new(&config);
        let module = wasmi::Module::new(&engine, WAT).expect("valid text");
        let mut store = wasmi::Store::new(&engine, ());
        store.set_fuel(FUEL).expect("fuel is on");
        let instance = wasmi::Instance::new(&mut store, &module, &[]).expect("no imports");
        Wasmi { store, instance }
    }

    fn call(&mut self, function: &str, args: &[u64]) -> u64 {
        let function = self.instance.get_func(&self.store, function).expect("exported");
        let args: Vec<_> = args.iter().map(|arg| wasmi::Val::I64(*arg as i64)).collect();
        let mut results = [wasmi::Val::I64(0)];
        function.call(&mut self.store, &args, &mut results).expect("it returns");
        results[0].i64().expect("an i64") as u64
    }
}

/// `mix` on the Ethereum machine, whose words have 256 bits and do not check either.
struct Revm;

/// Arguments as words of the call's data; `x`, `acc` and `i` on the stack above them.
#[rustfmt::skip]
const MIX: &[u8] = &[
    0x60, 0x80, 0x35, 0x60, 0x60, 0x35, 0x60, 0x40, 0x35, 0x60, 0x20, 0x35, 0x5f, 0x35, // lim add mul mask n
    0x60, 0x01, 0x5f, 0x5f, // x acc i
    0x5b, // the loop, at 18
    0x82, 0x86, 0x02, 0x87, 0x01, // x * mul + add
    0x80, 0x60, 0x0d, 0x1c, 0x18, 0x85, 0x16, // (x ^ x >> 13) & mask
    0x92, 0x50, // into x
    0x90, 0x82, 0x01, // acc += x
    0x87, 0x81, 0x11, 0x88, 0x02, 0x90, 0x03, // acc -= lim * (acc > lim)
    0x90, 0x60, 0x01, 0x01, // i += 1
    0x83, 0x81, 0x10, 0x60, 0x12, 0x57, // again where i < n
    0x50, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3, // acc
];

impl Revm {
    fn mix(&mut self, args: &[u64]) -> u64 {
        let words = args.iter().flat_map(|arg| U256::from(*arg).to_be_bytes::<32>());
        let code = Bytecode::new_raw(Bytes::from_static(MIX));
        let mut evm = Context::mainnet()
            .with_db(BenchmarkDB::new_bytecode(code))
            .modify_cfg_chained(|cfg| {
                cfg.disable_nonce_check = true;
                cfg.tx_gas_limit_cap = Some(u64::MAX);
            })
            .modify_block_chained(|block| block.gas_limit = u64::MAX)
            .build_mainnet();
        let tx = TxEnv::builder()
            .caller(BENCH_CALLER)
            .kind(TxKind::Call(BENCH_TARGET))
            .data(words.collect::<Vec<u8>>().into())
            .gas_limit(1 << 40)
            .build()
            .expect("a transaction");
        let result = evm.transact_one(tx).expect("it runs");
        let output = result.output().expect("it returns").clone();
        u64::from_be_bytes(output[24..32].try_into().expect("a word"))
    }
}
