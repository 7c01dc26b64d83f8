//! `deed deploy`: a contract on the ledger that lasts.
//!
//! In: sources or a module, and the arguments of `init`. Out: a report of the deployment.
//! Holds always: nothing is sent whose arguments do not fit; a ledger that is not there is made.

use std::path::PathBuf;

use clap::Args;
use deed_ledger::Action;
use deed_runtime::Hash;

use crate::compile::{self, Artifact, Selection};
use crate::execution::{self, Block, Contracts, Manner, Report, StandIns, of_init, short};
use crate::exit::{Done, Exit, Failure};
use crate::local::{Local, Place, Signed};
use crate::request::{self, Request, account};
use crate::terminal::Terminal;

/// Deploy a contract on the ledger in `.deed/ledger`.
#[derive(Args)]
#[command(after_help = "\
A ledger that is not there is made, with the accounts alice, bob, carol, dave and erin, whose keys
everybody knows. `deed accounts new` makes accounts with keys of their own.

Examples:
  deed deploy .
  deed deploy examples/token --init '(@bank, 1000)' --from alice
  deed deploy build/Token.deedc --init '@alice, 1000' --json")]
pub(crate) struct Deploy {
    /// A source, a package, or a module file.
    path: PathBuf,
    /// The contract, where there are several.
    #[arg(long, value_name = "NAME")]
    contract: Option<String>,
    /// Arguments of the deployment, such as '(@bank, 1000)'.
    #[arg(long, value_name = "ARGS", default_value = "", hide_default_value = true)]
    init: String,
    /// Who deploys.
    #[arg(long, value_name = "WHO", default_value = account::DEFAULT)]
    from: String,
    /// The level of optimisation.
    #[arg(short = 'O', value_name = "LEVEL", value_parser = clap::value_parser!(u8).range(0..=3))]
    opt: Option<u8>,
    #[command(flatten)]
    manner: Manner,
    #[command(flatten)]
    place: Place,
}

impl Deploy {
    pub(crate) fn run(&self, terminal: &Terminal) -> Done {
        let selection =
            Selection { contract: self.contract.as_deref(), opt: self.opt, check_specs: false };
        let artifact = compile::one(&self.path, selection, terminal)?;
        let mut local = self.place.open_or_make(self.manner.engine)?;
        let (request, args) = self.request(&local, &artifact)?;
        for made in &artifact.made {
            local.ledger.publish(&made.bytes)?;
        }
        let from = local.named(request.suffixes.from, &self.from)?;
        let code = Hash(deed_bytecode::code_hash(&artifact.module));
        let execution = local.send(Signed {
            from,
            action: Action::Deploy { code, args },
            value: 0,
            gas: request.suffixes.gas.unwrap_or(self.manner.gas),
            module: Some(&artifact.bytes),
        })?;
        let opt = artifact.origin.as_ref().map(|origin| origin.opt);
        let call = self.call(&artifact);
        let touched = execution.outcome.writes.iter().map(|write| write.contract);
        let contracts = local.contracts(touched.chain([execution.contract]));
        let contracts = match contracts.number_at(&execution.contract) {
            Some(_) => contracts,
            // It failed, so it is not there.
            None => Contracts::deployed([(execution.contract, artifact)]),
        };
        let number = contracts.number_at(&execution.contract).unwrap_or_default();
        let report = execution::report(call, &contracts, number, &execution);
        let block = Some(Block::of(&execution));
        let report = Report { engine: self.manner.engine.name(), opt, block, ..report };
        match self.manner.json {
            true => terminal.json(&report)?,
            false => {
                let text = execution::describe(&report, &local.book(&contracts), self.manner.trace);
                terminal.data(text)?;
                if execution.is_ok() {
                    terminal.data(format!("  contract  {}", execution.contract))?;
                }
            }
        }
        Ok(if execution.is_ok() { Exit::Fine } else { Exit::Failed })
    }

    /// The arguments, compared with `init`.
    fn request(&self, local: &Local, artifact: &Artifact) -> Result<(Request, Vec<u8>), Failure> {
        local.read("--init", &self.init, |source| {
            let request = request::init(source, local)?;
            let args = of_init(&artifact.abi, &request, &StandIns::new())?;
            Ok((request, args))
        })
    }

    /// The deployment as it was written.
    fn call(&self, artifact: &Artifact) -> String {
        let init = self.init.trim();
        let gap = if init.starts_with('(') || init.is_empty() { "" } else { " " };
        format!("deploy {}{gap}{init}", short(&artifact.abi.contract))
    }
}
