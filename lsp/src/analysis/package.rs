//! What is on disk beside a package's own sources: those of its dependencies, and what is wrong with
//! its manifest, its lock file or a package that it depends on.
//!
//! In: the root of a package. Out: [`Beside`].
//! Holds always: each problem has a place in a text, the manifest's beginning where it has none of
//! its own; the manifest is there without a problem too, so that an old message is taken back.

use std::path::{Path, PathBuf};

use deed_base::{Diagnostic, SourceId, Span};
use deed_package::{LOCK, MANIFEST, Problem};

/// What a package has beside its own sources.
#[derive(Default)]
pub struct Beside {
    /// The sources of the packages that it depends on.
    pub sources: Vec<PathBuf>,
    /// Files that are no sources.
    pub notes: Vec<Note>,
}

/// A file that is no source, and what is wrong with it.
pub struct Note {
    pub path: PathBuf,
    pub text: String,
    /// Their places are of one source, whatever its number.
    pub diagnostics: Vec<Diagnostic>,
}

impl Beside {
    /// Looks at the package in the folder `root`. What cannot be had has no sources, so that the
    /// names which it should bring are reported where they are used as well.
    pub fn of(root: &Path) -> Beside {
        let empty = |name: &str| {
            let path = root.join(name);
            let text = std::fs::read_to_string(&path).ok()?;
            Some(Note { path, text, diagnostics: Vec::new() })
        };
        let mut beside = Beside::default();
        beside.notes.extend([MANIFEST, LOCK].into_iter().filter_map(empty));
        match deed_package::find(root) {
            Ok(layout) => {
                let sources = layout.members.into_iter().skip(1).flat_map(|member| member.sources);
                let real = |path: PathBuf| path.canonicalize().unwrap_or(path);
                beside.sources = sources.map(|source| real(source.path)).collect();
            }
            Err(problem) => beside.add(root, problem),
        }
        beside
    }

    fn add(&mut self, root: &Path, problem: Problem) {
        match problem {
            Problem::Plain(refusal) => {
                let mut diagnostic = Diagnostic::new(refusal.code, START, refusal.message);
                diagnostic.help = refusal.help;
                self.note(&root.join(MANIFEST), vec![diagnostic]);
            }
            Problem::Placed { sources, diagnostics } => {
                let path = PathBuf::from(&sources.get(SourceId(0)).name);
                let own = self.notes.iter().any(|note| note.path == path);
                let all = diagnostics.sorted().into_iter();
                match own {
                    true => self.note(&path, all.collect()),
                    false => {
                        self.note(&root.join(MANIFEST), all.map(|d| elsewhere(d, &path)).collect())
                    }
                }
            }
        }
    }

    /// Adds messages to the file at `path`, which may be gone by now.
    fn note(&mut self, path: &Path, diagnostics: Vec<Diagnostic>) {
        match self.notes.iter_mut().find(|note| note.path == path) {
            Some(note) => note.diagnostics.extend(diagnostics),
            None => {
                let (path, text) = (path.to_owned(), String::new());
                self.notes.push(Note { path, text, diagnostics });
            }
        }
    }
}

/// The beginning of a file.
const START: Span = Span { source: SourceId(0), start: 0, end: 0 };

/// The message about a file of another package, at the beginning of one of this package.
fn elsewhere(diagnostic: Diagnostic, path: &Path) -> Diagnostic {
    let message = format!("in `{}`: {}", path.display(), diagnostic.message);
    Diagnostic { help: diagnostic.help, ..Diagnostic::new(diagnostic.code, START, message) }
}

impl Note {
    /// The messages, for the number that the file has among the sources.
    pub(super) fn at(self, source: SourceId) -> impl Iterator<Item = Diagnostic> {
        self.diagnostics.into_iter().map(move |mut diagnostic| {
            let labels = diagnostic.secondary.iter_mut().chain([&mut diagnostic.primary]);
            labels.for_each(|label| label.span.source = source);
            diagnostic.fixes.iter_mut().for_each(|fix| fix.span.source = source);
            diagnostic
        })
    }
}
