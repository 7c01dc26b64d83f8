//! Help while writing: completion, signatures, formatting.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::*;

use super::{answer_by_syntax, answer_nearby};
use crate::features::completion::completion;
use crate::features::format::{Change, format, format_range};
use crate::features::imports::import;
use crate::features::on_type::on_type;
use crate::features::signature::signature;
use crate::server::context::Context;
use crate::server::convert::{self, Convert};
use crate::server::state::{Cursor, span};

/// Which item of which list; what an item is resolved by.
#[derive(Serialize, Deserialize)]
struct Place {
    list: u64,
    item: usize,
}

pub(in crate::server) async fn complete(
    context: &Context,
    params: CompletionParams,
) -> Result<Option<CompletionResponse>> {
    let Cursor { snapshot, offset } = context.state.cursor(&params.text_document_position)?;
    let memory = context.memory.clone();
    answer_nearby(snapshot, move |convert, source| {
        let found = completion(convert.analysis, source, offset);
        let range = convert.range(found.word);
        let items = Arc::new(found.items);
        let list = memory.keep_completion(items.clone());
        let items = items.iter().enumerate().map(|(item, entry)| {
            let module = entry.import.as_deref();
            let change = module.and_then(|m| import(convert.analysis, source, m, &entry.label));
            let data = serde_json::to_value(Place { list, item }).ok();
            let edits = change.map(|change| vec![convert.text_edit(&change)]);
            CompletionItem {
                additional_text_edits: edits,
                data,
                ..convert::completion_item(entry, range)
            }
        });
        // What would be imported depends on the letters typed so far.
        let list = CompletionList { is_incomplete: true, items: items.collect() };
        Some(CompletionResponse::List(list))
    })
    .await
}

/// Adds what is worth reading about an item; one of an older list stays as it is.
pub(in crate::server) fn resolve(context: &Context, item: CompletionItem) -> CompletionItem {
    let place: Option<Place> =
        item.data.as_ref().and_then(|data| serde_json::from_value(data.clone()).ok());
    let found =
        place.and_then(|place| context.memory.completion(place.list)?.get(place.item).cloned());
    match found.filter(|found| found.label == item.label) {
        Some(found) => CompletionItem { documentation: convert::docs(found.docs), ..item },
        None => item,
    }
}

pub(in crate::server) async fn signature_at(
    context: &Context,
    at: TextDocumentPositionParams,
) -> Result<Option<SignatureHelp>> {
    let Cursor { snapshot, offset } = context.state.cursor(&at)?;
    answer_nearby(snapshot, move |convert, source| {
        signature(convert.analysis, source, offset).map(convert::signature)
    })
    .await
}

fn edits(convert: &Convert<'_>, changes: &[Change]) -> Vec<TextEdit> {
    changes.iter().map(|change| convert.text_edit(change)).collect()
}

pub(in crate::server) async fn format_all(
    context: &Context,
    params: DocumentFormattingParams,
) -> Result<Option<Vec<TextEdit>>> {
    let snapshot = context.state.snapshot(&params.text_document.uri)?;
    answer_by_syntax(snapshot, |convert, source| {
        let change = format(convert.analysis.source(source));
        Some(edits(convert, change.as_slice()))
    })
    .await
}

pub(in crate::server) async fn format_some(
    context: &Context,
    params: DocumentRangeFormattingParams,
) -> Result<Option<Vec<TextEdit>>> {
    let snapshot = context.state.snapshot(&params.text_document.uri)?;
    let range = snapshot.offsets(params.range)?;
    answer_by_syntax(snapshot, move |convert, source| {
        Some(edits(convert, &format_range(convert.analysis, span(source, range))))
    })
    .await
}

pub(in crate::server) async fn format_typed(
    context: &Context,
    params: DocumentOnTypeFormattingParams,
) -> Result<Option<Vec<TextEdit>>> {
    let Cursor { snapshot, offset } = context.state.cursor(&params.text_document_position)?;
    answer_by_syntax(snapshot, move |convert, source| {
        Some(edits(convert, &on_type(convert.analysis, source, offset, &params.ch)))
    })
    .await
}
