//! One method of the protocol, one function.
//!
//! In: the protocol's parameters. Out: what `requests` and `commands` answer.
//! Holds always: edits are applied before anything waits.

use std::future::Future;
use std::sync::{Arc, OnceLock};

use serde_json::Value;
use tokio::sync::Notify;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::request::{
    GotoDeclarationParams, GotoDeclarationResponse, GotoImplementationParams,
    GotoImplementationResponse, GotoTypeDefinitionParams, GotoTypeDefinitionResponse,
};
use tower_lsp::lsp_types::*;
use tower_lsp::{Client, LanguageServer};

use super::abilities::{Abilities, Settings};
use super::capabilities::{capabilities, negotiate, watchers};
use super::commands;
use super::context::Context;
use super::convert;
use super::parent;
use super::requests::{changing, finding, showing, workspace, writing};
use super::state::locked;

pub(super) struct Server {
    context: Context,
    /// The client's process has ended.
    orphaned: Arc<Notify>,
    was_shut_down: Arc<OnceLock<()>>,
}

impl Server {
    pub(super) fn new(client: Client) -> Self {
        Server {
            context: Context::new(client),
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

    /// The text that the server has of an open file, for whoever looks into a fault.
    pub(super) async fn text(&self, params: TextDocumentIdentifier) -> Result<String> {
        Ok(self.context.state.snapshot(&params.uri)?.document.text.to_string())
    }

    /// The user does not want to wait for some work any longer.
    pub(super) async fn stop_work(&self, params: WorkDoneProgressCancelParams) {
        if let Some(stop) = locked(&self.context.stops).get(&params.token) {
            stop.stop();
        }
    }
}

#[tower_lsp::async_trait]
impl LanguageServer for Server {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let encoding = negotiate(&params.capabilities);
        let abilities = Abilities::of(&params);
        let capabilities = capabilities(encoding, &abilities);
        self.context.state.set_encoding(encoding);
        self.context.state.set_abilities(abilities);
        if let Some(options) = &params.initialization_options {
            self.context.state.set_settings(Settings::of(options));
        }
        if let Some(process) = params.process_id {
            let orphaned = self.orphaned.clone();
            tokio::spawn(async move {
                parent::ended(process).await;
                orphaned.notify_one();
            });
        }
        let version = Some(env!("CARGO_PKG_VERSION").to_owned());
        let server_info = Some(ServerInfo { name: "deed".to_owned(), version });
        Ok(InitializeResult { capabilities, server_info })
    }

    async fn initialized(&self, _: InitializedParams) {
        if self.context.state.abilities().watches {
            let client = self.context.client.clone();
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
        let path = convert::path(&document.uri);
        self.context.state.open(path, document.text, document.version);
        self.context.publish();
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        let edits: Vec<_> = params.content_changes.into_iter().map(convert::edit).collect();
        let document = params.text_document;
        let path = convert::path(&document.uri);
        match self.context.state.change(path.clone(), document.version, &edits) {
            Ok(()) => {
                self.context.edited(&path);
                self.context.publish_edited(document.uri);
            }
            Err(why) => self.context.complain(why),
        }
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        let path = convert::path(&params.text_document.uri);
        self.context.state.close(&path);
        self.context.memory.forget(&path);
        self.context.publish();
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        if self.context.state.settings().verify_on_save {
            let (context, uri) = (self.context.clone(), params.text_document.uri);
            tokio::spawn(async move { commands::verify_saved(&context, uri).await });
        }
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        self.context.state.set_settings(Settings::of(&params.settings));
    }

    async fn did_change_watched_files(&self, _: DidChangeWatchedFilesParams) {
        self.context.state.refresh();
        self.context.publish();
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<Value>> {
        commands::execute(&self.context, params).await
    }

    async fn symbol(
        &self,
        params: WorkspaceSymbolParams,
    ) -> Result<Option<Vec<SymbolInformation>>> {
        workspace::symbols(&self.context, params).await
    }

    async fn will_rename_files(&self, params: RenameFilesParams) -> Result<Option<WorkspaceEdit>> {
        workspace::will_rename(&self.context, params).await
    }

    async fn goto_definition(
        &self,
        params: GotoDefinitionParams,
    ) -> Result<Option<GotoDefinitionResponse>> {
        finding::to_definition(&self.context, params.text_document_position_params).await
    }

    async fn goto_declaration(
        &self,
        params: GotoDeclarationParams,
    ) -> Result<Option<GotoDeclarationResponse>> {
        finding::to_declaration(&self.context, params.text_document_position_params).await
    }

    async fn goto_type_definition(
        &self,
        params: GotoTypeDefinitionParams,
    ) -> Result<Option<GotoTypeDefinitionResponse>> {
        finding::to_type(&self.context, params.text_document_position_params).await
    }

    async fn goto_implementation(
        &self,
        params: GotoImplementationParams,
    ) -> Result<Option<GotoImplementationResponse>> {
        finding::to_implementation(&self.context, params.text_document_position_params).await
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        finding::all_references(&self.context, params).await
    }

    async fn document_highlight(
        &self,
        params: DocumentHighlightParams,
    ) -> Result<Option<Vec<DocumentHighlight>>> {
        finding::document_highlight(&self.context, params.text_document_position_params).await
    }

    async fn selection_range(
        &self,
        params: SelectionRangeParams,
    ) -> Result<Option<Vec<SelectionRange>>> {
        finding::selection_ranges(&self.context, params).await
    }

    async fn prepare_call_hierarchy(
        &self,
        params: CallHierarchyPrepareParams,
    ) -> Result<Option<Vec<CallHierarchyItem>>> {
        finding::prepare_calls(&self.context, params.text_document_position_params).await
    }

    async fn incoming_calls(
        &self,
        params: CallHierarchyIncomingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
        finding::incoming_calls(&self.context, params).await
    }

    async fn outgoing_calls(
        &self,
        params: CallHierarchyOutgoingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
        finding::outgoing_calls(&self.context, params).await
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        showing::hover_at(&self.context, params.text_document_position_params).await
    }

    async fn document_symbol(
        &self,
        params: DocumentSymbolParams,
    ) -> Result<Option<DocumentSymbolResponse>> {
        showing::outline(&self.context, params).await
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        showing::folds(&self.context, params).await
    }

    async fn document_link(&self, params: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
        showing::links(&self.context, params).await
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        showing::hints(&self.context, params).await
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        showing::lenses(&self.context, params).await
    }

    async fn diagnostic(
        &self,
        params: DocumentDiagnosticParams,
    ) -> Result<DocumentDiagnosticReportResult> {
        showing::diagnostics(&self.context, params).await
    }

    async fn semantic_tokens_full(
        &self,
        params: SemanticTokensParams,
    ) -> Result<Option<SemanticTokensResult>> {
        let tokens = showing::tokens(&self.context, &params.text_document.uri).await?;
        Ok(tokens.map(Into::into))
    }

    async fn semantic_tokens_full_delta(
        &self,
        params: SemanticTokensDeltaParams,
    ) -> Result<Option<SemanticTokensFullDeltaResult>> {
        showing::tokens_delta(&self.context, params).await
    }

    async fn semantic_tokens_range(
        &self,
        params: SemanticTokensRangeParams,
    ) -> Result<Option<SemanticTokensRangeResult>> {
        showing::tokens_range(&self.context, params).await
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        writing::complete(&self.context, params).await
    }

    async fn completion_resolve(&self, item: CompletionItem) -> Result<CompletionItem> {
        Ok(writing::resolve(&self.context, item))
    }

    async fn signature_help(&self, params: SignatureHelpParams) -> Result<Option<SignatureHelp>> {
        writing::signature_at(&self.context, params.text_document_position_params).await
    }

    async fn formatting(&self, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        writing::format_all(&self.context, params).await
    }

    async fn range_formatting(
        &self,
        params: DocumentRangeFormattingParams,
    ) -> Result<Option<Vec<TextEdit>>> {
        writing::format_some(&self.context, params).await
    }

    async fn on_type_formatting(
        &self,
        params: DocumentOnTypeFormattingParams,
    ) -> Result<Option<Vec<TextEdit>>> {
        writing::format_typed(&self.context, params).await
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        changing::actions(&self.context, params).await
    }

    async fn code_action_resolve(&self, action: CodeAction) -> Result<CodeAction> {
        changing::resolve(&self.context, action).await
    }

    async fn prepare_rename(
        &self,
        params: TextDocumentPositionParams,
    ) -> Result<Option<PrepareRenameResponse>> {
        changing::prepare_rename(&self.context, params).await
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        changing::rename_at(&self.context, params).await
    }
}
