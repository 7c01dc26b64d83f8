//! Runs a transcript of shell commands and stops where one does not end as the transcript says.
//!
//! In: `demo.txt`. Out: its text with the output of each command below it. Of the transcript's
//! lines, `$ ` begins a command, which goes on while lines end in `\`; `=> N` says that the
//! command before it leaves with exit code N, not 0; any other line is a remark.

use std::env;
use std::ffi::OsString;
use std::process::Command;

use crate::run;

const TRANSCRIPT: &str = include_str!("../demo.txt");

#[derive(Debug, PartialEq, Eq)]
enum Entry {
    Remark(String),
    Command { text: String, exit_code: i32 },
}

/// Builds `deed` and shows it at work.
///
/// # Errors
/// The build fails, or a command leaves with another exit code than the transcript says.
pub(crate) fn demo() -> Result<(), String> {
    run::succeed(run::cargo().args(["build", "--quiet", "--package", "deed"]))?;
    let path = path_with_deed()?;
    for entry in parse(TRANSCRIPT)? {
        match entry {
            Entry::Remark(text) => eprintln!("{text}"),
            Entry::Command { text, exit_code } => show(&text, exit_code, &path)?,
        }
    }
    Ok(())
}

fn show(text: &str, expected: i32, path: &OsString) -> Result<(), String> {
    eprintln!("$ {text}");
    let mut shell = Command::new("sh");
    shell.args(["-c", text]).env("PATH", path).current_dir(run::root());
    match run::exit_code(&mut shell)? {
        code if code == expected => Ok(()),
        code => Err(format!("exit code {code} where the demo expects {expected}: {text}")),
    }
}

/// The search path with the folder where cargo puts `deed`, the same as this program's, in front.
fn path_with_deed() -> Result<OsString, String> {
    let own = env::current_exe().map_err(|error| format!("where is this program? {error}"))?;
    let built = own.parent().map(|folder| folder.to_owned());
    let before = env::var_os("PATH").unwrap_or_default();
    env::join_paths(built.into_iter().chain(env::split_paths(&before)))
        .map_err(|error| error.to_string())
}

fn parse(transcript: &str) -> Result<Vec<Entry>, String> {
    let mut entries = Vec::new();
    let mut lines = transcript.lines();
    while let Some(line) = lines.next() {
        if let Some(first) = line.strip_prefix("$ ") {
            let mut text = first.to_owned();
            while text.ends_with('\\') {
                let next = lines.next().ok_or("the transcript ends within a command")?;
                text = format!("{text}\n{next}");
            }
            entries.push(Entry::Command { text, exit_code: 0 });
        } else if let Some(code) = line.strip_prefix("=> ") {
            let Some(Entry::Command { exit_code, .. }) = entries.last_mut() else {
                return Err(format!("no command before `{line}`"));
            };
            *exit_code = code.parse().map_err(|_| format!("no exit code: `{line}`"))?;
        } else {
            entries.push(Entry::Remark(line.to_owned()));
        }
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(text: &str, exit_code: i32) -> Entry {
        Entry::Command { text: text.to_owned(), exit_code }
    }

    #[test]
    fn a_transcript_is_remarks_commands_and_exit_codes() {
        let entries = parse("First.\n$ a \\\n  b\n=> 3\n$ c\n");
        let expected =
            [Entry::Remark("First.".to_owned()), command("a \\\n  b", 3), command("c", 0)];
        assert_eq!(entries.as_deref(), Ok(&expected[..]));
    }

    #[test]
    fn a_transcript_with_a_dangling_line_is_an_error() {
        assert!(parse("=> 1\n").is_err());
        assert!(parse("$ a \\").is_err());
        assert!(parse("$ a\n=> one\n").is_err());
    }

    #[test]
    fn the_transcript_of_the_demo_is_well_formed() {
        let entries = parse(TRANSCRIPT).expect("well-formed");
        assert!(entries.iter().any(|entry| matches!(entry, Entry::Command { .. })));
    }
}
