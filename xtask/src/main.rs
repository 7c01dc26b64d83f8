//! `cargo xtask`: sets up what a machine lacks, then demonstrates or tests.
//!
//! In: a task's name and its arguments. Out: the task's effect, told on standard error, and exit
//! code 0, 1 if the task failed, or 2 if there is no such task. It must not depend on the crates
//! it builds, so that it runs on a machine that cannot build them yet.

use std::env;
use std::process::ExitCode;

mod demo;
mod run;
mod setup;

const USAGE: &str = "\
usage: cargo xtask TASK

  setup         install what the build needs and this machine lacks
  demo          setup, build `deed`, and run a contract through every stage
  test [ARGS]   setup, and run all tests (`cargo test --workspace ARGS`)
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["setup"] => setup::setup(),
        ["demo"] => setup::setup().and_then(|()| demo::demo()),
        ["test", arguments @ ..] => setup::setup().and_then(|()| test(arguments)),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(if matches!(arguments[..], ["help" | "--help"]) {
                0
            } else {
                2
            });
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn test(arguments: &[&str]) -> Result<(), String> {
    run::succeed(run::cargo().args(["test", "--workspace"]).args(arguments))
}
