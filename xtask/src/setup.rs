//! Provides what the build needs and cargo does not bring: Z3, and Python's pip to download it.
//!
//! In: the machine as it is. Out: one that builds the workspace, or an error that says what to
//! install. Whatever is there already is left alone. A linker is not looked for: without one this
//! program would not exist.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use crate::run;
use deed_z3::{Error, Origin};

const PIP_PACKAGES: [&str; 2] = ["python3", "python3-pip"];

/// Provides the pinned Z3, and installs pip first where that is missing and possible.
///
/// # Errors
/// What is missing and how to install it.
pub(crate) fn setup() -> Result<(), String> {
    let library = match deed_z3::provide() {
        Err(error @ (Error::NoPython | Error::NoPip)) => {
            install(&PIP_PACKAGES, &error.to_string())?;
            deed_z3::provide()
        }
        result => result,
    };
    let library = library.map_err(|error| error.to_string())?;
    let folder = library.folder.display();
    match library.origin {
        Origin::Override => eprintln!("setup: Z3 of your own in {folder}"),
        Origin::Cached => eprintln!("setup: Z3 {} is in {folder}", deed_z3::VERSION),
        Origin::Fetched => eprintln!("setup: fetched Z3 {} into {folder}", deed_z3::VERSION),
    }
    Ok(())
}

/// Installs packages of Debian for something that is missing.
///
/// # Errors
/// What is missing and how to install it, where this process cannot.
pub(crate) fn install(packages: &[&str], missing: &str) -> Result<(), String> {
    let names = packages.join(" ");
    if !Path::new("/usr/bin/apt-get").is_file() {
        return Err(format!("{missing}\nhelp: install {names}, then try again"));
    }
    if !is_root() {
        return Err(format!("{missing}\nhelp: `sudo apt-get install {names}`, then try again"));
    }
    eprintln!("setup: installing {names}");
    run::succeed(apt_get().args(["update", "-qq"]))?;
    let install = ["install", "-y", "-qq", "--no-install-recommends"];
    run::succeed(apt_get().args(install).args(packages))
}

fn apt_get() -> Command {
    let mut command = Command::new("/usr/bin/apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// Whether this process may install packages; on Linux its own folder in `/proc` is its user's.
fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}
