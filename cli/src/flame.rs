//! Files for flame graphs.
//!
//! In: stacks, a line each with its gas at the end. Out: a file, by its name a picture or the stacks.

use std::path::Path;

use inferno::flamegraph::{Options, from_lines};

use crate::exit::Trouble;
use crate::files;

/// Writes a picture where the name ends in `.svg`, and the stacks as they are otherwise: inferno,
/// speedscope and others read them.
pub(crate) fn write(path: &Path, folded: &str) -> Result<(), Trouble> {
    if path.extension().is_none_or(|extension| extension != "svg") {
        return files::write(path, folded.as_bytes());
    }
    let mut options = Options::default();
    options.title = "Gas by calls and lines".to_owned();
    options.count_name = "gas".to_owned();
    // The same stacks make the same picture.
    options.deterministic = true;
    let mut picture = Vec::new();
    from_lines(&mut options, folded.lines(), &mut picture)
        .map_err(|error| Trouble::failed(format!("no flame graph: {error}")))?;
    files::write(path, &picture)
}
