//! What the server knows at one moment: the open files, and through them their packages.
//!
//! In: open files, and what lies on disk beside them. Out: an [`Analysis`] of the package of a file.
//! Holds always: a workspace never changes; each edit gives a new one, and a package is analysed at
//! most once in each. An open file's text is the editor's, whatever the disk says.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use deed_base::SourceMap;
use deed_package::MANIFEST;

use super::Analysis;
use super::document::Document;
use super::package::Beside;
use super::trees::Trees;

/// More than this below one `src/` is a mistake.
const MOST_FILES: usize = 10_000;
/// Folders nest less deeply than this.
const MOST_FOLDERS: usize = 64;

/// A text of a package, from the editor or from disk.
pub struct Text {
    pub path: PathBuf,
    pub bytes: Bytes,
    /// Of an open file.
    pub version: Option<i32>,
    /// Whether it is of a package that the analysed one depends on.
    pub dependency: bool,
}

/// What a file holds; a file on disk may hold no text.
pub enum Bytes {
    Open(Arc<str>),
    Disk(Vec<u8>),
}

impl Bytes {
    pub fn as_slice(&self) -> &[u8] {
        match self {
            Bytes::Open(text) => text.as_bytes(),
            Bytes::Disk(bytes) => bytes,
        }
    }
}

/// An analysis, made once.
type Cell = Arc<OnceLock<Arc<Analysis>>>;

#[derive(Default)]
pub struct Workspace {
    open: BTreeMap<PathBuf, Arc<Document>>,
    /// One cell a package, or a file by itself.
    analyses: Mutex<HashMap<PathBuf, Cell>>,
    /// One cell a file, for what is known of it before its package is analysed.
    near: Mutex<HashMap<PathBuf, Cell>>,
    /// One cell an open file, for its syntax alone.
    syntax: Mutex<HashMap<PathBuf, Cell>>,
    /// The trees of the last analysis of each, whatever workspace it was of.
    trees: Arc<Mutex<HashMap<PathBuf, Arc<Trees>>>>,
}

impl Workspace {
    /// The workspace with these open files, in which nothing has been analysed.
    fn next(&self, open: BTreeMap<PathBuf, Arc<Document>>) -> Workspace {
        Workspace { open, trees: self.trees.clone(), ..Workspace::default() }
    }

    /// The workspace in which `path` is open with this text.
    pub fn with(&self, path: PathBuf, document: Document) -> Workspace {
        let mut open = self.open.clone();
        open.insert(path, Arc::new(document));
        self.next(open)
    }

    /// The workspace in which `path` is closed.
    pub fn without(&self, path: &Path) -> Workspace {
        let mut open = self.open.clone();
        open.remove(path);
        locked(&self.trees).retain(|place, _| open.keys().any(|file| file.starts_with(place)));
        self.next(open)
    }

    /// The same, after files changed on disk.
    pub fn refreshed(&self) -> Workspace {
        self.next(self.open.clone())
    }

    pub fn document(&self, path: &Path) -> Option<&Arc<Document>> {
        self.open.get(path)
    }

    pub fn open_files(&self) -> impl Iterator<Item = &Path> {
        self.open.keys().map(PathBuf::as_path)
    }

    /// Whether a file is none of ours: not open, and of no package or not there.
    pub fn is_forgotten(&self, path: &Path) -> bool {
        !self.open.contains_key(path) && (package_of(path).is_none() || !path.is_file())
    }

    /// The open files whose texts are not those on disk.
    pub fn unsaved(&self) -> impl Iterator<Item = (&Path, &str)> {
        let all = self.open.iter().map(|(path, document)| (&**path, &*document.text));
        all.filter(|(path, text)| read(path).map_or(true, |bytes| bytes != text.as_bytes()))
    }

    /// The package that a file belongs to, read and checked. Needs a deep stack.
    pub fn analysis(&self, path: &Path) -> Arc<Analysis> {
        let root = package_of(path);
        let key = root.clone().unwrap_or_else(|| path.to_owned());
        let cell = locked(&self.analyses).entry(key.clone()).or_default().clone();
        let analyse = || {
            let analysis = Arc::new(self.analyse(root.as_deref(), path, None));
            locked(&self.trees).insert(key, analysis.trees.clone());
            analysis
        };
        cell.get_or_init(analyse).clone()
    }

    /// As [`Self::analysis`], or, while that is not there yet, of what the file itself imports: its
    /// words mean the same. Needs a deep stack.
    pub fn near(&self, path: &Path) -> Arc<Analysis> {
        let root = package_of(path);
        let key = root.clone().unwrap_or_else(|| path.to_owned());
        let whole = locked(&self.analyses).get(&key).and_then(|cell| cell.get().cloned());
        let trees = locked(&self.trees).get(&key).cloned();
        // Of a package that was never read, or of which the file needs most, the whole comes as soon.
        let is_small =
            |trees: Arc<Trees>| 2 * trees.needed_by(path).len() <= trees.modules().count();
        match whole {
            Some(whole) => whole,
            None if trees.is_some_and(is_small) => {
                let cell = locked(&self.near).entry(path.to_owned()).or_default().clone();
                let analyse = || Arc::new(self.analyse(root.as_deref(), path, Some(path)));
                cell.get_or_init(analyse).clone()
            }
            None => self.analysis(path),
        }
    }

    /// A file by itself, without meanings; an open one is parsed once. Needs a deep stack.
    pub fn syntax(&self, path: &Path, document: &Arc<Document>) -> Arc<Analysis> {
        let parse = || Arc::new(Analysis::of_syntax(path, &document.text));
        match self.open.get(path).is_some_and(|open| Arc::ptr_eq(open, document)) {
            true => {
                let cell = locked(&self.syntax).entry(path.to_owned()).or_default().clone();
                cell.get_or_init(parse).clone()
            }
            false => parse(),
        }
    }

    fn analyse(&self, root: Option<&Path>, path: &Path, about: Option<&Path>) -> Analysis {
        let (own, beside) = match root {
            Some(root) => (self.sources(root), Beside::of(root)),
            None => (vec![path.to_owned()], Beside::default()),
        };
        let own = own.into_iter().filter_map(|path| self.text(path, false));
        let others = beside.sources.into_iter().filter_map(|path| self.text(path, true));
        let texts = own.chain(others).collect();
        let earlier = locked(&self.trees).get(root.unwrap_or(path)).cloned();
        Analysis::new(root, texts, beside.notes, earlier.as_deref(), about)
    }

    /// The sources of a package: its entry first, the others in the order of their names.
    fn sources(&self, root: &Path) -> Vec<PathBuf> {
        let folder = root.join("src");
        let mut found = BTreeSet::new();
        walk(&folder, MOST_FOLDERS, &mut found);
        found
            .extend(self.open_files().filter(|path| path.starts_with(&folder)).map(Path::to_owned));
        let entry = folder.join("main.deed");
        let mut paths: Vec<PathBuf> = found.into_iter().collect();
        paths.sort_by_key(|path| *path != entry);
        paths
    }

    fn text(&self, path: PathBuf, dependency: bool) -> Option<Text> {
        if let Some(document) = self.open.get(&path) {
            let (bytes, version) = (Bytes::Open(document.text.clone()), Some(document.version));
            return Some(Text { path, bytes, version, dependency });
        }
        let bytes = Bytes::Disk(read(&path).ok()?);
        Some(Text { path, bytes, version: None, dependency })
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads a file, but not beyond what a source may hold; a longer one is refused by the front end.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(SourceMap::MAX_LEN as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The root of the package that a source belongs to: it lies below the root's `src/`.
pub fn package_of(path: &Path) -> Option<PathBuf> {
    let root = path.ancestors().skip(1).find(|folder| folder.join(MANIFEST).is_file())?;
    path.starts_with(root.join("src")).then(|| root.to_owned())
}

/// The sources below a folder; links to folders are not followed, so there is no circle.
fn walk(folder: &Path, depth: usize, found: &mut BTreeSet<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if found.len() >= MOST_FILES {
            return;
        }
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && depth > 0 => walk(&path, depth - 1, found),
            Ok(_) if path.extension().is_some_and(|e| e == "deed") && path.is_file() => {
                found.insert(path);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::completion::completion;
    use crate::features::hover::hover;

    const MAIN: &str = "module main\nuse a.fee\nfn cost(of: u64) -> u64 { return fee(of) }\n";

    #[test]
    fn what_a_file_needs_says_the_same_of_it_as_the_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("a folder");
        let write = |path: &str, text: &str| std::fs::write(root.join(path), text).expect("a file");
        std::fs::create_dir(root.join("src")).expect("a folder");
        write("deed.toml", "[package]\nname = \"p\"\nversion = \"0.1.0\"\n");
        write(
            "src/a.deed",
            "module a\n/// A part.\npub fn fee(of: u64) -> u64 { return of / 9 }\n",
        );
        for other in ["b", "c", "d"] {
            write(
                &format!("src/{other}.deed"),
                &format!("module {other}\npub fn {other}1() {{}}\n"),
            );
        }
        let path = root.join("src/main.deed");
        let before = Workspace::default().with(path.clone(), Document::new(MAIN, 1));
        assert_eq!(before.analysis(&path).modules.len(), 5);

        let after = before.with(path.clone(), Document::new(MAIN.replace("cost", "costs"), 2));
        let near = after.near(&path);
        assert_eq!(near.modules.len(), 2, "main and what it imports");
        let whole = after.analysis(&path);
        assert!(Arc::ptr_eq(&after.near(&path), &whole), "the whole is there now");
        let said = |analysis: &Analysis| {
            let source = analysis.source_of(&path).expect("the file");
            let at = MAIN.rfind("fee").expect("a call") as u32 + 2;
            let shown = hover(analysis, source, at, None).expect("a function").markdown;
            let items = completion(analysis, source, at).items;
            (shown, items.into_iter().map(|item| item.label).collect::<Vec<_>>())
        };
        assert_eq!(said(&near), said(&whole));
        assert!(said(&near).0.contains("division_by_zero"), "{}", said(&near).0);
    }
}
