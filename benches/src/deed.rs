//! Contracts on Deed's engine, with their state in memory.

use std::collections::HashMap;
use std::sync::Arc;

use deed_bytecode::{Module, encode};
use deed_jit::Jit;
use deed_runtime::tier::Unit;
use deed_runtime::{
    Address, Bytes, Call, Config, Context, Engine, Entry, Hash, Host, HostError, Mode, Native,
    Outcome, Status, Write,
};
use foldhash::fast::FixedState;

const GAS: u64 = 1 << 50;
/// The contract that is called.
pub(crate) const HERE: Address = Address([1; 32]);

/// A contract on an engine, with its state in memory.
pub(crate) struct Deed {
    engine: Engine,
    host: Memory,
}

struct Memory {
    code: Vec<u8>,
    hash: Hash,
    /// Another contract and its code's hash; the engine has the code.
    other: Option<(Address, Hash)>,
    entries: HashMap<Bytes, Bytes, FixedState>,
    context: Context,
}

/// A contract that `deed build` made.
pub(crate) fn read(path: &str) -> Module {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    deed_bytecode::decode(&bytes).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The bytecode and the machine code of a module's functions whose names contain `function`.
pub(crate) fn listing(module: Module, function: &str) -> String {
    let bytecode = deed_bytecode::disassemble(&module, &|_| None);
    let valid = deed_bytecode::validate(module).expect("the module is valid");
    let config = Config::default();
    let unit = Unit {
        module: &valid,
        shapes: &deed_runtime::tier::layout::Shapes::new(&valid.types),
        hash: Hash::default(),
        schedule: &config.gas,
        limits: &config.limits,
    };
    let listings = Jit::new().expect("a machine it knows").listing(&unit).expect("it compiles");
    let wanted = listings.into_iter().filter(|listing| listing.function.contains(function));
    let code = wanted.map(|it| format!("{}\n{}\n{}\n", it.function, it.clif, it.assembly));
    bytecode + &code.collect::<String>()
}

impl Deed {
    pub(crate) fn new(module: &Module, compiled: bool) -> Deed {
        let config = Config::default();
        let engine = if compiled {
            let tier = Arc::new(Jit::new().expect("machine code can be made here"));
            Engine::with_tier(config, Native { tier, after: 0 })
        } else {
            Engine::new(config)
        };
        let code = encode(module);
        let hash = engine.load(&code).expect("the module is valid").hash();
        let context = Context {
            chain_id: "bench".into(),
            height: 1,
            time: 1,
            tx_id: Hash::default(),
            tx_index: 0,
            parent: Hash::default(),
        };
        Deed {
            engine,
            host: Memory { code, hash, other: None, entries: HashMap::default(), context },
        }
    }

    pub(crate) fn view(&mut self, function: &str, args: &[u64]) -> u64 {
        let args: Vec<u8> = args.iter().flat_map(|arg| arg.to_le_bytes()).collect();
        let outcome = self.call(function, &args, Address::default(), Mode::View);
        match &outcome.status {
            Status::Ok(bytes) => u64::from_le_bytes(bytes[..8].try_into().expect("a u64")),
            other => panic!("{function} ended with {other:?}"),
        }
    }

    /// Puts a second contract on the chain.
    pub(crate) fn deploy(&mut self, address: Address, module: &Module) {
        let hash = self.engine.load(&encode(module)).expect("the module is valid").hash();
        self.host.other = Some((address, hash));
        self.init(address, &[]);
    }

    pub(crate) fn init(&mut self, contract: Address, args: &[u8]) {
        let outcome = self.call_of(contract, "init", args, Address::default(), Mode::Init);
        assert!(matches!(outcome.status, Status::Ok(_)), "{:?}", outcome.status);
        self.apply(outcome);
    }

    /// A call whose writes are forgotten: the first eight bytes of its result, or how many events it emits.
    pub(crate) fn result(&mut self, function: &str, args: &[u8], mode: Mode) -> u64 {
        let outcome = self.call(function, args, Address::default(), mode);
        match &outcome.status {
            Status::Ok(bytes) if bytes.is_empty() => outcome.events.len() as u64,
            Status::Ok(bytes) => u64::from_le_bytes(bytes[..8].try_into().expect("a u64")),
            other => panic!("{function} ended with {other:?}"),
        }
    }

    /// An engine that has not seen the module, and interprets.
    pub(crate) fn forget(&mut self) {
        self.engine = Engine::new(Config::default());
    }

    fn apply(&mut self, outcome: Outcome) {
        for Write { key, value, .. } in outcome.writes {
            match (value, self.host.entries.get_mut(&key)) {
                (Some(value), Some(entry)) => *entry = value,
                (Some(value), None) => drop(self.host.entries.insert(key, value)),
                (None, _) => drop(self.host.entries.remove(&key)),
            }
        }
    }

    fn call(&mut self, function: &str, args: &[u8], caller: Address, mode: Mode) -> Outcome {
        self.call_of(HERE, function, args, caller, mode)
    }

    fn call_of(
        &mut self,
        contract: Address,
        function: &str,
        args: &[u8],
        caller: Address,
        mode: Mode,
    ) -> Outcome {
        let call = Call { contract, function, args, caller, value: 0, gas_limit: GAS, mode };
        self.engine.call(&mut self.host, &call)
    }

    /// Moves balances `count` times between 1,000 accounts; gives the sum of what the first has.
    pub(crate) fn transfer(&mut self, count: u64) -> u64 {
        for turn in 0..count {
            let (from, to) = (account(turn * 7 % 1000), account((turn * 13 + 1) % 1000));
            let mut args = [0; 40];
            args[..32].copy_from_slice(&to.0);
            args[32] = 1;
            let outcome = self.call("transfer", &args, from, Mode::Transaction);
            assert!(matches!(outcome.status, Status::Ok(_)), "{:?}", outcome.status);
            self.apply(outcome);
        }
        self.host.entries.values().map(|value| u64::from(value[0])).sum::<u64>().min(1)
    }

    /// Gives every account a balance.
    pub(crate) fn fund(&mut self) {
        let field = &deed_bytecode::decode(&self.host.code).expect("it was encoded").schema[0];
        let id = deed_bytecode::field_id(&[], field);
        for number in 0..1000 {
            let key = [&id[..], &account(number).0].concat();
            let value = 1_000_000u64.to_le_bytes();
            self.host.entries.insert(key.into(), value.as_slice().into());
        }
    }
}

fn account(number: u64) -> Address {
    let mut bytes = [7; 32];
    bytes[24..].copy_from_slice(&number.to_be_bytes());
    Address(bytes)
}

impl Host for Memory {
    fn get(&mut self, _: &Address, key: &[u8]) -> Result<Option<Bytes>, HostError> {
        Ok(self.entries.get(key).cloned())
    }
    fn range(
        &mut self,
        _: &Address,
        _: &[u8],
        _: Option<&[u8]>,
        _: usize,
    ) -> Result<Vec<Entry>, HostError> {
        Ok(Vec::new())
    }
    fn last(&mut self, _: &Address, _: &[u8], _: &[u8]) -> Result<Option<Entry>, HostError> {
        Ok(None)
    }
    fn code_hash(&mut self, contract: &Address) -> Result<Option<Hash>, HostError> {
        let other = self.other.filter(|(other, _)| other == contract);
        Ok(Some(other.map_or(self.hash, |(_, hash)| hash)))
    }
    fn code(&mut self, _: &Hash) -> Result<Option<Vec<u8>>, HostError> {
        Ok(Some(self.code.clone()))
    }
    fn context(&self) -> &Context {
        &self.context
    }
}
