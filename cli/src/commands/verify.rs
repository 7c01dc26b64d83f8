//! `deed verify`: what a contract promises, against what it does.
//!
//! In: a source or a package. Out: proofs; messages where there is none.
//! Holds always: success means that the solver proved every promise.

use std::path::PathBuf;

use clap::Args;
use deed_base::{Diagnostics, SourceMap};
use deed_compiler::lower::lower;
use deed_compiler::{arena, own_contracts, thir};
use deed_verifier::{Finding, Limits, Options, Outcome, Report};
use serde_json::{Value, json};

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
    /// Print the findings as one JSON object.
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(crate) fn run(&self, terminal: &Terminal) -> Done {
        let front = Front::open(&self.path, terminal)?;
        let package = front.check(terminal)?;
        let mut reports = Vec::new();
        for id in self.selected(&front, &package)? {
            let name = package.contracts[id].name.text.to_string();
            reports.push((name, self.report(&front, &package, id)?));
        }
        let exit = exit_of(&reports);
        if self.json {
            terminal.data(as_json(&reports, &front.sources))?;
        } else {
            for (name, report) in &reports {
                show(name, report, &front.sources, terminal)?;
            }
        }
        Ok(exit)
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
        front: &Front,
        package: &thir::Package,
        id: arena::ContractId,
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
        let limits = Limits { rlimit: self.rlimit, seed: self.seed };
        let options = Options { function: self.function.clone(), limits };
        deed_verifier::verify(package, &front.sources, &program, &options)
            .map_err(|error| Trouble::failed(error.to_string()).into())
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
        terminal.data(format!("proved  {}: {clause}  ({place})", finding.function))?;
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

fn as_json(reports: &[(String, Report)], sources: &SourceMap) -> Value {
    let contracts = reports.iter().map(|(name, report)| {
        let findings = report.findings.iter().map(|finding| finding_json(finding, sources));
        let assumptions = report.assumptions.iter().map(|span| sources.locate(*span));
        json!({
            "contract": name,
            "z3": report.z3_version,
            "findings": findings.collect::<Vec<_>>(),
            "assumptions": assumptions.collect::<Vec<_>>(),
        })
    });
    json!({ "contracts": contracts.collect::<Vec<_>>() })
}

fn finding_json(finding: &Finding, sources: &SourceMap) -> Value {
    let (values, reason, run) = match &finding.outcome {
        Outcome::Proved => (None, None, None),
        Outcome::Refuted(run) => (None, None, Some(run)),
        Outcome::NotProved(values) => (Some(values), None, None),
        Outcome::Undecided(reason) => (None, Some(reason), None),
    };
    let values = values.map(|values| {
        values.iter().map(|(name, value)| json!({"name": name, "value": value})).collect::<Vec<_>>()
    });
    json!({
        "function": finding.function,
        "promise": finding.promise.name(),
        "clause": sources.locate(finding.clause),
        "place": sources.locate(finding.place),
        "status": finding.outcome.name(),
        "values": values,
        "reason": reason,
        "calls": run.map(|run| &run.steps),
        "test": run.and_then(|run| run.test.as_ref()),
    })
}
