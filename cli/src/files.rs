//! Reading and writing files.
//!
//! In: paths. Out: bytes, or a refusal with its remedy.
//! Holds always: no more than [`SourceMap::MAX_LEN`] bytes are read of a file, and of regular files
//! alone; a file is written whole or not at all.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use deed_base::SourceMap;
use deed_base::catalogue::{SOURCE_TOO_LARGE, UNREADABLE_SOURCE};

use crate::exit::Trouble;

/// Reads a file of bounded size.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Trouble> {
    let unreadable = |error| missing(path, &error);
    let meta = std::fs::metadata(path).map_err(unreadable)?;
    if !meta.is_file() {
        return Err(Trouble::failed(format!("`{}` is not a regular file", path.display()))
            .code(UNREADABLE_SOURCE)
            .help("give the path of a file"));
    }
    let mut bytes = Vec::new();
    let most = SourceMap::MAX_LEN as u64;
    let file = File::open(path).map_err(unreadable)?;
    file.take(most + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > most {
        let (size, mib) = (meta.len().max(bytes.len() as u64) >> 20, most >> 20);
        return Err(Trouble::failed(format!("`{}` is too large ({size} MiB)", path.display()))
            .code(SOURCE_TOO_LARGE)
            .help(format!("a file may have {mib} MiB; divide it")));
    }
    Ok(bytes)
}

/// The refusal of a path that cannot be read.
pub(crate) fn missing(path: &Path, error: &std::io::Error) -> Trouble {
    use std::io::ErrorKind;
    let help = match error.kind() {
        ErrorKind::NotFound => "check the spelling, and the folder you are in",
        ErrorKind::PermissionDenied => "you may not read it; see its permissions",
        _ => "is it a link that leads in a circle, or on a disk that fails?",
    };
    Trouble::failed(format!("`{}` cannot be read: {}", path.display(), plain(error)))
        .code(UNREADABLE_SOURCE)
        .help(help)
}

/// The system's words without its error number.
fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    let words = text.split(" (os error").next().unwrap_or(&text);
    words.to_lowercase()
}

/// Writes beside the file and then renames, so that nobody reads half a file.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Trouble> {
    let fail = |error: std::io::Error| {
        Trouble::failed(format!("`{}` cannot be written: {error}", path.display()))
            .help("see whether the folder may be written, or choose another one with `-o`")
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    let beside = path.with_extension("new");
    std::fs::create_dir_all(folder).map_err(fail)?;
    std::fs::write(&beside, bytes).map_err(fail)?;
    std::fs::rename(&beside, path).map_err(fail)
}
