//! Short ways to run the counter.

use deed_bytecode::encode;
use deed_ledger::keys::SecretKey;
use deed_ledger::{Action, Execution, Ledger, LedgerError, Message, account};
use deed_runtime::Address;

pub(crate) use crate::counter::*;

pub(crate) fn deploy(ledger: &mut Ledger, from: &str, start: u64) -> Execution {
    let args = start.to_le_bytes();
    let message = Message { from: account(from), args: &args, value: 0, gas_limit: GAS };
    ledger.deploy(&encode(&counter()), &message).expect("the counter is a module")
}

pub(crate) fn add(ledger: &mut Ledger, contract: &Address, amount: u64) -> Execution {
    add_from(ledger, "bob", contract, amount)
}

pub(crate) fn add_from(
    ledger: &mut Ledger,
    from: &str,
    contract: &Address,
    amount: u64,
) -> Execution {
    let args = amount.to_le_bytes();
    let message = Message { from: account(from), args: &args, value: 0, gas_limit: GAS };
    ledger.call(contract, "add", &message).expect("the ledger works")
}

/// Deploys a counter by a signed transaction.
pub(crate) fn deploy_signed(
    ledger: &mut Ledger,
    key: &SecretKey,
    start: u64,
) -> Result<Execution, LedgerError> {
    let module = encode(&counter());
    let code = ledger.engine().load(&module).expect("the counter is a module").hash();
    let action = Action::Deploy { code, args: start.to_le_bytes().to_vec() };
    let signed = sign(ledger, key, action);
    ledger.submit(&signed, Some(&module))
}
