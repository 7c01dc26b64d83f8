//! `tests/run/`: contracts with scripts, at every level of optimisation.
//!
//! In: each source. Out: the steps that end otherwise than they say, and the levels that disagree.

use super::chain::{Chain, Ended};
use super::script::{self, Action, Mark, Step};
use crate::repo;
use crate::stages::{Front, LEVELS, Source, each};

#[test]
fn scripts_end_as_they_say() {
    let files = repo::files("tests/run", "deed");
    each(files.into_iter().map(|name| (name, ())).collect(), |name, ()| {
        run(name, &repo::read(name))
    });
}

/// Runs the script of a source at every level.
pub(super) fn run(name: &str, text: &str) -> Result<(), String> {
    let steps = script::steps(text)?;
    if steps.is_empty() {
        return Err("has no step".to_string());
    }
    let front = Front::of(&[Source { name: name.to_string(), bytes: text.as_bytes().to_vec() }]);
    let mut levels: Vec<Vec<Option<Ended>>> = Vec::new();
    for level in LEVELS {
        let built = front.build_all(level)?;
        let mut chain = Chain::new(&built);
        let ended = steps.iter().map(|step| {
            chain.step(step).map_err(|why| format!("{}: at {level:?}: {why}", step.line))
        });
        levels.push(ended.collect::<Result<_, _>>()?);
    }
    let mut complaints = expected(&steps, &script::marks(text), &levels[0]);
    for (level, pair) in LEVELS[1..].iter().zip(levels.windows(2)) {
        complaints.extend(differences(&steps, &format!("{level:?}"), &pair[0], &pair[1]));
    }
    if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n")) }
}

/// What did not end as the script says.
fn expected(steps: &[Step], marks: &[Mark], ended: &[Option<Ended>]) -> Vec<String> {
    let mut complaints = Vec::new();
    for (step, ended) in steps.iter().zip(ended) {
        let (Action::Call(call), Some(ended)) = (&step.action, ended) else { continue };
        let wanted = with_line(&call.expected, marks);
        let without_place = ended.status.split(" at ").next().unwrap_or_default();
        if ended.status != wanted && !(wanted.starts_with("trap ") && without_place == wanted) {
            complaints.push(format!("{}: {wanted}\n    but: {}", step.line, ended.status));
        }
        if ended.events != step.events {
            let (wanted, came) = (step.events.join("\n  "), ended.events.join("\n  "));
            complaints.push(format!("{}: events\n  {wanted}\nbut:\n  {came}", step.line));
        }
    }
    complaints
}

/// `trap overflow at sum` with the line that `//@ sum` marks.
fn with_line(expected: &str, marks: &[Mark]) -> String {
    let Some((kind, name)) = expected.split_once(" at ") else { return expected.to_string() };
    match marks.iter().find(|mark| mark.name == name) {
        Some(mark) => format!("{kind} at {}", mark.line),
        None => format!("{kind} at `//@ {name}`, which marks no line"),
    }
}

/// What a level of optimisation changed, gas that fell aside.
fn differences(
    steps: &[Step],
    level: &str,
    lower: &[Option<Ended>],
    higher: &[Option<Ended>],
) -> Vec<String> {
    let mut complaints = Vec::new();
    for ((step, lower), higher) in steps.iter().zip(lower).zip(higher) {
        let (Some(lower), Some(higher)) = (lower, higher) else { continue };
        if !higher.improves(lower) {
            complaints.push(format!("{}: {lower:?}\n  but at {level}: {higher:?}", step.line));
        }
    }
    complaints
}

#[test]
fn each_kind_of_difference_is_told() {
    let steps = script::steps("//> f() => ok 1\n").unwrap();
    let ended = |status: &str, gas| {
        Some(Ended { status: status.into(), events: vec![], writes: vec![], gas })
    };
    let marks = [Mark { name: "here".into(), line: 3 }];
    assert_eq!(with_line("trap assert at here", &marks), "trap assert at 3");
    assert!(expected(&steps, &marks, &[ended("ok 1", 5)]).is_empty());
    assert_eq!(expected(&steps, &marks, &[ended("ok 2", 5)]).len(), 1);
    let mut noisy = ended("ok 1", 5);
    noisy.as_mut().unwrap().events.push("E()".into());
    assert_eq!(expected(&steps, &marks, &[noisy.clone()]).len(), 1);
    let levels = |a, b| differences(&steps, "O1", &[a], &[b]).len();
    assert_eq!(levels(ended("ok 1", 5), ended("ok 1", 4)), 0);
    assert_eq!(levels(ended("ok 1", 5), ended("ok 1", 6)), 1);
    assert_eq!(levels(ended("ok 1", 5), ended("ok 2", 5)), 1);
    assert_eq!(levels(ended("ok 1", 5), noisy), 1);
}
