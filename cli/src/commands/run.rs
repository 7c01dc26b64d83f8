//! `deed run`: deploy on a fresh ledger in memory, and call.
//!
//! In: sources or a module, and calls, or a script of them. Out: a report a transaction, in their order.
//! Holds always: every call is read before anything runs. A failed transaction makes the exit code 1,
//! and the calls after it still run, but not after a failed deployment; a script goes on as long as each
//! step ends as it says.

use std::path::PathBuf;

use deed_base::Diagnostic;
use deed_base::catalogue::UNMET_EXPECTATION;

use crate::compile::{self, Artifact, Selection};
use crate::engine::Choice;
use crate::execution::{self, Book, Manner, Report, Session};
use crate::exit::{Done, Exit, Failure};
use crate::flame;
use crate::script::{self, Clock, Expectation, Script, Step};
use crate::terminal::Terminal;
use clap::Args;

/// Deploy a contract on a fresh ledger in memory and call it.
#[derive(Args)]
#[command(after_help = "\
Arguments are JSON values; @bob is the address of the account bob, and any name is an account.
Who sends a call stands behind it: `from bob`; without it, alice. `value 5` sends coins along, which the
ledger makes for it. Where a contract needs another one, `--deploy` makes that first, @Bank is its
address, and `Bank.pay(..)` calls it; so does a contract that another one made.

Examples:
  deed run examples/token --init '(@bank, 1000)' \\
      --call 'transfer(@alice, 100) from bank' --call 'balance_of(@alice)'
  deed run . --call 'count(5) from bob gas 5000' --json
  deed run . --contract Shop --deploy 'Bank(1000)' --init '@Bank' --call 'Bank.total()'
  deed run build/Token.deedc --init '@bank, 1000' --call 'total_supply()' --trace
  deed run examples/receivable --script examples/receivable/scenario.script")]
pub(crate) struct Run {
    /// A source, a package, or a module file.
    path: PathBuf,
    /// The contract, where there are several.
    #[arg(long, value_name = "NAME")]
    contract: Option<String>,
    /// Arguments of the deployment, such as '(@bank, 1000)'.
    #[arg(long, value_name = "ARGS", default_value = "", hide_default_value = true)]
    init: String,
    /// Another contract to deploy before, such as 'Bank(1000) from bob'; may be given many times.
    #[arg(long = "deploy", value_name = "DEPLOYMENT")]
    deploys: Vec<String>,
    /// A call, such as 'transfer(@bob, 7) from alice'; may be given many times.
    #[arg(long = "call", value_name = "CALL")]
    calls: Vec<String>,
    /// A file of deployments and calls, and of what is expected of them, instead of those above.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["init", "deploys", "calls"])]
    script: Option<PathBuf>,
    /// The level of optimisation.
    #[arg(short = 'O', value_name = "LEVEL", value_parser = clap::value_parser!(u8).range(0..=3))]
    opt: Option<u8>,
    /// Test the specifications' promises while the calls run; a broken one traps.
    #[arg(long)]
    check_specs: bool,
    /// Show which lines used the gas, and write a flame graph: a picture, or stacks where the name
    /// does not end in `.svg`.
    #[arg(
        long,
        value_name = "FILE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "flamegraph.svg"
    )]
    gas_profile: Option<PathBuf>,
    #[command(flatten)]
    manner: Manner,
}

impl Run {
    pub(crate) fn run(&self, terminal: &Terminal) -> Done {
        let engine = match self.gas_profile {
            Some(_) => Choice::profiling(),
            None => self.manner.engine.engine()?,
        };
        let script = match &self.script {
            Some(path) => Script::open(path)?,
            None => Script::read(&self.deploys, &self.init, &self.calls)?,
        };
        let artifacts = self.artifacts(&script, terminal)?;
        let mut session = Session::new(artifacts, engine, self.manner.engine)?;
        let prepared = script.prepare(&session, self.manner.gas)?;
        let mut book = script.book();
        let mut exit = Exit::Fine;
        let mut stacks = String::new();
        for step in &prepared {
            let (transaction, expected) = match step {
                Step::At(clock) => {
                    set(&mut session, *clock, &script)?;
                    continue;
                }
                Step::Send(transaction, expected) => (transaction, *expected),
            };
            let report = session.send(transaction)?;
            stacks.extend(report.gas_profile.iter().map(|profile| profile.folded.as_str()));
            session.name_contracts(&mut book);
            self.print(&report, &book, terminal)?;
            match expected {
                Some(expected) => compare(&script, &session, expected, &report, &book)?,
                None if report.status == "ok" => {}
                None => {
                    exit = Exit::Failed;
                    if transaction.deploys() {
                        break;
                    }
                }
            }
        }
        if let Some(path) = &self.gas_profile {
            flame::write(path, &stacks)?;
            terminal.talk(format!("wrote {}", path.display()));
        }
        Ok(exit)
    }

    /// The contract, and the others that are named.
    fn artifacts(&self, script: &Script, terminal: &Terminal) -> Result<Vec<Artifact>, Failure> {
        let (contract, opt) = (self.contract.as_deref(), self.opt);
        let selection = Selection { contract, opt, check_specs: self.check_specs };
        let mut artifacts = vec![compile::one(&self.path, selection, terminal)?];
        for name in script.contracts() {
            let known = |one: &Artifact| execution::short(&one.abi.contract) == name;
            if !artifacts.iter().any(known) {
                let selection = Selection { contract: Some(name), ..selection };
                artifacts.push(compile::named(&self.path, selection, terminal)?);
            }
        }
        Ok(artifacts)
    }

    fn print(&self, report: &Report, book: &Book, terminal: &Terminal) -> Result<(), Failure> {
        match self.manner.json {
            true => terminal.json(report),
            false => terminal.data(execution::describe(report, book, self.manner.trace)),
        }
    }
}

/// Moves the clock of the ledger on.
fn set(session: &mut Session, clock: Clock, script: &Script) -> Result<(), Failure> {
    if session.warp_to(clock.time) {
        return Ok(());
    }
    let message = "the clock cannot go back: a block has a later time already";
    Err(script.failure(Diagnostic::new(UNMET_EXPECTATION, clock.place, message).label("here")))
}

/// Stops where a step did not end as its script says.
fn compare(
    script: &Script,
    session: &Session,
    expected: &[Expectation],
    report: &Report,
    book: &Book,
) -> Result<(), Failure> {
    let ended = || execution::with_names(&script::ended(report), book);
    script::compare(expected, report, |value| session.with_contracts(value), ended)
        .map_err(|diagnostic| script.failure(*diagnostic))
}
