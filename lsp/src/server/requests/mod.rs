//! Requests about one file, answered by the features.
//!
//! In: the protocol's parameters. Out: the features' answers in the protocol's words.
//! Holds always: the texts that a request speaks of are taken before it first waits.

pub(super) mod changing;
pub(super) mod finding;
pub(super) mod showing;
pub(super) mod workspace;
pub(super) mod writing;

use std::sync::Arc;

use deed_base::SourceId;
use tower_lsp::jsonrpc::{Error, Result};

use super::convert::Convert;
use super::state::Snapshot;
use crate::analysis::Analysis;

/// Answers from the syntax of one file, which does not wait for its package.
async fn answer_by_syntax<T: Send + 'static>(
    snapshot: Snapshot,
    feature: impl FnOnce(&Convert<'_>, SourceId) -> T + Send + 'static,
) -> Result<T> {
    answer_from(Snapshot::syntax, snapshot, feature).await
}

/// Answers from what a file needs of its package, which does not wait for the rest.
async fn answer_nearby<T: Send + 'static>(
    snapshot: Snapshot,
    feature: impl FnOnce(&Convert<'_>, SourceId) -> T + Send + 'static,
) -> Result<T> {
    answer_from(Snapshot::near, snapshot, feature).await
}

/// Answers from the package of a file.
async fn answer<T: Send + 'static>(
    snapshot: Snapshot,
    feature: impl FnOnce(&Convert<'_>, SourceId) -> T + Send + 'static,
) -> Result<T> {
    answer_from(Snapshot::analysis, snapshot, feature).await
}

/// Answers on a thread with a deep stack.
async fn answer_from<T: Send + 'static>(
    analysis: impl FnOnce(&Snapshot) -> Result<(Arc<Analysis>, SourceId)> + Send + 'static,
    snapshot: Snapshot,
    feature: impl FnOnce(&Convert<'_>, SourceId) -> T + Send + 'static,
) -> Result<T> {
    let work = move || {
        let (analysis, source) = analysis(&snapshot)?;
        Ok(feature(&Convert::new(&analysis, snapshot.encoding), source))
    };
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(Error::internal_error()))
}
