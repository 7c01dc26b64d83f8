//! Provides the pinned Z3 library, so that a plain `cargo build` links it and proofs repeat.
//!
//! In: `requirements.txt` (one version, its SHA-256 sums) and the user's cache folder.
//! Out: a folder that holds `libz3.so`, and the linker directives for it.
//! Always: a folder once named is complete, for it is unpacked aside and renamed into place;
//! of concurrent builds one fetches and the others wait. std only: every build compiles this.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

mod error;
mod fetch;

pub use error::Error;

/// The version `requirements.txt` pins, as `Z3_get_full_version` of the library spells it.
pub const VERSION: &str = "5.3.2.0";

/// Names a folder with a `libz3` of the user's own, used in place of the pinned one.
/// The crate `z3-sys` reads the same variable.
pub const OVERRIDE: &str = "Z3_LIBRARY_PATH_OVERRIDE";

/// Where the library is, and whether this call had to fetch it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Library {
    /// Absolute path of the folder that holds the library.
    pub folder: PathBuf,
    /// How it came to be there.
    pub origin: Origin,
}

/// How a [`Library`] came to be where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The user named it by [`OVERRIDE`].
    Override,
    /// An earlier call had fetched it.
    Cached,
    /// This call fetched it.
    Fetched,
}

/// Finds the library, and fetches it at first use.
///
/// The folder is `z3-VERSION` in `$XDG_CACHE_HOME/deed` (`~/.cache/deed` if that is unset), so
/// one download serves all checkouts and outlives `cargo clean`.
///
/// # Errors
/// No cache folder, no Python with pip, a failed download, or an override without a library;
/// each [`Error`] says what to do about it.
pub fn provide() -> Result<Library, Error> {
    if let Some(folder) = env::var_os(OVERRIDE).filter(|folder| !folder.is_empty()) {
        return overridden(Path::new(&folder));
    }
    let cache = cache_folder().ok_or(Error::NoCacheFolder)?;
    provide_in(&cache)
}

/// For build scripts: links the library into every binary, test and example of the package,
/// with its folder as run path. A library's run path does not reach the packages that use it,
/// therefore each package whose binaries contain the verifier calls this in its own `build.rs`.
///
/// Ends the build with the error's text if the library cannot be provided.
#[expect(clippy::print_stdout, reason = "cargo reads what a build script prints")]
pub fn link() {
    println!("cargo::rerun-if-env-changed={OVERRIDE}");
    match provide() {
        Ok(library) => {
            let folder = library.folder.display();
            println!("cargo::rerun-if-changed={folder}");
            println!("cargo::rustc-link-search=native={folder}");
            println!("cargo::rustc-link-arg=-Wl,-rpath,{folder}");
            println!("cargo::rustc-env=DEED_Z3_VERSION={VERSION}");
        }
        Err(error) => {
            for line in error.to_string().lines() {
                println!("cargo::error={line}");
            }
        }
    }
}

fn overridden(folder: &Path) -> Result<Library, Error> {
    let folder = folder.canonicalize().map_err(Error::io("open", folder))?;
    let found = ["libz3.so", "libz3.dylib"].iter().any(|name| folder.join(name).is_file());
    if !found {
        return Err(Error::EmptyOverride(folder));
    }
    Ok(Library { folder, origin: Origin::Override })
}

fn cache_folder() -> Option<PathBuf> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")))?;
    Some(base.join("deed"))
}

fn provide_in(cache: &Path) -> Result<Library, Error> {
    let folder = cache.join(format!("z3-{VERSION}"));
    fs::create_dir_all(cache).map_err(Error::io("create", cache))?;
    let lock_path = cache.join("z3.lock");
    let lock = File::create(&lock_path).map_err(Error::io("create", &lock_path))?;
    lock.lock().map_err(Error::io("lock", &lock_path))?;
    if folder.join("libz3.so").is_file() {
        return Ok(Library { folder, origin: Origin::Cached });
    }
    fetch::fetch(cache, &folder)?;
    Ok(Library { folder, origin: Origin::Fetched })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_places_that_name_the_version_agree() {
        let pinned = format!("z3-solver=={VERSION} ");
        assert!(include_str!("../requirements.txt").contains(&pinned));
        let short = VERSION.strip_suffix(".0").expect("Z3 releases end in .0");
        assert_eq!(env!("Z3_SYS_Z3_VERSION"), short);
    }

    #[test]
    fn a_second_call_finds_what_the_first_provided() {
        let first = provide().expect("the library can be fetched");
        let second = provide().expect("the library is there");
        assert_eq!(second.folder, first.folder);
        assert_ne!(second.origin, Origin::Fetched);
    }

    #[test]
    fn an_override_without_a_library_is_an_error() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert!(matches!(overridden(folder), Err(Error::EmptyOverride(_))));
    }
}
