//! What every request has at hand: the client, the texts, and what was answered before.
//!
//! In: nothing. Out: [`Context`], which is cheap to clone.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tower_lsp::Client;
use tower_lsp::jsonrpc::{Error, ErrorCode};
use tower_lsp::lsp_types::{MessageType, ProgressToken, Url};

use super::memory::Memory;
use super::publish::Publisher;
use super::state::State;
use super::worker::Stop;
use crate::analysis::workspace::package_of;

/// After an edit an editor asks for what depends on the syntax alone; that comes first, and a package is
/// not checked anew for every letter of a word.
const PAUSE: Duration = Duration::from_millis(15);

#[derive(Clone)]
pub(super) struct Context {
    pub(super) client: Client,
    pub(super) state: Arc<State>,
    pub(super) memory: Arc<Memory>,
    /// What the user can end, by the token that it is shown under.
    pub(super) stops: Arc<Mutex<HashMap<ProgressToken, Arc<Stop>>>>,
    publisher: Arc<Publisher>,
}

impl Context {
    pub(super) fn new(client: Client) -> Self {
        Context {
            client,
            state: Arc::default(),
            memory: Arc::default(),
            stops: Arc::default(),
            publisher: Arc::default(),
        }
    }

    /// Checks what changed, and tells the client.
    pub(super) fn publish(&self) {
        let context = self.clone();
        tokio::spawn(async move { context.publisher.round(&context).await });
    }

    /// As [`Self::publish`], after an edit of one file, whose syntax is told about first.
    pub(super) fn publish_edited(&self, url: Url) {
        let context = self.clone();
        tokio::spawn(async move {
            if !context.state.abilities().pulls {
                context.publisher.syntax(&context, &url).await;
            }
            tokio::time::sleep(PAUSE).await;
            context.publisher.round(&context).await;
        });
    }

    /// Has everything shown anew, after something was found out that no edit told.
    pub(super) fn look_again(&self) {
        self.state.touch();
        self.publish();
        let (client, abilities) = (self.client.clone(), self.state.abilities().clone());
        // A client that refuses shows what is new a little later.
        tokio::spawn(async move {
            if abilities.refreshes_diagnostics {
                let _ = client.workspace_diagnostic_refresh().await;
            }
            if abilities.refreshes_hints {
                let _ = client.inlay_hint_refresh().await;
            }
            if abilities.refreshes_lenses {
                let _ = client.code_lens_refresh().await;
            }
        });
    }

    /// What was proved of an old text is not looked for any further.
    pub(super) fn edited(&self, path: &Path) {
        let place = package_of(path).unwrap_or_else(|| path.to_owned());
        self.memory.stop_verifying(&place);
    }

    pub(super) fn complain(&self, message: String) {
        let client = self.client.clone();
        tokio::spawn(async move { client.log_message(MessageType::ERROR, message).await });
    }
}

/// A wish that cannot be granted, with the reason for the user's eyes.
pub(super) fn refused(why: &impl std::fmt::Display) -> Error {
    /// `RequestFailed` of the protocol.
    const REQUEST_FAILED: i64 = -32803;
    let code = ErrorCode::ServerError(REQUEST_FAILED);
    Error { code, message: why.to_string().into(), data: None }
}
