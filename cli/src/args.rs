//! What may be written behind `deed`.
//!
//! In: the process's arguments. Out: [`Cli`].
//! Holds always: an option means the same for every subcommand that has it.

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use crate::commands::{
    abi::Abi, accounts::Accounts, build::Build, call::Call, check::Check, deploy::Deploy,
    disasm::Disasm, doc::Doc, events::Events, explain::Explain, fmt::Fmt, history::History,
    init::Init, lint::Lint, lsp::Lsp, new::New, query::Query, run::Run, solver::Solver, test::Test,
    verify::Verify,
};

/// Deed: contracts that hold other people's money and records.
#[derive(Parser)]
#[command(name = "deed", version, propagate_version = true, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) globals: Globals,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  deed new vault            a package that builds, verifies and runs as it stands
  deed check vault          its errors, if any
  deed test                 its tests
  deed verify vault         proofs of what it promises
  deed run vault --call 'count(5) from bob' --call 'current()'
  deed deploy vault         on a ledger that lasts, in .deed/ledger
  deed explain E0901        what a code means and how to mend it

Exit codes:
  0 fine   1 errors, or a failed transaction   2 wrong usage   3 undecided proof
  101 a fault of deed itself   130 interrupted";

/// Options of every subcommand.
#[derive(Args)]
pub(crate) struct Globals {
    /// The form of messages, which go to standard error.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) message_format: Format,
    /// Colour in messages; `auto` is a terminal without NO_COLOR.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: When,
    /// Say nothing but errors.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say more; twice for still more.
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub(crate) enum Format {
    /// The source excerpt with the places marked.
    #[default]
    Human,
    /// One line: `path:line:column: error[E0301]: message`.
    Short,
    /// One JSON object a line.
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub(crate) enum When {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    New(New),
    Init(Init),
    Check(Check),
    Build(Build),
    Run(Run),
    Test(Test),
    Verify(Verify),
    Deploy(Deploy),
    Call(Call),
    Query(Query),
    Events(Events),
    History(History),
    #[command(visible_alias = "keys")]
    Accounts(Accounts),
    Doc(Doc),
    Explain(Explain),
    Fmt(Fmt),
    Lint(Lint),
    Disasm(Disasm),
    Abi(Abi),
    Lsp(Lsp),
    #[command(hide = true)]
    Solver(Solver),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_declaration_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_subcommand_shows_examples() {
        for command in Cli::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let call = format!("deed {}", command.get_name());
            assert!(help.contains("Examples:"), "`{call}` shows no examples");
            assert!(help.contains(&call), "the examples of `{call}` do not call it");
        }
    }
}
