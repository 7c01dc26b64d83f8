//! Reading files.
//!
//! In: paths. Out: bytes, or a refusal with its remedy.
//! Holds always: no more than [`SourceMap::MAX_LEN`] bytes are read of a file, and of regular files
//! alone.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use deed_base::SourceMap;
use deed_base::catalogue::{SOURCE_TOO_LARGE, UNREADABLE_SOURCE};

use crate::problem::Refusal;

/// Reads a file of bounded size.
///
/// # Errors
/// If it cannot be read, is no regular file, or is longer than a source may be.
pub fn read(path: &Path) -> Result<Vec<u8>, Refusal> {
    let unreadable = |error| missing(path, &error);
    let meta = std::fs::metadata(path).map_err(unreadable)?;
    if !meta.is_file() {
        let message = format!("`{}` is not a regular file", path.display());
        return Err(Refusal::new(UNREADABLE_SOURCE, message).help("give the path of a file"));
    }
    let mut bytes = Vec::new();
    let most = SourceMap::MAX_LEN as u64;
    let file = File::open(path).map_err(unreadable)?;
    file.take(most + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > most {
        let (size, mib) = (meta.len().max(bytes.len() as u64) >> 20, most >> 20);
        let message = format!("`{}` is too large ({size} MiB)", path.display());
        return Err(Refusal::new(SOURCE_TOO_LARGE, message)
            .help(format!("a file may have {mib} MiB; divide it")));
    }
    Ok(bytes)
}

/// The refusal of a path that cannot be read.
pub fn missing(path: &Path, error: &std::io::Error) -> Refusal {
    use std::io::ErrorKind;
    let help = match error.kind() {
        ErrorKind::NotFound => "check the spelling, and the folder you are in",
        ErrorKind::PermissionDenied => "you may not read it; see its permissions",
        _ => "is it a link that leads in a circle, or on a disk that fails?",
    };
    let message = format!("`{}` cannot be read: {}", path.display(), plain(error));
    Refusal::new(UNREADABLE_SOURCE, message).help(help)
}

/// The system's words without its error number.
fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    let words = text.split(" (os error").next().unwrap_or(&text);
    words.to_lowercase()
}
