//! A contract to run, and transactions for it; the crash loop uses them too.

use deed_bytecode::builder::ModuleBuilder;
use deed_bytecode::{
    Const, ContextKind, ErrorDef, EventDef, EventField, FunctionKind, Inst, Module, Op, StateField,
    Ty, Type,
};
use deed_ledger::keys::{Scheme, SecretKey};
use deed_ledger::{Action, Genesis, Ledger, Query, SignedTransaction, Transaction, account};
use deed_runtime::{Address, Status};

pub(crate) const GAS: u64 = 1 << 30;

/// The code of the event `Counted`.
pub(crate) const COUNTED: [u8; 4] = [0, 0, 0, 2];

/// The code of the error `Zero`.
pub(crate) const ZERO: [u8; 4] = [0, 0, 0, 1];

/// `init(start: u64)` throws `Zero` on 0; `add(n: u64) -> u64` too, adds to the sum and to the sender's
/// own, and emits `Counted(index by: Address, index amount: u64, total: u64)`; `count() -> u64`;
/// `height() -> u64`.
pub(crate) fn counter() -> Module {
    let mut module = ModuleBuilder::new("test.Counter");
    let plain = |name: &str, keys: Vec<Type>| StateField {
        name: name.into(),
        keys,
        value: Ty::U64.into(),
        default: Const::int(Ty::U64, 0u8),
    };
    let count = module.field(StateField { default: None, ..plain("count", vec![]) });
    let own = module.field(plain("own", vec![Ty::Address.into()]));
    let zero = module.error(ErrorDef { name: "test.Zero".into(), code: ZERO, params: vec![] });
    let fields = [(Ty::Address, true), (Ty::U64, true), (Ty::U64, false)];
    let fields = fields.map(|(ty, index)| EventField { ty: ty.into(), index }).to_vec();
    let event = module.event(EventDef { name: "test.Counted".into(), code: COUNTED, fields });
    let init = module.declare("init", FunctionKind::Init, &[Ty::U64], Type::NONE);
    let mut f = module.function(init);
    refuse_zero(&mut f, zero);
    f.push(Inst::untyped(Op::StateStore, f.param(0), count, 0));
    f.ret(0);
    f.finish();
    let add = module.declare("add", FunctionKind::Entry, &[Ty::U64], &[Ty::U64]);
    let mut f = module.function(add);
    refuse_zero(&mut f, zero);
    let old = f.state_read(Op::StateLoad, count, 0);
    let new = f.binary(Op::Add, Ty::U64, old, f.param(0));
    f.push(Inst::untyped(Op::StateStore, new, count, 0));
    let sender = f.context(ContextKind::Sender);
    let mine = f.state_read(Op::StateLoad, own, sender);
    let mine = f.binary(Op::Add, Ty::U64, mine, f.param(0));
    f.push(Inst::untyped(Op::StateStore, mine, own, sender));
    let data = f.gather(&[(sender, Ty::Address), (f.param(0), Ty::U64), (new, Ty::U64)]);
    f.push(Inst::untyped(Op::Emit, event, data, 0));
    f.ret(new);
    f.finish();
    view(&mut module, "count", |f| f.state_read(Op::StateLoad, count, 0));
    view(&mut module, "height", |f| f.context(ContextKind::Height));
    module.finish().expect("the counter fits")
}

fn view(
    module: &mut ModuleBuilder,
    name: &str,
    value: impl FnOnce(&mut deed_bytecode::builder::FunctionBuilder<'_>) -> u16,
) {
    let index = module.declare(name, FunctionKind::View, Type::NONE, &[Ty::U64]);
    let mut f = module.function(index);
    let value = value(&mut f);
    f.ret(value);
    f.finish();
}

fn refuse_zero(f: &mut deed_bytecode::builder::FunctionBuilder<'_>, error: u16) {
    let zero = f.constant(Const::int(Ty::U64, 0u8).expect("0 is a u64"));
    let is_zero = f.binary(Op::Eq, Ty::U64, f.param(0), zero);
    let (bad, good) = (f.block(), f.block());
    f.branch(is_zero, bad, good);
    f.switch_to(bad);
    f.push(Inst::throw(error, 0));
    f.switch_to(good);
}

pub(crate) fn ask(ledger: &Ledger, contract: &Address, function: &str) -> Status {
    ledger.query(&question(contract, function)).status
}

pub(crate) fn question<'a>(contract: &Address, function: &'a str) -> Query<'a> {
    let (contract, from) = (*contract, account("carol"));
    Query { contract, function, args: &[], from, gas_limit: GAS }
}

pub(crate) fn ok(value: u64) -> Status {
    Status::Ok(value.to_le_bytes().to_vec())
}

/// The development key of a name.
pub(crate) fn key(name: &str) -> SecretKey {
    SecretKey::development(Scheme::Ed25519, name)
}

/// A transaction of a key's account that it has not had yet.
pub(crate) fn sign(ledger: &Ledger, key: &SecretKey, action: Action) -> SignedTransaction {
    transaction(ledger, key, action).sign(key)
}

pub(crate) fn transaction(ledger: &Ledger, key: &SecretKey, action: Action) -> Transaction {
    let from = key.public().address();
    let nonce = ledger.account(&from).expect("the ledger works").nonce;
    let chain_id = Genesis::default().chain_id;
    Transaction { chain_id, from, nonce, action, value: 0, gas_limit: GAS }
}

pub(crate) fn adds(contract: Address, amount: u64) -> Action {
    Action::Call { contract, function: "add".into(), args: amount.to_le_bytes().to_vec() }
}
