//! `deed verify`: what a contract promises, against what it does.
//!
//! In: a source or a package. Out: proofs; messages where there is none.
//! Holds always: success means that the solver proved every promise.

mod answers;
mod json;
mod workers;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use deed_base::{Diagnostics, SourceMap};
use deed_compiler::lower::lower;
use deed_compiler::{arena, own_contracts, thir};
use deed_verifier::worker::Workers;
use deed_verifier::{Desk, Limits, Options, Outcome, Progress, Promise, Report};

use self::answers::Answers;
use self::workers::Processes;
use crate::exit::{Done, Exit, Failure, Trouble};
use crate::front::Front;
use crate::terminal::Terminal;

/// Prove what the specification promises, for all inputs and states.
#[derive(Args)]
#[command(after_help = "\
Every `ensures`, `invariant`, `assert` and `throws … when` is proved on Z3, or not; what is not, is
tried on the engine. The code is 1 where calls were found that break a promise, and 3 where a promise
is neither proved nor refuted.

Examples:
  deed verify               the package in the current folder
  deed verify examples/token --fn transfer
  deed verify piggy.deed --rlimit 50000000 --json")]
pub(crate) struct Verify {
    /// A source, or a package.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Only this contract.
    #[arg(long, value_name = "NAME")]
    contract: Option<String>,
    /// Only this function.
    #[arg(long = "fn", value_name = "NAME")]
    function: Option<String>,
    /// What one question may cost, in steps of the solver.
    #[arg(long, value_name = "STEPS", default_value_t = Limits::default().rlimit)]
    rlimit: u32,
    /// The seed of the solver's choices.
    #[arg(long, value_name = "SEED", default_value_t = Limits::default().seed)]
    seed: u32,
    /// When the solver is stopped at one question, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = Limits::default().ceiling.as_secs())]
    ceiling: u64,
    /// The folder where answers are kept between runs; else `.deed/proofs` beside the package or source.
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    /// Ask everything again, and keep nothing.
    #[arg(long, conflicts_with = "cache")]
    no_cache: bool,
    /// Print the findings as one JSON object.
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(crate) fn run(&self, terminal: &Terminal) -> Done {
        let front = Front::open(&self.path, terminal)?;
        let package = front.check(terminal)?;
        let answers = self.answers(&front, terminal);
        let workers: Arc<dyn Workers> = Arc::new(Processes::new().map_err(|error| {
            Trouble::failed(format!("the program does not find itself: {error}"))
        })?);
        let mut reports = Vec::new();
        for id in self.selected(&front, &package)? {
            let name = package.contracts[id].name.text.to_string();
            reports
                .push((name, self.report((&front, &package, id), &answers, &workers, terminal)?));
        }
        let exit = exit_of(&reports);
        if self.json {
            terminal.data(json::of(&reports, &front.sources))?;
        } else {
            for (name, report) in &reports {
                show(name, report, &front.sources, terminal)?;
            }
        }
        Ok(exit)
    }

    fn answers(&self, front: &Front, terminal: &Terminal) -> Answers {
        if self.no_cache {
            return Answers::none();
        }
        let folder = self.cache.clone().unwrap_or_else(|| Answers::folder(&front.root));
        let (answers, why_not) = Answers::open(&folder);
        if let Some(why_not) = why_not {
            terminal.talk(format!("note: {why_not}"));
        }
        answers
    }

    fn selected(
        &self,
        front: &Front,
        package: &thir::Package,
    ) -> Result<Vec<arena::ContractId>, Trouble> {
        let wanted = |name: &str| self.contract.as_deref().is_none_or(|only| only == name);
        let ids = own_contracts(package, &front.sources).into_iter();
        let ids: Vec<_> = ids.filter(|id| wanted(&package.contracts[*id].name.text)).collect();
        match &self.contract {
            Some(name) if ids.is_empty() => {
                Err(Trouble::usage(format!("there is no contract `{name}`")))
            }
            _ => Ok(ids),
        }
    }

    fn report(
        &self,
        (front, package, id): (&Front, &thir::Package, arena::ContractId),
        answers: &Answers,
        workers: &Arc<dyn Workers>,
        terminal: &Terminal,
    ) -> Result<Report, Failure> {
        let mut diagnostics = Diagnostics::new();
        let program = lower(package, id, &mut diagnostics);
        if diagnostics.has_errors() {
            let sources = front.sources.clone();
            return Err(Failure::Sources { exit: Exit::Failed, sources, diagnostics });
        }
        if let Some(name) = &self.function
            && !program.functions.iter().any(|function| function.name == *name)
        {
            return Err(Trouble::usage(format!("there is no function `{name}`")).into());
        }
        let ceiling = Duration::from_secs(self.ceiling.max(1));
        let limits = Limits { rlimit: self.rlimit, seed: self.seed, ceiling };
        let options = Options { function: self.function.clone(), limits, ..Options::default() };
        let progress = |at: Progress<'_>| {
            let Progress { answered, questions, function } = at;
            terminal.passing(&format!("{answered} of {questions} answered, {function}"));
        };
        let desk = Desk { store: answers, progress: &progress, workers: Some(workers.clone()) };
        let report = deed_verifier::verify_with(package, &front.sources, &program, &options, &desk);
        terminal.passing("");
        report.map_err(|error| Trouble::failed(error.to_string()).into())
    }
}

fn exit_of(reports: &[(String, Report)]) -> Exit {
    let mut findings = reports.iter().flat_map(|(_, report)| &report.findings);
    match reports.iter().all(|(_, report)| report.all_proved()) {
        true => Exit::Fine,
        false if findings.any(|it| matches!(it.outcome, Outcome::Refuted(_))) => Exit::Failed,
        false => Exit::Undecided,
    }
}

/// A line for each proof, a message for everything else, and the sum.
fn show(
    name: &str,
    report: &Report,
    sources: &SourceMap,
    terminal: &Terminal,
) -> Result<(), Failure> {
    for finding in report.findings.iter().filter(|finding| finding.outcome == Outcome::Proved) {
        let place = sources.locate(finding.clause);
        let clause = one_line(sources.get(finding.clause.source).slice(finding.clause));
        let word = match finding.promise {
            Promise::LoopEnds | Promise::CallFalls => "decreases ",
            Promise::NoTrap if clause != "no_trap" => "no_trap when ",
            _ => "",
        };
        terminal.data(format!("proved  {}: {word}{clause}  ({place})", finding.function))?;
    }
    let mut diagnostics = Diagnostics::new();
    diagnostics.extend(report.diagnostics());
    terminal.diagnostics(&diagnostics, sources);
    let (proved, all) = (report.proved(), report.findings.len());
    terminal.data(format!("{name}: {proved} of {all} proved by Z3 {}", report.z3_version))
}

/// A clause as it stands in the source, on one line.
fn one_line(clause: &str) -> String {
    clause.split_whitespace().collect::<Vec<_>>().join(" ")
}
