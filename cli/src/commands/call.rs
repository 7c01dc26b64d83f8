//! `deed call`: a transaction on the ledger that lasts.
//!
//! In: a contract and a call. Out: a report of it.
//! Holds always: nothing is sent whose arguments do not fit the contract's interface.

use clap::Args;
use deed_ledger::Action;

use crate::execution::{self, Block, Manner, Report};
use crate::exit::{Done, Exit};
use crate::local::{Place, Signed};
use crate::terminal::Terminal;

/// Call a contract on the ledger in `.deed/ledger`.
#[derive(Args)]
#[command(after_help = "\
The contract is an address, or the name of the contract that was deployed last under it. Arguments
are JSON values; @bob is the address of the account bob, @Token that of the contract Token.

Examples:
  deed call Token 'transfer(@bob, 7) from alice'
  deed call Shop 'buy(3) from bob value 100 gas 50000' --trace
  deed call 0x6bd4a5317f150c399c8fc977a56d6441c7fca6e14267c7d0c99f33ef4956f266 'reset()' --json")]
pub(crate) struct Call {
    /// The contract.
    #[arg(value_name = "CONTRACT")]
    contract: String,
    /// The call, such as 'transfer(@bob, 7) from alice'.
    #[arg(value_name = "CALL")]
    call: String,
    #[command(flatten)]
    manner: Manner,
    #[command(flatten)]
    place: Place,
}

impl Call {
    pub(crate) fn run(&self, terminal: &Terminal) -> Done {
        let mut local = self.place.open(self.manner.engine)?;
        let contract = local.contract(&self.contract)?;
        let (request, args) = local.call(&contract, &self.call)?;
        let from = local.named(request.suffixes.from, crate::request::account::DEFAULT)?;
        let (address, function) = (contract.address, request.function.clone());
        let execution = local.send(Signed {
            from,
            action: Action::Call { contract: address, function, args },
            value: request.suffixes.value.map_or(0, |(value, _)| value),
            gas: request.suffixes.gas.unwrap_or(self.manner.gas),
            module: None,
        })?;
        let touched = execution.outcome.writes.iter().map(|write| write.contract);
        let emitters = execution.outcome.events.iter().map(|event| event.contract);
        let contracts = local.contracts(touched.chain(emitters).chain([address]));
        let number = contracts.number_at(&address).unwrap_or_default();
        let call = self.call.trim().to_owned();
        let report = execution::report(call, &contracts, number, &execution);
        let block = Some(Block::of(&execution));
        let report = Report { engine: self.manner.engine.name(), block, ..report };
        match self.manner.json {
            true => terminal.json(&report)?,
            false => {
                let text = execution::describe(&report, &local.book(&contracts), self.manner.trace);
                terminal.data(text)?;
            }
        }
        Ok(if execution.is_ok() { Exit::Fine } else { Exit::Failed })
    }
}
