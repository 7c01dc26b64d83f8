//! What stands beside the code: colours, folds, hints, lenses, links, messages, outlines.

use std::sync::Arc;

use deed_base::Span;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::*;

use super::{answer, answer_by_syntax, answer_nearby};
use crate::features::code_lenses::code_lenses;
use crate::features::document_links::document_links;
use crate::features::folding::folding;
use crate::features::highlighting::highlighting;
use crate::features::hover::hover;
use crate::features::inlay_hints::inlay_hints;
use crate::features::symbols::symbols;
use crate::server::context::Context;
use crate::server::convert;
use crate::server::state::{Cursor, span};

pub(in crate::server) async fn hover_at(
    context: &Context,
    at: TextDocumentPositionParams,
) -> Result<Option<Hover>> {
    let Cursor { snapshot, offset } = context.state.cursor(&at)?;
    let gas = context.memory.gas(&snapshot.place());
    answer_nearby(snapshot, move |convert, source| {
        let gas = gas.as_deref().filter(|gas| gas.holds_for(convert.analysis));
        hover(convert.analysis, source, offset, gas).map(|hover| convert.hover(hover))
    })
    .await
}

pub(in crate::server) async fn outline(
    context: &Context,
    params: DocumentSymbolParams,
) -> Result<Option<DocumentSymbolResponse>> {
    let snapshot = context.state.snapshot(&params.text_document.uri)?;
    answer_by_syntax(snapshot, |convert, source| {
        let declarations = symbols(convert.analysis.module(source)?);
        let list = declarations.iter().map(|d| convert.symbol(d)).collect();
        Some(DocumentSymbolResponse::Nested(list))
    })
    .await
}

pub(in crate::server) async fn folds(
    context: &Context,
    params: FoldingRangeParams,
) -> Result<Option<Vec<FoldingRange>>> {
    let snapshot = context.state.snapshot(&params.text_document.uri)?;
    answer_by_syntax(snapshot, |convert, source| {
        Some(folding(convert.analysis, source).into_iter().map(convert::fold).collect())
    })
    .await
}

pub(in crate::server) async fn links(
    context: &Context,
    params: DocumentLinkParams,
) -> Result<Option<Vec<DocumentLink>>> {
    let snapshot = context.state.snapshot(&params.text_document.uri)?;
    answer_nearby(snapshot, |convert, source| {
        let links = document_links(convert.analysis, source).into_iter();
        let link = |link: crate::features::document_links::Link| DocumentLink {
            range: convert.range(link.span),
            target: convert.url(link.target),
            tooltip: None,
            data: None,
        };
        Some(links.map(link).collect())
    })
    .await
}

pub(in crate::server) async fn hints(
    context: &Context,
    params: InlayHintParams,
) -> Result<Option<Vec<InlayHint>>> {
    let snapshot = context.state.snapshot(&params.text_document.uri)?;
    let range = snapshot.offsets(params.range)?;
    let place = snapshot.place();
    let (proofs, gas) = (context.memory.proofs(&place), context.memory.gas(&place));
    answer(snapshot, move |convert, source| {
        let range = span(source, range);
        let mut hints = inlay_hints(convert.analysis, range);
        if let Some(proofs) = proofs.filter(|proofs| proofs.hold_for(convert.analysis)) {
            hints.extend(proofs.hints(range));
        }
        if let Some(gas) = gas.filter(|gas| gas.holds_for(convert.analysis)) {
            hints.extend(gas.hints(range));
        }
        Some(hints.into_iter().map(|hint| convert.hint(hint)).collect())
    })
    .await
}

pub(in crate::server) async fn lenses(
    context: &Context,
    params: CodeLensParams,
) -> Result<Option<Vec<CodeLens>>> {
    let uri = params.text_document.uri;
    let snapshot = context.state.snapshot(&uri)?;
    let place = snapshot.place();
    let (proofs, gas) = (context.memory.proofs(&place), context.memory.gas(&place));
    answer(snapshot, move |convert, source| {
        let proofs = proofs.filter(|proofs| proofs.hold_for(convert.analysis));
        let lenses = code_lenses(convert.analysis, source).into_iter();
        let mut list: Vec<CodeLens> =
            lenses.map(|lens| convert.lens(lens, &uri, proofs.as_deref())).collect();
        if let Some(gas) = gas.filter(|gas| gas.holds_for(convert.analysis)) {
            list.extend(convert.gas_lenses(source, &gas));
        }
        Some(list)
    })
    .await
}

pub(in crate::server) async fn tokens(
    context: &Context,
    uri: &Url,
) -> Result<Option<SemanticTokens>> {
    let (snapshot, memory) = (context.state.snapshot(uri)?, context.memory.clone());
    let path = snapshot.path.clone();
    answer_nearby(snapshot, move |convert, source| {
        let data = convert.semantic_tokens(&highlighting(convert.analysis, source));
        let result_id = Some(memory.keep_tokens(&path, Arc::new(data.clone())));
        Some(SemanticTokens { result_id, data })
    })
    .await
}

pub(in crate::server) async fn tokens_delta(
    context: &Context,
    params: SemanticTokensDeltaParams,
) -> Result<Option<SemanticTokensFullDeltaResult>> {
    let uri = params.text_document.uri;
    let path = convert::path(&uri);
    let before = context.memory.tokens(&path, &params.previous_result_id);
    let Some(after) = tokens(context, &uri).await? else { return Ok(None) };
    let Some(before) = before else { return Ok(Some(after.into())) };
    let edits = convert::token_edits(&before, &after.data);
    let delta = SemanticTokensDelta { result_id: after.result_id, edits };
    Ok(Some(SemanticTokensFullDeltaResult::TokensDelta(delta)))
}

pub(in crate::server) async fn tokens_range(
    context: &Context,
    params: SemanticTokensRangeParams,
) -> Result<Option<SemanticTokensRangeResult>> {
    let snapshot = context.state.snapshot(&params.text_document.uri)?;
    let (start, end) = snapshot.offsets(params.range)?;
    answer_nearby(snapshot, move |convert, source| {
        let mut words = highlighting(convert.analysis, source);
        words.retain(|word| {
            let Span { start: from, end: to, .. } = word.span;
            start < to && from < end
        });
        let data = convert.semantic_tokens(&words);
        Some(SemanticTokens { result_id: None, data }.into())
    })
    .await
}

/// The messages of an open file, for a client that asks for them.
pub(in crate::server) async fn diagnostics(
    context: &Context,
    params: DocumentDiagnosticParams,
) -> Result<DocumentDiagnosticReportResult> {
    let snapshot = context.state.snapshot(&params.text_document.uri)?;
    let proofs = context.memory.proofs(&snapshot.place());
    let report = answer(snapshot, move |convert, source| {
        let items = convert.diagnostics(source, proofs.as_deref());
        let report = FullDocumentDiagnosticReport { result_id: None, items };
        let full = RelatedFullDocumentDiagnosticReport {
            related_documents: None,
            full_document_diagnostic_report: report,
        };
        DocumentDiagnosticReportResult::Report(DocumentDiagnosticReport::Full(full))
    });
    report.await
}
