//! What the client can do, and what its user has set.
//!
//! In: the parameters of `initialize` and `workspace/didChangeConfiguration`. Out: answers to
//! questions that the server has.

use std::path::PathBuf;

use serde_json::Value;
use tower_lsp::lsp_types::{ClientCapabilities, InitializeParams};

use super::convert;

/// What the client can do, as far as the server has a choice.
#[derive(Clone, Default, Debug)]
pub(super) struct Abilities {
    /// It tells about files that change on disk, if it is asked to.
    pub(super) watches: bool,
    /// It asks for the messages of open files.
    pub(super) pulls: bool,
    /// It asks for them anew when told to.
    pub(super) refreshes_diagnostics: bool,
    pub(super) refreshes_hints: bool,
    pub(super) refreshes_lenses: bool,
    /// It shows how work goes on.
    pub(super) shows_progress: bool,
    /// It asks for the edit of a code action once it is chosen.
    pub(super) resolves_edits: bool,
    /// The folders that it works in.
    pub(super) roots: Vec<PathBuf>,
}

impl Abilities {
    #[allow(deprecated, reason = "older clients have one root")]
    pub(super) fn of(params: &InitializeParams) -> Abilities {
        let all = serde_json::to_value(&params.capabilities).unwrap_or_default();
        let can = |path: &str| all.pointer(path) == Some(&Value::Bool(true));
        let folders = params.workspace_folders.iter().flatten().map(|folder| &folder.uri);
        let roots = folders.chain(&params.root_uri).map(convert::path);
        let mut roots: Vec<PathBuf> = roots.collect();
        roots.dedup();
        Abilities {
            watches: can("/workspace/didChangeWatchedFiles/dynamicRegistration"),
            pulls: pulls(&params.capabilities),
            refreshes_diagnostics: can("/workspace/diagnostic/refreshSupport"),
            refreshes_hints: can("/workspace/inlayHint/refreshSupport"),
            refreshes_lenses: can("/workspace/codeLens/refreshSupport"),
            shows_progress: can("/window/workDoneProgress"),
            resolves_edits: resolves_edits(&all),
            roots,
        }
    }
}

fn pulls(capabilities: &ClientCapabilities) -> bool {
    capabilities.text_document.as_ref().is_some_and(|document| document.diagnostic.is_some())
}

fn resolves_edits(all: &Value) -> bool {
    let list = all.pointer("/textDocument/codeAction/resolveSupport/properties");
    let data = all.pointer("/textDocument/codeAction/dataSupport") == Some(&Value::Bool(true));
    data && list.and_then(Value::as_array).is_some_and(|list| list.contains(&"edit".into()))
}

/// What the user has set.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Settings {
    /// `deed.verify.onSave`
    pub(super) verify_on_save: bool,
}

impl Settings {
    /// From `{ "verify": { "onSave": true } }`, or the same under `deed`; what is missing or of
    /// another form is as if it were not set.
    pub(super) fn of(value: &Value) -> Settings {
        let own = value.get("deed").unwrap_or(value);
        let on_save = own.pointer("/verify/onSave").and_then(Value::as_bool);
        Settings { verify_on_save: on_save.unwrap_or_default() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_are_read_in_either_form() {
        let on = Settings { verify_on_save: true };
        assert_eq!(Settings::of(&json!({ "verify": { "onSave": true } })), on);
        assert_eq!(Settings::of(&json!({ "deed": { "verify": { "onSave": true } } })), on);
        for other in [json!(null), json!({ "verify": 3 }), json!({ "deed": [] })] {
            assert_eq!(Settings::of(&other), Settings::default());
        }
    }

    #[test]
    fn abilities_are_what_the_client_says() {
        let params = json!({
            "rootUri": "file:///a",
            "capabilities": {
                "window": { "workDoneProgress": true },
                "textDocument": {
                    "diagnostic": {},
                    "codeAction": { "dataSupport": true, "resolveSupport": { "properties": ["edit"] } },
                },
            },
        });
        let params: InitializeParams = serde_json::from_value(params).expect("parameters");
        let found = Abilities::of(&params);
        assert!(found.pulls && found.shows_progress && found.resolves_edits);
        assert!(!found.watches && !found.refreshes_hints);
        assert_eq!(found.roots, [PathBuf::from("/a")]);
    }
}
