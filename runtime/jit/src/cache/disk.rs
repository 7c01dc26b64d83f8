//! A folder with a file a module.
//!
//! In: bytes under a name of 32 bytes. Out: these bytes. A file is written aside and renamed, so that no one
//! reads half of one; what cannot be read or written is no error, for it can be compiled again.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::Identity;

/// A folder that keeps compiled code, and the key that seals it.
pub struct Cache {
    folder: PathBuf,
    pub(super) key: [u8; 32],
}

/// No module's code is as large.
const MOST_BYTES: u64 = 1 << 28;

/// The file that has the key, where the folder itself keeps it.
const KEY: &str = "key";

impl Cache {
    /// Keeps code in a folder, sealed with a key that others do not know.
    pub fn new(folder: impl Into<PathBuf>, key: [u8; 32]) -> Cache {
        Cache { folder: folder.into(), key }
    }

    /// Keeps code in a folder that is the user's own, with a key beside it that no other user can read.
    /// Both are made where they are missing, the key of `random`.
    ///
    /// # Errors
    /// If they cannot be made or read.
    pub fn own(
        folder: impl Into<PathBuf>,
        random: impl FnOnce() -> io::Result<[u8; 32]>,
    ) -> io::Result<Cache> {
        let folder = folder.into();
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        let path = folder.join(KEY);
        if !path.exists() {
            aside(&folder, &path, &random()?)?;
        }
        let key = fs::read(&path)?.try_into();
        let key = key.map_err(|_| io::Error::other(format!("{} is no key", path.display())))?;
        Ok(Cache { folder, key })
    }

    fn path(&self, identity: &Identity) -> PathBuf {
        let name = identity.iter().fold(String::new(), |mut name, byte| {
            let _ = write!(name, "{byte:02x}");
            name
        });
        self.folder.join(name)
    }

    pub(super) fn read(&self, identity: &Identity) -> Option<Vec<u8>> {
        let file = File::open(self.path(identity)).ok()?;
        let length = file.metadata().ok()?.len().min(MOST_BYTES);
        let mut bytes = Vec::with_capacity(usize::try_from(length).ok()?);
        file.take(MOST_BYTES).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    pub(super) fn write(&self, identity: &Identity, bytes: &[u8]) {
        // A refusal costs time alone.
        let _ = aside(&self.folder, &self.path(identity), bytes);
    }
}

impl std::fmt::Debug for Cache {
    /// Without the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cache").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// Writes a file that only this user can read, so that it is there whole or not at all.
fn aside(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let written = folder.join(format!("new-{}-{number}", std::process::id()));
    let done = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&written)
        .and_then(|mut file| file.write_all(bytes))
        .and_then(|()| fs::rename(&written, path));
    if done.is_err() {
        let _ = fs::remove_file(&written);
    }
    done
}
