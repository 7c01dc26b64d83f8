//! What inputs are made of: the `.deed` files of this repository and their tokens.
//!
//! Holds always: the pieces of a file in a row are its text.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use deed_base::{Diagnostics, SourceMap};
use deed_syntax::{TokenKind, lex};

/// Folders with sources, from the root of the repository.
const FOLDERS: [&str; 3] = ["tests", "examples", "stdlib"];

/// A token, with the blanks before it.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) gap: String,
    pub(crate) word: String,
    pub(crate) kind: TokenKind,
}

pub(crate) struct File {
    pub(crate) text: String,
    pub(crate) pieces: Vec<Piece>,
}

pub(crate) struct Corpus {
    names: Vec<String>,
    files: Vec<File>,
}

impl Corpus {
    pub(crate) fn read() -> Corpus {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace is above");
        let mut found = BTreeMap::new();
        FOLDERS.iter().for_each(|folder| walk(&root.join(folder), &mut found));
        assert!(found.len() > 100, "the sources of the repository are missing");
        let (names, texts): (Vec<_>, Vec<_>) = found.into_iter().unzip();
        let files = texts.into_iter().map(|text| File { pieces: pieces(&text), text }).collect();
        Corpus { names, files }
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &File)> {
        self.names.iter().map(String::as_str).zip(&self.files)
    }

    pub(crate) fn list(&self) -> &[File] {
        &self.files
    }
}

fn walk(folder: &Path, found: &mut BTreeMap<String, String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|e| e == "deed")
            && let Ok(text) = fs::read_to_string(&path)
        {
            found.insert(path.display().to_string(), text);
        }
    }
}

pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let mut sources = SourceMap::new();
    let id = sources.add("a.deed", text);
    let mut end = 0;
    let mut piece = |token: deed_syntax::Token| {
        let (from, to) = (token.span.start as usize, token.span.end as usize);
        let gap = text[end..from].to_owned();
        end = to;
        Piece { gap, word: text[from..to].to_owned(), kind: token.kind }
    };
    let tokens = lex(sources.get(id), &mut Diagnostics::new());
    tokens.into_iter().map(&mut piece).collect()
}

pub(crate) fn join(pieces: &[Piece]) -> String {
    pieces.iter().flat_map(|piece| [piece.gap.as_str(), piece.word.as_str()]).collect()
}
