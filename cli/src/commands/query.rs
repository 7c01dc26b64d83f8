//! `deed query`: asking a view, now or at a height that is past.
//!
//! In: a contract and a call of a view. Out: its answer.
//! Holds always: nothing is sent, signed or changed.

use std::time::Instant;

use clap::Args;
use deed_ledger::{Execution, Query as Question, Target};
use deed_runtime::Hash;

use crate::execution::{self, Manner, Report};
use crate::exit::{Done, Exit};
use crate::local::Place;
use crate::request::account;
use crate::terminal::Terminal;

/// Ask a view of a contract on the ledger in `.deed/ledger`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  deed query Token 'balance_of(@alice)'
  deed query Token 'total_supply()' --at 3 --json")]
pub(crate) struct Query {
    /// The contract: its address, or its name.
    #[arg(value_name = "CONTRACT")]
    contract: String,
    /// The call of a view, such as 'balance_of(@alice)'.
    #[arg(value_name = "CALL")]
    call: String,
    /// As of this block rather than the last one.
    #[arg(long, value_name = "HEIGHT")]
    at: Option<u64>,
    #[command(flatten)]
    manner: Manner,
    #[command(flatten)]
    place: Place,
}

impl Query {
    pub(crate) fn run(&self, terminal: &Terminal) -> Done {
        let local = self.place.open(self.manner.engine)?;
        let contract = local.contract(&self.contract)?;
        let (request, args) = local.call(&contract, &self.call)?;
        let height = self.at.unwrap_or(local.ledger.height());
        let header = local.ledger.header(height)?;
        let from = local.named(request.suffixes.from, account::DEFAULT)?;
        let gas_limit = request.suffixes.gas.unwrap_or(self.manner.gas);
        let (address, function) = (contract.address, request.function.as_str());
        let question = Question { contract: address, function, args: &args, from, gas_limit };
        let start = Instant::now();
        let outcome = local.ledger.query_at(&question, height)?;
        let elapsed = start.elapsed();
        let module = local.ledger.module(&address);
        let execution = Execution {
            tx_hash: Hash::default(),
            height,
            index: 0,
            time: header.time,
            from,
            target: Target::Call(request.function.clone()),
            contract: address,
            place: local.ledger.place(&address, module.as_deref(), &outcome.status),
            module,
            outcome,
            gas_limit,
            state_root: header.state_root,
            input_bytes: args.len() as u64,
            state_bytes: local.ledger.size(&address)?,
            elapsed,
            compile: Default::default(),
        };
        let contracts = local.contracts([address]);
        let call = self.call.trim().to_owned();
        let report = execution::report(call, &contracts, 0, &execution);
        let report = Report { engine: self.manner.engine.name(), ..report };
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
