//! `deed history`: the transactions of the ledger, failed ones with their errors.
//!
//! In: who sent, what was called, how it ended, heights. Out: the transactions, a page at a time.
//! Holds always: at most `--limit` transactions are shown; where there are more, it is said how to go on.

use clap::Args;
use deed_abi::{Abi, AbiError};
use deed_ledger::{Ending, TransactionFilter};

use crate::engine::Choice;
use crate::execution::{short, with_names};
use crate::exit::{Done, Exit, Failure, Trouble};
use crate::local::{Local, Pages, Place, ShownTransaction, addresses};
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

impl History {
    pub(crate) fn run(&self, terminal: &Terminal) -> Done {
        let local = self.place.open(Choice::Auto)?;
        let page = local.ledger.transactions(&self.filter(&local)?)?;
        let contracts = page.rows.iter().map(|row| &row.receipt).flat_map(addresses);
        let contracts = local.contracts(contracts);
        let book = local.book(&contracts);
        for row in &page.rows {
            let shown = ShownTransaction::new(&local, &contracts, row)?;
            match self.json {
                true => terminal.json(&shown)?,
                false => terminal.data(with_names(&shown.lines(), &book))?,
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
    let named = |error: &&AbiError| error.name == name || short(&error.name) == name;
    abi.errors.iter().find(named).map(|error| error.code.0).ok_or_else(|| {
        let all: Vec<&str> = abi.errors.iter().map(|error| short(&error.name)).collect();
        let message = format!("`{}` has no error `{name}`", short(&abi.contract));
        Trouble::usage(message).help(format!("it has: {}", all.join(", ")))
    })
}
