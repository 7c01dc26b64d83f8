//! What the server holds between messages.
//!
//! In: edits, in the order of their arrival. Out: snapshots, and places in them.
//! Holds always: each edit is applied in one step, before anything waits; a request goes on with the
//! snapshot it was given, whatever is edited meanwhile.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, OnceLock, PoisonError};

use deed_base::{SourceId, Span};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::{Position, Range, TextDocumentPositionParams, Url};

use super::abilities::{Abilities, Settings};
use super::convert;
use crate::analysis::Analysis;
use crate::analysis::document::{BadEdit, Document, Edit};
use crate::analysis::position::Encoding;
use crate::analysis::workspace::{Workspace, package_of};

#[derive(Default)]
pub(super) struct State {
    workspace: Mutex<Arc<Workspace>>,
    encoding: OnceLock<Encoding>,
    abilities: OnceLock<Abilities>,
    settings: Mutex<Settings>,
    /// Files whose packages are to be checked and told about.
    dirty: Mutex<BTreeSet<PathBuf>>,
    /// Workspaces that are to go.
    retired: Mutex<Vec<Arc<Workspace>>>,
}

/// An open file at one moment.
#[derive(Clone)]
pub(super) struct Snapshot {
    pub(super) workspace: Arc<Workspace>,
    pub(super) path: PathBuf,
    pub(super) document: Arc<Document>,
    pub(super) encoding: Encoding,
}

/// A place in an open file.
pub(super) struct Cursor {
    pub(super) snapshot: Snapshot,
    pub(super) offset: u32,
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    pub(super) fn encoding(&self) -> Encoding {
        self.encoding.get().copied().unwrap_or_default()
    }

    pub(super) fn set_encoding(&self, encoding: Encoding) {
        // A second `initialize` never gets here.
        let _ = self.encoding.set(encoding);
    }

    /// Of a client that has not introduced itself, none.
    pub(super) fn abilities(&self) -> &Abilities {
        static NONE: LazyLock<Abilities> = LazyLock::new(Abilities::default);
        self.abilities.get().unwrap_or(&NONE)
    }

    pub(super) fn set_abilities(&self, abilities: Abilities) {
        let _ = self.abilities.set(abilities);
    }

    pub(super) fn settings(&self) -> Settings {
        *locked(&self.settings)
    }

    pub(super) fn set_settings(&self, settings: Settings) {
        *locked(&self.settings) = settings;
    }

    pub(super) fn workspace(&self) -> Arc<Workspace> {
        locked(&self.workspace).clone()
    }

    pub(super) fn open(&self, path: PathBuf, text: String, version: i32) {
        let mut workspace = locked(&self.workspace);
        let next = workspace.with(path.clone(), Document::new(text, version));
        self.retire(std::mem::replace(&mut *workspace, Arc::new(next)));
        locked(&self.dirty).insert(path);
    }

    /// Applies edits; says why if they do not fit.
    pub(super) fn change(
        &self,
        path: PathBuf,
        version: i32,
        edits: &[Edit],
    ) -> std::result::Result<(), String> {
        let mut workspace = locked(&self.workspace);
        let document = workspace.document(&path).ok_or_else(|| not_open(&path))?;
        let edited = document.edit(version, edits, self.encoding());
        let edited = edited.map_err(|bad: BadEdit| format!("{}: {bad}", path.display()))?;
        let next = workspace.with(path.clone(), edited);
        self.retire(std::mem::replace(&mut *workspace, Arc::new(next)));
        locked(&self.dirty).insert(path);
        Ok(())
    }

    pub(super) fn close(&self, path: &Path) {
        let mut workspace = locked(&self.workspace);
        let next = workspace.without(path);
        self.retire(std::mem::replace(&mut *workspace, Arc::new(next)));
        locked(&self.dirty).insert(path.to_owned());
    }

    /// Files changed on disk.
    pub(super) fn refresh(&self) {
        let mut workspace = locked(&self.workspace);
        let next = workspace.refreshed();
        self.retire(std::mem::replace(&mut *workspace, Arc::new(next)));
        locked(&self.dirty).extend(workspace.open_files().map(Path::to_owned));
    }

    /// Lets a workspace go, but not at once.
    pub(super) fn retire(&self, workspace: Arc<Workspace>) {
        locked(&self.retired).push(workspace);
    }

    /// Frees retired workspaces where nobody waits: what was known of a large package takes long.
    pub(super) fn release(&self) {
        let retired = std::mem::take(&mut *locked(&self.retired));
        tokio::task::spawn_blocking(move || drop(retired));
    }

    /// Every open file is to be told about once more.
    pub(super) fn touch(&self) {
        let workspace = locked(&self.workspace);
        locked(&self.dirty).extend(workspace.open_files().map(Path::to_owned));
    }

    /// The files to be told about, which are no longer dirty then.
    pub(super) fn take_dirty(&self) -> BTreeSet<PathBuf> {
        std::mem::take(&mut *locked(&self.dirty))
    }

    /// Gives back files that could not be told about.
    pub(super) fn add_dirty(&self, paths: impl IntoIterator<Item = PathBuf>) {
        locked(&self.dirty).extend(paths);
    }

    pub(super) fn snapshot(&self, url: &Url) -> Result<Snapshot> {
        let (workspace, path) = (self.workspace(), convert::path(url));
        let document = workspace.document(&path).cloned();
        let document = document.ok_or_else(|| Error::invalid_params(not_open(&path)))?;
        Ok(Snapshot { workspace, path, document, encoding: self.encoding() })
    }

    /// A place in a file that may be closed; of one that is, the text on disk.
    pub(super) fn cursor_anywhere(&self, at: &TextDocumentPositionParams) -> Result<Cursor> {
        let path = convert::path(&at.text_document.uri);
        let workspace = self.workspace();
        if workspace.document(&path).is_some() {
            return self.cursor(at);
        }
        let text = std::fs::read_to_string(&path);
        let text = text.map_err(|_| Error::invalid_params(not_open(&path)))?;
        let document = Arc::new(Document::new(text, 0));
        let snapshot = Snapshot { workspace, path, document, encoding: self.encoding() };
        let offset = snapshot.offset(at.position)?;
        Ok(Cursor { snapshot, offset })
    }

    pub(super) fn cursor(&self, at: &TextDocumentPositionParams) -> Result<Cursor> {
        let snapshot = self.snapshot(&at.text_document.uri)?;
        let offset = snapshot.offset(at.position)?;
        Ok(Cursor { snapshot, offset })
    }
}

fn unreadable(path: &Path) -> Error {
    Error::invalid_params(format!("`{}` cannot be read", path.display()))
}

fn not_open(path: &Path) -> String {
    format!("`{}` is not open", path.display())
}

impl Snapshot {
    /// The package of the file, or the file by itself.
    pub(super) fn place(&self) -> PathBuf {
        package_of(&self.path).unwrap_or_else(|| self.path.clone())
    }

    pub(super) fn offset(&self, at: Position) -> Result<u32> {
        let Document { text, lines, .. } = &*self.document;
        let offset = lines.offset(text, convert::position(at), self.encoding);
        offset.map_err(|bad| Error::invalid_params(bad.to_string()))
    }

    /// The start and end of a range.
    pub(super) fn offsets(&self, range: Range) -> Result<(u32, u32)> {
        let (start, end) = (self.offset(range.start)?, self.offset(range.end)?);
        if end < start {
            return Err(Error::invalid_params("the range ends before it starts"));
        }
        Ok((start, end))
    }

    /// The file by itself, without meanings. Needs a deep stack.
    pub(super) fn syntax(&self) -> Result<(Arc<Analysis>, SourceId)> {
        let analysis = self.workspace.syntax(&self.path, &self.document);
        match analysis.modules.first().map(|module| module.span.source) {
            Some(source) => Ok((analysis, source)),
            None => Err(unreadable(&self.path)),
        }
    }

    /// The package and the file's number in it. Needs a deep stack.
    pub(super) fn analysis(&self) -> Result<(Arc<Analysis>, SourceId)> {
        self.found_in(self.workspace.analysis(&self.path))
    }

    /// As much of the package as the words of the file need, and its number. Needs a deep stack.
    pub(super) fn near(&self) -> Result<(Arc<Analysis>, SourceId)> {
        self.found_in(self.workspace.near(&self.path))
    }

    fn found_in(&self, analysis: Arc<Analysis>) -> Result<(Arc<Analysis>, SourceId)> {
        let source = analysis.source_of(&self.path);
        let source = source.ok_or_else(|| {
            Error::invalid_params(format!("`{}` is in no package", self.path.display()))
        })?;
        let file = analysis.source(source);
        if file.text.len() != self.document.text.len() {
            return Err(unreadable(&self.path));
        }
        Ok((analysis, source))
    }
}

/// A range of a source.
pub(super) fn span(source: SourceId, (start, end): (u32, u32)) -> Span {
    Span::new(source, start, end)
}
