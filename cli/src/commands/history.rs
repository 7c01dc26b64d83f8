//! `deed history`: the transactions of the ledger, failed ones with their errors.
//!
//! In: who sent, what was called, how it ended, heights. Out: the transactions, a page at a time.
//! Holds always: at most `--limit` transactions are shown; where there are more, it is said how to go on.

use clap::Args;
use deed_abi::{Abi, AbiFunction, decode_all, to_json};
use deed_ledger::{Action, Ending, Receipt, TransactionFilter, TransactionRow};
use deed_runtime::{Address, Status};
use serde::Serialize;
use serde_json::Value;

use crate::engine::Choice;
use crate::execution::{self, Contracts, ErrorReport, EventReport, TrapReport, short, with_names};
use crate::exit::{Done, Exit, Failure, Trouble};
use crate::local::{Local, Pages, Place};
use crate::terminal::Terminal;

/// Show transactions of the ledger in `.deed/ledger`, failed ones too.
#[derive(Args)]
#[command(after_help = "\
Examples:
  deed history
  deed history --from bob --newest --limit 5
  deed history Token --function transfer --error Insufficient --json")]
pub(crate) struct History {
    /// The contract: its address, or its name. Without it, of all contracts.
    #[arg(value_name = "CONTRACT")]
    contract: Option<String>,
    /// Who sent them.
    #[arg(long, value_name = "WHO")]
    from: Option<String>,
    /// The function that was called; `init` of deployments.
    #[arg(long, value_name = "NAME")]
    function: Option<String>,
    /// How they ended: ok, error, trap or out_of_gas.
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
    /// The error that they ended with.
    #[arg(long, value_name = "NAME", requires = "contract")]
    error: Option<String>,
    #[command(flatten)]
    pages: Pages,
    /// One JSON object a transaction, a line each.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

/// One transaction, as one JSON object.
#[derive(Serialize)]
struct Shown {
    height: u64,
    /// In seconds since 1970 UTC.
    time: u64,
    tx: String,
    index: u32,
    from: String,
    contract: String,
    /// The function with its arguments; `deploy`, the contract and those of `init`.
    call: String,
    status: &'static str,
    result: Value,
    error: Option<ErrorReport>,
    trap: Option<TrapReport>,
    gas_used: String,
    gas_limit: String,
    events: Vec<EventReport>,
}

impl History {
    pub(crate) fn run(&self, terminal: &Terminal) -> Done {
        let local = self.place.open(Choice::Auto)?;
        let page = local.ledger.transactions(&self.filter(&local)?)?;
        let contracts = page.rows.iter().map(|row| &row.receipt).flat_map(addresses);
        let contracts = local.contracts(contracts);
        let book = local.book(&contracts);
        for row in &page.rows {
            let shown = shown(&local, &contracts, row)?;
            match self.json {
                true => terminal.json(&shown)?,
                false => terminal.data(with_names(&line(&shown), &book))?,
            }
        }
        self.pages.more(page.next, terminal);
        Ok(Exit::Fine)
    }

    fn filter(&self, local: &Local) -> Result<TransactionFilter, Failure> {
        let contract = self.contract.as_ref().map(|it| local.contract(it)).transpose()?;
        let error = match (&self.error, &contract) {
            (Some(name), Some(contract)) => Some(error_code(&contract.abi, name)?),
            _ => None,
        };
        let from = self.from.as_ref().map(|from| local.named(None, from)).transpose()?;
        Ok(TransactionFilter {
            from,
            contract: contract.map(|contract| contract.address),
            function: self.function.clone(),
            ending: self.status.as_deref().map(ending).transpose()?,
            error,
            heights: self.pages.heights()?,
            newest_first: self.pages.newest,
            after: self.pages.after()?,
            limit: self.pages.limit(),
        })
    }
}

fn ending(word: &str) -> Result<Ending, Trouble> {
    Ending::ALL.into_iter().find(|ending| ending.name() == word).ok_or_else(|| {
        let help = "write ok, error, trap or out_of_gas";
        Trouble::usage(format!("no transaction ends with `{word}`")).help(help)
    })
}

fn error_code(abi: &Abi, name: &str) -> Result<[u8; 4], Trouble> {
    let named = |error: &&deed_abi::AbiError| error.name == name || short(&error.name) == name;
    abi.errors.iter().find(named).map(|error| error.code.0).ok_or_else(|| {
        let all: Vec<&str> = abi.errors.iter().map(|error| short(&error.name)).collect();
        let message = format!("`{}` has no error `{name}`", short(&abi.contract));
        Trouble::usage(message).help(format!("it has: {}", all.join(", ")))
    })
}

fn addresses(receipt: &Receipt) -> impl Iterator<Item = Address> {
    receipt.events.iter().map(|event| event.contract).chain([receipt.contract])
}

fn line(shown: &Shown) -> String {
    let Shown { height, from, contract, call, status, result, gas_used, gas_limit, .. } = shown;
    let (error, trap) = (shown.error.as_ref(), shown.trap.as_ref());
    let ending = execution::Ending { status, result, error, trap, gas_used, gas_limit };
    let to = if call.starts_with("deploy ") { String::new() } else { format!("@{contract}.") };
    format!("{height:<6} {to}{call} from @{from}\n       {}", execution::ending(&ending))
}

fn shown(local: &Local, contracts: &Contracts, row: &TransactionRow) -> Result<Shown, Failure> {
    let receipt = &row.receipt;
    let none = Abi::default();
    let abi = contracts.abi_at(&receipt.contract).unwrap_or(&none);
    let place = matches!(receipt.status, Status::Trap(_)).then(|| local.ledger.place_of(receipt));
    let events = receipt.events.iter();
    Ok(Shown {
        height: receipt.height,
        time: row.time,
        tx: receipt.tx_hash.to_string(),
        index: receipt.index,
        from: receipt.from.to_string(),
        contract: receipt.contract.to_string(),
        call: call(local, abi, receipt)?,
        status: receipt.status_name(),
        result: execution::result(abi, &receipt.status, &receipt.target),
        error: execution::error(abi, &receipt.status),
        trap: execution::trap(&receipt.status, place.flatten().as_ref()),
        gas_used: receipt.gas_used.to_string(),
        gas_limit: receipt.gas_limit.to_string(),
        events: events.map(|event| execution::event(abi, contracts, event)).collect(),
    })
}

/// What was asked for, as it is written: `transfer(0x…, 7)`.
fn call(local: &Local, abi: &Abi, receipt: &Receipt) -> Result<String, Failure> {
    let transaction = local.ledger.transaction(receipt.position())?;
    let Some((transaction, _)) = transaction else { return Ok(String::new()) };
    let name = match &transaction.action {
        Action::Deploy { .. } => "init",
        Action::Call { function, .. } => function,
    };
    let args = abi.function(name).and_then(|it| arguments(abi, it, transaction.action.args()));
    let args = args.unwrap_or_else(|| deed_abi::hex(transaction.action.args()));
    Ok(match &transaction.action {
        Action::Deploy { .. } if abi.contract.is_empty() => "deploy".to_owned(),
        Action::Deploy { .. } => format!("deploy {}({args})", short(&abi.contract)),
        Action::Call { function, .. } => format!("{function}({args})"),
    })
}

fn arguments(abi: &Abi, function: &AbiFunction, bytes: &[u8]) -> Option<String> {
    let types = || function.params.iter().map(|param| &param.ty);
    let values = decode_all(&abi.types, types(), bytes).ok()?;
    let each = types().zip(&values).map(|(ty, value)| to_json(&abi.types, ty, value));
    let each: Result<Vec<String>, _> =
        each.map(|json| Ok(execution::plain(&json?))).collect::<Result<_, deed_abi::ValueError>>();
    Some(each.ok()?.join(", "))
}
