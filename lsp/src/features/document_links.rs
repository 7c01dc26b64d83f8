//! The modules that `use` lines name, as links to their files.

use deed_base::{SourceId, Span};

use crate::analysis::Analysis;

/// The place of a module's path, and the source that it leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Link {
    pub span: Span,
    pub target: SourceId,
}

pub fn document_links(analysis: &Analysis, source: SourceId) -> Vec<Link> {
    let Some(module) = analysis.module(source) else { return Vec::new() };
    let link = |usage: &deed_syntax::ast::Use| {
        let last = usage.module.last()?;
        let symbol = analysis.index().exactly(last.span)?;
        let target = match analysis.index().definition(symbol) {
            Some(name) => name.source,
            // Modules of the library have no trees here; what they declare tells where they are.
            None => library_source(analysis, symbol)?,
        };
        Some(Link { span: usage.module.span, target })
    };
    module.uses.iter().filter_map(link).collect()
}

fn library_source(analysis: &Analysis, module: crate::analysis::index::Symbol) -> Option<SourceId> {
    let crate::analysis::index::Symbol::Module(id) = module else { return None };
    let hir = &analysis.hir;
    let functions = hir.functions.values().map(|f| (f.module, f.name.span));
    let structs = hir.structs.values().map(|s| (s.module, s.name.span));
    let enums = hir.enums.values().map(|e| (e.module, e.name.span));
    let constants = hir.constants.values().map(|c| (c.module, c.name.span));
    let mut all = functions.chain(structs).chain(enums).chain(constants);
    all.find(|(of, _)| *of == id).map(|(_, span)| span.source)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[test]
    fn imports_are_links_to_files() {
        let at = Fixture::package(&[
            ("main.deed", "module main\nuse a.lib.LIMIT\nuse std.money.Cny\nuse none.X\n"),
            ("lib.deed", "module a.lib\npub const LIMIT: u64 = 7\n"),
        ]);
        let links = document_links(&at.analysis, at.source);
        let shown: Vec<(&str, &str)> = links
            .iter()
            .map(|link| (at.analysis.slice(link.span), &*at.analysis.source(link.target).name))
            .collect();
        assert_eq!(shown, [("a.lib", "lib.deed"), ("std.money", "<std.money>")]);
    }
}
