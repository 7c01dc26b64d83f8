//! What the tests used of gas, at the functions and lines that used it.
//!
//! In: the JSON of `deed test --gas-report`, and the analysis of the texts that it ran. Out: words for
//! functions, hints for lines.
//! Holds always: gas is shown for exactly the texts that were measured.

use std::collections::BTreeMap;
use std::sync::Arc;

use deed_base::Span;
use deed_compiler::arena::FnId;
use deed_compiler::thir::FnKind;
use serde::Deserialize;

use super::call_hierarchy::container;
use super::inlay_hints::{Hint, Kind};
use crate::analysis::Analysis;

/// What the tests of one package used.
pub struct Gas {
    analysis: Arc<Analysis>,
    /// By `Contract.function`.
    functions: BTreeMap<String, Row>,
    lines: Vec<(Span, Row)>,
}

/// Of one call, the least and the most.
#[derive(Clone, Copy, Deserialize)]
#[serde(from = "Texts")]
struct Row {
    least: u64,
    most: u64,
}

/// Gas is written in decimals, since JSON's numbers have not enough digits everywhere.
#[derive(Deserialize)]
struct Texts {
    least: String,
    most: String,
}

impl From<Texts> for Row {
    fn from(Texts { least, most }: Texts) -> Row {
        // A number that cannot be read is larger than any that was used.
        let number = |text: String| text.parse().unwrap_or(u64::MAX);
        Row { least: number(least), most: number(most) }
    }
}

impl Row {
    fn words(self) -> String {
        match self.least == self.most {
            true => format!("gas {}", self.least),
            false => format!("gas {} to {}", self.least, self.most),
        }
    }
}

#[derive(Deserialize)]
struct Document {
    gas: BTreeMap<String, Row>,
    #[serde(default)]
    lines: BTreeMap<String, Row>,
}

impl Gas {
    /// Reads what the tests printed about the texts of an analysis.
    pub fn read(analysis: Arc<Analysis>, json: &str) -> Result<Gas, serde_json::Error> {
        let Document { gas, lines } = serde_json::from_str(json)?;
        let placed = |(at, row): (String, Row)| Some((analysis.line_at(&at)?, row));
        let lines = lines.into_iter().filter_map(placed).collect();
        Ok(Gas { analysis, functions: gas, lines })
    }

    /// Whether an analysis has the texts that were measured.
    pub fn holds_for(&self, analysis: &Analysis) -> bool {
        self.analysis.has_texts_of(analysis)
    }

    /// What a call of a function used: `gas 40 to 9485`.
    pub fn of(&self, analysis: &Analysis, function: FnId) -> Option<String> {
        let declared = &analysis.thir.functions[function];
        let name = match declared.kind {
            FnKind::Init => "deploy",
            _ => declared.name.text.as_str(),
        };
        let name = format!("{}.{name}", container(analysis, function));
        self.functions.get(&name).map(|row| row.words())
    }

    /// What a call used on each line, at the line's end.
    pub fn hints(&self, range: Span) -> Vec<Hint> {
        let inside = |line: Span| {
            line.source == range.source && range.start <= line.end && line.end <= range.end
        };
        let lines = self.lines.iter().filter(|(line, _)| inside(*line));
        let hint = |(line, row): &(Span, Row)| Hint {
            source: line.source,
            offset: line.end,
            text: row.words(),
            kind: Kind::Gas,
        };
        lines.map(hint).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    const TEXT: &str = "module m
contract C {
    state { n: u64 = 0 }
    entry fn add(by: u64) {
        self.n += by
    }
    entry fn idle() {}
}
";

    fn gas() -> Gas {
        let row = |least: u32, most: u32| {
            format!(r#"{{"calls": 2, "least": "{least}", "mean": "5", "most": "{most}"}}"#)
        };
        let json = format!(
            r#"{{"passed": 1, "gas": {{"C.add": {}, "C.idle": {}}}, "lines": {{"main.deed:5": {}, "gone.deed:1": {}}}}}"#,
            row(40, 9485),
            row(12, 12),
            row(30, 9000),
            row(1, 1)
        );
        Gas::read(Arc::new(Fixture::new(TEXT).analysis), &json).expect("a report")
    }

    #[test]
    fn lines_have_their_gas_at_their_ends() {
        let gas = gas();
        let source = gas.analysis.source(deed_base::SourceId(0)).span();
        let [hint] = &gas.hints(source)[..] else { panic!("one line was measured") };
        assert!(TEXT[..hint.offset as usize].ends_with("self.n += by"));
        assert_eq!(hint.text, "gas 30 to 9000");
    }

    #[test]
    fn functions_have_theirs() {
        let gas = gas();
        let functions = gas.analysis.thir.functions.iter();
        let own = functions.filter(|(_, function)| !function.span.source.is_library());
        let said: Vec<_> = own.map(|(id, _)| gas.of(&gas.analysis, id)).collect();
        assert_eq!(said, [Some("gas 40 to 9485".to_owned()), Some("gas 12".to_owned())]);
    }

    #[test]
    fn another_text_has_none() {
        assert!(gas().holds_for(&Fixture::new(TEXT).analysis));
        assert!(!gas().holds_for(&Fixture::new(&TEXT.replace("+=", "-=")).analysis));
    }
}
