//! One file a subcommand.
//!
//! In: parsed arguments. Out: [`Done`].

pub(crate) mod abi;
pub(crate) mod accounts;
pub(crate) mod build;
pub(crate) mod call;
pub(crate) mod check;
pub(crate) mod deploy;
pub(crate) mod disasm;
pub(crate) mod doc;
pub(crate) mod events;
pub(crate) mod explain;
pub(crate) mod fmt;
pub(crate) mod history;
pub(crate) mod init;
pub(crate) mod lint;
pub(crate) mod lsp;
pub(crate) mod new;
pub(crate) mod query;
pub(crate) mod run;
pub(crate) mod solver;
pub(crate) mod test;
pub(crate) mod verify;

use crate::args::Command;
use crate::exit::Done;
use crate::terminal::Terminal;

pub(crate) fn run(command: Command, terminal: &Terminal) -> Done {
    match command {
        Command::New(new) => new.run(terminal),
        Command::Init(init) => init.run(terminal),
        Command::Check(check) => check.run(terminal),
        Command::Build(build) => build.run(terminal),
        Command::Run(run) => run.run(terminal),
        Command::Test(test) => test.run(terminal),
        Command::Verify(verify) => verify.run(terminal),
        Command::Doc(doc) => doc.run(terminal),
        Command::Explain(explain) => explain.run(terminal),
        Command::Fmt(fmt) => fmt.run(terminal),
        Command::Deploy(deploy) => deploy.run(terminal),
        Command::Call(call) => call.run(terminal),
        Command::Query(query) => query.run(terminal),
        Command::Events(events) => events.run(terminal),
        Command::History(history) => history.run(terminal),
        Command::Accounts(accounts) => accounts.run(terminal),
        Command::Disasm(disasm) => disasm.run(terminal),
        Command::Abi(abi) => abi.run(terminal),
        Command::Lint(lint) => lint.run(terminal),
        Command::Lsp(lsp) => lsp.run(),
        Command::Solver(solver) => solver.run(),
    }
}
