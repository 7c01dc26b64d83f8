//! The report for scripts.
//!
//! In: reports. Out: one JSON object.
//! Holds always: members are only ever added; times are of this machine, all else is the same in every run.

use deed_base::SourceMap;
use deed_verifier::{Cost, Finding, Outcome, Remark, Report};
use serde_json::{Value, json};

pub(super) fn of(reports: &[(String, Report)], sources: &SourceMap) -> Value {
    let contracts: Vec<Value> =
        reports.iter().map(|(name, report)| contract(name, report, sources)).collect();
    json!({ "contracts": contracts })
}

fn contract(name: &str, report: &Report, sources: &SourceMap) -> Value {
    let findings = report.findings.iter().map(|it| finding(it, sources));
    let assumptions = report.assumptions.iter().map(|span| sources.locate(*span));
    let (questions, remembered) = report.questions();
    json!({
        "contract": name,
        "z3": report.z3_version,
        "seed": report.limits.seed,
        "rlimit": report.limits.rlimit,
        "questions": questions,
        "remembered": remembered,
        "findings": findings.collect::<Vec<_>>(),
        "remarks": report.remarks.iter().map(|it| remark(it, sources)).collect::<Vec<_>>(),
        "assumptions": assumptions.collect::<Vec<_>>(),
        "functions": report.costs.iter().map(cost).collect::<Vec<_>>(),
    })
}

/// `solver_ms` is the solver's time for all questions about a function, added up.
fn cost(cost: &Cost) -> Value {
    json!({
        "function": cost.function,
        "questions": cost.questions,
        "remembered": cost.remembered,
        "solver_ms": u64::try_from(cost.time.as_millis()).unwrap_or(u64::MAX),
    })
}

fn remark(remark: &Remark, sources: &SourceMap) -> Value {
    json!({
        "kind": remark.kind.name(),
        "function": remark.function,
        "place": sources.locate(remark.span),
    })
}

fn finding(finding: &Finding, sources: &SourceMap) -> Value {
    let (values, reason, run) = match &finding.outcome {
        Outcome::Proved => (None, None, None),
        Outcome::Refuted(run) => (None, None, Some(run)),
        Outcome::NotProved(values) => (Some(values), None, None),
        Outcome::Undecided(reason) => (None, Some(reason), None),
    };
    let values = values.map(|values| held(values));
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
        "before": run.map(|run| held(&run.before)),
        "after": run.map(|run| held(&run.after)),
        "lines": run.map(|run| &run.lines),
    })
}

/// Places or variables, with what they hold.
fn held(entries: &[(String, String)]) -> Vec<Value> {
    entries.iter().map(|(name, value)| json!({"name": name, "value": value})).collect()
}
