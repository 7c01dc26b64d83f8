//! `deed test`: the tests that live beside the code.
//!
//! In: a package with tests. Out: a verdict a test, then a summary; what a failure saw is printed with
//! its source line.
//! Holds always: the exit code is 1 where a test fails; a seed repeats a run.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use deed_base::{Diagnostics, SourceMap, Span};
use deed_testing::{Failing, GasRow, Options, Summary, Value, Verdict};
use serde_json::{Value as Json, json};

use crate::exit::{Done, Exit, Failure};
use crate::front::Front;
use crate::terminal::Terminal;

/// Run the tests of a package, each on a chain of its own.
#[derive(Args)]
#[command(after_help = "\
A test with parameters is a property: it is tried on many values of their types, and a failure is
shown with the smallest values that were found. The same seed gives the same values.

Examples:
  deed test                           all tests of the package in the current folder
  deed test 'a split' --path examples/token
  deed test --runs 1000 --seed 7
  deed test --gas-report --json")]
pub(crate) struct Test {
    /// Only tests whose title, module or contract holds this.
    filter: Option<String>,
    /// A source, or a package.
    #[arg(long, value_name = "PATH", default_value = ".")]
    path: PathBuf,
    /// How many values a property is tried on.
    #[arg(long, value_name = "N", default_value_t = 100)]
    runs: u32,
    /// Where the values of properties come from; another one each time if it is not given.
    #[arg(long, value_name = "SEED")]
    seed: Option<u64>,
    /// Show what the calls of each function used; under `--json`, and those of each line.
    #[arg(long)]
    gas_report: bool,
    /// The level of optimisation of the contracts.
    #[arg(short = 'O', value_name = "LEVEL", value_parser = clap::value_parser!(u8).range(0..=3))]
    opt: Option<u8>,
    /// Test the specifications' promises in every call; a broken one traps.
    #[arg(long)]
    check_specs: bool,
    /// One JSON object a test, a line each, then one for the whole.
    #[arg(long)]
    json: bool,
}

impl Test {
    pub(crate) fn run(&self, terminal: &Terminal) -> Done {
        let front = Front::open(&self.path, terminal)?;
        let package = front.check(terminal)?;
        let options = Options {
            filter: self.filter.clone(),
            runs: self.runs,
            seed: self.seed.unwrap_or_else(from_the_clock),
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            opt: front.opt(self.opt),
            check_specs: self.check_specs,
            profile: self.gas_report && self.json,
        };
        let mut diagnostics = Diagnostics::new();
        let summary = deed_testing::run(&package, &front.sources, &options, &mut diagnostics);
        front.settle(diagnostics, terminal)?;
        let Some(summary) = summary else { return Ok(Exit::Failed) };
        match self.json {
            true => self.objects(&summary, &front.sources, terminal)?,
            false => self.lines(&summary, &front.sources, terminal)?,
        }
        Ok(if summary.failed() == 0 { Exit::Fine } else { Exit::Failed })
    }

    fn lines(
        &self,
        summary: &Summary,
        sources: &SourceMap,
        terminal: &Terminal,
    ) -> Result<(), Failure> {
        let mut out = String::new();
        let mut group = "";
        for verdict in &summary.verdicts {
            if verdict.group != group {
                group = &verdict.group;
                out += &format!("{group}\n");
            }
            out += &line(verdict);
            if let Some(failing) = &verdict.failure {
                out += &details(failing, sources);
            }
        }
        if self.gas_report {
            out += &gas_table(summary);
        }
        out += &total(summary);
        terminal.data(out)
    }

    fn objects(
        &self,
        summary: &Summary,
        sources: &SourceMap,
        terminal: &Terminal,
    ) -> Result<(), Failure> {
        for verdict in &summary.verdicts {
            terminal.json(&object(verdict, sources))?;
        }
        let failed = summary.failed();
        let mut whole = json!({
            "passed": summary.verdicts.len() - failed, "failed": failed,
            "skipped": summary.skipped, "seed": summary.seed,
        });
        if self.gas_report {
            whole["gas"] = gas_object(summary.gas());
            whole["lines"] = gas_object(summary.lines());
        }
        terminal.json(&whole)
    }
}

/// A seed that nobody chose.
fn from_the_clock() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| u64::from(now.subsec_nanos()) ^ now.as_secs())
}

fn line(verdict: &Verdict) -> String {
    let word = if verdict.failure.is_some() { "FAILED" } else { "ok" };
    let runs = match verdict.runs {
        1 => String::new(),
        n => format!("  ({n} values)"),
    };
    format!("  {word:<6} {}{runs}\n", verdict.title)
}

/// Why a test failed: the message, its line in the source, and the values.
fn details(failing: &Failing, sources: &SourceMap) -> String {
    let mut out = format!("         {}\n", failing.message);
    if let Some((place, text)) = failing.span.and_then(|span| place(span, sources)) {
        out += &format!("         {place}: {text}\n");
    }
    for Value { name, value } in &failing.values {
        out += &format!("           {name}: {value}\n");
    }
    if !failing.trace.is_empty() {
        out += "         after\n";
        failing.trace.iter().for_each(|line| out += &format!("           {line}\n"));
    }
    if !failing.arguments.is_empty() {
        let arguments = failing.arguments.iter().map(|v| format!("{}: {}", v.name, v.value));
        out += &format!("         with {}\n", arguments.collect::<Vec<_>>().join(", "));
    }
    out
}

/// `src/main.deed:12`, and the text of that line.
fn place(span: Span, sources: &SourceMap) -> Option<(String, String)> {
    let file = sources.get(span.source);
    let before = file.text.get(..span.start as usize)?;
    let number = before.matches('\n').count() + 1;
    let text = file.text.lines().nth(number - 1)?.trim().to_owned();
    Some((format!("{}:{number}", file.name), text))
}

fn total(summary: &Summary) -> String {
    let failed = summary.failed();
    let passed = summary.verdicts.len() - failed;
    let skipped = match summary.skipped {
        0 => String::new(),
        n => format!(", {n} left out"),
    };
    let properties = summary.verdicts.iter().any(|verdict| verdict.runs > 1 || verdict.assumed > 0);
    let seed = match properties || failed > 0 {
        true => format!("; seed {}", summary.seed),
        false => String::new(),
    };
    format!("{passed} passed, {failed} failed{skipped}{seed}\n")
}

fn gas_table(summary: &Summary) -> String {
    let rows = summary.gas();
    let width = rows.keys().map(String::len).max().unwrap_or(0).max(8);
    let mut out = format!(
        "{:<width$}  {:>7}  {:>10}  {:>10}  {:>10}\n",
        "gas of", "calls", "least", "mean", "most"
    );
    for (name, row) in &rows {
        let mean = row.total / row.calls.max(1);
        out += &format!(
            "{name:<width$}  {:>7}  {:>10}  {mean:>10}  {:>10}\n",
            row.calls, row.least, row.most
        );
    }
    out
}

fn gas_object(rows: BTreeMap<String, GasRow>) -> Json {
    let row = |(name, row): (String, GasRow)| {
        let mean = row.total / row.calls.max(1);
        let row = json!({
            "calls": row.calls, "least": row.least.to_string(), "mean": mean.to_string(),
            "most": row.most.to_string(),
        });
        (name, row)
    };
    Json::Object(rows.into_iter().map(row).collect())
}

fn object(verdict: &Verdict, sources: &SourceMap) -> Json {
    let at = place(verdict.span, sources).map(|(place, _)| place);
    let failure = verdict.failure.as_ref().map(|failing| {
        let found = failing.span.and_then(|span| place(span, sources));
        let (at, source) = found.map_or((None, None), |(at, text)| (Some(at), Some(text)));
        json!({
            "message": failing.message, "at": at, "source": source,
            "values": values(&failing.values), "trace": failing.trace, "arguments": values(&failing.arguments),
        })
    });
    json!({
        "group": verdict.group, "test": verdict.title, "at": at,
        "status": if verdict.failure.is_some() { "failed" } else { "ok" },
        "runs": verdict.runs, "assumed": verdict.assumed, "failure": failure,
        "elapsed_ns": verdict.elapsed.as_nanos() as u64,
    })
}

fn values(values: &[Value]) -> Json {
    Json::Object(values.iter().map(|v| (v.name.clone(), v.value.clone())).collect())
}
