//! Packages on disk: a `.deed` file, or a folder with `deed.toml` and `src/**/*.deed`, and what it
//! depends on.
//!
//! In: a path. Out: a [`Layout`] that names every source, and [`read_all`], which reads them.
//! Holds always: the package itself comes first and its dependencies in the order of their names;
//! in a package the entry, `src/main.deed`, comes first if there is one, and the others in the order of their names;
//! links between folders are followed, but never in a circle; nothing is fetched from a network.

mod files;
mod graph;
mod lock;
mod manifest;
mod problem;
mod walk;

use std::path::{Path, PathBuf};

use deed_base::catalogue::{UNREADABLE_PACKAGE, UNREADABLE_SOURCE};

pub use files::{missing, read};
pub use graph::{Member, Source, layout};
pub use lock::{LOCK, Lock};
pub use manifest::{Build, Dependency, Level, MANIFEST, Manifest, Name, Version};
pub use problem::{Problem, Refusal};

/// The source that a package begins with; a library may have none.
pub const ENTRY: &str = "src/main.deed";

/// What is compiled together, as found on disk.
#[derive(Debug)]
pub struct Layout {
    /// The folder that results are put into: the package's own, or the one of the source.
    pub root: PathBuf,
    /// The package itself, then its dependencies. A source by itself is one package.
    pub members: Vec<Member>,
    /// What `deed.lock` should say; a source by itself, and a package without dependencies, has none.
    pub lock: Option<Lock>,
}

impl Layout {
    /// The manifest of the package itself; a source by itself has none.
    pub fn manifest(&self) -> Option<&Manifest> {
        self.members.first()?.manifest.as_ref()
    }
}

/// A source that was read.
#[derive(Debug)]
pub struct RawSource {
    /// Relative to the package, with `/` between the parts, so that the same package gives the same
    /// module wherever it lies; of a dependency, behind its name; of a source by itself, the path
    /// as given.
    pub name: String,
    pub path: PathBuf,
    pub bytes: Vec<u8>,
    /// Whether it is of a package that this one depends on.
    pub dependency: bool,
}

/// What lies at `path`, and all that it depends on.
///
/// # Errors
/// If something of it is missing, unreadable, or contradicts itself.
pub fn find(path: &Path) -> Result<Layout, Problem> {
    let meta = std::fs::metadata(path).map_err(|error| missing(path, &error))?;
    if meta.is_dir() {
        return layout(path);
    }
    if path.extension().is_none_or(|extension| extension != "deed") {
        let message = format!("`{}` is no Deed source", path.display());
        let help = "sources end in `.deed`, modules in `.deedc`; a package has a `deed.toml`";
        return Err(Refusal::new(UNREADABLE_PACKAGE, message).help(help).into());
    }
    let root = path.parent().unwrap_or(Path::new("")).to_owned();
    Ok(Layout { members: vec![Member::alone(path)], root, lock: None })
}

/// Reads every source of a layout.
///
/// # Errors
/// If one cannot be read, is too long, or is a source by itself and empty.
pub fn read_all(layout: &Layout) -> Result<Vec<RawSource>, Refusal> {
    let mut all = Vec::new();
    for (index, member) in layout.members.iter().enumerate() {
        for Source { name, path } in &member.sources {
            let bytes = read(path)?;
            if bytes.is_empty() && member.manifest.is_none() {
                let help =
                    "a source declares at least one thing, such as `contract C { init() {} }`";
                let message = format!("`{name}` is empty");
                return Err(Refusal::new(UNREADABLE_SOURCE, message).help(help));
            }
            let (name, path) = (name.clone(), path.clone());
            all.push(RawSource { name, path, bytes, dependency: index > 0 });
        }
    }
    Ok(all)
}

/// A path with `/` between its parts, and without a `./` that says nothing.
fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
    text.strip_prefix("./").map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
mod tests;
