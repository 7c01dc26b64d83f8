//! Answers of earlier runs, in a file.
//!
//! In: a folder. Out: a [`Store`].
//! Holds always: every line is checked as it is read, and one that does not hold is left out, so that a
//! damaged file costs time and nothing else. Each answer is written when it comes: a run that is killed
//! leaves what it had found. A file that something else wrote is not touched.

use std::collections::HashMap;
use std::fs::{File, OpenOptions, create_dir_all};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use deed_verifier::cache::{Key, Store, from_line, line};

use crate::files;

/// The first line, by which a file is known.
const HEAD: &str = "answers of the prover, one a line";

pub(super) struct Answers {
    known: HashMap<Key, String>,
    /// Nothing is written without one.
    file: Option<Mutex<File>>,
}

impl Answers {
    /// Neither reads nor writes.
    pub(super) fn none() -> Answers {
        Answers { known: HashMap::new(), file: None }
    }

    /// What lies in a folder; and, where nothing can be kept there, why.
    pub(super) fn open(folder: &Path) -> (Answers, Option<String>) {
        let path = folder.join("answers");
        // A file that cannot be read, or has grown too large, is begun again.
        let text = files::read(&path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let fresh = match &text {
            Ok(text) if text.lines().next() == Some(HEAD) => false,
            Ok(text) if !text.is_empty() => {
                let path = path.display();
                let why = format!("`{path}` holds something else; answers are not kept");
                return (Answers::none(), Some(why));
            }
            _ => true,
        };
        let text = text.unwrap_or_default();
        let lines = text.lines().filter_map(from_line);
        let known = lines.map(|(key, text)| (key, text.to_owned())).collect();
        match appended(&path, fresh) {
            Ok(file) => (Answers { known, file: Some(Mutex::new(file)) }, None),
            Err(error) => {
                let why = format!(
                    "`{}` cannot be written, so answers are not kept: {error}",
                    path.display()
                );
                (Answers { known, file: None }, Some(why))
            }
        }
    }

    /// Where the answers of a package lie.
    pub(super) fn folder(root: &Path) -> PathBuf {
        root.join(".deed").join("proofs")
    }
}

/// The file, open for more lines.
fn appended(path: &Path, fresh: bool) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        create_dir_all(folder)?;
    }
    if fresh {
        std::fs::write(path, format!("{HEAD}\n"))?;
    }
    OpenOptions::new().append(true).open(path)
}

impl Store for Answers {
    fn get(&self, key: &Key) -> Option<String> {
        self.known.get(key).cloned()
    }

    fn put(&self, key: &Key, text: &str) {
        let Some(file) = &self.file else { return };
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        // A line begins with a newline, so that it is whole even behind half a one. A full disk costs
        // the next run its time.
        let _ = file.write_all(format!("\n{}\n", line(key, text)).as_bytes());
    }
}
