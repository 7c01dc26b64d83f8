//! How a run ends.
//!
//! In: results of subcommands. Out: exit codes.
//! Holds always: a run that could not do what was asked leaves with another code than 0, and says why.

use std::process::ExitCode;

use deed_base::{Code, Diagnostics, SourceMap};
use deed_package::{Problem, Refusal};

/// The exit codes that scripts rely on. A run that is interrupted ends by its signal, which a shell
/// shows as 130; a panic ends with 101.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Exit {
    Fine = 0,
    /// Diagnostics, failed tests, refuted properties, a failed transaction.
    Failed = 1,
    Usage = 2,
    /// A proof that could not be found, and no counterexample that was replayed.
    Undecided = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// What a subcommand gives back.
pub(crate) type Done = Result<Exit, Failure>;

/// Why a subcommand could not go on.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Something that has no place in a source.
    Plain(Trouble),
    /// Errors in sources or in a call, not printed yet.
    Sources { exit: Exit, sources: SourceMap, diagnostics: Diagnostics },
    /// Nobody reads standard output any more.
    Unread,
}

/// A problem in words: what is wrong and what to do about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Trouble {
    pub(crate) exit: Exit,
    pub(crate) code: Option<Code>,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Trouble {
    /// The command line asks for what cannot be.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Trouble { exit: Exit::Usage, code: None, message: message.into(), help: None }
    }

    /// The command line is fine, and yet it failed.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Trouble { exit: Exit::Failed, code: None, message: message.into(), help: None }
    }

    pub(crate) fn code(mut self, code: Code) -> Self {
        self.code = Some(code);
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Failure::Plain(trouble)
    }
}

impl From<Refusal> for Trouble {
    fn from(Refusal { code, message, help }: Refusal) -> Self {
        Trouble { exit: Exit::Failed, code: Some(code), message, help }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Failure::Plain(refusal.into())
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Plain(refusal) => refusal.into(),
            Problem::Placed { sources, diagnostics } => {
                Failure::Sources { exit: Exit::Failed, sources, diagnostics }
            }
        }
    }
}

/// Makes a panic a short message: it is a fault of ours, and no backtrace helps the user.
pub(crate) fn report_panics() {
    std::panic::set_hook(Box::new(|info| {
        let what = info.payload_as_str().unwrap_or("unknown cause");
        let place = info.location().map(|at| format!(" ({}:{})", at.file(), at.line()));
        eprintln!(
            "internal error: {what}{}\nThis is a fault of deed, not of your program. \
             Please report it with the input that shows it.",
            place.unwrap_or_default()
        );
    }));
}
