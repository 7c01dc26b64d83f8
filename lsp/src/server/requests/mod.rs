//! Requests about one file, answered by the features.
//!
//! In: the protocol's parameters. Out: the features' answers in the protocol's words.
//! Holds always: the texts that a request speaks of are taken before it first waits.

pub(super) mod changing;
pub(super) mod finding;
pub(super) mod showing;
pub(super) mod workspace;
pub(super) mod writing;

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
    let work = move || {
        let (analysis, source) = snapshot.syntax()?;
        Ok(feature(&Convert { analysis: &analysis, encoding: snapshot.encoding }, source))
    };
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(Error::internal_error()))
}

/// Answers from the package of a file, on a thread with a deep stack.
async fn answer<T: Send + 'static>(
    snapshot: Snapshot,
    feature: impl FnOnce(&Convert<'_>, SourceId) -> T + Send + 'static,
) -> Result<T> {
    let work = move || {
        let (analysis, source) = snapshot.analysis()?;
        let analysis: &Analysis = &analysis;
        Ok(feature(&Convert { analysis, encoding: snapshot.encoding }, source))
    };
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(Error::internal_error()))
}
