//! `deed`: the one command line of Deed.
//!
//! In: arguments, files, environment. Out: data on standard output, talk on standard error, and an
//! exit code of [`exit::Exit`].
//! Holds always: this crate does all reading, writing and printing; what it calls computes.

mod args;
mod commands;
mod compile;
mod emit;
mod engine;
mod execution;
mod exit;
mod files;
mod flame;
mod front;
mod html;
mod local;
mod request;
mod script;
mod terminal;
mod unsaved;

use std::process::ExitCode;

use clap::Parser;

use args::Cli;
use deed_allocator::Allocator;
use terminal::Terminal;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

fn main() -> ExitCode {
    exit::report_panics();
    let cli = Cli::parse();
    let terminal = Terminal::new(&cli.globals);
    let exit = match commands::run(cli.command, &terminal) {
        Ok(exit) => exit,
        Err(failure) => terminal.failure(&failure),
    };
    exit.into()
}
