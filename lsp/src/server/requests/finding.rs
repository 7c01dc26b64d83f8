//! Finding one's way: declarations, uses, calls.

use deed_base::{SourceId, Span};
use deed_compiler::arena::FnId;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::request::{GotoDeclarationResponse, GotoImplementationResponse};
use tower_lsp::lsp_types::*;

use super::{answer, answer_by_syntax, answer_nearby};
use crate::features::call_hierarchy::{Calls, incoming, outgoing, prepare};
use crate::features::declaration::declaration;
use crate::features::definition::{Target, definition};
use crate::features::implementation::implementation;
use crate::features::references::{highlights, references};
use crate::features::selection::selection;
use crate::features::type_definition::type_definition;
use crate::server::context::Context;
use crate::server::convert::Convert;
use crate::server::state::Cursor;

type Params = TextDocumentPositionParams;

pub(in crate::server) async fn to_definition(
    context: &Context,
    at: Params,
) -> Result<Option<GotoDefinitionResponse>> {
    let Cursor { snapshot, offset } = context.state.cursor(&at)?;
    let find = move |convert: &Convert<'_>, source: SourceId| {
        let target: Target = definition(convert.analysis, source, offset)?;
        convert.location(target.name).map(GotoDefinitionResponse::Scalar)
    };
    answer_nearby(snapshot, find).await
}

pub(in crate::server) async fn to_declaration(
    context: &Context,
    at: Params,
) -> Result<Option<GotoDeclarationResponse>> {
    let Cursor { snapshot, offset } = context.state.cursor(&at)?;
    answer_nearby(snapshot, move |convert, source| {
        let target = declaration(convert.analysis, source, offset)?;
        convert.location(target.name).map(GotoDeclarationResponse::Scalar)
    })
    .await
}

pub(in crate::server) async fn to_type(
    context: &Context,
    at: Params,
) -> Result<Option<GotoDefinitionResponse>> {
    let Cursor { snapshot, offset } = context.state.cursor(&at)?;
    answer_nearby(snapshot, move |convert, source| {
        let targets = type_definition(convert.analysis, source, offset);
        let places = targets.iter().filter_map(|target| convert.location(target.name));
        Some(GotoDefinitionResponse::Array(places.collect()))
    })
    .await
}

pub(in crate::server) async fn to_implementation(
    context: &Context,
    at: Params,
) -> Result<Option<GotoImplementationResponse>> {
    let Cursor { snapshot, offset } = context.state.cursor(&at)?;
    answer(snapshot, move |convert, source| {
        let spans = implementation(convert.analysis, source, offset);
        let places = spans.iter().filter_map(|span| convert.location(*span));
        Some(GotoImplementationResponse::Array(places.collect()))
    })
    .await
}

pub(in crate::server) async fn all_references(
    context: &Context,
    params: ReferenceParams,
) -> Result<Option<Vec<Location>>> {
    let Cursor { snapshot, offset } = context.state.cursor(&params.text_document_position)?;
    let with_declaration = params.context.include_declaration;
    answer(snapshot, move |convert, source| {
        let spans = references(convert.analysis, source, offset, with_declaration);
        Some(spans.into_iter().filter_map(|span| convert.location(span)).collect())
    })
    .await
}

pub(in crate::server) async fn document_highlight(
    context: &Context,
    at: Params,
) -> Result<Option<Vec<DocumentHighlight>>> {
    let Cursor { snapshot, offset } = context.state.cursor(&at)?;
    answer_nearby(snapshot, move |convert, source| {
        let found = highlights(convert.analysis, source, offset);
        Some(found.iter().map(|one| convert.highlight(one)).collect())
    })
    .await
}

pub(in crate::server) async fn selection_ranges(
    context: &Context,
    params: SelectionRangeParams,
) -> Result<Option<Vec<SelectionRange>>> {
    let snapshot = context.state.snapshot(&params.text_document.uri)?;
    let offsets = params.positions.into_iter().map(|at| snapshot.offset(at));
    let offsets = offsets.collect::<Result<Vec<u32>>>()?;
    answer_by_syntax(snapshot, move |convert, source| {
        let chain = |offset: u32| {
            let mut spans = selection(convert.analysis, source, offset);
            spans.reverse();
            let link = |parent: Option<Box<SelectionRange>>, span: Span| {
                Some(Box::new(SelectionRange { range: convert.range(span), parent }))
            };
            spans.into_iter().fold(None, link).map(|innermost| *innermost)
        };
        Some(offsets.into_iter().filter_map(chain).collect())
    })
    .await
}

pub(in crate::server) async fn prepare_calls(
    context: &Context,
    at: Params,
) -> Result<Option<Vec<CallHierarchyItem>>> {
    let Cursor { snapshot, offset } = context.state.cursor(&at)?;
    answer(snapshot, move |convert, source| {
        let function = prepare(convert.analysis, source, offset)?;
        Some(vec![convert.call_item(function)?])
    })
    .await
}

/// The function that an item speaks of, and the calls that are asked for.
async fn calls<T: Send + 'static>(
    context: &Context,
    item: &CallHierarchyItem,
    find: fn(&crate::analysis::Analysis, FnId) -> Vec<Calls>,
    show: fn(&Convert<'_>, Calls) -> Option<T>,
) -> Result<Option<Vec<T>>> {
    let document = TextDocumentIdentifier { uri: item.uri.clone() };
    let at = TextDocumentPositionParams::new(document, item.selection_range.start);
    let Cursor { snapshot, offset } = context.state.cursor_anywhere(&at)?;
    answer(snapshot, move |convert, source| {
        let function = prepare(convert.analysis, source, offset)?;
        let found = find(convert.analysis, function).into_iter();
        Some(found.filter_map(|calls| show(convert, calls)).collect())
    })
    .await
}

pub(in crate::server) async fn incoming_calls(
    context: &Context,
    params: CallHierarchyIncomingCallsParams,
) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
    calls(context, &params.item, incoming, |convert, calls| {
        let from = convert.call_item(calls.function)?;
        let from_ranges = calls.places.iter().map(|span| convert.range(*span)).collect();
        Some(CallHierarchyIncomingCall { from, from_ranges })
    })
    .await
}

pub(in crate::server) async fn outgoing_calls(
    context: &Context,
    params: CallHierarchyOutgoingCallsParams,
) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
    calls(context, &params.item, outgoing, |convert, calls| {
        let to = convert.call_item(calls.function)?;
        let from_ranges = calls.places.iter().map(|span| convert.range(*span)).collect();
        Some(CallHierarchyOutgoingCall { to, from_ranges })
    })
    .await
}
