//! What `deed verify` said, at the places that it speaks of.
//!
//! In: its JSON, and the analysis of the texts that it read. Out: messages, hints, and tests.
//! Holds always: findings are shown for exactly the texts that were verified; after an edit of the
//! package they are gone, since a proof of another text proves nothing.

use std::sync::Arc;

use deed_base::Span;
use deed_compiler::arena::FnId;
use deed_syntax::ast::{FnDecl, StmtKind};
use serde::Deserialize;

use super::call_hierarchy::extent;
use super::format::Change;
use super::inlay_hints::{Hint, Kind};
use crate::analysis::Analysis;
use crate::analysis::syntax::{self, Node};

/// What came of a promise.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Proved,
    /// Calls break it.
    Refuted,
    NotProved,
    /// The solver does not know, or says something new.
    #[serde(other)]
    Undecided,
}

/// One promise on one way out of a function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    pub contract: String,
    pub function: String,
    pub promise: String,
    pub clause: Span,
    pub place: Span,
    pub status: Status,
    /// At the function's entry, or given to the call that breaks the promise.
    pub values: Vec<(String, String)>,
    pub reason: Option<String>,
    /// A test that breaks the promise.
    pub test: Option<String>,
}

/// The findings about one package.
pub struct Proofs {
    analysis: Arc<Analysis>,
    pub findings: Vec<Finding>,
}

#[derive(Deserialize)]
struct Document {
    contracts: Vec<ContractJson>,
}

#[derive(Deserialize)]
struct ContractJson {
    contract: String,
    findings: Vec<FindingJson>,
}

#[derive(Deserialize)]
struct FindingJson {
    function: String,
    promise: String,
    clause: String,
    place: String,
    status: Status,
    #[serde(default)]
    values: Option<Vec<ValueJson>>,
    /// Of a broken promise, the calls that break it, a transaction each.
    #[serde(default)]
    calls: Option<Vec<String>>,
    /// What the state holds before the last of these.
    #[serde(default)]
    before: Option<Vec<ValueJson>>,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    test: Option<String>,
}

#[derive(Deserialize)]
struct ValueJson {
    name: String,
    value: String,
}

impl Proofs {
    /// Reads what the verifier printed about the texts of an analysis.
    pub fn read(analysis: Arc<Analysis>, json: &str) -> Result<Proofs, serde_json::Error> {
        let document: Document = serde_json::from_str(json)?;
        let mut findings = Vec::new();
        for ContractJson { contract, findings: all } in document.contracts {
            let placed = all.into_iter().filter_map(|one| place(&analysis, &contract, one));
            findings.extend(placed);
        }
        Ok(Proofs { analysis, findings })
    }

    /// Adds what was found earlier about other functions of the same texts.
    pub fn with(mut self, earlier: &Proofs) -> Proofs {
        if earlier.hold_for(&self.analysis) {
            let is_new = |old: &Finding| {
                let same = |new: &Finding| {
                    (&new.contract, &new.function) == (&old.contract, &old.function)
                };
                !self.findings.iter().any(same)
            };
            let kept: Vec<Finding> =
                earlier.findings.iter().filter(|f| is_new(f)).cloned().collect();
            self.findings.extend(kept);
        }
        self
    }

    /// Whether an analysis has the texts that were verified.
    pub fn hold_for(&self, analysis: &Analysis) -> bool {
        self.analysis.has_texts_of(analysis)
    }

    /// How many promises of a function, or of a whole contract, were proved, and of how many.
    pub fn score(&self, contract: &str, function: Option<&str>) -> Option<(usize, usize)> {
        let mine = |f: &&Finding| {
            f.contract == contract && function.is_none_or(|function| f.function == function)
        };
        let all = self.findings.iter().filter(mine);
        let proved = all.clone().filter(|finding| finding.status == Status::Proved).count();
        let count = all.count();
        (count > 0).then_some((proved, count))
    }

    /// The tests that break a promise at a range, each as the change that adds it to its file.
    pub fn tests(&self, range: Span) -> Vec<(String, Change)> {
        let touches =
            |at: Span| at.source == range.source && at.start <= range.end && range.start <= at.end;
        let here = self.findings.iter().filter(|f| touches(f.clause) || touches(f.place));
        let change = |finding: &Finding| {
            let test = finding.test.as_ref()?;
            let text = &self.analysis.source(range.source).text;
            let end = text.trim_end().len() as u32;
            let span = Span::new(range.source, end, text.len() as u32);
            let title = format!("Paste as test: `{}` breaks this promise", finding.function);
            Some((title, Change { span, text: format!("\n\n{}\n", test.trim_end()) }))
        };
        here.filter_map(change).collect()
    }

    /// The status of every clause, and the values of counterexamples where their names stand.
    pub fn hints(&self, range: Span) -> Vec<Hint> {
        let mut hints: Vec<Hint> = Vec::new();
        let inside = |offset: u32| range.start <= offset && offset <= range.end;
        let mut clauses: Vec<Span> = self.findings.iter().map(|finding| finding.clause).collect();
        clauses.sort();
        clauses.dedup();
        for clause in clauses.into_iter().filter(|at| at.source == range.source) {
            if inside(clause.end) {
                let text = self.status(clause);
                hints.push(Hint {
                    source: range.source,
                    offset: clause.end,
                    text,
                    kind: Kind::Proof,
                });
            }
        }
        for finding in &self.findings {
            for (name, value) in &finding.values {
                if let Some(span) = self.stands(finding, name)
                    && span.source == range.source
                    && inside(span.end)
                {
                    let text = format!("= {value}");
                    let offset = span.end;
                    hints.push(Hint { source: range.source, offset, text, kind: Kind::Proof });
                }
            }
        }
        hints.dedup();
        hints
    }

    /// All that was found of a clause, in a word: the worst of it.
    fn status(&self, clause: Span) -> String {
        let here = self.findings.iter().filter(|finding| finding.clause == clause);
        let (mut broken, mut open, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
        for finding in here {
            let list = match finding.status {
                Status::Proved => continue,
                Status::Refuted => &mut broken,
                Status::NotProved => &mut open,
                Status::Undecided => &mut unknown,
            };
            if !list.contains(&finding.function.as_str()) {
                list.push(finding.function.as_str());
            }
        }
        match (broken.is_empty(), open.is_empty(), unknown.is_empty()) {
            (false, ..) => format!("✗ broken by {}", broken.join(", ")),
            (_, false, _) => format!("? not proved for {}", open.join(", ")),
            (.., false) => format!("? undecided for {}", unknown.join(", ")),
            _ => "✓ proved".to_owned(),
        }
    }

    /// Where a name of a counterexample stands first in the function.
    fn stands(&self, finding: &Finding, name: &str) -> Option<Span> {
        let analysis = &*self.analysis;
        let id = function(analysis, &finding.contract, &finding.function)?;
        let span = extent(analysis, id);
        let text = analysis.slice(span);
        let part = |c: char| c.is_alphanumeric() || c == '_' || c == '.' || c == '[';
        let alone =
            |at: &usize| !text[..*at].ends_with(part) && !text[at + name.len()..].starts_with(part);
        let (at, _) = text.match_indices(name).find(|(at, _)| alone(at))?;
        let start = span.start + at as u32;
        Some(Span::new(span.source, start, start + name.len() as u32))
    }
}

fn place(analysis: &Analysis, contract: &str, one: FindingJson) -> Option<Finding> {
    let held = one.values.into_iter().chain(one.before).flatten().map(|v| (v.name, v.value));
    let last = one.calls.as_ref().and_then(|calls| calls.last());
    let given = last.and_then(|call| given(analysis, contract, &one.function, call));
    let values = given.into_iter().flatten().chain(held).collect();
    let start = locate(analysis, &one.clause)?;
    let clause = clause_at(analysis, start).unwrap_or(start);
    let place = locate(analysis, &one.place).unwrap_or(start);
    Some(Finding {
        contract: contract.to_owned(),
        function: one.function,
        promise: one.promise,
        clause,
        place,
        status: one.status,
        values,
        reason: one.reason,
        test: one.test,
    })
}

/// A function of a contract, by their names.
fn function(analysis: &Analysis, contract: &str, name: &str) -> Option<FnId> {
    let package = &analysis.thir;
    let mut all = package.functions.iter();
    let found = all.find(|(_, function)| {
        let of = function.contract().map(|id| package.contracts[id].name.text.as_str());
        function.name.text.as_str() == name && of == Some(contract)
    });
    found.map(|(id, _)| id)
}

/// What the call `add(9, "a, b") from alice` gives to the parameters of the function, if it calls that.
fn given(
    analysis: &Analysis,
    contract: &str,
    name: &str,
    call: &str,
) -> Option<Vec<(String, String)>> {
    let declared = &analysis.thir.functions[function(analysis, contract, name)?];
    let values = arguments(call.strip_prefix(name)?.strip_prefix('(')?);
    let names = declared.params.iter().map(|it| declared.locals[it.local].name.text.to_string());
    Some(names.zip(values).collect())
}

/// The arguments before the bracket that closes them.
fn arguments(text: &str) -> Vec<String> {
    let (mut list, mut last) = (Vec::new(), String::new());
    let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
    for c in text.chars() {
        match c {
            _ if quoted => {
                quoted = escaped || c != '"';
                escaped = !escaped && c == '\\';
            }
            '"' => quoted = true,
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth > 0 => depth -= 1,
            ')' | ',' if depth == 0 => {
                list.push(std::mem::take(&mut last).trim().to_owned());
                if c == ')' {
                    break;
                }
                continue;
            }
            _ => {}
        }
        last.push(c);
    }
    list.retain(|argument| !argument.is_empty());
    list
}

/// The place of `path:line:column`, both from 1, the column in characters.
fn locate(analysis: &Analysis, text: &str) -> Option<Span> {
    let (rest, column) = text.rsplit_once(':')?;
    let line = analysis.line_at(rest)?;
    let column: usize = column.parse().ok()?;
    let before = analysis.slice(line).chars().take(column.checked_sub(1)?);
    let at = line.start + before.map(char::len_utf8).sum::<usize>() as u32;
    Some(Span::new(line.source, at, at))
}

/// The whole clause that begins at a place.
fn clause_at(analysis: &Analysis, start: Span) -> Option<Span> {
    let module = analysis.module(start.source)?;
    let mut found: Option<Span> = None;
    let mut consider = |span: Span| {
        if span.start == start.start && found.is_none_or(|best| best.len() < span.len()) {
            found = Some(span);
        }
    };
    for (_, contract) in syntax::contracts(module) {
        for invariant in contract.invariants() {
            consider(invariant.span);
            consider(invariant.condition.span);
        }
    }
    let clauses = |function: &FnDecl, consider: &mut dyn FnMut(Span)| {
        function.throws.iter().for_each(|throws| consider(throws.span));
        function.spec.requires.iter().for_each(|requires| {
            consider(requires.span);
            consider(requires.condition.span);
        });
        function.spec.ensures.iter().for_each(|clause| consider(clause.span));
    };
    syntax::functions(module).iter().for_each(|(f, _)| clauses(f, &mut consider));
    syntax::each_node(module, &mut |node| {
        let Node::Stmt(stmt) = node else { return };
        match &stmt.kind {
            StmtKind::Assert(clause) => consider(clause.span),
            StmtKind::While(it) => it.spec.invariants.iter().for_each(|c| consider(c.span)),
            StmtKind::For(it) => it.spec.invariants.iter().for_each(|c| consider(c.span)),
            _ => {}
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use deed_base::SourceId;

    use super::*;
    use crate::fixture::Fixture;

    const TEXT: &str = "module m
contract C {
    state { low: u64 = 1, n: u64 = 0 }
    invariant self.low <= 9
    entry fn add(by: u64)
        ensures self.n == old(self.n) + by
    {
        self.low += by
        self.n += by
    }
}
";

    fn proofs(at: Fixture) -> Proofs {
        let finding = |promise: &str, clause: &str, status: &str, more: &str| {
            format!(
                "{{\"function\": \"add\", \"promise\": \"{promise}\", \"clause\": \"main.deed:{clause}\", \
                 \"place\": \"main.deed:10:5\", \"status\": \"{status}\"{more}}}"
            )
        };
        let list = [
            finding("ensures", "6:17", "proved", ""),
            finding(
                "invariant",
                "4:5",
                "refuted",
                ", \"values\": null, \"calls\": [\"deploy C() from alice\", \"add(9) from alice\"], \
                 \"before\": [{\"name\": \"self.low\", \"value\": \"1\"}], \"test\": \"test \\\"add\\\" {\\n}\"",
            ),
        ];
        let json = format!(
            "{{\"contracts\": [{{\"contract\": \"C\", \"findings\": [{}], \"z3\": \"5\"}}]}}",
            list.join(", ")
        );
        Proofs::read(Arc::new(at.analysis), &json).expect("findings")
    }

    #[test]
    fn clauses_and_values_are_hinted() {
        let at = Fixture::new(TEXT);
        let whole = at.analysis.source(at.source).span();
        let proofs = proofs(at);
        assert_eq!(proofs.score("C", Some("add")), Some((1, 2)));
        let mut shown = TEXT.to_owned();
        let mut hints = proofs.hints(whole);
        hints.sort_by_key(|hint| hint.offset);
        for hint in hints.iter().rev() {
            shown.insert_str(hint.offset as usize, &format!("‹{}›", hint.text));
        }
        for expected in [
            "invariant self.low <= 9‹✗ broken by add›",
            "old(self.n) + by‹✓ proved›",
            "add(by‹= 9›: u64)",
            "self.low‹= 1› += by",
        ] {
            assert!(shown.contains(expected), "`{expected}` is missing in\n{shown}");
        }
    }

    #[test]
    fn a_broken_promise_becomes_a_test() {
        let proofs = proofs(Fixture::new(TEXT));
        let at = TEXT.find("self.low <= 9").expect("a clause") as u32;
        let tests = proofs.tests(Span::new(SourceId(0), at, at));
        let [(title, change)] = &tests[..] else { panic!("one test, not {tests:?}") };
        assert_eq!(title, "Paste as test: `add` breaks this promise");
        assert_eq!(change.text, "\n\ntest \"add\" {\n}\n");
    }

    #[test]
    fn a_call_that_breaks_a_promise_tells_its_arguments() {
        let at = Fixture::new(TEXT);
        let shown = given(&at.analysis, "C", "add", "add(250) from alice");
        assert_eq!(shown, Some(vec![("by".to_owned(), "250".to_owned())]));
        assert_eq!(given(&at.analysis, "C", "add", "deploy C() from alice"), None);
        assert_eq!(
            arguments(r#"P { x: 1, y: 2 }, "a, \"b)", [1, 2]) from bob"#),
            ["P { x: 1, y: 2 }", r#""a, \"b)""#, "[1, 2]",]
        );
        assert!(arguments(") from bob").is_empty());
    }

    #[test]
    fn another_text_has_no_proofs() {
        let proofs = proofs(Fixture::new(TEXT));
        assert!(proofs.hold_for(&Fixture::new(TEXT).analysis));
        assert!(!proofs.hold_for(&Fixture::new(&TEXT.replace("<= 9", "<= 8")).analysis));
    }
}
