//! Finding a declaration of the package by a part of its name.

use deed_base::Span;

use super::symbols::{Declaration, Kind, symbols};
use crate::analysis::Analysis;

/// A declaration that fits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    pub name: String,
    pub kind: Kind,
    /// What it stands in, with the module: `scf.receivable.Receivables`.
    pub container: String,
    pub name_span: Span,
}

/// No list is longer.
pub const MOST: usize = 1000;

/// The declarations whose names hold the letters of `query` in their order, best first.
pub fn workspace_symbols(analysis: &Analysis, query: &str) -> Vec<Found> {
    let mut found = Vec::new();
    for module in &analysis.modules {
        for declaration in symbols(module) {
            collect(declaration, &module.path.to_string(), query, &mut found);
        }
    }
    found.sort_by(|(a, one), (b, other)| a.cmp(b).then_with(|| one.name.cmp(&other.name)));
    found.into_iter().take(MOST).map(|(_, found)| found).collect()
}

fn collect(one: Declaration, container: &str, query: &str, found: &mut Vec<(usize, Found)>) {
    let inner = format!("{container}.{}", one.name);
    for child in one.children {
        collect(child, &inner, query, found);
    }
    if let Some(distance) = distance(&one.name, query) {
        let container = container.to_owned();
        let Declaration { name, kind, name_span, .. } = Declaration { children: Vec::new(), ..one };
        found.push((distance, Found { name, kind, container, name_span }));
    }
}

/// How far a name is from a query: 0 where it begins with it; nothing where letters are missing.
pub fn distance(name: &str, query: &str) -> Option<usize> {
    let lower = |c: char| c.to_lowercase().next().unwrap_or(c);
    let mut letters = name.chars().map(lower).enumerate();
    let (mut distance, mut next) = (0, 0);
    for wanted in query.chars().map(lower) {
        let (at, _) = letters.find(|(_, letter)| *letter == wanted)?;
        distance += at - next;
        next = at + 1;
    }
    Some(distance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[test]
    fn names_are_found_by_their_letters_in_all_files() {
        let at = Fixture::package(&[
            (
                "a.deed",
                "module a\ncontract Vault {\n    state { total: u64 = 0 }\n    fn tally() { }\n}\n",
            ),
            ("b.deed", "module b.c\nerror TooLate(at: u64)\n"),
        ]);
        let names = |query| {
            let found = workspace_symbols(&at.analysis, query);
            found.iter().map(|f| format!("{}.{}", f.container, f.name)).collect::<Vec<_>>()
        };
        assert_eq!(names("ta"), ["a.Vault.tally", "a.Vault.total", "b.c.TooLate"]);
        assert_eq!(names("tl"), ["a.Vault.tally", "b.c.TooLate", "a.Vault.total"]);
        assert_eq!(names("VAULT"), ["a.Vault"]);
        assert_eq!(names("zz"), Vec::<String>::new());
        assert_eq!(names("").len(), 4);
    }
}
