//! Fetches the pinned wheel and unpacks its library.
//!
//! In: the cache folder and the folder to make. Out: that folder, with the library under the
//! name the linker looks for and the one the loader does. pip checks the wheel's SHA-256 before
//! anything is unpacked.

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{self, Command, Output};

use crate::error::Error;

const REQUIREMENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/requirements.txt");

/// Copies the library's entries of a wheel (arguments: wheel, folder) flat into a folder.
const UNPACK: &str = "
import pathlib, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for entry in wheel.namelist():
        name = pathlib.PurePosixPath(entry).name
        if name.startswith('libz3.so'):
            pathlib.Path(sys.argv[2], name).write_bytes(wheel.read(entry))
";

/// Makes `folder`, inside `cache`, hold the library; to be called under the cache's lock.
pub(crate) fn fetch(cache: &Path, folder: &Path) -> Result<(), Error> {
    require_pip()?;
    eprintln!("fetching Z3 {} into {}", crate::VERSION, folder.display());
    let aside = cache.join(format!("z3.new-{}", process::id()));
    fs::create_dir_all(&aside).map_err(Error::io("create", &aside))?;
    let result = download(&aside)
        .and_then(|()| unpack(&aside))
        .and_then(|()| replace(folder, &aside.join("lib")));
    // What could not be moved is of no use; a failure to remove it is of no harm.
    let _ = fs::remove_dir_all(&aside);
    result
}

fn download(aside: &Path) -> Result<(), Error> {
    let flags = ["-m", "pip", "download", "--quiet", "--disable-pip-version-check"];
    let pinned = ["--no-deps", "--only-binary=:all:", "--require-hashes", "-r", REQUIREMENTS];
    let output = python(flags.iter().chain(&pinned).map(OsStr::new), aside)?;
    succeeded(output, Error::Download)
}

fn require_pip() -> Result<(), Error> {
    let output = python(["-m", "pip", "--version"].map(OsStr::new), Path::new("/"))?;
    succeeded(output, |_| Error::NoPip)
}

fn unpack(aside: &Path) -> Result<(), Error> {
    let lib = aside.join("lib");
    fs::create_dir_all(&lib).map_err(Error::io("create", &lib))?;
    let entries = fs::read_dir(aside).map_err(Error::io("list", aside))?;
    let wheel = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension() == Some(OsStr::new("whl")))
        .ok_or_else(|| Error::Download("pip left no wheel".to_owned()))?;
    let arguments = [OsStr::new("-c"), OsStr::new(UNPACK), wheel.as_os_str(), lib.as_os_str()];
    succeeded(python(arguments, aside)?, Error::Unpack)?;
    if lib.join("libz3.so").is_file() {
        return Ok(());
    }
    Err(Error::Unpack(format!("{} holds no libz3.so", wheel.display())))
}

fn replace(folder: &Path, new: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(Error::io("remove", folder)(error));
        }
        _ => {}
    }
    fs::rename(new, folder).map_err(Error::io("create", folder))
}

fn python<'a>(
    arguments: impl IntoIterator<Item = &'a OsStr>,
    folder: &Path,
) -> Result<Output, Error> {
    let result = Command::new("python3").args(arguments).current_dir(folder).output();
    result.map_err(|error| match error.kind() {
        ErrorKind::NotFound => Error::NoPython,
        _ => Error::io("run", Path::new("python3"))(error),
    })
}

fn succeeded(output: Output, error: impl FnOnce(String) -> Error) -> Result<(), Error> {
    if output.status.success() {
        return Ok(());
    }
    Err(error(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}
