//! What is known of one package: its texts, trees, types, messages, and who names what where.
//!
//! In: the texts of a package. Out: an [`Analysis`], from which the features answer.
//! Holds always: an analysis never changes; it is there whatever the texts hold.
//!
//! Architecture invariant: nothing here knows the protocol; places are [`Span`]s.

pub mod describe;
pub mod document;
pub mod index;
mod names;
pub mod package;
pub mod position;
pub mod scope;
pub mod syntax;
pub mod tokens;
pub mod trees;
pub mod workspace;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use deed_base::{Diagnostic, Diagnostics, SourceFile, SourceId, SourceMap, Span};
use deed_compiler::{hir, lint, resolve, thir, typeck};
use deed_syntax::ast;

use index::{Index, Occurrences};
use package::Note;
use position::Lines;
use trees::{Tree, Trees};
use workspace::Text;

/// A file of the package.
pub struct File {
    pub path: PathBuf,
    /// Of an open file.
    pub version: Option<i32>,
    pub lines: Arc<Lines>,
}

/// A package, read and checked.
pub struct Analysis {
    pub sources: SourceMap,
    /// By the numbers of the sources.
    pub files: Vec<File>,
    /// Those that were checked.
    pub modules: Vec<Arc<ast::Module>>,
    pub hir: hir::Package,
    pub thir: thir::Package,
    /// In source order, each once.
    pub diagnostics: Vec<Diagnostic>,
    /// By the numbers of the files, each when it is first asked for.
    occurrences: Vec<OnceLock<Occurrences>>,
    /// What the next analysis of the package need not parse again.
    trees: Arc<Trees>,
}

/// The files of a package as they are taken in.
#[derive(Default)]
struct Taken {
    sources: SourceMap,
    files: Vec<File>,
    trees: Trees,
    d: Diagnostics,
}

impl Taken {
    fn text(&mut self, text: Text, root: &Path, earlier: Option<&Trees>) {
        let Text { path, bytes, version, dependency } = text;
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
        let (bytes, sources) = (bytes.as_slice(), &mut self.sources);
        let kept = earlier.and_then(|trees| trees.lend(&name, &path, bytes, sources));
        let tree = kept.unwrap_or_else(|| Tree::read(&name, &path, bytes, sources));
        if dependency {
            sources.mark_dependency(SourceId(self.files.len() as u32));
        }
        self.d.extend(tree.said.iter().cloned());
        self.files.push(File { path, version, lines: tree.lines.clone() });
        self.trees.push(tree);
    }

    fn note(&mut self, note: Note) {
        let id = self.sources.add(note.path.to_string_lossy(), note.text.as_str());
        let lines = Arc::new(Lines::new(&note.text));
        self.files.push(File { path: note.path.clone(), version: None, lines });
        self.d.extend(note.at(id));
    }
}

impl Analysis {
    /// Analyses texts whose names are relative to `root`; `notes` tells of files that are no sources,
    /// and `earlier` has the trees of texts that may be the same still. Of a package `about` one file
    /// only what that needs is checked. Needs a deep stack.
    pub fn new(
        root: Option<&Path>,
        texts: Vec<Text>,
        notes: Vec<Note>,
        earlier: Option<&Trees>,
        about: Option<&Path>,
    ) -> Self {
        let mut taken = Taken::default();
        texts.into_iter().for_each(|text| taken.text(text, root.unwrap_or(Path::new("")), earlier));
        notes.into_iter().for_each(|note| taken.note(note));
        let Taken { sources, files, trees, mut d } = taken;
        let modules = match about {
            Some(path) => trees.needed_by(path),
            None => trees.modules().cloned().collect(),
        };
        let hir = resolve::resolve(&modules, &mut d);
        let thir = typeck::check_types(&hir, &mut d);
        if about.is_none() && !d.has_errors() {
            lint(&thir, &modules, &sources, &mut d);
        }
        let occurrences = files.iter().map(|_| OnceLock::new()).collect();
        let (diagnostics, trees) = (d.sorted(), Arc::new(trees));
        Analysis { sources, files, modules, hir, thir, diagnostics, occurrences, trees }
    }

    /// A file by itself, as far as its syntax tells: nothing in it has a meaning or a type.
    /// Needs a deep stack.
    pub fn of_syntax(path: &Path, text: &str) -> Self {
        let mut sources = SourceMap::new();
        let tree = Tree::read(&path.to_string_lossy(), path, text.as_bytes(), &mut sources);
        Analysis {
            sources,
            files: vec![File { path: path.to_owned(), version: None, lines: tree.lines.clone() }],
            modules: tree.module.iter().cloned().collect(),
            hir: hir::Package::default(),
            thir: thir::Package::default(),
            diagnostics: tree.said.clone(),
            occurrences: Vec::new(),
            trees: Arc::default(),
        }
    }

    /// The syntax trees of all files, checked or not.
    pub fn all_modules(&self) -> impl Iterator<Item = &ast::Module> {
        self.trees.modules().map(|module| &**module)
    }

    /// Who names what; found when it is asked for.
    pub fn index(&self) -> Index<'_> {
        Index::new(self)
    }

    /// The source that a file of the package is.
    pub fn source_of(&self, path: &Path) -> Option<SourceId> {
        let at = self.files.iter().position(|file| file.path == path)?;
        Some(SourceId(at as u32))
    }

    pub fn source(&self, id: SourceId) -> &SourceFile {
        self.sources.get(id)
    }

    /// Of a source that is one of the library's, nothing.
    pub fn file(&self, id: SourceId) -> Option<&File> {
        self.files.get(id.0 as usize)
    }

    pub fn slice(&self, span: Span) -> &str {
        self.source(span.source).slice(span)
    }

    /// The line that `path:12` names, without its end.
    pub fn line_at(&self, place: &str) -> Option<Span> {
        let (path, number) = place.rsplit_once(':')?;
        let at = self.files.iter().position(|file| file.path.ends_with(path))?;
        let source = self.source(SourceId(at as u32));
        let line = source.line(number.parse().ok()?)?;
        let start = line.as_ptr().addr() - source.text.as_ptr().addr();
        Some(Span::new(source.id, start as u32, (start + line.len()) as u32))
    }

    /// Whether another analysis is of the same files with the same texts.
    pub fn has_texts_of(&self, other: &Analysis) -> bool {
        std::ptr::eq(self, other) || self.texts().eq(other.texts())
    }

    fn texts(&self) -> impl Iterator<Item = (&Path, &str)> {
        let files = self.files.iter().zip(self.sources.files());
        files.map(|(file, source)| (&*file.path, &*source.text))
    }

    /// The syntax tree of a source that could be read.
    pub fn module(&self, id: SourceId) -> Option<&ast::Module> {
        self.modules.iter().find(|module| module.span.source == id).map(|module| &**module)
    }
}
