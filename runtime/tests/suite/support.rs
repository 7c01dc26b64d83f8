//! A host in memory, and short ways to build and call a contract.

use std::collections::BTreeMap;

use deed_bytecode::builder::{FunctionBuilder, ModuleBuilder};
use deed_bytecode::{Const, FunctionKind, Module, Ty, encode};
use deed_runtime::{
    Address, Bytes, Call, Config, Context, Engine, Entry, Hash, Host, HostError, Mode, Outcome,
    Status, TrapKind, Write,
};

use crate::tiers;

/// The contract of every test, and its caller.
pub(crate) const CONTRACT: Address = Address([0xc0; 32]);
pub(crate) const CALLER: Address = Address([0xca; 32]);

/// A chain with one contract.
#[derive(Clone)]
pub(crate) struct TestHost {
    pub(crate) code: Vec<u8>,
    pub(crate) hash: Hash,
    pub(crate) entries: BTreeMap<Vec<u8>, Vec<u8>>,
    pub(crate) context: Context,
    /// The keys the engine asked for, in order.
    pub(crate) asked: Vec<Vec<u8>>,
    /// What `get` answers instead, if anything.
    pub(crate) failure: Option<HostError>,
    /// From which question on it does so.
    pub(crate) fails_from: usize,
}

impl TestHost {
    pub(crate) fn apply(&mut self, writes: &[Write]) {
        for write in writes {
            match &write.value {
                Some(value) => self.entries.insert(write.key.to_vec(), value.to_vec()),
                None => self.entries.remove(&*write.key),
            };
        }
    }
}

impl Host for TestHost {
    fn get(&mut self, _: &Address, key: &[u8]) -> Result<Option<Bytes>, HostError> {
        self.asked.push(key.to_vec());
        match &self.failure {
            Some(failure) if self.asked.len() > self.fails_from => Err(failure.clone()),
            _ => Ok(self.entries.get(key).map(|value| value.as_slice().into())),
        }
    }

    fn range(
        &mut self,
        _: &Address,
        start: &[u8],
        end: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Entry>, HostError> {
        let entries = self.entries.iter().filter(|(key, _)| {
            key.as_slice() >= start && end.is_none_or(|end| key.as_slice() < end)
        });
        Ok(entries.take(limit).map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    fn last(&mut self, _: &Address, start: &[u8], end: &[u8]) -> Result<Option<Entry>, HostError> {
        let entries = self.entries.iter().rev();
        let mut entries =
            entries.filter(|(key, _)| key.as_slice() >= start && key.as_slice() < end);
        Ok(entries.next().map(|(key, value)| (key.clone(), value.clone())))
    }

    fn code_hash(&mut self, contract: &Address) -> Result<Option<Hash>, HostError> {
        Ok((*contract == CONTRACT).then_some(self.hash))
    }

    fn code(&mut self, hash: &Hash) -> Result<Option<Vec<u8>>, HostError> {
        Ok((*hash == self.hash).then(|| self.code.clone()))
    }

    fn context(&self) -> &Context {
        &self.context
    }
}

/// An engine and a chain with one contract on it.
pub(crate) struct Chain {
    pub(crate) engine: Engine,
    pub(crate) host: TestHost,
    /// Engines by other tiers: whatever is called ends on them as on the first.
    others: Vec<Engine>,
    /// One that tells where gas goes, which changes nothing else.
    telling: Engine,
}

impl Chain {
    pub(crate) fn new(module: Module) -> Chain {
        Chain::with(module, Config::default())
    }

    pub(crate) fn with(module: Module, config: Config) -> Chain {
        let others = tiers::others(&config);
        let telling = Engine::profiling(config.clone());
        let engine = Engine::new(config);
        let code = encode(&module);
        let hash = engine.load(&code).expect("a module of a test is valid").hash();
        let context = Context {
            chain_id: "test".into(),
            height: 7,
            time: 1_000,
            tx_id: Hash([1; 32]),
            tx_index: 3,
            parent: Hash([2; 32]),
        };
        let (entries, asked) = (BTreeMap::new(), Vec::new());
        let (failure, fails_from) = (None, 0);
        let host = TestHost { code, hash, entries, context, asked, failure, fails_from };
        Chain { engine, host, others, telling }
    }

    /// Runs a call and leaves the host as it is.
    pub(crate) fn run(
        &mut self,
        mode: Mode,
        function: &str,
        args: &[u8],
        gas_limit: u64,
    ) -> Outcome {
        let (contract, caller) = (CONTRACT, CALLER);
        let call = Call { contract, function, args, caller, value: 0, gas_limit, mode };
        let before = self.host.clone();
        let outcome = self.engine.call(&mut self.host, &call);
        let asked = self.host.asked.len() - before.asked.len();
        if outcome.gas_used < 1_000_000 {
            alike(&outcome, &self.telling.call(&mut before.clone(), &call), &call);
            let call = Call { gas_limit: outcome.gas_used / 2, ..call };
            let half = self.engine.call(&mut before.clone(), &call);
            alike(&half, &self.telling.call(&mut before.clone(), &call), &call);
        }
        for other in &self.others {
            compare(&self.engine, other, &before, &call, &outcome, asked);
        }
        outcome
    }

    /// Runs a transaction with gas in plenty and applies its writes.
    pub(crate) fn call(&mut self, function: &str, args: &[u8]) -> Outcome {
        let outcome = self.run(Mode::Transaction, function, args, 1 << 40);
        self.host.apply(&outcome.writes);
        outcome
    }
}

/// Two engines end a call alike, also with less gas and where the host fails.
fn compare(
    engine: &Engine,
    other: &Engine,
    before: &TestHost,
    call: &Call<'_>,
    outcome: &Outcome,
    asked: usize,
) {
    alike(outcome, &other.call(&mut before.clone(), call), call);
    let both = |host: &TestHost, call: &Call<'_>| {
        let (mut first, mut second) = (host.clone(), host.clone());
        let (wanted, came) = (engine.call(&mut first, call), other.call(&mut second, call));
        assert_eq!(first.asked, second.asked, "what the host is asked by {call:?}");
        alike(&wanted, &came, call);
    };
    // Every limit of a small call, some of a large one, none of a huge one.
    let used = outcome.gas_used;
    let some = (100_000 / used.max(1)).clamp(1, 200);
    let steps = (used / some).max(1) as usize;
    let limits = (0..used).step_by(steps).chain(used.checked_sub(1));
    for gas_limit in limits.filter(|_| used < 1_000_000) {
        both(before, &Call { gas_limit, ..*call });
    }
    let kinds = [HostError::Visible(TrapKind::NoCode), HostError::OutOfGas, HostError::Aborted];
    for failure in kinds.into_iter().chain([HostError::Fatal("it broke".into())]) {
        for question in (0..asked).step_by((asked / 3).max(1)) {
            let fails_from = before.asked.len() + question;
            both(&TestHost { failure: Some(failure.clone()), fails_from, ..before.clone() }, call);
        }
    }
}

#[track_caller]
fn alike(wanted: &Outcome, came: &Outcome, call: &Call<'_>) {
    if let Some(profile) = &came.profile {
        assert_eq!(profile.total(), came.gas_used, "the gas that {call:?} is said to have used");
    }
    // How much memory a tier takes is its own affair.
    let came = Outcome { peak_bytes: wanted.peak_bytes, profile: None, ..came.clone() };
    assert_eq!(*wanted, came, "{call:?}");
}

/// A module with one function, `f`, whose body `write` writes.
pub(crate) fn one_function(
    kind: FunctionKind,
    params: &[Ty],
    results: &[Ty],
    write: impl FnOnce(&mut FunctionBuilder<'_>),
) -> Module {
    let mut module = ModuleBuilder::new("test.One");
    add_function(&mut module, "f", kind, params, results, write);
    module.finish().expect("a module of a test fits")
}

pub(crate) fn add_function(
    module: &mut ModuleBuilder,
    name: &str,
    kind: FunctionKind,
    params: &[Ty],
    results: &[Ty],
    write: impl FnOnce(&mut FunctionBuilder<'_>),
) -> u16 {
    let index = module.declare(name, kind, params, results);
    let mut code = module.function(index);
    write(&mut code);
    code.finish();
    index
}

pub(crate) fn number(ty: Ty, value: u64) -> Const {
    Const::int(ty, value).expect("the number fits its type")
}

/// The result of a call that must have succeeded, as a number.
pub(crate) fn result(outcome: &Outcome) -> u64 {
    match &outcome.status {
        Status::Ok(bytes) => {
            let mut wide = [0; 8];
            wide[..bytes.len()].copy_from_slice(bytes);
            u64::from_le_bytes(wide)
        }
        other => panic!("the call ended with {other:?}"),
    }
}

/// The kind of the trap that a call must have ended with.
pub(crate) fn trap(outcome: &Outcome) -> TrapKind {
    match &outcome.status {
        Status::Trap(trap) => trap.kind,
        other => panic!("the call ended with {other:?}"),
    }
}
