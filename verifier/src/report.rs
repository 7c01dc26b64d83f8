//! What verification found.
//!
//! In: the solver's verdicts. Out: [`Report`], as data and as diagnostics for people.
//! Holds always: *proved* is said only of what the solver proved, *refuted* only of what happened on
//! the engine; whatever else comes of a promise has its reason.

use std::time::Duration;

use deed_base::{Diagnostic, Span, catalogue};

use crate::driver::Answer;
use crate::solver::{Limits, Verdict};
use crate::vc::{Condition, Promise};

const STOPPED: &str = "the solver took too long and was stopped; what it was asked may be easier in parts, \
                       by an `assert` or a loop `invariant` on the way, or `--ceiling` gives it more time";

const LOST: &str = "the solver's process ended before it answered";

/// The findings of one run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// The full version of the solver that was asked.
    pub z3_version: String,
    /// What each question was allowed to cost.
    pub limits: Limits,
    /// In the order of functions, then clauses.
    pub findings: Vec<Finding>,
    /// What makes a proof worth less than it seems.
    pub remarks: Vec<Remark>,
    /// The `assume`s that the proofs rest on.
    pub assumptions: Vec<Span>,
    /// What each function took, in the order of the functions.
    pub costs: Vec<Cost>,
}

/// Something that is proved of anything.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remark {
    pub kind: RemarkKind,
    pub function: String,
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RemarkKind {
    /// No run comes to this place.
    Unreached,
    /// The clause holds whatever the function does.
    EmptyPromise,
}

/// What the proofs of one function took.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cost {
    pub function: String,
    /// What was asked about it, guesses about its loops included.
    pub questions: usize,
    /// How many of the answers were known before.
    pub remembered: usize,
    /// The solver's time, added up over all questions.
    pub time: Duration,
}

/// What came of one promise on one way out of a function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    pub promise: Promise,
    pub function: String,
    pub clause: Span,
    pub place: Span,
    pub outcome: Outcome,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    Proved,
    /// The engine ran calls that break the promise.
    Refuted(Run),
    /// Values at the function's entry for which the promise fails. Whether a contract can come to
    /// such a state is not known.
    NotProved(Vec<(String, String)>),
    Undecided(String),
}

/// Calls that break a promise, each a transaction on the engine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Run {
    /// From the deployment on, a line each.
    pub steps: Vec<String>,
    /// A test in the language that makes the same calls.
    pub test: Option<String>,
    /// What the state holds before the last call, by places.
    pub before: Vec<(String, String)>,
    /// And after it, where no clause is tested.
    pub after: Vec<(String, String)>,
    /// The lines that it runs, of the file in which the clause stands.
    pub lines: Vec<u32>,
}

impl Run {
    /// What the last call did, for people.
    fn notes(&self) -> Vec<String> {
        let state = |when: &str, entries: &[(String, String)]| {
            let entries: Vec<_> =
                entries.iter().map(|(place, value)| format!("{place} = {value}")).collect();
            (!entries.is_empty()).then(|| format!("{when} {}", entries.join(", ")))
        };
        let same = self.before == self.after;
        let before = state(if same { "with" } else { "before:" }, &self.before);
        let after = state("after:", &self.after).filter(|_| !same);
        let ran =
            (!self.lines.is_empty()).then(|| format!("lines run: {}", stretches(&self.lines)));
        [before, after, ran].into_iter().flatten().collect()
    }
}

/// Ascending numbers, those in a row as one: `3-5, 9`.
fn stretches(numbers: &[u32]) -> String {
    let rows = numbers.chunk_by(|a, b| a + 1 == *b);
    let text = |row: &[u32]| match row {
        [first, .., last] => format!("{first}-{last}"),
        [one] => one.to_string(),
        [] => String::new(),
    };
    rows.map(text).collect::<Vec<_>>().join(", ")
}

impl RemarkKind {
    pub fn name(self) -> &'static str {
        match self {
            RemarkKind::Unreached => "unreached",
            RemarkKind::EmptyPromise => "empty_promise",
        }
    }
}

impl Remark {
    /// What it means that a probe's question was answered; nothing where there is nothing to say.
    pub(crate) fn of(condition: &Condition, verdict: &Verdict) -> Option<Remark> {
        let kind = match (condition.promise, verdict) {
            (Promise::Unreached, Verdict::Holds) => RemarkKind::Unreached,
            (Promise::Empty, Verdict::Holds) => RemarkKind::EmptyPromise,
            _ => return None,
        };
        Some(Remark { kind, function: condition.function.clone(), span: condition.clause })
    }

    fn diagnostic(&self) -> Diagnostic {
        let function = &self.function;
        match self.kind {
            RemarkKind::Unreached => {
                let message = format!("no run of `{function}` comes here");
                Diagnostic::new(catalogue::UNREACHED, self.span, message)
                    .label("the conditions on the way here exclude each other")
            }
            RemarkKind::EmptyPromise => {
                let message = "this promise says nothing";
                Diagnostic::new(catalogue::EMPTY_PROMISE, self.span, message)
                    .label("it holds whatever the function does")
            }
        }
    }
}

impl Cost {
    pub(crate) fn of(function: &str) -> Cost {
        let function = function.to_string();
        Cost { function, questions: 0, remembered: 0, time: Duration::ZERO }
    }

    pub(crate) fn join(&mut self, other: &Cost) {
        self.questions += other.questions;
        self.remembered += other.remembered;
        self.time += other.time;
    }

    pub(crate) fn add(&mut self, answer: &Answer) {
        self.questions += 1;
        self.remembered += usize::from(answer.remembered);
        self.time += answer.time;
    }
}

impl Outcome {
    pub fn name(&self) -> &'static str {
        match self {
            Outcome::Proved => "proved",
            Outcome::Refuted(_) => "refuted",
            Outcome::NotProved(_) => "not_proved",
            Outcome::Undecided(_) => "undecided",
        }
    }
}

impl Report {
    pub fn all_proved(&self) -> bool {
        self.findings.iter().all(Finding::is_proved)
    }

    pub fn proved(&self) -> usize {
        self.findings.iter().filter(|finding| finding.is_proved()).count()
    }

    /// How many questions there were, and how many of the answers were known before.
    pub fn questions(&self) -> (usize, usize) {
        let sum = |count: fn(&Cost) -> usize| self.costs.iter().map(count).sum();
        (sum(|cost| cost.questions), sum(|cost| cost.remembered))
    }

    /// A message for each finding that is no proof, for each remark, and for each assumption.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let findings = self.findings.iter().filter_map(Finding::diagnostic);
        let assumed = self.assumptions.iter().map(|span| {
            Diagnostic::new(catalogue::ASSUMED, *span, "the proofs rest on this assumption")
        });
        let remarks = self.remarks.iter().map(Remark::diagnostic);
        findings.chain(remarks).chain(assumed).collect()
    }
}

impl Finding {
    /// What a verdict means for the promise; nothing where there is nothing to say.
    pub(crate) fn of(condition: &Condition, verdict: Verdict) -> Option<Finding> {
        let outcome = match (condition.promise, verdict) {
            (Promise::Consistent, Verdict::Holds) => Outcome::Undecided(
                "its preconditions and the invariants contradict each other".to_string(),
            ),
            (Promise::Consistent | Promise::Unreached | Promise::Empty | Promise::Kept, _) => {
                return None;
            }
            (_, Verdict::Holds) => Outcome::Proved,
            (_, Verdict::Unknown(reason)) => Outcome::Undecided(reason),
            (_, Verdict::Kept(_)) => return None,
            (_, Verdict::Stopped) => Outcome::Undecided(STOPPED.to_string()),
            (_, Verdict::Lost(how)) => {
                Outcome::Undecided(format!("{LOST}, {how}; the other answers are kept"))
            }
            (_, Verdict::Fails(values)) if condition.unmodelled.is_empty() => {
                Outcome::NotProved(values)
            }
            (_, Verdict::Fails(_)) => {
                let parts = condition.unmodelled.join(", ");
                Outcome::Undecided(format!("the verifier has no model of {parts}"))
            }
        };
        Some(Finding {
            promise: condition.promise,
            function: condition.function.clone(),
            clause: condition.clause,
            place: condition.place,
            outcome,
        })
    }

    pub(crate) fn is_proved(&self) -> bool {
        self.outcome == Outcome::Proved
    }

    /// Whether it says what came of a condition.
    pub(crate) fn is_of(&self, condition: &Condition) -> bool {
        (self.promise, self.clause, self.place)
            == (condition.promise, condition.clause, condition.place)
    }

    /// Whether both are about one promise on one way out.
    pub(crate) fn is_about_the_same(&self, other: &Finding) -> bool {
        (self.promise, self.clause, self.place) == (other.promise, other.clause, other.place)
    }

    /// Whether it says that a function of this name can never start.
    pub(crate) fn never_starts(&self, function: &str) -> bool {
        self.promise == Promise::Consistent && self.function == function
    }

    fn diagnostic(&self) -> Option<Diagnostic> {
        let function = &self.function;
        let diagnostic = match &self.outcome {
            Outcome::Proved => return None,
            Outcome::Refuted(run) => self.refuted(run),
            Outcome::NotProved(values) => {
                let (message, label) = self.doubt();
                let start =
                    Diagnostic::new(catalogue::NOT_PROVED, self.clause, message).label(label);
                values.iter().fold(start, |d, (name, value)| d.note(format!("{name} = {value}")))
            }
            Outcome::Undecided(reason) if self.promise == Promise::Consistent => {
                let message = format!("`{function}` can never start: {reason}");
                Diagnostic::new(catalogue::CONTRADICTION, self.clause, message)
                    .label("everything is true of a function that never runs")
            }
            Outcome::Undecided(reason) => {
                let message = format!("whether `{function}` keeps this promise is not known");
                Diagnostic::new(catalogue::UNDECIDED, self.clause, message).note(reason.clone())
            }
        };
        let apart = self.place != self.clause;
        Some(if apart { diagnostic.also(self.place, "on this way out") } else { diagnostic })
    }

    /// What may go wrong, and a few words at the clause.
    fn doubt(&self) -> (String, String) {
        let function = &self.function;
        match self.promise {
            Promise::LoopEnds => (
                format!("a loop of `{function}` may run for ever"),
                "a turn may leave this as it is, make it larger, or begin with it below zero"
                    .to_string(),
            ),
            Promise::CallFalls => (
                format!("`{function}` may call itself for ever"),
                "a call may leave this as it is, make it larger, or be made with it below zero"
                    .to_string(),
            ),
            Promise::NoTrap => (
                format!("`{function}` may trap"),
                "this is not proved to be without a trap".to_string(),
            ),
            Promise::TrapForThrow => (
                format!("`{function}` may trap where it promises an error"),
                "a run that traps is not proved to be without this".to_string(),
            ),
            promise => (
                format!("`{function}` may break this promise"),
                format!("{} is not proved", promise.name()),
            ),
        }
    }

    fn refuted(&self, run: &Run) -> Diagnostic {
        let message = format!("`{}` breaks this promise", self.function);
        let start = Diagnostic::new(catalogue::REFUTED, self.clause, message)
            .label(format!("{} does not hold", self.promise.name()));
        let start = run.notes().into_iter().fold(start, Diagnostic::note);
        match &run.test {
            Some(test) => start.help(format!(
                "this test makes the calls that break it; run it by `deed test --check-specs`:\n{test}"
            )),
            None => start.note(format!("these calls break it: {}", run.steps.join("; "))),
        }
    }
}
