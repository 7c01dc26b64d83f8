//! Starts `deed lsp` for Zed.
//!
//! In: a worktree and its settings. Out: the command of the language server, and its options.
//! Holds always: nothing is downloaded.

use zed_extension_api::settings::LspSettings;
use zed_extension_api::{self as zed, serde_json, LanguageServerId, Result, Worktree};

/// Under which the server stands in `extension.toml` and in settings.
const SERVER: &str = "deed";

struct Deed;

impl zed::Extension for Deed {
    fn new() -> Self {
        Deed
    }

    /// `deed` as the settings name it (`lsp.deed.binary`), or of the path.
    fn language_server_command(
        &mut self,
        _: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<zed::Command> {
        let set =
            LspSettings::for_worktree(SERVER, worktree)?.binary.and_then(|binary| binary.path);
        let command = set.or_else(|| worktree.which("deed"));
        let missing = "`deed` is not on the path; set `lsp.deed.binary.path` to where it lies";
        Ok(zed::Command {
            command: command.ok_or(missing)?,
            args: vec!["lsp".into()],
            env: worktree.shell_env(),
        })
    }

    /// `lsp.deed.initialization_options`, such as `{ "verify": { "onSave": true } }`.
    fn language_server_initialization_options(
        &mut self,
        _: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<serde_json::Value>> {
        Ok(LspSettings::for_worktree(SERVER, worktree)?.initialization_options)
    }
}

zed::register_extension!(Deed);
