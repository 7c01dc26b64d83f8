//! The script in the comments of a source under `tests/run/`.
//!
//! In: a source text. Out: its [`Step`]s and [`Mark`]s.
//! Holds always: a line `//>` is a step or a part of the step before it; no such line is passed over.
//!
//! ```text
//! //> init(1000) from alice => ok
//! //> deploy Bank() => ok
//! //> Bank.pay(@Shop, 3) from alice value 7 => ok
//! //> transfer(@bob, 5) from alice gas 5000 => ok true
//! //>   event Transfer(from: @alice, to: @bob, amount: 5)
//! //> time 1800000000
//! ```

/// One line of the script with the events that it expects.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Step {
    /// Where it stands, counted from 1.
    pub(crate) line: u32,
    pub(crate) action: Action,
    /// `Transfer(from: @alice, …)`, in order; there must be no others.
    pub(crate) events: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Action {
    /// Deploys the contract, or calls a function of it.
    Call(Call),
    /// The next step runs in a block of this time, in seconds since 1970.
    Time(u64),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Call {
    /// The contract, where it is named.
    pub(crate) contract: Option<String>,
    /// `init` deploys.
    pub(crate) function: String,
    /// As written, without the commas between them.
    pub(crate) args: Vec<String>,
    pub(crate) from: String,
    pub(crate) gas: Option<u64>,
    /// Coins that go along, which the chain makes for it.
    pub(crate) value: u128,
    /// `ok 5`, `error Empty()`, `trap overflow at sum`, `out of gas`.
    pub(crate) expected: String,
}

impl Call {
    /// A call without arguments, by the usual caller.
    pub(crate) fn to(function: &str) -> Call {
        let from = DEFAULT_CALLER.to_string();
        let (args, expected) = (Vec::new(), String::new());
        let (contract, gas, value) = (None, None, 0);
        Call { contract, function: function.to_string(), args, from, gas, value, expected }
    }
}

/// `//@ name` names the line it stands on, so that a trap can be expected there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Mark {
    pub(crate) name: String,
    pub(crate) line: u32,
}

/// Who calls where a step does not say.
const DEFAULT_CALLER: &str = "alice";

/// The steps of a source, in order.
pub(crate) fn steps(text: &str) -> Result<Vec<Step>, String> {
    let mut steps: Vec<Step> = Vec::new();
    for (line, content) in (1u32..).zip(text.lines()) {
        let Some(words) = content.trim_start().strip_prefix("//>") else { continue };
        let words = words.trim();
        let fail = |why: &str| format!("{line}: {why}: `{words}`");
        if let Some(event) = words.strip_prefix("event ") {
            let step = steps.last_mut().ok_or_else(|| fail("an event belongs to a step"))?;
            step.events.push(event.trim().to_string());
            continue;
        }
        let action = match words.strip_prefix("time ") {
            Some(time) => Action::Time(time.parse().map_err(|_| fail("time is a number"))?),
            None => Action::Call(call(words).map_err(|why| fail(&why))?),
        };
        steps.push(Step { line, action, events: Vec::new() });
    }
    Ok(steps)
}

/// The marks of a source.
pub(crate) fn marks(text: &str) -> Vec<Mark> {
    let lines = (1u32..).zip(text.lines());
    lines
        .filter_map(|(line, content)| {
            let (_, name) = content.split_once("//@ ")?;
            Some(Mark { name: name.trim().to_string(), line })
        })
        .collect()
}

fn call(words: &str) -> Result<Call, String> {
    let (head, expected) = words.split_once("=>").ok_or("no `=>` with an expectation")?;
    let (function, rest) = head.split_once('(').ok_or("no `(` after the function")?;
    let close = matching_bracket(rest).ok_or("a bracket is open")?;
    let (contract, function) = target(function.trim());
    let mut call = Call {
        contract,
        args: arguments(&rest[..close]),
        expected: expected.trim().to_string(),
        ..Call::to(function)
    };
    let mut suffixes = rest[close + 1..].split_whitespace();
    while let Some(suffix) = suffixes.next() {
        let value = suffixes.next().ok_or_else(|| format!("`{suffix}` needs a value"))?;
        match suffix {
            "from" => call.from = value.to_string(),
            "gas" => call.gas = Some(value.parse().map_err(|_| "gas is a number")?),
            "value" => call.value = value.parse().map_err(|_| "value is a number")?,
            _ => return Err(format!("`{suffix}` is neither `from`, `gas` nor `value`")),
        }
    }
    Ok(call)
}

/// The contract and function of `f`, `Bank.f` or `deploy Bank`.
fn target(words: &str) -> (Option<String>, &str) {
    if let Some(contract) = words.strip_prefix("deploy ") {
        return (Some(contract.trim().to_string()), "init");
    }
    match words.split_once('.') {
        Some((contract, function)) => (Some(contract.to_string()), function),
        None => (None, words),
    }
}

/// Where the bracket closes that was open before `text`.
fn matching_bracket(text: &str) -> Option<usize> {
    let mut nesting = Nesting { depth: 1, ..Nesting::default() };
    text.char_indices().find_map(|(at, c)| {
        nesting.pass(c);
        (nesting.depth == 0).then_some(at)
    })
}

/// How many brackets are open, and whether a string is.
#[derive(Default)]
struct Nesting {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Nesting {
    fn pass(&mut self, c: char) {
        match c {
            '"' if !self.escaped => self.in_string = !self.in_string,
            '(' | '[' | '{' if !self.in_string => self.depth += 1,
            ')' | ']' | '}' if !self.in_string => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.escaped = c == '\\' && !self.escaped;
    }
}

/// Splits at the commas that no bracket encloses.
fn arguments(text: &str) -> Vec<String> {
    let mut nesting = Nesting::default();
    let parts = text.split(|c| {
        nesting.pass(c);
        c == ',' && nesting.depth == 0 && !nesting.in_string
    });
    parts.map(|part| part.trim().to_string()).filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_read_with_its_events() {
        let text = "contract C {}\n//> pay(@bob, [1, 2]) from carol gas 90 => error E(a: 1)\n\
                    //>   event Paid(to: @bob)\n//> time 8\n";
        let call = Call {
            contract: None,
            value: 0,
            function: "pay".into(),
            args: vec!["@bob".into(), "[1, 2]".into()],
            from: "carol".into(),
            gas: Some(90),
            expected: "error E(a: 1)".into(),
        };
        let events = vec!["Paid(to: @bob)".to_string()];
        let paid = Step { line: 2, action: Action::Call(call), events };
        let later = Step { line: 4, action: Action::Time(8), events: vec![] };
        assert_eq!(steps(text).unwrap(), [paid, later]);
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for line in ["f()", "f => ok", "f( => ok", "f() by bob => ok", "time x", "event E()"] {
            assert!(steps(&format!("//> {line}\n")).is_err(), "{line}");
        }
    }

    #[test]
    fn a_mark_names_its_line() {
        let found = marks("a\nlet x = 1 //@ here\n");
        assert_eq!(found, [Mark { name: "here".into(), line: 2 }]);
    }
}
