//! Telling the client what is wrong, without being asked.
//!
//! In: files that changed. Out: the diagnostics of every file of their packages.
//! Holds always: one round runs at a time; what it tells is of one snapshot; a round that was
//! overtaken by an edit leaves its files to the next one.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use deed_base::SourceId;
use tower_lsp::Client;
use tower_lsp::lsp_types::{Diagnostic, Url};

use super::convert::{self, Convert};
use super::state::State;
use crate::analysis::position::Encoding;
use crate::analysis::workspace::Workspace;
use crate::features::diagnostics::diagnostics;

#[derive(Default)]
pub(super) struct Publisher {
    /// The files whose messages the client shows.
    shown: tokio::sync::Mutex<BTreeSet<Url>>,
}

/// The messages of one file.
struct Report {
    url: Url,
    version: Option<i32>,
    list: Vec<Diagnostic>,
}

impl Publisher {
    /// Tells about everything that is dirty.
    pub(super) async fn round(&self, client: &Client, state: &State) {
        let mut shown = self.shown.lock().await;
        let dirty = state.take_dirty();
        if dirty.is_empty() {
            return;
        }
        let (workspace, encoding) = (state.workspace(), state.encoding());
        let (snapshot, paths) = (workspace.clone(), dirty.clone());
        let reports = tokio::task::spawn_blocking(move || reports(&snapshot, &paths, encoding));
        let Ok(reports) = reports.await else { return };
        if !Arc::ptr_eq(&workspace, &state.workspace()) {
            return state.add_dirty(dirty);
        }
        for Report { url, version, list } in reports {
            let was_shown = if list.is_empty() {
                shown.remove(&url)
            } else {
                shown.insert(url.clone());
                true
            };
            if was_shown || version.is_some() {
                client.publish_diagnostics(url, list, version).await;
            }
        }
    }
}

/// The messages of every file of the packages that `paths` belong to.
fn reports(workspace: &Workspace, paths: &BTreeSet<PathBuf>, encoding: Encoding) -> Vec<Report> {
    let mut done = BTreeSet::new();
    let mut reports = Vec::new();
    for path in paths {
        if done.contains(path) {
            continue;
        }
        if workspace.is_forgotten(path) {
            let (version, list) = (None, Vec::new());
            reports.extend(convert::url(path).map(|url| Report { url, version, list }));
            continue;
        }
        let analysis = workspace.analysis(path);
        let convert = Convert { analysis: &analysis, encoding };
        for (at, file) in analysis.files.iter().enumerate() {
            let messages = diagnostics(&analysis, SourceId(at as u32));
            let list = messages.iter().map(|message| convert.diagnostic(message)).collect();
            let version = file.version;
            reports.extend(convert::url(&file.path).map(|url| Report { url, version, list }));
            done.insert(file.path.clone());
        }
    }
    reports
}
