//! Lines and columns as editors count them.
//!
//! In: a text, and positions in the encoding that was negotiated. Out: byte offsets, and back.
//! Holds always: an offset that comes out lies on a character boundary of the text; a position that
//! names no place in the text gives an error, but for a column beyond the line's end, which the
//! protocol takes for the end.

use std::fmt;

/// The unit of a column. Every client knows UTF-16; some prefer UTF-8.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Encoding {
    Utf8,
    #[default]
    Utf16,
}

impl Encoding {
    fn width(self, c: char) -> u32 {
        match self {
            Encoding::Utf8 => c.len_utf8() as u32,
            Encoding::Utf16 => c.len_utf16() as u32,
        }
    }
}

/// A place in a text: both from 0, the column in units of an [`Encoding`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// A position that names no place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BadPosition {
    NoSuchLine { line: u32, lines: u32 },
    InsideCharacter(Position),
    Reversed,
}

impl fmt::Display for BadPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadPosition::NoSuchLine { line, lines } => {
                write!(f, "line {line} is out of range: the text has {lines} lines, counted from 0")
            }
            BadPosition::InsideCharacter(at) => {
                write!(f, "{}:{} lies inside a character", at.line, at.column)
            }
            BadPosition::Reversed => f.write_str("a range ends before it starts"),
        }
    }
}

/// The start of each line of a text; a line ends with `\n`, `\r\n` or `\r`, as the protocol says.
#[derive(Clone, Debug)]
pub struct Lines {
    starts: Vec<u32>,
}

impl Lines {
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        Lines {
            starts: (0..=bytes.len()).filter(|at| begins(bytes, *at)).map(|at| at as u32).collect(),
        }
    }

    /// What becomes of the lines as `old` bytes of their text from `start` on give way to `new`; `text`
    /// has these already.
    pub fn replace(&mut self, text: &str, start: usize, old: usize, new: usize) {
        // Whether a line begins at a place depends on the bytes on both sides of it.
        let first = self.starts.partition_point(|at| (*at as usize) < start);
        let behind = self.starts.partition_point(|at| *at as usize <= start + old);
        let moved = |at: &u32| (*at as usize + new - old) as u32;
        let rest: Vec<u32> = self.starts[behind..].iter().map(moved).collect();
        self.starts.truncate(first);
        let bytes = text.as_bytes();
        let fresh = (start..=start + new).filter(|at| begins(bytes, *at)).map(|at| at as u32);
        self.starts.extend(fresh);
        self.starts.extend(rest);
    }

    /// The byte offset of a position.
    pub fn offset(&self, text: &str, at: Position, encoding: Encoding) -> Result<u32, BadPosition> {
        let lines = self.starts.len() as u32;
        let start = *self
            .starts
            .get(at.line as usize)
            .ok_or(BadPosition::NoSuchLine { line: at.line, lines })?;
        let rest = &text[start as usize..];
        let line = rest.split(['\n', '\r']).next().unwrap_or_default();
        let mut column = 0;
        for (index, c) in line.char_indices() {
            if column == at.column {
                return Ok(start + index as u32);
            }
            column += encoding.width(c);
            if column > at.column {
                return Err(BadPosition::InsideCharacter(at));
            }
        }
        Ok(start + line.len() as u32)
    }

    /// The position of a byte offset; beyond the end of the text, its end.
    pub fn position(&self, text: &str, offset: u32, encoding: Encoding) -> Position {
        self.position_from(text, None, offset, encoding)
    }

    /// As [`Self::position`], counted from a place that is known if it lies before on the same line.
    pub fn position_from(
        &self,
        text: &str,
        known: Option<(u32, Position)>,
        offset: u32,
        encoding: Encoding,
    ) -> Position {
        let offset = offset.min(text.len() as u32);
        let line = self.line(offset);
        let (start, column) = match known {
            Some((start, at)) if at.line == line && start <= offset => (start, at.column),
            _ => (self.starts[line as usize], 0),
        };
        let between = text.get(start as usize..offset as usize).unwrap_or_default();
        Position { line, column: column + between.chars().map(|c| encoding.width(c)).sum::<u32>() }
    }

    /// The number of the line, from 0, that an offset lies on.
    pub fn line(&self, offset: u32) -> u32 {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1) as u32
    }
}

/// Whether a line begins at a place.
fn begins(bytes: &[u8], at: usize) -> bool {
    match at.checked_sub(1).and_then(|before| bytes.get(before)) {
        None => at == 0,
        Some(b'\n') => true,
        Some(b'\r') => bytes.get(at) != Some(&b'\n'),
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a契😀b\r\nx\n";

    #[test]
    fn columns_count_units_of_the_encoding() {
        let lines = Lines::new(TEXT);
        for (encoding, column) in [(Encoding::Utf8, 8), (Encoding::Utf16, 4)] {
            let at = Position { line: 0, column };
            assert_eq!(lines.offset(TEXT, at, encoding), Ok(8));
            assert_eq!(lines.position(TEXT, 8, encoding), at);
        }
    }

    #[test]
    fn a_known_place_shortens_the_way_and_changes_nothing() {
        let lines = Lines::new(TEXT);
        let offsets = [0, 1, 4, 8, 9, 11, 12, 13, 99];
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            let place = |offset| lines.position(TEXT, offset, encoding);
            for (from, to) in offsets.iter().flat_map(|from| offsets.map(|to| (*from, to))) {
                let known = Some((from, place(from)));
                assert_eq!(
                    lines.position_from(TEXT, known, to, encoding),
                    place(to),
                    "{from} {to}"
                );
            }
        }
    }

    #[test]
    fn positions_beside_the_text_are_refused_or_cut() {
        let lines = Lines::new(TEXT);
        let offset = |line, column| lines.offset(TEXT, Position { line, column }, Encoding::Utf16);
        assert_eq!(offset(0, 99), Ok(9), "a column beyond the end is the end");
        assert_eq!(offset(2, 0), Ok(TEXT.len() as u32));
        assert_eq!(offset(3, 0), Err(BadPosition::NoSuchLine { line: 3, lines: 3 }));
        let inside = Position { line: 0, column: 3 };
        assert_eq!(offset(0, 3), Err(BadPosition::InsideCharacter(inside)));
        assert!(offset(u32::MAX, u32::MAX).is_err());
    }

    #[test]
    fn lines_end_in_three_ways() {
        let text = "a\rb\r\nc\n";
        let lines = Lines::new(text);
        let start = |line| lines.offset(text, Position { line, column: 0 }, Encoding::Utf16);
        assert_eq!([0, 1, 2, 3].map(start), [0, 2, 5, 7].map(Ok));
        let end = lines.offset(text, Position { line: 1, column: 9 }, Encoding::Utf16);
        assert_eq!(end, Ok(3));
    }

    #[test]
    fn lines_follow_a_replacement() {
        let texts = ["", "a", "\r", "\n", "\r\n", "\n\r", "a\r\nb", "\r\r\n\n", "契\n\ra"];
        for (whole, part) in texts.iter().flat_map(|whole| texts.map(|part| (*whole, part))) {
            let places = || (0..=whole.len()).filter(|at| whole.is_char_boundary(*at));
            for (start, end) in places().flat_map(|a| places().map(move |b| (a, b))) {
                if start > end {
                    continue;
                }
                let mut text = whole.to_owned();
                text.replace_range(start..end, part);
                let mut lines = Lines::new(whole);
                lines.replace(&text, start, end - start, part.len());
                let what = format!("{part:?} for {start}..{end} of {whole:?}");
                assert_eq!(lines.starts, Lines::new(&text).starts, "{what}");
            }
        }
    }
}
