//! The library's sources as files, so that an editor can show them.
//!
//! In: a source of the library. Out: the path of a file that holds it.
//! Holds always: files lie in a folder of the user's own, by the version of the library; a text that
//! is there already is not written again.

use std::path::{Path, PathBuf};

use deed_base::SourceFile;

/// Where a library module lies, written now if it does not lie there yet.
pub(super) fn on_disk(source: &SourceFile) -> Option<PathBuf> {
    let name = source.name.trim_matches(['<', '>']);
    let path = folder()?.join(format!("{name}.deed"));
    let is_there = std::fs::read(&path).is_ok_and(|text| text == source.text.as_bytes());
    if !is_there {
        std::fs::create_dir_all(path.parent()?).ok()?;
        std::fs::write(&path, source.text.as_bytes()).ok()?;
    }
    Some(path)
}

/// Whether a file is one that [`on_disk`] wrote.
pub(super) fn holds(path: &Path) -> bool {
    folder().is_some_and(|folder| path.starts_with(folder))
}

fn folder() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let cache = variable("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(variable("HOME")?).join(".cache")));
    let cache = cache.or_else(|| variable("LOCALAPPDATA").map(PathBuf::from))?;
    Some(cache.join("deed").join(env!("CARGO_PKG_VERSION")).join("library"))
}
