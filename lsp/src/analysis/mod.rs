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
pub mod workspace;

use std::path::{Path, PathBuf};

use deed_base::{Diagnostic, Diagnostics, SourceFile, SourceId, SourceMap, Span};
use deed_compiler::{hir, lint, resolve, thir, typeck};
use deed_syntax::ast;

use index::Index;
use package::Note;
use position::Lines;
use workspace::Text;

/// A file of the package.
pub struct File {
    pub path: PathBuf,
    /// Of an open file.
    pub version: Option<i32>,
    pub lines: Lines,
}

/// A package, read and checked.
pub struct Analysis {
    pub sources: SourceMap,
    /// By the numbers of the sources.
    pub files: Vec<File>,
    pub modules: Vec<ast::Module>,
    pub hir: hir::Package,
    pub thir: thir::Package,
    /// In source order, each once.
    pub diagnostics: Vec<Diagnostic>,
    pub index: Index,
}

impl Analysis {
    /// Analyses texts whose names are relative to `root`; `notes` tells of files that are no sources.
    /// Needs a deep stack.
    pub fn new(root: Option<&Path>, texts: Vec<Text>, notes: Vec<Note>) -> Self {
        let (mut sources, mut d) = (SourceMap::new(), Diagnostics::new());
        let (mut files, mut modules) = (Vec::new(), Vec::new());
        for text in texts {
            let name = text.path.strip_prefix(root.unwrap_or(Path::new(""))).unwrap_or(&text.path);
            let bytes = text.bytes.as_slice();
            let id = deed_syntax::read_source(&name.to_string_lossy(), bytes, &mut sources, &mut d);
            if let Some(id) = id.filter(|_| text.dependency) {
                sources.mark_dependency(id);
            }
            let lines = Lines::new(id.map_or("", |id| &sources.get(id).text));
            files.push(File { path: text.path, version: text.version, lines });
            modules.extend(id.map(|id| deed_syntax::parse(sources.get(id), &mut d)));
        }
        for note in notes {
            let id = sources.add(note.path.to_string_lossy(), note.text.as_str());
            let lines = Lines::new(&note.text);
            files.push(File { path: note.path.clone(), version: None, lines });
            note.at(id).for_each(|diagnostic| d.push(diagnostic));
        }
        let hir = resolve::resolve(&modules, &mut d);
        let thir = typeck::check_types(&hir, &mut d);
        if !d.has_errors() {
            lint(&thir, &modules, &sources, &mut d);
        }
        let index = Index::build(&sources, &modules, &hir, &thir);
        Analysis { sources, files, modules, hir, thir, diagnostics: d.sorted(), index }
    }

    /// A file by itself, as far as its syntax tells: nothing in it has a meaning or a type.
    /// Needs a deep stack.
    pub fn of_syntax(path: &Path, text: &str) -> Self {
        let (mut sources, mut d) = (SourceMap::new(), Diagnostics::new());
        let name = path.to_string_lossy();
        let id = deed_syntax::read_source(&name, text.as_bytes(), &mut sources, &mut d);
        let modules = id.iter().map(|id| deed_syntax::parse(sources.get(*id), &mut d)).collect();
        let lines = Lines::new(id.map_or("", |id| &sources.get(id).text));
        let files = vec![File { path: path.to_owned(), version: None, lines }];
        let (hir, thir) = (hir::Package::default(), thir::Package::default());
        let index = Index::default();
        Analysis { sources, files, modules, hir, thir, diagnostics: d.sorted(), index }
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

    /// The syntax tree of a source that could be read.
    pub fn module(&self, id: SourceId) -> Option<&ast::Module> {
        self.modules.iter().find(|module| module.span.source == id)
    }
}
