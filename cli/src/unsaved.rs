//! Texts that an editor has and the disk has not.
//!
//! In: the environment, and on standard input one JSON object from paths to texts. Out: sources with
//! these texts.
//! Holds always: unless [`ASKED`] is in the environment, standard input is left alone.

use std::collections::HashMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use deed_package::RawSource;

use crate::exit::Trouble;

/// What the language server sets for the commands that it runs.
const ASKED: &str = "DEED_UNSAVED";

/// Gives the sources the texts that they have in the editor.
pub(crate) fn lay_over(sources: &mut [RawSource]) -> Result<(), Trouble> {
    if std::env::var_os(ASKED).is_none() {
        return Ok(());
    }
    let texts = texts(io::stdin().lock())
        .map_err(|why| Trouble::failed(format!("the texts of the editor cannot be read: {why}")))?;
    for source in sources {
        if let Some(text) = texts.get(&real(&source.path)) {
            source.bytes = text.clone().into_bytes();
        }
    }
    Ok(())
}

fn texts(input: impl Read) -> serde_json::Result<HashMap<PathBuf, String>> {
    let texts: HashMap<PathBuf, String> = serde_json::from_reader(input)?;
    Ok(texts.into_iter().map(|(path, text)| (real(&path), text)).collect())
}

/// One name for each file, whatever links lead to it.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
