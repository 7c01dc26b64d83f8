//! The sessions of the README and of the book, run as they stand.
//!
//! A fence with `file=NAME` is a file; a "console" fence is a session in the folder of its page's files, where each
//! line behind `$ ` is a command and what follows is all that it prints. A session of an example's page finds
//! a copy of the examples there. `BLESS=1` writes what is
//! printed now into the pages; continuous integration must not.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use crate::support::root;

/// Every page with sessions.
const PAGES: [&str; 13] = [
    "README.md",
    "README.zh-CN.md",
    "docs/cli.md",
    "docs/for-solidity-move-rust.md",
    "docs/gas.md",
    "docs/language.md",
    "docs/messages.md",
    "docs/proving.md",
    "docs/testing.md",
    "docs/tour.md",
    "docs/vectors.md",
    "docs/verification.md",
    "examples/receivable/README.md",
];

#[test]
fn pages_show_what_happens() {
    let shown = thread::scope(|scope| {
        let replays = PAGES.map(|page| scope.spawn(move || shows_what_happens(page)));
        replays.map(|replay| replay.join().unwrap_or(false))
    });
    let pages = PAGES.into_iter().zip(shown);
    let changed: Vec<&str> = pages.filter(|(_, shown)| !shown).map(|(page, _)| page).collect();
    assert!(changed.is_empty(), "{changed:?} show something else; `BLESS=1` renews them");
}

/// Runs the sessions of a page; whether they print what it shows.
fn shows_what_happens(page: &str) -> bool {
    let path = root().join(page);
    let text = fs::read_to_string(&path).expect("the page can be read");
    let folder = tempfile::tempdir().expect("a folder for the session");
    if page.starts_with("examples/") {
        copy(&root().join("examples"), &folder.path().join("examples"));
    }
    let mut session = Session { folder: folder.path().to_owned(), commands: 0 };
    let now = session.replay(&text);
    assert!(session.commands > 0, "{page} shows no session");
    if std::env::var_os("BLESS").is_some() {
        assert!(std::env::var_os("CI").is_none(), "golden text is never written in CI");
        fs::write(&path, &now).expect("the page can be written");
        return true;
    }
    text == now
}

/// Copies a folder, without what was built there.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the folder can be read") {
        let entry = entry.expect("the folder can be read");
        let (name, path) = (entry.file_name(), entry.path());
        match path.is_dir() {
            true if name == "build" => {}
            true => copy(&path, &to.join(name)),
            false => drop(fs::copy(&path, to.join(name)).expect("the file can be copied")),
        }
    }
}

struct Session {
    folder: PathBuf,
    commands: usize,
}

impl Session {
    /// The text with every session's output as it is now.
    fn replay(&mut self, text: &str) -> String {
        let mut out = String::new();
        let mut lines = text.split_inclusive('\n');
        while let Some(line) = lines.next() {
            out.push_str(line);
            let fence = line.trim_end();
            let Some(info) = fence.strip_prefix("```").filter(|info| !info.is_empty()) else {
                continue;
            };
            let body: String = lines.by_ref().take_while(|line| line.trim_end() != "```").collect();
            match info.split_once(" file=") {
                Some((_, name)) => {
                    fs::write(self.folder.join(name), &body).expect("the file can be written");
                    out.push_str(&body);
                }
                None if info == "console" => out.push_str(&self.console(&body)),
                None => out.push_str(&body),
            }
            out.push_str("```\n");
        }
        out
    }

    fn console(&mut self, body: &str) -> String {
        let mut out = String::new();
        let mut lines = body.lines().peekable();
        while let Some(line) = lines.next() {
            let Some(first) = line.strip_prefix("$ ") else { continue };
            let mut command = first.to_owned();
            while command.ends_with('\\') {
                command.push('\n');
                command.push_str(lines.next().unwrap_or_default());
            }
            out.push_str(&format!("$ {command}\n{}", self.run(&command)));
        }
        out
    }

    /// What a command prints on both channels, as a terminal would show it.
    fn run(&mut self, command: &str) -> String {
        self.commands += 1;
        let binary = Path::new(env!("CARGO_BIN_EXE_deed"));
        let bin = binary.parent().expect("the binary lies in a folder");
        let path = std::env::var("PATH").unwrap_or_default();
        let output = Command::new("sh")
            .args(["-c", &format!("exec 2>&1\n{command}")])
            .current_dir(&self.folder)
            .env("PATH", format!("{}:{path}", bin.display()))
            .env("NO_COLOR", "1")
            .output()
            .expect("there is a shell");
        String::from_utf8(output.stdout).expect("deed prints UTF-8")
    }
}
