//! The extension of Visual Studio Code: packaged, and tested against the server.
//!
//! In: `lsp/editors/vscode`, Node.js with npm. Out: `lsp/editors/vscode/deed.vsix`.
//! Holds always: what is installed is what the lock file says; nothing outside that folder changes.

use std::path::PathBuf;
use std::process::Command;

use crate::run;

/// What packages an extension needs it.
const OLDEST_NODE: u32 = 20;

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

pub(crate) fn folder() -> PathBuf {
    run::root().join("lsp/editors/vscode")
}

fn npm() -> Command {
    let mut command = Command::new("npm");
    command.current_dir(folder());
    command
}

/// Makes sure of Node.js.
fn node() -> Result<(), String> {
    if version("node").is_none() || version("npm").is_none() {
        crate::setup::install(&NODE_PACKAGES, "Node.js 20 with npm is missing")?;
    }
    match version("node") {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        Some(major) => Err(format!("Node.js {major} is too old; version {OLDEST_NODE} is needed")),
        None => Err("Node.js does not run".to_owned()),
    }
}

/// The first number of a program's version.
fn version(program: &str) -> Option<u32> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.trim().trim_start_matches('v').split('.').next()?.parse().ok()
}
