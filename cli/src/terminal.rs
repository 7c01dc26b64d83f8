//! The only place that prints.
//!
//! In: data, talk, failures. Out: data on standard output; everything else on standard error.
//! Holds always: no colour reaches a pipe or a file unless asked for; a closed pipe ends the run
//! in silence.

use std::fmt::Display;
use std::io::{ErrorKind, IsTerminal, Write, stderr, stdout};

use deed_base::{Diagnostics, MessageFormat, SourceMap, render_all};
use serde::Serialize;
use serde_json::json;

use crate::args::{Format, Globals, When};
use crate::exit::{Exit, Failure, Trouble};

pub(crate) struct Terminal {
    format: Format,
    color: bool,
    /// -1 quiet, 0 as usual, above: more.
    verbosity: i8,
}

impl Terminal {
    pub(crate) fn new(globals: &Globals) -> Self {
        let color = match globals.color {
            When::Always => true,
            When::Never => false,
            When::Auto => wants_color(),
        };
        let verbosity = if globals.quiet { -1 } else { globals.verbose.min(9) as i8 };
        Terminal { format: globals.message_format, color, verbosity }
    }

    /// Prints a result: `text` as it stands, with a newline at its end.
    pub(crate) fn data(&self, text: impl Display) -> Result<(), Failure> {
        let text = text.to_string();
        let end = if text.ends_with('\n') { "" } else { "\n" };
        let mut out = stdout().lock();
        match out.write_all(format!("{text}{end}").as_bytes()).and_then(|()| out.flush()) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::Unread),
            Err(error) => {
                Err(Trouble::failed(format!("standard output cannot be written: {error}")).into())
            }
        }
    }

    /// Prints a result as JSON on one line; members keep their order.
    pub(crate) fn json(&self, value: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string(value);
        self.data(text.map_err(|error| Trouble::failed(format!("no JSON: {error}")))?)
    }

    /// Says what has been done; silent under `-q` and in JSON.
    pub(crate) fn talk(&self, text: impl Display) {
        if self.verbosity >= 0 && self.format != Format::Json {
            say(&format!("{text}\n"));
        }
    }

    /// Shows how far it is, on a line that the next one replaces; only where somebody looks on.
    pub(crate) fn passing(&self, text: &str) {
        if self.verbosity >= 0 && self.format == Format::Human && stderr().is_terminal() {
            say(&format!("\r\u{1b}[K{text}"));
        }
    }

    /// Prints messages about sources, in source order.
    pub(crate) fn diagnostics(&self, diagnostics: &Diagnostics, sources: &SourceMap) {
        say(&render_all(&diagnostics.sorted(), sources, self.message_format()));
    }

    /// Prints why the run ends, and how.
    pub(crate) fn failure(&self, failure: &Failure) -> Exit {
        match failure {
            Failure::Plain(trouble) => {
                say(&self.trouble(trouble));
                trouble.exit
            }
            Failure::Sources { exit, sources, diagnostics } => {
                self.diagnostics(diagnostics, sources);
                *exit
            }
            Failure::Unread => Exit::Fine,
        }
    }

    fn trouble(&self, trouble: &Trouble) -> String {
        let id = trouble.code.map(|code| code.id);
        let Trouble { message, help, .. } = trouble;
        if self.format == Format::Json {
            let value = json!({
                "code": id, "severity": "error", "title": trouble.code.map(|code| code.title),
                "message": message, "spans": [], "notes": [], "help": help, "fixes": [],
            });
            return format!("{value}\n");
        }
        let label = id.map_or("error".to_owned(), |id| format!("error[{id}]"));
        let label = if self.color { format!("\u{1b}[31m{label}\u{1b}[0m") } else { label };
        match help {
            Some(help) if self.format == Format::Human => {
                format!("{label}: {message}\nhelp: {help}\n")
            }
            _ => format!("{label}: {message}\n"),
        }
    }

    fn message_format(&self) -> MessageFormat {
        match self.format {
            Format::Human => MessageFormat::Human { color: self.color },
            Format::Short => MessageFormat::Short,
            Format::Json => MessageFormat::Json,
        }
    }
}

fn wants_color() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !refused && stderr().is_terminal()
}

/// Writes to standard error; when that is closed there is nobody left to tell.
fn say(text: &str) {
    let _ = stderr().lock().write_all(text.as_bytes());
}
