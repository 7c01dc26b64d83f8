//! Reading and writing files.
//!
//! In: paths. Out: bytes, or a refusal with its remedy.
//! Holds always: a read is bounded; a file is written whole or not at all.

use std::path::Path;

use crate::exit::Trouble;

/// Reads a file of bounded size.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Trouble> {
    Ok(deed_package::read(path)?)
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
