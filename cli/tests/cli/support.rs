//! Running the binary, and folders to run it in.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    /// Asserts the exit code, and shows all that was said where it is another.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Run {
        assert_eq!(self.code, Some(code), "out:\n{}\nerr:\n{}", self.out, self.err);
        self
    }

    /// Asserts that standard error has all these words.
    #[track_caller]
    pub(crate) fn says(self, words: &[&str]) -> Run {
        for word in words {
            assert!(self.err.contains(word), "`{word}` is missing in\n{}", self.err);
        }
        self
    }

    /// Asserts that standard output has all these words.
    #[track_caller]
    pub(crate) fn prints(self, words: &[&str]) -> Run {
        for word in words {
            assert!(self.out.contains(word), "`{word}` is missing in\n{}", self.out);
        }
        self
    }

    /// Standard output, line by line, as JSON.
    #[track_caller]
    pub(crate) fn json_lines(&self) -> Vec<Value> {
        lines_of_json(&self.out)
    }
}

#[track_caller]
pub(crate) fn lines_of_json(text: &str) -> Vec<Value> {
    let parse = |line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    text.lines().map(parse).collect()
}

/// Runs `deed` in the repository's root.
pub(crate) fn deed(args: &[&str]) -> Run {
    deed_in(&root(), args)
}

/// Runs `deed` in a folder.
pub(crate) fn deed_in(folder: &Path, args: &[&str]) -> Run {
    deed_with(folder, None, args)
}

/// Runs `deed` in a folder, with a passphrase for keys.
pub(crate) fn deed_with(folder: &Path, passphrase: Option<&str>, args: &[&str]) -> Run {
    const PASSPHRASE: &str = "DEED_PASSPHRASE";
    let mut command = Command::new(env!("CARGO_BIN_EXE_deed"));
    command.args(args).current_dir(folder).stdin(Stdio::null());
    command.env_remove("NO_COLOR").env_remove(PASSPHRASE);
    passphrase.map(|passphrase| command.env(PASSPHRASE, passphrase));
    read(command.output().expect("the binary runs"))
}

pub(crate) fn read(output: Output) -> Run {
    let text = |bytes| String::from_utf8(bytes).expect("deed prints UTF-8");
    Run { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A temporary folder with these files.
pub(crate) fn folder<T: AsRef<[u8]>>(files: &[(&str, T)]) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }
    folder
}
