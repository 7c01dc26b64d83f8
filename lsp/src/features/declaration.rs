//! Where the word under the cursor comes into this file: the import that brings it, else its
//! declaration.

use deed_base::SourceId;

use super::definition::{Target, definition};
use crate::analysis::{Analysis, syntax};

pub fn declaration(analysis: &Analysis, source: SourceId, offset: u32) -> Option<Target> {
    let target = definition(analysis, source, offset)?;
    let symbol = analysis.index().at(source, offset)?.symbol;
    let import = analysis.module(source).and_then(|module| {
        syntax::imported(module, |name| {
            let local = name.local().span;
            local != target.word && analysis.index().exactly(local) == Some(symbol)
        })
    });
    Some(match import {
        Some(import) => Target { name: import.local().span, ..target },
        None => target,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[test]
    fn an_imported_name_leads_to_its_import_and_that_to_its_declaration() {
        let lib = ("lib.deed", "module lib\npub const LIMIT: u64 = 7\n");
        let to = |text: &str| {
            let at = Fixture::package(&[("main.deed", text), lib]);
            let target = declaration(&at.analysis, at.source, at.offset).expect("a target");
            (at.analysis.source(target.name.source).name.clone(), target.name.start)
        };
        let text = "module main\nuse lib.LIMIT\nconst A: u64 = LIM$0IT\n";
        assert_eq!(to(text), ("main.deed".to_owned(), 20));
        let import = "module main\nuse lib.LIM$0IT\nconst A: u64 = LIMIT\n";
        assert_eq!(to(import), ("lib.deed".to_owned(), 21));
    }
}
