//! Changes that one may want at a place.
//!
//! In: a selection, perhaps empty. Out: [`Assist`]s, each with its whole change.
//! Holds always: an assist is offered only where its change leaves code that can be read.

mod extract;
mod import;
mod invariant;
mod match_arms;
mod migrate;

use deed_base::{SourceFile, Span};
use deed_compiler::thir::visit::{Node, each_clause, walk_expr, walk_function};
use deed_compiler::ty::Ty;

use super::call_hierarchy::extent;
use super::format::Change;
use crate::analysis::Analysis;
use crate::analysis::position::Lines;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Mends a message.
    Fix,
    Extract,
    /// Writes something that belongs there.
    Write,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assist {
    pub title: String,
    pub kind: Kind,
    pub changes: Vec<Change>,
}

/// Everything that is offered for a selection.
pub fn assists(analysis: &Analysis, range: Span) -> Vec<Assist> {
    let mut found = import::import(analysis, range);
    found.extend(match_arms::fill_match_arms(analysis, range));
    found.extend(extract::extract_function(analysis, range));
    found.extend(invariant::loop_invariant(analysis, range));
    found.extend(migrate::migrate(analysis, range));
    found
}

/// The type of the expression at exactly this place.
fn type_of(analysis: &Analysis, span: Span) -> Option<&Ty> {
    let holds = |at: Span| at.source == span.source && at.start <= span.start && span.end <= at.end;
    let functions = analysis.thir.functions.iter();
    let around = functions.filter(|(id, _)| holds(extent(analysis, *id)));
    let mut found = None;
    for (_, function) in around {
        let mut look = |node| match node {
            Node::Expr(expr) if expr.span == span && found.is_none() => found = Some(&expr.ty),
            _ => {}
        };
        walk_function(function, &mut look);
        each_clause(function, &mut |clause| walk_expr(clause, &mut look));
    }
    found
}

/// The blanks that the line of a place begins with.
fn indentation(source: &SourceFile, offset: u32) -> String {
    let lines = Lines::new(&source.text);
    let line = source.text.split('\n').nth(lines.line(offset) as usize).unwrap_or_default();
    line.chars().take_while(|c| *c == ' ' || *c == '\t').collect()
}

#[cfg(test)]
mod fixture {
    use deed_base::Span;

    use super::assists;
    use crate::features::format::Change;
    use crate::fixture::Fixture;

    /// The text after the assist whose title begins so; `$0` and, for a selection, `$1` in it.
    pub(super) fn applied(text: &str, title: &str) -> Option<String> {
        let end = text.replacen("$0", "", 1).find("$1");
        let at = Fixture::new(&text.replacen("$1", "", 1));
        let range = Span::new(at.source, at.offset, end.map_or(at.offset, |end| end as u32));
        let all = assists(&at.analysis, range);
        let assist = all.into_iter().find(|assist| assist.title.starts_with(title))?;
        let mut text = at.analysis.source(at.source).text.to_string();
        let mut changes = assist.changes;
        changes.sort_by_key(|change| std::cmp::Reverse(change.span));
        for Change { span, text: new } in changes {
            text.replace_range(span.start as usize..span.end as usize, &new);
        }
        Some(text)
    }
}
