//! Runs other programs from the root of the workspace.
//!
//! In: a command. Out: its effect, or an error that names the command.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the workspace.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// The cargo that runs this task, to be called from the root.
pub(crate) fn cargo() -> Command {
    let cargo = env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
    let mut command = Command::new(cargo);
    command.current_dir(root());
    command
}

/// Runs `command` with this process's standard streams and returns its exit code.
///
/// # Errors
/// It cannot be started, or a signal ended it.
pub(crate) fn exit_code(command: &mut Command) -> Result<i32, String> {
    let name = Path::new(command.get_program()).display().to_string();
    let status = command.status().map_err(|error| format!("could not run {name}: {error}"))?;
    status.code().ok_or_else(|| format!("{name} was ended by a signal"))
}

/// Runs `command`, which has to succeed.
///
/// # Errors
/// As [`exit_code`], or its exit code is not 0.
pub(crate) fn succeed(command: &mut Command) -> Result<(), String> {
    match exit_code(command)? {
        0 => Ok(()),
        code => {
            let name = Path::new(command.get_program()).display();
            let arguments: Vec<_> =
                command.get_args().map(|argument| argument.to_string_lossy()).collect();
            Err(format!("`{name} {}` left with exit code {code}", arguments.join(" ")))
        }
    }
}
