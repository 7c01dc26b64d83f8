//! Finding sources: a `.deed` file, or a folder with `deed.toml` and `src/**/*.deed`.
//!
//! In: a path. Out: [`Package`], the bytes of its sources with their names.
//! Holds always: the entry, `src/main.deed`, comes first and the others in the order of their names;
//! links between folders are followed, but never in a circle.

mod manifest;
mod walk;

use std::path::{Path, PathBuf};

use deed_base::catalogue::{UNREADABLE_PACKAGE, UNREADABLE_SOURCE};

use crate::exit::{Failure, Trouble};
use crate::files::{missing, read};

pub(crate) use manifest::{MANIFEST, Manifest, Name};

/// The source that a package begins with.
const ENTRY: &str = "src/main.deed";

/// Sources as found, not yet looked at.
#[derive(Debug)]
pub(crate) struct Package {
    /// The folder that results are put into: the package's own, or the one of the source.
    pub(crate) root: PathBuf,
    /// A source by itself has none.
    pub(crate) manifest: Option<Manifest>,
    pub(crate) files: Vec<RawSource>,
}

#[derive(Debug)]
pub(crate) struct RawSource {
    /// Relative to the package, with `/` between the parts, so that the same package gives the same
    /// module wherever it lies; of a source by itself, the path as given.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
}

/// Reads what lies at `path`.
pub(crate) fn load(path: &Path) -> Result<Package, Failure> {
    let meta = std::fs::metadata(path).map_err(|error| missing(path, &error))?;
    if meta.is_dir() {
        return load_folder(path);
    }
    if path.extension().is_none_or(|extension| extension != "deed") {
        return Err(Trouble::failed(format!("`{}` is no Deed source", path.display()))
            .code(UNREADABLE_PACKAGE)
            .help("sources end in `.deed`, modules in `.deedc`; a package has a `deed.toml`")
            .into());
    }
    let source = RawSource { name: slashed(path), path: path.to_owned(), bytes: read(path)? };
    if source.bytes.is_empty() {
        return Err(Trouble::failed(format!("`{}` is empty", path.display()))
            .code(UNREADABLE_SOURCE)
            .help("a source declares at least one thing, such as `contract C { init() {} }`")
            .into());
    }
    let root = path.parent().unwrap_or(Path::new("")).to_owned();
    Ok(Package { root, manifest: None, files: vec![source] })
}

fn load_folder(root: &Path) -> Result<Package, Failure> {
    let manifest = root.join(MANIFEST);
    if !manifest.exists() {
        return Err(Trouble::failed(format!("`{}` has no `{MANIFEST}`", root.display()))
            .code(UNREADABLE_PACKAGE)
            .help("`deed new NAME` makes a package; a source by itself is named as a file")
            .into());
    }
    let manifest = Manifest::parse(&slashed(&manifest), read(&manifest)?)?;
    if !root.join(ENTRY).is_file() {
        return Err(Trouble::failed(format!("`{}` has no `{ENTRY}`", root.display()))
            .code(UNREADABLE_PACKAGE)
            .help(format!("a package begins with the source `{ENTRY}`"))
            .into());
    }
    let mut paths = walk::sources(&root.join("src"))?;
    paths.sort_by_key(|path| (*path != root.join(ENTRY), slashed(path)));
    let files = paths.iter().map(|path| read_source(root, path)).collect::<Result<_, _>>()?;
    Ok(Package { root: root.to_owned(), manifest: Some(manifest), files })
}

fn read_source(root: &Path, path: &Path) -> Result<RawSource, Trouble> {
    let name = slashed(path.strip_prefix(root).unwrap_or(path));
    Ok(RawSource { name, path: path.to_owned(), bytes: read(path)? })
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

#[cfg(test)]
mod tests;
