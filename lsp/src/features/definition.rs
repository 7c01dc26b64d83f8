//! Where the word under the cursor is declared.

use deed_base::{SourceId, Span};

use crate::analysis::Analysis;

/// A word, and the name in the declaration that it means.
pub struct Target {
    pub word: Span,
    pub name: Span,
}

pub fn definition(analysis: &Analysis, source: SourceId, offset: u32) -> Option<Target> {
    let found = analysis.index().at(source, offset)?;
    let name = analysis.index().definition(found.symbol)?;
    Some(Target { word: found.span, name })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    /// The line that the definition stands on.
    fn leads_to(text: &str) -> Option<String> {
        let at = Fixture::new(text);
        let target = definition(&at.analysis, at.source, at.offset)?;
        let file = at.analysis.source(target.name.source);
        let line = file.position(target.name.start).line;
        Some(format!("{}: {}", at.analysis.slice(target.name), file.line(line)?.trim()))
    }

    #[test]
    fn uses_lead_to_declarations() {
        let text = |body: &str| {
            format!(
                "module m\nconst MAX: u64 = 1\nerror E(x: u64)\ncontract C {{\n\
                 state {{ n: u64 = 0 }}\nfn help(y: u64) {{ }}\nentry fn f(a: u64) throws E {{\n\
                 {body}\n}}\n}}"
            )
        };
        let to = |body: &str| leads_to(&text(body)).unwrap_or_default();
        assert_eq!(to("self.n$0 = a"), "n: state { n: u64 = 0 }");
        assert_eq!(to("self.n = a$0"), "a: entry fn f(a: u64) throws E {");
        assert_eq!(to("self.$0help(a)"), "help: fn help(y: u64) { }");
        assert_eq!(to("self.help($0y: a)"), "y: fn help(y: u64) { }");
        assert_eq!(to("throw E$0(MAX)"), "E: error E(x: u64)");
        assert_eq!(to("throw E(MA$0X)"), "MAX: const MAX: u64 = 1");
        assert_eq!(to("let z = a\nself.n = z$0"), "z: let z = a");
        assert_eq!(to("self.n = tx.s$0ender"), "");
    }

    #[test]
    fn imports_lead_into_other_files() {
        let at = Fixture::package(&[
            ("main.deed", "module main\nuse lib.{LIMIT$0 as MOST}\nconst A: u64 = MOST\n"),
            ("lib.deed", "module lib\npub const LIMIT: u64 = 7\n"),
        ]);
        let target = definition(&at.analysis, at.source, at.offset).expect("a target");
        assert_eq!(at.analysis.source(target.name.source).name, "lib.deed");
        assert_eq!(at.analysis.slice(target.name), "LIMIT");
    }
}
