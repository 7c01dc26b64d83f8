//! Telling the client what is wrong, without being asked.
//!
//! In: files that changed. Out: the diagnostics of every file of their packages.
//! Holds always: one round runs at a time; what it tells is of one snapshot; a round that was
//! overtaken by an edit leaves its files to the next one; mistakes of syntax are told before the rest.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use deed_base::SourceId;
use tower_lsp::lsp_types::{Diagnostic, Url};

use super::context::Context;
use super::convert::{self, Convert};
use super::library;
use super::memory::Memory;
use super::state::Snapshot;
use crate::analysis::position::Encoding;
use crate::analysis::workspace::{Workspace, package_of};

#[derive(Default)]
pub(super) struct Publisher {
    shown: tokio::sync::Mutex<Shown>,
}

/// What the client was told.
#[derive(Default)]
struct Shown {
    /// The files whose messages it shows.
    files: BTreeSet<Url>,
    /// The versions of open files that it was told all about.
    whole: HashMap<Url, i32>,
}

/// The messages of one file.
struct Report {
    url: Url,
    version: Option<i32>,
    list: Vec<Diagnostic>,
}

impl Publisher {
    /// Tells what is wrong with the syntax of a file at once; the whole follows.
    pub(super) async fn syntax(&self, context: &Context, url: &Url) {
        let Ok(snapshot) = context.state.snapshot(url) else { return };
        let (version, encoding) = (snapshot.document.version, snapshot.encoding);
        let look = move || {
            let (analysis, source) = snapshot.syntax().ok()?;
            let list = Convert::new(&analysis, encoding).diagnostics(source, None);
            Some(list).filter(|list| !list.is_empty())
        };
        let Ok(Some(list)) = tokio::task::spawn_blocking(look).await else { return };
        let mut shown = self.shown.lock().await;
        let is_current = |snapshot: Snapshot| snapshot.document.version == version;
        let is_told = shown.whole.get(url).is_some_and(|told| *told >= version);
        if !is_told && context.state.snapshot(url).is_ok_and(is_current) {
            shown.files.insert(url.clone());
            context.client.publish_diagnostics(url.clone(), list, None).await;
        }
    }

    /// Tells about everything that is dirty.
    pub(super) async fn round(&self, context: &Context) {
        let (client, state) = (&context.client, &context.state);
        let mut shown = self.shown.lock().await;
        state.release();
        let dirty = state.take_dirty();
        if dirty.is_empty() {
            return;
        }
        let (workspace, encoding) = (state.workspace(), state.encoding());
        let (snapshot, paths, memory) = (workspace.clone(), dirty.clone(), context.memory.clone());
        let look = move || reports(&snapshot, &paths, &memory, encoding);
        let reports = tokio::task::spawn_blocking(look);
        let Ok(reports) = reports.await else { return };
        let is_current = Arc::ptr_eq(&workspace, &state.workspace());
        state.retire(workspace);
        if !is_current {
            return state.add_dirty(dirty);
        }
        let pulls = state.abilities().pulls;
        for Report { url, version, mut list } in reports {
            if pulls && version.is_some() {
                // The client asks for these itself; what it was told while the file was closed goes.
                list.clear();
            }
            match version {
                Some(version) => shown.whole.insert(url.clone(), version),
                None => shown.whole.remove(&url),
            };
            let was_shown = if list.is_empty() {
                shown.files.remove(&url)
            } else {
                shown.files.insert(url.clone());
                true
            };
            if was_shown || version.is_some() && !pulls {
                client.publish_diagnostics(url, list, version).await;
            }
        }
    }
}

/// The messages of every file of the packages that `paths` belong to.
fn reports(
    workspace: &Workspace,
    paths: &BTreeSet<PathBuf>,
    memory: &Memory,
    encoding: Encoding,
) -> Vec<Report> {
    let mut done = BTreeSet::new();
    let mut reports = Vec::new();
    for path in paths {
        if done.contains(path) {
            continue;
        }
        if library::holds(path) {
            continue;
        }
        if workspace.is_forgotten(path) {
            let (version, list) = (None, Vec::new());
            reports.extend(convert::url(path).map(|url| Report { url, version, list }));
            continue;
        }
        let analysis = workspace.analysis(path);
        let convert = Convert::new(&analysis, encoding);
        let proofs = memory.proofs(&package_of(path).unwrap_or_else(|| path.clone()));
        for (at, file) in analysis.files.iter().enumerate() {
            let list = convert.diagnostics(SourceId(at as u32), proofs.as_deref());
            let version = file.version;
            reports.extend(convert::url(&file.path).map(|url| Report { url, version, list }));
            done.insert(file.path.clone());
        }
    }
    reports
}
