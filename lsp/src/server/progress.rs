//! Telling the user that something goes on.
//!
//! In: a title. Out: the protocol's messages about work, from its begin to its end.
//! Holds always: what began ends; a client that cannot show it is told nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::task::JoinHandle;
use tower_lsp::Client;
use tower_lsp::lsp_types::notification::Progress as ProgressNotification;
use tower_lsp::lsp_types::request::WorkDoneProgressCreate;
use tower_lsp::lsp_types::{
    NumberOrString, ProgressParams, ProgressParamsValue, ProgressToken, WorkDoneProgress,
    WorkDoneProgressBegin, WorkDoneProgressCreateParams, WorkDoneProgressEnd,
};

use super::context::Context;
use super::state::locked;
use super::worker::Stop;

static LAST: AtomicU64 = AtomicU64::new(0);

pub(super) struct Progress {
    context: Context,
    /// None where nothing is shown; with the work of telling that it begins.
    shown: Option<(ProgressToken, JoinHandle<()>)>,
}

impl Progress {
    /// Begins; `stop` ends the work if the user wants it to.
    pub(super) fn begin(context: &Context, title: &str, stop: Arc<Stop>) -> Progress {
        let context = context.clone();
        if !context.state.abilities().shows_progress {
            return Progress { context, shown: None };
        }
        let number = LAST.fetch_add(1, Ordering::Relaxed);
        let token = NumberOrString::String(format!("deed/{number}"));
        locked(&context.stops).insert(token.clone(), stop);
        let (client, own, title) = (context.client.clone(), token.clone(), title.to_owned());
        let begun = tokio::spawn(async move {
            let params = WorkDoneProgressCreateParams { token: own.clone() };
            if client.send_request::<WorkDoneProgressCreate>(params).await.is_ok() {
                let begin = WorkDoneProgressBegin {
                    title,
                    cancellable: Some(true),
                    ..WorkDoneProgressBegin::default()
                };
                tell(&client, own, WorkDoneProgress::Begin(begin)).await;
            }
        });
        Progress { context, shown: Some((token, begun)) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        let Some((token, begun)) = self.shown.take() else { return };
        locked(&self.context.stops).remove(&token);
        let client = self.context.client.clone();
        tokio::spawn(async move {
            // The end comes behind the beginning, whatever became of that.
            let _ = begun.await;
            let end = WorkDoneProgressEnd { message: None };
            tell(&client, token, WorkDoneProgress::End(end)).await;
        });
    }
}

async fn tell(client: &Client, token: ProgressToken, what: WorkDoneProgress) {
    let value = ProgressParamsValue::WorkDone(what);
    client.send_notification::<ProgressNotification>(ProgressParams { token, value }).await;
}
