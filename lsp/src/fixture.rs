//! Texts with a cursor, for the tests of the features.
//!
//! In: texts, one of which holds `$0`. Out: their analysis, and where the `$0` stood.

use std::path::PathBuf;

use deed_base::SourceId;

use crate::analysis::Analysis;
use crate::analysis::workspace::{Bytes, Text};

pub(crate) struct Fixture {
    pub(crate) analysis: Analysis,
    pub(crate) source: SourceId,
    pub(crate) offset: u32,
}

impl Fixture {
    /// One file; without a cursor, the place is its end.
    pub(crate) fn new(text: &str) -> Self {
        Self::package(&[("main.deed", text)])
    }

    /// Several files of one package.
    pub(crate) fn package(files: &[(&str, &str)]) -> Self {
        let with_cursor = files.iter().position(|(_, text)| text.contains("$0")).unwrap_or(0);
        let at = files[with_cursor].1;
        let offset = at.find("$0").unwrap_or(at.len()) as u32;
        let texts = files.iter().map(|(name, text)| Text {
            path: PathBuf::from(name),
            bytes: Bytes::Open(text.replacen("$0", "", 1).into()),
            version: Some(1),
            dependency: false,
        });
        let analysis = Analysis::new(None, texts.collect(), Vec::new(), None, None);
        Fixture { analysis, source: SourceId(with_cursor as u32), offset }
    }
}
