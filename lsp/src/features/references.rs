//! Every place that means what the word under the cursor means.

use deed_base::{SourceId, Span};

use crate::analysis::Analysis;
use crate::analysis::index::{Occurrence, Role};

/// The uses in the whole package, and the declaration if it is wanted.
pub fn references(
    analysis: &Analysis,
    source: SourceId,
    offset: u32,
    with_declaration: bool,
) -> Vec<Span> {
    let Some(found) = analysis.index().at(source, offset) else { return Vec::new() };
    let all = analysis.index().of(found.symbol);
    let wanted = all.filter(|one| with_declaration || one.role != Role::Definition);
    wanted.map(|one| one.span).collect()
}

/// The places in one file, each with what it does.
pub fn highlights(analysis: &Analysis, source: SourceId, offset: u32) -> Vec<Occurrence> {
    let Some(found) = analysis.index().at(source, offset) else { return Vec::new() };
    let all = analysis.index().in_source(source);
    all.filter(|one| one.symbol == found.symbol).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    const TEXT: &str = "
module m
contract C {
    state { n$0: u64 = 0, other: u64 = 0 }
    invariant self.n >= self.other
    entry fn f(n: u64)
        requires n > self.n
    {
        self.n += n
        self.other = self.n
    }
}";

    #[test]
    fn uses_are_found_in_code_and_clauses() {
        let at = Fixture::new(TEXT);
        let file = at.analysis.source(at.source);
        let lines = |with| -> Vec<u32> {
            let spans = references(&at.analysis, at.source, at.offset, with);
            spans.iter().map(|span| file.position(span.start).line).collect()
        };
        assert_eq!(lines(true), [4, 5, 7, 9, 10]);
        assert_eq!(lines(false), [5, 7, 9, 10]);
    }

    #[test]
    fn highlights_tell_reading_from_writing() {
        let at = Fixture::new(TEXT);
        let roles = highlights(&at.analysis, at.source, at.offset);
        let roles: Vec<Role> = roles.iter().map(|one| one.role).collect();
        assert_eq!(roles, [Role::Definition, Role::Read, Role::Read, Role::Write, Role::Read]);
    }
}
