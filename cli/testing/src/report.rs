//! What a run of tests gives back.

use std::collections::BTreeMap;
use std::time::Duration;

use deed_base::Span;
use serde_json::Value as Json;

/// The verdicts of a run, in the order of the sources.
#[derive(Clone, Debug)]
pub struct Summary {
    pub verdicts: Vec<Verdict>,
    /// Tests that the filter left out.
    pub skipped: usize,
    pub seed: u64,
}

/// What became of a test.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The module, and the contract in which it stands.
    pub group: String,
    pub title: String,
    /// Of its title.
    pub span: Span,
    /// Why it failed; nothing if it passed.
    pub failure: Option<Failing>,
    /// How many values it was tried on; 1 without parameters.
    pub runs: u32,
    /// How many were left out by `assume`.
    pub assumed: u32,
    /// What the calls of contracts used, in the last try that went through.
    pub gas: BTreeMap<String, GasRow>,
    /// What they used on each line, as `src/main.deed:12`; nothing unless it was asked for.
    pub lines: BTreeMap<String, GasRow>,
    /// Measured.
    pub elapsed: Duration,
}

/// Why a test failed.
#[derive(Clone, PartialEq, Debug)]
pub struct Failing {
    pub message: String,
    /// Where in the test.
    pub span: Option<Span>,
    /// The sides of a comparison, and the like.
    pub values: Vec<Value>,
    /// The calls that came before, the last ones, a line each.
    pub trace: Vec<String>,
    /// Of a property, what it failed on, made as small as was found.
    pub arguments: Vec<Value>,
}

/// A value with its name.
#[derive(Clone, PartialEq, Debug)]
pub struct Value {
    pub name: String,
    pub value: Json,
}

/// The gas of the calls of one function.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct GasRow {
    pub calls: u64,
    pub least: u64,
    pub most: u64,
    pub total: u64,
}

impl GasRow {
    /// Adds a call.
    pub fn add(&mut self, gas: u64) {
        self.least = if self.calls == 0 { gas } else { self.least.min(gas) };
        self.most = self.most.max(gas);
        self.total = self.total.saturating_add(gas);
        self.calls += 1;
    }

    /// Adds the calls of another row.
    pub fn merge(&mut self, other: &GasRow) {
        if other.calls > 0 {
            self.least = if self.calls == 0 { other.least } else { self.least.min(other.least) };
            self.most = self.most.max(other.most);
            self.total = self.total.saturating_add(other.total);
            self.calls += other.calls;
        }
    }
}

impl Summary {
    pub fn failed(&self) -> usize {
        self.verdicts.iter().filter(|verdict| verdict.failure.is_some()).count()
    }

    /// The gas of every function that was called.
    pub fn gas(&self) -> BTreeMap<String, GasRow> {
        let mut all = BTreeMap::new();
        self.verdicts.iter().for_each(|verdict| merge(&mut all, &verdict.gas));
        all
    }

    /// The gas of every line that ran, if it was asked for.
    pub fn lines(&self) -> BTreeMap<String, GasRow> {
        let mut all = BTreeMap::new();
        self.verdicts.iter().for_each(|verdict| merge(&mut all, &verdict.lines));
        all
    }
}

/// Adds the calls of other rows to those of the same names.
pub(crate) fn merge(rows: &mut BTreeMap<String, GasRow>, others: &BTreeMap<String, GasRow>) {
    for (name, row) in others {
        rows.entry(name.clone()).or_default().merge(row);
    }
}

impl Failing {
    pub(crate) fn new(message: impl Into<String>, span: Option<Span>) -> Failing {
        let (values, trace, arguments) = Default::default();
        Failing { message: message.into(), span, values, trace, arguments }
    }
}
