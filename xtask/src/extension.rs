//! The extension of Visual Studio Code: packaged, and tested against the server.
//!
//! In: `lsp/editors/vscode`, Node.js with npm. Out: `lsp/editors/vscode/deed.vsix`.
//! Holds always: what is installed is what the lock file says; nothing outside that folder changes.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::run;

/// Debian's packages for a machine without Node.js.
const NODE_PACKAGES: [&str; 2] = ["nodejs", "npm"];

/// Installs what the extension is made of, and packages it.
///
/// # Errors
/// Node.js is missing and cannot be installed, or one of its programs failed.
pub(crate) fn package() -> Result<(), String> {
    node()?;
    run::succeed(npm().arg("ci"))?;
    run::succeed(npm().args(["run", "package"]))?;
    eprintln!("extension: {}", folder().join("deed.vsix").display());
    Ok(())
}

/// Packages the extension, and runs its tests with the `deed` of this tree.
///
/// # Errors
/// As [`package`], or a test failed.
pub(crate) fn test() -> Result<(), String> {
    package()?;
    run::succeed(run::cargo().args(["build", "--quiet", "--package", "deed"]))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
    let deed = run::root().join(target).join("debug/deed");
    run::succeed(npm().args(["test"]).env("DEED", deed))
}

fn folder() -> PathBuf {
    run::root().join("lsp/editors/vscode")
}

fn npm() -> Command {
    let mut command = Command::new("npm");
    command.current_dir(folder());
    command
}

/// Makes sure of Node.js.
fn node() -> Result<(), String> {
    let is_there = |program: &str| {
        let mut command = Command::new(program);
        command.arg("--version").stdout(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    if is_there("node") && is_there("npm") {
        return Ok(());
    }
    crate::setup::install(&NODE_PACKAGES, "Node.js 20 or newer is missing")
}
