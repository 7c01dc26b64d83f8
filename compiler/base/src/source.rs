//! Source texts and places in them.
//!
//! In: names and texts. Out: [`SourceId`]s, and the line and column of a byte offset.
//! Holds always: a [`Span`] is a byte range of one source, `start <= end`, on character boundaries.

use std::fmt;
use std::sync::{Arc, OnceLock};

/// Names one source of a [`SourceMap`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct SourceId(pub u32);

/// A half-open byte range of one source.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    pub source: SourceId,
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(source: SourceId, start: u32, end: u32) -> Self {
        debug_assert!(start <= end, "a span runs forward");
        Span { source, start, end }
    }

    /// The smallest span that covers both; both lie in the same source.
    pub fn to(self, other: Span) -> Span {
        debug_assert_eq!(self.source, other.source, "a span stays in one source");
        Span {
            source: self.source,
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// The empty span just before this one.
    pub fn at_start(self) -> Span {
        Span { end: self.start, ..self }
    }

    /// The empty span just after this one.
    pub fn at_end(self) -> Span {
        Span { start: self.end, ..self }
    }

    pub fn len(self) -> u32 {
        self.end - self.start
    }

    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    pub fn contains(self, offset: u32) -> bool {
        self.start <= offset && offset <= self.end
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}..{}", self.source.0, self.start, self.end)
    }
}

/// A place as people count: both from 1, columns in characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// One source text with its name and the start of each line.
#[derive(Clone, Debug)]
pub struct SourceFile {
    pub id: SourceId,
    /// The path as the user gave it, with `/` between its parts.
    pub name: String,
    pub text: Arc<str>,
    /// Whether it is of a package that the compiled one depends on, or of the library.
    pub dependency: bool,
    line_starts: Vec<u32>,
}

impl SourceFile {
    fn new(id: SourceId, name: String, text: Arc<str>) -> Self {
        let newlines = text.match_indices('\n').map(|(at, _)| at as u32 + 1);
        let line_starts = std::iter::once(0).chain(newlines).collect();
        SourceFile { id, name, text, dependency: false, line_starts }
    }

    /// The whole text.
    pub fn span(&self) -> Span {
        Span::new(self.id, 0, self.text.len() as u32)
    }

    /// The text of `span`; an offset that is out of range is cut to the text.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// The bytes of `span`; none if it is out of range.
    #[inline]
    pub fn bytes(&self, span: Span) -> &[u8] {
        self.text.as_bytes().get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// The line and column of a byte offset; one past the end is the end.
    pub fn position(&self, offset: u32) -> Position {
        let offset = offset.min(self.text.len() as u32);
        let line = self.line_number(offset);
        let start = self.line_starts[line as usize - 1] as usize;
        let before = self.text.get(start..offset as usize).unwrap_or("");
        Position { line, column: before.chars().count() as u32 + 1 }
    }

    /// The line of a byte offset alone, counted from 1; quick however long the line is.
    pub fn line_number(&self, offset: u32) -> u32 {
        self.line_starts.partition_point(|start| *start <= offset) as u32
    }

    /// The text of a line, counted from 1, without its newline.
    pub fn line(&self, line: u32) -> Option<&str> {
        let start = *self.line_starts.get(line.checked_sub(1)? as usize)? as usize;
        self.text[start..].lines().next().or(Some(""))
    }

    pub fn line_count(&self) -> u32 {
        self.line_starts.len() as u32
    }
}

/// The first id of the library's sources, which lie behind those of every [`SourceMap`].
const LIBRARY: u32 = 1 << 24;

/// The library's sources; written once, the same for every compilation of a process.
static LIBRARY_FILES: OnceLock<Vec<SourceFile>> = OnceLock::new();

/// Takes the library's texts in, at the first call; every [`SourceMap`] knows them from then on.
pub fn library_sources<'t>(
    texts: impl Iterator<Item = (String, &'t str)>,
) -> &'static [SourceFile] {
    LIBRARY_FILES.get_or_init(|| {
        let file = |(at, (name, text)): (usize, (String, &str))| {
            let id = SourceId(LIBRARY + at as u32);
            SourceFile { dependency: true, ..SourceFile::new(id, name, text.into()) }
        };
        texts.enumerate().map(file).collect()
    })
}

impl SourceId {
    /// Whether it names a source of the library.
    pub fn is_library(self) -> bool {
        self.0 >= LIBRARY
    }
}

/// All sources of one compilation.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// Sources are addressed with 32-bit offsets; a longer text is refused before it gets here.
    pub const MAX_LEN: usize = 16 * 1024 * 1024;

    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a source and names it.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> SourceId {
        let id = SourceId(self.files.len() as u32);
        self.files.push(SourceFile::new(id, name.into(), text.into()));
        id
    }

    /// Says that a source is not of the compiled package itself.
    pub fn mark_dependency(&mut self, id: SourceId) {
        self.files[id.0 as usize].dependency = true;
    }

    pub fn get(&self, id: SourceId) -> &SourceFile {
        if id.is_library()
            && let Some(library) = LIBRARY_FILES.get()
        {
            return &library[(id.0 - LIBRARY) as usize];
        }
        &self.files[id.0 as usize]
    }

    pub fn files(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter()
    }

    /// The library's sources, if any are known.
    pub fn library(&self) -> impl Iterator<Item = &SourceFile> {
        LIBRARY_FILES.get().into_iter().flatten()
    }

    /// `name:line:column` of a span's start, as traps and short messages print it.
    pub fn locate(&self, span: Span) -> String {
        let file = self.get(span.source);
        let at = file.position(span.start);
        format!("{}:{}:{}", file.name, at.line, at.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_from_one() {
        let mut map = SourceMap::new();
        let id = map.add("a.deed", "契 x\ny\n");
        let file = map.get(id);
        assert_eq!(file.position(0), Position { line: 1, column: 1 });
        assert_eq!(file.position(4), Position { line: 1, column: 3 });
        assert_eq!(file.position(6), Position { line: 2, column: 1 });
        assert_eq!(file.position(999), Position { line: 3, column: 1 });
        assert_eq!(file.line(2), Some("y"));
        assert_eq!(file.line(9), None);
    }
}
