//! One method of the protocol, one function.
//!
//! In: the protocol's parameters. Out: the features' answers in the protocol's words.

use std::future::Future;
use std::sync::{Arc, OnceLock};

use tokio::sync::Notify;
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::lsp_types::*;
use tower_lsp::{Client, LanguageServer};

use super::capabilities::{capabilities, negotiate, watchers};
use super::convert::{self, Convert};
use super::parent;
use super::publish::Publisher;
use super::state::{Snapshot, State, span};
use crate::analysis::Analysis;
use crate::features::completion::completion;
use crate::features::definition::definition;
use crate::features::diagnostics::mendable;
use crate::features::folding::folding;
use crate::features::format::format;
use crate::features::highlighting::highlighting;
use crate::features::hover::hover;
use crate::features::references::{highlights, references};
use crate::features::rename::{prepare, rename};
use crate::features::signature::signature;
use crate::features::symbols::symbols;

pub(super) struct Server {
    client: Client,
    state: Arc<State>,
    publisher: Arc<Publisher>,
    /// The client's process has ended.
    orphaned: Arc<Notify>,
    was_shut_down: Arc<OnceLock<()>>,
    /// The client tells about files that change on disk, if it is asked to.
    watches: OnceLock<()>,
}

impl Server {
    pub(super) fn new(client: Client) -> Self {
        Server {
            client,
            state: Arc::default(),
            publisher: Arc::default(),
            orphaned: Arc::default(),
            was_shut_down: Arc::default(),
            watches: OnceLock::new(),
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

#[tower_lsp::async_trait]
impl LanguageServer for Server {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let encoding = negotiate(&params.capabilities);
        self.state.set_encoding(encoding);
        let workspace = params.capabilities.workspace.as_ref();
        let watching = workspace.and_then(|known| known.did_change_watched_files);
        if watching.and_then(|watching| watching.dynamic_registration) == Some(true) {
            // A second `initialize` never gets here.
            let _ = self.watches.set(());
        }
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

    async fn initialized(&self, _: InitializedParams) {
        if self.watches.get().is_some() {
            let client = self.client.clone();
            // A client that refuses tells nothing, and what is open is checked all the same.
            tokio::spawn(async move { client.register_capability(vec![watchers()]).await });
        }
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

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        let cursor = self.state.cursor(&params.text_document_position)?;
        let with_declaration = params.context.include_declaration;
        answer(cursor.snapshot, move |convert, source| {
            let spans = references(convert.analysis, source, cursor.offset, with_declaration);
            Some(spans.into_iter().filter_map(|span| convert.location(span)).collect())
        })
        .await
    }

    async fn document_highlight(
        &self,
        params: DocumentHighlightParams,
    ) -> Result<Option<Vec<DocumentHighlight>>> {
        let cursor = self.state.cursor(&params.text_document_position_params)?;
        answer(cursor.snapshot, move |convert, source| {
            let found = highlights(convert.analysis, source, cursor.offset);
            Some(found.iter().map(|one| convert.highlight(one)).collect())
        })
        .await
    }

    async fn prepare_rename(
        &self,
        params: TextDocumentPositionParams,
    ) -> Result<Option<PrepareRenameResponse>> {
        let cursor = self.state.cursor(&params)?;
        let word = answer(cursor.snapshot, move |convert, source| {
            let word = prepare(convert.analysis, source, cursor.offset);
            word.map(|span| convert.range(span)).map_err(|refusal| refused(&refusal))
        });
        word.await?.map(|range| Some(PrepareRenameResponse::Range(range)))
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        let cursor = self.state.cursor(&params.text_document_position)?;
        let edit = answer(cursor.snapshot, move |convert, source| {
            let changes = rename(convert.analysis, source, cursor.offset, &params.new_name);
            changes.map(|list| convert.workspace_edit(&list)).map_err(|refusal| refused(&refusal))
        });
        edit.await?.map(Some)
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        let cursor = self.state.cursor(&params.text_document_position)?;
        answer(cursor.snapshot, move |convert, source| {
            let found = completion(convert.analysis, source, cursor.offset);
            let range = convert.range(found.word);
            let items = found.items.into_iter().map(|item| convert::completion_item(item, range));
            Some(CompletionResponse::Array(items.collect()))
        })
        .await
    }

    async fn signature_help(&self, params: SignatureHelpParams) -> Result<Option<SignatureHelp>> {
        let cursor = self.state.cursor(&params.text_document_position_params)?;
        answer(cursor.snapshot, move |convert, source| {
            signature(convert.analysis, source, cursor.offset).map(convert::signature)
        })
        .await
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        let snapshot = self.state.snapshot(&params.text_document.uri)?;
        answer(snapshot, |convert, source| {
            Some(folding(convert.analysis, source).into_iter().map(convert::fold).collect())
        })
        .await
    }

    async fn semantic_tokens_full(
        &self,
        params: SemanticTokensParams,
    ) -> Result<Option<SemanticTokensResult>> {
        let snapshot = self.state.snapshot(&params.text_document.uri)?;
        answer(snapshot, |convert, source| {
            let data = convert.semantic_tokens(&highlighting(convert.analysis, source));
            Some(SemanticTokens { result_id: None, data }.into())
        })
        .await
    }
}

/// A wish that cannot be granted, with the reason for the user's eyes.
fn refused(why: &impl std::fmt::Display) -> Error {
    /// `RequestFailed` of the protocol.
    const REQUEST_FAILED: i64 = -32803;
    let code = ErrorCode::ServerError(REQUEST_FAILED);
    Error { code, message: why.to_string().into(), data: None }
}
