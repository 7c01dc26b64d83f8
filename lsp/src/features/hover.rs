//! What the word under the pointer is.
//!
//! In: a place. Out: Markdown: the declaration, its doc comment, what a function promises and does,
//! and where an asset goes.

use deed_base::{SourceId, Span};

use super::flow::flow;
use super::gas::Gas;
use crate::analysis::Analysis;
use crate::analysis::describe::describe;
use crate::analysis::index::Symbol;

/// What to show, and for which word.
pub struct Hover {
    pub span: Span,
    pub markdown: String,
}

/// `gas` is what the tests of this very package used.
pub fn hover(
    analysis: &Analysis,
    source: SourceId,
    offset: u32,
    gas: Option<&Gas>,
) -> Option<Hover> {
    let found = analysis.index().at(source, offset)?;
    let description = describe(&analysis.thir, found.symbol);
    let promises = promises(analysis, found.symbol);
    let mut markdown = format!("```deed\n{}{promises}\n```", description.code);
    if !description.docs.is_empty() {
        markdown.push_str(&format!("\n\n{}", description.docs));
    }
    if !description.effects.is_empty() {
        markdown.push_str("\n\n---\n");
        for (word, list) in &description.effects {
            let list: Vec<String> = list.iter().map(|entry| format!("`{entry}`")).collect();
            markdown.push_str(&format!("\n- {word} {}", list.join(", ")));
        }
    }
    if let Symbol::Function(id) = found.symbol
        && let Some(used) = gas.and_then(|gas| gas.of(analysis, id))
    {
        markdown.push_str(&format!("\n\nIn the tests a call used {used}."));
    }
    let steps = flow(analysis, found.symbol);
    if !steps.is_empty() {
        markdown.push_str("\n\n---\n");
    }
    for step in steps {
        let line = analysis.source(step.span.source).position(step.span.start).line;
        markdown.push_str(&format!("\n- {} on line {line}", step.what));
    }
    Some(Hover { span: found.span, markdown })
}

/// The clauses of a function, a line each.
fn promises(analysis: &Analysis, symbol: Symbol) -> String {
    let Symbol::Function(id) = symbol else { return String::new() };
    let spec = &analysis.hir.functions[id].spec;
    let requires = spec.requires.iter().map(|clause| ("requires", clause.cond.span));
    let ensures = spec.ensures.iter().map(|clause| ("ensures", clause.cond.span));
    let line = |(word, span): (&str, Span)| {
        let text = analysis.slice(span).split_whitespace().collect::<Vec<_>>().join(" ");
        format!("\n    {word} {text}")
    };
    requires.chain(ensures).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    fn shown(text: &str) -> String {
        let at = Fixture::new(text);
        hover(&at.analysis, at.source, at.offset, None).map_or("nothing".into(), |h| h.markdown)
    }

    const CONTRACT: &str = "
module m
error Poor(have: u64)
contract C {
    state {
        /// Who has how much.
        balances: Map<Address, u64 default 0>
    }
    /// Takes from the sender.
    entry fn spend(amount: u64) throws Poor
        ensures self.balances[tx.sender] <= old(self.balances[tx.sender])
    {
        let have = self.balances[tx.sender]
        if have < amount { throw Poor(have) }
        self.balances[tx.sender] = have - amount
    }
}";

    fn at(cursor: &str) -> String {
        let plain = cursor.replace("$0", "");
        assert!(CONTRACT.contains(&plain), "{plain}");
        shown(&CONTRACT.replacen(&plain, cursor, 1))
    }

    #[test]
    fn variables_show_their_types() {
        assert_eq!(at("if ha$0ve < amount"), "```deed\nlet have: u64\n```");
        assert_eq!(at("have < $0amount"), "```deed\namount: u64\n```");
        assert!(at("tx.sen$0der]").starts_with("```deed\ntx.sender: Address\n```"));
    }

    #[test]
    fn declarations_show_their_docs() {
        assert_eq!(
            at("= self.balances$0["),
            "```deed\nbalances: Map<Address, u64 default 0>\n```\n\nWho has how much."
        );
        assert_eq!(at("throw Po$0or"), "```deed\nerror Poor(have: u64)\n```");
    }

    #[test]
    fn functions_show_what_they_do() {
        let shown = at("fn spe$0nd(");
        assert!(shown.contains("entry fn spend(amount: u64) throws Poor\n"), "{shown}");
        assert!(shown.contains("\n    ensures self.balances[tx.sender] <= old("), "{shown}");
        assert!(shown.contains("Takes from the sender."), "{shown}");
        assert!(shown.contains("- writes `self.balances[tx.sender]`"), "{shown}");
        assert!(shown.contains("- throws `Poor`"), "{shown}");
    }

    #[test]
    fn words_without_meaning_show_nothing() {
        assert_eq!(at("contr$0act C"), "nothing");
        assert_eq!(shown("module m\nfn f() { bad$0 }"), "nothing");
    }
}
