//! The recipes of the book for editors, tried in the editors themselves.
//!
//! In: `docs/editors.md`, Emacs and Neovim, installed where they can be. Out: an error where one does
//! not show what the server says.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::{run, setup};

/// Debian's packages; its Emacs is older than the first that brought eglot along.
const PACKAGES: [&str; 3] = ["emacs-nox", "elpa-eglot", "neovim"];

/// Opens a file with a mistake in each editor, with the `deed` of this tree.
///
/// # Errors
/// An editor is missing and cannot be installed, or its recipe does not work.
pub(crate) fn check() -> Result<(), String> {
    if ["emacs", "nvim"].iter().any(|program| !is_there(program)) {
        setup::install(&PACKAGES, "Emacs with eglot, or Neovim, is missing")?;
    }
    run::succeed(run::cargo().args(["build", "--quiet", "--package", "deed"]))?;
    let path = env::var_os("PATH").unwrap_or_default();
    let target = env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
    let own = run::root().join(target).join("debug");
    let path = env::join_paths([own].into_iter().chain(env::split_paths(&path)))
        .map_err(|why| format!("the path cannot be set: {why}"))?;
    let editors = run::root().join("lsp/editors");
    let emacs = ["--batch", "-Q", "-l", "emacs/check.el"];
    let neovim = ["--headless", "-u", "NONE", "-c", "luafile neovim/check.lua"];
    for (program, arguments) in [("emacs", &emacs[..]), ("nvim", &neovim[..])] {
        let mut editor = Command::new(program);
        editor.args(arguments).current_dir(&editors).env("PATH", &path);
        run::succeed(&mut editor)?;
    }
    Ok(())
}

fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}
