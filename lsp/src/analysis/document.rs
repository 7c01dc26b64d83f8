//! The text of an open file.
//!
//! In: the text that the editor opened, then its edits. Out: the text as the editor has it.
//! Holds always: a document never changes, an edit gives a new one; edits are applied whole or not
//! at all, and in the order of their versions.

use std::fmt;
use std::sync::Arc;

use super::position::{BadPosition, Encoding, Lines, Position};

/// One version of an open file.
#[derive(Clone, Debug)]
pub struct Document {
    pub text: Arc<str>,
    pub version: i32,
    pub lines: Lines,
}

/// A change: of a range, or of the whole text.
#[derive(Clone, Debug)]
pub struct Edit {
    pub range: Option<(Position, Position)>,
    pub text: String,
}

/// Edits that do not fit the document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BadEdit {
    /// The document is at least as new.
    Stale {
        have: i32,
        got: i32,
    },
    Position(BadPosition),
    TooLong,
}

impl fmt::Display for BadEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadEdit::Stale { have, got } => {
                write!(f, "version {got} came after version {have}; the edit was not applied")
            }
            BadEdit::Position(bad) => write!(f, "{bad}; the edit was not applied"),
            BadEdit::TooLong => write!(f, "the text became too long; the edit was not applied"),
        }
    }
}

impl Document {
    /// More than this many bytes cannot be addressed.
    const MAX_LEN: usize = u32::MAX as usize / 2;

    pub fn new(text: impl Into<Arc<str>>, version: i32) -> Self {
        let text = text.into();
        let lines = Lines::new(&text);
        Document { text, version, lines }
    }

    /// The document after `edits`, each of which speaks of the text that the one before it left.
    pub fn edit(
        &self,
        version: i32,
        edits: &[Edit],
        encoding: Encoding,
    ) -> Result<Document, BadEdit> {
        if version <= self.version {
            return Err(BadEdit::Stale { have: self.version, got: version });
        }
        let mut text = self.text.to_string();
        let mut lines = self.lines.clone();
        for edit in edits {
            let range = match edit.range {
                None => 0..text.len(),
                Some((start, end)) => {
                    let offset = |at| lines.offset(&text, at, encoding).map_err(BadEdit::Position);
                    offset(start)? as usize..offset(end)? as usize
                }
            };
            if range.end < range.start {
                return Err(BadEdit::Position(BadPosition::Reversed));
            }
            let (start, old) = (range.start, range.len());
            text.replace_range(range, &edit.text);
            if text.len() > Self::MAX_LEN {
                return Err(BadEdit::TooLong);
            }
            lines.replace(&text, start, old, edit.text.len());
        }
        Ok(Document { text: text.into(), version, lines })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32, column: u32) -> Position {
        Position { line, column }
    }

    fn edit(start: Position, end: Position, text: &str) -> Edit {
        Edit { range: Some((start, end)), text: text.to_owned() }
    }

    #[test]
    fn edits_follow_one_another() {
        let document = Document::new("a😀b\nc", 1);
        let edits = [edit(at(0, 3), at(1, 0), "x\ny\n"), edit(at(1, 0), at(1, 1), "契")];
        let edited = document.edit(2, &edits, Encoding::Utf16).expect("edits that fit");
        assert_eq!((&*edited.text, edited.version), ("a😀x\n契\nc", 2));
    }

    #[test]
    fn what_does_not_fit_changes_nothing() {
        let document = Document::new("ab", 3);
        let refused = |version, edits: &[Edit]| {
            document.edit(version, edits, Encoding::Utf16).expect_err("an edit that does not fit")
        };
        assert_eq!(refused(3, &[]), BadEdit::Stale { have: 3, got: 3 });
        let reversed = refused(4, &[edit(at(0, 2), at(0, 1), "")]);
        assert_eq!(reversed, BadEdit::Position(BadPosition::Reversed));
        let beside = refused(4, &[edit(at(0, 0), at(9, 0), "")]);
        assert_eq!(beside, BadEdit::Position(BadPosition::NoSuchLine { line: 9, lines: 1 }));
    }
}
