//! One method of the protocol, one function.
//!
//! In: the protocol's parameters. Out: the features' answers in the protocol's words.

use std::future::Future;
use std::sync::{Arc, OnceLock};

use tokio::sync::Notify;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::*;
use tower_lsp::{Client, LanguageServer};

use super::convert::{self, Convert};
use super::parent;
use super::publish::Publisher;
use super::state::{Snapshot, State, span};
use crate::analysis::Analysis;
use crate::analysis::position::Encoding;
use crate::features::definition::definition;
use crate::features::diagnostics::mendable;
use crate::features::format::format;
use crate::features::hover::hover;
use crate::features::symbols::symbols;

pub(super) struct Server {
    client: Client,
    state: Arc<State>,
    publisher: Arc<Publisher>,
    /// The client's process has ended.
    orphaned: Arc<Notify>,
    was_shut_down: Arc<OnceLock<()>>,
}

impl Server {
    pub(super) fn new(client: Client) -> Self {
        Server {
            client,
            state: Arc::default(),
            publisher: Arc::default(),
            orphaned: Arc::default(),
            was_shut_down: Arc::default(),
        }
    }

    /// Waits for the end of the client's process.
    pub(super) fn parent(&self) -> impl Future<Output = ()> + use<> {
        let orphaned = self.orphaned.clone();
        async move { orphaned.notified().await }
    }

    pub(super) fn was_shut_down(&self) -> Arc<OnceLock<()>> {
        self.was_shut_down.clone()
    }

    /// Checks what changed, and tells the client.
    fn publish(&self) {
        let (client, state) = (self.client.clone(), self.state.clone());
        let publisher = self.publisher.clone();
        tokio::spawn(async move { publisher.round(&client, &state).await });
    }

    fn complain(&self, message: String) {
        let client = self.client.clone();
        tokio::spawn(async move { client.log_message(MessageType::ERROR, message).await });
    }
}

/// Answers from the package of a file, on a thread with a deep stack.
async fn answer<T: Send + 'static>(
    snapshot: Snapshot,
    feature: impl FnOnce(&Convert<'_>, deed_base::SourceId) -> T + Send + 'static,
) -> Result<T> {
    let work = move || {
        let (analysis, source) = snapshot.analysis()?;
        let analysis: &Analysis = &analysis;
        Ok(feature(&Convert { analysis, encoding: snapshot.encoding }, source))
    };
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(Error::internal_error()))
}

fn capabilities(encoding: Encoding) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(match encoding {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
        }),
        text_document_sync: Some(TextDocumentSyncKind::INCREMENTAL.into()),
        hover_provider: Some(true.into()),
        definition_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        document_formatting_provider: Some(OneOf::Left(true)),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
            ..CodeActionOptions::default()
        })),
        ..ServerCapabilities::default()
    }
}

/// UTF-8 where the client would take it, since texts are kept so.
fn negotiate(capabilities: &ClientCapabilities) -> Encoding {
    let general = capabilities.general.as_ref();
    let offered = general.and_then(|general| general.position_encodings.as_ref());
    let utf8 = offered.is_some_and(|offered| offered.contains(&PositionEncodingKind::UTF8));
    if utf8 { Encoding::Utf8 } else { Encoding::Utf16 }
}

#[tower_lsp::async_trait]
impl LanguageServer for Server {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let encoding = negotiate(&params.capabilities);
        self.state.set_encoding(encoding);
        if let Some(process) = params.process_id {
            let orphaned = self.orphaned.clone();
            tokio::spawn(async move {
                parent::ended(process).await;
                orphaned.notify_one();
            });
        }
        let version = Some(env!("CARGO_PKG_VERSION").to_owned());
        Ok(InitializeResult {
            capabilities: capabilities(encoding),
            server_info: Some(ServerInfo { name: "deed".to_owned(), version }),
        })
    }

    async fn shutdown(&self) -> Result<()> {
        // A second time changes nothing.
        let _ = self.was_shut_down.set(());
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        self.state.open(convert::path(&document.uri), document.text, document.version);
        self.publish();
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        let edits: Vec<_> = params.content_changes.into_iter().map(convert::edit).collect();
        let document = params.text_document;
        match self.state.change(convert::path(&document.uri), document.version, &edits) {
            Ok(()) => self.publish(),
            Err(why) => self.complain(why),
        }
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.state.close(&convert::path(&params.text_document.uri));
        self.publish();
    }

    async fn did_save(&self, _: DidSaveTextDocumentParams) {}

    async fn did_change_watched_files(&self, _: DidChangeWatchedFilesParams) {
        self.state.refresh();
        self.publish();
    }

    async fn formatting(&self, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        let snapshot = self.state.snapshot(&params.text_document.uri)?;
        answer(snapshot, |convert, source| {
            let change = format(convert.analysis.source(source));
            Some(change.iter().map(|change| convert.text_edit(change)).collect())
        })
        .await
    }

    async fn document_symbol(
        &self,
        params: DocumentSymbolParams,
    ) -> Result<Option<DocumentSymbolResponse>> {
        let snapshot = self.state.snapshot(&params.text_document.uri)?;
        answer(snapshot, |convert, source| {
            let declarations = symbols(convert.analysis.module(source)?);
            let list = declarations.iter().map(|d| convert.symbol(d)).collect();
            Some(DocumentSymbolResponse::Nested(list))
        })
        .await
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let cursor = self.state.cursor(&params.text_document_position_params)?;
        answer(cursor.snapshot, move |convert, source| {
            hover(convert.analysis, source, cursor.offset).map(|hover| convert.hover(hover))
        })
        .await
    }

    async fn goto_definition(
        &self,
        params: GotoDefinitionParams,
    ) -> Result<Option<GotoDefinitionResponse>> {
        let cursor = self.state.cursor(&params.text_document_position_params)?;
        answer(cursor.snapshot, move |convert, source| {
            let target = definition(convert.analysis, source, cursor.offset)?;
            convert.location(target.name).map(GotoDefinitionResponse::Scalar)
        })
        .await
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        let snapshot = self.state.snapshot(&params.text_document.uri)?;
        let range = snapshot.offsets(params.range)?;
        answer(snapshot, move |convert, source| {
            let messages = mendable(convert.analysis, span(source, range));
            let actions = messages.iter().flat_map(|message| convert.fixes(message));
            Some(actions.map(CodeActionOrCommand::CodeAction).collect())
        })
        .await
    }
}
