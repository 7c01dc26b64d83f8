//! Requests about whole packages.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::*;

use crate::analysis::workspace::{Workspace, package_of};
use crate::features::file_rename::file_rename;
use crate::features::workspace_symbols::workspace_symbols;
use crate::server::context::Context;
use crate::server::convert::{self, Convert};

/// Declarations of every package that has an open file or is a folder of the client's.
pub(in crate::server) async fn symbols(
    context: &Context,
    params: WorkspaceSymbolParams,
) -> Result<Option<Vec<SymbolInformation>>> {
    let (workspace, encoding) = (context.state.workspace(), context.state.encoding());
    let roots = context.state.abilities().roots.clone();
    let find = move || {
        let mut found = Vec::new();
        for path in one_file_each(&workspace, &roots) {
            let analysis = workspace.analysis(&path);
            let convert = Convert::new(&analysis, encoding);
            let here = workspace_symbols(&analysis, &params.query);
            found.extend(here.into_iter().filter_map(|one| convert.found(one)));
        }
        Some(found)
    };
    tokio::task::spawn_blocking(find).await.map_err(|_| Error::internal_error())
}

/// A file of each package.
fn one_file_each(workspace: &Arc<Workspace>, roots: &[PathBuf]) -> Vec<PathBuf> {
    let mut places = BTreeSet::new();
    let entries = roots.iter().map(|root| root.join("src").join("main.deed"));
    let entries = entries.filter(|path| package_of(path).is_some());
    let open = workspace.open_files().map(Path::to_owned);
    let new = |path: &PathBuf| places.insert(package_of(path).unwrap_or_else(|| path.clone()));
    entries.chain(open).filter(new).collect()
}

/// The changes that renaming files or folders calls for, before they are renamed.
pub(in crate::server) async fn will_rename(
    context: &Context,
    params: RenameFilesParams,
) -> Result<Option<WorkspaceEdit>> {
    let (workspace, encoding) = (context.state.workspace(), context.state.encoding());
    let find = move || {
        let mut edit = WorkspaceEdit::default();
        let pairs = params.files.iter().filter_map(|file| {
            let (old, new) = (path(&file.old_uri)?, path(&file.new_uri)?);
            Some(files(&workspace, old, new))
        });
        for (old, new) in pairs.flatten() {
            let Some((before, after)) = parts(&old, &new) else { continue };
            let analysis = workspace.analysis(&old);
            let Some(source) = analysis.source_of(&old) else { continue };
            let changes = file_rename(&analysis, source, &before, &after);
            let changes = Convert::new(&analysis, encoding).workspace_edit(&changes);
            let all = edit.changes.get_or_insert_default();
            for (url, edits) in changes.changes.into_iter().flatten() {
                all.entry(url).or_default().extend(edits);
            }
        }
        Some(edit)
    };
    tokio::task::spawn_blocking(find).await.map_err(|_| Error::internal_error())
}

/// A file under both its names, or each source below a folder.
fn files(workspace: &Workspace, old: PathBuf, new: PathBuf) -> Vec<(PathBuf, PathBuf)> {
    if !old.is_dir() || package_of(&old).is_none() {
        return vec![(old, new)];
    }
    let analysis = workspace.analysis(&old);
    let moved = |path: &Path| Some((path.to_owned(), new.join(path.strip_prefix(&old).ok()?)));
    analysis.files.iter().filter_map(|file| moved(&file.path)).collect()
}

fn path(uri: &str) -> Option<PathBuf> {
    Some(convert::path(&Url::parse(uri).ok()?))
}

/// The names of a source below its package's `src`, before and after.
fn parts(old: &Path, new: &Path) -> Option<(Vec<String>, Vec<String>)> {
    let root = package_of(old)?.join("src");
    let names = |path: &Path| {
        let inner = path.strip_prefix(&root).ok()?.with_extension("");
        let names = inner.iter().map(|part| part.to_str().map(str::to_owned));
        names.collect::<Option<Vec<String>>>()
    };
    let is_source = |path: &Path| path.extension().is_some_and(|ending| ending == "deed");
    (is_source(old) && is_source(new)).then(|| Some((names(old)?, names(new)?)))?
}
