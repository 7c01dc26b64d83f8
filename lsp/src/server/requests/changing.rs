//! Changes of code: renaming, and the actions that are offered at a place.

use serde::{Deserialize, Serialize};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::*;

use super::answer;
use crate::features::assists::assists;
use crate::features::diagnostics::mendable;
use crate::features::rename::{prepare, rename};
use crate::server::context::{Context, refused};
use crate::server::state::{Cursor, Snapshot, span};

/// What an action is resolved by: its place, its name, and the text that it was offered for.
#[derive(Serialize, Deserialize)]
struct Offer {
    uri: Url,
    version: i32,
    range: Range,
    title: String,
}

pub(in crate::server) async fn prepare_rename(
    context: &Context,
    at: TextDocumentPositionParams,
) -> Result<Option<PrepareRenameResponse>> {
    let Cursor { snapshot, offset } = context.state.cursor(&at)?;
    let word = answer(snapshot, move |convert, source| {
        let word = prepare(convert.analysis, source, offset);
        word.map(|span| convert.range(span)).map_err(|refusal| refused(&refusal))
    });
    word.await?.map(|range| Some(PrepareRenameResponse::Range(range)))
}

pub(in crate::server) async fn rename_at(
    context: &Context,
    params: RenameParams,
) -> Result<Option<WorkspaceEdit>> {
    let Cursor { snapshot, offset } = context.state.cursor(&params.text_document_position)?;
    let edit = answer(snapshot, move |convert, source| {
        let changes = rename(convert.analysis, source, offset, &params.new_name);
        changes.map(|list| convert.workspace_edit(&list)).map_err(|refusal| refused(&refusal))
    });
    edit.await?.map(Some)
}

pub(in crate::server) async fn actions(
    context: &Context,
    params: CodeActionParams,
) -> Result<Option<CodeActionResponse>> {
    let uri = params.text_document.uri;
    let snapshot = context.state.snapshot(&uri)?;
    let wanted = params.context.only;
    let later = context.state.abilities().resolves_edits;
    let version = snapshot.document.version;
    let list = all(context, snapshot, params.range).await?.into_iter();
    let is_wanted = |action: &CodeAction| {
        let Some(wanted) = &wanted else { return true };
        let kind = action.kind.as_ref().map_or("", CodeActionKind::as_str);
        wanted.iter().any(|one| {
            kind.strip_prefix(one.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    };
    let offered = |action: CodeAction| {
        let title = action.title.clone();
        let offer = Offer { uri: uri.clone(), version, range: params.range, title };
        match serde_json::to_value(offer) {
            Ok(data) if later => CodeAction { edit: None, data: Some(data), ..action },
            _ => action,
        }
    };
    let list = list.filter(is_wanted).map(offered).map(CodeActionOrCommand::CodeAction);
    Ok(Some(list.collect()))
}

/// Adds the edit to an action that was offered without.
pub(in crate::server) async fn resolve(
    context: &Context,
    action: CodeAction,
) -> Result<CodeAction> {
    let offer = action.data.as_ref().and_then(|data| serde_json::from_value(data.clone()).ok());
    let Some(offer): Option<Offer> = offer else { return Ok(action) };
    let snapshot = context.state.snapshot(&offer.uri)?;
    if snapshot.document.version != offer.version {
        return Err(Error::content_modified());
    }
    let list = all(context, snapshot, offer.range).await?;
    let found = list.into_iter().find(|found| found.title == offer.title);
    let edit = found.and_then(|found| found.edit);
    Ok(CodeAction { edit: edit.or(action.edit.clone()), ..action })
}

/// Every action at a range with its edit.
async fn all(context: &Context, snapshot: Snapshot, range: Range) -> Result<Vec<CodeAction>> {
    let range = snapshot.offsets(range)?;
    let proofs = context.memory.proofs(&snapshot.place());
    answer(snapshot, move |convert, source| {
        let range = span(source, range);
        let messages = mendable(convert.analysis, range);
        let fixes = messages.iter().flat_map(|message| convert.fixes(message));
        let mut list: Vec<CodeAction> = fixes.collect();
        list.extend(assists(convert.analysis, range).iter().map(|assist| convert.assist(assist)));
        if let Some(proofs) = proofs.filter(|proofs| proofs.hold_for(convert.analysis)) {
            let tests = proofs.tests(range).into_iter();
            list.extend(tests.map(|(title, change)| convert.pasted_test(title, &change)));
        }
        list
    })
    .await
}
