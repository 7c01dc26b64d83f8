//! Diagnostics that a source expects of itself.
//!
//! In: a source text. Out: its [`Expectation`]s, and how they differ from what the compiler said.
//! Holds always: each expectation answers to one diagnostic and each diagnostic to one expectation.
//!
//! A comment `//~ error[E0301]: part of the message` speaks of its own line, `//~^` of the line
//! above (one more for each `^`), and `//~|` of the line that the expectation before it speaks of.

use deed_base::{Diagnostic, SourceFile};
use std::fmt;

/// One diagnostic that must come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Expectation {
    /// Counted from 1.
    pub(crate) line: u32,
    /// `error[E0301]` or `warning[W0301]`.
    pub(crate) head: String,
    /// A part of the message; empty if any message will do.
    pub(crate) part: String,
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.line, self.head, self.part)
    }
}

/// The expectations of a text, or a complaint about one that cannot be read.
pub(crate) fn expectations(text: &str) -> Result<Vec<Expectation>, String> {
    let mut found: Vec<Expectation> = Vec::new();
    for (line, content) in (1u32..).zip(text.lines()) {
        let Some((_, comment)) = content.split_once("//~") else { continue };
        let words = comment.trim_start_matches(['^', '|']);
        let carets = comment.chars().take_while(|c| *c == '^').count() as u32;
        let about = match found.last() {
            Some(previous) if comment.starts_with('|') => previous.line,
            None if comment.starts_with('|') => return Err(format!("{line}: `|` follows nothing")),
            _ => line.checked_sub(carets).filter(|line| *line > 0).ok_or("above the file")?,
        };
        let (head, part) = words.split_once(':').unwrap_or((words, ""));
        let (head, part) = (head.trim().to_string(), part.trim().to_string());
        let known = ["error[", "warning["].iter().any(|start| head.starts_with(start));
        if !known || !head.ends_with(']') {
            return Err(format!("{line}: `{head}` is not like `error[E0301]`"));
        }
        found.push(Expectation { line: about, head, part });
    }
    Ok(found)
}

/// What came and was not expected, and what was expected and did not come, a line each.
pub(crate) fn compare(
    mut expected: Vec<Expectation>,
    file: &SourceFile,
    came: &[Diagnostic],
) -> Vec<String> {
    let mut complaints = Vec::new();
    for diagnostic in came.iter().filter(|d| d.primary.span.source == file.id) {
        let actual = as_expectation(diagnostic, file);
        match expected.iter().position(|wanted| satisfies(&actual, wanted)) {
            Some(at) => drop(expected.remove(at)),
            None => complaints.push(format!("{}:{actual}  (not expected)", file.name)),
        }
    }
    let missing = expected.iter().map(|e| format!("{}:{e}  (did not come)", file.name));
    complaints.extend(missing);
    complaints
}

fn as_expectation(diagnostic: &Diagnostic, file: &SourceFile) -> Expectation {
    Expectation {
        line: file.position(diagnostic.primary.span.start).line,
        head: format!("{}[{}]", diagnostic.severity().name(), diagnostic.code.id),
        part: diagnostic.message.clone(),
    }
}

fn satisfies(actual: &Expectation, wanted: &Expectation) -> bool {
    actual.line == wanted.line && actual.head == wanted.head && actual.part.contains(&wanted.part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use deed_base::{SourceMap, Span, catalogue};

    fn wanted(line: u32, code: &str, part: &str) -> Expectation {
        Expectation { line, head: format!("error[{code}]"), part: part.to_string() }
    }

    #[test]
    fn carets_and_bars_move_the_line() {
        let text = "a //~ error[E0001]: one\nb\n//~^ error[E0002]\n//~| error[E0003]: x: y\n";
        assert_eq!(
            expectations(text).unwrap(),
            [wanted(1, "E0001", "one"), wanted(2, "E0002", ""), wanted(2, "E0003", "x: y")]
        );
    }

    #[test]
    fn what_is_misspelt_is_refused() {
        for text in ["//~^ error[E0001]", "//~| error[E0001]", "x //~ eror[E0001]", "x //~ E0001"] {
            assert!(expectations(text).is_err(), "{text}");
        }
    }

    #[test]
    fn each_side_must_be_complete() {
        let mut map = SourceMap::new();
        let id = map.add("a.deed", "one\ntwo\n");
        let file = map.get(id);
        let came = [Diagnostic::new(catalogue::NOT_YET, Span::new(id, 4, 7), "two is not yet")];
        let right = wanted(2, "E0901", "not yet");
        assert_eq!(compare(vec![right.clone()], file, &came), [""; 0]);
        assert_eq!(compare(vec![right.clone(), right.clone()], file, &came).len(), 1);
        assert_eq!(compare(vec![], file, &came).len(), 1);
        for wrong in [wanted(1, "E0901", ""), wanted(2, "E0902", ""), wanted(2, "E0901", "never")] {
            assert_eq!(compare(vec![wrong], file, &came).len(), 2);
        }
    }
}
