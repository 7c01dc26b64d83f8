//! Texts compared with files, and their difference as a person can read it.
//!
//! In: what was expected and what came. Out: the lines that differ, with a little of what surrounds
//! them.
//! Holds always: with `BLESS=1` a file is written anew, but never where `CI` is set.

use crate::repo;
use std::{env, fs};

/// Lines shown before and after the difference.
const CONTEXT: usize = 3;

/// Compares a text with the file `snapshot` of the repository, or makes it that file.
pub(crate) fn settle(snapshot: &str, actual: &str) -> Result<(), String> {
    let bless = env::var_os("BLESS").is_some_and(|value| value == "1");
    assert!(!(bless && env::var_os("CI").is_some()), "BLESS has no place in CI");
    let path = repo::root().join(snapshot);
    if bless {
        return fs::write(&path, actual).map_err(|error| format!("{snapshot}: {error}"));
    }
    let expected = fs::read_to_string(&path)
        .map_err(|_| format!("{snapshot} does not exist; BLESS=1 writes it:\n{actual}"))?;
    if expected == actual { Ok(()) } else { Err(diff(&expected, actual)) }
}

/// The region in which two texts differ: `-` lines were expected, `+` lines came.
pub(crate) fn diff(expected: &str, actual: &str) -> String {
    let (old, new): (Vec<_>, Vec<_>) = (expected.lines().collect(), actual.lines().collect());
    let same = |(a, b): &(&&str, &&str)| a == b;
    let head = old.iter().zip(&new).take_while(same).count();
    let rest = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(same).count();

    let mut text = String::new();
    let mut show = |mark: char, lines: &[&str]| {
        for line in lines {
            text.push_str(&format!("{mark} {line}\n"));
        }
    };
    show(' ', &old[head.saturating_sub(CONTEXT)..head]);
    show('-', &old[head..old.len() - tail]);
    show('+', &new[head..new.len() - tail]);
    show(' ', &old[old.len() - tail..(old.len() - tail + CONTEXT).min(old.len())]);
    text
}

#[test]
fn only_what_differs_is_shown() {
    let shown = diff("a\nb\nc\nd\ne\nf\n", "a\nb\nc\nd\nX\nY\nf\n");
    assert_eq!(shown, "  b\n  c\n  d\n- e\n+ X\n+ Y\n  f\n");
    assert_eq!(diff("a\na\n", "a\n"), "  a\n- a\n");
    assert_eq!(diff("", "a\n"), "+ a\n");
}
