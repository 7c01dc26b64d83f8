//! What `--gas-profile` shows: the gas of a transaction by lines of the source.
//!
//! In: the engine's profile and the texts of the sources. Out: [`GasProfile`], as JSON and as a table,
//! and stacks for a flame graph.
//! Holds always: the lines add up to the gas of the receipt, and so do the kinds.

use deed_runtime::{LineGas, Profile};
use serde::Serialize;
use serde_json::{Map, Value};

/// A table is no wider than this, but for lines that have long names.
const SOURCE_WIDTH: usize = 60;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct GasProfile {
    /// By what it was paid for.
    kinds: Map<String, Value>,
    /// How many instructions of the bytecode ran.
    #[serde(serialize_with = "decimal")]
    instructions: u64,
    /// The dearest first.
    lines: Vec<LineReport>,
    #[serde(skip)]
    total: u64,
    /// A line a stack.
    #[serde(skip)]
    pub(crate) folded: String,
}

#[derive(Clone, Debug, Serialize)]
struct LineReport {
    /// `src/main.deed:12`; `null` for what belongs to no line.
    at: Option<String>,
    source: Option<String>,
    #[serde(serialize_with = "decimal")]
    gas: u64,
    kinds: Map<String, Value>,
}

impl GasProfile {
    /// `source` gives the text of a file by its name, where there is one.
    pub(super) fn new(
        profile: &Profile,
        call: &str,
        source: impl Fn(&str) -> Option<String>,
    ) -> GasProfile {
        let line = |line: LineGas| {
            let text = line.at.as_ref().and_then(|at| {
                source(&at.file)?.lines().nth(at.line as usize - 1).map(|it| it.trim().to_owned())
            });
            let kinds = object(line.kinds.iter().map(|(kind, gas)| (kind.name(), *gas)));
            LineReport { at: line.at.map(|at| at.to_string()), source: text, gas: line.gas, kinds }
        };
        let mut lines: Vec<LineReport> = profile.lines().into_iter().map(line).collect();
        lines.sort_by_key(|line| std::cmp::Reverse(line.gas));
        GasProfile {
            kinds: object(profile.kinds().into_iter().map(|(kind, gas)| (kind.name(), gas))),
            instructions: profile.instructions(),
            lines,
            total: profile.total(),
            folded: profile.folded(call),
        }
    }

    /// The lines of a table, without their ends.
    pub(super) fn table(&self) -> Vec<String> {
        let gas = self.total.to_string().len().max(3);
        let place = self.lines.iter().map(|line| line.place().chars().count());
        let place = place.max().unwrap_or(0).max(4);
        let mut table = vec![format!("{:>gas$}   share  {:<place$}  source", "gas", "line")];
        table.extend(self.lines.iter().map(|line| {
            let share = 100.0 * line.gas as f64 / self.total.max(1) as f64;
            let source: String = line.source.iter().flat_map(|it| it.chars()).collect();
            let source: String = source.chars().take(SOURCE_WIDTH).collect();
            let row =
                format!("{:>gas$}  {share:>5.1}%  {:<place$}  {source}", line.gas, line.place());
            row.trim_end().to_owned()
        }));
        let kinds = self.kinds.iter().map(|(kind, gas)| format!("{kind} {}", plain(gas)));
        let kinds = kinds.collect::<Vec<_>>().join(", ");
        table.push(format!("{:>gas$}  100.0%  {kinds}", self.total));
        table
    }
}

impl LineReport {
    fn place(&self) -> String {
        match &self.at {
            Some(at) => at.clone(),
            None => {
                let kinds: Vec<&str> = self.kinds.keys().map(String::as_str).collect();
                format!("({})", kinds.join(", "))
            }
        }
    }
}

fn object(pairs: impl Iterator<Item = (&'static str, u64)>) -> Map<String, Value> {
    pairs.map(|(name, gas)| (name.to_owned(), Value::String(gas.to_string()))).collect()
}

fn plain(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// As gas is written everywhere in results.
fn decimal<S: serde::Serializer>(gas: &u64, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(gas)
}
