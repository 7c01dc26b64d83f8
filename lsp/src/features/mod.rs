//! One file a feature.
//!
//! In: an analysis, and a place in it. Out: plain data with places.
//! Holds always: a feature knows neither the protocol nor a file system, and answers for any text.

pub mod assists;
pub mod call_hierarchy;
pub mod code_lenses;
pub mod completion;
pub mod declaration;
pub mod definition;
pub mod diagnostics;
pub mod document_links;
pub mod file_rename;
pub mod flow;
pub mod folding;
pub mod format;
pub mod gas;
pub mod highlighting;
pub mod hover;
pub mod implementation;
pub mod imports;
pub mod inlay_hints;
pub mod on_type;
pub mod proofs;
pub mod references;
pub mod rename;
pub mod selection;
pub mod signature;
pub mod symbols;
pub mod type_definition;
pub mod workspace_symbols;

#[cfg(test)]
mod tests {
    use deed_base::Span;

    use super::*;
    use crate::fixture::Fixture;

    const TOKEN: &str =
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/token/src/main.deed"));

    /// Asks everything at one place.
    fn ask_everything(at: &Fixture, offset: u32) {
        let (analysis, source) = (&at.analysis, at.source);
        hover::hover(analysis, source, offset, None);
        definition::definition(analysis, source, offset);
        references::references(analysis, source, offset, true);
        references::highlights(analysis, source, offset);
        completion::completion(analysis, source, offset);
        signature::signature(analysis, source, offset);
        diagnostics::mendable(analysis, Span::new(source, offset, offset));
        let _ = rename::rename(analysis, source, offset, "fresh");
        let after = Span::new(source, offset, analysis.source(source).text.len() as u32);
        declaration::declaration(analysis, source, offset);
        type_definition::type_definition(analysis, source, offset);
        implementation::implementation(analysis, source, offset);
        selection::selection(analysis, source, offset);
        assists::assists(analysis, Span::new(source, offset, offset));
        assists::assists(analysis, after);
        inlay_hints::inlay_hints(analysis, after);
        format::format_range(analysis, after);
        on_type::on_type(analysis, source, offset, "\n");
        on_type::on_type(analysis, source, offset, "}");
        if let Some(function) = call_hierarchy::prepare(analysis, source, offset) {
            call_hierarchy::incoming(analysis, function);
            call_hierarchy::outgoing(analysis, function);
        }
    }

    #[test]
    fn a_text_that_is_being_written_is_answered_everywhere() {
        let ends = TOKEN.char_indices().map(|(at, _)| at);
        for end in ends.step_by(37) {
            let at = Fixture::new(&TOKEN[..end]);
            ask_everything(&at, end as u32);
            let source = at.analysis.source(at.source);
            format::format(source);
            folding::folding(&at.analysis, at.source);
            code_lenses::code_lenses(&at.analysis, at.source);
            document_links::document_links(&at.analysis, at.source);
            workspace_symbols::workspace_symbols(&at.analysis, "t");
            at.analysis.module(at.source).map(symbols::symbols);
            let words = highlighting::highlighting(&at.analysis, at.source);
            let ordered = words.windows(2).all(|two| two[0].span.end <= two[1].span.start);
            assert!(ordered, "words overlap in the first {end} bytes");
        }
    }

    #[test]
    fn every_word_of_a_sound_package_has_its_declaration() {
        let at = Fixture::new(TOKEN);
        assert!(at.analysis.diagnostics.is_empty());
        for found in at.analysis.index().in_source(at.source) {
            ask_everything(&at, found.span.start);
            let target = definition::definition(&at.analysis, at.source, found.span.start);
            let is_given = matches!(
                found.symbol,
                crate::analysis::index::Symbol::Context(_) | crate::analysis::index::Symbol::Map(_)
            );
            assert!(is_given || target.is_some(), "{found:?}");
        }
    }
}
