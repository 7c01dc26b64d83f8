//! The kernels on Deed's engine: a contract from source, and modules from the builder for what
//! works on vectors.

use std::collections::HashMap;
use std::sync::Arc;

use deed_bytecode::builder::{FunctionBuilder, ModuleBuilder};
use deed_bytecode::{Const, FunctionKind, Inst, Module, Op, Ty, Type, encode};
use deed_jit::Jit;
use deed_runtime::tier::Unit;
use deed_runtime::{
    Address, Bytes, Call, Config, Context, Engine, Entry, Hash, Host, HostError, Mode, Native,
    Outcome, Status,
};
use foldhash::fast::FixedState;

const U64: Ty = Ty::U64;
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
        for write in outcome.writes {
            match write.value {
                Some(value) => self.host.entries.insert(write.key, value),
                None => self.host.entries.remove(&write.key),
            };
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

/// A function in the making, with loops.
struct Code<'m>(FunctionBuilder<'m>);

impl Code<'_> {
    fn number(&mut self, value: u64) -> u16 {
        self.0.constant(Const::int(U64, value).expect("a u64"))
    }

    /// A variable that begins with a value.
    fn variable(&mut self, from: u16) -> u16 {
        let variable = self.0.register(U64);
        self.0.push(Inst::mov(U64, variable, from));
        variable
    }

    fn put(&mut self, op: Op, into: u16, left: u16, right: u16) {
        self.0.push(Inst::typed(op, U64, into, left, right));
    }

    fn make(&mut self, op: Op, left: u16, right: u16) -> u16 {
        self.0.binary(op, U64, left, right)
    }

    /// `while i < end { body }`, in the shape the compiler gives a loop.
    fn until(&mut self, i: u16, end: u16, body: impl FnOnce(&mut Self)) {
        let (head, inside, behind) = (self.0.block(), self.0.block(), self.0.block());
        self.0.jump(head);
        self.0.switch_to(head);
        let more = self.make(Op::Lt, i, end);
        self.0.branch(more, inside, behind);
        self.0.switch_to(inside);
        body(self);
        self.0.jump(head);
        self.0.switch_to(behind);
    }

    /// For every `i` below `end`.
    fn each(&mut self, end: u16, body: impl FnOnce(&mut Self, u16)) {
        let zero = self.number(0);
        let i = self.variable(zero);
        self.until(i, end, |code| {
            body(code, i);
            let one = code.number(1);
            code.put(Op::Add, i, i, one);
        });
    }
}

pub(crate) fn sieve() -> Module {
    let mut module = ModuleBuilder::new("bench.Sieve");
    let bytes = module.vec(Ty::U8);
    let index = module.declare("sieve", FunctionKind::View, &[U64], &[U64]);
    let mut code = Code(module.function(index));
    let n = code.0.param(0);
    let one = code.0.constant(Const::int(Ty::U8, 1u64).expect("small"));
    let prime = code.0.heap(Op::VecFill, bytes, &[n, one]);
    let (zero, two) = (code.number(0), code.number(2));
    let (count, i) = (code.variable(zero), code.variable(two));
    code.until(i, n, |code| {
        let flag = code.0.heap(Op::VecGet, bytes, &[prime, i]);
        let none = code.0.constant(Const::int(Ty::U8, 0u64).expect("small"));
        let is = code.0.binary(Op::Ne, Ty::U8, flag, none);
        let (then, next) = (code.0.block(), code.0.block());
        code.0.branch(is, then, next);
        code.0.switch_to(then);
        let one = code.number(1);
        code.put(Op::Add, count, count, one);
        let square = code.make(Op::Mul, i, i);
        let j = code.variable(square);
        code.until(j, n, |code| {
            let none = code.0.constant(Const::int(Ty::U8, 0u64).expect("small"));
            code.0.push(Inst::typed(Op::VecSet, bytes, prime, j, none));
            code.put(Op::Add, j, j, i);
        });
        code.0.jump(next);
        code.0.switch_to(next);
        let one = code.number(1);
        code.put(Op::Add, i, i, one);
    });
    code.0.drop(bytes, prime);
    code.0.ret(count);
    code.0.finish();
    module.finish().expect("small")
}

pub(crate) fn matmul() -> Module {
    let mut module = ModuleBuilder::new("bench.Matmul");
    let vec = module.vec(U64);
    let index = module.declare("matmul", FunctionKind::View, &[U64], &[U64]);
    let mut code = Code(module.function(index));
    let n = code.0.param(0);
    let (all, zero) = (code.make(Op::Mul, n, n), code.number(0));
    let [a, b, c] = [0; 3].map(|_| code.0.heap(Op::VecFill, vec, &[all, zero]));
    for (of, times, plus) in [(a, 7, 3), (b, 13, 5)] {
        code.each(all, |code, e| {
            let [times, plus, most] = [times, plus, 1000].map(|value| code.number(value));
            let product = code.make(Op::Mul, e, times);
            let sum = code.make(Op::Add, product, plus);
            let value = code.make(Op::Rem, sum, most);
            code.0.push(Inst::typed(Op::VecSet, vec, of, e, value));
        });
    }
    code.each(n, |code, i| {
        code.each(n, |code, j| {
            let zero = code.number(0);
            let sum = code.variable(zero);
            code.each(n, |code, k| product(code, vec, [a, b], n, [i, j, k], sum));
            let row = code.make(Op::Mul, i, n);
            let at = code.make(Op::Add, row, j);
            code.0.push(Inst::typed(Op::VecSet, vec, c, at, sum));
        });
    });
    let zero = code.number(0);
    let sum = code.variable(zero);
    code.each(all, |code, e| {
        let one = code.number(1);
        let (value, place) = (code.0.heap(Op::VecGet, vec, &[c, e]), code.make(Op::Add, e, one));
        let product = code.make(Op::Mul, value, place);
        code.put(Op::Add, sum, sum, product);
    });
    [a, b, c].into_iter().for_each(|value| code.0.drop(vec, value));
    code.0.ret(sum);
    code.0.finish();
    module.finish().expect("small")
}

/// `sum += a[i * n + k] * b[k * n + j]`
fn product(
    code: &mut Code<'_>,
    vec: Type,
    [a, b]: [u16; 2],
    n: u16,
    [i, j, k]: [u16; 3],
    sum: u16,
) {
    let row = code.make(Op::Mul, i, n);
    let left = code.make(Op::Add, row, k);
    let left = code.0.heap(Op::VecGet, vec, &[a, left]);
    let row = code.make(Op::Mul, k, n);
    let right = code.make(Op::Add, row, j);
    let right = code.0.heap(Op::VecGet, vec, &[b, right]);
    let product = code.make(Op::Mul, left, right);
    code.put(Op::Add, sum, sum, product);
}
