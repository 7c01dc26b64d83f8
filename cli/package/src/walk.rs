//! The sources below a folder.
//!
//! In: a folder. Out: the paths of its `.deed` files, in no particular order.
//! Holds always: each folder is visited once, by its real path; the number of folders and files
//! is bounded, so neither a circle of links nor a whole disk makes it run on.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use deed_base::catalogue::UNREADABLE_PACKAGE;

use crate::files::missing;
use crate::problem::Refusal;

/// More than this below one `src/` is a mistake.
const MOST_ENTRIES: usize = 100_000;

pub(super) fn sources(root: &Path) -> Result<Vec<PathBuf>, Refusal> {
    let mut walk = Walk { seen: HashSet::new(), entries: 0, found: Vec::new() };
    let mut waiting = vec![root.to_owned()];
    while let Some(folder) = waiting.pop() {
        walk.visit(&folder, &mut waiting)?;
    }
    Ok(walk.found)
}

struct Walk {
    /// The real paths of the folders visited.
    seen: HashSet<PathBuf>,
    entries: usize,
    found: Vec<PathBuf>,
}

impl Walk {
    fn visit(&mut self, folder: &Path, waiting: &mut Vec<PathBuf>) -> Result<(), Refusal> {
        let unreadable = |error| missing(folder, &error);
        if !self.seen.insert(folder.canonicalize().map_err(unreadable)?) {
            return Err(circle(folder));
        }
        for entry in std::fs::read_dir(folder).map_err(unreadable)? {
            self.entry(entry.map_err(unreadable)?.path(), waiting)?;
        }
        Ok(())
    }

    fn entry(&mut self, path: PathBuf, waiting: &mut Vec<PathBuf>) -> Result<(), Refusal> {
        self.entries += 1;
        if self.entries > MOST_ENTRIES {
            let message = format!("there are more than {MOST_ENTRIES} files below `src`");
            return Err(Refusal::new(UNREADABLE_PACKAGE, message));
        }
        let is_source = path.extension().is_some_and(|extension| extension == "deed");
        match std::fs::metadata(&path) {
            Ok(meta) if meta.is_dir() => waiting.push(path),
            Ok(_) if is_source => self.found.push(path),
            Err(error) if is_source => return Err(missing(&path, &error)),
            _ => {}
        }
        Ok(())
    }
}

fn circle(folder: &Path) -> Refusal {
    Refusal::new(
        UNREADABLE_PACKAGE,
        format!("`{}` leads to a folder that was read before", folder.display()),
    )
    .help("a link below `src` may not lead to another part of `src`, or above it; remove it")
}
