//! Module files, as `deed build` writes them.
//!
//! In: a path. Out: the module, validated, and its interface.
//! Holds always: nothing is said about a module that has not been validated in full.

use std::path::Path;

use deed_base::catalogue::BAD_MODULE;
use deed_bytecode::{ValidModule, decode, validate};

use crate::exit::Trouble;
use crate::package;

/// Reads a module file.
pub(crate) fn read(path: &Path) -> Result<ValidModule, Trouble> {
    let refuse = |why: String| {
        Trouble::failed(format!("`{}` is no valid module: {why}", path.display())).code(BAD_MODULE)
    };
    let bytes = package::read(path)?;
    let module = decode(&bytes).map_err(|error| refuse(error.to_string()))?;
    validate(module).map_err(|error| refuse(error.to_string()))
}
